//! Whole files under lock: what proves a consent is sealed like a field, but kept as an object.

use qige_db::{Asker, Failure};
use qige_kernel::{Refusal, RefusalKind, TenantId};

use super::{DropBefore, Field, KeyClass, Vault};

/// What every sealed file begins with; no picture and no document does. Then comes the version of its key.
const FORM: &[u8; 8] = b"\0qige\x01\0\0";
/// Bytes of a sealed file that tell under which key it lies.
pub const SEALED_HEAD_BYTES: usize = FORM.len() + size_of::<i64>();

/// Under which version of its key a file lies that begins so; none for one that is not sealed.
fn version_of(kept: &[u8]) -> Option<i64> {
    let version = kept.strip_prefix(FORM.as_slice())?.first_chunk()?;
    Some(i64::from_be_bytes(*version))
}

impl Vault {
    /// Seals a file.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub async fn seal_bytes(&self, field: Field, plain: &[u8]) -> Result<Vec<u8>, Failure> {
        let keys = self.with(field.tenant, field.class).await?;
        let version = keys.newest(field.class).unwrap_or_default();
        let key = keys.key(field.class, version)?;
        let locked = key.seal(self.0.entropy.bytes(), &field.about(), plain);
        Ok([FORM.as_slice(), &version.to_be_bytes(), &locked].concat())
    }

    /// What was sealed for that field; a file from before files were sealed is what it is.
    ///
    /// # Errors
    /// `key-lost` where the key cannot be opened, `sealed-broken` where the file was changed or belongs to
    /// something else; those of the database.
    pub async fn open_bytes(&self, field: Field, kept: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let Some(version) = version_of(&kept) else { return Ok(kept) };
        let keys = self.holding(field, version).await?;
        let broken = || Refusal::new(RefusalKind::Unavailable, "sealed-broken").with("field", field.name);
        let locked = kept.get(SEALED_HEAD_BYTES..).unwrap_or_default();
        let plain = keys.key(field.class, version)?.open(&field.about(), locked).ok_or_else(broken)?;
        Ok(plain.to_vec())
    }

    /// Whether a file that begins so lies under the newest key of its class.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub async fn lies_under_newest(
        &self,
        tenant: TenantId,
        class: KeyClass,
        head: &[u8],
    ) -> Result<bool, Failure> {
        let newest = self.with(tenant, class).await?.newest(class);
        Ok(newest.is_some() && version_of(head) == newest)
    }

    /// Lets go of the keys of a class before its newest, once nothing lies under them any more.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn drop_old_keys(&self, tenant: TenantId, class: KeyClass) -> Result<(), Failure> {
        if let Some(version) = self.load(tenant).await?.newest(class) {
            let now = self.0.clock.now();
            self.0.db.write(Asker::system(tenant), DropBefore { class, version, now }).await?;
            self.load(tenant).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_sealed_is_known_for_it() {
        let sealed = [FORM.as_slice(), &7_i64.to_be_bytes(), b"locked"].concat();
        assert_eq!(version_of(&sealed), Some(7));
        for other in [b"\xff\xd8\xff\xe0".as_slice(), b"%PDF-1.7", b"PK\x03\x04", b"", FORM] {
            assert_eq!(version_of(other), None);
        }
    }
}

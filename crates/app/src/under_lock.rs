//! Objects whose bytes are sealed: what proves consents carries names, signatures, and what a guardian wrote
//! of a child. Whoever comes by the folder of objects, or a copy of it, reads none of that.

use qige_blobs::{ObjectKey, RetentionClass, Variant, by_id};
use qige_db::{Asker, Failure};
use qige_identity::{Field, KeyClass, SEALED_HEAD_BYTES, proofs};
use qige_kernel::uuid::Uuid;
use qige_kernel::{ObjectId, TenantId};

use crate::App;
use crate::photos::unavailable;

/// Objects of one step.
const AT_ONCE: i64 = 200;

/// Whether objects of that class are sealed.
const fn is_sealed(class: RetentionClass) -> bool {
    matches!(class, RetentionClass::Consent)
}

/// What a file is sealed for: it opens nowhere else.
const fn field(key: ObjectKey) -> Field {
    let name = match key.variant {
        Variant::Full => "objects.full",
        Variant::Thumb => "objects.thumb",
    };
    Field { tenant: key.tenant, class: KeyClass::Proof, name, owner: key.object.0 }
}

impl App {
    /// Keeps the bytes of an object, sealed where its class is.
    pub(crate) async fn keep_bytes(
        &self,
        key: ObjectKey,
        class: RetentionClass,
        plain: Vec<u8>,
    ) -> Result<(), Failure> {
        let kept = if is_sealed(class) { self.vault.seal_bytes(field(key), &plain).await? } else { plain };
        self.store.put(key, kept).await.map_err(unavailable)
    }

    /// The bytes of an object, if there are any, as they were before they were sealed.
    ///
    /// # Errors
    /// `key-lost` and `sealed-broken`; [`Failure::Db`] when the store cannot read them.
    pub async fn bytes_of(&self, key: ObjectKey, class: RetentionClass) -> Result<Option<Vec<u8>>, Failure> {
        match self.store.get(key).await.map_err(unavailable)? {
            Some(kept) if is_sealed(class) => Ok(Some(self.vault.open_bytes(field(key), kept).await?)),
            other => Ok(other),
        }
    }

    /// Brings everything that proves a consent under the newest key, also what was kept before files were
    /// sealed; then lets go of the keys before. Says how many files there were.
    pub(crate) async fn reseal_proofs(&self, tenant: TenantId) -> Result<u64, Failure> {
        let asker = Asker::system(tenant);
        let (mut after, mut done) = (ObjectId(Uuid::nil()), 0);
        loop {
            let from = after;
            let found =
                self.db.read(asker, move |tx| Box::pin(async move { Ok(proofs(tx, from, AT_ONCE).await?) }));
            let found = found.await?;
            let Some(last) = found.last() else { break };
            after = *last;
            for object in found {
                for variant in Variant::ALL {
                    done += u64::from(self.reseal_file(ObjectKey { tenant, object, variant }).await?);
                }
            }
        }
        self.vault.drop_old_keys(tenant, KeyClass::Proof).await?;
        Ok(done)
    }

    async fn reseal_file(&self, key: ObjectKey) -> Result<bool, Failure> {
        let Some(head) = self.store.head(key, SEALED_HEAD_BYTES).await.map_err(unavailable)? else {
            return Ok(false);
        };
        if self.vault.lies_under_newest(key.tenant, KeyClass::Proof, &head).await? {
            return Ok(false);
        }
        let Some(plain) = self.bytes_of(key, RetentionClass::Consent).await? else { return Ok(false) };
        self.keep_bytes(key, RetentionClass::Consent, plain).await?;
        // What was erased meanwhile must not come back.
        let read = self.db.read(Asker::system(key.tenant), move |tx| {
            Box::pin(async move { Ok(by_id(tx, key.object).await?) })
        });
        if read.await?.is_none_or(|object| object.erased_at.is_some()) {
            self.store.delete(key.tenant, key.object).await.map_err(unavailable)?;
        }
        Ok(true)
    }
}

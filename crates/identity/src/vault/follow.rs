//! The key from which follow codes are computed: a setting of the tenant, under lock.

use qige_db::{Asker, Command, DbError, Failure, Tx, params, statements};
use qige_kernel::{TenantId, Timestamp};
use zeroize::Zeroizing;

use super::{KeyClass, SealedColumn, Vault};
use crate::{Sealed, set_setting, setting};

/// The setting that holds it. Before there was a vault it lay there in clear, as hexadecimal digits.
const SETTING: &str = "follow-key";
/// Bytes of the key.
const KEY_BYTES: usize = 32;

statements! {
    /// The key as it is kept, with the tenant's own id as that of its row.
    KEPT = {
        sqlite: "SELECT tenant, json_extract(value, '$'), CAST(NULL AS BLOB) FROM tenant_settings
            WHERE tenant = ?1 AND key = 'follow-key' AND tenant > ?2 LIMIT ?3",
        postgres: "SELECT tenant, value #>> '{}', CAST(NULL AS BYTEA) FROM tenant_settings
            WHERE tenant = $1 AND key = 'follow-key' AND tenant > $2 LIMIT $3",
    };
    /// The key as it is kept now; nothing happens where it was changed meanwhile.
    PUT = {
        sqlite: "UPDATE tenant_settings SET value = json_quote(?4)
            WHERE tenant = ?1 AND tenant = ?2 AND key = 'follow-key' AND json_extract(value, '$') = ?3",
        postgres: "UPDATE tenant_settings SET value = to_jsonb($4::text)
            WHERE tenant = $1 AND tenant = $2 AND key = 'follow-key' AND value = to_jsonb($3::text)",
    };
}

/// The keys of tenants for follow codes.
pub static FOLLOW_KEY: SealedColumn = SealedColumn {
    class: KeyClass::FollowCode,
    name: "tenant_settings.follow-key",
    index: None,
    read: KEPT,
    put: PUT,
};

/// A key for follow codes. Never shown.
#[derive(Clone)]
pub struct FollowKey(Zeroizing<[u8; KEY_BYTES]>);

impl FollowKey {
    /// What codes are computed from.
    #[must_use]
    pub fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl std::fmt::Debug for FollowKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FollowKey(…)")
    }
}

impl Vault {
    /// The key of a tenant. Drawn where there is none; one that lies in clear, from before there was a lock
    /// for it, is put under lock.
    ///
    /// # Errors
    /// `key-lost` and `sealed-broken`; those of the database. A key that is no key is said and not made up:
    /// from one that everybody knows, everybody could compute the codes of others.
    pub async fn follow_key(&self, tenant: TenantId, now: Timestamp) -> Result<FollowKey, Failure> {
        let (db, asker) = (self.db(), Asker::system(tenant));
        let found = db.read(asker, |tx| Box::pin(async move { Ok(setting::<String>(tx, SETTING).await?) }));
        let field = FOLLOW_KEY.field(tenant, tenant.0);
        let kept = match found.await? {
            Some(kept) => Sealed::kept(&kept),
            None => {
                let drawn = Zeroizing::new(hex::encode(self.0.entropy.bytes::<KEY_BYTES>()));
                let sealed = self.seal(field, &drawn).await?;
                db.write(asker, Keep { sealed, now }).await?
            }
        };
        let plain = if kept.parts().is_some() {
            Zeroizing::new(self.open(field, &kept).await?)
        } else {
            let clear = Zeroizing::new(kept.as_kept().to_owned());
            let sealed = self.seal(field, &clear).await?;
            db.write(asker, Lock { clear: kept, sealed }).await?;
            clear
        };
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        hex::decode_to_slice(plain.as_bytes(), &mut *key).map_err(|error| DbError::Decode {
            column: FOLLOW_KEY.name.to_owned(),
            problem: error.to_string(),
        })?;
        Ok(FollowKey(key))
    }
}

/// Keeps the key once; whoever comes second gets the first one's.
struct Keep {
    sealed: Sealed,
    now: Timestamp,
}

impl Command for Keep {
    type Output = Sealed;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Sealed, Failure> {
        if let Some(known) = setting::<String>(tx, SETTING).await? {
            return Ok(Sealed::kept(&known));
        }
        set_setting(tx, SETTING, &self.sealed.as_kept(), self.now).await?;
        Ok(self.sealed.clone())
    }
}

/// Puts it under lock where it lies in clear.
struct Lock {
    clear: Sealed,
    sealed: Sealed,
}

impl Command for Lock {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let tenant = tx.tenant();
        Ok(tx.execute(PUT, params![tenant, tenant, self.clear, self.sealed]).await.map(drop)?)
    }
}

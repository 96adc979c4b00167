//! Sensitive fields under lock: envelope keys for each tenant and class.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `bytes.rs` | whole files |
//! | `cipher.rs` | [`Algorithm`]: authenticated encryption of one field |
//! | `master.rs` | [`MasterKeys`]: what locks the keys; kept outside the database |
//! | `keys.rs` | [`KeyClass`], the keys of a tenant, [`IndexKey`]: what makes blind indexes |
//! | `way.rs` | addresses of notices |
//! | `follow.rs` | the key from which follow codes are computed |
//! | `reseal.rs` | [`SealedColumn`]: texts go from an old key to the new one, some at a time |

mod bytes;
mod cipher;
mod follow;
mod keys;
mod master;
mod reseal;
mod way;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use qige_db::{Asker, Db, Failure};
use qige_kernel::{Clock, Entropy, Refusal, RefusalKind, TenantId, Timestamp};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{PhoneNumber, RootKey, Sealed, Stamp};
use keys::{DropBefore, KeepKey, Keys, Relock, kept};

pub use bytes::SEALED_HEAD_BYTES;
pub use cipher::Algorithm;
use cipher::KEY_BYTES;
pub use follow::{FOLLOW_KEY, FollowKey};
pub use keys::{IndexKey, KeyClass, KeyRow, Lookup, keys_of};
pub use master::{MasterKeys, MasterKeysError};
pub use reseal::{PEOPLE_PHONE, SealedColumn, holds_unsealed};
pub use way::WAY_ADDRESS;

/// Keys are read again after this long, microseconds: another process may have made new ones.
const KNOWN_MICROS: i64 = Timestamp::MINUTE;

/// Which field of whom: a sealed text is bound to it and opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Of which tenant.
    pub tenant: TenantId,
    /// Under which key.
    pub class: KeyClass,
    /// Table and column.
    pub name: &'static str,
    /// The row.
    pub owner: Uuid,
}

impl Field {
    fn about(&self) -> Vec<u8> {
        let class = self.class.as_str().as_bytes();
        let (tenant, owner) = (self.tenant.0, self.owner);
        [tenant.as_bytes().as_slice(), class, &[0], self.name.as_bytes(), &[0], owner.as_bytes()].concat()
    }
}

/// A mobile number as it is kept, and by what it is found.
#[derive(Clone, Debug)]
pub struct KeptPhone {
    /// The number, sealed for one person.
    pub sealed: Sealed,
    /// What finds it.
    pub lookup: Lookup,
}

/// Seals and opens sensitive fields. Cheap to clone.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    db: Db,
    masters: MasterKeys,
    algorithm: Algorithm,
    clock: Arc<dyn Clock>,
    entropy: Entropy,
    known: RwLock<HashMap<TenantId, (Timestamp, Arc<Keys>)>>,
}

impl Vault {
    /// Over that database, with these master keys; new keys are for that algorithm.
    #[must_use]
    pub fn new(
        db: Db,
        masters: MasterKeys,
        algorithm: Algorithm,
        clock: Arc<dyn Clock>,
        entropy: Entropy,
    ) -> Self {
        Self(Arc::new(Inner { db, masters, algorithm, clock, entropy, known: RwLock::default() }))
    }

    /// The name of the master key that locks new keys.
    #[must_use]
    pub fn master(&self) -> Option<&str> {
        self.0.masters.current()
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    /// Seals a text for one field.
    ///
    /// # Errors
    /// `key-lost` where the key cannot be opened; those of the database.
    pub async fn seal(&self, field: Field, plain: &str) -> Result<Sealed, Failure> {
        let keys = self.with(field.tenant, field.class).await?;
        let version = keys.newest(field.class).unwrap_or_default();
        let key = keys.key(field.class, version)?;
        Ok(Sealed::of(version, &key.seal(self.0.entropy.bytes(), &field.about(), plain.as_bytes())))
    }

    /// What was sealed for that field.
    ///
    /// # Errors
    /// `key-lost` where the key cannot be opened, `sealed-broken` where the text was changed or belongs to
    /// another field; those of the database.
    pub(crate) async fn open(&self, field: Field, sealed: &Sealed) -> Result<String, Failure> {
        let broken = || Refusal::new(RefusalKind::Unavailable, "sealed-broken").with("field", field.name);
        let (version, bytes) = sealed.parts().ok_or_else(broken)?;
        let keys = self.holding(field, version).await?;
        let plain = keys.key(field.class, version)?.open(&field.about(), &bytes).ok_or_else(broken)?;
        Ok(std::str::from_utf8(&plain).map_err(|_| broken())?.to_owned())
    }

    /// The keys, with that version among them if it is anywhere: another process may have made it meanwhile.
    async fn holding(&self, field: Field, version: i64) -> Result<Arc<Keys>, Failure> {
        let keys = self.known(field.tenant).await?;
        if keys.has(field.class, version) { Ok(keys) } else { self.load(field.tenant).await }
    }

    /// What makes the blind indexes of a tenant.
    ///
    /// # Errors
    /// `key-lost`; those of the database.
    pub async fn index_key(&self, tenant: TenantId) -> Result<IndexKey, Failure> {
        Ok(self.with(tenant, KeyClass::Index).await?.index(tenant)?)
    }

    /// A mobile number, sealed for one person.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub async fn seal_phone(
        &self,
        tenant: TenantId,
        person: Uuid,
        number: &PhoneNumber,
    ) -> Result<KeptPhone, Failure> {
        let sealed = self.seal(PEOPLE_PHONE.field(tenant, person), number.as_str()).await?;
        Ok(KeptPhone { sealed, lookup: number.lookup(&self.index_key(tenant).await?) })
    }

    /// What the signing key of a tenant is made from.
    pub(crate) async fn signing_seed(&self, tenant: TenantId) -> Result<Zeroizing<[u8; KEY_BYTES]>, Failure> {
        let keys = self.with(tenant, KeyClass::Root).await?;
        let newest = keys.newest(KeyClass::Root).unwrap_or_default();
        Ok(Zeroizing::new(*keys.key(KeyClass::Root, newest)?.bytes()))
    }

    /// By what the roots of a tenant may be signed, the oldest first: keys that were followed by others
    /// too. Those that cannot be opened are left out.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn root_keys(&self, tenant: TenantId) -> Result<Vec<RootKey>, Failure> {
        let keys = self.load(tenant).await?;
        let seeds = keys.opened(KeyClass::Root).map(|key| RootKey::from_seed(key.bytes()));
        Ok(seeds.collect::<Result<_, _>>()?)
    }

    /// Makes a new key of a class. What is sealed from now on is sealed under it; what was sealed before
    /// follows by [`Vault::reseal`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn renew(&self, asker: Asker, class: KeyClass, stamp: Stamp) -> Result<i64, Failure> {
        let keys = self.load(asker.tenant).await?;
        let version = keys.newest(class).unwrap_or_default() + 1;
        self.make(asker, class, version, Some(stamp)).await?;
        self.load(asker.tenant).await?;
        Ok(version)
    }

    /// Locks the keys of a tenant under the master key that is first now. Says which master keys are needed
    /// and not at hand.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn relock(&self, tenant: TenantId) -> Result<Vec<String>, Failure> {
        let asker = Asker::system(tenant);
        let kept = self.kept(tenant).await?;
        if let Some(relock) = Relock::of(tenant, kept, &self.0.masters, &self.0.entropy) {
            self.0.db.write(asker, relock).await?;
        }
        Ok(self.load(tenant).await?.lost())
    }

    /// The keys, with one of that class among them.
    async fn with(&self, tenant: TenantId, class: KeyClass) -> Result<Arc<Keys>, Failure> {
        let keys = self.known(tenant).await?;
        if keys.newest(class).is_some() {
            return Ok(keys);
        }
        self.make(Asker::system(tenant), class, 1, None).await?;
        self.load(tenant).await
    }

    async fn make(
        &self,
        asker: Asker,
        class: KeyClass,
        version: i64,
        stamp: Option<Stamp>,
    ) -> Result<(), Failure> {
        let Inner { masters, algorithm, entropy, clock, db, .. } = &*self.0;
        let id = (asker.tenant, class, version);
        let keep = KeepKey::draw(id, *algorithm, masters, entropy, (clock.now(), stamp));
        let none = || Refusal::new(RefusalKind::Unavailable, "key-lost").with("key", "");
        db.write(asker, keep.ok_or_else(none)?).await
    }

    async fn known(&self, tenant: TenantId) -> Result<Arc<Keys>, Failure> {
        let known = self.0.known.read().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned();
        match known {
            Some((at, keys)) if self.0.clock.now().since(at) < KNOWN_MICROS => Ok(keys),
            _ => self.load(tenant).await,
        }
    }

    async fn load(&self, tenant: TenantId) -> Result<Arc<Keys>, Failure> {
        let keys = Arc::new(Keys::open(tenant, self.kept(tenant).await?, &self.0.masters));
        let mut known = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(tenant, (self.0.clock.now(), keys.clone()));
        Ok(keys)
    }

    async fn kept(&self, tenant: TenantId) -> Result<Vec<keys::KeptKey>, Failure> {
        let read = self.0.db.read(Asker::system(tenant), |tx| Box::pin(async move { Ok(kept(tx).await?) }));
        read.await
    }
}

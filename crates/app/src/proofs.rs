//! The signature or the scan that proves a consent: made anew where it is a picture, stored, and written down
//! by the consent itself, in one step with it.

use qige_blobs::{DocumentKind, Holder, HolderKind, NewObject, ObjectKey, RetentionClass, Variant, photo};
use qige_db::Failure;
use qige_kernel::{ConsentId, ObjectId, TenantId};
use sha2::{Digest, Sha256};

use crate::App;

impl App {
    /// Stores what proves a consent: a picture, or a document. What no consent takes up is swept away.
    ///
    /// # Errors
    /// Refused with what is wrong with the file; [`Failure::Db`] also when the store cannot keep it.
    pub async fn store_proof(
        &self,
        tenant: TenantId,
        consent: ConsentId,
        file: Vec<u8>,
    ) -> Result<NewObject, Failure> {
        let now = self.now();
        let id: ObjectId = self.entropy.id(now);
        let owner = Holder { kind: HolderKind::Consent, id: consent.0 };
        let class = RetentionClass::Consent;
        if photo::kind(&file).is_ok() {
            return self.develop(tenant, id, (owner, class), file).await;
        }
        let object = NewObject {
            id,
            owner,
            class,
            media_type: DocumentKind::of(&file)?.media_type(),
            bytes: i64::try_from(file.len()).unwrap_or(i64::MAX),
            sha256: Sha256::digest(&file).into(),
            width: None,
            height: None,
            created_at: now,
        };
        let key = ObjectKey { tenant, object: id, variant: Variant::Full };
        self.keep_bytes(key, class, file).await?;
        Ok(object)
    }
}

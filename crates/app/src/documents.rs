//! A file that is put beside a case: known by its content, stored, noted.

use qige_blobs::{
    DocumentKind, Holder, HolderKind, NewObject, ObjectKey, RetentionClass, Variant, kept_name, photo,
};
use qige_cases::Attachment;
use qige_db::{Asker, Failure};
use qige_kernel::{CaseId, ObjectId};
use sha2::{Digest, Sha256};

use crate::App;
use crate::photos::{PhotoOf, unavailable};

impl App {
    /// Keeps a file under a new id. A picture goes the way of photos: it is made anew, without what a camera
    /// wrote into it.
    ///
    /// # Errors
    /// Refused with what is wrong with the file; [`Failure::Db`] also when the store cannot keep it.
    pub async fn keep_file(
        &self,
        asker: Asker,
        case: CaseId,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<Attachment, Failure> {
        if photo::kind(&bytes).is_ok() {
            let photo = self.keep_object_of_photo(asker, PhotoOf::Case(case), bytes).await?;
            return Ok(Attachment { id: photo.id, name: kept_name(name, "jpg"), bytes: photo.bytes });
        }
        let kind = DocumentKind::of(&bytes)?;
        let now = self.now();
        let id: ObjectId = self.entropy.id(now);
        let object = NewObject {
            id,
            owner: Holder { kind: HolderKind::Case, id: case.0 },
            class: RetentionClass::Evidence,
            media_type: kind.media_type(),
            bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            sha256: Sha256::digest(&bytes).into(),
            width: None,
            height: None,
            created_at: now,
        };
        let kept = Attachment { id, name: kept_name(name, kind.ending()), bytes: object.bytes };
        let key = ObjectKey { tenant: asker.tenant, object: id, variant: Variant::Full };
        self.store.put(key, bytes).await.map_err(unavailable)?;
        self.note_object(asker, object).await?;
        Ok(kept)
    }
}

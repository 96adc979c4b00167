//! A photo that came whole, with a form: developed, stored, noted.

use qige_blobs::photo::Prepared;
use qige_blobs::{Holder, HolderKind, NewObject, ObjectKey, RetentionClass, StoreError, Variant, add, hold};
use qige_cases::redaction::to_half_hour;
use qige_db::{Asker, Command, DbError, Failure, Tx};
use qige_kernel::{CaseId, ObjectId, Refusal, ReportId, TenantId};
use sha2::{Digest, Sha256};

use crate::App;

/// What a photo is kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoOf {
    /// What a reporter saw.
    Report(ReportId),
    /// What somebody who verifies, handles or checks saw.
    Case(CaseId),
}

impl App {
    /// Makes of the file of a photo what is kept, and keeps it under a new id. The photo's own place and
    /// time are dropped with all its metadata.
    ///
    /// # Errors
    /// Refused with what is wrong with the file; [`Failure::Db`] also when the store cannot keep it.
    pub async fn keep_photo(&self, asker: Asker, of: PhotoOf, file: Vec<u8>) -> Result<ObjectId, Failure> {
        self.keep_object_of_photo(asker, of, file).await.map(|object| object.id)
    }

    pub(crate) async fn keep_object_of_photo(
        &self,
        asker: Asker,
        of: PhotoOf,
        file: Vec<u8>,
    ) -> Result<NewObject, Failure> {
        // Units read ids of photos: one that told the minute would tell which rider had just come by.
        let id: ObjectId = self.entropy.id(to_half_hour(self.now()));
        let (owner, class) = match of {
            PhotoOf::Report(report) => {
                (Holder { kind: HolderKind::Report, id: report.0 }, RetentionClass::Report)
            }
            PhotoOf::Case(case) => (Holder { kind: HolderKind::Case, id: case.0 }, RetentionClass::Evidence),
        };
        let object = self.develop(asker.tenant, id, (owner, class), file).await?;
        self.note_object(asker, object.clone()).await?;
        Ok(object)
    }

    /// Makes of the file of a photo what is kept, and stores it; who owns it is still to be written down.
    pub(crate) async fn develop(
        &self,
        tenant: TenantId,
        id: ObjectId,
        (owner, class): (Holder, RetentionClass),
        file: Vec<u8>,
    ) -> Result<NewObject, Failure> {
        let photo = self.darkroom.prepare(file).await.map_err(Refusal::from)?;
        self.store_photo(tenant, id, (owner, class), photo).await
    }

    /// Stores a photo that is ready to be kept; who owns it is still to be written down.
    pub(crate) async fn store_photo(
        &self,
        tenant: TenantId,
        id: ObjectId,
        (owner, class): (Holder, RetentionClass),
        photo: Prepared,
    ) -> Result<NewObject, Failure> {
        let object = NewObject {
            id,
            owner,
            class,
            media_type: "image/jpeg",
            bytes: i64::try_from(photo.full_jpeg.len()).unwrap_or(i64::MAX),
            sha256: Sha256::digest(&photo.full_jpeg).into(),
            width: Some(photo.width),
            height: Some(photo.height),
            created_at: self.now(),
        };
        let key = |variant| ObjectKey { tenant, object: id, variant };
        self.keep_bytes(key(Variant::Full), class, photo.full_jpeg).await?;
        self.keep_bytes(key(Variant::Thumb), class, photo.thumb_jpeg).await?;
        Ok(object)
    }

    /// Writes down what is stored, held by its owner.
    pub(crate) async fn note_object(&self, asker: Asker, object: NewObject) -> Result<(), Failure> {
        self.db.write(asker, NoteObject { object }).await
    }
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function on an error that is at hand")]
pub(crate) fn unavailable(error: StoreError) -> Failure {
    DbError::Unavailable(error.to_string()).into()
}

struct NoteObject {
    object: NewObject,
}

impl Command for NoteObject {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        add(tx, &self.object).await?;
        hold(tx, self.object.id, self.object.owner, self.object.created_at).await?;
        Ok(())
    }
}

//! Resumable uploads: begun, gone on with, finished (<https://tus.io/protocols/resumable-upload>, version
//! 1.0.0).
//!
//! An upload's id is its photo's own id, so that a phone that lost every answer may simply begin again. When
//! the last byte has come, the bytes become an object in the same call; a crash in between is made good by
//! the next question after the offset.

mod develop;
mod rows;

use qige_blobs::{Darkroom, ObjectStore, StoreError, by_id, photo::Limits};
use qige_db::{Asker, Command, Db, Failure, Tx};
use qige_kernel::{ObjectId, Refusal, RefusalKind, Timestamp, UploadId};
use uuid::Uuid;

use crate::{Staging, StagingError};
use develop::{EndUpload, Undeveloped, develop};
pub use rows::{FileKind, NewUpload, Upload, upload};
use rows::{Said, begin, under_way};
pub(crate) use rows::{UploadState, expired, forget};

/// Largest voice note: 2 MiB. A minute of speech is 0.5 MB at what browsers record.
pub const VOICE_BYTES_MAX: i64 = 2 * 1024 * 1024;
/// Uploads that one owner may have under way: a phone that was without signal for a day has some tens.
const UNDER_WAY_MAX: i64 = 200;
/// Bytes that one owner may have announced and not sent: 200 photos as phones shrink them.
const UNDER_WAY_BYTES_MAX: i64 = 256 * 1024 * 1024;
/// How long an upload may take: seven days, as long as a phone may be without signal.
const EXPIRES_MICROS: i64 = 7 * Timestamp::DAY;

/// Everything that uploads need.
#[derive(Clone)]
pub struct Uploads {
    /// Rows.
    pub db: Db,
    /// Objects.
    pub store: ObjectStore,
    /// Where photos are prepared.
    pub darkroom: Darkroom,
    /// Bytes on their way.
    pub staging: Staging,
}

/// How far an upload has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that are here.
    pub offset: i64,
    /// Bytes in all.
    pub length: i64,
    /// Whether it had begun before.
    pub known: bool,
}

/// Why an upload did not go on.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// It cannot go on, with the reason.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// The staging area could not, or the offset is not where the sender thought.
    #[error(transparent)]
    Staging(#[from] StagingError),
    /// The object store could not; what came is kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for UploadError {
    fn from(refusal: Refusal) -> Self {
        Self::Failed(refusal.into())
    }
}

/// Notes a new upload; the same again changes nothing.
pub struct BeginUpload {
    /// What is announced.
    pub new: NewUpload,
    /// When.
    pub now: Timestamp,
}

impl Command for BeginUpload {
    type Output = Upload;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Upload, Failure> {
        if let Some(upload) = upload(tx, self.new.id).await? {
            return Ok(upload);
        }
        check_length(self.new.kind, self.new.length)?;
        let (bytes, count) = under_way(tx, self.new.owner).await?;
        if count >= UNDER_WAY_MAX || bytes.saturating_add(self.new.length) > UNDER_WAY_BYTES_MAX {
            return Err(Refusal::new(RefusalKind::TooMany, "uploads-too-many").into());
        }
        begin(tx, &self.new, self.now, self.now.plus(EXPIRES_MICROS)).await?;
        upload(tx, self.new.id).await?.ok_or_else(|| missing().into())
    }
}

fn check_length(kind: FileKind, length: i64) -> Result<(), Refusal> {
    let limit = match kind {
        FileKind::Photo => i64::try_from(Limits::STANDARD.file_bytes).unwrap_or(i64::MAX),
        FileKind::Voice => VOICE_BYTES_MAX,
    };
    if length <= 0 {
        return Err(Refusal::new(RefusalKind::Invalid, "photo-empty"));
    }
    if length > limit {
        let megabytes = |bytes: i64| bytes.saturating_add(999_999) / 1_000_000;
        return Err(Refusal::new(RefusalKind::TooLarge, "photo-too-many-bytes")
            .with("megabytes", megabytes(length))
            .with("limit_megabytes", limit / 1_000_000));
    }
    Ok(())
}

impl Uploads {
    /// Begins an upload, or says how far it had come.
    ///
    /// # Errors
    /// [`UploadError`]; refused when it is too large, another's, or was refused before.
    pub async fn begin(&self, asker: Asker, new: NewUpload, now: Timestamp) -> Result<Progress, UploadError> {
        let owner = new.owner;
        let known = self.look(asker, new.id).await?.is_some();
        let upload = self.db.write(asker, BeginUpload { new, now }).await?;
        let progress = self.settle(asker, owner, upload, now).await?;
        Ok(Progress { known, ..progress })
    }

    /// How far an upload has come.
    ///
    /// # Errors
    /// [`UploadError`]; refused when there is none for this owner, or it was refused.
    pub async fn progress(
        &self,
        asker: Asker,
        owner: Uuid,
        id: UploadId,
        now: Timestamp,
    ) -> Result<Progress, UploadError> {
        let upload = self.look(asker, id).await?.ok_or_else(missing)?;
        self.settle(asker, owner, upload, now).await
    }

    /// Adds a piece at `offset`; with the last one the file becomes an object.
    ///
    /// # Errors
    /// [`UploadError`].
    pub async fn append(
        &self,
        asker: Asker,
        owner: Uuid,
        id: UploadId,
        (offset, piece): (u64, Vec<u8>),
        now: Timestamp,
    ) -> Result<Progress, UploadError> {
        let upload = self.look(asker, id).await?.ok_or_else(missing)?;
        check(&upload, owner)?;
        if upload.state == UploadState::Receiving {
            let length = u64::try_from(upload.length).unwrap_or(0);
            self.staging.append(asker.tenant, id, offset, piece, length).await?;
        }
        self.settle(asker, owner, upload, now).await
    }

    async fn look(&self, asker: Asker, id: UploadId) -> Result<Option<Upload>, Failure> {
        self.db.read(asker, move |tx| Box::pin(async move { Ok(upload(tx, id).await?) })).await
    }

    /// Whether it was here before and is erased since: what was covered or let go of does not come back with
    /// a phone that never heard that it was delivered.
    async fn was_erased(&self, asker: Asker, id: UploadId) -> Result<bool, Failure> {
        let id = ObjectId(id.0);
        let object = self.db.read(asker, move |tx| Box::pin(async move { Ok(by_id(tx, id).await?) })).await?;
        Ok(object.is_some_and(|object| object.erased_at.is_some()))
    }

    /// Says how far it is; makes the object when all bytes are here.
    async fn settle(
        &self,
        asker: Asker,
        owner: Uuid,
        upload: Upload,
        now: Timestamp,
    ) -> Result<Progress, UploadError> {
        check(&upload, owner)?;
        let length = upload.length;
        let at = |offset| Progress { offset, length, known: true };
        if upload.state == UploadState::Done {
            return Ok(at(length));
        }
        let held = self.staging.held(asker.tenant, upload.id).await?;
        let held = i64::try_from(held).unwrap_or(i64::MAX);
        if held < length {
            return Ok(at(held));
        }
        let id = upload.id;
        if self.was_erased(asker, id).await? {
            self.db.write(asker, EndUpload { upload, outcome: Ok(None), now }).await?;
            self.staging.remove(asker.tenant, id).await?;
            return Ok(at(length));
        }
        let bytes = self.staging.read(asker.tenant, id).await?;
        let outcome = match develop(&self.store, &self.darkroom, asker.tenant, &upload, bytes, now).await {
            Ok(object) => Ok(Some(object)),
            Err(Undeveloped::Refused(refusal)) => Err(refusal),
            Err(Undeveloped::Store(error)) => return Err(error.into()),
        };
        let refusal = outcome.as_ref().err().cloned();
        let outcome = outcome.map_err(|refusal| said(&refusal));
        self.db.write(asker, EndUpload { upload, outcome, now }).await?;
        self.staging.remove(asker.tenant, id).await?;
        refusal.map_or(Ok(at(length)), |refusal| Err(refusal.into()))
    }
}

/// Whether this owner may go on with it, and it may be gone on with.
fn check(upload: &Upload, owner: Uuid) -> Result<(), Refusal> {
    if upload.owner != owner {
        return Err(missing());
    }
    match &upload.refusal {
        Some(said) => Err(refusal_again(&said.0)),
        None => Ok(()),
    }
}

fn missing() -> Refusal {
    Refusal::new(RefusalKind::Missing, "upload-missing")
}

fn said(refusal: &Refusal) -> Said {
    let args = refusal.args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Said { code: refusal.code.to_owned(), args }
}

/// Refusals of files, by which what was said once is said again.
const CODES: &[&str] = &[
    "photo-empty",
    "photo-too-many-bytes",
    "photo-heic",
    "photo-foreign-kind",
    "photo-unknown-kind",
    "photo-too-many-pixels",
    "photo-broken",
    "upload-checksum",
    "voice-unknown-kind",
];
/// Names of the values in their sentences.
const ARGS: &[&str] = &["megabytes", "limit_megabytes", "megapixels", "limit_megapixels", "kind"];

fn refusal_again(said: &Said) -> Refusal {
    let code = CODES.iter().find(|code| **code == said.code).copied().unwrap_or("photo-broken");
    let mut refusal = Refusal::new(RefusalKind::Invalid, code);
    for name in ARGS {
        if let Some(value) = said.args.get(*name) {
            refusal = refusal.with(name, value);
        }
    }
    refusal
}

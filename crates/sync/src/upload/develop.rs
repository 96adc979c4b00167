//! From the bytes that came to the object that is kept.

use qige_blobs::{Darkroom, photo::PhotoRefused};
use qige_blobs::{
    Holder, HolderKind, NewObject, ObjectKey, ObjectStore, RetentionClass, StoreError, Variant, add, erase,
    hold,
};
use qige_cases::store;
use qige_db::{Command, DbError, Failure, Tx};
use qige_kernel::{CaseId, ObjectId, Refusal, RefusalKind, TenantId, Timestamp};
use sha2::{Digest, Sha256};

use super::rows::{FileKind, Said, Upload, UploadState, end};

/// Why bytes do not become an object.
pub(super) enum Undeveloped {
    /// They cannot be kept, now or ever.
    Refused(Refusal),
    /// The store could not; trying again may help.
    Store(StoreError),
}

impl From<StoreError> for Undeveloped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<PhotoRefused> for Undeveloped {
    fn from(refused: PhotoRefused) -> Self {
        Self::Refused(refused.into())
    }
}

/// Checks the bytes, makes of them what is kept, and puts that into the store.
pub(super) async fn develop(
    store: &ObjectStore,
    darkroom: &Darkroom,
    tenant: TenantId,
    upload: &Upload,
    bytes: Vec<u8>,
    now: Timestamp,
) -> Result<NewObject, Undeveloped> {
    if digest(&bytes) != upload.sha256 {
        return Err(Undeveloped::Refused(Refusal::new(RefusalKind::Invalid, "upload-checksum")));
    }
    let object = ObjectId(upload.id.0);
    let owner = Holder { kind: HolderKind::Report, id: upload.report.0 };
    let key = |variant| ObjectKey { tenant, object, variant };
    let kept = |class, media_type, bytes: &[u8], sides: Option<(u32, u32)>| NewObject {
        id: object,
        owner,
        class,
        media_type,
        bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sha256: digest(bytes),
        width: sides.map(|sides| sides.0),
        height: sides.map(|sides| sides.1),
        created_at: now,
    };
    match upload.kind {
        FileKind::Photo => {
            let photo = darkroom.prepare(bytes).await?;
            let sides = Some((photo.width, photo.height));
            let new = kept(RetentionClass::Report, "image/jpeg", &photo.full_jpeg, sides);
            store.put(key(Variant::Full), photo.full_jpeg).await?;
            store.put(key(Variant::Thumb), photo.thumb_jpeg).await?;
            Ok(new)
        }
        FileKind::Voice => {
            let media_type = voice_type(&bytes).ok_or_else(|| {
                Undeveloped::Refused(Refusal::new(RefusalKind::Unsupported, "voice-unknown-kind"))
            })?;
            let new = kept(RetentionClass::Voice, media_type, &bytes, None);
            store.put(key(Variant::Full), bytes).await?;
            Ok(new)
        }
    }
}

/// What a browser records: WebM or Ogg (Chromium, Firefox) or MPEG-4 (Safari), told by their first bytes.
fn voice_type(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]) {
        Some("audio/webm")
    } else if bytes.starts_with(b"OggS") {
        Some("audio/ogg")
    } else if bytes.get(4..8) == Some(b"ftyp") {
        Some("audio/mp4")
    } else {
        None
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Notes that an upload ended: with an object, or with a refusal.
pub(super) struct EndUpload {
    pub(super) upload: Upload,
    /// Without an object where it was here before and is erased.
    pub(super) outcome: Result<Option<NewObject>, Said>,
    pub(super) now: Timestamp,
}

impl Command for EndUpload {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let id = self.upload.id;
        match &self.outcome {
            Ok(None) => {
                end(tx, id, UploadState::Done, None, self.now).await?;
            }
            Ok(Some(object)) => {
                if end(tx, id, UploadState::Done, None, self.now).await? {
                    add(tx, object).await?;
                    let case = qige_cases::case_of_report(tx, self.upload.report).await?;
                    if let Some(case) = case
                        && !self.is_wanted(tx, case).await?
                    {
                        // No photo is kept where somebody needs help, nor one that the report says nothing
                        // of.
                        erase(tx, object.id, self.now).await?;
                        return Ok(());
                    }
                    hold(tx, object.id, object.owner, self.now).await?;
                    if let Some(case) = case {
                        tx.announce("case", case.0);
                    }
                }
            }
            Err(said) => {
                end(tx, id, UploadState::Refused, Some(said), self.now).await?;
            }
        }
        Ok(())
    }
}

impl EndUpload {
    /// Whether the report, which is here, speaks of this file, and its case may have it.
    async fn is_wanted(&self, tx: &mut Tx<'_>, case: CaseId) -> Result<bool, DbError> {
        let object = ObjectId(self.upload.id.0);
        match self.upload.kind {
            FileKind::Photo => {
                Ok(store::may_have_photos(tx, case).await? && store::photo_by_id(tx, object).await?.is_some())
            }
            FileKind::Voice => {
                let report = store::report_by_id(tx, self.upload.report).await?;
                Ok(report.is_some_and(|report| report.voice == Some(object)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::voice_type;

    #[test]
    fn voice_is_told_by_its_first_bytes() {
        assert_eq!(voice_type(&[0x1a, 0x45, 0xdf, 0xa3, 0x01]), Some("audio/webm"));
        assert_eq!(voice_type(b"OggS\0\x02"), Some("audio/ogg"));
        assert_eq!(voice_type(b"\0\0\0\x1cftypisom"), Some("audio/mp4"));
        assert_eq!(voice_type(b"<html>"), None);
        assert_eq!(voice_type(b""), None);
    }
}

//! What lies beside the pages of the copy: photos and voice notes of one's own, while they are kept.

use qige_cases::queries::{own_photos, own_voices};
use qige_db::{Failure, Tx};
use qige_identity::Subject;
use qige_kernel::{ObjectId, ReportId};

/// A photo or a voice note.
#[derive(Clone, Debug)]
pub(super) struct OwnFile {
    /// The report that it came with.
    pub(super) report: ReportId,
    /// Under which it is stored.
    pub(super) object: ObjectId,
    /// Where it lies in the copy as one file.
    pub(super) path: String,
}

/// Photos and voice notes of a subject's reports that are still there.
#[derive(Clone, Debug)]
pub(super) struct OwnFiles {
    pub(super) photos: Vec<OwnFile>,
    pub(super) voices: Vec<OwnFile>,
}

impl OwnFiles {
    pub(super) async fn of(tx: &mut Tx<'_>, subject: Subject) -> Result<Self, Failure> {
        let photos = own_photos(tx, subject.id()).await?.into_iter().map(|(report, object)| {
            let path = format!("photos/{object}.jpg");
            OwnFile { report, object, path }
        });
        let voices = own_voices(tx, subject.id()).await?.into_iter().map(|(report, object, media_type)| {
            let path = format!("voice/{object}.{}", ending(&media_type));
            OwnFile { report, object, path }
        });
        Ok(Self { photos: photos.collect(), voices: voices.collect() })
    }
}

/// By which a player knows a voice note: `audio/ogg` (RFC 5334), `audio/webm`, `audio/mp4` (RFC 4337).
fn ending(media_type: &str) -> &'static str {
    match media_type {
        "audio/ogg" => "ogg",
        "audio/webm" => "webm",
        "audio/mp4" => "m4a",
        _ => "bin",
    }
}

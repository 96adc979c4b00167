//! A picture of a case is covered in part: what was stored gives way to what was painted over.

use qige_kernel::{ObjectId, Refusal, RefusalKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::store::Dossier;
use crate::words::{self, MAX_WORDS_CHARS};

/// Puts a picture with boxes painted over it in the place of the one without (遮挡).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CoverPhoto {
    /// The picture as it was: a photo of the case, or a picture that came with a comment.
    pub photo: ObjectId,
    /// The picture as it is from now on.
    pub covered: ObjectId,
    /// Its size in bytes.
    pub bytes: i64,
    /// Why.
    pub reason: String,
}

impl CoverPhoto {
    pub(super) fn apply(&self, dossier: &mut Dossier) -> Result<(), Refusal> {
        words::needed("reason", &self.reason, MAX_WORDS_CHARS)?;
        if let Some(photo) = dossier.photos.iter_mut().find(|photo| photo.id == self.photo) {
            photo.id = self.covered;
            return Ok(());
        }
        let mut files = dossier.comments.iter_mut().flat_map(|comment| comment.attachments.0.iter_mut());
        let file = files.find(|file| file.id == self.photo);
        let file = file.ok_or(Refusal::new(RefusalKind::Conflict, "photo-not-of-this-case"))?;
        (file.id, file.bytes) = (self.covered, self.bytes);
        Ok(())
    }
}

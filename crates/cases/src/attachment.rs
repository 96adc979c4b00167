//! Files beside a case: what a comment carries, and who may open it.

use qige_db::{Cell, FromColumn, Json, Param, ToParam};
use qige_kernel::{ObjectId, Refusal, RefusalKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::store::CommentRow;
use crate::words::{self, MAX_LINE_CHARS};
use crate::{CaseRole, store::Dossier};

/// Files that one comment brings at most.
pub const MAX_FILES_AT_ONCE: usize = 5;
/// Files of one case at most.
pub const MAX_FILES_OF_CASE: usize = 60;

/// A stored file with the name that it came by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attachment {
    /// The stored object's id.
    pub id: ObjectId,
    /// Its name, with the ending of what it is.
    pub name: String,
    /// Its size in bytes.
    pub bytes: i64,
}

/// The files of one comment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Files(pub Vec<Attachment>);

impl Files {
    /// None came.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl ToParam for Files {
    fn to_param(&self) -> Param {
        Json(self).to_param()
    }
}

impl FromColumn for Files {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        Json::from_cell(cell).map(|Json(files)| files)
    }
}

/// Those who may bring files: a reporter's photos come by their own way, without what a phone writes into
/// them.
const MAY_ATTACH: [CaseRole; 4] =
    [CaseRole::Dispatcher, CaseRole::Supervisor, CaseRole::LeadUnit, CaseRole::AssistUnit];

/// Whether a case takes these files from somebody in this role.
pub(crate) fn fit(dossier: &Dossier, role: CaseRole, files: &[Attachment]) -> Result<(), Refusal> {
    if files.is_empty() {
        return Ok(());
    }
    if !MAY_ATTACH.contains(&role) {
        return Err(Refusal::new(RefusalKind::Forbidden, "files-not-yours-to-bring"));
    }
    let before: usize = dossier.comments.iter().map(|comment| comment.attachments.0.len()).sum();
    if files.len() > MAX_FILES_AT_ONCE {
        return Err(Refusal::invalid("file", "too-many-files").with("max", MAX_FILES_AT_ONCE));
    }
    if before + files.len() > MAX_FILES_OF_CASE {
        return Err(Refusal::invalid("file", "too-many-files-of-case").with("max", MAX_FILES_OF_CASE));
    }
    files.iter().try_for_each(|file| words::needed("file", &file.name, MAX_LINE_CHARS).map(drop))
}

/// For whom somebody opens a file of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opener<'a> {
    /// For the centre.
    Centre,
    /// For units that have or had a part in it.
    Units(&'a [qige_kernel::UnitId]),
    /// As one who reported it.
    Reporter,
}

/// The file of a case, where whoever opens it is told of the comment that brought it.
#[must_use]
pub fn opened<'d>(dossier: &'d Dossier, id: ObjectId, opener: Opener<'_>) -> Option<&'d Attachment> {
    let told = dossier.comments.iter().filter(|comment| is_told(comment, opener));
    told.flat_map(|comment| &comment.attachments.0).find(|file| file.id == id)
}

fn is_told(comment: &CommentRow, opener: Opener<'_>) -> bool {
    match opener {
        Opener::Centre => true,
        Opener::Units(units) => {
            comment.public || comment.units || comment.unit.is_some_and(|unit| units.contains(&unit))
        }
        Opener::Reporter => comment.public,
    }
}

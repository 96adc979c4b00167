//! Photos and files that come with a form about a case: kept before the command, let go if it is refused.

use qige_app::PhotoOf;
use qige_blobs::{Holder, HolderKind, release};
use qige_cases::store::Dossier;
use qige_cases::{Attachment, By, Standing};
use qige_db::{Command, Failure, Tx};
use qige_kernel::{CaseId, ObjectId, Timestamp};

use crate::input::FilePart;
use crate::{Cx, Fault};

/// What may come with a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Brings {
    /// Photos that show how it is.
    Photos,
    /// Files that belong to what is said.
    Files,
}

impl Brings {
    /// The form's field.
    const fn field(self) -> &'static str {
        match self {
            Self::Photos => "photo",
            Self::Files => "file",
        }
    }
}

/// What came with a form, kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Brought {
    pub(crate) photos: Vec<ObjectId>,
    pub(crate) files: Vec<Attachment>,
}

impl Brought {
    pub(crate) const fn is_empty(&self) -> bool {
        self.photos.is_empty() && self.files.is_empty()
    }

    /// Lets go of it, since its command was refused.
    pub(crate) async fn let_go(&self, cx: &Cx, case: CaseId) {
        if self.is_empty() {
            return;
        }
        let files = self.files.iter().map(|file| file.id);
        let objects = self.photos.iter().copied().chain(files).collect();
        if cx.write(LetGo { case, objects, now: cx.now() }).await.is_err() {
            tracing::warn!("files of a command that was not done are held on");
        }
    }
}

/// Keeps what came, for those who have something to do with the case.
pub(crate) async fn bring(
    cx: &Cx,
    case: CaseId,
    parts: Vec<FilePart>,
    brings: Brings,
) -> Result<Brought, Fault> {
    let parts: Vec<FilePart> = parts.into_iter().filter(|part| part.name == brings.field()).collect();
    let mut brought = Brought::default();
    if parts.is_empty() {
        return Ok(brought);
    }
    has_a_part(cx, case).await?;
    let asker = cx.asker()?;
    for part in parts {
        let kept = match brings {
            Brings::Photos => {
                let photo = cx.app().keep_photo(asker, PhotoOf::Case(case), part.bytes.to_vec()).await;
                photo.map(|photo| brought.photos.push(photo))
            }
            Brings::Files => {
                let file = cx.app().keep_file(asker, case, &part.file_name, part.bytes.to_vec()).await;
                file.map(|file| brought.files.push(file))
            }
        };
        if let Err(failure) = kept {
            brought.let_go(cx, case).await;
            return Err(Fault::from(failure).at(brings.field()));
        }
    }
    Ok(brought)
}

async fn has_a_part(cx: &Cx, case: CaseId) -> Result<(), Fault> {
    let by = By::Person(cx.signed_in()?.clone());
    let somebody = cx
        .read(move |tx| {
            Box::pin(async move {
                let Some(dossier) = Dossier::load(tx, case).await? else { return Ok(false) };
                Ok(!Standing::of(tx, &by, &dossier).await?.is_nobody())
            })
        })
        .await?;
    if somebody { Ok(()) } else { Err(Fault::missing()) }
}

struct LetGo {
    case: CaseId,
    objects: Vec<ObjectId>,
    now: Timestamp,
}

impl Command for LetGo {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let holder = Holder { kind: HolderKind::Case, id: self.case.0 };
        for object in &self.objects {
            release(tx, *object, holder, self.now).await?;
        }
        Ok(())
    }
}

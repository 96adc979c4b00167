//! Photos that come with the form itself: developed at once, and kept even when the rest of the form is
//! refused, so that nobody has to take them again.

use qige_app::PhotoOf;
use qige_blobs::photo::facts;
use qige_blobs::{Holder, HolderKind, by_id, hold, release};
use qige_db::{Command, Failure, Tx};
use qige_kernel::{ObjectId, Position, Refusal, ReportId, Timestamp};

use crate::input::FilePart;
use crate::{Cx, Fault};

/// The photos of one form.
#[derive(Debug, Default)]
pub(super) struct Developed {
    /// Those that are kept, in the order in which they were chosen.
    pub(super) photos: Vec<ObjectId>,
    /// Where the first camera that knew was.
    pub(super) place: Option<Position>,
    /// Why the first of the others is not kept.
    pub(super) refused: Option<Refusal>,
}

/// Develops photos one after the other: they share a person's patience and the server's memory.
pub(super) async fn develop(cx: &Cx, report: ReportId, files: Vec<FilePart>) -> Result<Developed, Fault> {
    let asker = cx.asker()?;
    let mut developed = Developed::default();
    for file in files {
        let place = facts(&file.bytes).position;
        match cx.app().keep_photo(asker, PhotoOf::Report(report), file.bytes.to_vec()).await {
            Ok(photo) => {
                developed.photos.push(photo);
                developed.place = developed.place.or(place);
            }
            Err(Failure::Refused(refusal)) => developed.refused = developed.refused.or(Some(refusal)),
            Err(failure) => return Err(failure.into()),
        }
    }
    Ok(developed)
}

const fn holder(report: ReportId) -> Holder {
    Holder { kind: HolderKind::Report, id: report.0 }
}

/// Takes up those of the photos that came with this very report before. Answers which those are.
#[derive(Debug)]
pub(super) struct TakeUp {
    pub(super) report: ReportId,
    pub(super) photos: Vec<ObjectId>,
    pub(super) now: Timestamp,
}

impl Command for TakeUp {
    type Output = Vec<ObjectId>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<ObjectId>, Failure> {
        let mut taken = Vec::new();
        for id in &self.photos {
            let object = by_id(tx, *id).await?.filter(|object| {
                let own = (object.owner_kind, object.owner) == (HolderKind::Report, self.report.0);
                own && object.erased_at.is_none()
            });
            if object.is_some() && !taken.contains(id) {
                hold(tx, *id, holder(self.report), self.now).await?;
                taken.push(*id);
            }
        }
        Ok(taken)
    }
}

/// Lets go of photos whose report did not come in: they go by themselves when the form never comes again.
#[derive(Debug)]
pub(super) struct LetGo {
    pub(super) report: ReportId,
    pub(super) photos: Vec<ObjectId>,
    pub(super) now: Timestamp,
}

impl Command for LetGo {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        for id in &self.photos {
            release(tx, *id, holder(self.report), self.now).await?;
        }
        Ok(())
    }
}

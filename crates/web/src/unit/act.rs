//! A command on a case by somebody who is out there, with the photos that came along.

use qige_app::Order;
use qige_cases::{By, CommandName};
use qige_db::Failure;
use qige_kernel::{CaseId, Timestamp};
use uuid::Uuid;

use crate::centre::act::desk;
use crate::centre::bring::{Brought, bring};
use crate::centre::wish::Wish;
use crate::input::FilePart;
use crate::{Cx, Done, Fault, Text};

/// What a form said, before it is done.
pub(crate) struct Said<W> {
    /// The command's own fields.
    pub(crate) wish: W,
    /// Sent twice under one key, it is done once.
    pub(crate) key: Option<Uuid>,
    /// Photos taken there, or files.
    pub(crate) files: Vec<FilePart>,
}

/// What was done.
pub(crate) struct Acted {
    command: CommandName,
    undo_until: Option<Timestamp>,
    /// The photos belong to the case now.
    kept: bool,
}

impl Acted {
    /// Shows `path`, with a word about what was done and the way back by `undo`.
    pub(crate) fn see<T: 'static>(self, path: impl Into<String>, undo: impl Into<String>) -> Done<T> {
        let done = Done::see(path).saying(Text::of(format!("centre-done-{}", self.command)));
        match self.undo_until {
            Some(until) => done.undo(undo, until),
            None => done,
        }
    }
}

/// Keeps the photos or files and does what was said.
///
/// # Errors
/// What is wrong with a photo, what the command refuses.
pub(crate) async fn act<W: Wish>(cx: &Cx, case: CaseId, said: Said<W>) -> Result<Acted, Fault> {
    let Said { wish, key, files } = said;
    let brought = bring(cx, case, files, W::BRINGS).await?;
    let acted = give(cx, case, wish, key, &brought).await;
    if !acted.as_ref().is_ok_and(|acted| acted.kept) {
        brought.let_go(cx, case).await;
    }
    acted
}

async fn give<W: Wish>(
    cx: &Cx,
    case: CaseId,
    wish: W,
    key: Option<Uuid>,
    brought: &Brought,
) -> Result<Acted, Fault> {
    let desk = desk(cx, case, brought.clone()).await?;
    let (expected_version, _) = wish.envelope();
    let action = wish.action(&desk).await?;
    let command = action.name();
    let by = By::Person(cx.signed_in()?.clone());
    let order = Order { case, expected_version, by, action, key };
    match cx.app().act(cx.asker()?, order).await {
        Ok(done) => Ok(Acted { command, undo_until: done.undo_until, kept: true }),
        // A form sent twice by an impatient thumb comes with its photos under new ids: the first one counted.
        Err(Failure::Refused(refusal)) if refusal.code == "key-reused" && !brought.is_empty() => {
            Ok(Acted { command, undo_until: None, kept: false })
        }
        Err(failure) => Err(failure.into()),
    }
}

//! A command as the workflow wants to know it.

use qige_kernel::{ReportId, UnitId};

use super::gather::Known;
use super::{Act, By};
use crate::CaseRole;
use crate::actions::Action;
use crate::workflow::{Asked, Doer, Main, Request};

impl By {
    /// Who it is, for the workflow.
    pub(super) const fn doer(&self) -> Doer {
        match self {
            Self::Person(who) => Doer::Person(who.person),
            Self::Follower { report } => Doer::Follower(*report),
            Self::System | Self::Rule(_) => Doer::System,
        }
    }

    /// The report by which somebody without an account is known.
    pub(super) const fn report(&self) -> Option<ReportId> {
        match self {
            Self::Follower { report } => Some(*report),
            Self::Person(_) | Self::System | Self::Rule(_) => None,
        }
    }
}

/// What is asked for, as far as it decides whether it is done.
pub(super) fn request<'a>(
    act: &'a Act,
    known: &'a Known,
    roles: &'a [CaseRole],
    units: &'a [UnitId],
) -> Request<'a> {
    let base = Request {
        units,
        expected_version: act.expected_version,
        rated_before: known.rated_before,
        ..Request::new(act.action.name(), act.by.doer(), roles, act.at)
    };
    let count = |photos: &[qige_kernel::ObjectId]| u32::try_from(photos.len()).unwrap_or(u32::MAX);
    match &act.action {
        Action::AskVerify(ask) => {
            Request { asked: Some(Asked { person: ask.verifier, units: &[] }), words: &ask.words, ..base }
        }
        Action::AskCheck(ask) => {
            let asked = Some(Asked { person: ask.checker, units: &known.asked_units });
            Request { asked, words: &ask.words, ..base }
        }
        Action::Confirm(it) => Request { words: &it.words, photos: count(&it.photos), ..base },
        Action::Refute(it) => Request { words: &it.words, photos: count(&it.photos), ..base },
        Action::Pass(it) => Request { words: &it.words, photos: count(&it.photos), ..base },
        Action::Fail(it) => {
            Request { words: &it.reason, photos: count(&it.photos), until: it.due_at, ..base }
        }
        Action::HandIn(it) => Request { words: &it.note, photos: count(&it.photos), ..base },
        Action::HandInPart(it) => Request { words: &it.note, photos: count(&it.photos), ..base },
        Action::File(it) => Request { matter: Some(it.matter), urgency: Some(it.urgency), ..base },
        Action::Correct(it) => Request { matter: it.matter, urgency: it.urgency, words: &it.reason, ..base },
        Action::Decline(it) => Request { decline_reason: Some(it.reason), words: &it.words, ..base },
        Action::Merge(it) => {
            let main = known.main.as_ref().map(|row| Main {
                case: row.id,
                state: row.state,
                main_case: row.main_case,
                words_erased: row.words_erased_at.is_some(),
            });
            Request { main, words: &it.reason, ..base }
        }
        Action::Dispatch(it) => Request { lead: Some(it.lead), assist: &it.assist, until: it.due_at, ..base },
        Action::AskExtension(it) => Request { words: &it.reason, until: Some(it.until), ..base },
        Action::GrantExtension(it) => Request { words: &it.words, until: it.until, ..base },
        Action::Suspend(it) => Request { words: &it.reason, until: Some(it.review_at), ..base },
        Action::Transfer(it) => Request { words: &it.words, reference: &it.reference, ..base },
        Action::Rate(it) => Request { words: &it.words, stars: Some(it.stars), ..base },
        Action::Undo | Action::Start(_) | Action::Accept(_) => base,
        other => Request { words: said(other), ..base },
    }
}

/// The words of the commands that consist of words.
fn said(action: &Action) -> &str {
    match action {
        Action::Appeal(it) => &it.words,
        Action::Withdraw(it) => &it.words,
        Action::SendBack(it) => &it.reason,
        Action::Reopen(it) => &it.reason,
        Action::Void(it) => &it.reason,
        Action::RefuseExtension(it) => &it.reason,
        Action::Resume(it) => &it.words,
        Action::Supervise(it) => &it.words,
        Action::AnswerSupervision(it) => &it.words,
        Action::Question(it) => &it.words,
        Action::Answer(it) => &it.words,
        // A file may speak for itself.
        Action::Comment(it) if it.words.trim().is_empty() => {
            it.attachments.first().map_or("", |file| &file.name)
        }
        Action::Comment(it) => &it.words,
        Action::TakeBack(it) => &it.reason,
        Action::Unmerge(it) => &it.reason,
        Action::CoverPhoto(it) => &it.reason,
        _ => "",
    }
}

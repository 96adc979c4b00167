//! What can be done to a case, with all that it needs: one payload per command.
//!
//! | file | group |
//! | --- | --- |
//! | `intake.rs` | verify, file, decline, appeal, withdraw |
//! | `handling.rs` | dispatch, send back, start, hand in; the assisting units' parts |
//! | `closing.rs` | check, pass, fail, reopen, rate, void |
//! | `time.rs` | extension, suspension, supervision |
//! | `talk.rs` | question, answer, comment, correct |
//! | `covering.rs` | cover a photo |
//! | `linking.rs` | merge, un-merge, transfer, take back |
//!
//! Each file holds its payloads and what they change in a [`Dossier`](crate::store::Dossier); whether they
//! may is the workflow's to say. Never here: reading or writing.

mod closing;
mod covering;
mod doing;
mod handling;
mod intake;
mod linking;
mod talk;
mod time;

use qige_kernel::{ObjectId, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::CommandName;
use crate::store::Dossier;
pub use closing::{AskCheck, Fail, Pass, Rate, Reopen, Void};
pub use covering::CoverPhoto;
pub(crate) use doing::Doing;
pub use doing::{MAX_PHOTOS_AT_ONCE, MAX_PHOTOS_OF_CASE};
pub use handling::{Accept, Dispatch, HandIn, HandInPart, SendBack, Start};
pub use intake::{Appeal, AskVerify, Confirm, Decline, File, Refute, Withdraw};
pub use linking::{Merge, TakeBack, Transfer, Unmerge};
pub use talk::{Answer, Comment, Correct, Place, Question};
pub use time::{
    AnswerSupervision, AskExtension, GrantExtension, RefuseExtension, Resume, Supervise, Suspend,
};

macro_rules! actions {
    ($($variant:ident),* $(,)?) => {
        /// One command on one case. In JSON: `{"command": "send-back", "reason": "…"}`.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "command", rename_all = "kebab-case")]
        pub enum Action {
            $(#[doc = concat!("See [`CommandName::", stringify!($variant), "`].")] $variant($variant),)*
            /// See [`CommandName::Undo`].
            Undo,
        }

        impl Action {
            /// Which command it is.
            #[must_use]
            pub const fn name(&self) -> CommandName {
                match self {
                    $(Self::$variant(_) => CommandName::$variant,)*
                    Self::Undo => CommandName::Undo,
                }
            }
        }

        $(impl From<$variant> for Action {
            fn from(payload: $variant) -> Self {
                Self::$variant(payload)
            }
        })*
    };
}

actions!(
    AskVerify,
    Confirm,
    Refute,
    File,
    Decline,
    Appeal,
    Merge,
    Dispatch,
    SendBack,
    Start,
    HandIn,
    AskCheck,
    Pass,
    Fail,
    AskExtension,
    GrantExtension,
    RefuseExtension,
    Suspend,
    Resume,
    Supervise,
    AnswerSupervision,
    Reopen,
    Rate,
    Withdraw,
    Void,
    Correct,
    Question,
    Answer,
    Transfer,
    TakeBack,
    Unmerge,
    Accept,
    HandInPart,
    Comment,
    CoverPhoto,
);

impl Action {
    /// The photos that come with it.
    #[must_use]
    pub fn photos(&self) -> &[ObjectId] {
        match self {
            Self::Confirm(it) => &it.photos,
            Self::Refute(it) => &it.photos,
            Self::HandIn(it) => &it.photos,
            Self::HandInPart(it) => &it.photos,
            Self::Pass(it) => &it.photos,
            Self::Fail(it) => &it.photos,
            _ => &[],
        }
    }

    /// Makes the changes that belong to it, but for state, clocks and counts: those are the workflow's.
    pub(crate) fn apply(&self, dossier: &mut Dossier, doing: &mut Doing<'_>) -> Result<(), Refusal> {
        match self {
            Self::AskVerify(it) => it.apply(dossier, doing),
            Self::Confirm(it) => it.apply(dossier, doing),
            Self::Refute(it) => it.apply(dossier, doing),
            Self::File(it) => it.apply(dossier, doing),
            Self::Decline(it) => it.apply(dossier, doing),
            Self::Appeal(it) => it.apply(dossier, doing),
            Self::Withdraw(it) => it.apply(dossier, doing),
            Self::Merge(it) => it.apply(dossier, doing),
            Self::Unmerge(it) => it.apply(dossier, doing),
            Self::Transfer(it) => it.apply(dossier, doing),
            Self::TakeBack(it) => it.apply(dossier, doing),
            Self::Dispatch(it) => it.apply(dossier, doing),
            Self::SendBack(it) => it.apply(dossier, doing),
            Self::Start(it) => it.apply(dossier, doing),
            Self::Accept(it) => it.apply(dossier, doing),
            Self::HandIn(it) => it.apply(dossier, doing),
            Self::HandInPart(it) => it.apply(dossier, doing),
            Self::AskCheck(it) => it.apply(dossier, doing),
            Self::Pass(it) => it.apply(dossier, doing),
            Self::Fail(it) => it.apply(dossier, doing),
            Self::Reopen(it) => it.apply(dossier, doing),
            Self::Rate(it) => it.apply(dossier, doing),
            Self::Void(it) => it.apply(dossier, doing),
            Self::AskExtension(it) => it.apply(dossier, doing),
            Self::GrantExtension(it) => it.apply(dossier, doing),
            Self::RefuseExtension(it) => it.apply(dossier, doing),
            Self::Suspend(it) => it.apply(dossier, doing),
            Self::Resume(it) => it.apply(dossier, doing),
            Self::Supervise(it) => it.apply(dossier, doing),
            Self::AnswerSupervision(it) => it.apply(dossier, doing),
            Self::Question(it) => it.apply(dossier, doing),
            Self::Answer(it) => it.apply(dossier, doing),
            Self::Comment(it) => it.apply(dossier, doing),
            Self::Correct(it) => it.apply(dossier, doing),
            Self::CoverPhoto(it) => it.apply(dossier),
            // What it takes back stands in the journal.
            Self::Undo => Ok(()),
        }
    }
}

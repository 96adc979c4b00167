//! What can be done to a case, with all that it needs: one payload per command.
//!
//! | file | group |
//! | --- | --- |
//! | `intake.rs` | verify, file, decline, appeal, withdraw |
//! | `handling.rs` | dispatch, send back, start, hand in; the assisting units' parts |
//! | `closing.rs` | check, pass, fail, reopen, rate, void |
//! | `time.rs` | extension, suspension, supervision |
//! | `talk.rs` | question, answer, comment, correct |
//! | `linking.rs` | merge, un-merge, transfer, take back |
//!
//! Each file holds its payloads and what they change in a [`Dossier`](crate::store::Dossier); whether they
//! may is the workflow's to say. Never here: reading or writing.

mod closing;
mod handling;
mod intake;
mod linking;
mod talk;
mod time;

use qige_kernel::{ObjectId, PersonId, Timestamp, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::CommandName;
pub use closing::{AskCheck, Fail, Pass, Rate, Reopen, Void};
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
    AskVerify, Confirm, Refute, File, Decline, Appeal, Merge, Dispatch, SendBack, Start, HandIn, AskCheck, Pass,
    Fail, AskExtension, GrantExtension, RefuseExtension, Suspend, Resume, Supervise, AnswerSupervision, Reopen,
    Rate, Withdraw, Void, Correct, Question, Answer, Transfer, TakeBack, Unmerge, Accept, HandInPart, Comment,
);

//! What a form or a program sends with each command, and how it becomes an [`Action`].
//!
//! | file | group |
//! | --- | --- |
//! | `intake.rs` | verify, file, decline, appeal, withdraw |
//! | `handling.rs` | dispatch, send back, start, hand in; the assisting units' parts |
//! | `closing.rs` | check, pass, fail, reopen, rate, void |
//! | `time.rs` | extension, suspension, supervision |
//! | `talk.rs` | question, answer, comment, correct, undo |
//! | `linking.rs` | merge, un-merge, transfer, take back |
//!
//! Never here: whether it may be done. The commands themselves say that.

pub(crate) mod closing;
pub(crate) mod handling;
pub(crate) mod intake;
pub(crate) mod linking;
pub(crate) mod talk;
pub(crate) mod time;

use std::sync::Arc;

use jiff::civil::DateTime;
use qige_app::Rulebook;
use qige_cases::catalogue::Catalogue;
use qige_cases::queries::{Sight, case_by_number};
use qige_cases::store::{self, CaseRow};
use qige_cases::{Action, MatterKey, Urgency};
use qige_identity::Permission;
use qige_kernel::{CaseId, ObjectId, Refusal, RefusalKind, Timestamp};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::bring::{Brings, Brought};
use super::matters::{self, Which};
use crate::{Cx, Fault};

/// Where one goes when it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Then {
    /// Back to where one came from.
    Stay,
    /// On to the case that comes next in the queue.
    Next,
}

/// A form that becomes a command.
pub(crate) trait Wish: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// What may come with it.
    const BRINGS: Brings = Brings::Photos;

    /// The version of the case that the person saw, and where to go afterwards.
    fn envelope(&self) -> (Option<i64>, Option<Then>);

    /// What is to be done.
    fn action(self, desk: &Desk) -> impl Future<Output = Result<Action, Fault>> + Send;
}

/// Declares the forms of some commands: each field with its type, then the action that they make.
macro_rules! wishes {
    ($(
        $(#[$meta:meta])* $name:ident {
            $($(#[$field_meta:meta])* $field:ident: $type:ty,)*
        } |$desk:ident| $action:expr;
    )*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Deserialize, schemars::JsonSchema)]
        pub(crate) struct $name {
            /// The version of the case that was looked at; without it the latest counts.
            version: Option<i64>,
            /// Where a browser goes afterwards.
            then: Option<$crate::centre::wish::Then>,
            $($(#[$field_meta])* pub(in $crate::centre) $field: $type,)*
        }

        impl $crate::centre::wish::Wish for $name {
            fn envelope(&self) -> (Option<i64>, Option<$crate::centre::wish::Then>) {
                (self.version, self.then)
            }

            async fn action(
                self,
                $desk: &$crate::centre::wish::Desk,
            ) -> Result<qige_cases::Action, $crate::Fault> {
                let Self { version: _, then: _, $($field),* } = self;
                Ok($action.into())
            }
        }
    )*};
}

use wishes;

/// What a form is read with: the tenant's clocks and grids, and the case that it is about.
pub(crate) struct Desk {
    pub(super) cx: Cx,
    pub(super) book: Arc<Rulebook>,
    pub(super) case: CaseId,
    /// Photos and files that came with the form, kept.
    pub(super) brought: Brought,
}

impl Desk {
    /// How soon cases of a matter usually are.
    pub(super) fn usual_urgency(key: MatterKey) -> Option<Urgency> {
        Catalogue::standard().get(key).map(|matter| matter.urgency)
    }

    /// The matter that was typed.
    fn matter(&self, text: Option<&str>) -> Result<Option<MatterKey>, Refusal> {
        text.map(|text| matters::read("matter", text, Which::All, self.cx.locale())).transpose()
    }

    /// An instant in RFC 3339, or date and time of the tenant's own clocks as a browser sends them.
    fn instant(&self, field: &'static str, text: Option<&str>) -> Result<Option<Timestamp>, Refusal> {
        text.map(|text| instant(field, text, &self.book)).transpose()
    }

    /// As [`Desk::instant`], where one must be given.
    fn needed_instant(&self, field: &'static str, text: Option<&str>) -> Result<Timestamp, Refusal> {
        self.instant(field, text)?.ok_or(Refusal::invalid(field, "date-missing"))
    }

    /// The photos that were named, and those that came along.
    fn with_photos(&self, named: Vec<ObjectId>) -> Vec<ObjectId> {
        named.into_iter().chain(self.brought.photos.iter().copied()).collect()
    }

    /// The case as it stands.
    async fn row(&self) -> Result<CaseRow, Fault> {
        let id = self.case;
        let row = self.cx.read(move |tx| Box::pin(async move { Ok(store::by_id(tx, id).await?) })).await?;
        row.ok_or_else(Fault::missing)
    }

    /// A case by its id or its number, where this person may read it.
    async fn case_named(&self, field: &'static str, text: &str) -> Result<CaseId, Fault> {
        let known = case_seen(&self.cx, text).await?;
        let missing = Refusal::new(RefusalKind::Missing, "main-case-missing");
        Ok(known.map(|row| row.id).ok_or(Refusal { field: Some(field), ..missing })?)
    }
}

/// An instant in RFC 3339, or date and time of the tenant's own clocks as a browser sends them.
///
/// # Errors
/// `date-unreadable` at the field.
pub(super) fn instant(field: &'static str, text: &str, book: &Rulebook) -> Result<Timestamp, Refusal> {
    let text = text.trim();
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let refused = || Refusal::invalid(field, "date-unreadable");
    let there: DateTime = text.parse().map_err(|_| refused())?;
    let at = book.calendar.zone().to_timestamp(there).map_err(|_| refused())?;
    Ok(at.into())
}

/// A case by its id or its number; none where there is none that this person may read.
pub(super) async fn case_seen(cx: &Cx, text: &str) -> Result<Option<CaseRow>, Fault> {
    let (given, number) = (text.trim().parse::<CaseId>().ok(), text.trim().to_uppercase());
    let sight = Sight::of(cx.signed_in()?, Permission::ReadCase);
    cx.read(move |tx| {
        Box::pin(async move {
            let id = match given {
                Some(id) => Some(id),
                None => case_by_number(tx, &number).await?,
            };
            let Some(id) = id else { return Ok(None) };
            Ok(store::by_id(tx, id).await?.filter(|row| sight.covers(row.community, row.grid)))
        })
    })
    .await
}

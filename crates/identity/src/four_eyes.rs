//! Two people for what one alone should not do (四眼原则): giving a role that is work, taking people's data out
//! as a file, declaring a case void. One asks, another answers, and nobody answers what they asked themself.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `ask.rs` | somebody asks |
//! | `answer.rs` | somebody else answers; a role that is agreed to is given in the same moment |

mod answer;
mod ask;

use qige_db::journal::Stream;
use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{CaseId, PersonId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{KeptClass, Permission, Role, Scope, Stamp, setting};
use qige_db::kebab;

pub use answer::AnswerLook;
pub use ask::{AskLook, LookFor};

/// The key of [`FourEyes`] among a tenant's settings.
pub const FOUR_EYES: &str = "four-eyes";
/// Streams of them in the journal.
pub(crate) const LOOK_STREAM: &str = "second-look";
/// How long it can be answered, microseconds.
pub(crate) const LOOK_MICROS: i64 = 7 * Timestamp::DAY;
/// How long the files may be taken after somebody agreed, microseconds.
pub(crate) const EXPORT_MICROS: i64 = Timestamp::DAY;
/// Letters of why, and of an answer.
pub const LOOK_WORDS_MAX: usize = 500;

statements! {
    /// One.
    BY_ID = "SELECT id, kind, subject, role, scope, ends_at, words, asked_by, asked_at, until,
            answered_by, answered_at, granted, answer FROM second_looks WHERE tenant = $1 AND id = $2";
    /// The newest first, from the one after a place.
    NEWEST = "SELECT id, kind, subject, role, scope, ends_at, words, asked_by, asked_at, until, answered_by,
            answered_at, granted, answer FROM second_looks
        WHERE tenant = $1 AND kind IN ($2, $3, $4) AND id < $5 ORDER BY id DESC LIMIT $6";
    /// Those that somebody asked for or answered, or that are about a role or a file of theirs; the newest
    /// first.
    OF_PERSON = "SELECT id, kind, subject, role, scope, ends_at, words, asked_by, asked_at, until,
            answered_by, answered_at, granted, answer FROM second_looks
        WHERE tenant = $1 AND (asked_by = $2 OR answered_by = $2 OR subject = $2) ORDER BY id DESC LIMIT $3";
    /// Those about a case.
    OF_CASE = "SELECT id FROM second_looks WHERE tenant = $1 AND kind = 'void' AND subject = $2";
    /// Without why.
    EMPTY_WORDS = "UPDATE second_looks SET words = '', answer = CASE WHEN answer IS NULL THEN NULL ELSE '' END
        WHERE tenant = $1 AND id = $2";
    /// What this person may take out now.
    AGREED = "SELECT id FROM second_looks WHERE tenant = $1 AND kind = 'export' AND subject = $2
        AND granted = TRUE AND answered_at > $3 LIMIT 1";
}

/// For what two people are needed: for all of it, unless the security administrator says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FourEyes {
    /// Giving a role that is work.
    pub grants: bool,
    /// Taking people's data out as a file.
    pub exports: bool,
    /// Declaring a case void.
    pub voids: bool,
}

impl FourEyes {
    /// For nothing: where there is only one to do it.
    pub const NONE: Self = Self { grants: false, exports: false, voids: false };

    /// What the tenant has decided.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn of(tx: &mut Tx<'_>) -> Result<Self, DbError> {
        Ok(setting(tx, FOUR_EYES).await?.unwrap_or_default())
    }
}

impl Default for FourEyes {
    fn default() -> Self {
        Self { grants: true, exports: true, voids: true }
    }
}

kebab! {
    /// What another has to agree to.
    pub enum LookKind {
        /// Somebody is to have a role.
        Grant = "grant",
        /// Somebody wants people's data as a file.
        Export = "export",
        /// A case is to be declared void.
        Void = "void",
    }
}

impl LookKind {
    /// Who may answer: whoever may do one of these.
    #[must_use]
    pub const fn answered_by(self) -> &'static [Permission] {
        match self {
            Self::Grant | Self::Export => &[Permission::ManageGrants, Permission::ManagePeople],
            Self::Void => &[Permission::VoidCase],
        }
    }
}

from_row! {
    /// Something that another had or has to agree to.
    pub struct SecondLook {
        /// Which.
        pub id: Uuid,
        /// To what.
        pub kind: LookKind,
        /// The person who is to have the role, whoever wants the file, or the case.
        pub subject: Uuid,
        /// Which role.
        pub role: Option<Role>,
        /// Over what.
        pub scope: Option<Scope>,
        /// Until when the role is to hold.
        pub ends_at: Option<Timestamp>,
        /// Why.
        pub words: String,
        /// By whom.
        pub asked_by: PersonId,
        /// When.
        pub asked_at: Timestamp,
        /// Until when it can be answered, not included.
        pub until: Timestamp,
        /// Who answered.
        pub answered_by: Option<PersonId>,
        /// When.
        pub answered_at: Option<Timestamp>,
        /// Yes or no.
        pub granted: Option<bool>,
        /// Why.
        pub answer: Option<String>,
    }
}

impl SecondLook {
    /// Whether it can still be answered.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.answered_at.is_none() && now < self.until
    }
}

/// One of them.
///
/// # Errors
/// [`DbError`].
pub async fn second_look(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<SecondLook>, DbError> {
    tx.optional(BY_ID, params![tx.tenant(), id]).await
}

/// Those of some kinds, the newest first, from the one after a place.
///
/// # Errors
/// [`DbError`].
pub async fn second_looks(
    tx: &mut Tx<'_>,
    kinds: &[LookKind],
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<SecondLook>, DbError> {
    let Some(first) = kinds.first() else { return Ok(Vec::new()) };
    let kind = |at: usize| *kinds.get(at).unwrap_or(first);
    let after = after.unwrap_or(Uuid::max());
    tx.all(NEWEST, params![tx.tenant(), kind(0), kind(1), kind(2), after, i64::from(limit)]).await
}

/// Those that somebody asked for or answered, or that are about them; the newest first.
///
/// # Errors
/// [`DbError`].
pub async fn second_looks_of(
    tx: &mut Tx<'_>,
    person: PersonId,
    limit: u32,
) -> Result<Vec<SecondLook>, DbError> {
    tx.all(OF_PERSON, params![tx.tenant(), person, i64::from(limit)]).await
}

/// Erases why a case was to be declared void and why it was agreed to or not, of everybody who ever asked for
/// it; that somebody did stays.
///
/// # Errors
/// [`DbError`].
pub async fn erase_words_of_looks(tx: &mut Tx<'_>, case: CaseId, stamp: &Stamp) -> Result<(), DbError> {
    let looks: Vec<(Uuid,)> = tx.all(OF_CASE, params![tx.tenant(), case]).await?;
    for (id,) in looks {
        tx.execute(EMPTY_WORDS, params![tx.tenant(), id]).await?;
        stamp.erase(tx, Stream::new(LOOK_STREAM, id), None, KeptClass::Words).await?;
    }
    Ok(())
}

/// Whether somebody agreed lately that this person takes people's data out.
///
/// # Errors
/// [`DbError`].
pub async fn may_export(tx: &mut Tx<'_>, person: PersonId, now: Timestamp) -> Result<bool, DbError> {
    let since = now.plus(-EXPORT_MICROS);
    Ok(tx.optional::<(Uuid,)>(AGREED, params![tx.tenant(), person, since]).await?.is_some())
}

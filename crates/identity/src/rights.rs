//! What people ask for about their own data (Personal Information Protection Law, articles 44 to 50): put
//! right, erased, explained. A copy they take themselves.

use qige_db::{Command, DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{PersonId, Refusal, RefusalKind, Timestamp};
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::json;
use uuid::Uuid;

use crate::{Reach, Role, Stamp, Subject, holders};
use qige_db::kebab;

/// How long one may wait for an answer, microseconds: thirty days at most (GB/T 35273-2020, 8.7).
const ANSWER_MICROS: i64 = 30 * Timestamp::DAY;
/// Letters of a request and of an answer at most.
const LETTERS_MAX: usize = 1_000;
/// Requests of one subject that may be open at once: what is asked again is answered once.
const OPEN_MAX: i64 = 5;
/// Requests on one page at most.
pub const REQUESTS_ON_PAGE_MAX: u32 = 2_000;

kebab! {
    /// What is asked for.
    pub enum RightKind {
        /// Something is wrong and shall be put right.
        Correct = "correct",
        /// Something shall be erased.
        Erase = "erase",
        /// Something shall be explained.
        Explain = "explain",
    }
}

impl RightKind {
    /// Names its text in the locale files: `right-correct`.
    #[must_use]
    pub fn label_key(self) -> String {
        format!("right-{self}")
    }
}

statements! {
    /// One more.
    INSERT = "INSERT INTO rights_requests (tenant, id, subject_kind, subject, kind, words, asked_at, due_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Those of one subject that wait.
    WAITING = "SELECT COUNT(*) FROM rights_requests
        WHERE tenant = $1 AND subject = $2 AND subject_kind = $3 AND answered_at IS NULL";
    /// All of one subject, the newest first.
    OF_SUBJECT = "SELECT * FROM rights_requests WHERE tenant = $1 AND subject = $2 AND subject_kind = $3
        ORDER BY asked_at DESC, id DESC LIMIT $4";
    /// One.
    BY_ID = "SELECT * FROM rights_requests WHERE tenant = $1 AND id = $2";
    /// Those that wait, by when they are due, from the one after $2 and $3.
    OPEN = "SELECT * FROM rights_requests WHERE tenant = $1 AND answered_at IS NULL
        AND (due_at, id) > ($2, $3) ORDER BY due_at, id LIMIT $4";
    /// Those that were answered, the newest first, from the one after $2 and $3.
    ANSWERED = "SELECT * FROM rights_requests WHERE tenant = $1 AND answered_at IS NOT NULL
        AND (answered_at, id) < ($2, $3) ORDER BY answered_at DESC, id DESC LIMIT $4";
    /// No row is touched where it was answered.
    ANSWER = "UPDATE rights_requests SET granted = $3, answer = $4, answered_at = $5, answered_by = $6
        WHERE tenant = $1 AND id = $2 AND answered_at IS NULL";
    /// How many were answered before $2.
    COUNT_OLD = "SELECT COUNT(*) FROM rights_requests WHERE tenant = $1 AND answered_at < $2";
    /// The oldest of them go.
    ERASE_OLD = "DELETE FROM rights_requests WHERE tenant = $1 AND id IN (SELECT id FROM rights_requests
        WHERE tenant = $1 AND answered_at < $2 ORDER BY answered_at, id LIMIT $3)";
}

from_row! {
    /// What somebody asked for.
    pub struct RightRow {
        /// Its id.
        pub id: Uuid,
        /// `person` or `report`.
        pub subject_kind: String,
        /// Whose data it is about.
        pub subject: Uuid,
        /// What is asked for.
        pub kind: RightKind,
        /// In their words.
        pub words: String,
        /// When.
        pub asked_at: Timestamp,
        /// To be answered by then.
        pub due_at: Timestamp,
        /// Whether it was done.
        pub granted: Option<bool>,
        /// What became of it, in words.
        pub answer: Option<String>,
        /// When it was answered.
        pub answered_at: Option<Timestamp>,
        /// By whom.
        pub answered_by: Option<PersonId>,
    }
}

fn checked<'a>(field: &'static str, words: &'a str) -> Result<&'a str, Refusal> {
    let words = words.trim();
    if words.is_empty() || words.chars().count() > LETTERS_MAX {
        return Err(Refusal::invalid(field, "right-words").with("max", LETTERS_MAX));
    }
    Ok(words)
}

/// Somebody asks for something about their own data; the administrators are told.
#[derive(Clone, Debug)]
pub struct AskRight {
    /// Its id.
    pub id: Uuid,
    /// Whose data it is about: whoever asks.
    pub subject: Subject,
    /// What is asked for.
    pub kind: RightKind,
    /// In their words.
    pub words: String,
    /// When.
    pub stamp: Stamp,
}

impl Command for AskRight {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let words = checked("words", &self.words)?;
        let (tenant, at, subject) = (tx.tenant(), self.stamp.at, self.subject);
        let (open,): (i64,) = tx.one(WAITING, params![tenant, subject.id(), subject.kind()]).await?;
        if open >= OPEN_MAX {
            return Err(Refusal::new(RefusalKind::Conflict, "right-many").with("max", OPEN_MAX).into());
        }
        let due = at.plus(ANSWER_MICROS);
        let (kind, id) = (subject.kind(), subject.id());
        tx.execute(INSERT, params![tenant, self.id, kind, id, self.kind, words, at, due]).await?;
        let body = json!({ "request": self.id, "subject": subject.to_string(), "kind": self.kind });
        self.stamp.note(tx, "rights", subject.id(), "ask-right", &body).await?;
        for admin in holders(tx, Role::TenantAdmin, &Reach::default(), at).await? {
            self.tell(tx, Recipient::Person(admin)).await?;
        }
        Ok(())
    }
}

impl AskRight {
    async fn tell(&self, tx: &mut Tx<'_>, recipient: Recipient) -> Result<(), DbError> {
        let notice = NewNotice {
            recipient,
            kind: "right-asked",
            args: json!({}),
            about: About::new("right", self.id),
            dedupe: format!("right-asked/{}", self.id),
            at: self.stamp.at,
            hold_until: None,
        };
        post(tx, &notice).await.map(drop)
    }
}

/// A request is answered: it was done, or why not.
#[derive(Clone, Debug)]
pub struct AnswerRight {
    /// Which one.
    pub id: Uuid,
    /// Whether it was done.
    pub granted: bool,
    /// What became of it, in words.
    pub answer: String,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for AnswerRight {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let answer = checked("answer", &self.answer)?;
        let (tenant, at, actor) = (tx.tenant(), self.stamp.at, tx.actor().person());
        let row: Option<RightRow> = tx.optional(BY_ID, params![tenant, self.id]).await?;
        let row = row.ok_or_else(|| Refusal::new(RefusalKind::Missing, "right-missing"))?;
        let values = params![tenant, self.id, self.granted, answer, at, actor];
        if tx.execute(ANSWER, values).await? == 0 {
            return Err(Refusal::new(RefusalKind::Conflict, "right-answered").into());
        }
        let body = json!({ "request": self.id, "kind": row.kind, "granted": self.granted });
        self.stamp.note(tx, "rights", row.subject, "answer-right", &body).await?;
        if row.subject_kind == "person" {
            let notice = NewNotice {
                recipient: Recipient::Person(PersonId(row.subject)),
                kind: "right-answered",
                args: json!({}),
                about: About::new("right", self.id),
                dedupe: format!("right-answered/{}", self.id),
                at,
                hold_until: None,
            };
            post(tx, &notice).await?;
        }
        Ok(())
    }
}

/// What one subject asked for, the newest first.
///
/// # Errors
/// [`DbError`].
pub async fn rights_of(tx: &mut Tx<'_>, subject: Subject) -> Result<Vec<RightRow>, DbError> {
    let values = params![tx.tenant(), subject.id(), subject.kind(), REQUESTS_ON_PAGE_MAX];
    tx.all(OF_SUBJECT, values).await
}

/// Requests: those that wait, by when they are due, or those that were answered, the newest first; from the
/// one after `after`.
///
/// # Errors
/// [`DbError`].
pub async fn rights(
    tx: &mut Tx<'_>,
    answered: bool,
    after: Option<(Timestamp, Uuid)>,
    limit: u32,
) -> Result<Vec<RightRow>, DbError> {
    let edge = if answered { (i64::MAX, Uuid::max()) } else { (i64::MIN, Uuid::nil()) };
    let (at, id) = after.unwrap_or((Timestamp::from_micros(edge.0), edge.1));
    let statement = if answered { ANSWERED } else { OPEN };
    tx.all(statement, params![tx.tenant(), at, id, limit.min(REQUESTS_ON_PAGE_MAX)]).await
}

/// How many requests were answered before an instant.
///
/// # Errors
/// [`DbError`].
pub async fn old_rights(tx: &mut Tx<'_>, before: Timestamp) -> Result<i64, DbError> {
    Ok(tx.one::<(i64,)>(COUNT_OLD, params![tx.tenant(), before]).await?.0)
}

/// Erases the oldest requests that were answered before an instant; says how many. That they were asked and
/// answered stays in the journal, which does not say in which words.
///
/// # Errors
/// [`DbError`].
pub async fn erase_old_rights(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64, DbError> {
    tx.execute(ERASE_OLD, params![tx.tenant(), before, limit]).await
}

//! A browser is asked; passkeys are added, renamed, removed, listed.

use qige_db::{Command, DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{PersonId, Refusal, RefusalKind, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{Added, PasskeyFault, Site};
use crate::Stamp;
use crate::person::require_active;
use qige_db::kebab;

/// How long a browser has to answer, microseconds: to find the finger, or another phone (§13.4.1 asks for
/// some minutes).
pub const ASK_MICROS: i64 = 10 * Timestamp::MINUTE;
/// Passkeys of one person at most: a phone, a PC, and some that were forgotten.
pub const PASSKEYS_MAX: i64 = 10;
/// Letters of a passkey's name at most.
const NAME_LETTERS_MAX: usize = 40;

kebab! {
    /// What a browser is asked for.
    pub enum PasskeyPurpose {
        /// To sign in.
        In = "in",
        /// To make another one.
        Add = "add",
    }
}

statements! {
    /// A browser is asked, in the place of what it was asked before.
    ASK = "INSERT INTO passkey_asks (tenant, browser_sha256, purpose, challenge, asked_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant, browser_sha256, purpose)
        DO UPDATE SET challenge = excluded.challenge, asked_at = excluded.asked_at";
    /// It answers, once.
    ANSWERED = "DELETE FROM passkey_asks
        WHERE tenant = $1 AND browser_sha256 = $2 AND purpose = $3 AND challenge = $4 AND asked_at > $5
        RETURNING asked_at";
    /// Lets go of what was not answered.
    FORGET = "DELETE FROM passkey_asks WHERE tenant = $1 AND asked_at <= $2";
    /// How many a person has.
    COUNT = "SELECT COUNT(*) FROM passkeys WHERE tenant = $1 AND person = $2";
    /// One more; nothing where the device's name for it is taken.
    ADD = "INSERT INTO passkeys (tenant, id, person, name, site, handle, public_key, uses, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (tenant, handle) DO NOTHING RETURNING id";
    /// Another name.
    RENAME = "UPDATE passkeys SET name = $4 WHERE tenant = $1 AND person = $2 AND id = $3 RETURNING id";
    /// One less.
    REMOVE = "DELETE FROM passkeys WHERE tenant = $1 AND person = $2 AND id = $3 RETURNING name";
    /// Those of a person.
    OF_PERSON = "SELECT id, name, handle, created_at, last_used_at FROM passkeys
        WHERE tenant = $1 AND person = $2 ORDER BY created_at, id";
}

from_row! {
    /// One passkey, as its owner reads it.
    #[derive(PartialEq, Eq, Serialize, JsonSchema)]
    pub struct Passkey {
        /// Which one.
        pub id: Uuid,
        /// What its owner calls it.
        pub name: String,
        /// As the device names it.
        #[serde(skip)]
        pub handle: Vec<u8>,
        /// Since when it is there.
        pub created_at: Timestamp,
        /// When somebody last came in by it.
        pub last_used_at: Option<Timestamp>,
    }
}

/// Those of a person, the oldest first.
///
/// # Errors
/// [`DbError`].
pub async fn passkeys_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Passkey>, DbError> {
    tx.all(OF_PERSON, params![tx.tenant(), person]).await
}

/// Notes what a browser is asked to sign.
#[derive(Clone, Debug)]
pub struct AskPasskey {
    /// Of what the browser shows.
    pub browser: [u8; 32],
    /// What for.
    pub purpose: PasskeyPurpose,
    /// Drawn for this.
    pub challenge: [u8; 32],
    /// When.
    pub at: Timestamp,
}

impl Command for AskPasskey {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let values = params![tx.tenant(), self.browser, self.purpose, self.challenge, self.at];
        Ok(tx.execute(ASK, values).await.map(drop)?)
    }
}

/// The browser was asked this, and answers for the first time.
pub(super) async fn answered(
    tx: &mut Tx<'_>,
    browser: [u8; 32],
    purpose: PasskeyPurpose,
    challenge: &[u8],
    at: Timestamp,
) -> Result<(), Failure> {
    let values = params![tx.tenant(), browser, purpose, challenge, at.plus(-ASK_MICROS)];
    let asked: Option<(Timestamp,)> = tx.optional(ANSWERED, values).await?;
    asked.map(drop).ok_or_else(|| Refusal::new(RefusalKind::Gone, "passkey-over").into())
}

/// Keeps a new passkey of a person. Refused as `passkey-over` where the browser was not asked or too long
/// ago, as `passkey-known` where it is somebody's already, as `passkeys-many` beyond [`PASSKEYS_MAX`].
#[derive(Clone, Debug)]
pub struct AddPasskey {
    id: Uuid,
    person: PersonId,
    name: String,
    host: String,
    browser: [u8; 32],
    new: super::answer::NewKey,
    stamp: Stamp,
}

impl AddPasskey {
    /// What a browser answered, judged.
    ///
    /// # Errors
    /// [`PasskeyFault`].
    pub fn of(
        answer: &Added,
        site: &Site,
        (id, person, name): (Uuid, PersonId, String),
        browser: [u8; 32],
        stamp: Stamp,
    ) -> Result<Self, PasskeyFault> {
        Ok(Self { id, person, name, host: site.host.clone(), browser, new: answer.judged(site)?, stamp })
    }
}

impl Command for AddPasskey {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let (tenant, at, name) = (tx.tenant(), self.stamp.at, named(&self.name)?);
        require_active(tx, self.person).await?;
        answered(tx, self.browser, PasskeyPurpose::Add, &self.new.challenge, at).await?;
        let (count,): (i64,) = tx.one(COUNT, params![tenant, self.person]).await?;
        if count >= PASSKEYS_MAX {
            let many = Refusal::new(RefusalKind::Conflict, "passkeys-many").with("limit", PASSKEYS_MAX);
            return Err(many.into());
        }
        let new = &self.new;
        let values =
            params![tenant, self.id, self.person, name, self.host, new.handle, new.key, new.uses, at];
        if tx.optional::<(Uuid,)>(ADD, values).await?.is_none() {
            return Err(Refusal::new(RefusalKind::Conflict, "passkey-known").into());
        }
        self.stamp.end_others(tx, self.person).await?;
        let body = json!({ "passkey": self.id, "name": name });
        Ok(self.stamp.note(tx, "person", self.person.0, "add-passkey", &body).await?)
    }
}

/// A name as it is kept.
fn named(name: &str) -> Result<String, Refusal> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let letters = name.chars().filter(|letter| !letter.is_control()).count();
    if letters == 0 || letters != name.chars().count() || letters > NAME_LETTERS_MAX {
        return Err(Refusal::invalid("name", "passkey-name").with("limit", NAME_LETTERS_MAX));
    }
    Ok(name)
}

fn missing() -> Refusal {
    Refusal::new(RefusalKind::Missing, "passkey-missing")
}

/// Calls a passkey something else.
#[derive(Clone, Debug)]
pub struct RenamePasskey {
    /// Whose.
    pub person: PersonId,
    /// Which one.
    pub passkey: Uuid,
    /// The name from now on.
    pub name: String,
}

impl Command for RenamePasskey {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let values = params![tx.tenant(), self.person, self.passkey, named(&self.name)?];
        let done: Option<(Uuid,)> = tx.optional(RENAME, values).await?;
        Ok(done.map(drop).ok_or_else(missing)?)
    }
}

/// Nobody comes in by it any more.
#[derive(Clone, Copy, Debug)]
pub struct RemovePasskey {
    /// Whose.
    pub person: PersonId,
    /// Which one.
    pub passkey: Uuid,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for RemovePasskey {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let values = params![tx.tenant(), self.person, self.passkey];
        let gone: Option<(String,)> = tx.optional(REMOVE, values).await?;
        let (name,) = gone.ok_or_else(missing)?;
        self.stamp.end_others(tx, self.person).await?;
        let body = json!({ "passkey": self.passkey, "name": name });
        Ok(self.stamp.note(tx, "person", self.person.0, "remove-passkey", &body).await?)
    }
}

pub(crate) async fn forget(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.execute(FORGET, params![tx.tenant(), now.plus(-ASK_MICROS)]).await
}

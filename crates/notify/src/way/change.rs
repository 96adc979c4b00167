//! Ways are added, changed, opened again and ended.

use qige_db::journal::{self, SALT_BYTES, Stream};
use qige_db::{Command, DbError, Failure, Json, Tx, params, statements};
use qige_kernel::{Entropy, PersonId, Refusal, RefusalKind, Timestamp, UnitId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::code::NewCode;
use super::{WayKind, tenant_ways, way, ways_of};
use crate::Topic;
use crate::choice::settle_choices;

/// Ways of one person at most: some browsers, a phone, an address.
pub const WAYS_OF_ONE_MAX: usize = 12;
/// Ways of the tenant itself at most.
pub const WAYS_OF_TENANT_MAX: usize = 60;
/// Letters of a name at most.
const NAME_LETTERS_MAX: usize = 60;

statements! {
    /// A new way.
    ADD_WAY = "INSERT INTO ways (tenant, id, kind, person, unit, name, sealed, topics, code_sha256,
            code_until, code_tries, confirmed_at, failures, made_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, 0, $12)";
    /// What of a person's goes that sort of way.
    SET_TOPICS = "UPDATE ways SET topics = $4 WHERE tenant = $1 AND person = $2 AND kind = $3";
    /// The tenant's own way is called otherwise, hears otherwise, has another address or secret.
    CHANGE_WAY = "UPDATE ways SET name = $3, unit = $4, topics = $5, sealed = $6
        WHERE tenant = $1 AND id = $2 AND person IS NULL";
    /// Things go this way again.
    REOPEN_WAY = "UPDATE ways SET failures = 0, parked_at = NULL, parked_why = NULL
        WHERE tenant = $1 AND id = $2";
    /// It is gone.
    END_WAY = "DELETE FROM ways WHERE tenant = $1 AND id = $2";
    /// What waited for it is not sent.
    DROP_OF_WAY = "UPDATE deliveries SET state = 'dropped', problem = 'ended'
        WHERE tenant = $1 AND way = $2 AND state = 'waiting'";
}

/// As what somebody changes a way of the tenant's, and the chance that the journal's line needs.
#[derive(Clone, Copy, Debug)]
pub struct Noted {
    role: &'static str,
    salt: [u8; SALT_BYTES],
}

impl Noted {
    /// In this role.
    #[must_use]
    pub fn new(role: &'static str, entropy: &Entropy) -> Self {
        Self { role, salt: entropy.bytes() }
    }

    async fn note(
        self,
        tx: &mut Tx<'_>,
        way: Uuid,
        at: Timestamp,
        command: &str,
        body: &Value,
    ) -> Result<(), DbError> {
        let (stream, body, role, salt) = (Stream::new("way", way), &body.to_string(), self.role, self.salt);
        journal::append(tx, journal::Entry { stream, at, role, command, body, salt }).await.map(drop)
    }
}

fn missing() -> Refusal {
    Refusal::new(RefusalKind::Missing, "way-missing")
}

fn named(name: &str) -> Result<&str, Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_LETTERS_MAX {
        return Err(Refusal::invalid("name", "way-name").with("max", NAME_LETTERS_MAX));
    }
    Ok(name)
}

/// Adds a way. Of what somebody has one at most ([`WayKind::is_single`]), it takes the place of the one
/// before.
#[derive(Clone, Debug)]
pub struct AddWay {
    /// Its id.
    pub id: Uuid,
    /// What sort.
    pub kind: WayKind,
    /// Whose; none: the tenant's own.
    pub person: Option<PersonId>,
    /// Of the tenant's own: only what this unit is told.
    pub unit: Option<UnitId>,
    /// What it is called.
    pub name: String,
    /// Address and secrets, sealed.
    pub sealed: Option<String>,
    /// What goes this way.
    pub topics: Vec<Topic>,
    /// What proves the address; none where it needs no proof.
    pub code: Option<NewCode>,
    /// When.
    pub at: Timestamp,
    /// For the journal, where it is the tenant's own.
    pub noted: Option<Noted>,
}

impl Command for AddWay {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let (known, most) = match self.person {
            Some(person) => (ways_of(tx, person).await?, WAYS_OF_ONE_MAX),
            None => (tenant_ways(tx).await?, WAYS_OF_TENANT_MAX),
        };
        if known.iter().any(|way| way.id == self.id) {
            return Ok(());
        }
        let mut left = known.len();
        if self.kind.is_single() {
            for before in known.iter().filter(|way| way.kind == self.kind) {
                end(tx, before.id).await?;
                left = left.saturating_sub(1);
            }
        }
        if left >= most {
            return Err(Refusal::new(RefusalKind::Conflict, "ways-many").with("max", most).into());
        }
        let (digest, until) =
            self.code.as_ref().map_or((None, None), |code| (Some(code.digest), Some(code.until)));
        let confirmed = self.code.is_none().then_some(self.at);
        let values = params![
            tx.tenant(),
            self.id,
            self.kind,
            self.person,
            self.unit,
            named(&self.name)?,
            self.sealed,
            Json(&self.topics),
            digest,
            until,
            confirmed,
            self.at
        ];
        tx.execute(ADD_WAY, values).await?;
        if let Some(noted) = self.noted {
            let body =
                json!({ "kind": self.kind, "name": self.name, "unit": self.unit, "topics": self.topics });
            noted.note(tx, self.id, self.at, "add-way", &body).await?;
        }
        Ok(())
    }
}

/// Chooses what goes a sort of way to a person.
#[derive(Clone, Debug)]
pub struct SetTopics {
    /// Who.
    pub person: PersonId,
    /// By sort of way.
    pub topics: Vec<(WayKind, Vec<Topic>)>,
}

impl Command for SetTopics {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        for (kind, topics) in &self.topics {
            tx.execute(SET_TOPICS, params![tx.tenant(), self.person, kind, Json(topics)]).await?;
            settle_choices(tx, self.person, *kind, topics).await?;
        }
        Ok(())
    }
}

/// Changes a way of the tenant's.
#[derive(Clone, Debug)]
pub struct ChangeWay {
    /// Which one.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// Only what this unit is told; none: what the tenant's people are told.
    pub unit: Option<UnitId>,
    /// What goes this way.
    pub topics: Vec<Topic>,
    /// Another address or secret, sealed; none leaves it.
    pub sealed: Option<String>,
    /// When.
    pub at: Timestamp,
    /// For the journal.
    pub noted: Noted,
}

impl Command for ChangeWay {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let before = way(tx, self.id).await?.filter(|way| way.person.is_none()).ok_or_else(missing)?;
        let sealed = self.sealed.as_ref().or(before.sealed.as_ref());
        let name = named(&self.name)?;
        let values = params![tx.tenant(), self.id, name, self.unit, Json(&self.topics), sealed];
        tx.execute(CHANGE_WAY, values).await?;
        let body = json!({
            "name": name, "unit": self.unit, "topics": self.topics, "address": self.sealed.is_some(),
        });
        Ok(self.noted.note(tx, self.id, self.at, "change-way", &body).await?)
    }
}

/// Lets things go a parked way again.
#[derive(Clone, Copy, Debug)]
pub struct ReopenWay {
    /// Which one.
    pub id: Uuid,
    /// Whose it must be; none: the tenant's own.
    pub person: Option<PersonId>,
}

impl Command for ReopenWay {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if way(tx, self.id).await?.is_none_or(|way| way.person != self.person) {
            return Err(missing().into());
        }
        tx.execute(REOPEN_WAY, params![tx.tenant(), self.id]).await?;
        Ok(())
    }
}

/// Ends a way, with what waited for it.
#[derive(Clone, Copy, Debug)]
pub struct EndWay {
    /// Which one.
    pub id: Uuid,
    /// Whose it must be; none: the tenant's own.
    pub person: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// For the journal, where it is the tenant's own.
    pub noted: Option<Noted>,
}

impl Command for EndWay {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if way(tx, self.id).await?.is_none_or(|way| way.person != self.person) {
            return Err(missing().into());
        }
        end(tx, self.id).await?;
        if let Some(noted) = self.noted {
            noted.note(tx, self.id, self.at, "end-way", &json!({})).await?;
        }
        Ok(())
    }
}

async fn end(tx: &mut Tx<'_>, id: Uuid) -> Result<(), DbError> {
    tx.execute(DROP_OF_WAY, params![tx.tenant(), id]).await?;
    tx.execute(END_WAY, params![tx.tenant(), id]).await.map(drop)
}

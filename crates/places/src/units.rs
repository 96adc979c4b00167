//! The organisations that put things right (处置部门).

use std::fmt;
use std::str::FromStr;

use qige_db::{Command, DbError, Failure, Tx, column_text, from_row, params, statements};
use qige_kernel::text::is_unfit_for_a_line;
use qige_kernel::{Refusal, RefusalKind, Timestamp, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Edit;

/// Longest name, in characters.
pub const MAX_UNIT_NAME_CHARS: usize = 40;
/// Longest contact, in characters: a telephone number with extension and a word.
pub const MAX_UNIT_CONTACT_CHARS: usize = 60;

statements! {
    /// All units, open ones first.
    UNITS = "SELECT * FROM units WHERE tenant = $1 ORDER BY active DESC, name";
    /// The unit; none when it is not there.
    UNIT_BY_ID = "SELECT * FROM units WHERE tenant = $1 AND id = $2";
    /// The unit of a name.
    UNIT_BY_NAME = "SELECT * FROM units WHERE tenant = $1 AND name = $2";
    /// No row is touched if the name is taken.
    ADD_UNIT = "INSERT INTO units (tenant, id, name, kind, contact, active, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, TRUE, $6, $6) ON CONFLICT DO NOTHING";
    /// No row is touched if there is no such unit.
    CHANGE_UNIT = "UPDATE units SET name = $3, kind = $4, contact = $5, active = $6, updated_at = $7
        WHERE tenant = $1 AND id = $2";
}

/// What sort of organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnitKind {
    /// A public department (职能部门).
    Department,
    /// An enterprise: power, water, gas, telecommunications.
    Enterprise,
    /// A community or village itself.
    Community,
    /// A property manager (物业).
    Property,
}

impl UnitKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Department, Self::Enterprise, Self::Community, Self::Property];
}

impl fmt::Display for UnitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Department => "department",
            Self::Enterprise => "enterprise",
            Self::Community => "community",
            Self::Property => "property",
        })
    }
}

/// A text that names no kind of unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of unit")]
pub struct UnknownUnitKind;

impl FromStr for UnitKind {
    type Err = UnknownUnitKind;
    fn from_str(text: &str) -> Result<Self, UnknownUnitKind> {
        Self::ALL.into_iter().find(|kind| kind.to_string() == text).ok_or(UnknownUnitKind)
    }
}

column_text!(UnitKind);

from_row! {
    /// A responsible unit.
    #[derive(PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct Unit {
        /// Its id.
        pub id: UnitId,
        /// Unique within the tenant.
        pub name: String,
        /// What sort of organisation.
        pub kind: UnitKind,
        /// The office's telephone, for everybody to see; nobody's own.
        pub contact: String,
        /// False: closed. It keeps its past cases and gets no new ones.
        pub active: bool,
        /// When it was added.
        pub created_at: Timestamp,
        /// When anything of it last changed.
        pub updated_at: Timestamp,
    }
}

/// What can be said of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnitFacts {
    /// Unique within the tenant.
    pub name: String,
    /// What sort of organisation.
    pub kind: UnitKind,
    /// The office's telephone; may be blank.
    #[serde(default)]
    pub contact: String,
}

impl UnitFacts {
    /// # Errors
    /// `unit-name-blank`, `unit-name-long`, `unit-contact-long`, `words-with-control-signs`.
    fn checked(&self) -> Result<Self, Refusal> {
        let (name, contact) = (self.name.trim(), self.contact.trim());
        if name.is_empty() {
            return Err(Refusal::invalid("name", "unit-name-blank"));
        }
        if name.chars().count() > MAX_UNIT_NAME_CHARS {
            return Err(Refusal::invalid("name", "unit-name-long").with("limit", MAX_UNIT_NAME_CHARS));
        }
        for (field, text) in [("name", name), ("contact", contact)] {
            if text.chars().any(is_unfit_for_a_line) {
                return Err(Refusal::invalid(field, "words-with-control-signs"));
            }
        }
        if contact.chars().count() > MAX_UNIT_CONTACT_CHARS {
            return Err(
                Refusal::invalid("contact", "unit-contact-long").with("limit", MAX_UNIT_CONTACT_CHARS)
            );
        }
        Ok(Self { name: name.to_owned(), kind: self.kind, contact: contact.to_owned() })
    }
}

/// All units, open ones first, by name.
///
/// # Errors
/// [`DbError`].
pub async fn list(tx: &mut Tx<'_>) -> Result<Vec<Unit>, DbError> {
    tx.all(UNITS, params![tx.tenant()]).await
}

/// A unit, open or closed; none when there is none of that id.
///
/// # Errors
/// [`DbError`].
pub async fn by_id(tx: &mut Tx<'_>, id: UnitId) -> Result<Option<Unit>, DbError> {
    tx.optional(UNIT_BY_ID, params![tx.tenant(), id]).await
}

/// The unit of a name, open or closed.
///
/// # Errors
/// [`DbError`].
pub async fn by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<Unit>, DbError> {
    tx.optional(UNIT_BY_NAME, params![tx.tenant(), name]).await
}

/// Adds a unit.
#[derive(Clone, Debug)]
pub struct CreateUnit {
    /// Its id. Sent again with the same facts, nothing happens.
    pub id: UnitId,
    /// What is said of it.
    pub facts: UnitFacts,
    /// Who and when.
    pub edit: Edit,
}

impl Command for CreateUnit {
    type Output = UnitId;

    /// # Errors
    /// `unit-name-taken`, and those of the facts.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<UnitId, Failure> {
        let UnitFacts { name, kind, contact } = self.facts.checked()?;
        let values = params![tx.tenant(), self.id, name, kind, contact, self.edit.at];
        if tx.execute(ADD_UNIT, values).await? == 0 {
            let known = by_name(tx, &name).await?;
            if known.is_some_and(|unit| unit.id == self.id && unit.kind == kind && unit.contact == contact) {
                return Ok(self.id);
            }
            return Err(taken(&name).into());
        }
        let body = json!({ "name": name, "kind": kind, "contact": contact });
        self.edit.note(tx, "unit", self.id.0, "create", &body).await?;
        tx.announce("units", self.id.0);
        Ok(self.id)
    }
}

/// Changes a unit, closes it or opens it again.
#[derive(Clone, Debug)]
pub struct UpdateUnit {
    /// Which unit.
    pub id: UnitId,
    /// What is said of it from now on.
    pub facts: UnitFacts,
    /// Open or closed.
    pub active: bool,
    /// Who and when.
    pub edit: Edit,
}

impl Command for UpdateUnit {
    type Output = ();

    /// # Errors
    /// `unit-missing`, `unit-name-taken`, and those of the facts.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let UnitFacts { name, kind, contact } = self.facts.checked()?;
        let Some(before) = by_id(tx, self.id).await? else {
            return Err(Refusal::new(RefusalKind::Missing, "unit-missing").into());
        };
        if by_name(tx, &name).await?.is_some_and(|other| other.id != self.id) {
            return Err(taken(&name).into());
        }
        let values = params![tx.tenant(), self.id, name, kind, contact, self.active, self.edit.at];
        tx.execute(CHANGE_UNIT, values).await?;
        let body = json!({
            "name": name, "kind": kind, "contact": contact, "active": self.active,
            "before": { "name": before.name, "kind": before.kind, "contact": before.contact,
                "active": before.active },
        });
        self.edit.note(tx, "unit", self.id.0, "update", &body).await?;
        tx.announce("units", self.id.0);
        Ok(())
    }
}

fn taken(name: &str) -> Refusal {
    let refusal = Refusal::new(RefusalKind::Conflict, "unit-name-taken").with("name", name);
    Refusal { field: Some("name"), ..refusal }
}

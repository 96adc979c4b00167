//! People with an account.

mod add;
mod change;
mod circle;
mod expire;
mod list;
mod preferences;
mod state;

use qige_db::{DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{PersonId, Refusal, RefusalKind, Timestamp};

use crate::{PasswordHash, Sealed};
use qige_db::kebab;

pub use add::{AddPerson, NewPerson};
pub(crate) use add::{add, keep};
pub(crate) use change::who_has;
pub use change::{ChangePerson, SetPassword};
pub use circle::Circle;
pub use expire::{forget_names, left_with_name};
pub use list::{PEOPLE_ON_PAGE_MAX, PeopleFilter, people, people_counts};
pub use preferences::{ELDER_PIXELS, SetPreferences};
pub use state::SetPersonState;

kebab! {
    /// Whether a person is here.
    pub enum PersonState {
        /// Here.
        Active = "active",
        /// Away for a while: cannot sign in, keeps their roles.
        Paused = "paused",
        /// Gone for good: roles ended, number and password erased.
        Left = "left",
    }
}

kebab! {
    /// How closely things are set on a page.
    pub enum Density {
        /// For thumbs.
        Roomy = "roomy",
        /// For most.
        Normal = "normal",
        /// For those who look at lists all day.
        Compact = "compact",
    }
}

impl PersonState {
    /// Names its text in the locale files: `person-state-paused`.
    #[must_use]
    pub fn label_key(self) -> String {
        format!("person-state-{self}")
    }
}

statements! {
    /// One person.
    BY_ID = "SELECT id, name, sign_in_name, phone, state, locale, created_at, updated_at FROM people
        WHERE tenant = $1 AND id = $2";
    /// What others read.
    NAME = "SELECT name FROM people WHERE tenant = $1 AND id = $2";
    /// Whether there is anybody.
    ANYBODY = "SELECT id FROM people WHERE tenant = $1 LIMIT 1";
    /// What the person's password is compared with.
    PASSWORD = "SELECT password_hash FROM people WHERE tenant = $1 AND id = $2 AND state = 'active'";
}

from_row! {
    /// A person, as those who look after accounts see them.
    pub struct Person {
        /// Which one.
        pub id: PersonId,
        /// The name that others read.
        pub name: String,
        /// By which name they sign in.
        pub sign_in_name: Option<String>,
        /// Their mobile number, sealed.
        pub phone: Option<Sealed>,
        /// Whether they are here.
        pub state: PersonState,
        /// The language they chose.
        pub locale: Option<String>,
        /// Since when they have an account.
        pub created_at: Timestamp,
        /// When it was last changed.
        pub updated_at: Timestamp,
    }
}

/// One person.
///
/// # Errors
/// [`DbError`].
pub async fn person(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<Person>, DbError> {
    tx.optional(BY_ID, params![tx.tenant(), id]).await
}

/// The name that others read.
///
/// # Errors
/// [`DbError`].
pub async fn person_name(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = tx.optional(NAME, params![tx.tenant(), id]).await?;
    Ok(row.map(|(name,)| name))
}

/// What the person's password is compared with; none when they have none or may not sign in.
///
/// # Errors
/// [`DbError`].
pub async fn password_of(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<PasswordHash>, DbError> {
    let row: Option<(Option<PasswordHash>,)> = tx.optional(PASSWORD, params![tx.tenant(), id]).await?;
    Ok(row.and_then(|(hash,)| hash))
}

/// Whether the tenant has anybody who can sign in, and so was set up.
///
/// # Errors
/// [`DbError`].
pub async fn is_set_up(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    Ok(tx.optional::<(PersonId,)>(ANYBODY, params![tx.tenant()]).await?.is_some())
}

pub(crate) fn missing() -> Refusal {
    Refusal::new(RefusalKind::Missing, "person-missing")
}

/// The person must be there.
pub(crate) async fn require(tx: &mut Tx<'_>, id: PersonId) -> Result<Person, Failure> {
    Ok(person(tx, id).await?.ok_or_else(missing)?)
}

/// The person must be here.
pub(crate) async fn require_active(tx: &mut Tx<'_>, id: PersonId) -> Result<Person, Failure> {
    let person = require(tx, id).await?;
    match person.state {
        PersonState::Active => Ok(person),
        PersonState::Paused => Err(Refusal::new(RefusalKind::Conflict, "person-paused").into()),
        PersonState::Left => Err(Refusal::new(RefusalKind::Conflict, "person-left").into()),
    }
}

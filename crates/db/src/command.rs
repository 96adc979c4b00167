//! What a write is, and who asks for it.

use qige_kernel::{PersonId, Refusal, TenantId};
use uuid::Uuid;

use crate::{DbError, Param, Statement, Tx};

/// Who causes a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The product itself: jobs, schedules, set-up.
    System,
    /// Somebody without an account.
    Anonymous,
    /// A person with an account.
    Person(PersonId),
}

impl Actor {
    /// The person, where there is one.
    #[must_use]
    pub const fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(id) => Some(id),
            Self::System | Self::Anonymous => None,
        }
    }
}

/// For which tenant, and by whom. Every transaction knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker {
    /// Whose data.
    pub tenant: TenantId,
    /// By whom.
    pub actor: Actor,
}

impl Asker {
    /// The product itself, at work for `tenant`.
    #[must_use]
    pub const fn system(tenant: TenantId) -> Self {
        Self { tenant, actor: Actor::System }
    }
}

/// Why a command or a query gave no result.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A rule said no; the person can be told why.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// The database could not do it.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// How much a command minds what others do at the same time (PostgreSQL; SQLite writes one by one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// As if commands ran one after another. The default.
    Serializable,
    /// Each statement sees what was committed before it. For commands that decide nothing from what they
    /// read, and let keys and version checks do the rest.
    ReadCommitted,
}

/// A command that needs no look at the database: see [`Command::at_once`].
#[derive(Debug)]
pub struct AtOnce<'a, T> {
    /// What it writes. They run in no order, see nothing of each other, and no two touch the same row.
    pub changes: Vec<(&'static Statement, &'a [Param])>,
    /// What the caller gets.
    pub output: T,
    /// What live listeners are told: topic and id, as in [`Tx::announce`].
    pub news: Vec<(&'static str, Uuid)>,
}

/// A write. It may be run more than once before one run is committed, so it owns its inputs (ids, instants
/// and chance among them), awaits nothing but SQL, and causes nothing outside the database.
pub trait Command: Send + Sync + 'static {
    /// What the caller gets once the write is durable.
    type Output: Send + 'static;

    /// See [`Isolation`].
    const ISOLATION: Isolation = Isolation::Serializable;

    /// Works out, where the caller is, what needs no look at the database: on SQLite all commands are run one
    /// after another, and this is not. Doing nothing is right too; [`Command::run`] must not count on it.
    fn prepare(&mut self, _asker: Asker) {}

    /// What it comes to, where that is known before any look at the database. PostgreSQL then writes it with
    /// others of the kind in one transaction and one round trip; when a key is taken, nothing of it is kept
    /// and [`Command::run`] decides. None is always right.
    fn at_once(&self, _asker: Asker) -> Option<AtOnce<'_, Self::Output>> {
        None
    }

    /// Does it. An error leaves nothing behind.
    ///
    /// # Errors
    /// [`Failure::Refused`] when a rule says no, [`Failure::Db`] when the database cannot.
    fn run(&self, tx: &mut Tx<'_>) -> impl Future<Output = Result<Self::Output, Failure>> + Send;
}

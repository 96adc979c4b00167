//! Filters of the queue that people have named.
//!
//! They are their owners' own doing, and change nothing about a case: so nothing is written in the journal.

use qige_db::{Command, DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{PersonId, Refusal, RefusalKind, Timestamp};
use uuid::Uuid;

use crate::words;

/// Filters of one person at most: more links would push the queue off the screen.
pub const MAX_SAVED_FILTERS: i64 = 20;
/// Shared filters that are shown at most, whoever shared them.
pub const MAX_SHARED_FILTERS: i64 = 40;
/// Longest name, in characters: what fits a link.
pub const MAX_FILTER_NAME_CHARS: usize = 30;

statements! {
    /// One's own by name.
    OWN = "SELECT id, person, name, query, shared FROM saved_filters WHERE tenant = $1 AND person = $2
        ORDER BY name, id";
    /// What others share, by name.
    OTHERS = "SELECT id, person, name, query, shared FROM saved_filters WHERE tenant = $1 AND shared
        AND person <> $2 ORDER BY name, id LIMIT $3";
    /// Under a name of one's own; none when there is no such name.
    OWN_BY_NAME = "SELECT id, person, name, query, shared FROM saved_filters WHERE tenant = $1
        AND person = $2 AND name = $3";
    /// The filter; none when it is not there.
    BY_ID = "SELECT id, person, name, query, shared FROM saved_filters WHERE tenant = $1 AND id = $2";
    /// A new one, or another query under a name of one's own.
    SAVE = "INSERT INTO saved_filters (tenant, id, person, name, query, shared, saved_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, person, name)
        DO UPDATE SET query = excluded.query, shared = excluded.shared, saved_at = excluded.saved_at";
    /// Another name, and for whom it is.
    CHANGE = "UPDATE saved_filters SET name = $3, shared = $4 WHERE tenant = $1 AND id = $2";
    /// Away with it.
    DROP = "DELETE FROM saved_filters WHERE tenant = $1 AND id = $2";
}

from_row! {
    /// A filter of the queue with a name.
    pub struct SavedFilter {
        /// Its id.
        pub id: Uuid,
        /// Whose.
        pub person: PersonId,
        /// What it is called.
        pub name: String,
        /// The query of the queue's address.
        pub query: String,
        /// All who work in the centre find it.
        pub shared: bool,
    }
}

/// Who names a filter.
#[derive(Clone, Copy, Debug)]
pub struct Keeper {
    /// Who.
    pub person: PersonId,
    /// May share filters, and look after what others share.
    pub shares: bool,
}

impl Keeper {
    /// Whether this person may rename it and throw it away.
    #[must_use]
    pub fn may_change(self, filter: &SavedFilter) -> bool {
        filter.person == self.person || (self.shares && filter.shared)
    }

    async fn own(self, tx: &mut Tx<'_>, id: Uuid) -> Result<SavedFilter, Failure> {
        let found: Option<SavedFilter> = tx.optional(BY_ID, params![tx.tenant(), id]).await?;
        let found = found.filter(|filter| self.may_change(filter));
        Ok(found.ok_or(Refusal::new(RefusalKind::Missing, "filter-missing"))?)
    }

    fn may_share(self, shared: bool) -> Result<(), Refusal> {
        let may = self.shares || !shared;
        may.then_some(()).ok_or(Refusal::new(RefusalKind::Forbidden, "filter-not-shared"))
    }
}

/// One's own filters, then what others share, each by name.
///
/// # Errors
/// [`DbError`].
pub async fn saved_filters(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<SavedFilter>, DbError> {
    let mut found: Vec<SavedFilter> = tx.all(OWN, params![tx.tenant(), person]).await?;
    found.extend(tx.all::<SavedFilter>(OTHERS, params![tx.tenant(), person, MAX_SHARED_FILTERS]).await?);
    Ok(found)
}

/// Names a filter. Under a name that one has already, it takes the place of the one before.
#[derive(Clone, Debug)]
pub struct SaveFilter {
    /// Its id, where it is new.
    pub id: Uuid,
    /// Whose.
    pub by: Keeper,
    /// What it is called.
    pub name: String,
    /// The query of the queue's address.
    pub query: String,
    /// For all who work in the centre.
    pub shared: bool,
    /// When.
    pub at: Timestamp,
}

impl Command for SaveFilter {
    type Output = ();

    /// # Errors
    /// Those of the name; `filter-not-shared` for who may not, `filters-too-many`.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let name = words::needed("name", &self.name, MAX_FILTER_NAME_CHARS)?;
        self.by.may_share(self.shared)?;
        let own: Vec<SavedFilter> = tx.all(OWN, params![tx.tenant(), self.by.person]).await?;
        let full = i64::try_from(own.len()).is_ok_and(|count| count >= MAX_SAVED_FILTERS);
        if full && own.iter().all(|filter| filter.name != name) {
            let refusal = Refusal::invalid("name", "filters-too-many");
            return Err(refusal.with("max", MAX_SAVED_FILTERS).into());
        }
        let values = params![tx.tenant(), self.id, self.by.person, name, self.query, self.shared, self.at];
        tx.execute(SAVE, values).await?;
        Ok(())
    }
}

/// Gives a filter another name, shares it or keeps it to its owner.
#[derive(Clone, Debug)]
pub struct ChangeFilter {
    /// Which.
    pub id: Uuid,
    /// By whom.
    pub by: Keeper,
    /// What it is called from now on.
    pub name: String,
    /// For all who work in the centre.
    pub shared: bool,
}

impl Command for ChangeFilter {
    type Output = ();

    /// # Errors
    /// `filter-missing`, `filter-name-taken`, `filter-not-shared` for who may not, and those of the name.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let name = words::needed("name", &self.name, MAX_FILTER_NAME_CHARS)?;
        let known = self.by.own(tx, self.id).await?;
        // Who may no longer share may still rename what they shared.
        self.by.may_share(self.shared && !known.shared)?;
        let same: Option<SavedFilter> =
            tx.optional(OWN_BY_NAME, params![tx.tenant(), known.person, name]).await?;
        if same.is_some_and(|other| other.id != self.id) {
            return Err(Refusal::invalid("name", "filter-name-taken").with("name", &name).into());
        }
        tx.execute(CHANGE, params![tx.tenant(), self.id, name, self.shared]).await?;
        Ok(())
    }
}

/// Throws a filter away.
#[derive(Clone, Debug)]
pub struct DropFilter {
    /// Which.
    pub id: Uuid,
    /// By whom.
    pub by: Keeper,
}

impl Command for DropFilter {
    type Output = ();

    /// # Errors
    /// `filter-missing`.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        self.by.own(tx, self.id).await?;
        tx.execute(DROP, params![tx.tenant(), self.id]).await?;
        Ok(())
    }
}

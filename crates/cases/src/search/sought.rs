//! From what is wanted to what a list is narrowed by.

use std::collections::BTreeSet;

use qige_db::{DbError, Engine, Tx, params, statements};
use qige_kernel::CaseId;

use super::Wanted;

/// Cases that are named one by one, each looked up by its id. Of more, a list is walked in its own order, and
/// whoever stands in it is asked, until the page is full: of a million that is one in three hundred at least.
/// Both take some tens of milliseconds where the number is this (docs/performance.md).
pub const MAX_NAMED_CASES: i64 = 3_000;

/// The newest cases that are asked first on PostgreSQL, which for a word that many have makes a list of all
/// of them before it gives the first: 110 ms for a fifth of a million, against 3 ms for asking these.
const ASKED_FIRST: i64 = 1_000;
/// Where so many of them have it, and there are [`MANY_CASES`], more than [`MAX_NAMED_CASES`] have it.
const COMMON: i64 = 50;
/// Cases of which one in twenty is as many as can be named.
const MANY_CASES: i64 = MAX_NAMED_CASES * ASKED_FIRST / COMMON;

statements! {
    /// How many of the newest have it. SQLite stops at the first that it was asked for.
    LATELY = {
        sqlite: "SELECT 0 WHERE ?1 IS NOT NULL AND ?2 IS NOT NULL AND ?3 IS NOT NULL",
        postgres: "SELECT COUNT(*) FROM (SELECT s.tokens FROM case_search s WHERE s.tenant = $1
            ORDER BY s.case_id DESC LIMIT $3) s WHERE s.tokens @@ $2::text::tsquery",
    };
    /// Whether there are more than so many.
    MANY = "SELECT s.case_id FROM case_search s WHERE s.tenant = $1 ORDER BY s.case_id LIMIT 1 OFFSET $2";
    /// Cases that have what is wanted.
    HAVING = {
        sqlite: "SELECT s.case_id FROM case_search_tokens t CROSS JOIN case_search s ON s.doc = t.rowid
            WHERE t.case_search_tokens MATCH ?2 AND s.tenant = ?1 LIMIT ?3",
        postgres: "SELECT s.case_id FROM case_search s WHERE s.tenant = $1 AND s.tokens @@ $2::text::tsquery
            LIMIT $3",
    };
    /// Cases by how their number begins.
    NUMBERED = "SELECT c.id FROM cases c WHERE c.tenant = $1 AND c.number >= $2 AND c.number < $3
        ORDER BY c.number LIMIT $4";
}

/// What a list is narrowed by.
#[derive(Clone, Debug, PartialEq)]
pub enum Sought {
    /// These.
    These(Vec<CaseId>),
    /// Those that have it; they are too many to be named.
    Having {
        /// What each is asked for, as the engine reads it.
        tokens: String,
        /// From where to where their numbers go.
        numbers: Option<(String, String)>,
    },
}

impl Sought {
    /// Each case is asked.
    #[must_use]
    pub fn having(wanted: &Wanted, engine: Engine) -> Self {
        Self::Having { tokens: wanted.for_one(engine), numbers: wanted.numbers() }
    }
}

/// Which cases are meant, whatever else a list is narrowed by.
///
/// # Errors
/// [`DbError`].
pub async fn sought(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<Sought, DbError> {
    let (tenant, limit) = (tx.tenant(), MAX_NAMED_CASES + 1);
    if is_common(tx, wanted).await? {
        return Ok(Sought::having(wanted, tx.engine()));
    }
    let mut found: Vec<(CaseId,)> = Vec::new();
    if !wanted.is_empty() {
        found = tx.all(HAVING, params![tenant, wanted.for_index(tx.engine()), limit]).await?;
    }
    if let Some((from, until)) = wanted.numbers() {
        found.extend(tx.all::<(CaseId,)>(NUMBERED, params![tenant, from, until, limit]).await?);
    }
    let cases: BTreeSet<CaseId> = found.into_iter().map(|(case,)| case).collect();
    if i64::try_from(cases.len()).is_ok_and(|count| count > MAX_NAMED_CASES) {
        return Ok(Sought::having(wanted, tx.engine()));
    }
    Ok(Sought::These(cases.into_iter().collect()))
}

/// Whether so many have it that looking them up would only say so.
async fn is_common(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<bool, DbError> {
    if tx.engine() != Engine::Postgres || wanted.is_empty() {
        return Ok(false);
    }
    let tenant = tx.tenant();
    let query = wanted.for_index(Engine::Postgres);
    let (lately,): (i64,) = tx.one(LATELY, params![tenant, query, ASKED_FIRST]).await?;
    Ok(lately >= COMMON && tx.optional::<(CaseId,)>(MANY, params![tenant, MANY_CASES]).await?.is_some())
}

//! The rows that cases are found by: made from what a case says after it was said, so that no report waits
//! for them.

use std::collections::BTreeMap;

use qige_db::{Command, DbError, Failure, Param, Statement, Tx, from_row, params, statements, values};
use qige_kernel::{CaseId, PersonId, PlaceId, Timestamp, UnitId};

use super::tokens::{Tokens, of_id, of_matter};
use crate::{MatterKey, State};

/// Cases of which the rows are made in one transaction: some tenth of a second's work.
pub const CASES_AT_ONCE: i64 = 200;
/// What came in so long ago has been committed, or never will be: a transaction that wrote it earlier may end
/// after one that looked.
const COMMITTED_MICROS: i64 = 2 * Timestamp::MINUTE;
/// Statements that travel together, see [`Tx::execute_all`].
const ROWS_AT_ONCE: usize = 25;

/// The job that looks at one case again, of which something was said beside its journal. Its payload: `case`.
pub const SEARCH_CASE: &str = "search-case";

statements! {
    /// What cases say of themselves.
    SAID_BY_CASES = {
        sqlite: "SELECT c.id, c.version, c.words, c.released_words, c.address, c.matter, c.community, c.grid,
            c.lead_unit, c.dispatcher, c.updated_at FROM cases c WHERE c.tenant = ?1
            AND c.id IN (SELECT unhex(value) FROM json_each('[\"' || replace(?2, ',', '\",\"') || '\"]'))
            ORDER BY c.id",
        postgres: "SELECT c.id, c.version, c.words, c.released_words, c.address, c.matter, c.community,
            c.grid, c.lead_unit, c.dispatcher, c.updated_at FROM cases c WHERE c.tenant = $1
            AND c.id = ANY(string_to_array($2, ',')::uuid[]) ORDER BY c.id",
    };
    /// What their reporters said, and who.
    SAID_BY_REPORTERS = {
        sqlite: "SELECT r.case_id, r.words, r.person, r.received_at FROM reports r WHERE r.tenant = ?1
            AND r.case_id IN (SELECT unhex(value) FROM
            json_each('[\"' || replace(?2, ',', '\",\"') || '\"]'))",
        postgres: "SELECT r.case_id, r.words, r.person, r.received_at FROM reports r WHERE r.tenant = $1
            AND r.case_id = ANY(string_to_array($2, ',')::uuid[])",
    };
    /// What was said about them.
    SAID_BESIDE = {
        sqlite: "SELECT m.case_id, m.words FROM case_comments m WHERE m.tenant = ?1 AND m.case_id
            IN (SELECT unhex(value) FROM json_each('[\"' || replace(?2, ',', '\",\"') || '\"]'))",
        postgres: "SELECT m.case_id, m.words FROM case_comments m WHERE m.tenant = $1
            AND m.case_id = ANY(string_to_array($2, ',')::uuid[])",
    };
    /// Which units have a part in them.
    UNITS_OF = {
        sqlite: "SELECT a.case_id, a.unit FROM case_assignments a WHERE a.tenant = ?1 AND a.case_id
            IN (SELECT unhex(value) FROM json_each('[\"' || replace(?2, ',', '\",\"') || '\"]'))",
        postgres: "SELECT a.case_id, a.unit FROM case_assignments a WHERE a.tenant = $1
            AND a.case_id = ANY(string_to_array($2, ',')::uuid[])",
    };
    /// The row of a case, unless a later one is there.
    PUT_TOKENS = {
        sqlite: "INSERT INTO case_search (tenant, case_id, version, tokens) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (tenant, case_id) DO UPDATE SET version = excluded.version, tokens = excluded.tokens
            WHERE case_search.version <= excluded.version",
        postgres: "INSERT INTO case_search (tenant, case_id, version, tokens)
            VALUES ($1, $2, $3, array_to_tsvector(string_to_array($4, ' ')))
            ON CONFLICT (tenant, case_id) DO UPDATE SET version = excluded.version, tokens = excluded.tokens
            WHERE case_search.version <= excluded.version",
    };
    /// The rows as they are kept.
    KEPT_TOKENS = {
        sqlite: "SELECT s.case_id, s.tokens FROM case_search s WHERE s.tenant = ?1 AND s.case_id
            IN (SELECT unhex(value) FROM json_each('[\"' || replace(?2, ',', '\",\"') || '\"]'))",
        postgres: "SELECT s.case_id, array_to_string(tsvector_to_array(s.tokens), ' ') FROM case_search s
            WHERE s.tenant = $1 AND s.case_id = ANY(string_to_array($2, ',')::uuid[])",
    };
    /// What came in before has its row.
    MARK = "SELECT until FROM search_marks WHERE tenant = $1";
    /// Moves that on, never back.
    PUT_MARK = "INSERT INTO search_marks (tenant, until) VALUES ($1, $2) ON CONFLICT (tenant)
        DO UPDATE SET until = excluded.until WHERE search_marks.until < excluded.until";
    /// What came in since and has no row.
    WITHOUT_ROW = "SELECT c.id, c.received_at, c.state, c.matter, c.community, c.grid FROM cases c
        WHERE c.tenant = $1 AND c.received_at >= $2
        AND NOT EXISTS (SELECT 1 FROM case_search s WHERE s.tenant = c.tenant AND s.case_id = c.id)
        ORDER BY c.received_at, c.id LIMIT $3";
}

from_row! {
    struct SaidByCase {
        id: CaseId,
        version: i64,
        words: String,
        released_words: Option<String>,
        address: Option<String>,
        matter: Option<MatterKey>,
        community: Option<PlaceId>,
        grid: Option<PlaceId>,
        lead_unit: Option<UnitId>,
        dispatcher: Option<PersonId>,
        updated_at: Timestamp,
    }
}

/// What one case is found by.
pub(crate) struct Found {
    version: i64,
    pub(crate) tokens: Tokens,
    /// When anything was last said of it.
    pub(crate) at: Timestamp,
}

impl SaidByCase {
    fn found(&self) -> Found {
        let mut tokens = Tokens::default();
        let texts = [Some(&self.words), self.released_words.as_ref(), self.address.as_ref()];
        texts.into_iter().flatten().for_each(|text| tokens.add_text(text));
        if let Some(matter) = self.matter {
            tokens.add_id(of_matter(matter));
        }
        let places = [self.community, self.grid].into_iter().flatten().map(|place| place.0);
        let others = [self.lead_unit.map(|unit| unit.0), self.dispatcher.map(|person| person.0)];
        places.chain(others.into_iter().flatten()).for_each(|id| tokens.add_id(of_id(id)));
        Found { version: self.version, tokens, at: self.updated_at }
    }
}

/// What cases are found by, worked out from what is said of them.
///
/// # Errors
/// [`DbError`].
pub(crate) async fn worked_out(
    tx: &mut Tx<'_>,
    cases: &[CaseId],
) -> Result<BTreeMap<CaseId, Found>, DbError> {
    let asked = params![tx.tenant(), list(cases)];
    let said: Vec<SaidByCase> = tx.all(SAID_BY_CASES, asked).await?;
    let mut found: BTreeMap<CaseId, Found> = said.iter().map(|case| (case.id, case.found())).collect();
    let reports: Vec<(CaseId, String, Option<PersonId>, Timestamp)> =
        tx.all(SAID_BY_REPORTERS, asked).await?;
    for (case, words, person, at) in reports {
        let Some(found) = found.get_mut(&case) else { continue };
        found.tokens.add_text(&words);
        found.at = found.at.max(at);
        if let Some(person) = person {
            found.tokens.add_id(of_id(person.0));
        }
    }
    let comments: Vec<(CaseId, String)> = tx.all(SAID_BESIDE, asked).await?;
    for (case, words) in comments {
        found.entry(case).and_modify(|found| found.tokens.add_text(&words));
    }
    let units: Vec<(CaseId, UnitId)> = tx.all(UNITS_OF, asked).await?;
    for (case, unit) in units {
        found.entry(case).and_modify(|found| found.tokens.add_id(of_id(unit.0)));
    }
    Ok(found)
}

/// Makes the rows of these cases anew.
///
/// # Errors
/// [`DbError`].
pub async fn refresh(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<(), DbError> {
    let tenant = tx.tenant();
    let rows: Vec<Vec<Param>> = worked_out(tx, cases)
        .await?
        .into_iter()
        .map(|(case, found)| values![tenant, case, found.version, found.tokens.written()])
        .collect();
    for rows in rows.chunks(ROWS_AT_ONCE) {
        let changes: Vec<(&'static Statement, &[Param])> =
            rows.iter().map(|row| (PUT_TOKENS, row.as_slice())).collect();
        tx.execute_all(&changes).await?;
    }
    Ok(())
}

/// The rows as they are kept, of those of the cases that have one.
///
/// # Errors
/// [`DbError`].
pub(crate) async fn kept(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<BTreeMap<CaseId, Tokens>, DbError> {
    let rows: Vec<(CaseId, String)> = tx.all(KEPT_TOKENS, params![tx.tenant(), list(cases)]).await?;
    Ok(rows.into_iter().map(|(case, tokens)| (case, Tokens::read(&tokens))).collect())
}

/// Before this instant everything that came in has its row; none while nothing has.
///
/// # Errors
/// [`DbError`].
pub(crate) async fn mark(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, DbError> {
    let mark: Option<(Timestamp,)> = tx.optional(MARK, params![tx.tenant()]).await?;
    Ok(mark.map(|(until,)| until))
}

from_row! {
    /// A case that came in and was looked at by nobody before its row was made.
    pub struct Arrived {
        /// Its id.
        pub id: CaseId,
        /// When its first report came in.
        pub received_at: Timestamp,
        /// Where it stands.
        pub state: State,
        /// What it is about, if its reporter chose.
        pub matter: Option<MatterKey>,
        /// The community it lies in.
        pub community: Option<PlaceId>,
        /// The grid it lies in.
        pub grid: Option<PlaceId>,
    }
}

/// Cases whose rows have just been made.
pub struct TakenUp {
    /// Which: each is here once in its life.
    pub arrived: Vec<Arrived>,
    /// Whether there may be more.
    pub more: bool,
}

/// Makes the rows of the next cases that have none. Says whether there may be more.
pub struct CatchUp {
    /// Now.
    pub at: Timestamp,
}

impl Command for CatchUp {
    type Output = bool;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Failure> {
        Ok(self.take_up(tx).await?.more)
    }
}

impl CatchUp {
    /// Does it, and says with which cases: for who has something to do about them in the same transaction.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn take_up(&self, tx: &mut Tx<'_>) -> Result<TakenUp, DbError> {
        let since = mark(tx).await?.unwrap_or(Timestamp::from_micros(i64::MIN));
        let arrived: Vec<Arrived> = tx.all(WITHOUT_ROW, params![tx.tenant(), since, CASES_AT_ONCE]).await?;
        let cases: Vec<CaseId> = arrived.iter().map(|case| case.id).collect();
        refresh(tx, &cases).await?;
        let more = i64::try_from(cases.len()).is_ok_and(|count| count >= CASES_AT_ONCE);
        let committed = self.at.plus(-COMMITTED_MICROS);
        let last = arrived.last().filter(|_| more).map(|case| case.received_at);
        let until = last.map_or(committed, |last| committed.min(last));
        tx.execute(PUT_MARK, params![tx.tenant(), until]).await?;
        Ok(TakenUp { arrived, more })
    }
}

fn list(cases: &[CaseId]) -> String {
    cases.iter().map(|case| case.0.simple().to_string()).collect::<Vec<_>>().join(",")
}

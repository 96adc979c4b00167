//! The queue of the grid centre.

use qige_db::{Failure, Statement, Tx, from_row, statements};
use qige_kernel::{CaseId, ObjectId, PersonId, PlaceId, Timestamp, UnitId};

use super::filter::{Asked, QueueFilter, Sight, cursor, read_cursor};
use super::{MAX_PAGE_ROWS, shortened};
use crate::search::Sought;
use crate::store::position;
use crate::views::{Page, QueueCounts, QueueRow};
use crate::{MatterKey, Stage, State, Tone, Urgency};

statements! {
    /// Cases as the queue shows them.
    fragment SELECT_ROWS = "SELECT c.id, c.version, c.number, c.state, c.matter, c.urgency, c.words,
        c.words_erased_at, c.community, c.grid, c.beside_metres, c.lng, c.lat, c.received_at, c.stage,
        c.due_at, c.amber_at, c.over_at, c.late_at,
        c.suspended, c.question_open, c.supervised, c.escalated, c.extension_asked, c.transferred, c.verified,
        c.lead_unit, c.dispatcher, c.merged_count + (SELECT COUNT(*) FROM reports r WHERE r.tenant =
        c.tenant AND r.case_id = c.id) AS reports, (SELECT p.id FROM case_photos p JOIN objects o ON
        o.tenant = p.tenant AND o.id = p.id WHERE p.tenant = c.tenant AND p.case_id = c.id AND o.erased_at
        IS NULL ORDER BY p.added_at, p.id LIMIT 1) AS photo";
    /// What will be late first comes first.
    fragment BY_LATENESS = "ORDER BY c.late_at, c.id LIMIT $23";
    /// The page after one that ended there.
    fragment AFTER_LATENESS = "AND (c.late_at, c.id) > ($21, $22)";
    /// What came in last comes first.
    fragment BY_NEWNESS = "ORDER BY c.received_at DESC, c.id DESC LIMIT $23";
    /// The page after one that ended there.
    fragment AFTER_NEWNESS = "AND (c.received_at, c.id) < ($21, $22)";
    /// One case as the queue shows it.
    fragment ONLY_ONE = "AND c.id = $22";
    /// How many are in each state, and how many are late or nearly.
    fragment SELECT_COUNTS = "SELECT c.state, COUNT(*) AS cases, CAST(COALESCE(SUM(CASE WHEN c.late_at <= $2
        THEN 1
        ELSE 0 END), 0) AS BIGINT) AS red, CAST(COALESCE(SUM(CASE WHEN c.late_at > $2 AND c.amber_at <= $2
        THEN 1 ELSE 0 END), 0) AS BIGINT) AS amber";
    /// By state, in the order of the index that holds nothing else.
    fragment BY_STATE = "GROUP BY c.state";
    /// By state, where other columns are asked for: SQLite would follow the order of that index all the same,
    /// and read the wide row of every case for them.
    fragment BY_STATE_NARROWED = { sqlite: "GROUP BY +c.state", postgres: "GROUP BY c.state" };
}

from_row! {
    struct Found {
        id: CaseId,
        version: i64,
        number: Option<String>,
        state: State,
        matter: Option<MatterKey>,
        urgency: Option<Urgency>,
        words: String,
        words_erased_at: Option<Timestamp>,
        community: Option<PlaceId>,
        grid: Option<PlaceId>,
        beside_metres: Option<f64>,
        lng: Option<f64>,
        lat: Option<f64>,
        received_at: Timestamp,
        stage: Option<Stage>,
        due_at: Option<Timestamp>,
        amber_at: Option<Timestamp>,
        over_at: Option<Timestamp>,
        late_at: i64,
        suspended: bool,
        question_open: bool,
        supervised: bool,
        escalated: bool,
        extension_asked: bool,
        transferred: bool,
        verified: bool,
        lead_unit: Option<UnitId>,
        dispatcher: Option<PersonId>,
        reports: i64,
        photo: Option<ObjectId>,
    }
}

from_row! {
    struct Counted { state: State, cases: i64, red: i64, amber: i64 }
}

/// In which order a list of cases stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// What will be late first comes first; what has no date comes last.
    #[default]
    Lateness,
    /// What came in last comes first.
    Newness,
}

impl Order {
    /// What a statement ends with, whether it begins a list or goes on with one.
    pub(super) const fn tail(self, goes_on: bool) -> &'static [&'static Statement] {
        match (self, goes_on) {
            (Self::Lateness, false) => &[BY_LATENESS],
            (Self::Lateness, true) => &[AFTER_LATENESS, BY_LATENESS],
            (Self::Newness, false) => &[BY_NEWNESS],
            (Self::Newness, true) => &[AFTER_NEWNESS, BY_NEWNESS],
        }
    }
}

impl Found {
    fn shown(self, now: Timestamp) -> QueueRow {
        QueueRow {
            id: self.id,
            version: self.version,
            number: self.number,
            state: self.state,
            matter: self.matter,
            urgency: self.urgency,
            words: self.words,
            words_erased_at: self.words_erased_at,
            community: self.community,
            grid: self.grid,
            beside_metres: self.beside_metres,
            position: position(self.lng, self.lat),
            received_at: self.received_at,
            stage: self.stage,
            due_at: self.due_at,
            tone: Tone::at(now, self.amber_at, self.due_at),
            suspended: self.suspended,
            waiting: self.question_open,
            supervised: self.supervised,
            escalated: self.escalated || self.over_at.is_some_and(|over_at| now >= over_at),
            extension_asked: self.extension_asked,
            transferred: self.transferred,
            verified: self.verified,
            lead_unit: self.lead_unit,
            dispatcher: self.dispatcher,
            reports: self.reports,
            photo: self.photo,
        }
    }
}

/// One page of the queue: at most `limit` rows, and never more than [`MAX_PAGE_ROWS`].
///
/// # Errors
/// `no-such-page` when `after` is no cursor of ours.
pub async fn queue(
    tx: &mut Tx<'_>,
    filter: &QueueFilter,
    sight: &Sight,
    order: Order,
    now: Timestamp,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<QueueRow>, Failure> {
    let after = read_cursor(after)?;
    let limit = i64::from(limit.clamp(1, MAX_PAGE_ROWS));
    let tenant = tx.tenant();
    let asked = Asked { tenant, filter, sight, now, window: None, after, limit: limit + 1 };
    let sql = asked.sql(SELECT_ROWS, order.tail(after.is_some()));
    let mut found: Vec<Found> = tx.all(sql, &asked.values()).await?;
    let more = i64::try_from(found.len()).is_ok_and(|count| count > limit);
    if more {
        found.pop();
    }
    let next = found.last().filter(|_| more).map(|row| {
        let at = match order {
            Order::Lateness => row.late_at,
            Order::Newness => row.received_at.micros(),
        };
        cursor(at, row.id.0)
    });
    let rows = found.into_iter().map(|row| {
        let row = row.shown(now);
        QueueRow { words: shortened(&row.words), ..row }
    });
    Ok(Page { rows: rows.collect(), next })
}

/// How many open cases the filter holds, whatever states and lateness it names: the header of the queue.
/// Where what was looked for stands in so many cases that they are not named one by one, they are not counted
/// either.
///
/// # Errors
/// As the engine has them.
pub async fn counts(
    tx: &mut Tx<'_>,
    filter: &QueueFilter,
    sight: &Sight,
    now: Timestamp,
) -> Result<QueueCounts, Failure> {
    if matches!(filter.sought, Some(Sought::Having { .. })) {
        return Ok(QueueCounts { many: true, ..QueueCounts::default() });
    }
    let filter = QueueFilter { states: Vec::new(), tone: None, ..filter.clone() };
    let tenant = tx.tenant();
    let asked = Asked { tenant, filter: &filter, sight, now, window: None, after: None, limit: 0 };
    let by_state = if asked.is_narrowed() { BY_STATE_NARROWED } else { BY_STATE };
    let rows: Vec<Counted> = tx.all(asked.sql(SELECT_COUNTS, &[by_state]), &asked.values()).await?;
    let mut counts = QueueCounts::default();
    for Counted { state, cases, red, amber } in rows {
        counts.states.insert(state, cases);
        counts.total += cases;
        counts.red += red;
        counts.amber += amber;
    }
    Ok(counts)
}

/// One case as the queue shows it, with all of its words.
pub(super) async fn queue_row(
    tx: &mut Tx<'_>,
    id: CaseId,
    now: Timestamp,
) -> Result<Option<QueueRow>, Failure> {
    let filter = QueueFilter { states: State::ALL.to_vec(), ..QueueFilter::default() };
    let after = Some((0, id.0));
    let asked = Asked {
        tenant: tx.tenant(),

        filter: &filter,
        sight: &Sight::WHOLE,
        now,
        window: None,
        after,
        limit: 1,
    };
    let found: Option<Found> = tx.optional(asked.sql(SELECT_ROWS, &[ONLY_ONE]), &asked.values()).await?;
    Ok(found.map(|row| row.shown(now)))
}

//! Where cases are: the centre's map, and what lies near a point.

use std::cmp::Reverse;

use qige_db::{DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::personal::masked;
use qige_kernel::{CaseId, Position, Refusal, Timestamp};
use uuid::Uuid;

use super::filter::{Asked, QueueFilter, Sight, Window};
use crate::duplicates::{Compared, Kinship, Likeness, likeness, likeness_of_anything};
use crate::store::{CaseRow, NEVER, cells_around};
use crate::views::{MapMark, MapPoint, MapWindow, NearbyCase};
use crate::{MatterKey, Policy, State, Tone, Urgency, redaction};

/// Cases shown one by one at most; more of them in one window become clusters.
pub const MAX_MAP_POINTS: u32 = 2_000;
/// Squares along each side of a window in which cases are gathered when they are too many.
const SQUARES: usize = 24;
/// Cases looked at around a point at most: far more than nine square kilometres have open at once.
const MAX_NEARBY_READ: i64 = 300;
/// Cases offered at most: more than a person reads while standing at the kerb.
const MAX_NEARBY_SHOWN: usize = 5;

/// How far off a point may be that a phone rounded to 0.001° before it asked what is nearby: half the
/// diagonal of such a square at the equator is 79 m, and 72 m in Donghai.
const ASKED_OFF_BY_METRES: u16 = 75;

statements! {
    /// Cases as points.
    fragment SELECT_POINTS = "SELECT c.id, c.number, c.lng, c.lat, c.state, c.matter, c.urgency, c.due_at,
        c.amber_at";
    /// Where all cases of a wide window are, added up in the order of the index that holds nothing else.
    fragment SELECT_SQUARES = "SELECT COUNT(*) AS cases, SUM(c.lng) AS lng_sum, SUM(c.lat) AS lat_sum,
        CAST(SUM(CASE WHEN c.late_at <= $2 THEN 1 ELSE 0 END) AS BIGINT) AS red";
    /// By squares of a kilometre.
    fragment BY_CELL = "GROUP BY c.cell";
    /// Where some cases are, to be added up here: SQLite would sort them to group them.
    fragment SELECT_PLACES = "SELECT c.lng, c.lat, c.late_at";
    /// Open cases in nine squares of a kilometre, newest first.
    NEARBY = "SELECT c.id, c.number, c.matter, c.state, c.words, c.released_words, c.address, c.lng, c.lat,
        c.accuracy, c.received_at FROM cases c
        WHERE c.tenant = $1 AND c.cell IN ($2, $3, $4, $5, $6, $7, $8, $9, $10)
        AND c.received_at >= $11 AND c.open AND c.id <> $12 ORDER BY c.received_at DESC, c.id LIMIT $13";
    /// How many people reported a case, and a released photo that has arrived.
    SHOWN_OF = "SELECT c.merged_count
        + (SELECT COUNT(*) FROM reports r WHERE r.tenant = c.tenant AND r.case_id = c.id) AS reports,
        (SELECT p.id FROM case_photos p JOIN objects o ON o.tenant = p.tenant AND o.id = p.id
            WHERE p.tenant = c.tenant AND p.case_id = c.id AND p.released = TRUE AND o.erased_at IS NULL
            ORDER BY p.added_at, p.id LIMIT 1) AS photo
        FROM cases c WHERE c.tenant = $1 AND c.id = $2";
}

from_row! {
    struct FoundPoint {
        id: CaseId,
        number: Option<String>,
        lng: f64,
        lat: f64,
        state: State,
        matter: Option<MatterKey>,
        urgency: Option<Urgency>,
        due_at: Option<Timestamp>,
        amber_at: Option<Timestamp>,
    }
}

from_row! {
    /// What lies in one square.
    #[derive(Default)]
    struct Square {
        cases: i64,
        lng_sum: f64,
        lat_sum: f64,
        red: i64,
    }
}

from_row! {
    struct FoundNearby {
        id: CaseId,
        number: Option<String>,
        matter: Option<MatterKey>,
        state: State,
        words: String,
        released_words: Option<String>,
        address: Option<String>,
        lng: f64,
        lat: f64,
        accuracy: Option<f64>,
        received_at: Timestamp,
    }
}

/// What lies in a window of the map: one by one up to `limit` cases (and never more than
/// [`MAX_MAP_POINTS`]), else gathered in clusters.
///
/// # Errors
/// `window-empty` for a window without a surface.
pub async fn map_window(
    tx: &mut Tx<'_>,
    filter: &QueueFilter,
    sight: &Sight,
    window: Window,
    now: Timestamp,
    limit: u32,
) -> Result<MapWindow, Failure> {
    let sides = [window.east - window.west, window.north - window.south];
    if !sides.iter().all(|side| side.is_finite() && *side > 0.0) {
        return Err(Refusal::invalid("window", "window-empty").into());
    }
    let most = i64::from(limit.clamp(1, MAX_MAP_POINTS));
    let tenant = tx.tenant();
    let asked = Asked { tenant, filter, sight, now, window: Some(window), after: None, limit: 0 };
    let values = asked.values();
    // First the few columns that a narrow index holds: a town's worth of cases is never read in full.
    let found: Vec<Square> = if asked.is_narrowed() || window.cells().is_some() {
        let places: Vec<(f64, f64, Timestamp)> = tx.all(asked.sql(SELECT_PLACES, &[]), &values).await?;
        places.into_iter().map(|place| Square::of_one(place, now)).collect()
    } else {
        tx.all(asked.sql(SELECT_SQUARES, &[BY_CELL]), &values).await?
    };
    let total = found.iter().map(|square| square.cases).sum();
    if total > most {
        let marks = gathered(&found, window).iter().filter_map(Square::shown).collect();
        return Ok(MapWindow { marks, total, clustered: true });
    }
    let mut found: Vec<FoundPoint> = tx.all(asked.sql(SELECT_POINTS, &[]), &values).await?;
    // Sorted here: asked for in this order, SQLite would walk all open cases in it instead of these squares.
    found.sort_by_key(|point| (point.due_at.unwrap_or(NEVER), point.id));
    let marks = found.into_iter().filter_map(|point| point.shown(now)).collect();
    Ok(MapWindow { marks, total, clustered: false })
}

impl FoundPoint {
    fn shown(self, now: Timestamp) -> Option<MapMark> {
        Some(MapMark::Case(MapPoint {
            id: self.id,
            number: self.number,
            position: Position::new(self.lng, self.lat).ok()?,
            state: self.state,
            matter: self.matter,
            urgency: self.urgency,
            tone: Tone::at(now, self.amber_at, self.due_at),
        }))
    }
}

/// Gathers squares in those of the window, row by row: from south to north, and there from west to east.
fn gathered(found: &[Square], window: Window) -> Vec<Square> {
    // What lies on the northern or eastern edge has a row or a column of its own.
    let mut squares = vec![Square::default(); (SQUARES + 1) * (SQUARES + 1)];
    for one in found {
        let (lng, lat) = one.middle();
        let row = part(lat, window.south, window.north);
        let column = part(lng, window.west, window.east);
        let Some(square) = squares.get_mut(row * (SQUARES + 1) + column) else { continue };
        square.cases += one.cases;
        square.lng_sum += one.lng_sum;
        square.lat_sum += one.lat_sum;
        square.red += one.red;
    }
    squares.retain(|square| square.cases > 0);
    squares
}

/// Which of the [`SQUARES`] parts of a side a point lies in.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "two dozen are exact, and a float conversion stops at the ends of the range"
)]
fn part(at: f64, from: f64, to: f64) -> usize {
    ((at - from) * SQUARES as f64 / (to - from)) as usize
}

impl Square {
    fn of_one((lng, lat, late_at): (f64, f64, Timestamp), now: Timestamp) -> Self {
        Self { cases: 1, lng_sum: lng, lat_sum: lat, red: i64::from(late_at <= now) }
    }

    /// The middle of its cases: longitude and latitude.
    #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "far fewer cases than 2⁵³")]
    fn middle(&self) -> (f64, f64) {
        let cases = self.cases as f64;
        (self.lng_sum / cases, self.lat_sum / cases)
    }

    fn shown(&self) -> Option<MapMark> {
        let (lng, lat) = self.middle();
        let position = Position::new(lng, lat).ok()?;
        Some(MapMark::Cluster { position, count: self.cases, red: self.red })
    }
}

/// Open cases of the same or a sibling matter near a point, the most alike first: what a reporter is shown
/// before sending. The point is not kept; callers hand over a coarsened one (domain.md §2.2).
///
/// # Errors
/// As the engine has them.
pub async fn nearby(
    tx: &mut Tx<'_>,
    position: Position,
    matter: Option<MatterKey>,
    policy: &Policy,
    now: Timestamp,
) -> Result<Vec<NearbyCase>, Failure> {
    let asked =
        Compared { matter, position, off_by_metres: ASKED_OFF_BY_METRES, address: "", at: now, words: "" };
    let near = looked_at(tx, &asked, CaseId(Uuid::nil()), likeness, policy, now).await?;
    Ok(shown(tx, near).await?)
}

/// Open cases around another one, the most alike first.
#[derive(Default)]
pub(super) struct Around {
    /// That may be the same.
    pub(super) similar: Vec<NearbyCase>,
    /// That are said to be about something else.
    pub(super) others: Vec<NearbyCase>,
}

/// Open cases that may be the same as this one, and the others near it: what a reporter chose may be wrong.
pub(super) async fn around(
    tx: &mut Tx<'_>,
    row: &CaseRow,
    policy: &Policy,
    now: Timestamp,
) -> Result<Around, DbError> {
    let Some(about) = compared(row) else { return Ok(Around::default()) };
    let near = looked_at(tx, &about, row.id, likeness_of_anything, policy, now).await?;
    let (others, similar) = near.into_iter().partition(|near| near.likeness.kinship == Kinship::Other);
    Ok(Around { similar: shown(tx, similar).await?, others: shown(tx, others).await? })
}

/// Whether an open case may be the same as this one.
pub(super) async fn resembles_another(
    tx: &mut Tx<'_>,
    row: &CaseRow,
    policy: &Policy,
    now: Timestamp,
) -> Result<bool, DbError> {
    let Some(about) = compared(row) else { return Ok(false) };
    Ok(!looked_at(tx, &about, row.id, likeness, policy, now).await?.is_empty())
}

/// None where nobody knows its place.
fn compared(row: &CaseRow) -> Option<Compared<'_>> {
    Some(Compared {
        matter: row.matter,
        position: row.position()?,
        off_by_metres: off_by(row.accuracy),
        address: row.address.as_deref().unwrap_or_default(),
        at: row.received_at,
        words: &row.words,
    })
}

/// How a case nearby resembles another; none where it does not count.
type Judged = fn(&Compared<'_>, &Compared<'_>, &Policy) -> Option<Likeness>;

/// Open cases near another, as they are judged, the most alike first.
async fn looked_at(
    tx: &mut Tx<'_>,
    about: &Compared<'_>,
    except: CaseId,
    judged: Judged,
    policy: &Policy,
    now: Timestamp,
) -> Result<Vec<NearbyCase>, DbError> {
    let [a, b, c, d, e, f, g, h, i] = cells_around(about.position);
    let since = now.plus(-i64::from(policy.duplicate_days) * Timestamp::DAY);
    let values = params![tx.tenant(), a, b, c, d, e, f, g, h, i, since, except, MAX_NEARBY_READ];
    let found: Vec<FoundNearby> = tx.all(NEARBY, values).await?;
    let mut near: Vec<NearbyCase> =
        found.into_iter().filter_map(|near| near.compared(about, judged, policy)).collect();
    near.sort_by_key(|near| (Reverse(near.likeness.score), near.likeness.distance_metres, near.id));
    Ok(near)
}

/// The first of them, with what is shown of each.
async fn shown(tx: &mut Tx<'_>, mut near: Vec<NearbyCase>) -> Result<Vec<NearbyCase>, DbError> {
    near.truncate(MAX_NEARBY_SHOWN);
    for near in &mut near {
        let (reports, photo) = tx.one(SHOWN_OF, params![tx.tenant(), near.id]).await?;
        (near.reports, near.photo) = (reports, photo);
    }
    Ok(near)
}

impl FoundNearby {
    /// None if it cannot be the same.
    fn compared(self, about: &Compared<'_>, judged: Judged, policy: &Policy) -> Option<NearbyCase> {
        let position = Position::new(self.lng, self.lat).ok()?;
        let there = Compared {
            matter: self.matter,
            position,
            off_by_metres: off_by(self.accuracy),
            address: self.address.as_deref().unwrap_or_default(),
            at: self.received_at,
            words: &self.words,
        };
        let likeness = judged(about, &there, policy)?;
        Some(NearbyCase {
            id: self.id,
            number: self.number,
            matter: self.matter,
            state: self.state,
            words: self.released_words.as_deref().map(masked),
            reported_around: redaction::to_half_hour(self.received_at),
            reports: 0,
            photo: None,
            likeness,
        })
    }
}

/// Whole metres; a place that somebody set by hand is not off.
#[expect(clippy::as_conversions, reason = "a float conversion stops at the ends of the range")]
pub(super) fn off_by(accuracy_metres: Option<f64>) -> u16 {
    accuracy_metres.unwrap_or_default().round() as u16
}

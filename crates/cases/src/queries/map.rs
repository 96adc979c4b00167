//! Where cases are: the centre's map, and what lies near a point.

use qige_db::{Failure, Tx, from_row, params, statements};
use qige_kernel::{CaseId, ObjectId, Position, Refusal, Timestamp};

use super::filter::{Asked, QueueFilter, Sight, Window};
use crate::views::{MapMark, MapPoint, MapWindow, NearbyCase};
use crate::{MatterKey, State, Tone, Urgency, duplicates, redaction, store};

/// Cases shown one by one at most; more of them in one window become clusters.
pub const MAX_MAP_POINTS: u32 = 2_000;
/// Cases looked at around a point at most: far more than nine square kilometres have open at once.
const MAX_NEARBY_READ: i64 = 300;
/// Cases offered at most: more than a person reads while standing at the kerb.
const MAX_NEARBY_SHOWN: usize = 5;

statements! {
    /// Cases as points.
    fragment SELECT_POINTS = "SELECT c.id, c.number, c.lng, c.lat, c.state, c.matter, c.urgency, c.due_at,
        c.amber_at FROM cases c WHERE c.tenant = $1 AND";
    /// As many as asked for.
    fragment FIRST_POINTS = "ORDER BY c.late_at, c.id LIMIT $23";
    /// How many there are.
    fragment SELECT_TOTAL = "SELECT COUNT(*) FROM cases c WHERE c.tenant = $1 AND";
    /// Points gathered in 24 by 24 squares of the window.
    fragment SELECT_CLUSTERS = {
        sqlite: "SELECT AVG(c.lng) AS lng, AVG(c.lat) AS lat, COUNT(*) AS cases,
            CAST(COALESCE(SUM(CASE WHEN c.due_at <= ?2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS red,
            CAST((c.lng - ?17) * 24.0 / (?19 - ?17) AS INTEGER) AS x,
            CAST((c.lat - ?18) * 24.0 / (?20 - ?18) AS INTEGER) AS y
            FROM cases c WHERE c.tenant = ?1 AND",
        postgres: "SELECT AVG(c.lng) AS lng, AVG(c.lat) AS lat, COUNT(*) AS cases,
            CAST(COALESCE(SUM(CASE WHEN c.due_at <= $2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS red,
            FLOOR((c.lng - $17) * 24.0 / ($19 - $17))::bigint AS x,
            FLOOR((c.lat - $18) * 24.0 / ($20 - $18))::bigint AS y
            FROM cases c WHERE c.tenant = $1 AND",
    };
    /// By square.
    fragment BY_SQUARE = "GROUP BY 5, 6 ORDER BY 6, 5";
    /// Open cases in nine squares of a kilometre, newest first.
    NEARBY = "SELECT c.id, c.number, c.matter, c.state, c.words, c.released_words, c.lng, c.lat, c.received_at,
        c.merged_count + (SELECT COUNT(*) FROM reports r WHERE r.tenant = c.tenant AND r.case_id = c.id)
            AS reports,
        (SELECT p.id FROM case_photos p JOIN objects o ON o.tenant = p.tenant AND o.id = p.id
            WHERE p.tenant = c.tenant AND p.case_id = c.id AND p.released = TRUE AND o.erased_at IS NULL
            ORDER BY p.added_at, p.id LIMIT 1) AS photo
        FROM cases c WHERE c.tenant = $1 AND c.cell IN ($2, $3, $4, $5, $6, $7, $8, $9, $10)
        AND c.received_at >= $11 AND c.open AND c.id <> $12 ORDER BY c.received_at DESC, c.id LIMIT $13";
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
    struct FoundCluster { lng: f64, lat: f64, cases: i64, red: i64 }
}

from_row! {
    struct FoundNearby {
        id: CaseId,
        number: Option<String>,
        matter: Option<MatterKey>,
        state: State,
        words: String,
        released_words: Option<String>,
        lng: f64,
        lat: f64,
        received_at: Timestamp,
        reports: i64,
        photo: Option<ObjectId>,
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
    let limit = i64::from(limit.clamp(1, MAX_MAP_POINTS));
    let tenant = tx.tenant();
    let asked = Asked { tenant, filter, sight, now, window: Some(window), after: None, limit };
    let values = asked.values();
    let (total,): (i64,) = tx.one(asked.sql(SELECT_TOTAL, &[]), &values).await?;
    let clustered = total > limit;
    let marks = if clustered {
        let found: Vec<FoundCluster> = tx.all(asked.sql(SELECT_CLUSTERS, &[BY_SQUARE]), &values).await?;
        found.into_iter().filter_map(FoundCluster::shown).collect()
    } else {
        let found: Vec<FoundPoint> = tx.all(asked.sql(SELECT_POINTS, &[FIRST_POINTS]), &values).await?;
        found.into_iter().filter_map(|point| point.shown(now)).collect()
    };
    Ok(MapWindow { marks, total, clustered })
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

impl FoundCluster {
    fn shown(self) -> Option<MapMark> {
        let position = Position::new(self.lng, self.lat).ok()?;
        Some(MapMark::Cluster { position, count: self.cases, red: self.red })
    }
}

//! One delivery, as a page shows it.

use qige_kernel::{PersonId, Timestamp};
use qige_notify::{DeliveryPlace, DeliveryRow, DeliveryState, Topic, WayKind};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::meaning;

/// One delivery.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct DeliveryLine {
    id: Uuid,
    pub(super) at: Timestamp,
    pub(super) way_kind: WayKind,
    pub(super) way_name: Option<String>,
    pub(super) person: Option<PersonId>,
    pub(super) person_name: Option<String>,
    pub(super) topic: Topic,
    pub(super) state: DeliveryState,
    pub(super) due_at: Timestamp,
    pub(super) tried_at: Option<Timestamp>,
    pub(super) attempts: i64,
    pub(super) problem: Option<String>,
    /// Names what that means, where it is known.
    meaning: Option<String>,
    /// Whether somebody may have it sent once more.
    again: bool,
}

impl From<DeliveryRow> for DeliveryLine {
    fn from(row: DeliveryRow) -> Self {
        Self {
            again: matches!(row.state, DeliveryState::Failed | DeliveryState::Unsure),
            id: row.id,
            at: row.made_at,
            way_kind: row.way_kind,
            way_name: row.way_name,
            person: row.person,
            person_name: row.person_name,
            topic: row.topic,
            state: row.state,
            due_at: row.due_at,
            tried_at: row.tried_at,
            attempts: row.attempts,
            meaning: row.problem.as_deref().and_then(meaning::key),
            problem: row.problem,
        }
    }
}

/// One page's lines of the rows that were read, one more than fits, and where the next page begins.
pub(super) fn page_of(
    mut rows: Vec<DeliveryRow>,
    on_page: u32,
) -> (Vec<DeliveryLine>, Option<DeliveryPlace>) {
    let most = usize::try_from(on_page).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(DeliveryRow::place);
    (rows.into_iter().map(DeliveryLine::from).collect(), next)
}

/// One in each state.
pub(super) fn samples() -> Vec<DeliveryLine> {
    let at = Timestamp::from_micros(1_790_000_000_000_000);
    let line = |(state, way_kind): (&DeliveryState, &WayKind)| {
        let personal = way_kind.is_personal();
        DeliveryLine {
            id: Uuid::nil(),
            at,
            way_kind: *way_kind,
            way_name: Some("市政养护群".to_owned()),
            person: personal.then_some(PersonId(Uuid::nil())),
            person_name: personal.then(|| "坐席 03".to_owned()),
            topic: Topic::Unit,
            state: *state,
            due_at: at,
            tried_at: Some(at),
            attempts: 2,
            problem: (*state == DeliveryState::Failed).then(|| "code 45009".to_owned()),
            meaning: (*state == DeliveryState::Failed).then(|| "maker-code-45009".to_owned()),
            again: *state == DeliveryState::Failed,
        }
    };
    DeliveryState::ALL.iter().zip(WayKind::ALL).map(line).collect()
}

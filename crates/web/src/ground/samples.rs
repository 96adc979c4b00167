//! Pages to try the template with: bare, and with everything that can be there.

use qige_cases::catalogue::PhotoRule;
use qige_cases::views::{GroundCase, GroundKind, GroundTask};
use qige_cases::{CommandName, Tone, Urgency};
use qige_kernel::{CaseId, Position, Timestamp};
use uuid::Uuid;

use super::list::{GroundPage, Task};
use super::task::TaskPage;
use crate::unit::samples::{photos, spot as sample_spot};
use crate::unit::spot::{Spot, pair};

const AT: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

fn task(kind: GroundKind, tone: Tone) -> GroundTask {
    GroundTask {
        case: CaseId(Uuid::from_u128(9)),
        version: 4,
        kind,
        number: Some("20260923-0007".to_owned()),
        matter: "matter-06-012".parse().ok(),
        urgency: Some(Urgency::Urgent),
        words: Some("看看还在不在".to_owned()),
        address: Some("晶都路口".to_owned()),
        position: Position::new(118.752, 34.542).ok(),
        asked_at: AT,
        due_at: Some(AT),
        tone,
    }
}

fn bare(kind: GroundKind) -> GroundTask {
    GroundTask {
        number: None,
        matter: None,
        urgency: None,
        words: None,
        address: None,
        position: None,
        due_at: None,
        ..task(kind, Tone::Calm)
    }
}

/// Lists: empty, and with every kind of task.
pub(super) fn lists() -> Vec<GroundPage> {
    let shown = |task, left_minutes| Task {
        task,
        matter_name: Some("占道经营".to_owned()),
        place: Some("晶都社区 · 第一网格".to_owned()),
        left_minutes: Some(left_minutes),
    };
    let nothing = Task { task: bare(GroundKind::Verify), matter_name: None, place: None, left_minutes: None };
    let tasks = vec![
        shown(task(GroundKind::Verify, Tone::Red), -200),
        shown(task(GroundKind::Check, Tone::Amber), 30),
        nothing,
    ];
    let page = |q: Option<&str>, tasks| GroundPage { q: q.map(str::to_owned), tasks };
    vec![page(None, Vec::new()), page(Some("井盖"), Vec::new()), page(None, tasks)]
}

/// Tasks of both kinds, with everything and with nothing.
pub(super) fn tasks() -> Vec<TaskPage> {
    use CommandName as C;
    let full = |kind, may: &[C]| {
        let case = GroundCase {
            task: task(kind, Tone::Amber),
            released_words: Some("摊位占了半条路\n电动车过不去".to_owned()),
            accuracy_metres: Some(12.0),
            photos: photos(),
            may: may.to_vec(),
            undo_until: Some(AT),
        };
        TaskPage {
            matter_name: Some("占道经营".to_owned()),
            spot: sample_spot(),
            left_minutes: Some(95),
            pair: pair(&case.photos),
            photo_rule: PhotoRule::Needed,
            case,
        }
    };
    let nothing = |kind| {
        let case = GroundCase {
            task: bare(kind),
            released_words: None,
            accuracy_metres: None,
            photos: Vec::new(),
            may: Vec::new(),
            undo_until: None,
        };
        TaskPage {
            case,
            matter_name: None,
            spot: Spot::default(),
            left_minutes: None,
            pair: None,
            photo_rule: PhotoRule::Never,
        }
    };
    vec![
        full(GroundKind::Verify, &[C::Confirm, C::Refute, C::Comment]),
        full(GroundKind::Check, &[C::Pass, C::Fail, C::Comment]),
        nothing(GroundKind::Verify),
        nothing(GroundKind::Check),
    ]
}

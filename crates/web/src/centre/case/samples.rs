//! Pages to try the template with: every state, bare and full.

use std::collections::BTreeMap;

use qige_cases::deadlines::DueReason;
use qige_cases::duplicates::{Kinship, Likeness};
use qige_cases::line_of_life::{LifeArgs, LifeEntry};
use qige_cases::queries::SuggestedUnit;
use qige_cases::store::{AskKind, AssignmentState};
use qige_cases::suggest::{Guess, SuggestReason, Suggestion};
use qige_cases::views::{
    AskView, CentreCase, CentrePhoto, CommentView, Due, MergedCase, NearbyCase, Part, QueueRow, ReportView,
    UndoView,
};
use qige_cases::{Attachment, CaseRole, CommandName, DeclineReason, PhotoRole, Stage, State, Tone, Urgency};
use qige_identity::Role;
use qige_kernel::{CaseId, ObjectId, PersonId, PlaceId, Position, ReportId, RuleId, Timestamp, UnitId};
use uuid::Uuid;

use super::super::matters::Offered;
use super::super::names::Choice;
use super::super::routing;
use super::CasePage;
use super::bars::{BarRow, Bars, Piece, PieceKind};
use super::choices::Choices;
use super::clocks::{ClockLine, Moved};
use super::place::{Neighbour, PlaceLines};
use super::whom::Asked;

const fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

const AT: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

/// Every state, bare and with everything that can be there.
pub(super) fn all() -> Vec<CasePage> {
    State::ALL.iter().flat_map(|state| [bare(*state), full(*state)]).chain([erased()]).collect()
}

/// A row of the queue.
pub(in crate::centre) fn row(state: State) -> QueueRow {
    QueueRow {
        id: CaseId(id(1)),
        version: 4,
        number: Some("20260923-0007".to_owned()),
        state,
        matter: "matter-06-012".parse().ok(),
        urgency: Some(Urgency::Urgent),
        words: "路口东边摊位占了半条路\n电动车只能走机动车道".to_owned(),
        words_erased_at: None,
        community: Some(PlaceId(id(3))),
        grid: Some(PlaceId(id(4))),
        beside_metres: Some(120.4),
        position: Position::new(118.752, 34.542).ok(),
        received_at: AT,
        stage: Stage::of(state),
        due_at: Some(AT.plus(Timestamp::DAY)),
        tone: Tone::Amber,
        suspended: true,
        waiting: true,
        supervised: true,
        escalated: true,
        extension_asked: true,
        transferred: true,
        verified: true,
        lead_unit: Some(UnitId(id(5))),
        dispatcher: Some(PersonId(id(2))),
        reports: 3,
        photo: Some(ObjectId(id(6))),
    }
}

/// A row of the queue about which nothing is known yet.
pub(in crate::centre) fn bare_row(state: State) -> QueueRow {
    QueueRow {
        number: None,
        matter: None,
        urgency: None,
        words: String::new(),
        community: None,
        grid: None,
        beside_metres: None,
        position: None,
        stage: None,
        due_at: None,
        tone: Tone::Calm,
        suspended: false,
        waiting: false,
        supervised: false,
        escalated: false,
        extension_asked: false,
        transferred: false,
        verified: false,
        lead_unit: None,
        dispatcher: None,
        reports: 1,
        photo: None,
        ..row(state)
    }
}

fn bare(state: State) -> CasePage {
    let case = CentreCase {
        row: bare_row(state),
        released_words: None,
        address: None,
        accuracy_metres: None,
        solved: false,
        due: None,
        review_at: None,
        verifier: None,
        checker: None,
        decline_reason: None,
        send_backs: 0,
        reworks: 0,
        extensions: 0,
        reopenings: 0,
        rating: None,
        filed_at: None,
        ended_at: None,
        reports: vec![ReportView { position: None, voice: None, matter: None, ..report() }],
        photos: Vec::new(),
        parts: Vec::new(),
        asks: Vec::new(),
        comments: Vec::new(),
        main: None,
        merged: Vec::new(),
        similar: Vec::new(),
        others: Vec::new(),
        suggested_unit: None,
        may: Vec::new(),
        undo: None,
        life: Vec::new(),
    };
    CasePage {
        case,
        names: BTreeMap::new(),
        matters: BTreeMap::new(),
        left_minutes: None,
        clocks: Vec::new(),
        bars: None,
        place: PlaceLines::default(),
        words_of: BTreeMap::new(),
        pair: None,
        choices: Choices::default(),
        queue: None,
        panel: None,
        rider: None,
        callable: Vec::new(),
        routed: None,
    }
}

/// A case of which nothing is left but what was done.
fn erased() -> CasePage {
    let bare = bare(State::Closed);
    let row = QueueRow { words_erased_at: Some(AT), ..bare.case.row.clone() };
    let nameless = MergedCase { number: None, words: String::new(), words_erased_at: Some(AT), ..merged() };
    let case = CentreCase {
        row,
        main: Some(nameless.clone()),
        merged: vec![nameless],
        comments: vec![CommentView { words: String::new(), ..comment(true) }],
        life: vec![LifeEntry::words_erased(AT)],
        ..bare.case.clone()
    };
    CasePage { case, ..bare }
}

fn full(state: State) -> CasePage {
    let mut page = bare(state);
    page.routed = Some(routing::sample());
    let case = &mut page.case;
    case.row = row(state);
    case.released_words = Some("路口东边摊位占道".to_owned());
    case.address = Some("晶都路与利民路口东南角".to_owned());
    case.accuracy_metres = Some(12.0);
    case.solved = true;
    let due = Some(AT.plus(-Timestamp::HOUR));
    case.due = Some(Due { stage: Stage::Handle, at: due, amber_at: due, tone: Tone::Red, stopped: false });
    case.review_at = Some(AT);
    (case.verifier, case.checker) = (Some(PersonId(id(2))), Some(PersonId(id(2))));
    case.decline_reason = Some(DeclineReason::NotOurs);
    (case.send_backs, case.reworks, case.extensions, case.reopenings) = (1, 2, 1, 1);
    case.rating = Some(4);
    (case.filed_at, case.ended_at) = (Some(AT), Some(AT));
    case.reports = vec![report(), ReportView { joined: true, person: Some(PersonId(id(2))), ..report() }];
    case.photos = PhotoRole::ALL.iter().flat_map(|role| [photo(*role, true), photo(*role, false)]).collect();
    case.parts = AssignmentState::ALL.iter().map(|state| part(*state)).collect();
    case.asks = AskKind::ALL.iter().flat_map(|kind| [ask(*kind, true), ask(*kind, false)]).collect();
    case.comments = vec![comment(true), comment(false)];
    case.main = Some(merged());
    case.merged = vec![merged()];
    let near = Kinship::ALL.iter().map(|kinship| near(*kinship));
    (case.others, case.similar) = near.partition(|near| near.likeness.kinship == Kinship::Other);
    case.suggested_unit = Some(SuggestedUnit { unit: UnitId(id(5)), cases: 12, here: 5 });
    case.may = CommandName::ALL.to_vec();
    case.undo = Some(UndoView { command: CommandName::File, until: AT });
    case.life = life();
    page.names = named();
    page.matters = BTreeMap::from([("matter-06-012".to_owned(), "占道经营".to_owned())]);
    page.left_minutes = Some(-125);
    page.clocks = clocks();
    page.bars = Some(bars());
    page.place = place();
    page.words_of = BTreeMap::from([(id(9).to_string(), "摊子占路".to_owned())]);
    page.pair = Some([ObjectId(id(6)), ObjectId(id(7))]);
    page.choices = choices();
    page.queue = Some("state=filed&q=%E4%BA%95".to_owned());
    page.panel = Some(CommandName::Dispatch);
    page
}

fn named() -> BTreeMap<String, String> {
    let names = [(2, "坐席 03"), (3, "晶都社区"), (4, "第三网格"), (5, "市政养护队")];
    names.into_iter().map(|(number, name)| (id(number).to_string(), name.to_owned())).collect()
}

fn report() -> ReportView {
    ReportView {
        id: ReportId(id(8)),
        case: CaseId(id(1)),
        person: None,
        role: CaseRole::Rider,
        matter: "matter-06-012".parse().ok(),
        words: "摊位占了半条路".to_owned(),
        position: Position::new(118.752, 34.542).ok(),
        accuracy_metres: Some(12.0),
        voice: Some(ObjectId(id(7))),
        made_at: AT,
        received_at: AT,
        origin: "phone".to_owned(),
        joined: false,
    }
}

fn photo(role: PhotoRole, ready: bool) -> CentrePhoto {
    let report = (role == PhotoRole::Before).then_some(ReportId(id(8)));
    let unit = report.is_none().then_some(UnitId(id(5)));
    CentrePhoto { id: ObjectId(id(6)), role, report, unit, released: !ready, ready }
}

fn part(state: AssignmentState) -> Part {
    let (unit, note) = (UnitId(id(5)), Some("已清走".to_owned()));
    Part { unit, lead: true, state, assigned_at: AT, done_at: Some(AT), note }
}

fn ask(kind: AskKind, open: bool) -> AskView {
    let answered = (!open).then_some(AT);
    AskView {
        id: id(11),
        kind,
        open,
        asked_at: AT,
        asked_by: Some(PersonId(id(2))),
        person: Some(PersonId(id(2))),
        unit: Some(UnitId(id(5))),
        words: Some("在路的哪一侧？".to_owned()),
        until: Some(AT),
        body: Some("12345 热线".to_owned()),
        reference: Some("2026-0001".to_owned()),
        yes: answered.map(|_| true),
        answered_at: answered,
        answered_by: answered.map(|_| PersonId(id(2))),
        answer: answered.map(|_| "东侧".to_owned()),
        stars: answered.map(|_| 4),
    }
}

fn comment(public: bool) -> CommentView {
    let role = if public { CaseRole::Reporter } else { CaseRole::Dispatcher };
    let person = (!public).then_some(PersonId(id(2)));
    let name = if public { "现场.jpg" } else { "12345 来函.pdf" };
    let files = vec![Attachment { id: ObjectId(id(14)), name: name.to_owned(), bytes: 1_234_567 }];
    let words = "已电话告知".to_owned();
    CommentView { id: id(12), person, role, public, units: !public, words, files, made_at: AT }
}

fn merged() -> MergedCase {
    let number = Some("20260923-0001".to_owned());
    MergedCase {
        id: CaseId(id(10)),
        number,
        words: "摊子占路".to_owned(),
        words_erased_at: None,
        received_at: AT,
    }
}

fn near(kinship: Kinship) -> NearbyCase {
    let shared = kinship != Kinship::Unknown;
    let words = |words: &[&str]| words.iter().filter(|_| shared).map(|word| (*word).to_owned()).collect();
    NearbyCase {
        id: CaseId(id(9)),
        number: None,
        matter: "matter-06-012".parse().ok(),
        state: State::Reported,
        words: None,
        reported_around: AT,
        reports: 2,
        photo: Some(ObjectId(id(6))),
        likeness: Likeness {
            score: 87,
            probable: shared,
            distance_metres: 28,
            kinship,
            days: u16::from(shared),
            words_percent: 67,
            shared_words: words(&["摊子", "占"]),
            shared_street: words(&["晶都路"]),
        },
    }
}

fn life() -> Vec<LifeEntry> {
    let kinds = CommandName::ALL.iter().map(|command| command.as_str()).chain(["taken-in", "let-go"]);
    let args = LifeArgs {
        guess: Some(Guess { version: 3, percent: 96 }),
        number: Some("20260923-0007".to_owned()),
        matter: "matter-06-012".parse().ok(),
        unit: Some(UnitId(id(5))),
        until: Some(AT),
        decline_reason: Some(DeclineReason::NotOurs),
        case: Some(CaseId(id(9))),
        body: Some("12345 热线".to_owned()),
        stars: Some(4),
        rule: Some(RuleId(id(12))),
    };
    let entry = |kind: &str| LifeEntry {
        at: AT,
        kind: kind.to_owned(),
        args: args.clone(),
        note: Some("说明".to_owned()),
        files: Vec::new(),
    };
    let bare = LifeEntry { args: LifeArgs::default(), note: None, ..entry("file") };
    kinds.map(entry).chain([bare]).collect()
}

fn clocks() -> Vec<ClockLine> {
    let line = |ended: Option<Timestamp>, stopped, late| ClockLine {
        stage: Stage::Handle,
        unit: Some(UnitId(id(5))),
        started: AT,
        due: if stopped { None } else { Some(AT) },
        ended,
        percent: 80,
        late,
        stopped,
        years_missing: if late { vec![2028] } else { Vec::new() },
        moved: DueReason::ALL.iter().map(|reason| Moved { due: AT, at: AT, reason: *reason }).collect(),
    };
    let ended = ClockLine { unit: None, moved: Vec::new(), ..line(Some(AT), false, true) };
    vec![ended, line(Some(AT), false, false), line(None, true, false), line(None, false, true)]
}

fn bars() -> Bars {
    let kinds = [
        PieceKind::Running,
        PieceKind::Suspended,
        PieceKind::Waiting,
        PieceKind::Transferred,
        PieceKind::Late,
    ];
    let piece = |(start, kind)| Piece {
        kind,
        from: AT,
        until: AT,
        lasts: kind == PieceKind::Late,
        minutes: 600,
        start,
        width: 200,
    };
    let pieces: Vec<Piece> = (0..1000).step_by(200).zip(kinds).map(piece).collect();
    let row = |due| BarRow { stage: Stage::Handle, unit: Some(UnitId(id(5))), pieces: pieces.clone(), due };
    Bars { from: AT, until: AT, rows: vec![row(None), row(Some(800))] }
}

fn place() -> PlaceLines {
    const DIRECTIONS: [&str; 8] =
        ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"];
    let neighbour = |direction| Neighbour { name: "第四网格".to_owned(), direction };
    PlaceLines {
        community: Some("晶都社区".to_owned()),
        grid: Some("第三网格".to_owned()),
        neighbours: DIRECTIONS.map(neighbour).into(),
        bbox: Some("118.75,34.54,118.76,34.55".to_owned()),
        marker: Some("118.752,34.542".to_owned()),
        gcj02: Some("118.757467,34.540898".to_owned()),
    }
}

fn choices() -> Choices {
    let offered = |reason: Option<SuggestReason>| {
        let matter = "matter-06-012".parse().ok()?;
        let because = vec!["占道".to_owned(), "摊位".to_owned()];
        let suggested = reason.map(|reason| Suggestion { matter, reason, percent: 90, because, here: 12 });
        Offered::of(matter, suggested.as_ref(), crate::Locale::ZhHans)
    };
    let reasons = std::iter::once(None).chain(SuggestReason::ALL.iter().copied().map(Some));
    let asked = |(role, name, reach): (Role, &str, &'static str)| Asked {
        person: PersonId(id(2)),
        name: name.to_owned(),
        role,
        reach,
        waiting: 2,
    };
    let worker = (Role::GridWorker, "网格员 07", "grid");
    let people: Vec<Asked> = [worker, (Role::Rider, "骑手 0017", "community")].map(asked).into();
    Choices {
        offered: reasons.filter_map(offered).collect(),
        matter: Some("占道经营 06012".to_owned()),
        urgency: Some(Urgency::Urgent),
        matters: vec!["占道经营 06012".to_owned()],
        units: vec![Choice::of(&id(5), "市政养护队"), Choice::of(&id(13), "城管中队")],
        verifiers: people.clone(),
        checkers: people,
        grids: vec![Choice::of(&id(4), "晶都社区 · 第三网格")],
        reasons: DeclineReason::ALL.to_vec(),
    }
}

//! Facts by the journal alone: line by line, by what each command means. What was taken back is passed over
//! together with its taking back.

use std::collections::BTreeMap;

use qige_cases::deadlines::Clock;
use qige_cases::evaluation::{Fact, FactKind, Figures, Indicator, Share, Sign, Signs, Times};
use qige_cases::{CommandName, MatterKey, Stage, State};
use qige_db::journal::{self, Line};
use qige_kernel::{CaseId, PlaceId, Timestamp, UnitId};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::world::World;

/// A line that stands.
struct Step {
    at: Timestamp,
    command: CommandName,
    body: Value,
}

/// A stage's clock as it ended or as it stands.
struct Timed {
    id: Uuid,
    clock: Clock,
    /// The step that ended it, and what it was.
    ended_by: Option<(usize, CommandName)>,
    begun: usize,
}

pub(super) async fn facts(world: &World, cases: &[CaseId]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for case in cases {
        let stream = journal::Stream::new("case", *case);
        let lines = world.read(move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?) })).await;
        facts.extend(of_case(*case, &standing(&lines), lines.len() == 1));
    }
    facts
}

fn standing(lines: &[Line]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in lines {
        let body = line.body();
        // The other case's step.
        if body.get("taken-in").or(body.get("let-go")).is_some() {
            continue;
        }
        let command: CommandName = line.command.parse().unwrap();
        if command == CommandName::Undo {
            steps.pop();
        } else {
            steps.push(Step { at: line.at, command, body });
        }
    }
    steps
}

fn of_case(case: CaseId, steps: &[Step], untouched: bool) -> Vec<Fact> {
    let row = last_row(steps);
    let field = |name: &str| row.get(name).cloned().unwrap_or(Value::Null);
    let blank = |kind, at, id| Fact {
        at,
        case,
        id,
        kind,
        unit: None,
        community: read::<Option<PlaceId>>(field("community")),
        grid: read::<Option<PlaceId>>(field("grid")),
        matter: read::<Option<MatterKey>>(field("matter")),
        signs: Signs::default(),
        took_minutes: None,
    };
    let mut facts = vec![received(steps, read(field("state")), blank)];
    for timed in clocks(steps) {
        facts.extend(deadline(steps, &timed, case, untouched, blank));
        facts.extend(closing(steps, &timed, blank));
    }
    for (at, step) in steps.iter().enumerate().filter(|(_, step)| step.command == CommandName::Rate) {
        let asks = step.body["changes"]["asks"].as_object().unwrap();
        let id = asks.keys().next().unwrap().parse().unwrap();
        let good = step.body["action"]["stars"].as_i64().unwrap() > 3;
        let signs = if good { Signs::of(&[Sign::Satisfied]) } else { Signs::default() };
        facts.push(Fact { signs, unit: handler(steps, at), ..blank(FactKind::Rating, step.at, id) });
    }
    facts
}

fn received(steps: &[Step], state: State, blank: impl Fn(FactKind, Timestamp, Uuid) -> Fact) -> Fact {
    let first = &steps[0];
    let filed = steps.iter().any(|step| step.command == CommandName::File);
    let solved = first.command == CommandName::SolveOnSpot;
    let is = |states: &[State]| states.contains(&state);
    let mut signs = Vec::new();
    let taken_on = filed || solved || is(&[State::Merged]);
    if taken_on && !is(&[State::Declined, State::Withdrawn, State::Void]) {
        signs.push(Sign::Valid);
    }
    if (filed || !solved) && !is(&[State::Merged, State::Withdrawn, State::Void]) {
        signs.push(Sign::Accepted);
    }
    if filed {
        signs.push(Sign::Filed);
    }
    let mut fact = blank(FactKind::Received, first.at, Uuid::nil());
    fact.id = fact.case.0;
    Fact { signs: Signs::of(&signs), ..fact }
}

fn deadline(
    steps: &[Step],
    timed: &Timed,
    case: CaseId,
    untouched: bool,
    blank: impl Fn(FactKind, Timestamp, Uuid) -> Fact,
) -> Option<Fact> {
    let Timed { clock, ended_by, begun, .. } = timed;
    let due = clock.dues.last().unwrap().due;
    let stands_still = clock.stops.last().is_some_and(|stop| stop.until.is_none());
    let kind = match clock.stage {
        Stage::Verify => FactKind::Verify,
        Stage::File => FactKind::File,
        Stage::Dispatch => FactKind::Dispatch,
        Stage::Handle => FactKind::Handle,
        Stage::Check => FactKind::Check,
    };
    let mut signs = Vec::new();
    let last = ended_by.map_or(steps.len(), |(at, _)| at);
    let meanwhile = &steps[(begun + 1).min(last)..last];
    match (clock.stage, ended_by.map(|(_, command)| command)) {
        (_, None) if stands_still => return None,
        (_, None) => signs.push(Sign::Waiting),
        (Stage::Check, Some(CommandName::Fail)) => signs.push(Sign::Failed),
        (Stage::Verify, Some(CommandName::Confirm | CommandName::Refute))
        | (Stage::File, Some(CommandName::File))
        | (Stage::Dispatch, Some(CommandName::Dispatch))
        | (Stage::Handle, Some(CommandName::HandIn))
        | (Stage::Check, Some(CommandName::Pass)) => signs.push(Sign::Done),
        _ => return None,
    }
    if let Some(ended) = clock.ended {
        let counted_until = clock.stops.last().filter(|stop| stop.until == Some(ended));
        if counted_until.map_or(ended, |stop| stop.from) <= due {
            signs.push(Sign::InTime);
        }
        if clock.stage == Stage::Dispatch && !went_wrong(steps, last) {
            signs.push(Sign::Right);
        }
    }
    if clock.stage == Stage::Handle {
        for (command, sign) in
            [(CommandName::GrantExtension, Sign::Extended), (CommandName::Supervise, Sign::Supervised)]
        {
            signs.extend(meanwhile.iter().any(|step| step.command == command).then_some(sign));
        }
    }
    let unit = matches!(clock.stage, Stage::Handle | Stage::Check).then(|| handler(steps, *begun)).flatten();
    let stood: i64 = clock.stops.iter().filter_map(|stop| Some(stop.until?.since(stop.from))).sum();
    let took_minutes = clock.ended.map(|ended| (ended.since(clock.started) - stood) / Timestamp::MINUTE);
    // Of what was never touched no clock is known by its id.
    let id = if untouched { case.0 } else { timed.id };
    Some(Fact { signs: Signs::of(&signs), unit, took_minutes, ..blank(kind, due, id) })
}

/// Whether what was dispatched by a step was sent back or given to another unit, before it was opened again.
fn went_wrong(steps: &[Step], at: usize) -> bool {
    let lead = |step: &Step| step.body["action"]["lead"].clone();
    let answer = steps[at + 1..].iter().find_map(|step| match step.command {
        CommandName::SendBack => Some(true),
        CommandName::Dispatch if lead(step) != lead(&steps[at]) => Some(true),
        CommandName::Reopen => Some(false),
        _ => None,
    });
    answer.unwrap_or_default()
}

fn closing(steps: &[Step], timed: &Timed, blank: impl Fn(FactKind, Timestamp, Uuid) -> Fact) -> Option<Fact> {
    let (at, command) = timed.ended_by?;
    if command != CommandName::Pass {
        return None;
    }
    let reopened = steps[at..].iter().any(|step| step.command == CommandName::Reopen);
    let signs = if reopened { Signs::of(&[Sign::Reopened]) } else { Signs::default() };
    Some(Fact { signs, unit: handler(steps, at), ..blank(FactKind::Closing, steps[at].at, timed.id) })
}

/// The unit that was dispatched last, up to a step.
fn handler(steps: &[Step], at: usize) -> Option<UnitId> {
    let mut before = steps[..=at].iter().rev();
    let last = before.find(|step| step.command == CommandName::Dispatch)?;
    Some(read(last.body["action"]["lead"].clone()))
}

/// The case's row as all steps leave it.
fn last_row(steps: &[Step]) -> BTreeMap<String, Value> {
    let changed = steps.iter().filter_map(|step| step.body["changes"]["case"].as_object()).flatten();
    changed.map(|(field, pair)| (field.clone(), pair[1].clone())).collect()
}

/// Every clock there was, with the steps that began and ended it.
fn clocks(steps: &[Step]) -> Vec<Timed> {
    let mut known: Vec<Timed> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let Some(changed) = step.body["changes"]["clocks"].as_object() else { continue };
        for (id, pair) in changed {
            let id: Uuid = id.parse().unwrap();
            let clock: Clock = read(pair[1]["clock"].clone());
            let ended_by = clock.ended.map(|_| (at, step.command));
            match known.iter_mut().find(|timed| timed.id == id) {
                Some(timed) => {
                    timed.clock = clock;
                    timed.ended_by = timed.ended_by.or(ended_by);
                }
                None => known.push(Timed { id, clock, ended_by, begun: at }),
            }
        }
    }
    known
}

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// Counted one by one.
pub(super) fn figures(facts: &[Fact]) -> Figures {
    let mut figures = Figures::default();
    for indicator in Indicator::ALL {
        let definition = indicator.definition();
        let of: Vec<&Fact> = facts.iter().filter(|fact| definition.of.counts(fact)).collect();
        let part = of.iter().filter(|fact| definition.part.counts(fact)).count();
        if !of.is_empty() {
            let share = Share { part: part.try_into().unwrap(), of: of.len().try_into().unwrap() };
            figures.shares.insert(*indicator, share);
        }
    }
    for stage in Stage::ALL {
        let of = facts.iter().filter(|fact| fact.kind.stage() == Some(*stage));
        let mut minutes: Vec<i64> = of.filter_map(|fact| fact.took_minutes).collect();
        minutes.sort_unstable();
        let rank = |share: f64| {
            let rank = (share * minutes.len() as f64).ceil() as usize;
            minutes.get(rank.max(1) - 1).copied()
        };
        if !minutes.is_empty() {
            let count = minutes.len().try_into().unwrap();
            let times = Times { count, median_minutes: rank(0.5), p90_minutes: rank(0.9) };
            figures.times.insert(*stage, times);
        }
    }
    figures
}

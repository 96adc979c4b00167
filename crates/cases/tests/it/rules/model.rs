//! Whatever people try in whatever order, what must hold holds.

use proptest::prelude::*;
use qige_cases::workflow::{Asked, Doer, Main, Request, To, offered};
use qige_cases::{CaseRole, CommandName, DeclineReason, Stage, State, Urgency};
use qige_kernel::uuid::Uuid;
use qige_kernel::{ReportId, Timestamp, UnitId, WorkCalendar};

use super::table::expected;
use super::town::{Town, calendar, case, doer, person, reason_to_stop, start, unit};

/// What one step is made from.
#[derive(Clone, Debug)]
struct Attempt {
    /// Of what is offered if it is less than 200, else of all commands.
    pick: u8,
    roles: Vec<CaseRole>,
    who: u128,
    chosen: u128,
    minutes: i64,
    says_something: bool,
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let roles = proptest::collection::vec(proptest::sample::select(CaseRole::ALL), 1..6);
    (any::<u8>(), roles, 1_u128..8, 1_u128..8, 0_i64..3_000, proptest::bool::weighted(0.95)).prop_map(
        |(pick, roles, who, chosen, minutes, says_something)| Attempt {
            pick,
            roles,
            who,
            chosen,
            // Most steps follow at once, so that undo is tried in time.
            minutes: if minutes > 1_500 { minutes } else { 0 },
            says_something,
        },
    )
}

/// Each person's units: 5 and 6 work for one each.
fn units_of(who: u128) -> Vec<UnitId> {
    match who {
        5 => vec![unit(5)],
        6 => vec![unit(6)],
        _ => Vec::new(),
    }
}

fn command(town: &Town, attempt: &Attempt, at: Timestamp) -> CommandName {
    let offered = offered(&town.facts, &attempt.roles, at, &town.policy);
    match usize::from(attempt.pick) {
        pick if pick < 200 && !offered.is_empty() => offered[pick % offered.len()],
        pick if pick > 240 => CommandName::Undo,
        pick => CommandName::ALL[pick % CommandName::ALL.len()],
    }
}

fn step(town: &mut Town, attempt: &Attempt, at: Timestamp, calendar: &WorkCalendar) -> Option<CommandName> {
    let command = command(town, attempt, at);
    let units = units_of(attempt.who);
    let chosen_units = units_of(attempt.chosen);
    let odd = !attempt.pick.is_multiple_of(2);
    let (lead, assist) = if odd { (unit(6), [unit(5), unit(7)]) } else { (unit(5), [unit(6), unit(7)]) };
    let days = i64::from(attempt.pick % 5);
    let main_states = [State::Filed, State::Merged, State::Void, State::Closed];
    let main = Main {
        case: case(attempt.chosen % 3 + 1),
        state: main_states[usize::from(attempt.pick) % 4],
        main_case: None,
        words_erased: false,
    };
    let request = Request {
        units: &units,
        asked: Some(Asked { person: person(attempt.chosen), units: &chosen_units }),
        lead: Some(lead),
        assist: &assist[..usize::from(attempt.pick) % 3],
        main: Some(main),
        matter: Some("matter-01-037".parse().unwrap()).filter(|_| attempt.pick.is_multiple_of(3)),
        urgency: Urgency::ALL.get(usize::from(attempt.pick) % 5).copied(),
        decline_reason: Some(DeclineReason::NotOurs),
        words: if attempt.says_something { "话" } else { "" },
        reference: "12345-1",
        photos: u32::from(attempt.says_something),
        until: Some(at.plus(days * Timestamp::DAY)).filter(|_| !attempt.pick.is_multiple_of(3)),
        stars: Some(4),
        ..Request::new(command, doer(attempt.who), &attempt.roles, at)
    };
    let before = town.clone();
    match town.act(&request, calendar) {
        Ok(decided) => {
            lawful(&before, town, &request, decided.role);
            Some(command)
        }
        Err(refusal) => {
            assert_eq!((&before.facts, &before.clocks), (&town.facts, &town.clocks), "{refusal}");
            None
        }
    }
}

/// What a step that was done may have done.
fn lawful(before: &Town, after: &Town, request: &Request<'_>, role: CaseRole) {
    let (old, new) = (&before.facts, &after.facts);
    let command = request.command;
    assert_eq!(new.version, old.version + 1);
    let who = request.by.person().unwrap();
    match expected(old.state, command, role).unwrap() {
        To::Same => assert_eq!(new.state, old.state),
        To::State(state) => assert_eq!(new.state, state),
        To::Unit => assert!(matches!(new.state, State::Handling | State::Reported)),
        To::Back => {}
    }
    if old.state.is_final() {
        assert_eq!(command, CommandName::Undo, "{} stays", old.state);
    }
    if new.state == State::Closed && old.state != State::Closed && command != CommandName::Undo {
        assert_eq!((command, role), (CommandName::Pass, CaseRole::Checker));
        assert!(!old.handlers.contains(&who));
        assert!(request.units.iter().all(|unit| old.lead_unit != Some(*unit)));
    }
    if command == CommandName::Undo {
        let last = old.last.unwrap();
        assert_eq!((last.by, new.state), (request.by, last.from));
        assert!(last.command.can_be_undone() && request.at.since(last.at) <= 60 * Timestamp::SECOND);
        return;
    }
    if command == CommandName::Appeal {
        assert!(!old.appealed && new.appealed);
    }
    if command == CommandName::Confirm {
        assert!(!old.reporters.contains(&who));
    }
    if command == CommandName::Dispatch && old.send_backs >= 2 {
        assert_eq!(role, CaseRole::Supervisor);
    }
}

/// What holds at any time.
fn holds(town: &Town, calendar: &WorkCalendar, now: Timestamp) {
    let facts = &town.facts;
    let running = town.running();
    assert!(running.len() <= 1, "{running:?}");
    assert_eq!(running.first().map(|clock| clock.stage), Stage::of(facts.state));
    if let Some(clock) = running.first() {
        assert_eq!(clock.is_stopped(), reason_to_stop(facts).is_some(), "{facts:?} {clock:?}");
        assert_eq!(clock.due().is_none(), clock.is_stopped());
        assert_eq!(clock.milestones(calendar).is_none(), clock.is_stopped());
        assert!(clock.fraction_used(now, calendar) >= 0.0);
    }
    assert_eq!(facts.state == State::Merged, facts.main_case.is_some());
    assert_ne!(facts.main_case, Some(facts.case));
    assert!(facts.extensions_granted <= town.policy.extensions);
    assert!(!(facts.suspended && facts.transferred));
    let with_unit = matches!(facts.state, State::Dispatched | State::Handling);
    assert!(!with_unit || facts.lead_unit.is_some());
    for clock in &town.clocks {
        assert!(clock.dues.iter().zip(clock.dues.iter().skip(1)).all(|(a, b)| a.at <= b.at));
        assert!(clock.stops.iter().rev().skip(1).all(|stop| stop.until.is_some()));
        assert!(clock.ended.is_none_or(|ended| ended >= clock.started));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_commands_breaks_a_case(attempts in proptest::collection::vec(attempt(), 1..80)) {
        let calendar = calendar();
        let mut town = Town::new(&calendar);
        let mut at = start();
        for attempt in &attempts {
            at = at.plus(attempt.minutes * Timestamp::MINUTE + Timestamp::SECOND);
            step(&mut town, attempt, at, &calendar);
            holds(&town, &calendar, at);
        }
    }
}

/// Random steps must get everywhere, or they prove nothing.
#[test]
fn the_sequences_reach_every_command_and_state() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let calendar = calendar();
    let mut runner = TestRunner::deterministic();
    let mut commands = std::collections::BTreeSet::new();
    let mut states = std::collections::BTreeSet::new();
    for _ in 0..600 {
        let attempts = proptest::collection::vec(attempt(), 80).new_tree(&mut runner).unwrap().current();
        let mut town = Town::new(&calendar);
        let mut at = start();
        for attempt in &attempts {
            at = at.plus(attempt.minutes * Timestamp::MINUTE + Timestamp::SECOND);
            commands.extend(step(&mut town, attempt, at, &calendar));
            states.insert(town.facts.state);
        }
    }
    let missing: Vec<_> =
        CommandName::ALL.iter().filter(|command| !command.begins() && !commands.contains(command)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(states.len(), State::ALL.len());
}

#[test]
fn a_follower_without_an_account_acts_as_the_report() {
    let calendar = calendar();
    let mut town = Town::new(&calendar);
    let follower = Doer::Follower(ReportId(Uuid::from_u128(9)));
    let roles = [CaseRole::Reporter];
    let at = start().plus(Timestamp::MINUTE);
    town.act(&Request::new(CommandName::Withdraw, follower, &roles, at), &calendar).unwrap();
    assert_eq!(town.facts.state, State::Withdrawn);
    let undo = |by, at| Request::new(CommandName::Undo, by, &roles, at);
    let other = Doer::Follower(ReportId(Uuid::from_u128(10)));
    assert_eq!(town.act(&undo(other, at), &calendar).unwrap_err().code, "undo-not-yours");
    let last = at.plus(60 * Timestamp::SECOND);
    let late = town.clone().act(&undo(follower, last.plus(1)), &calendar).unwrap_err();
    assert_eq!(late.code, "undo-too-late");
    town.act(&undo(follower, last), &calendar).unwrap();
    assert_eq!((town.facts.state, town.facts.version, town.running().len()), (State::Reported, 3, 1));
}

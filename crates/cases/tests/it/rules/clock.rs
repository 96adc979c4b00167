//! Stage clocks over a real calendar.

use proptest::prelude::*;
use qige_cases::deadlines::{Clock, ClockMove, DueReason, StopReason, clock_after, first_clock};
use qige_cases::workflow::{Facts, Request};
use qige_cases::{CaseRole, CommandName, Policy, Stage, State, Urgency};
use qige_kernel::calendar::Light;
use qige_kernel::{Term, Timestamp};

use super::town::{calendar, doer, fresh};

fn at(text: &str) -> Timestamp {
    format!("2026-11-{text}+08:00").parse().unwrap()
}

fn started(term: Term) -> Clock {
    // A Monday.
    Clock::start(Stage::Handle, at("23T09:00:00"), term, None, &calendar())
}

#[test]
fn three_working_days_and_a_suspension_over_night() {
    let calendar = calendar();
    let mut clock = started(Term::WorkDays(3));
    assert_eq!(clock.due(), Some(at("26T09:00:00")));
    clock.stop(at("24T09:00:00"), StopReason::Suspended);
    assert_eq!((clock.due(), clock.is_stopped()), (None, true));
    // A second reason prolongs the stop that is there.
    clock.stop(at("24T10:00:00"), StopReason::Waiting);
    assert_eq!(clock.stops.len(), 1);
    assert_eq!(clock.light(at("30T09:00:00"), &calendar), Light::Green);
    clock.resume(at("25T09:00:00"), &calendar);
    assert_eq!(clock.due(), Some(at("27T09:00:00")));
    let reasons: Vec<_> = clock.dues.iter().map(|due| due.reason).collect();
    assert_eq!(reasons, [DueReason::Started, DueReason::Resumed]);
    clock.resume(at("25T10:00:00"), &calendar);
    assert_eq!(clock.dues.len(), 2);
}

#[test]
fn two_hours_by_the_clock_turn_amber_red_and_the_supervisors() {
    let calendar = calendar();
    let clock = started(Term::ClockMinutes(120));
    let light = |text: &str| clock.light(at(text), &calendar);
    assert_eq!(light("23T10:29:59"), Light::Green);
    assert_eq!(light("23T10:30:00"), Light::Amber);
    assert_eq!(light("23T11:00:00"), Light::Amber);
    assert_eq!(light("23T11:00:01"), Light::Red);
    assert_eq!(light("23T13:00:00"), Light::Escalate);
    let milestones = clock.milestones(&calendar).unwrap();
    assert_eq!(milestones.amber_at, at("23T10:30:00"));
    assert_eq!(milestones.red_at, at("23T11:00:00"));
    assert_eq!(milestones.escalate_at, at("23T13:00:00"));
}

#[test]
fn a_granted_date_holds_and_moves_with_a_stop() {
    let calendar = calendar();
    let mut clock = started(Term::ClockMinutes(120));
    clock.set_due(at("23T10:00:00"), at("23T15:00:00"), DueReason::Extended);
    assert_eq!(clock.due(), Some(at("23T15:00:00")));
    clock.stop(at("23T12:00:00"), StopReason::Transferred);
    clock.resume(at("23T13:30:00"), &calendar);
    assert_eq!(clock.due(), Some(at("23T16:30:00")));
    clock.end(at("23T16:30:00"));
    assert_eq!((clock.was_in_time(), clock.milestones(&calendar)), (Some(true), None));
    clock.end(at("25T16:30:00"));
    assert_eq!(clock.ended, Some(at("23T16:30:00")));
}

#[test]
fn late_is_late_also_while_the_clock_stands() {
    let calendar = calendar();
    let mut clock = started(Term::ClockMinutes(120));
    clock.stop(at("23T12:00:00"), StopReason::Suspended);
    clock.resume(at("24T12:00:00"), &calendar);
    assert_eq!(clock.due(), Some(at("23T11:00:00")));
    clock.end(at("24T12:00:00"));
    assert_eq!(clock.was_in_time(), Some(false));
    let mut clock = started(Term::ClockMinutes(120));
    clock.stop(at("23T10:00:00"), StopReason::Suspended);
    clock.end(at("25T10:00:00"));
    assert_eq!(clock.was_in_time(), Some(true));
}

#[test]
fn a_corrected_matter_changes_the_term_from_the_beginning() {
    let calendar = calendar();
    let mut clock = started(Term::WorkDays(3));
    clock.set_term(at("24T09:00:00"), Term::ClockMinutes(120), &calendar);
    assert_eq!(clock.due(), Some(at("23T11:00:00")));
    assert_eq!(clock.dues.last().unwrap().reason, DueReason::Corrected);
}

#[test]
fn each_transition_moves_the_clocks_as_it_should() {
    let policy = Policy::default();
    let facts = |state| Facts { state, urgency: Some(Urgency::Normal), ..fresh() };
    let moved = |facts: &Facts, command, to| {
        let request = Request::new(command, doer(2), &[CaseRole::Dispatcher], at("23T09:00:00"));
        clock_after(facts, &request, to, &policy)
    };
    let begin = |stage, term| ClockMove::Start { stage, term, due: None };
    let reported = first_clock(State::Reported, None, &policy);
    assert_eq!(reported, begin(Stage::File, Term::WorkMinutes(120)));
    let solved = first_clock(State::Handled, fresh().matter, &policy);
    assert_eq!(solved, begin(Stage::Check, Term::WorkMinutes(480)));
    assert_eq!(
        moved(&facts(State::Reported), CommandName::AskVerify, State::Verifying),
        begin(Stage::Verify, Term::WorkMinutes(240))
    );
    assert_eq!(
        moved(&facts(State::Filed), CommandName::Dispatch, State::Dispatched),
        begin(Stage::Handle, Term::WorkDays(3))
    );
    assert_eq!(moved(&facts(State::Dispatched), CommandName::Start, State::Handling), ClockMove::Keep);
    assert_eq!(moved(&facts(State::Handled), CommandName::AskCheck, State::Checking), ClockMove::Keep);
    assert_eq!(
        moved(&facts(State::Checking), CommandName::Fail, State::Handling),
        begin(Stage::Handle, Term::WorkDays(3))
    );
    assert_eq!(moved(&facts(State::Checking), CommandName::Pass, State::Closed), ClockMove::End);
    assert_eq!(moved(&facts(State::Closed), CommandName::Rate, State::Closed), ClockMove::Keep);
    assert_eq!(
        moved(&facts(State::Closed), CommandName::Reopen, State::Filed),
        begin(Stage::Dispatch, Term::WorkMinutes(120))
    );
    assert_eq!(
        moved(&facts(State::Handling), CommandName::Question, State::Handling),
        ClockMove::Stop(StopReason::Waiting)
    );
    let waiting = Facts { waiting: true, question_open: true, ..facts(State::Handling) };
    assert_eq!(moved(&waiting, CommandName::Answer, State::Handling), ClockMove::Resume);
    assert_eq!(moved(&waiting, CommandName::Suspend, State::Handling), ClockMove::Keep);
    let both = Facts { suspended: true, ..waiting };
    assert_eq!(moved(&both, CommandName::Answer, State::Handling), ClockMove::Keep);
    assert_eq!(moved(&both, CommandName::Undo, State::Handling), ClockMove::Back);
}

#[test]
fn what_goes_outside_stops_the_clock_only_if_the_tenant_says_so() {
    let facts = Facts { state: State::Filed, ..fresh() };
    let request = Request::new(CommandName::Transfer, doer(2), &[], at("23T09:00:00"));
    let moved = |transfer_stops_clock| {
        clock_after(&facts, &request, State::Filed, &Policy { transfer_stops_clock, ..Policy::default() })
    };
    assert_eq!(moved(true), ClockMove::Stop(StopReason::Transferred));
    assert_eq!(moved(false), ClockMove::Keep);
}

#[test]
fn correcting_the_urgency_retimes_and_granting_extends() {
    let policy = Policy::default();
    let facts = Facts { state: State::Handling, urgency: Some(Urgency::Normal), ..fresh() };
    let correct = |urgency| {
        let request = Request::new(CommandName::Correct, doer(2), &[], at("23T09:00:00"));
        clock_after(&facts, &Request { urgency, ..request }, State::Handling, &policy)
    };
    assert_eq!(correct(Some(Urgency::Critical)), ClockMove::Retime(Term::ClockMinutes(120)));
    assert_eq!(correct(Some(Urgency::Normal)), ClockMove::Keep);
    assert_eq!(correct(None), ClockMove::Keep);
    let asked = Facts { extension_asked: Some(at("28T09:00:00")), ..facts };
    let request = Request::new(CommandName::GrantExtension, doer(2), &[], at("23T09:00:00"));
    let granted = clock_after(&asked, &request, State::Handling, &policy);
    assert_eq!(granted, ClockMove::Extend(at("28T09:00:00")));
}

#[test]
fn clocks_are_read_as_they_were_written() {
    let mut clock = started(Term::WorkDays(3));
    clock.stop(at("24T09:00:00"), StopReason::Waiting);
    let json = serde_json::to_string(&clock).unwrap();
    assert_eq!(serde_json::from_str::<Clock>(&json).unwrap(), clock);
}

proptest! {
    /// Stopping never makes anybody late, and never gives more than it took.
    #[test]
    fn a_stop_gives_back_what_it_took(
        minutes in 1_u32..3_000, from in 0_i64..6_000, length in 0_i64..6_000, given in any::<bool>(),
    ) {
        let calendar = calendar();
        let start = at("23T09:00:00");
        let term = Term::WorkMinutes(minutes);
        let due = calendar.due(start, term).at;
        let mut clock = Clock::start(Stage::Handle, start, term, given.then_some(due), &calendar);
        let from = start.plus(from * Timestamp::MINUTE);
        let until = from.plus(length * Timestamp::MINUTE);
        clock.stop(from, StopReason::Waiting);
        clock.resume(until, &calendar);
        let after = clock.due().unwrap();
        if from >= due {
            prop_assert_eq!(after, due);
        } else {
            prop_assert!(after >= due && after >= until.min(after));
            let left_before = calendar.work_micros_between(from, due);
            let left_after = calendar.work_micros_between(until, after);
            prop_assert!((left_before - left_after).abs() <= Timestamp::MINUTE, "{left_before} {left_after}");
        }
    }
}

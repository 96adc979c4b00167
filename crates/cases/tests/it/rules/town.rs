//! A case in memory and the people around it: what a store would do with a decision, and nothing else.

use qige_cases::deadlines::{Clock, ClockMove, DueReason, StopReason, first_clock};
use qige_cases::workflow::{Assisting, Decision, Doer, Facts, LastStep, Request, decide};
use qige_cases::{CaseRole, CommandName, Policy, Stage, State};
use qige_kernel::uuid::Uuid;
use qige_kernel::{CaseId, PersonId, Refusal, Timestamp, UnitId, WorkCalendar};

pub(super) const START: &str = "2026-11-23T01:00:00Z";

pub(super) fn start() -> Timestamp {
    START.parse().unwrap()
}

pub(super) fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

pub(super) fn unit(number: u128) -> UnitId {
    UnitId(Uuid::from_u128(100 + number))
}

pub(super) fn case(number: u128) -> CaseId {
    CaseId(Uuid::from_u128(1_000 + number))
}

/// Monday to Friday, office hours in Shanghai, without holidays.
pub(super) fn calendar() -> WorkCalendar {
    WorkCalendar::new("Asia/Shanghai", qige_kernel::WorkRule::office_week(), Vec::new(), [2026, 2027])
        .unwrap()
}

pub(super) fn fresh() -> Facts {
    Facts {
        case: case(1),
        state: State::Reported,
        version: 1,
        matter: Some("matter-06-010".parse().unwrap()),
        urgency: None,
        reporters: vec![person(1)],
        reports: 1,
        verifier: None,
        checker: None,
        handlers: Vec::new(),
        lead_unit: None,
        assisting: Vec::new(),
        verified: false,
        appealed: false,
        send_backs: 0,
        extension_asked: None,
        extensions_granted: 0,
        suspended: false,
        question_open: false,
        waiting: false,
        transferred: false,
        supervision_open: false,
        closed_at: None,
        main_case: None,
        merged_from: None,
        followers: 0,
        words_erased: false,
        last: None,
    }
}

/// A case with its clocks, and how it was before the last step.
#[derive(Clone, Debug)]
pub(super) struct Town {
    pub(super) facts: Facts,
    pub(super) clocks: Vec<Clock>,
    pub(super) policy: Policy,
    before: Option<(Facts, Vec<Clock>)>,
}

impl Town {
    pub(super) fn new(calendar: &WorkCalendar) -> Self {
        let (facts, policy) = (fresh(), Policy::default());
        let ClockMove::Start { stage, term, due } = first_clock(facts.state, facts.matter, &policy) else {
            panic!("no clock");
        };
        let clocks = vec![Clock::start(stage, start(), term, due, calendar)];
        Self { facts, clocks, policy, before: None }
    }

    pub(super) fn act(
        &mut self,
        request: &Request<'_>,
        calendar: &WorkCalendar,
    ) -> Result<Decision, Refusal> {
        let decided = decide(&self.facts, request, &self.policy)?;
        let old = (self.facts.clone(), self.clocks.clone());
        if let (CommandName::Undo, Some((facts, clocks))) = (request.command, self.before.take()) {
            let version = self.facts.version;
            self.facts = Facts { version, ..facts };
            self.clocks = clocks;
        } else {
            self.facts = after(&self.facts, request, &decided);
            self.clock(decided.clock, request.at, calendar);
        }
        self.facts.version += 1;
        self.facts.last = Some(LastStep {
            command: request.command,
            by: request.by,
            at: request.at,
            version: self.facts.version,
            from: old.0.state,
        });
        self.before = Some(old);
        Ok(decided)
    }

    fn clock(&mut self, step: ClockMove, at: Timestamp, calendar: &WorkCalendar) {
        let running = self.clocks.iter_mut().find(|clock| clock.ended.is_none());
        match (step, running) {
            (ClockMove::Start { stage, term, due }, running) => {
                if let Some(running) = running {
                    running.end(at);
                }
                self.clocks.push(Clock::start(stage, at, term, due, calendar));
            }
            (ClockMove::End, Some(clock)) => clock.end(at),
            (ClockMove::Stop(reason), Some(clock)) => clock.stop(at, reason),
            (ClockMove::Resume, Some(clock)) => clock.resume(at, calendar),
            (ClockMove::Extend(due), Some(clock)) => clock.set_due(at, due, DueReason::Extended),
            (ClockMove::Retime(term), Some(clock)) => clock.set_term(at, term, calendar),
            (ClockMove::Keep, _) => {}
            (step, running) => panic!("{step:?} {running:?}"),
        }
    }

    pub(super) fn running(&self) -> Vec<&Clock> {
        self.clocks.iter().filter(|clock| clock.ended.is_none()).collect()
    }
}

fn after(facts: &Facts, request: &Request<'_>, decided: &Decision) -> Facts {
    let mut facts = facts.clone();
    said(&mut facts, request, decided.role);
    // With another unit all begins anew.
    if Stage::of(facts.state) != Stage::of(decided.to) || request.command == CommandName::Dispatch {
        facts.waiting = false;
        facts.suspended = false;
        facts.transferred = false;
        facts.extension_asked = None;
    }
    if !decided.to.is_open() {
        facts.supervision_open = false;
    }
    facts.state = decided.to;
    facts
}

fn said(facts: &mut Facts, request: &Request<'_>, role: CaseRole) {
    let person = request.by.person();
    match request.command {
        CommandName::AskVerify => facts.verifier = request.asked.map(|asked| asked.person),
        CommandName::Confirm => facts.verified = true,
        CommandName::File | CommandName::Correct => {
            facts.matter = request.matter.or(facts.matter);
            facts.urgency = request.urgency.or(facts.urgency);
        }
        CommandName::Appeal => facts.appealed = true,
        CommandName::Merge => {
            facts.main_case = request.main.map(|main| main.case);
            facts.merged_from = Some(facts.state);
        }
        CommandName::Unmerge => (facts.main_case, facts.merged_from) = (None, None),
        CommandName::Dispatch => {
            facts.lead_unit = request.lead;
            let assisting = |unit: &UnitId| Assisting { unit: *unit, accepted: false, handed_in: false };
            facts.assisting = request.assist.iter().map(assisting).collect();
            facts.extensions_granted = 0;
            facts.extension_asked = None;
        }
        CommandName::SendBack => {
            facts.send_backs += 1;
            facts.lead_unit = None;
            facts.assisting.clear();
        }
        CommandName::Start | CommandName::HandIn => facts.handlers.extend(person),
        CommandName::Accept | CommandName::HandInPart => {
            let own = |part: &&mut Assisting| request.units.contains(&part.unit);
            let part = facts.assisting.iter_mut().find(own).unwrap();
            part.accepted = true;
            part.handed_in = request.command == CommandName::HandInPart;
        }
        CommandName::AskCheck => facts.checker = request.asked.map(|asked| asked.person),
        CommandName::Pass => facts.closed_at = Some(request.at),
        CommandName::AskExtension => facts.extension_asked = request.until,
        CommandName::GrantExtension => {
            facts.extension_asked = None;
            facts.extensions_granted += 1;
        }
        CommandName::RefuseExtension => facts.extension_asked = None,
        CommandName::Suspend => facts.suspended = true,
        CommandName::Resume => facts.suspended = false,
        CommandName::Supervise => facts.supervision_open = true,
        CommandName::AnswerSupervision => facts.supervision_open = false,
        CommandName::Reopen => {
            facts.lead_unit = None;
            facts.assisting.clear();
            facts.send_backs = 0;
            facts.closed_at = None;
        }
        CommandName::Question => (facts.question_open, facts.waiting) = (true, true),
        CommandName::Answer => (facts.question_open, facts.waiting) = (false, false),
        CommandName::Transfer => facts.transferred = true,
        CommandName::TakeBack => facts.transferred = false,
        CommandName::Join => {
            facts.reporters.extend(person);
            facts.reports += 1;
        }
        _ => assert_ne!(role, CaseRole::Rule),
    }
}

/// Why the running clock stands still, by the facts.
pub(super) fn reason_to_stop(facts: &Facts) -> Option<StopReason> {
    match facts {
        Facts { suspended: true, .. } => Some(StopReason::Suspended),
        Facts { transferred: true, .. } => Some(StopReason::Transferred),
        Facts { waiting: true, .. } => Some(StopReason::Waiting),
        _ => None,
    }
}

pub(super) fn doer(number: u128) -> Doer {
    Doer::Person(person(number))
}

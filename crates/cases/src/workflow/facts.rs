//! All that deciding about a case needs to know.

use qige_kernel::{CaseId, PersonId, ReportId, Timestamp, UnitId};

use crate::{CaseRole, CommandName, DeclineReason, MatterKey, Policy, State, Urgency};

/// Who did something, as far as it matters to whether another may do the next thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doer {
    /// Somebody with an account.
    Person(PersonId),
    /// Whoever holds the follow code of this report.
    Follower(ReportId),
    /// A rule of the tenant's.
    System,
}

impl Doer {
    /// The account, where there is one.
    #[must_use]
    pub const fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Follower(_) | Self::System => None,
        }
    }
}

/// A unit that helps, and how far it is with its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assisting {
    /// Which unit.
    pub unit: UnitId,
    /// It has begun.
    pub accepted: bool,
    /// It has handed in its part.
    pub handed_in: bool,
}

/// The step that was taken last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastStep {
    /// Which.
    pub command: CommandName,
    /// By whom.
    pub by: Doer,
    /// When.
    pub at: Timestamp,
    /// The version that it led to.
    pub version: i64,
    /// The state before it.
    pub from: State,
}

/// A case as far as it decides what may be done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Which case.
    pub case: CaseId,
    /// Where it stands.
    pub state: State,
    /// Lines of its journal.
    pub version: i64,
    /// What it is about.
    pub matter: Option<MatterKey>,
    /// How soon; none before it is filed.
    pub urgency: Option<Urgency>,
    /// Accounts that reported it.
    pub reporters: Vec<PersonId>,
    /// Reports about it, with an account or without.
    pub reports: u32,
    /// Who was asked whether it is so.
    pub verifier: Option<PersonId>,
    /// Who was asked whether it is done.
    pub checker: Option<PersonId>,
    /// Who began it, handed it in, or solved it on the spot.
    pub handlers: Vec<PersonId>,
    /// The unit that answers for it.
    pub lead_unit: Option<UnitId>,
    /// The units that help.
    pub assisting: Vec<Assisting>,
    /// Somebody on the ground said that it is so.
    pub verified: bool,
    /// The one appeal is used.
    pub appealed: bool,
    /// Times that a unit sent it back since it was filed or opened again.
    pub send_backs: u32,
    /// The date that a unit asked for, while nobody has answered.
    pub extension_asked: Option<Timestamp>,
    /// Extensions granted since it was dispatched.
    pub extensions_granted: u32,
    /// Put aside.
    pub suspended: bool,
    /// Its reporter was asked something and has not answered.
    pub question_open: bool,
    /// The clock stands still for that answer.
    pub waiting: bool,
    /// With an external body.
    pub transferred: bool,
    /// A supervisor waits for an answer.
    pub supervision_open: bool,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// The case that it follows.
    pub main_case: Option<CaseId>,
    /// Where un-merging leads back to.
    pub merged_from: Option<State>,
    /// Cases that follow it.
    pub followers: u32,
    /// Its words went because their term was over.
    pub words_erased: bool,
    /// The step that was taken last.
    pub last: Option<LastStep>,
}

impl Facts {
    /// Whether the clock of the stage stands still.
    #[must_use]
    pub const fn is_stopped(&self, policy: &Policy) -> bool {
        self.suspended || self.waiting || (self.transferred && policy.transfer_stops_clock)
    }
}

/// Somebody who is asked to verify or to check.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Who.
    pub person: PersonId,
    /// The units that this person belongs to.
    pub units: &'a [UnitId],
}

/// The main case that another is to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Main {
    /// Which case.
    pub case: CaseId,
    /// Where it stands.
    pub state: State,
    /// The case that it follows itself.
    pub main_case: Option<CaseId>,
    /// Its words went because their term was over.
    pub words_erased: bool,
}

/// What somebody asks for, as far as it decides whether it is done. What a command does not speak of stays
/// empty.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// What.
    pub command: CommandName,
    /// Who.
    pub by: Doer,
    /// What this person is to the case.
    pub roles: &'a [CaseRole],
    /// The units that this person belongs to.
    pub units: &'a [UnitId],
    /// When.
    pub at: Timestamp,
    /// The version that the person saw.
    pub expected_version: Option<i64>,
    /// The verifier or checker who is asked.
    pub asked: Option<Asked<'a>>,
    /// The unit that is to lead.
    pub lead: Option<UnitId>,
    /// The units that are to help.
    pub assist: &'a [UnitId],
    /// The main case; none when this tenant has no such case.
    pub main: Option<Main>,
    /// What it is about, from now on.
    pub matter: Option<MatterKey>,
    /// How soon, from now on.
    pub urgency: Option<Urgency>,
    /// From the list of reasons.
    pub decline_reason: Option<DeclineReason>,
    /// The reason, note or words.
    pub words: &'a str,
    /// The reference of an external body.
    pub reference: &'a str,
    /// How many photos come with it.
    pub photos: u32,
    /// The due date, extension or date of review named in it.
    pub until: Option<Timestamp>,
    /// Stars given.
    pub stars: Option<u8>,
    /// This reporter has rated the case before.
    pub rated_before: bool,
}

impl<'a> Request<'a> {
    /// A request that says nothing but who wants what when.
    #[must_use]
    pub const fn new(command: CommandName, by: Doer, roles: &'a [CaseRole], at: Timestamp) -> Self {
        Self {
            command,
            by,
            roles,
            units: &[],
            at,
            expected_version: None,
            asked: None,
            lead: None,
            assist: &[],
            main: None,
            matter: None,
            urgency: None,
            decline_reason: None,
            words: "",
            reference: "",
            photos: 0,
            until: None,
            stars: None,
            rated_before: false,
        }
    }
}

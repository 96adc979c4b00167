//! What somebody is to one case: found inside the transaction, never claimed.

use qige_db::{DbError, Tx};
use qige_identity::{Permission, Reach, Who};
use qige_kernel::{PersonId, ReportId, RuleId, UnitId};
use uuid::Uuid;

use crate::store::{self, AssignmentState, Dossier, UndoRow};
use crate::suggest::Guess;
use crate::workflow::TABLE;
use crate::{CaseRole, CommandName};

/// A routing rule that acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByRule {
    /// Which.
    pub rule: RuleId,
    /// What it took the matter from, where nobody had named one.
    pub guess: Option<Guess>,
}

/// Who acts.
#[derive(Clone, Debug)]
pub enum By {
    /// Somebody with an account.
    Person(Who),
    /// Whoever holds the follow code of a report.
    Follower {
        /// Which report.
        report: ReportId,
    },
    /// The product itself.
    System,
    /// A routing rule.
    Rule(ByRule),
}

impl By {
    /// What a step is remembered by, so that only who took it can take it back; none for rules.
    #[must_use]
    pub fn actor(&self) -> Option<Uuid> {
        match self {
            Self::Person(who) => Some(who.person.0),
            Self::Follower { report } => Some(report.0),
            Self::System | Self::Rule(_) => None,
        }
    }

    /// The person, where there is an account.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(who) => Some(who.person),
            Self::Follower { .. } | Self::System | Self::Rule(_) => None,
        }
    }
}

/// In which roles somebody stands to a case, and with which unit in each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    roles: Vec<(CaseRole, Option<UnitId>)>,
    /// Reporter only of a case that follows this one: says what they think of how it ended, and nothing else.
    follows: bool,
    /// The role of the last step, where it is held no more: good for taking that step back, and for nothing
    /// else.
    left: Option<CaseRole>,
}

impl Standing {
    /// Reads it.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn of(tx: &mut Tx<'_>, by: &By, dossier: &Dossier) -> Result<Self, DbError> {
        let row = &dossier.row;
        let mut roles = match by {
            By::System | By::Rule(_) => vec![(CaseRole::Rule, None)],
            By::Follower { .. } => Vec::new(),
            By::Person(who) => of_person(who, dossier),
        };
        let (reported, follows) = reporting(tx, by, dossier).await?;
        roles.extend(reported.then_some((CaseRole::Reporter, None)));
        let mut standing = Self { roles, follows, left: None };
        if let Some(undo) = store::undo_of(tx, row.id).await? {
            standing.keep_last_role(by, dossier, &undo);
        }
        Ok(standing)
    }

    /// Whoever gave a case away with the last step may still take that step back.
    fn keep_last_role(&mut self, by: &By, dossier: &Dossier, undo: &UndoRow) {
        let own = Some(undo.actor) == by.actor() && undo.version == dossier.row.version;
        if own && self.roles.iter().all(|(role, _)| *role != undo.role) {
            self.left = Some(undo.role);
        }
    }

    /// The roles without those in which this person may not give this command.
    #[must_use]
    pub fn for_command(&self, by: &By, dossier: &Dossier, command: CommandName) -> Vec<CaseRole> {
        let may = |(role, unit): &(CaseRole, Option<UnitId>)| {
            if self.follows && *role == CaseRole::Reporter && !of_main(command) {
                return false;
            }
            let By::Person(who) = by else { return true };
            needed(command, *role).is_none_or(|permission| {
                let reach = unit.map_or_else(|| reach(dossier), unit_reach);
                who.may_at(permission, &reach)
            })
        };
        let mut roles: Vec<CaseRole> =
            self.roles.iter().filter(|held| may(held)).map(|(role, _)| *role).collect();
        // A supervisor may do what dispatchers do; where the table knows both, it is done as supervisor.
        let for_supervisors =
            TABLE.iter().any(|row| row.command == command && row.who.contains(&CaseRole::Supervisor));
        if for_supervisors && roles.contains(&CaseRole::Supervisor) {
            roles.retain(|role| *role != CaseRole::Dispatcher);
        }
        if command == CommandName::Undo {
            roles.extend(self.left);
        }
        roles
    }

    /// The unit with which somebody holds a role.
    #[must_use]
    pub fn unit(&self, role: CaseRole) -> Option<UnitId> {
        self.roles.iter().find(|(held, _)| *held == role).and_then(|(_, unit)| *unit)
    }

    /// The roles, each with what it is held for.
    #[must_use]
    pub fn roles(&self) -> Vec<CaseRole> {
        self.roles.iter().map(|(role, _)| *role).collect()
    }

    /// Nobody to this case.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        self.roles.is_empty() && self.left.is_none()
    }
}

/// What reporters of a case that follows another may do to that other one: reporters are many to one case,
/// and each of them may say whether it ended well.
const fn of_main(command: CommandName) -> bool {
    matches!(command, CommandName::Rate | CommandName::Reopen | CommandName::Undo)
}

/// Whether somebody reported the case or one that follows it, and whether it was only one that follows.
async fn reporting(tx: &mut Tx<'_>, by: &By, dossier: &Dossier) -> Result<(bool, bool), DbError> {
    let row = &dossier.row;
    let (own, following) = match by {
        By::System | By::Rule(_) => (false, false),
        By::Follower { report } => match store::report_by_id(tx, *report).await? {
            Some(report) if report.case_id == row.id => (true, false),
            Some(report) => {
                let of = store::by_id(tx, report.case_id).await?;
                (false, of.is_some_and(|case| case.main_case == Some(row.id)))
            }
            None => (false, false),
        },
        By::Person(who) => {
            let own = store::reported_by(tx, row.id, who.person, None).await?;
            let followed = !own && row.merged_count > 0;
            (own, followed && store::reported_with(tx, row.id, who.person).await?)
        }
    };
    Ok((own || following, following))
}

fn reach(dossier: &Dossier) -> Reach {
    let row = &dossier.row;
    Reach { community: row.community, grid: row.grid, unit: None }
}

fn unit_reach(unit: UnitId) -> Reach {
    Reach { unit: Some(unit), ..Reach::default() }
}

fn of_person(who: &Who, dossier: &Dossier) -> Vec<(CaseRole, Option<UnitId>)> {
    let row = &dossier.row;
    let here = reach(dossier);
    let mut roles = Vec::new();
    if who.may_at(Permission::FileCase, &here) || who.may_at(Permission::DispatchCase, &here) {
        roles.push((CaseRole::Dispatcher, None));
    }
    if who.may_at(Permission::SuperviseCase, &here) {
        roles.push((CaseRole::Supervisor, None));
    }
    if row.verifier == Some(who.person) && who.may(Permission::VerifyWhenAsked) {
        roles.push((CaseRole::Verifier, None));
    }
    if row.checker == Some(who.person) && who.may_at(Permission::CheckCase, &here) {
        roles.push((CaseRole::Checker, None));
    }
    let handles = |unit: UnitId| who.may_at(Permission::HandleCase, &unit_reach(unit));
    if let Some(unit) = row.lead_unit.filter(|unit| handles(*unit)) {
        roles.push((CaseRole::LeadUnit, Some(unit)));
    }
    let mut assisting = dossier.assignments.iter().rev().filter(|part| {
        !part.lead && !matches!(part.state, AssignmentState::SentBack | AssignmentState::Withdrawn)
    });
    // One who belongs to two assisting units speaks for the one that still has something to do.
    let open = assisting.clone().find(|part| part.open && handles(part.unit));
    if let Some(part) = open.or_else(|| assisting.find(|part| handles(part.unit))) {
        roles.push((CaseRole::AssistUnit, Some(part.unit)));
    }
    roles
}

/// What a command needs of a person besides the role; none where being it is enough.
const fn needed(command: CommandName, role: CaseRole) -> Option<Permission> {
    use CommandName as C;
    match role {
        CaseRole::Dispatcher | CaseRole::Supervisor if matches!(command, C::CoverPhoto) => {
            Some(Permission::CoverPhoto)
        }
        CaseRole::Dispatcher => Some(match command {
            C::Dispatch | C::AskCheck | C::Transfer | C::TakeBack => Permission::DispatchCase,
            _ => Permission::FileCase,
        }),
        CaseRole::Supervisor => Some(match command {
            C::Suspend | C::Resume => Permission::SuspendCase,
            C::Void => Permission::VoidCase,
            C::Reopen => Permission::ReopenCase,
            C::Dispatch => Permission::DispatchCase,
            _ => Permission::SuperviseCase,
        }),
        // What binds the unit is said by its lead.
        CaseRole::LeadUnit => Some(match command {
            C::SendBack | C::AskExtension | C::AnswerSupervision => Permission::SpeakForUnit,
            _ => Permission::HandleCase,
        }),
        _ => None,
    }
}

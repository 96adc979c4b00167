//! A command was done on a case: those concerned are told, once it can no longer be undone.

use std::sync::Arc;

use qige_blobs::erase;
use qige_cases::routing::{Route, Subject};
use qige_cases::search;
use qige_cases::store::{self, AssignmentRow, AssignmentState, CaseRow};
use qige_cases::{CaseRole, CommandName, assignments_of};
use qige_db::{Asker, Command, Db, DbError, Failure, Tx, journal};
use qige_identity::{Reach, Role, holders};
use qige_jobs::{Job, JobError, complete};
use qige_kernel::{CaseId, PersonId, Timestamp, UnitId};
use qige_notify::{About, NewNotice, Recipient, post, withdraw_held};
use serde::Deserialize;
use serde_json::{Value, json};

use super::told::{Audience, TOLD};
use super::{earning, without_photo};
use crate::{App, Rulebook, routing_world};

/// What the job says.
#[derive(Clone, Debug, Deserialize)]
struct Event {
    case: CaseId,
    seq: i64,
    command: CommandName,
    #[serde(default)]
    undo_until: Option<Timestamp>,
    #[serde(default)]
    undoes: Option<i64>,
}

/// Does the job.
pub(crate) async fn react(db: Db, asker: Asker, job: Job, app: App) -> Result<(), JobError> {
    let (event, now): (Event, _) = (job.read()?, app.now());
    let book = app.rulebooks.of(asker.tenant, now).await?;
    Ok(db.write(asker, React { event, job, now, book }).await?)
}

struct React {
    event: Event,
    job: Job,
    now: Timestamp,
    book: Arc<Rulebook>,
}

impl Command for React {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let Event { case, seq, command, undo_until, undoes } = self.event.clone();
        let about = About::new("case", case);
        if let Some(undone) = undoes {
            withdraw_held(tx, about, &prefix(case, undone), self.now).await?;
        } else if let (Some(row), Some(line)) = (store::by_id(tx, case).await?, self.line(tx).await?) {
            let at = line.at;
            let mut told: Vec<Recipient> = line.actor.map(Recipient::Person).into_iter().collect();
            let elsewhere =
                command == CommandName::Correct && self.belongs_elsewhere(tx, &row, &line).await?;
            let concerned =
                |told: Audience| concerns(told, &line) && (told != Audience::Rerouted || elsewhere);
            let lines = TOLD.iter().filter(|told| told.0 == command && concerned(told.1));
            for (_, audience, kind) in lines {
                for recipient in recipients(tx, *audience, &row, &line, self.now).await? {
                    if told.contains(&recipient) {
                        continue;
                    }
                    told.push(recipient);
                    let dedupe = format!("{}{kind}", prefix(case, seq));
                    let args = args(&row);
                    let hold_until = undo_until.filter(|until| *until > self.now);
                    post(tx, &NewNotice { recipient, kind, args, about, dedupe, at, hold_until }).await?;
                }
            }
            if command == CommandName::Pass {
                self.erase_voices(tx, case).await?;
            }
            without_photo::watch(tx, case, command, undo_until.unwrap_or(self.now)).await?;
        }
        earning::watch(tx, case, command, undo_until.unwrap_or(self.now)).await?;
        search::refresh(tx, &[case]).await?;
        complete(tx, &self.job, self.now).await?;
        Ok(())
    }
}

impl React {
    /// What the journal says of it; nothing where it was taken back already: jobs of one moment come in any
    /// order, and a late one comes when notices are held no more.
    async fn line(&self, tx: &mut Tx<'_>) -> Result<Option<journal::Line>, DbError> {
        let seq = self.event.seq;
        let lines = journal::read(tx, journal::Stream::new("case", self.event.case)).await?;
        let undo = |line: &journal::Line| line.seq == seq + 1 && line.command == CommandName::Undo.as_str();
        let undone = lines.iter().any(undo);
        Ok(lines.into_iter().find(|line| line.seq == seq && !undone))
    }

    /// Whether the case, as it was corrected, is another unit's than the one that has it, by the rules.
    async fn belongs_elsewhere(
        &self,
        tx: &mut Tx<'_>,
        row: &CaseRow,
        line: &journal::Line,
    ) -> Result<bool, DbError> {
        let body = line.body();
        let moved = ["matter", "community", "grid"]
            .iter()
            .any(|field| body.pointer("/changes/case").is_some_and(|changes| changes.get(field).is_some()));
        let Some(lead) = row.lead_unit.filter(|_| moved) else { return Ok(false) };
        let subject = Subject { matter: row.matter, community: row.community, grid: row.grid, at: self.now };
        let world = routing_world(tx, &self.book.grids).await?;
        let route = self.book.routing.route(&subject, &self.book.calendar, &world);
        Ok(matches!(route, Route::To(rule) if rule.lead != lead))
    }

    /// A voice note is for the dispatcher alone and ends with the case.
    async fn erase_voices(&self, tx: &mut Tx<'_>, case: CaseId) -> Result<(), DbError> {
        for voice in store::voices_of_case(tx, case).await? {
            erase(tx, voice, self.now).await?;
        }
        Ok(())
    }
}

/// Whether what was done is for these at all.
fn concerns(audience: Audience, line: &journal::Line) -> bool {
    let says = |path| line.body().pointer(path).and_then(Value::as_bool).unwrap_or_default();
    match audience {
        Audience::Addressed => says("/action/public") && line.role != CaseRole::Reporter.as_str(),
        Audience::AddressedUnits => {
            let by_centre = [CaseRole::Dispatcher, CaseRole::Supervisor];
            (says("/action/units") || says("/action/public"))
                && by_centre.iter().any(|role| role.as_str() == line.role)
        }
        // By what this step made of it: the case itself may have moved on.
        Audience::Escalated => says("/changes/case/escalated/1"),
        _ => true,
    }
}

/// Begins the key of every notice of one line, so that undoing it withdraws them all.
fn prefix(case: CaseId, seq: i64) -> String {
    format!("{case}:{seq}:")
}

/// The values in the sentences. Nothing about who reported it.
fn args(row: &CaseRow) -> Value {
    json!({ "number": row.number, "matter": row.matter })
}

async fn recipients(
    tx: &mut Tx<'_>,
    audience: Audience,
    row: &CaseRow,
    line: &journal::Line,
    now: Timestamp,
) -> Result<Vec<Recipient>, DbError> {
    let people = |people: Vec<PersonId>| people.into_iter().map(Recipient::Person).collect();
    Ok(match audience {
        Audience::Reporters | Audience::Addressed => reporters(tx, row.id).await?,
        Audience::LeadUnit => row.lead_unit.map(Recipient::Unit).into_iter().collect(),
        Audience::FormerLead => former_units(line, true),
        Audience::FormerHelpers => former_units(line, false),
        Audience::AssistingUnits => assisting(tx, row.id).await?,
        Audience::AddressedUnits => {
            let lead = row.lead_unit.map(Recipient::Unit);
            lead.into_iter().chain(assisting(tx, row.id).await?).collect()
        }
        Audience::Verifier => people(row.verifier.into_iter().collect()),
        Audience::Checker => people(row.checker.into_iter().collect()),
        Audience::Dispatcher => match row.dispatcher {
            Some(person) => vec![Recipient::Person(person)],
            None => people(holders(tx, Role::Dispatcher, &reach(row), now).await?),
        },
        Audience::Supervisors | Audience::Escalated | Audience::Rerouted => {
            people(holders(tx, Role::Supervisor, &reach(row), now).await?)
        }
    })
}

/// The units whose part ended with this line, that of the lead or those of its helpers, and that have none
/// after it either.
fn former_units(line: &journal::Line, lead: bool) -> Vec<Recipient> {
    let body = line.body();
    let Some(parts) = body.pointer("/changes/assignments").and_then(Value::as_object) else {
        return Vec::new();
    };
    let read = |pair: &Value, at: usize| serde_json::from_value::<AssignmentRow>(pair.get(at)?.clone()).ok();
    let parts: Vec<_> = parts.values().map(|pair| (read(pair, 0), read(pair, 1))).collect();
    let has = |unit: UnitId| {
        parts.iter().any(|(_, after)| after.as_ref().is_some_and(|after| after.open && after.unit == unit))
    };
    let ended = parts.iter().filter_map(|(before, after)| {
        let (before, after) = before.as_ref().zip(after.as_ref())?;
        (before.lead == lead && before.open && !after.open && !has(before.unit)).then_some(before.unit)
    });
    ended.map(Recipient::Unit).collect()
}

/// Where a case lies.
pub(super) fn reach(row: &CaseRow) -> Reach {
    Reach { community: row.community, grid: row.grid, unit: row.lead_unit }
}

async fn reporters(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Recipient>, DbError> {
    let mut found = Vec::new();
    for report in store::reports_of_case(tx, case).await? {
        let recipient = match report.person {
            Some(person) => Recipient::Person(person),
            None => Recipient::Follower(report.id),
        };
        if !found.contains(&recipient) {
            found.push(recipient);
        }
    }
    Ok(found)
}

async fn assisting(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Recipient>, DbError> {
    let parts = assignments_of(tx, case).await?;
    let helping = parts.into_iter().filter(|part| !part.lead && part.state != AssignmentState::Withdrawn);
    Ok(helping.map(|part| Recipient::Unit(part.unit)).collect())
}

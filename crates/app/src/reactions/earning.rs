//! Points follow a case: after each step that changes what its reports earn, once it can no longer be taken
//! back, what was paid is brought to what is due.

use std::collections::BTreeSet;
use std::sync::Arc;

use qige_cases::catalogue::Catalogue;
use qige_cases::duplicates::radius_metres;
use qige_cases::store::{self, CaseRow};
use qige_cases::{CaseRole, CommandName, State, Urgency};
use qige_db::{Asker, Command, DbError, Failure, Tx};
use qige_identity::Stamp;
use qige_jobs::{Job, JobError, NewJob, complete, enqueue};
use qige_kernel::{CaseId, PersonId, Position, Timestamp};
use qige_points::{Due, Group, PointRules, Settle, Standing, Told, due, paid_lately};

use super::case_event::reach;
use crate::{App, Rulebook};

/// The job's name. Its payload is the case.
pub(crate) const SETTLE: &str = "points-settle";

/// The steps that change what reports earn.
const MATTERS: &[CommandName] = &[
    CommandName::File,
    CommandName::Refute,
    CommandName::Decline,
    CommandName::Merge,
    CommandName::Unmerge,
    CommandName::Pass,
    CommandName::Reopen,
    CommandName::Void,
    CommandName::Correct,
    CommandName::Join,
    CommandName::Undo,
];

/// Has the points of a case settled, should the step matter for them, once it stands.
pub(super) async fn watch(
    tx: &mut Tx<'_>,
    case: CaseId,
    command: CommandName,
    settled_at: Timestamp,
) -> Result<(), DbError> {
    if MATTERS.contains(&command) {
        enqueue(tx, NewJob::new(SETTLE, case, settled_at)).await?;
    }
    Ok(())
}

/// Does the job.
pub(crate) async fn react(app: App, asker: Asker, job: Job) -> Result<(), JobError> {
    let case = job.read()?;
    let book = app.rulebooks.of(asker.tenant, app.now()).await?;
    let stamp = Stamp::new(app.now(), None, &app.entropy);
    Ok(app.db.write(asker, SettleCase { case, job, book, stamp }).await?)
}

struct SettleCase {
    case: CaseId,
    job: Job,
    book: Arc<Rulebook>,
    stamp: Stamp,
}

impl Command for SettleCase {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let rules = PointRules::read(tx).await?;
        if !rules.versions.is_empty() {
            self.settle(tx, &rules).await?;
        }
        complete(tx, &self.job, self.stamp.at).await?;
        Ok(())
    }
}

impl SettleCase {
    /// The case, and what it followed before: those who reported that one alone are first again.
    async fn settle(&self, tx: &mut Tx<'_>, rules: &PointRules) -> Result<(), Failure> {
        let mut groups = Vec::new();
        for main in mains(tx, self.case).await? {
            let group = Group { standing: standing(&main), reports: told(tx, main.id).await? };
            groups.push((main, due(&group, rules)));
        }
        let mut repeats = Vec::new();
        for (main, dues) in &groups {
            for due in dues {
                if self.repeats(tx, main, dues, due, rules).await? {
                    repeats.push((due.person, due.case));
                }
            }
        }
        let Some((first, _)) = groups.first() else { return Ok(()) };
        let settle = Settle {
            rules,
            zone: self.book.calendar.zone(),
            repeats: &repeats,
            reach: &reach(first),
            seed: self.job.id.0,
            stamp: self.stamp,
        };
        let dues: Vec<Due> = groups.iter().flat_map(|(_, dues)| dues).copied().collect();
        settle.all(tx, &dues).await?;
        Ok(())
    }

    /// Whether somebody earned something by the same place and matter a few days before or after.
    async fn repeats(
        &self,
        tx: &mut Tx<'_>,
        main: &CaseRow,
        dues: &[Due],
        due: &Due,
        rules: &PointRules,
    ) -> Result<bool, DbError> {
        let Some((_, amounts)) = rules.at(due.at).filter(|_| due.points > 0) else { return Ok(false) };
        for case in paid_lately(tx, due.person, due.at, amounts.repeat_days).await? {
            let of_this = dues.iter().any(|known| known.case == case);
            if !of_this
                && let Some(other) = store::by_id(tx, case).await?
                && self.same_place_and_matter(main, &other)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn same_place_and_matter(&self, one: &CaseRow, other: &CaseRow) -> bool {
        let place = |row: &CaseRow| Position::new(row.lng?, row.lat?).ok();
        let (Some(here), Some(there)) = (place(one), place(other)) else { return false };
        let (Some(this), Some(that)) = (one.matter, other.matter) else { return false };
        let radius = f64::from(radius_metres(one.matter, &self.book.policy));
        Catalogue::standard().are_siblings(this, that) && here.distance_metres(there) <= radius
    }
}

/// The main case of this one by now, and those of the cases that it followed.
async fn mains(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<CaseRow>, DbError> {
    let (mut seen, mut mains) = (BTreeSet::new(), Vec::new());
    for id in std::iter::once(case).chain(store::mains_of(tx, case).await?) {
        let Some(row) = store::by_id(tx, id).await? else { continue };
        let main = match row.main_case {
            Some(main) => store::by_id(tx, main).await?,
            None => Some(row),
        };
        mains.extend(main.filter(|main| seen.insert(main.id)));
    }
    Ok(mains)
}

fn standing(main: &CaseRow) -> Standing {
    let ended = matches!(main.state, State::Declined | State::Withdrawn | State::Void);
    let filed = main.filed_at.is_some() || main.state == State::Closed;
    if ended || !filed {
        Standing::NotFiled
    } else if !Catalogue::standard().may_be_photographed(main.matter) {
        // What takes no photo is about somebody: who needs help, or a quarrel.
        Standing::AboutPeople
    } else if main.urgency == Some(Urgency::Critical) {
        Standing::Critical
    } else {
        Standing::Filed
    }
}

async fn told(tx: &mut Tx<'_>, main: CaseId) -> Result<Vec<Told>, DbError> {
    let reports = store::reports_of_case(tx, main).await?;
    Ok(reports
        .into_iter()
        .map(|row| {
            let person: Option<PersonId> = row.person.filter(|_| row.role == CaseRole::Rider);
            Told { report: row.id, person, case: row.case_id, at: row.received_at }
        })
        .collect())
}

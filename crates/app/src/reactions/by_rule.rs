//! Routing rules that act by themselves: a schedule looks for what waits, files what a rule files, and
//! dispatches what a rule dispatches.

use qige_cases::queries::{WaitingCase, WaitingSince, waiting};
use qige_cases::routing::{Route, Subject, Waiting, World};
use qige_cases::{Action, By, State};
use qige_db::{Asker, DbError, Failure};
use qige_jobs::{JobError, Schedule};
use qige_kernel::{CaseId, RuleId, Timestamp};
use uuid::Uuid;

use crate::{App, Order, Rulebook, routing_world};

/// How often it looks.
pub(crate) const LOOK: Schedule = Schedule {
    name: "cases.by-rule",
    kind: "cases.by-rule",
    every_micros: Timestamp::MINUTE,
    offset_micros: 0,
};
/// Cases read at once.
const CASES_AT_ONCE: i64 = 100;
/// Before all cases.
const FIRST: WaitingSince = (Timestamp::from_micros(i64::MIN), CaseId(Uuid::nil()));

/// Looks: first at what is to be filed, so that it can be dispatched at once.
pub(crate) async fn look(app: App, asker: Asker) -> Result<(), JobError> {
    let book = app.rulebooks.of(asker.tenant, app.now()).await?;
    if !book.routing.acts() {
        return Ok(());
    }
    for state in [State::Reported, State::Filed] {
        look_at(&app, asker, &book, state).await?;
    }
    Ok(())
}

async fn look_at(app: &App, asker: Asker, book: &Rulebook, state: State) -> Result<(), Failure> {
    let mut after = Some(FIRST);
    while let Some(from) = after {
        let (policy, grids, now) = (book.policy.clone(), book.grids.clone(), app.now());
        let ((found, more), world) = app
            .db
            .read(asker, move |tx| {
                Box::pin(async move {
                    let found = waiting(tx, state, from, &policy, now, CASES_AT_ONCE).await?;
                    Ok((found, routing_world(tx, &grids).await?))
                })
            })
            .await?;
        for case in found {
            if let Some((rule, action)) = step(&case, book, &world, now) {
                take(app, asker, &case, rule, action).await?;
            }
        }
        after = more;
    }
    Ok(())
}

/// What the rule that fits the case does with it.
fn step(case: &WaitingCase, book: &Rulebook, world: &World, now: Timestamp) -> Option<(RuleId, Action)> {
    let WaitingCase { row, resembles, photos } = case;
    let subject = Subject { matter: row.matter, community: row.community, grid: row.grid, at: now };
    let Route::To(rule) = book.routing.route(&subject, &book.calendar, world) else { return None };
    let (calendar, policy) = (&*book.calendar, &*book.policy);
    let waiting = Waiting { row, resembles: *resembles, photos, calendar, policy, now };
    rule.step(&waiting).map(|action| (rule.id, action))
}

/// Does it. Somebody may have been quicker, or the case may not be as it was: then it is theirs.
async fn take(
    app: &App,
    asker: Asker,
    case: &WaitingCase,
    rule: RuleId,
    action: Action,
) -> Result<(), Failure> {
    let (case, expected_version) = (case.row.id, Some(case.row.version));
    let order = Order { case, expected_version, by: By::Rule(rule), action, key: None };
    match app.act(asker, order).await {
        Ok(_) | Err(Failure::Db(DbError::Retry(_))) => Ok(()),
        Err(Failure::Refused(why)) => {
            tracing::info!(%case, %rule, %why, "left to a person");
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}

//! Routing rules that act by themselves: a schedule looks for what waits, files what a rule files, and
//! dispatches what a rule dispatches.

use qige_cases::catalogue::Catalogue;
use qige_cases::queries::{WaitingCase, WaitingSince, waiting};
use qige_cases::routing::{Route, Subject, Waiting, World};
use qige_cases::store::{CaseRow, hour_of, usual_at};
use qige_cases::suggest::{Evidence, Guess};
use qige_cases::{Action, By, ByRule, MatterKey, State};
use qige_db::{Asker, DbError, Failure};
use qige_jobs::{JobError, Schedule};
use qige_kernel::{CaseId, Timestamp};
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
        let unnamed = book.routing.guesses() && book.learned.is_some();
        let ((found, more), world) = app
            .db
            .read(asker, move |tx| {
                Box::pin(async move {
                    let found = waiting(tx, state, from, unnamed, (&policy, now), CASES_AT_ONCE).await?;
                    Ok((found, routing_world(tx, &grids).await?))
                })
            })
            .await?;
        for case in found {
            let guess = guess(app, asker, book, &case.row).await?;
            if let Some((by, action)) = step(&case, guess, book, &world, now) {
                take(app, asker, &case, by, action).await?;
            }
        }
        after = more;
    }
    Ok(())
}

/// What the rule that fits the case does with it.
fn step(
    case: &WaitingCase,
    guess: Option<(MatterKey, Guess)>,
    book: &Rulebook,
    world: &World,
    now: Timestamp,
) -> Option<(ByRule, Action)> {
    let WaitingCase { row, resembles, photos } = case;
    let suggested = guess.map(|(matter, guess)| (matter, guess.percent));
    let matter = row.matter.or(suggested.map(|(matter, _)| matter));
    let subject = Subject { matter, community: row.community, grid: row.grid, at: now };
    let Route::To(rule) = book.routing.route(&subject, &book.calendar, world) else { return None };
    let (calendar, policy) = (&*book.calendar, &*book.policy);
    let waiting = Waiting { row, resembles: *resembles, suggested, photos, calendar, policy, now };
    let by = ByRule { rule: rule.id, guess: guess.map(|(_, guess)| guess) };
    rule.step(&waiting).map(|action| (by, action))
}

/// What a case is most probably about that was reported without a matter, by what was learnt: the catalogue
/// alone cannot say how sure it is. Never that somebody needs help: people see to that.
async fn guess(
    app: &App,
    asker: Asker,
    book: &Rulebook,
    row: &CaseRow,
) -> Result<Option<(MatterKey, Guess)>, Failure> {
    let version = book.learned.as_ref().map(|(version, _)| *version);
    let Some(version) = version.filter(|_| row.matter.is_none()) else { return Ok(None) };
    let hour = hour_of(row.received_at, book.calendar.zone());
    let here = match row.position() {
        Some(position) => {
            app.db
                .read(asker, move |tx| Box::pin(async move { Ok(usual_at(tx, position, hour).await?) }))
                .await?
        }
        None => Vec::new(),
    };
    let evidence = Evidence { here: &here, words: &row.words, all: true, ..Evidence::default() };
    let first = book.suggest(&evidence, 1).into_iter().next();
    let first = first.filter(|first| Catalogue::standard().may_be_photographed(Some(first.matter)));
    Ok(first.map(|first| (first.matter, Guess { version, percent: first.percent })))
}

/// Does it. Somebody may have been quicker, or the case may not be as it was: then it is theirs.
async fn take(
    app: &App,
    asker: Asker,
    case: &WaitingCase,
    by: ByRule,
    action: Action,
) -> Result<(), Failure> {
    let (case, expected_version) = (case.row.id, Some(case.row.version));
    let order = Order { case, expected_version, by: By::Rule(by), action, key: None };
    match app.act(asker, order).await {
        Ok(_) | Err(Failure::Db(DbError::Retry(_))) => Ok(()),
        Err(Failure::Refused(why)) => {
            tracing::info!(%case, rule = %by.rule, %why, "left to a person");
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}

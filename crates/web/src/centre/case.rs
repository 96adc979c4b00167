//! One case on one page: photos, place, clocks, who owes what, what was said, what is alike, what can be
//! done.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `clocks.rs` | who owes what by when |
//! | `bars.rs` | the same as bars: where a clock ran, stood still, was late |
//! | `place.rs` | where it is, in words and as the map's window |
//! | `choices.rs` | whom to ask and what to file it as, the best first |
//! | `seen.rs` | what this person may read of it |
//! | `samples.rs` | pages to try the template with |

mod bars;
mod choices;
mod clocks;
mod place;
mod samples;
mod seen;
mod whom;

use std::collections::BTreeMap;

use qige_app::routing_world;
use qige_cases::queries::{Sight, case_for_centre};
use qige_cases::store::Dossier;
use qige_cases::views::CentreCase;
use qige_cases::{By, CommandName, PhotoRole, State};
use qige_db::{DbError, Tx};
use qige_identity::{Permission, Who};
use qige_kernel::{CaseId, ObjectId, PersonId, ReportId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::names::{Directory, people};
use super::queue::left_minutes;
use super::routing::{Routed, routed};
use super::{matters, way};
use crate::consent::call::callable;
use crate::page::{Density, Either};
use crate::{Cx, Done, Fault, Page, Path, Query, Routes, Text, View, Width};
pub(super) use samples::{bare_row, row as sample_row};

use bars::Bars;
use choices::Choices;
use clocks::ClockLine;
use place::PlaceLines;

pub(super) fn routes() -> Routes {
    Routes::of("centre")
        .get("/cases/{id}", Permission::ReadCase, "One case with all that is kept about it", show)
        .get("/cases/{id}/next", Permission::ReadCase, "The case that comes next in a queue", next)
}

/// How a case is looked at.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
struct Looked {
    /// The query of the queue that it was opened from.
    queue: Option<String>,
    /// What is about to be done to it.
    r#do: Option<CommandName>,
    /// Part of the name of a rider who shall be asked.
    rider: Option<String>,
}

/// One case for the grid centre.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct CasePage {
    #[serde(flatten)]
    case: CentreCase,
    /// Names of the people, units and places that are spoken of, by id.
    names: BTreeMap<String, String>,
    /// The names of the matters that are spoken of, by key.
    matters: BTreeMap<String, String>,
    /// Minutes until the running clock is over; negative: minutes since.
    left_minutes: Option<i64>,
    /// Every clock that it has had, the running one last.
    clocks: Vec<ClockLine>,
    /// The same as bars over one stretch of time.
    bars: Option<Bars>,
    /// Where it is, in words and for the map.
    place: PlaceLines,
    /// The words of the cases that may be the same, by id.
    words_of: BTreeMap<String, String>,
    /// A photo of before and one of after.
    pair: Option<[ObjectId; 2]>,
    /// Whom to ask and what to choose.
    choices: Choices,
    /// The query of the queue that it was opened from.
    queue: Option<String>,
    /// What is about to be done to it.
    panel: Option<CommandName>,
    /// Part of the name of the rider who is looked for.
    rider: Option<String>,
    /// Reports whose reporters consent to being called back.
    callable: Vec<ReportId>,
    /// Where the routing rules lead with it, while it is not yet handled.
    routed: Option<Routed>,
}

impl View for CasePage {
    const TEMPLATE: &'static str = "centre/case.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Wide;

    fn title(&self) -> Text {
        let matter = self.case.row.matter.and_then(|key| self.matters.get(&key.to_string()));
        let matter = matter.cloned().unwrap_or_default();
        match (&self.case.row.number, matter.is_empty()) {
            (Some(number), _) => {
                Text::of("case-title").with("number", number.as_str()).with("matter", matter)
            }
            (None, true) => Text::of("case-title-open"),
            (None, false) => Text::plain(matter),
        }
    }

    fn samples() -> Vec<Self> {
        samples::all()
    }
}

async fn show(cx: Cx, Path(id): Path<CaseId>, Query(looked): Query<Looked>) -> Result<Page<CasePage>, Fault> {
    let who = cx.signed_in()?.clone();
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let (now, locale, page_book) = (cx.now(), cx.locale(), book.clone());
    let sought = looked.rider.clone();
    let found = cx
        .read(move |tx| {
            Box::pin(async move {
                let by = By::Person(who.clone());
                let Some(case) = case_for_centre(tx, id, &by, &book.policy, now).await? else {
                    return Ok(None);
                };
                let sight = Sight::of(&who, Permission::ReadCase);
                if !sight.covers(case.row.community, case.row.grid) {
                    return Ok(None);
                }
                let Some(dossier) = Dossier::load(tx, id).await? else { return Ok(None) };
                let rider = sought.as_deref();
                let world = routing_world(tx, &book.grids).await?;
                let choices = choices::of(tx, &case, &dossier, &book, (now, locale), rider).await?;
                let callable = callable(tx, &who, id, now).await?;
                let (case, words_of) = seen::by(tx, &who, &sight, case).await?;
                let directory = Directory::read(tx, book.grids.clone()).await?;
                let names = names(tx, &who, &case, &directory).await?;
                Ok(Some(((case, callable), dossier, choices, words_of, names, directory, world)))
            })
        })
        .await?;
    let ((case, callable), dossier, mut choices, words_of, mut names, directory, world) =
        found.ok_or_else(Fault::missing)?;
    names.extend(page_book.routing.rules.iter().map(|rule| (rule.id.to_string(), rule.name.clone())));
    let before_handled = matches!(
        case.row.state,
        State::Reported | State::Verifying | State::Filed | State::Dispatched | State::Handling
    );
    let routed = routed(&case, &page_book, &world, &directory, (now, locale)).filter(|_| before_handled);
    choices.units = directory.open_units();
    if case.may.contains(&CommandName::Correct) {
        choices.grids = super::new::grids(&cx).await?;
    }
    Ok(Page(CasePage {
        matters: named_matters(&case, locale),
        left_minutes: case.row.due_at.map(|due| left_minutes(now, due)),
        clocks: clocks::of(&dossier, &page_book.calendar, now),
        bars: bars::of(&dossier.clocks, now),
        place: place::of(&case, &page_book.grids, &directory),
        pair: pair(&case),
        queue: looked.queue,
        panel: looked.r#do,
        rider: looked.rider,
        callable,
        routed,
        case,
        names,
        words_of,
        choices,
    }))
}

async fn next(
    cx: Cx,
    Path(id): Path<CaseId>,
    Query(looked): Query<Looked>,
) -> Result<Either<Page<CasePage>, Done>, Fault> {
    let query = looked.queue.unwrap_or_default();
    let to = match way::next(&cx, &query, id).await {
        Some(next) => way::case_in(next, Some(&query)),
        None => super::asked::under("/cases", &query),
    };
    Ok(Either::Right(Done::see(to)))
}

/// Everybody and everything that the page speaks of by name.
async fn names(
    tx: &mut Tx<'_>,
    who: &Who,
    case: &CentreCase,
    directory: &Directory,
) -> Result<BTreeMap<String, String>, DbError> {
    let mut names = people(tx, spoken_of(who, case)).await?;
    names.extend(directory.units.iter().map(|unit| (unit.id.to_string(), unit.name.clone())));
    let places = [
        case.row.community.and_then(|id| Some((id, directory.community(id)?))),
        case.row.grid.and_then(|id| Some((id, directory.grid(id)?))),
    ];
    names.extend(places.into_iter().flatten().map(|(id, name)| (id.to_string(), name)));
    Ok(names)
}

fn spoken_of(who: &Who, case: &CentreCase) -> Vec<PersonId> {
    let asks = case.asks.iter().flat_map(|ask| [ask.asked_by, ask.person, ask.answered_by]);
    let spoken = case.comments.iter().map(|comment| comment.person);
    let reporters = case.reports.iter().map(|report| report.person);
    let own = [case.verifier, case.checker, case.row.dispatcher, Some(who.person)];
    asks.chain(spoken).chain(reporters).chain(own).flatten().collect()
}

fn named_matters(case: &CentreCase, locale: crate::Locale) -> BTreeMap<String, String> {
    let own = case.row.matter.into_iter();
    let reported = case.reports.iter().filter_map(|report| report.matter);
    let similar = case.similar.iter().chain(&case.others).filter_map(|near| near.matter);
    let lived = case.life.iter().filter_map(|entry| entry.args.matter);
    let keys = own.chain(reported).chain(similar).chain(lived);
    keys.map(|key| (key.to_string(), matters::name(key, locale))).collect()
}

/// The first photo of before and the last one of after, where both have arrived.
fn pair(case: &CentreCase) -> Option<[ObjectId; 2]> {
    let ready = || case.photos.iter().filter(|photo| photo.ready);
    let before = ready().find(|photo| photo.role == PhotoRole::Before)?;
    let after = ready().rfind(|photo| matches!(photo.role, PhotoRole::After | PhotoRole::Check))?;
    Some([before.id, after.id])
}

//! Where administrators begin: what needs attention, and how much of everything there is.

use qige_app::{Rulebook, routing_world};
use qige_cases::queries::{self, QueueFilter, Sight};
use qige_db::{DbError, Failure, Tx};
use qige_identity::{Permission, PersonState, Reach, Role, Who, holders, people_counts};
use qige_jobs::Backlog;
use qige_kernel::{Timestamp, UnitId};
use qige_places::{PlaceKind, calendars, store, units};
use schemars::JsonSchema;
use serde::Serialize;

use crate::metrics::CertificateTrouble;
use crate::page::Density;
use crate::{Cx, Fault, Page, Routes, Text, View};

/// Who has anything to look after here.
const ADMINISTRATORS: &[Permission] =
    &[Permission::ManagePeople, Permission::ManageGrants, Permission::ReadJournal];
/// A job that could have begun this long ago waits for a worker that does not work, microseconds: a worker
/// looks every few seconds.
const STUCK_MICROS: i64 = 10 * Timestamp::MINUTE;

pub(super) fn routes() -> Routes {
    Routes::of("admin").get("/admin", ADMINISTRATORS, "What needs an administrator's attention", show)
}

/// What needs attention, and how much of everything there is. What somebody may not see is not there.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
struct StartPage {
    /// Years that deadlines reach into without their holidays being known.
    years_missing: Vec<i16>,
    /// Jobs that gave up.
    failed_jobs: Option<i64>,
    /// Since when a job waits that should have begun.
    stuck_since: Option<Timestamp>,
    /// Open cases that lie nowhere yet.
    unlocated: Option<i64>,
    /// Open units in which nobody would be told of a case.
    units_alone: Vec<UnitAlone>,
    /// Routing rules that cannot work any more.
    rules_broken: Option<usize>,
    /// What is wrong with the server's certificate.
    certificate: Option<CertificateTrouble>,
    counts: Counts,
}

/// A unit without people.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct UnitAlone {
    id: UnitId,
    name: String,
}

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
struct Counts {
    /// Communities and villages that are not closed.
    communities: Option<usize>,
    grids: Option<usize>,
    /// Open units.
    units: Option<usize>,
    /// People who are here.
    people: Option<i64>,
    /// People who are away for a while.
    paused: Option<i64>,
}

impl View for StartPage {
    const TEMPLATE: &'static str = "admin/start.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("admin-title")
    }

    fn samples() -> Vec<Self> {
        let id = UnitId(uuid::Uuid::nil());
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let certificate = |reason: Option<&str>| {
            Some(CertificateTrouble { until: Some(at), reason: reason.map(str::to_owned) })
        };
        let counts = Counts {
            communities: Some(41),
            grids: Some(140),
            units: Some(12),
            people: Some(1_204),
            paused: Some(3),
        };
        let full = Self {
            years_missing: vec![2027, 2028],
            failed_jobs: Some(2),
            stuck_since: Some(at),
            unlocated: Some(5),
            units_alone: vec![UnitAlone { id, name: "供水公司".to_owned() }],
            rules_broken: Some(1),
            certificate: certificate(Some("the name was not proved")),
            counts: counts.clone(),
        };
        let empty =
            Counts { communities: Some(0), grids: Some(0), units: Some(0), people: Some(3), paused: None };
        let files = Self { certificate: certificate(None), ..Self::default() };
        let quiet = Self { failed_jobs: Some(0), counts, ..Self::default() };
        vec![full, quiet, Self { counts: empty, ..Self::default() }, files, Self::default()]
    }
}

async fn show(cx: Cx) -> Result<Page<StartPage>, Fault> {
    let (who, now) = (cx.signed_in()?.clone(), cx.now());
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let rules = book.clone();
    let mut page = cx.read(move |tx| Box::pin(async move { look(tx, &who, &rules, now).await })).await?;
    if cx.signed_in()?.may(Permission::ManageSettings) {
        page.years_missing = calendars::years_to_warn_of(&book.calendar, now);
        page.certificate = cx.state().metrics().certificate_trouble();
    }
    Ok(Page(page))
}

async fn look(tx: &mut Tx<'_>, who: &Who, book: &Rulebook, now: Timestamp) -> Result<StartPage, Failure> {
    let mut page = StartPage::default();
    if who.may(Permission::ReadJobs) {
        let Backlog { failed, oldest_due, .. } = qige_jobs::backlog(tx).await?;
        page.failed_jobs = Some(failed);
        page.stuck_since = oldest_due.filter(|due| now.since(*due) > STUCK_MICROS);
    }
    if who.may(Permission::ReadQueue) {
        let filter = QueueFilter { unlocated: true, ..QueueFilter::default() };
        // Who sees a part of the subdistrict is not told how many cases lie nowhere: those are in no part.
        if who.scopes(Permission::ReadQueue) == [qige_identity::Scope::Tenant] {
            page.unlocated = Some(queries::counts(tx, &filter, &Sight::WHOLE, now).await?.total);
        }
    }
    if who.may(Permission::ReadPlaces) {
        let active = |places: Vec<qige_places::Place>| places.iter().filter(|place| place.active).count();
        let communities = active(store::list(tx, PlaceKind::Community).await?);
        let villages = active(store::list(tx, PlaceKind::Village).await?);
        page.counts.communities = Some(communities.saturating_add(villages));
        page.counts.grids = Some(active(store::list(tx, PlaceKind::Grid).await?));
    }
    if who.may(Permission::ManageUnits) {
        let open: Vec<_> = units::list(tx).await?.into_iter().filter(|unit| unit.active).collect();
        page.counts.units = Some(open.len());
        for unit in open {
            if is_alone(tx, unit.id, now).await? {
                page.units_alone.push(UnitAlone { id: unit.id, name: unit.name });
            }
        }
    }
    if who.may(Permission::ReadRouting) {
        let world = routing_world(tx, &book.grids).await?;
        let broken = book.routing.rules.iter().filter(|rule| rule.on && !world.flaws(rule).is_empty());
        page.rules_broken = Some(broken.count());
    }
    if who.may(Permission::ReadPeople) {
        let counts = people_counts(tx).await?;
        let of = |state| counts.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count);
        page.counts.people = Some(of(PersonState::Active));
        page.counts.paused = Some(of(PersonState::Paused));
    }
    Ok(page)
}

/// Whether nobody works for the unit.
async fn is_alone(tx: &mut Tx<'_>, unit: UnitId, now: Timestamp) -> Result<bool, DbError> {
    let reach = Reach { unit: Some(unit), ..Reach::default() };
    for role in [Role::UnitLead, Role::UnitHandler] {
        if !holders(tx, role, &reach, now).await?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

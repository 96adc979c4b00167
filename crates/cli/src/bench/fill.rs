//! Cases, made by the product's own commands: reported over years, most of them ended, the rest on every
//! step of their way.

use std::collections::HashMap;
use std::time::Instant;

use futures_util::{StreamExt, TryStreamExt, stream};
use qige_app::Order;
use qige_cases::{
    Action, AskCheck, By, CaseRole, Decline, DeclineReason, Dispatch, File, HandIn, MatterKey, Pass,
    Reporter, Start, Urgency,
};
use qige_db::{Actor, Asker, Failure};
use qige_identity::Scope;
use qige_kernel::{CaseId, ManualClock, ObjectId, PersonId, PlaceId, Timestamp, UnitId};
use qige_sim::plan::Noticed;

use super::reports::draft;
use super::said;
use super::town::{AT_ONCE, Town};

/// Cases that go their way together: a few days' worth.
const TOGETHER: usize = 1_000;
/// The last so many cases are on every step of their way; what came in before them is over.
const LIVELY: usize = 200_000;
/// Between two steps of a case.
const STEP_MICROS: i64 = 20 * Timestamp::MINUTE;
/// From the first report to the last, microseconds: what a subdistrict keeps at hand.
pub(super) const SPAN_MICROS: i64 = 360 * Timestamp::DAY;

/// How far a case comes; of twenty so many as there are lines.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Reported,
    Filed,
    Dispatched,
    Handling,
    HandedIn,
    Closed,
    Declined,
}

const WAYS: [(Way, usize); 7] = [
    (Way::Declined, 13),
    (Way::Closed, 2),
    (Way::Dispatched, 1),
    (Way::Handling, 1),
    (Way::HandedIn, 1),
    (Way::Filed, 1),
    (Way::Reported, 1),
];

/// What was made.
pub(super) struct Filled {
    pub(super) cases: usize,
    pub(super) open: usize,
    pub(super) commands: usize,
    pub(super) seconds: f64,
}

/// Those who act.
struct Actors<'a> {
    town: &'a Town,
    dispatcher: By,
    handler: By,
    /// One in each community.
    checkers: HashMap<PlaceId, By>,
    unit: UnitId,
}

/// A case on its way.
#[derive(Clone, Copy)]
struct Going {
    case: CaseId,
    community: Option<PlaceId>,
    way: Way,
    matter: MatterKey,
}

/// Makes so many cases. The clock, which is the town's, moves along; it ends where it stood before plus
/// [`SPAN_MICROS`].
pub(super) async fn fill(
    town: &Town,
    clock: &ManualClock,
    noticed: &[Noticed],
    cases: usize,
) -> Result<Filled, String> {
    let actors = Actors::of(town).await?;
    let begun = Instant::now();
    let from = town.app.now();
    let rounds = cases.div_ceil(TOGETHER);
    let ways: Vec<Way> = WAYS.iter().flat_map(|(way, times)| std::iter::repeat_n(*way, *times)).collect();
    let mut turns = noticed.iter().zip(town.cast.riders.iter().cycle()).zip(ways.iter().cycle()).cycle();
    let mut filled = Filled { cases: 0, open: 0, commands: 0, seconds: 0.0 };
    for round in 0..rounds {
        clock.set(from.plus(share(SPAN_MICROS, round, rounds)));
        let wanted = TOGETHER.min(cases - filled.cases);
        let lively = cases - filled.cases <= LIVELY;
        let turns: Vec<_> = turns.by_ref().take(wanted).collect();
        let reports = turns.iter().map(|((one, rider), way)| {
            let way = if lively { **way } else { (**way).max(Way::Closed) };
            actors.report(one, rider.person, way)
        });
        let going: Vec<Going> =
            stream::iter(reports).buffer_unordered(AT_ONCE).try_collect().await.map_err(said)?;
        filled.cases += going.len();
        filled.open += going.iter().filter(|one| one.way < Way::Closed).count();
        filled.commands += going.len() + actors.go(clock, &going).await.map_err(said)?;
    }
    clock.set(from.plus(SPAN_MICROS));
    filled.seconds = begun.elapsed().as_secs_f64();
    Ok(filled)
}

fn share(whole: i64, part: usize, parts: usize) -> i64 {
    let (part, parts) = (i64::try_from(part).unwrap_or(0), i64::try_from(parts).unwrap_or(1));
    whole / parts.max(1) * part
}

impl<'a> Actors<'a> {
    async fn of(town: &'a Town) -> Result<Self, String> {
        let cast = &town.cast;
        let crew = cast.crews.first().ok_or("the town has no unit")?;
        let mut checkers = HashMap::new();
        for part in &cast.grid_workers {
            if let Scope::Community(place) = part.scope {
                checkers.insert(place, town.by(Some(part)).await?);
            }
        }
        Ok(Self {
            town,
            dispatcher: town.by(cast.dispatchers.first()).await?,
            handler: town.by(Some(&crew.handler)).await?,
            checkers,
            unit: crew.unit,
        })
    }

    fn asker(&self, person: PersonId) -> Asker {
        Asker { tenant: self.town.cast.tenant, actor: Actor::Person(person) }
    }

    async fn report(&self, noticed: &Noticed, rider: PersonId, way: Way) -> Result<Going, Failure> {
        let app = &self.town.app;
        let draft = draft(noticed, Reporter::Person(rider, CaseRole::Rider), app);
        let report = app.prepare_report(self.town.cast.tenant, draft).await?;
        let community = report.community;
        let receipt = app.db.write(self.asker(rider), report).await?;
        let matter = noticed.kind.matter.parse();
        let matter = matter.map_err(|_| qige_kernel::Refusal::invalid("matter", "matter-unknown"))?;
        Ok(Going { case: receipt.case, community, way, matter })
    }

    /// Takes the cases on their ways, all of them one step and then the next; says how many steps that were.
    async fn go(&self, clock: &ManualClock, going: &[Going]) -> Result<usize, Failure> {
        let mut done = 0;
        for step in 0..STEPS {
            clock.advance(STEP_MICROS);
            let steps = going.iter().filter_map(|one| {
                let (by, action) = self.step(*one, step)?;
                Some(self.act(one.case, by, action))
            });
            let steps: Vec<()> = stream::iter(steps).buffer_unordered(AT_ONCE).try_collect().await?;
            done += steps.len();
        }
        Ok(done)
    }

    async fn act(&self, case: CaseId, by: By, action: Action) -> Result<(), Failure> {
        let tenant = self.town.cast.tenant;
        let actor = by.person().map_or(Actor::System, Actor::Person);
        let order = Order { case, expected_version: None, by, action, key: None };
        self.town.app.act(Asker { tenant, actor }, order).await.map(drop)
    }

    /// What happens to a case as its `step`th thing, counted from 0.
    fn step(&self, one: Going, step: usize) -> Option<(By, Action)> {
        if one.way == Way::Declined {
            let decline =
                Decline { reason: DeclineReason::CannotFind, words: "请补充位置或照片".to_owned() };
            return (step == 0).then(|| (self.dispatcher.clone(), decline.into()));
        }
        let way = one.way;
        let photo = || self.town.app.entropy.id::<ObjectId>(self.town.app.now());
        let (by, action): (&By, Action) = match step {
            0 if way >= Way::Filed => {
                (&self.dispatcher, File { matter: one.matter, urgency: Urgency::Normal }.into())
            }
            1 if way >= Way::Dispatched => (&self.dispatcher, self.dispatch().into()),
            2 if way >= Way::Handling => (&self.handler, Start {}.into()),
            3 if way >= Way::HandedIn => {
                (&self.handler, HandIn { note: "已处理完毕".to_owned(), photos: vec![photo()] }.into())
            }
            4 if way >= Way::Closed => {
                let checker = self.checker(one)?.person()?;
                (&self.dispatcher, AskCheck { checker, words: String::new() }.into())
            }
            5 if way >= Way::Closed => {
                (self.checker(one)?, Pass { words: "属实".to_owned(), photos: vec![photo()] }.into())
            }
            _ => return None,
        };
        Some((by.clone(), action))
    }

    /// Who checks there; nobody where the case lies in no community, which then stays handed in.
    fn checker(&self, one: Going) -> Option<&By> {
        self.checkers.get(&one.community?)
    }

    fn dispatch(&self) -> Dispatch {
        Dispatch {
            lead: self.unit,
            assist: Vec::new(),
            due_at: None,
            released_words: None,
            with_numbers: false,
            released_photos: Vec::new(),
        }
    }
}

/// Steps from a report to a closed case.
const STEPS: usize = 6;

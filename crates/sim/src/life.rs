//! The days of the town: everything that the plan foresees, done by those whose part it is, at the time at
//! which they would do it.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `agenda.rs` | what is to be done when |
//! | `people.rs` | those who act, each with a credential of their own |
//! | `camera.rs` | photos, drawn and handed in as phones do |
//! | `thing.rs` | one thing that was noticed, and how far it has come |
//! | `reporting.rs`, `centre.rs`, `ground.rs` | what reporters, the centre, units and checkers do |
//!
//! What is refused is counted, not hidden: a case merged in the meantime ends the errand of whoever was on
//! the way to it.

mod agenda;
mod camera;
mod centre;
mod ground;
mod people;
mod reporting;
mod thing;

use qige_app::App;
use qige_cases::{Action, By};
use qige_db::{Asker, Failure};
use qige_jobs::Worker;
use qige_kernel::{ManualClock, Timestamp};

use crate::chance::Chance;
use crate::founding::Cast;
use crate::plan::Noticed;
use agenda::{Agenda, Deed};
use camera::Camera;
use people::People;
use thing::Thing;

/// Jobs are done at least this often while the clock runs.
const JOBS_EVERY_MICROS: i64 = Timestamp::HOUR;

/// What happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Happened {
    /// Reports sent.
    pub reports: usize,
    /// Commands done.
    pub done: usize,
    /// Commands refused: somebody was quicker, or it was too late.
    pub refused: usize,
    /// Photos stored.
    pub photos: usize,
}

/// Everything that a life needs.
pub struct Life<'a> {
    app: &'a App,
    clock: &'a ManualClock,
    cast: &'a Cast,
    plan: &'a [Noticed],
    agenda: Agenda,
    things: Vec<Thing>,
    people: People,
    camera: Camera,
    chance: Chance,
    happened: Happened,
}

impl<'a> Life<'a> {
    /// A life of what is planned, seeded.
    #[must_use]
    pub fn new(app: &'a App, clock: &'a ManualClock, cast: &'a Cast, plan: &'a [Noticed], seed: u64) -> Self {
        let mut agenda = Agenda::default();
        for (number, noticed) in plan.iter().enumerate() {
            agenda.add(noticed.at, number, Deed::Report);
        }
        let things = plan.iter().map(|noticed| Thing::new(noticed, &app.entropy)).collect();
        let (people, camera) = (People::default(), Camera::default());
        let chance = Chance::new(seed ^ 0x5eed);
        let happened = Happened::default();
        Self { app, clock, cast, plan, agenda, things, people, camera, chance, happened }
    }

    /// Lives until `until`; what lies beyond stays undone, as on any day.
    ///
    /// # Errors
    /// What the database or the store cannot do.
    pub async fn until(mut self, until: Timestamp, worker: &Worker) -> Result<Happened, Failure> {
        let mut jobs_done_at = self.clock_now();
        while let Some((at, number, deed)) = self.agenda.next_before(until) {
            while at.since(jobs_done_at) > JOBS_EVERY_MICROS {
                jobs_done_at = jobs_done_at.plus(JOBS_EVERY_MICROS);
                self.clock.set(jobs_done_at);
                worker.run_until_idle().await?;
            }
            self.clock.set(at);
            match self.do_one(number, deed).await {
                Ok(()) => {}
                Err(Failure::Refused(refusal)) => {
                    tracing::debug!(%refusal, ?deed, number, "refused");
                    self.happened.refused += 1;
                }
                Err(failure) => return Err(failure),
            }
        }
        self.clock.set(until);
        worker.run_until_idle().await?;
        Ok(self.happened)
    }

    fn clock_now(&self) -> Timestamp {
        self.app.now()
    }

    async fn do_one(&mut self, number: usize, deed: Deed) -> Result<(), Failure> {
        match deed {
            Deed::Report => self.report(number).await,
            Deed::SendPhotos => self.send_photos(number).await,
            Deed::Withdraw => self.withdraw(number).await,
            Deed::Appeal => self.appeal(number).await,
            Deed::Rate => self.rate(number).await,
            Deed::Reopen => self.reopen(number).await,
            Deed::Triage => self.triage(number).await,
            Deed::File => self.file(number).await,
            Deed::Dispatch => self.dispatch(number).await,
            Deed::AskCheck => self.ask_check(number).await,
            Deed::GrantExtension => self.grant_extension(number).await,
            Deed::Suspend => self.suspend(number).await,
            Deed::Resume => self.resume(number).await,
            Deed::Verify => self.verify(number).await,
            Deed::Start => self.start(number).await,
            Deed::SendBack => self.send_back(number).await,
            Deed::AskExtension => self.ask_extension(number).await,
            Deed::HandIn => self.hand_in(number).await,
            Deed::Check => self.check(number).await,
        }
    }

    fn asker(&self, by: &By) -> Asker {
        let actor = by.person().map_or(qige_db::Actor::Anonymous, qige_db::Actor::Person);
        Asker { tenant: self.cast.tenant, actor }
    }

    /// Gives a command on a thing's case.
    async fn order(&mut self, number: usize, by: By, action: impl Into<Action>) -> Result<(), Failure> {
        let Some(case) = self.thing(number).and_then(|thing| thing.case) else { return Ok(()) };
        let order = qige_app::Order {
            case,
            expected_version: None,
            action: action.into(),
            key: None,
            by: by.clone(),
        };
        self.app.act(self.asker(&by), order).await?;
        self.happened.done += 1;
        Ok(())
    }

    fn thing(&self, number: usize) -> Option<&Thing> {
        self.things.get(number)
    }

    fn noticed(&self, number: usize) -> Option<&'a Noticed> {
        self.plan.get(number)
    }

    /// Minutes from now, somewhere between.
    fn later(&mut self, number: usize, [low, high]: [f64; 2], deed: Deed) {
        let minutes = self.chance.between(low, high);
        self.agenda.add(agenda::after_minutes(self.app.now(), minutes), number, deed);
    }

    /// As [`Life::later`], in the hours in which people work.
    fn later_at_work(&mut self, number: usize, [low, high]: [f64; 2], deed: Deed) {
        let minutes = self.chance.between(low, high);
        self.agenda.add(agenda::at_work(agenda::after_minutes(self.app.now(), minutes)), number, deed);
    }
}

//! [`Worker`]: claims the jobs of all tenants and runs their handlers.

mod one;
mod run;

use std::collections::BTreeMap;
use std::sync::Arc;

use qige_db::{Asker, BoxFuture, Db, DbError, Failure};
use qige_kernel::{Clock, TenantId, Timestamp};
use uuid::Uuid;

use crate::schedule::next_ticks;
use crate::{Job, JobError, Schedule, next_due};
use one::{Claim, ForgetDone, Tick};

/// How long a key is remembered after its job is done, microseconds: longer than anybody sends anything
/// twice.
const KEEP_DONE_MICROS: i64 = 30 * Timestamp::DAY;

/// A lease unless said otherwise, microseconds: so long after the death of a process its jobs are taken up by
/// another.
const LEASE_MICROS: i64 = Timestamp::MINUTE;

/// Jobs that [`Worker::run_until_idle`] runs at most, so that jobs that add jobs without end are found.
const MOST_UNTIL_IDLE: u64 = 1_000_000;

/// Kind and schedule of the worker's own job: forgets keys of jobs done long ago.
const FORGET: Schedule = Schedule {
    name: "jobs.forget",
    kind: "jobs.forget",
    every_micros: Timestamp::DAY,
    offset_micros: 19 * Timestamp::HOUR,
};

/// Gives the tenants whose jobs are to be done.
pub type Tenants = Arc<dyn Fn() -> BoxFuture<'static, Result<Vec<TenantId>, Failure>> + Send + Sync>;

type Handler = Arc<dyn Fn(Db, Asker, Job) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync>;

/// Does jobs. Several may run in several processes at the same time; kinds that a process does not know it
/// leaves to others.
pub struct Worker {
    db: Db,
    clock: Arc<dyn Clock>,
    id: Uuid,
    tenants: Tenants,
    lease_micros: i64,
    handlers: BTreeMap<&'static str, Handler>,
    schedules: Vec<Schedule>,
}

impl Worker {
    /// A worker that knows no kind yet. `id` tells it from others in the queue's rows.
    #[must_use]
    pub fn new(db: Db, clock: Arc<dyn Clock>, id: Uuid, tenants: Tenants) -> Self {
        let forget_clock = Arc::clone(&clock);
        let mut worker = Self {
            db,
            clock,
            id,
            tenants,
            lease_micros: LEASE_MICROS,
            handlers: BTreeMap::new(),
            schedules: Vec::new(),
        };
        worker.register(FORGET.kind, move |db: Db, asker, _job| {
            let before = forget_clock.now().plus(-KEEP_DONE_MICROS);
            async move { Ok(db.write(asker, ForgetDone { before }).await?) }
        });
        worker.schedule(FORGET);
        worker
    }

    /// Makes leases last `micros` instead of a minute: the time in which a handler shows three times that it
    /// is alive.
    #[must_use]
    pub const fn with_lease(mut self, micros: i64) -> Self {
        self.lease_micros = micros;
        self
    }

    /// Says who does jobs of a kind; the last one said does. The handler may run twice for one job, also at
    /// the same time when this process was thought dead: see the crate's own words.
    pub fn register<F, R>(&mut self, kind: &'static str, handler: F)
    where
        F: Fn(Db, Asker, Job) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |db, asker, job| Box::pin(handler(db, asker, job)));
        self.handlers.insert(kind, handler);
    }

    /// Adds work that comes back, for every tenant.
    pub fn schedule(&mut self, schedule: Schedule) {
        self.schedules.push(schedule);
    }

    /// Does everything that is due now, one after another: tenants as they are given, jobs by when they are
    /// due and by id. Says how many there were. What is due later (also a job that is to be tried again)
    /// stays. For tests and for the simulated town.
    ///
    /// # Errors
    /// What the database cannot do.
    pub async fn run_until_idle(&self) -> Result<u64, Failure> {
        let mut count = 0;
        loop {
            let before = count;
            for tenant in (self.tenants)().await? {
                let asker = Asker::system(tenant);
                self.tick_all(asker).await?;
                while let Some(job) = self.claim(asker, 1).await?.into_iter().next() {
                    self.do_one(asker, job).await;
                    count += 1;
                    if count >= MOST_UNTIL_IDLE {
                        let endless = "jobs add jobs without end".to_owned();
                        return Err(DbError::Unavailable(endless).into());
                    }
                }
            }
            if count == before {
                return Ok(count);
            }
        }
    }

    /// When there is something to do next, for any tenant: a job, the end of a lease, or a tick.
    ///
    /// # Errors
    /// What the database cannot do.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, Failure> {
        let mut earliest: Option<Timestamp> = None;
        for tenant in (self.tenants)().await? {
            let next = self.next_of(Asker::system(tenant)).await?;
            earliest = earliest.into_iter().chain(next).min();
        }
        Ok(earliest)
    }

    async fn next_of(&self, asker: Asker) -> Result<Option<Timestamp>, Failure> {
        let kinds = self.kinds();
        let job = self.db.read(asker, move |tx| Box::pin(async move { Ok(next_due(tx, &kinds).await?) }));
        let job = job.await?;
        let ticks = self.ticks(asker).await?;
        Ok(ticks.into_iter().filter_map(|(_, next)| next).chain(job).min())
    }

    /// Each schedule with its next tick; none where the tenant has not seen it.
    async fn ticks(&self, asker: Asker) -> Result<Vec<(Schedule, Option<Timestamp>)>, Failure> {
        let known = self.db.read(asker, |tx| Box::pin(async move { Ok(next_ticks(tx).await?) })).await?;
        let next =
            |schedule: &Schedule| known.iter().find(|(name, _)| name == schedule.name).map(|(_, next)| *next);
        Ok(self.schedules.iter().map(|schedule| (*schedule, next(schedule))).collect())
    }

    /// Puts the jobs of ticks that have come into the queue. Writes only when there is something to write.
    async fn tick_all(&self, asker: Asker) -> Result<(), Failure> {
        let now = self.clock.now();
        for (schedule, known) in self.ticks(asker).await? {
            if known.is_none_or(|next| next <= now) {
                self.db.write(asker, Tick { schedule, known, now }).await?;
            }
        }
        Ok(())
    }

    /// Leases jobs that are due. Looks before it writes, since most looks find nothing.
    async fn claim(&self, asker: Asker, limit: u32) -> Result<Vec<Job>, Failure> {
        let (kinds, now) = (self.kinds(), self.clock.now());
        let due = {
            let kinds = kinds.clone();
            self.db.read(asker, move |tx| Box::pin(async move { Ok(next_due(tx, &kinds).await?) })).await?
        };
        if due.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        self.db
            .write(asker, Claim { worker: self.id, now, lease_micros: self.lease_micros, kinds, limit })
            .await
    }

    fn kinds(&self) -> Vec<&'static str> {
        self.handlers.keys().copied().collect()
    }
}

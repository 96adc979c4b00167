//! Work in the background: how it stands, and what a person decides about jobs that gave up.

use qige_db::journal::{self, Entry, SALT_BYTES, Stream};
use qige_db::{Command, Failure, Tx};
use qige_identity::Permission;
use qige_jobs::{Backlog, FailedJob};
use qige_kernel::{JobId, Refusal, RefusalKind, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::role_for;
use crate::page::Density;
use crate::sheet::{Cell, Listing, Rows, Said};
use crate::{Cx, Done, Fault, Input, Page, Path, Query, Routes, Text, View};

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/jobs", Permission::ReadJobs, "Work in the background, the waiting and the failed", show)
        .list::<JobsPage>(Permission::ReadJobs)
        .post("/admin/jobs/{id}/retry", Permission::RetryJobs, "Run a failed job again", retry)
        .post("/admin/jobs/{id}/discard", Permission::RetryJobs, "Give a failed job up", discard)
}

/// How work in the background stands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct JobsPage {
    /// Not begun.
    waiting: i64,
    /// Being done.
    running: i64,
    /// Gave up, all of them.
    failed: i64,
    /// Since when the longest waiting job could have begun.
    oldest_due: Option<Timestamp>,
    /// Those that gave up, the latest first.
    jobs: Vec<JobRow>,
    /// The next page.
    next: Option<String>,
    /// Whether this is not the first page.
    later: bool,
    may_retry: bool,
}

/// A job that gave up. What it was about is not shown: its payload may be.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct JobRow {
    id: JobId,
    /// Which handler failed.
    kind: String,
    attempts: u32,
    /// What went wrong the last time.
    problem: Option<String>,
    /// When it was wanted.
    wanted_at: Timestamp,
    /// When it gave up.
    failed_at: Timestamp,
}

impl From<FailedJob> for JobRow {
    fn from(job: FailedJob) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            attempts: job.attempts,
            problem: job.problem,
            wanted_at: job.run_after,
            failed_at: job.finished_at,
        }
    }
}

impl View for JobsPage {
    const TEMPLATE: &'static str = "admin/jobs.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("admin-jobs-title")
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let job = JobRow {
            id: JobId(uuid::Uuid::nil()),
            kind: "case-event".to_owned(),
            attempts: 12,
            problem: Some("the object store does not answer".to_owned()),
            wanted_at: at,
            failed_at: at,
        };
        let full = Self {
            waiting: 3,
            running: 1,
            failed: 51,
            oldest_due: Some(at),
            jobs: vec![job.clone(), JobRow { problem: None, ..job }],
            next: Some("/admin/jobs?before=1".to_owned()),
            later: true,
            may_retry: true,
        };
        let read_only = Self { may_retry: false, next: None, ..full.clone() };
        let idle = Self {
            waiting: 0,
            running: 0,
            failed: 0,
            oldest_due: None,
            jobs: Vec::new(),
            next: None,
            later: false,
            may_retry: true,
        };
        vec![full, read_only, idle]
    }
}

impl Listing for JobsPage {
    type Asked = Wanted;
    const PATHS: [&'static str; 2] = ["/admin/jobs.csv", "/admin/jobs.xlsx"];
    const SUMMARY: &'static str = "Jobs that gave up as a file";
    const NAME: &'static str = "jobs";
    const TITLE: &'static str = "admin-jobs-gave-up";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("list-kind", 30),
        ("list-attempts", 10),
        ("list-problem", 60),
        ("admin-jobs-wanted", 20),
        ("admin-jobs-failed-at", 20),
    ];

    async fn read(cx: Cx, wanted: Wanted) -> Result<Self, Fault> {
        Ok(show(cx, Query(wanted)).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |job: &JobRow| {
            vec![
                job.kind.clone().into(),
                Cell::count(job.attempts),
                job.problem.clone().into(),
                said.time(job.wanted_at),
                said.time(job.failed_at),
            ]
        };
        self.jobs.iter().map(row).collect()
    }

    fn first(_: Wanted) -> Wanted {
        Wanted::default()
    }

    fn next(&self, _: &Wanted) -> Option<Wanted> {
        let last = self.jobs.last().filter(|_| self.next.is_some())?;
        Some(Wanted { before: Some(last.failed_at.micros()), id: Some(last.id) })
    }
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
struct Wanted {
    /// Jobs that gave up before this instant, microseconds since 1970.
    before: Option<i64>,
    /// Of those at that instant, the ones before this.
    id: Option<JobId>,
}

async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<JobsPage>, Fault> {
    let before = wanted.before.map(Timestamp::from_micros).zip(wanted.id);
    let (backlog, found) = cx
        .read(move |tx| {
            Box::pin(async move { Ok((qige_jobs::backlog(tx).await?, qige_jobs::failed(tx, before).await?)) })
        })
        .await?;
    let Backlog { waiting, running, failed, oldest_due } = backlog;
    let next = found.next.map(|(at, id)| format!("/admin/jobs?before={}&id={id}", at.micros()));
    Ok(Page(JobsPage {
        waiting,
        running,
        failed,
        oldest_due,
        jobs: found.jobs.into_iter().map(JobRow::from).collect(),
        next,
        later: before.is_some(),
        may_retry: cx.signed_in()?.may(Permission::RetryJobs),
    }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

#[derive(Clone, Copy, Debug)]
enum What {
    Retry,
    Discard,
}

/// What becomes of a job that gave up, and who decided it.
#[derive(Debug)]
struct Decide {
    job: JobId,
    what: What,
    at: Timestamp,
    role: &'static str,
    salt: [u8; SALT_BYTES],
}

impl Command for Decide {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let (command, found) = match self.what {
            What::Retry => ("retry", qige_jobs::retry(tx, self.job, self.at).await?),
            What::Discard => ("discard", qige_jobs::discard(tx, self.job).await?),
        };
        if !found {
            return Err(Refusal::new(RefusalKind::Conflict, "job-not-failed").into());
        }
        let stream = Stream::new("job", self.job);
        let entry = Entry { stream, at: self.at, role: self.role, command, body: "{}", salt: self.salt };
        journal::append(tx, entry).await.map(drop)?;
        Ok(())
    }
}

async fn retry(cx: Cx, Path(id): Path<JobId>, _nothing: Input<Nothing>) -> Result<Done<JobsPage>, Fault> {
    decide(&cx, id, What::Retry, "admin-job-retried").await
}

async fn discard(cx: Cx, Path(id): Path<JobId>, _nothing: Input<Nothing>) -> Result<Done<JobsPage>, Fault> {
    decide(&cx, id, What::Discard, "admin-job-discarded").await
}

async fn decide(cx: &Cx, job: JobId, what: What, said: &'static str) -> Result<Done<JobsPage>, Fault> {
    let role = role_for(cx, Permission::RetryJobs)?.as_str();
    let salt = cx.app().entropy.bytes();
    cx.write(Decide { job, what, at: cx.now(), role, salt }).await?;
    Ok(Done::see("/admin/jobs").saying(Text::of(said)))
}

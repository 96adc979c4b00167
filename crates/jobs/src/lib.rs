//! Work to be done later: put into the same transaction as its cause, done at least once, never lost in
//! silence.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `job.rs` | [`NewJob`], [`Job`], [`JobError`]: a job before, during and after |
//! | `queue.rs` | [`enqueue`], [`cancel`], [`claim`], [`complete`], [`fail`]: the states of a job |
//! | `failures.rs` | [`failed`], [`retry`], [`discard`]: what a person decides about jobs that gave up |
//! | `schedule.rs` | [`Schedule`]: work that comes back, each tick once over all processes |
//! | `worker.rs` | [`Worker`]: claims jobs of all tenants and runs their handlers |
//!
//! A job may run twice: its process may die after the work and before the word of it. So a handler either
//! does all its work and [`complete`]s the job in one transaction, or its work is the same when done again.
//!
//! Never here: what a job does (its capability knows), a job outside the transaction that causes it, a
//! payload kept longer than its job needs it.

mod failures;
mod job;
mod queue;
mod schedule;
mod worker;

pub use failures::{Backlog, FailedJob, FailedPage, backlog, discard, failed, failed_count, retry};
pub use job::{ATTEMPTS, Job, JobError, NewJob};
pub use queue::{cancel, claim, complete, enqueue, fail, forget_done, next_due, renew};
pub use schedule::{Schedule, tick};
pub use worker::{Tenants, Worker};

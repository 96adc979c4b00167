//! Inboxes on both engines.

mod deliveries;
mod inbox;
mod posting;

use std::sync::Arc;

use qige_db::{Asker, Command, Db, Failure, Tx};
use qige_jobs::Worker;
use qige_kernel::{ManualClock, NoticeId, PersonId, ReportId, TenantId, Timestamp, UnitId};
use qige_notify::{About, InboxPage, NewNotice, Recipient};
use serde_json::json;
use uuid::Uuid;

pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

pub(crate) fn us() -> Asker {
    Asker::system(TenantId(Uuid::from_u128(1)))
}

pub(crate) fn person(number: u128) -> Recipient {
    Recipient::Person(PersonId(Uuid::from_u128(number)))
}

pub(crate) fn unit(number: u128) -> Recipient {
    Recipient::Unit(UnitId(Uuid::from_u128(number)))
}

pub(crate) fn follower(number: u128) -> Recipient {
    Recipient::Follower(ReportId(Uuid::from_u128(number)))
}

pub(crate) fn case(number: u128) -> About {
    About::new("case", Uuid::from_u128(number))
}

pub(crate) fn notice(recipient: Recipient, dedupe: &str, at: Timestamp) -> NewNotice {
    NewNotice {
        recipient,
        kind: "case-closed",
        args: json!({ "number": dedupe }),
        about: case(1),
        dedupe: dedupe.to_owned(),
        at,
        hold_until: None,
    }
}

/// What a test does in one transaction.
pub(crate) enum Step {
    Post(Vec<NewNotice>),
    Withdraw(About, &'static str, Timestamp),
    Read(NoticeId, Vec<Recipient>, Timestamp),
    ReadAll(Vec<Recipient>, Timestamp),
    EraseOf(Recipient),
    EraseAbout(About),
    Forget(Timestamp),
}

impl Command for Step {
    type Output = u64;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Failure> {
        Ok(match self {
            Self::Post(notices) => {
                let mut posted = 0;
                for new in notices {
                    posted += u64::from(qige_notify::post(tx, new).await?);
                }
                posted
            }
            Self::Withdraw(about, prefix, now) => {
                qige_notify::withdraw_held(tx, *about, prefix, *now).await?
            }
            Self::Read(id, recipients, now) => {
                let read = qige_notify::mark_read(tx, *id, recipients, *now).await?;
                assert!(read.as_ref().is_none_or(|notice| notice.read_at.is_some()));
                u64::from(read.is_some())
            }
            Self::ReadAll(recipients, now) => qige_notify::mark_all_read(tx, recipients, *now).await?,
            Self::EraseOf(recipient) => qige_notify::erase_of(tx, *recipient).await?,
            Self::Forget(before) => {
                assert_eq!(qige_notify::shown_before(tx, *before).await? > 0, *before > NOW);
                qige_notify::forget_before(tx, *before, 10).await?
            }
            Self::EraseAbout(about) => qige_notify::erase_about(tx, *about).await?,
        })
    }
}

pub(crate) async fn run(db: &Db, step: Step) -> u64 {
    db.write(us(), step).await.unwrap()
}

pub(crate) async fn page(
    db: &Db,
    recipients: &[Recipient],
    now: Timestamp,
    before: Option<qige_notify::Cursor>,
    limit: u32,
) -> InboxPage {
    let recipients = recipients.to_vec();
    let read = db.read(us(), move |tx| {
        Box::pin(async move { Ok(qige_notify::inbox(tx, &recipients, now, before, limit).await?) })
    });
    read.await.unwrap()
}

/// The dedupe keys of what the recipients see.
pub(crate) async fn seen(db: &Db, recipients: &[Recipient], now: Timestamp) -> Vec<String> {
    let page = page(db, recipients, now, None, 100).await;
    page.notices.iter().map(|notice| notice.args["number"].as_str().unwrap().to_owned()).collect()
}

pub(crate) async fn unread(db: &Db, recipients: &[Recipient], now: Timestamp) -> i64 {
    let recipients = recipients.to_vec();
    let read = db.read(us(), move |tx| {
        Box::pin(async move { Ok(qige_notify::unread_count(tx, &recipients, now).await?) })
    });
    read.await.unwrap()
}

pub(crate) fn worker(db: &Db, clock: &ManualClock) -> Worker {
    let clock = Arc::new(clock.clone());
    let tenants =
        Arc::new(|| -> qige_db::BoxFuture<'static, _> { Box::pin(async { Ok(vec![us().tenant]) }) });
    let mut worker = Worker::new(db.clone(), clock, Uuid::from_u128(1), tenants);
    qige_notify::work(&mut worker);
    worker
}

//! What the journal came to is signed each night, kept beside the database and in it, and held against the
//! journal the next night.

use std::io::Write as _;

use qige_db::{Asker, Command, Failure, Tx, journal};
use qige_identity::{KeepRoot, KeptRoot, Reach, Role, holders, roots_kept, tenant_by_id};
use qige_jobs::{JobError, Schedule};
use qige_kernel::Timestamp;
use qige_notify::{About, NewNotice, Recipient, post};
use serde_json::json;

use crate::App;

/// Nightly, at 04:10 in China.
pub(crate) const ROOT: Schedule = Schedule {
    name: "journal.root",
    kind: "journal.root",
    every_micros: Timestamp::DAY,
    offset_micros: 20 * Timestamp::HOUR + 10 * Timestamp::MINUTE,
};
/// Lines younger than this, microseconds, are left to the next root: what bears an earlier time may still
/// be on its way.
const LEFT_MICROS: i64 = Timestamp::HOUR;
/// Folder of the roots, inside the data folder.
const FOLDER: &str = "roots";

/// Makes the root of the day, after looking whether the one before still holds.
pub(crate) async fn root(app: App, asker: Asker) -> Result<(), JobError> {
    let (now, until) = (app.now(), app.now().plus(-LEFT_MICROS));
    let before = app.db.read(asker, |tx| Box::pin(async move { Ok(roots_kept(tx, 1).await?.pop()) })).await?;
    if before.as_ref().is_some_and(|before| before.until >= until) {
        return Ok(());
    }
    let instants: Vec<Timestamp> = before.iter().map(|before| before.until).chain([until]).collect();
    let mut roots =
        app.db.read(asker, |tx| Box::pin(async move { Ok(journal::roots(tx, &instants).await?) })).await?;
    let Some(newest) = roots.pop() else { return Ok(()) };
    let holds = before.as_ref().zip(roots.pop()).is_none_or(|(before, then)| before.is_of(&then));
    if let (false, Some(before)) = (holds, &before) {
        tracing::error!(until = %before.until, "the journal does not come to its root any more");
        app.db.write(asker, Alarm { until: before.until, now }).await?;
    }
    let kept = KeptRoot::signed(&app.vault, asker.tenant, &newest, holds, now).await?;
    write(&app, asker, &kept).await?;
    app.db.write(asker, KeepRoot(kept)).await?;
    Ok(())
}

/// A file beside the database, for whoever copies it elsewhere.
async fn write(app: &App, asker: Asker, kept: &KeptRoot) -> Result<(), JobError> {
    let tenant = app
        .db
        .read(asker, move |tx| Box::pin(async move { Ok(tenant_by_id(tx, asker.tenant).await?) }))
        .await?;
    let slug = tenant.map_or_else(|| asker.tenant.to_string(), |tenant| tenant.slug);
    let day = kept.until.to_string();
    let name = day.get(..10).unwrap_or("root").to_owned();
    let file = app.settings.data_folder.join(FOLDER).join(slug).join(format!("{name}.txt"));
    let text = kept.text(asker.tenant);
    let written = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(file.parent().unwrap_or(&file))?;
        let mut file = std::fs::File::create(file)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    let written = written.await.map_err(|error| JobError::Retry(error.to_string()))?;
    written.map_err(|error| JobError::Retry(error.to_string()))
}

/// Tells the auditors.
struct Alarm {
    until: Timestamp,
    now: Timestamp,
}

impl Command for Alarm {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let tenant = tx.tenant();
        for auditor in holders(tx, Role::Auditor, &Reach::default(), self.now).await? {
            let notice = NewNotice {
                recipient: Recipient::Person(auditor),
                kind: "journal-changed",
                args: json!({}),
                about: About::new("journal", tenant),
                dedupe: format!("journal-root/{}", self.until.micros()),
                at: self.now,
                hold_until: None,
            };
            post(tx, &notice).await?;
        }
        Ok(())
    }
}

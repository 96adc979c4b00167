//! What the journal came to is signed each night, kept beside the database and in it, and held against the
//! journal the next night.

use std::io::Write as _;
use std::path::Path;

use qige_db::{Asker, Command, Failure, Tx};
use qige_identity::{
    Before, KeepRoot, KeptRoot, Reach, Role, RootFault, Stamp, WrongRoot, holders, newest_root, seals,
};
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

/// Makes the root of the day, after looking whether those before still hold.
pub(crate) async fn root(app: App, asker: Asker) -> Result<(), JobError> {
    let (now, until) = (app.now(), app.now().plus(-LEFT_MICROS));
    let read =
        app.db.read(asker, |tx| Box::pin(async move { Ok((newest_root(tx).await?, seals(tx).await?)) }));
    let (newest, seals) = read.await?;
    if let Some(newest) = &newest {
        // Where the last run was stopped between keeping it and this.
        write(&app, asker, newest).await?;
        if newest.until >= until {
            return Ok(());
        }
    }
    let (rooted, came_to) = app.rooted_at(asker, &[], Some(until)).await?;
    let Some(came_to) = came_to else { return Ok(()) };
    // Of what did not hold on an earlier night they were told then.
    let new = |fault: &&RootFault| fault.what != WrongRoot::DidNotHold;
    if let Some(fault) = rooted.faults.iter().find(new) {
        tracing::error!(%fault, "the roots of the journal do not hold");
        app.db.write(asker, Alarm { until: rooted.until.unwrap_or(until), now }).await?;
    }
    let last = newest.as_ref().map_or(0, |newest| newest.number);
    let before = Before {
        number: seals.iter().map(|seal| seal.number).fold(last, i64::max),
        digest: newest.as_ref().map_or([0; 32], |newest| newest.digest(asker.tenant)),
        holds: rooted.faults.iter().all(|fault| fault.what != WrongRoot::Changed),
    };
    let root = KeptRoot::signed(&app.vault, asker.tenant, &came_to, before, now).await?;
    let stamp = Stamp::new(now, None, &app.entropy);
    app.db.write(asker, KeepRoot { root: root.clone(), stamp }).await?;
    write(&app, asker, &root).await
}

/// A file beside the database, for whoever copies it elsewhere, unless it is there.
async fn write(app: &App, asker: Asker, kept: &KeptRoot) -> Result<(), JobError> {
    let folder = app.roots_folder(asker).await?;
    let day = kept.until.to_string();
    let file = folder.join(format!("{}-{}.txt", day.get(..10).unwrap_or("root"), kept.number));
    let text = kept.text(asker.tenant);
    let written = tokio::task::spawn_blocking(move || written(&folder, &file, &text)).await;
    let written = written.map_err(|error| JobError::Retry(error.to_string()))?;
    written.map_err(|error| JobError::Retry(error.to_string()))
}

/// Whole or not at all, and never over what is there: that would be found to differ and must stay.
fn written(folder: &Path, file: &Path, text: &str) -> std::io::Result<()> {
    if file.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    let aside = file.with_extension("part");
    let mut part = std::fs::File::create(&aside)?;
    part.write_all(text.as_bytes())?;
    part.sync_all()?;
    std::fs::rename(aside, file)
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

//! What is kept goes when its term is over: one job for all of it, by the rules that the tenant set. It goes
//! in steps, each a transaction with its line of the log, so that it can be stopped anywhere and goes on.

use qige_blobs::{erase, sweep};
use qige_cases::handover::{erase_old_handovers, old_handovers};
use qige_cases::retention::{OfEnded, count_of_ended, erase_words, of_ended};
use qige_db::{Asker, Command, DbError, Failure, Tx};
use qige_identity::{
    ForgetOld, KeptAction, KeptClass, KeptRule, Stamp, erase_numbers, erase_old_consents,
    erase_old_guardians, erase_old_readings, erase_old_rights, forget_names, forget_sign_ins, left_with_name,
    log_retention, old_consents, old_guardians, old_readings, old_rights, old_sign_ins, retention_rules,
};
use qige_jobs::{JobError, Schedule};
use qige_kernel::{ObjectId, Timestamp};
use qige_notify::{forget_before, forget_sent_before, sent_before, shown_before};
use qige_sync::expire;
use serde::Serialize;

use crate::App;

/// Nightly, at 03:10 in China.
pub(crate) const RUN: Schedule = Schedule {
    name: "retention",
    kind: "retention",
    every_micros: Timestamp::DAY,
    offset_micros: 19 * Timestamp::HOUR + 10 * Timestamp::MINUTE,
};
/// Ended credentials, old tries at signing in and keys of old requests go by the hour: there are many.
pub(crate) const RUN_OFTEN: Schedule = Schedule {
    name: "identity.forget",
    kind: "identity.forget",
    every_micros: Timestamp::HOUR,
    offset_micros: 17 * Timestamp::MINUTE,
};
/// Things of one step: some tenth of a second, in which nobody else writes where there is one writer.
const AT_ONCE: i64 = 200;
/// Cases of one step: each has some twenty statements.
const CASES_AT_ONCE: i64 = 40;
/// How far a forecast looks, in days.
pub const FORECAST_DAYS: [i64; 3] = [7, 30, 90];

/// What will go of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// Of which.
    pub class: KeptClass,
    /// By which rule.
    pub rule: KeptRule,
    /// How many go with the next run.
    pub due: i64,
    /// How many will have gone in [`FORECAST_DAYS`], as far as is known today.
    pub within: [i64; 3],
}

/// Before when what a class is counted from must lie, to go at an instant.
fn before(rule: KeptRule, at: Timestamp) -> Timestamp {
    at.plus(rule.days.saturating_mul(-Timestamp::DAY))
}

/// What will go when, and how many.
///
/// # Errors
/// [`DbError`].
pub async fn forecast(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Forecast>, DbError> {
    let rules = retention_rules(tx).await?;
    let mut all = Vec::with_capacity(KeptClass::ALL.len());
    for class in KeptClass::ALL.iter().copied() {
        let rule = rules.of(class);
        let mut one = Forecast { class, rule, due: 0, within: [0; 3] };
        if rule.action != KeptAction::Keep {
            one.due = count(tx, class, before(rule, now)).await?;
            for (within, days) in one.within.iter_mut().zip(FORECAST_DAYS) {
                *within = count(tx, class, before(rule, now.plus(days * Timestamp::DAY))).await?;
            }
        }
        all.push(one);
    }
    Ok(all)
}

async fn count(tx: &mut Tx<'_>, class: KeptClass, before: Timestamp) -> Result<i64, DbError> {
    match class {
        KeptClass::Photos => count_of_ended(tx, OfEnded::Photos, before).await,
        KeptClass::Voice => count_of_ended(tx, OfEnded::Voices, before).await,
        KeptClass::Contacts => count_of_ended(tx, OfEnded::Contacts, before).await,
        KeptClass::Notices => shown_before(tx, before).await,
        KeptClass::AccessLog => old_readings(tx, before).await,
        KeptClass::People => left_with_name(tx, before).await,
        KeptClass::Children => old_guardians(tx, before).await,
        KeptClass::Consents => old_consents(tx, before).await,
        KeptClass::Requests => old_rights(tx, before).await,
        KeptClass::SignInLog => old_sign_ins(tx, before).await,
        KeptClass::Deliveries => sent_before(tx, before).await,
        KeptClass::Words => {
            Ok(count_of_ended(tx, OfEnded::Words, before).await? + old_handovers(tx, before).await?)
        }
        // Nobody's, or gone within days: it is not counted beforehand.
        KeptClass::Cases | KeptClass::SignIns | KeptClass::Leftovers => Ok(0),
    }
}

/// Some of one class go.
struct Step {
    class: KeptClass,
    rule: KeptRule,
    /// When the run began.
    run_at: Timestamp,
    stamp: Stamp,
}

impl Command for Step {
    type Output = u64;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Failure> {
        let (now, before) = (self.stamp.at, before(self.rule, self.stamp.at));
        let gone = match self.class {
            KeptClass::Photos => erase_objects(tx, OfEnded::Photos, before, now).await?,
            KeptClass::Voice => erase_objects(tx, OfEnded::Voices, before, now).await?,
            KeptClass::Contacts => {
                let reports = of_ended(tx, OfEnded::Contacts, before, AT_ONCE).await?;
                erase_numbers(tx, &reports, &self.stamp).await?
            }
            KeptClass::Notices => forget_before(tx, before, AT_ONCE).await?,
            KeptClass::AccessLog => erase_old_readings(tx, before, AT_ONCE, &self.stamp).await?,
            KeptClass::People => forget_names(tx, before, AT_ONCE, &self.stamp).await?,
            KeptClass::Children => erase_old_guardians(tx, before, now, AT_ONCE).await?,
            KeptClass::Consents => erase_old_consents(tx, before, now, AT_ONCE).await?,
            KeptClass::Requests => erase_old_rights(tx, before, AT_ONCE).await?,
            KeptClass::SignInLog => forget_sign_ins(tx, before, AT_ONCE).await?,
            KeptClass::Deliveries => forget_sent_before(tx, before, AT_ONCE).await?,
            KeptClass::Words => {
                let cases = of_ended(tx, OfEnded::Words, before, CASES_AT_ONCE).await?;
                let erased = erase_words(tx, &cases, &self.stamp).await?;
                erased + erase_old_handovers(tx, before, &self.stamp, AT_ONCE).await?
            }
            KeptClass::Cases | KeptClass::SignIns | KeptClass::Leftovers => 0,
        };
        log_retention(tx, self.run_at, self.class, self.rule.action, gone).await?;
        Ok(gone)
    }
}

async fn erase_objects(
    tx: &mut Tx<'_>,
    what: OfEnded,
    before: Timestamp,
    now: Timestamp,
) -> Result<u64, DbError> {
    let mut erased = 0;
    for id in of_ended(tx, what, before, AT_ONCE).await? {
        erased += u64::from(erase(tx, ObjectId(id), now).await?);
    }
    Ok(erased)
}

/// What went by its own ways, for the log.
struct Logged {
    class: KeptClass,
    run_at: Timestamp,
    items: u64,
}

impl Command for Logged {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let Self { class, run_at, items } = *self;
        Ok(log_retention(tx, run_at, class, KeptAction::Erase, items).await?)
    }
}

/// Lets go of everything whose term is over, and then of the bytes of what was erased.
pub(crate) async fn run(app: App, asker: Asker) -> Result<(), JobError> {
    let run_at = app.now();
    let rules = app.db.read(asker, |tx| Box::pin(async move { Ok(retention_rules(tx).await?) })).await?;
    for class in KeptClass::ALL.iter().copied() {
        let rule = rules.of(class);
        if rule.action == KeptAction::Keep {
            continue;
        }
        let step = || Step { class, rule, run_at, stamp: Stamp::new(run_at, None, &app.entropy) };
        while app.db.write(asker, step()).await? > 0 {}
    }
    let expired = expire(&app.db, &app.uploads.staging, asker.tenant, run_at).await.map_err(retry)?;
    let swept = sweep(&app.db, &app.store, asker.tenant, run_at).await.map_err(retry)?;
    let items = [expired.unfinished, expired.unused, swept.unheld, swept.orphans].iter().sum();
    app.db.write(asker, Logged { class: KeptClass::Leftovers, run_at, items }).await?;
    Ok(())
}

/// Lets go of what identity no longer needs.
pub(crate) async fn run_often(app: App, asker: Asker) -> Result<(), JobError> {
    let run_at = app.now();
    let gone = app.db.write(asker, ForgetOld { at: run_at }).await?;
    let items = gone.tries + gone.request_keys + gone.credentials;
    app.db.write(asker, Logged { class: KeptClass::SignIns, run_at, items }).await?;
    Ok(())
}

fn retry(error: impl std::fmt::Display) -> JobError {
    JobError::Retry(error.to_string())
}

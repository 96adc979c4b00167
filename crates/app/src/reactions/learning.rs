//! A model that suggests matters is made from the cases that were filed: each night, and when somebody asks.
//! Cases are read in pages by readers, and counted beside them, so that nobody who writes waits for it.

use qige_cases::suggest::keep::{KeepModel, NEWEST, filed_cases};
use qige_cases::suggest::{Lessons, MIN_LESSONS, Source, Suggesting};
use qige_db::{Asker, Command, Failure, Tx};
use qige_identity::setting;
use qige_jobs::{JobError, NewJob, Schedule, enqueue};
use qige_kernel::Timestamp;
use serde_json::json;

use crate::App;
use crate::rulebook::SUGGESTION_SETTING;

/// How often a model is made: at 03:30 in China, when little is reported.
pub(crate) const LEARN: Schedule = Schedule {
    name: "cases.learn",
    kind: "cases.learn",
    every_micros: Timestamp::DAY,
    offset_micros: 19 * Timestamp::HOUR + 30 * Timestamp::MINUTE,
};
/// Cases read at once: some milliseconds of one reader.
const CASES_AT_ONCE: i64 = 1_000;

/// Has a model made now, and not only at night.
#[derive(Clone, Copy, Debug)]
pub struct LearnNow {
    /// When.
    pub at: Timestamp,
}

impl Command for LearnNow {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        enqueue(tx, NewJob::new(LEARN.kind, json!({}), self.at)).await?;
        Ok(())
    }
}

/// Makes a model, unless nothing is to be learnt, or too little is there to learn from.
pub(crate) async fn learn(app: App, asker: Asker) -> Result<(), JobError> {
    let suggesting: Option<Suggesting> =
        app.db.read(asker, |tx| Box::pin(async move { Ok(setting(tx, SUGGESTION_SETTING).await?) })).await?;
    let suggesting = suggesting.unwrap_or_default();
    if suggesting.from != Source::Learned {
        return Ok(());
    }
    let lessons = lessons(&app, asker).await?;
    if lessons.len() < MIN_LESSONS {
        tracing::info!(cases = lessons.len(), "too few filed cases to learn from");
        return Ok(());
    }
    let cases = lessons.len();
    let counted = tokio::task::spawn_blocking(move || lessons.learn_and_measure()).await;
    let (model, quality) = counted.map_err(|error| JobError::Retry(error.to_string()))?;
    let number = |count| i64::try_from(count).unwrap_or(i64::MAX);
    let (cases, words) = (number(cases), number(model.word_count()));
    let (bytes, kept_to, at) = (model.bytes(), suggesting.version, app.now());
    let version = app.db.write(asker, KeepModel { bytes, cases, words, quality, kept_to, at }).await?;
    tracing::info!(version, cases, words, "learnt from filed cases");
    Ok(())
}

async fn lessons(app: &App, asker: Asker) -> Result<Lessons, Failure> {
    let calendar = app.rulebooks.of(asker.tenant, app.now()).await?.calendar.clone();
    let (mut lessons, mut before) = (Lessons::default(), Some(NEWEST));
    while let Some(from) = before {
        let calendar = calendar.clone();
        let (cases, more) = app
            .db
            .read(asker, move |tx| {
                Box::pin(async move { Ok(filed_cases(tx, from, calendar.zone(), CASES_AT_ONCE).await?) })
            })
            .await?;
        let room = cases.into_iter().all(|case| lessons.take(case));
        before = more.filter(|_| room);
    }
    Ok(lessons)
}

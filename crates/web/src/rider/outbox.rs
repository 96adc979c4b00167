//! What a phone kept while it was without signal: records in order, taken once, answered the same ever after.

use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http_body_util::{BodyExt, Limited};
use qige_cases::{NewReport, Origin, Reporter};
use qige_kernel::{ObjectId, PersonId, Refusal, RefusalKind, ReportId, Timestamp};
use qige_sync::{Answer, Batch, Record, TakeRecord, Taken, status};
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::body::{ReportBody, reporter};
use crate::describe::{Describe, Description};
use crate::locale::Arg;
use crate::{Access, BearerOnly, Cx, FORM_BYTES_MAX, Fault, Query, Routes, State, Text};

pub(super) fn routes() -> Routes {
    Routes::of("outbox")
        .post("/sync/records", Access::Device, "Hand over what a phone kept, in order", records)
        .get("/sync/status", Access::Device, "How many records of an outbox are here", standing)
}

/// A batch as it comes, read whole before anything in it is judged: one record that says something odd must
/// not hold up the others.
#[derive(Debug)]
struct Whole(Batch);

impl FromRequest<State> for Whole {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &State) -> Result<Self, Fault> {
        let body = Limited::new(request.into_body(), FORM_BYTES_MAX).collect().await.map_err(|error| {
            if error.is::<http_body_util::LengthLimitError>() {
                let refusal = Refusal::new(RefusalKind::TooLarge, "too-large");
                Fault::from(refusal.with("kilobytes", FORM_BYTES_MAX / 1024))
            } else {
                Fault::unreadable("broken-off", error)
            }
        })?;
        let batch = serde_json::from_slice(&body.to_bytes());
        batch.map(Self).map_err(|error| Fault::unreadable("malformed-json", error))
    }
}

impl Describe for Whole {
    fn describe(to: &mut Description) {
        to.request = Some(SchemaGenerator::subschema_for::<Batch>);
    }
}

/// What became of a batch.
#[derive(Debug, Serialize, JsonSchema)]
struct Results {
    /// The place that is to be filled next.
    next: i64,
    /// One for each record.
    results: Vec<RecordResult>,
}

/// What became of a record.
#[derive(Debug, Serialize, JsonSchema)]
struct RecordResult {
    index: i64,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
enum Outcome {
    /// It was done.
    Accepted { receipt: Proof },
    /// It was not done, and will not be.
    Refused { problem: Problem },
}

/// What proves that a report is here.
#[derive(Debug, Serialize, JsonSchema)]
struct Proof {
    report: ReportId,
    at: Timestamp,
    /// By which a reporter without an account follows it.
    follow_code: Option<String>,
    /// Where it is followed.
    url: Option<String>,
}

/// Why not (RFC 9457).
#[derive(Debug, Serialize, JsonSchema)]
struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    detail: String,
}

async fn records(cx: Cx, _bearer: BearerOnly, batch: Whole) -> Result<Response, Fault> {
    let Whole(batch) = batch;
    batch.check().map_err(Refusal::from)?;
    own_device(&cx, batch.device)?;
    let person = cx.who().map(|who| who.person);
    let mut results = Vec::with_capacity(batch.records.len());
    for record in batch.records {
        let index = record.index;
        match cx.write(taken(&cx, batch.device, person, record).await?).await? {
            Taken::Answered(answer) => {
                results.push(RecordResult { index, outcome: outcome(&cx, answer).await? });
            }
            Taken::Gap { next } if results.is_empty() => {
                return Ok((StatusCode::CONFLICT, Json(json!({ "next": next }))).into_response());
            }
            // Another batch of the same phone was quicker; what is left comes with the next one.
            Taken::Gap { .. } => break,
        }
    }
    let next = next_place(&cx, batch.device, person).await?;
    Ok(Json(Results { next, results }).into_response())
}

/// A phone speaks for its own outbox.
fn own_device(cx: &Cx, device: Uuid) -> Result<(), Fault> {
    let own = cx.device().is_some_and(|own| own.device == device);
    if own { Ok(()) } else { Err(Refusal::new(RefusalKind::Forbidden, "outbox-of-another").into()) }
}

async fn next_place(cx: &Cx, device: Uuid, person: Option<PersonId>) -> Result<i64, Fault> {
    let next = cx.read(move |tx| Box::pin(async move { Ok(status(tx, device, person).await?) })).await?;
    Ok(next.unwrap_or(0))
}

/// A record with the report that it is, or with the reason why it is none.
async fn taken(cx: &Cx, device: Uuid, person: Option<PersonId>, record: Record) -> Result<TakeRecord, Fault> {
    let Record { index, id, kind, body } = record;
    let read = match kind.as_str() {
        "report" => serde_json::from_value::<ReportBody>(body).map_err(|error| {
            // Not its words: they may hold what the phone sent.
            tracing::warn!(line = error.line(), column = error.column(), "a phone's record cannot be read");
            Refusal::new(RefusalKind::Invalid, "record-unreadable")
        }),
        _ => Err(Refusal::new(RefusalKind::Invalid, "record-of-another-kind")),
    };
    let report = match read {
        Ok(body) => prepared(cx, ReportId(id), body).await?,
        Err(refusal) => Err(refusal),
    };
    Ok(TakeRecord { device, person, index, id, kind, report, now: cx.now() })
}

async fn prepared(cx: &Cx, id: ReportId, body: ReportBody) -> Result<Result<NewReport, Refusal>, Fault> {
    let by = reporter(cx.who(), body.solved);
    let photos: Vec<ObjectId> = body.photos.iter().map(|photo| photo.id).collect();
    let draft = body.draft(id, by, Origin::Phone, &photos);
    match cx.app().prepare_report(cx.tenant()?.id, draft).await {
        Ok(report) => Ok(Ok(report)),
        Err(qige_db::Failure::Refused(refusal)) => Ok(Err(refusal)),
        Err(failure) => Err(failure.into()),
    }
}

async fn outcome(cx: &Cx, answer: Answer) -> Result<Outcome, Fault> {
    Ok(match answer {
        Answer::Accepted { receipt } => {
            let (follow_code, url) = match reporter(cx.who(), false) {
                Reporter::Person(..) => (None, format!("/mine/{}", receipt.case)),
                Reporter::Stranger => {
                    let code = cx.app().follow_code(cx.tenant()?.id, receipt.report).await?.to_string();
                    let url = format!("/follow/{code}");
                    (Some(code), url)
                }
            };
            let proof = Proof { report: receipt.report, at: receipt.at, follow_code, url: Some(url) };
            Outcome::Accepted { receipt: proof }
        }
        Answer::Refused { code, args } => {
            let args = args.into_iter().map(|(name, value)| (name, Arg::Text(value))).collect();
            let detail = cx.say(&Text { key: format!("refusal-{code}").into(), args });
            let title = cx.say(&Text::of("outbox-refused"));
            Outcome::Refused { problem: Problem { kind: format!("/problems/{code}"), title, detail } }
        }
    })
}

/// Whose outbox.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Asked {
    /// As the phone calls itself.
    device: Uuid,
}

/// Where an outbox stands.
#[derive(Debug, Serialize, JsonSchema)]
struct Standing {
    /// The place that is to be filled next.
    next: i64,
}

async fn standing(cx: Cx, Query(asked): Query<Asked>) -> Result<Json<Standing>, Fault> {
    own_device(&cx, asked.device)?;
    let person = cx.who().map(|who| who.person);
    Ok(Json(Standing { next: next_place(&cx, asked.device, person).await? }))
}

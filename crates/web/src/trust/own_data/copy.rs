//! All that is kept about somebody, for them to take along.

use std::collections::BTreeMap;

use qige_cases::queries::{OwnAnswered, OwnData, OwnReported, OwnSaid, own_data, own_report};
use qige_cases::{MatterKey, State};
use qige_db::{Failure, Tx};
use qige_identity::{ReadingFilter, RightRow, Subject, readings, rights_of};
use qige_kernel::{CaseId, ObjectId, ReportId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::RequestLine;
use super::account::{Account, account};
use super::files::{OwnFile, OwnFiles};
use crate::consent::line::{ConsentLine, all_of};
use crate::public::follow::by_code;
use crate::rider::matter::Matter;
use crate::trust::row::{ReadingLine, page_of, samples};
use crate::{Cx, Fault, Locale, Page, Path, Query, Text, View};

/// Readings in the copy at most.
const READINGS_MAX: u32 = 2_000;

/// All that is kept about somebody.
#[derive(Clone, Serialize, JsonSchema)]
pub(super) struct CopyPage {
    /// The subdistrict that keeps it.
    kept_by: String,
    made_at: Timestamp,
    /// Nothing where they have no account.
    account: Option<Account>,
    reported: Vec<Reported>,
    said: Vec<Said>,
    answered: Vec<Answered>,
    consents: Vec<ConsentLine>,
    /// Who opened their sensitive data, the newest first.
    readings: Vec<ReadingLine>,
    requests: Vec<RequestLine>,
    /// There is more than fits: the newest is here.
    cut: bool,
    /// It lies in one file with the photos.
    packed: bool,
    /// Below which address the photos are, where it does not.
    base: String,
}

impl std::fmt::Debug for CopyPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CopyPage({})", self.made_at)
    }
}

#[derive(Clone, Serialize, JsonSchema)]
struct Reported {
    report: ReportId,
    case: CaseId,
    number: Option<String>,
    state: State,
    matter: Option<MatterKey>,
    matter_name: Option<String>,
    words: String,
    /// When they went because their term was over.
    words_erased_at: Option<Timestamp>,
    lng: Option<f64>,
    lat: Option<f64>,
    accuracy_metres: Option<f64>,
    made_at: Timestamp,
    received_at: Timestamp,
    origin: String,
    joined: bool,
    solved: bool,
    /// In the file: `photos/<id>.jpg`.
    photos: Vec<ObjectId>,
    /// Where the voice note lies in the file.
    voice: Option<String>,
}

impl Reported {
    fn of(row: OwnReported, photos: Vec<ObjectId>, voice: Option<String>, locale: Locale) -> Self {
        Self {
            report: row.id,
            case: row.case_id,
            number: row.number,
            state: row.state,
            matter_name: row.matter.map(|key| Matter::of(key, locale).name),
            matter: row.matter,
            words: row.words,
            words_erased_at: row.words_erased_at,
            lng: row.lng,
            lat: row.lat,
            accuracy_metres: row.accuracy,
            made_at: row.made_at,
            received_at: row.received_at,
            origin: row.origin,
            joined: row.joined,
            solved: row.solved,
            photos,
            voice,
        }
    }

    fn sample() -> Self {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        Self {
            report: ReportId(Uuid::nil()),
            case: CaseId(Uuid::nil()),
            number: Some("20260923-0007".to_owned()),
            state: State::Filed,
            matter: "matter-06-012".parse().ok(),
            matter_name: Some("占道经营".to_owned()),
            words: "摊位占了半条路".to_owned(),
            words_erased_at: None,
            lng: Some(118.752),
            lat: Some(34.542),
            accuracy_metres: Some(12.0),
            made_at: at,
            received_at: at,
            origin: "phone".to_owned(),
            joined: true,
            solved: true,
            photos: vec![ObjectId(Uuid::nil())],
            voice: Some(format!("voice/{}.webm", Uuid::nil())),
        }
    }
}

#[derive(Clone, Serialize, JsonSchema)]
struct Said {
    case: CaseId,
    words: String,
    /// When they went because their term was over.
    words_erased_at: Option<Timestamp>,
    at: Timestamp,
}

#[derive(Clone, Serialize, JsonSchema)]
struct Answered {
    case: CaseId,
    answer: Option<String>,
    /// When it went because its term was over.
    words_erased_at: Option<Timestamp>,
    stars: Option<i64>,
    at: Timestamp,
}

impl From<OwnSaid> for Said {
    fn from(row: OwnSaid) -> Self {
        let OwnSaid { case_id: case, words, words_erased_at, made_at: at, .. } = row;
        Self { case, words, words_erased_at, at }
    }
}

impl From<OwnAnswered> for Answered {
    fn from(row: OwnAnswered) -> Self {
        let OwnAnswered { case_id: case, answer, words_erased_at, stars, answered_at: at, .. } = row;
        Self { case, answer, words_erased_at, stars, at }
    }
}

impl View for CopyPage {
    const TEMPLATE: &'static str = "trust/copy.html";

    fn title(&self) -> Text {
        Text::of("own-data-title")
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let case = CaseId(Uuid::nil());
        let bare = Self {
            kept_by: "牛山街道".to_owned(),
            made_at: at,
            account: None,
            reported: Vec::new(),
            said: Vec::new(),
            answered: Vec::new(),
            consents: Vec::new(),
            readings: Vec::new(),
            requests: Vec::new(),
            cut: false,
            packed: false,
            base: String::new(),
        };
        let said = Said { case, words: "还在".to_owned(), words_erased_at: None, at };
        let answered =
            Answered { case, answer: Some("东侧".to_owned()), words_erased_at: None, stars: Some(4), at };
        let bare_report =
            Reported { words: String::new(), words_erased_at: Some(at), voice: None, ..Reported::sample() };
        let full = Self {
            account: Some(Account::sample()),
            reported: vec![Reported::sample(), bare_report],
            said: vec![said.clone(), Said { words: String::new(), words_erased_at: Some(at), ..said }],
            answered: vec![
                answered.clone(),
                Answered { answer: None, words_erased_at: Some(at), ..answered },
            ],
            consents: vec![ConsentLine::sample(qige_identity::ConsentStanding::Holds)],
            readings: samples(),
            requests: vec![RequestLine::sample(Some(true))],
            cut: true,
            ..bare.clone()
        };
        vec![Self { packed: true, ..full.clone() }, full, bare]
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Asked {
    /// As it lies in one file with the photos.
    #[serde(default)]
    packed: bool,
}

pub(super) async fn all(cx: Cx, Query(Asked { packed }): Query<Asked>) -> Result<Page<CopyPage>, Fault> {
    let id = cx.signed_in()?.person;
    let account = account(&cx, id).await?;
    let data = cx.read(move |tx| Box::pin(async move { Ok(own_data(tx, id).await?) })).await?;
    let page = copy(&cx, Subject::Person(id), Some(account), data).await?;
    Ok(Page(CopyPage { packed, ..page }))
}

pub(super) async fn all_of_code(
    cx: Cx,
    Path(code): Path<String>,
    Query(Asked { packed }): Query<Asked>,
) -> Result<Page<CopyPage>, Fault> {
    let found = by_code(&cx, &code).await?;
    let report = found.case.report;
    let data = cx.read(move |tx| Box::pin(async move { Ok(own_report(tx, report).await?) })).await?;
    let page = copy(&cx, Subject::Report(report), None, data).await?;
    Ok(Page(CopyPage { packed, base: format!("/follow/{}", found.code), ..page }))
}

/// What else is kept of a subject.
async fn kept(
    tx: &mut Tx<'_>,
    subject: Subject,
    now: Timestamp,
    locale: Locale,
) -> Result<(Vec<ConsentLine>, Vec<qige_identity::ReadingRow>, Vec<RightRow>), Failure> {
    let (cards, past) = all_of(tx, subject, now, locale, &|_| None).await?;
    let consents = cards.into_iter().flat_map(|card| card.holding).chain(past).collect();
    let filter = ReadingFilter { owner: Some(subject.id()), ..ReadingFilter::default() };
    Ok((consents, readings(tx, &filter, None, READINGS_MAX).await?, rights_of(tx, subject).await?))
}

async fn copy(cx: &Cx, subject: Subject, account: Option<Account>, data: OwnData) -> Result<CopyPage, Fault> {
    let (now, locale) = (cx.now(), cx.locale());
    let (consents, rows, requests) = cx.read(move |tx| Box::pin(kept(tx, subject, now, locale))).await?;
    let files = cx.read(move |tx| Box::pin(OwnFiles::of(tx, subject))).await?;
    let mut photos: BTreeMap<ReportId, Vec<ObjectId>> = BTreeMap::new();
    for OwnFile { report, object, .. } in files.photos {
        photos.entry(report).or_default().push(object);
    }
    let mut voices: BTreeMap<ReportId, String> =
        files.voices.into_iter().map(|voice| (voice.report, voice.path)).collect();
    let mut readings = page_of(rows, READINGS_MAX).0;
    if account.is_none() {
        // Whoever has a code alone is told that the centre looked, not which of its people.
        for line in &mut readings {
            (line.reader, line.reader_name) = (None, None);
        }
    }
    let cut = data.is_cut();
    let reported = data.reported.into_iter().map(|row| {
        let (photos, voice) = (photos.remove(&row.id).unwrap_or_default(), voices.remove(&row.id));
        Reported::of(row, photos, voice, locale)
    });
    Ok(CopyPage {
        kept_by: cx.tenant()?.name.clone(),
        made_at: now,
        account,
        reported: reported.collect(),
        said: data.said.into_iter().map(Said::from).collect(),
        answered: data.answered.into_iter().map(Answered::from).collect(),
        consents,
        readings,
        requests: requests.into_iter().map(RequestLine::from).collect(),
        cut,
        packed: false,
        base: String::new(),
    })
}

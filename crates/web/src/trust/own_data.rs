//! One's own data: a copy to take along, and what one asks for about it. The same by a follow code, for the
//! report that it belongs to.

use std::io::{Cursor, Write};

use axum::body::to_bytes;
use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use qige_cases::queries::{OwnData, own_data, own_report};
use qige_cases::{MatterKey, State};
use qige_db::{Failure, Tx};
use qige_identity::{
    AskRight, CredentialKind, PersonState, Purpose, ReadingFilter, RightKind, RightRow, Role, ScopeKind,
    Subject, credentials_of, grants_of, person, readings, rights_of,
};
use qige_kernel::{CaseId, PersonId, ReportId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zip::write::SimpleFileOptions;

use super::row::{ReadingLine, page_of, samples};
use crate::consent::line::{ConsentLine, all_of};
use crate::download::{Download, FileKind};
use crate::public::follow::{Found, by_code};
use crate::render::look_at;
use crate::rider::matter::Matter;
use crate::{Access, Cx, Done, Face, Fault, Input, Page, Path, Routes, Text, View, Width};

/// Readings in the copy at most.
const READINGS_MAX: u32 = 2_000;
/// Bytes of one face of the copy at most: ten thousand reports of two thousand letters.
const FACE_BYTES_MAX: usize = 64 * 1024 * 1024;

pub(super) fn routes() -> Routes {
    const MAY: Access = Access::SignedIn;
    const ALL: Access = Access::Public;
    let own = Routes::of("account")
        .get("/me/data", MAY, "One's own data, and what one may ask for about it", show)
        .get("/me/data/all", MAY, "All that is kept about oneself", all)
        .get("/me/data.zip", MAY, "The same as a file: JSON and HTML", file)
        .post("/me/data/requests", MAY, "Ask to have something put right, erased or explained", ask);
    let followed = Routes::of("follow")
        .get("/follow/{code}/data", ALL, "The data of a report, and what one may ask for about it", show_of)
        .get("/follow/{code}/data/all", ALL, "All that is kept of a report, for its reporter", all_of_code)
        .get("/follow/{code}/data.zip", ALL, "The same as a file: JSON and HTML", file_of)
        .post("/follow/{code}/data/requests", ALL, "Ask to have something put right or erased", ask_of);
    own.and(followed)
}

/// One's own data, and what one may ask for about it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct OwnDataPage {
    /// Where this is.
    base: String,
    /// The page before.
    back: String,
    /// Whether one has an account here, which one can leave.
    account: bool,
    requests: Vec<RequestLine>,
}

/// Something that was asked for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct RequestLine {
    pub(crate) id: Uuid,
    pub(crate) kind: RightKind,
    pub(crate) words: String,
    pub(crate) asked_at: Timestamp,
    /// To be answered by then.
    pub(crate) due_at: Timestamp,
    /// Whether it was done; nothing where it waits.
    pub(crate) granted: Option<bool>,
    pub(crate) answer: Option<String>,
    pub(crate) answered_at: Option<Timestamp>,
}

impl RequestLine {
    pub(crate) fn sample(granted: Option<bool>) -> Self {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        Self {
            id: Uuid::nil(),
            kind: RightKind::Correct,
            words: "名字写错了一个字".to_owned(),
            asked_at: at,
            due_at: at.plus(30 * Timestamp::DAY),
            granted,
            answer: granted.map(|_| "已更正。".to_owned()),
            answered_at: granted.map(|_| at),
        }
    }
}

impl From<RightRow> for RequestLine {
    fn from(row: RightRow) -> Self {
        let RightRow { id, kind, words, asked_at, due_at, granted, answer, answered_at, .. } = row;
        Self { id, kind, words, asked_at, due_at, granted, answer, answered_at }
    }
}

impl View for OwnDataPage {
    const TEMPLATE: &'static str = "trust/own_data.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("own-data-title")
    }

    fn samples() -> Vec<Self> {
        let full = Self {
            base: "/me/data".to_owned(),
            back: "/me".to_owned(),
            account: true,
            requests: [None, Some(true), Some(false)].into_iter().map(RequestLine::sample).collect(),
        };
        let bare =
            Self { account: false, requests: Vec::new(), back: "/follow/7K3M".to_owned(), ..full.clone() };
        vec![full, bare]
    }
}

async fn page(cx: &Cx, subject: Subject, base: String, back: String) -> Result<Page<OwnDataPage>, Fault> {
    let rows = cx.read(move |tx| Box::pin(async move { Ok(rights_of(tx, subject).await?) })).await?;
    let account = matches!(subject, Subject::Person(_));
    Ok(Page(OwnDataPage { base, back, account, requests: rows.into_iter().map(RequestLine::from).collect() }))
}

async fn show(cx: Cx) -> Result<Page<OwnDataPage>, Fault> {
    let subject = Subject::Person(cx.signed_in()?.person);
    page(&cx, subject, "/me/data".to_owned(), "/me".to_owned()).await
}

async fn show_of(cx: Cx, Path(code): Path<String>) -> Result<Page<OwnDataPage>, Fault> {
    let Found { code, case, .. } = by_code(&cx, &code).await?;
    page(&cx, Subject::Report(case.report), format!("/follow/{code}/data"), format!("/follow/{code}")).await
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Asked {
    /// What is asked for.
    kind: RightKind,
    /// What about, in one's own words.
    words: String,
}

async fn ask(cx: Cx, input: Input<Asked>) -> Result<Done<OwnDataPage>, Fault> {
    let subject = Subject::Person(cx.signed_in()?.person);
    asked(&cx, subject, input.value, "/me/data").await
}

async fn ask_of(cx: Cx, Path(code): Path<String>, input: Input<Asked>) -> Result<Done<OwnDataPage>, Fault> {
    let report = by_code(&cx, &code).await?.case.report;
    asked(&cx, Subject::Report(report), input.value, &format!("/follow/{code}/data")).await
}

async fn asked(cx: &Cx, subject: Subject, asked: Asked, base: &str) -> Result<Done<OwnDataPage>, Fault> {
    let Asked { kind, words } = asked;
    cx.write(AskRight { id: cx.id(), subject, kind, words, stamp: cx.stamp(None) }).await?;
    Ok(Done::see(base).saying(Text::of("right-sent")))
}

/// All that is kept about somebody, for them to take along.
#[derive(Clone, Serialize, JsonSchema)]
struct CopyPage {
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
}

impl std::fmt::Debug for CopyPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CopyPage({})", self.made_at)
    }
}

#[derive(Clone, Serialize, JsonSchema)]
struct Account {
    name: String,
    sign_in_name: Option<String>,
    phone: Option<String>,
    state: PersonState,
    since: Timestamp,
    language: Option<String>,
    roles: Vec<HeldRole>,
    signed_in: Vec<Signed>,
}

#[derive(Clone, Serialize, JsonSchema)]
struct HeldRole {
    role: Role,
    scope: ScopeKind,
    from: Timestamp,
    until: Option<Timestamp>,
}

#[derive(Clone, Serialize, JsonSchema)]
struct Signed {
    kind: CredentialKind,
    label: String,
    since: Timestamp,
    last_used_at: Timestamp,
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
    lng: Option<f64>,
    lat: Option<f64>,
    accuracy_metres: Option<f64>,
    made_at: Timestamp,
    received_at: Timestamp,
    origin: String,
    joined: bool,
    solved: bool,
}

#[derive(Clone, Serialize, JsonSchema)]
struct Said {
    case: CaseId,
    words: String,
    at: Timestamp,
}

#[derive(Clone, Serialize, JsonSchema)]
struct Answered {
    case: CaseId,
    answer: Option<String>,
    stars: Option<i64>,
    at: Timestamp,
}

impl View for CopyPage {
    const TEMPLATE: &'static str = "trust/copy.html";

    fn title(&self) -> Text {
        Text::of("own-data-title")
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let case = CaseId(Uuid::nil());
        let account = Account {
            name: "骑手 0017".to_owned(),
            sign_in_name: None,
            phone: Some("+8613800000017".to_owned()),
            state: PersonState::Active,
            since: at,
            language: None,
            roles: vec![HeldRole { role: Role::Rider, scope: ScopeKind::Tenant, from: at, until: None }],
            signed_in: vec![Signed {
                kind: CredentialKind::Session,
                label: "Chrome · Android".to_owned(),
                since: at,
                last_used_at: at,
            }],
        };
        let reported = Reported {
            report: ReportId(Uuid::nil()),
            case,
            number: Some("20260923-0007".to_owned()),
            state: State::Filed,
            matter: "matter-06-012".parse().ok(),
            matter_name: Some("占道经营".to_owned()),
            words: "摊位占了半条路".to_owned(),
            lng: Some(118.752),
            lat: Some(34.542),
            accuracy_metres: Some(12.0),
            made_at: at,
            received_at: at,
            origin: "phone".to_owned(),
            joined: true,
            solved: true,
        };
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
        };
        let full = Self {
            account: Some(account),
            reported: vec![reported],
            said: vec![Said { case, words: "还在".to_owned(), at }],
            answered: vec![Answered { case, answer: Some("东侧".to_owned()), stars: Some(4), at }],
            consents: vec![ConsentLine::sample(qige_identity::ConsentStanding::Holds)],
            readings: samples(),
            requests: vec![RequestLine::sample(Some(true))],
            cut: true,
            ..bare.clone()
        };
        vec![full, bare]
    }
}

async fn all(cx: Cx) -> Result<Page<CopyPage>, Fault> {
    let id = cx.signed_in()?.person;
    let account = account(&cx, id).await?;
    let data = cx.read(move |tx| Box::pin(async move { Ok(own_data(tx, id).await?) })).await?;
    copy(&cx, Subject::Person(id), Some(account), data).await
}

async fn all_of_code(cx: Cx, Path(code): Path<String>) -> Result<Page<CopyPage>, Fault> {
    let report = by_code(&cx, &code).await?.case.report;
    let data = cx.read(move |tx| Box::pin(async move { Ok(own_report(tx, report).await?) })).await?;
    copy(&cx, Subject::Report(report), None, data).await
}

async fn account(cx: &Cx, id: PersonId) -> Result<Account, Fault> {
    let now = cx.now();
    let (found, grants, credentials) = cx
        .read(move |tx| {
            Box::pin(async move {
                Ok((person(tx, id).await?, grants_of(tx, id).await?, credentials_of(tx, id, now).await?))
            })
        })
        .await?;
    let found = found.ok_or_else(Fault::missing)?;
    let phone = match found.phone {
        Some(sealed) => {
            let wanted = vec![(id.0, sealed)];
            let numbers =
                cx.app().vault.read_phones(cx.asker()?, Purpose::Reach, cx.stamp(None), wanted).await?;
            numbers.first().map(|number| number.as_str().to_owned())
        }
        None => None,
    };
    let role = |row: qige_identity::GrantRow| HeldRole {
        role: row.role,
        scope: row.scope.kind(),
        from: row.starts_at,
        until: row.ends_at,
    };
    let signed = |one: qige_identity::Credential| Signed {
        kind: one.kind,
        label: one.label,
        since: one.created_at,
        last_used_at: one.last_used_at,
    };
    Ok(Account {
        name: found.name,
        sign_in_name: found.sign_in_name,
        phone,
        state: found.state,
        since: found.created_at,
        language: found.locale,
        roles: grants.into_iter().map(role).collect(),
        signed_in: credentials.into_iter().map(signed).collect(),
    })
}

/// What else is kept of a subject.
async fn kept(
    tx: &mut Tx<'_>,
    subject: Subject,
    now: Timestamp,
    locale: crate::Locale,
) -> Result<(Vec<ConsentLine>, Vec<qige_identity::ReadingRow>, Vec<RightRow>), Failure> {
    let (cards, past) = all_of(tx, subject, now, locale, &|_| None).await?;
    let consents = cards.into_iter().flat_map(|card| card.holding).chain(past).collect();
    let filter = ReadingFilter { owner: Some(subject.id()), ..ReadingFilter::default() };
    Ok((consents, readings(tx, &filter, None, READINGS_MAX).await?, rights_of(tx, subject).await?))
}

async fn copy(
    cx: &Cx,
    subject: Subject,
    account: Option<Account>,
    data: OwnData,
) -> Result<Page<CopyPage>, Fault> {
    let (now, locale) = (cx.now(), cx.locale());
    let (consents, rows, requests) = cx.read(move |tx| Box::pin(kept(tx, subject, now, locale))).await?;
    let mut readings = page_of(rows, READINGS_MAX).0;
    if account.is_none() {
        // Whoever has a code alone is told that the centre looked, not which of its people.
        for line in &mut readings {
            (line.reader, line.reader_name) = (None, None);
        }
    }
    let cut = data.is_cut();
    let reported = data.reported.into_iter().map(|row| Reported {
        report: row.id,
        case: row.case_id,
        number: row.number,
        state: row.state,
        matter_name: row.matter.map(|key| Matter::of(key, locale).name),
        matter: row.matter,
        words: row.words,
        lng: row.lng,
        lat: row.lat,
        accuracy_metres: row.accuracy,
        made_at: row.made_at,
        received_at: row.received_at,
        origin: row.origin,
        joined: row.joined,
        solved: row.solved,
    });
    let said = data.said.into_iter().map(|row| Said { case: row.case_id, words: row.words, at: row.made_at });
    let answered = data.answered.into_iter().map(|row| Answered {
        case: row.case_id,
        answer: row.answer,
        stars: row.stars,
        at: row.answered_at,
    });
    Ok(Page(CopyPage {
        kept_by: cx.tenant()?.name.clone(),
        made_at: now,
        account,
        reported: reported.collect(),
        said: said.collect(),
        answered: answered.collect(),
        consents,
        readings,
        requests: requests.into_iter().map(RequestLine::from).collect(),
        cut,
    }))
}

/// Several files in one (APPNOTE.TXT, PKWARE).
struct Zip;

impl FileKind for Zip {
    const MEDIA_TYPE: &'static str = "application/zip";
    const ENDING: &'static str = "zip";
}

async fn file(cx: Cx) -> Result<Download<Zip>, Fault> {
    packed(&cx, "/me/data/all").await
}

async fn file_of(cx: Cx, Path(code): Path<String>) -> Result<Download<Zip>, Fault> {
    let code = by_code(&cx, &code).await?.code;
    packed(&cx, &format!("/follow/{code}/data/all")).await
}

/// Both faces of a page in one file.
async fn packed(cx: &Cx, address: &str) -> Result<Download<Zip>, Fault> {
    let (json, html) = (face(cx, address, Face::Json).await?, face(cx, address, Face::Html).await?);
    let zipped = tokio::task::spawn_blocking(move || zipped(&[("data.json", json), ("data.html", html)]));
    let zipped = zipped.await.map_err(|_| Fault::broken())?.map_err(|_| Fault::broken())?;
    let name = cx.say(&Text::of("own-data-file"));
    Ok(Download::of(name, "qige-data".to_owned(), stream::iter([Ok(Bytes::from(zipped))])))
}

async fn face(cx: &Cx, address: &str, face: Face) -> Result<Bytes, Fault> {
    let answer = look_at(cx, address, face, None).await.ok_or_else(Fault::broken)?;
    if answer.status() != StatusCode::OK {
        return Err(Fault::broken());
    }
    to_bytes(answer.into_body(), FACE_BYTES_MAX).await.map_err(|_| Fault::broken())
}

fn zipped(files: &[(&str, Bytes)]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default())?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

//! All that is kept about somebody, for them to take along.

use std::collections::BTreeMap;

use qige_cases::queries::{OwnData, own_data, own_photos, own_report};
use qige_cases::{MatterKey, State};
use qige_db::{Failure, Tx};
use qige_identity::{
    CredentialKind, PersonState, Purpose, ReadingFilter, RightRow, Role, ScopeKind, Subject, credentials_of,
    grants_of, person, readings, rights_of,
};
use qige_kernel::{CaseId, ObjectId, PersonId, ReportId, Timestamp};
use qige_points::{LINES_ON_PAGE_MAX, StatementRow, Why, statement};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::RequestLine;
use super::beside::Beside;
use crate::admin::people::grants::Places;
use crate::consent::line::{ConsentLine, all_of};
use crate::public::follow::by_code;
use crate::rider::matter::Matter;
use crate::trust::row::{ReadingLine, page_of, samples};
use crate::{Cx, Fault, Page, Path, Query, Text, View};

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
struct Account {
    name: String,
    sign_in_name: Option<String>,
    phone: Option<String>,
    /// Where they said that they live.
    home: Option<String>,
    state: PersonState,
    since: Timestamp,
    language: Option<String>,
    roles: Vec<HeldRole>,
    signed_in: Vec<Signed>,
    /// What their reports earned, the newest first.
    points: Vec<Earned>,
    /// What lies beside.
    beside: Beside,
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
struct Earned {
    case: CaseId,
    /// More or less than nothing.
    change: i64,
    why: Why,
    at: Timestamp,
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
    /// In the file: `photos/<id>.jpg`.
    photos: Vec<ObjectId>,
}

impl Reported {
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
            lng: Some(118.752),
            lat: Some(34.542),
            accuracy_metres: Some(12.0),
            made_at: at,
            received_at: at,
            origin: "phone".to_owned(),
            joined: true,
            solved: true,
            photos: vec![ObjectId(Uuid::nil())],
        }
    }
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
            home: Some("晶都社区".to_owned()),
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
            points: vec![Earned { case, change: 5, why: Why::Valid, at }],
            beside: Beside::sample(),
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
            packed: false,
            base: String::new(),
        };
        let full = Self {
            account: Some(account),
            reported: vec![Reported::sample()],
            said: vec![Said { case, words: "还在".to_owned(), at }],
            answered: vec![Answered { case, answer: Some("东侧".to_owned()), stars: Some(4), at }],
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

/// The photos of a subject's reports that are still there, with their reports.
async fn photos_of(tx: &mut Tx<'_>, subject: Subject) -> Result<Vec<(ReportId, ObjectId)>, Failure> {
    Ok(own_photos(tx, subject.id()).await?)
}

/// The photos of a subject's reports that are still there.
pub(super) async fn photos(cx: &Cx, subject: Subject) -> Result<Vec<ObjectId>, Fault> {
    let found = cx.read(move |tx| Box::pin(photos_of(tx, subject))).await?;
    Ok(found.into_iter().map(|(_, photo)| photo).collect())
}

async fn account(cx: &Cx, id: PersonId) -> Result<Account, Fault> {
    let now = cx.now();
    let (found, grants, credentials, lines) = cx
        .read(move |tx| {
            Box::pin(async move {
                let (found, grants) = (person(tx, id).await?, grants_of(tx, id).await?);
                let lines = statement(tx, id, None, LINES_ON_PAGE_MAX).await?;
                Ok((found, grants, credentials_of(tx, id, now).await?, lines))
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
    let earned =
        |line: StatementRow| Earned { case: line.case_id, change: line.change(), why: line.why, at: line.at };
    Ok(Account {
        name: found.name,
        sign_in_name: found.sign_in_name,
        phone,
        home: home(cx).await?,
        state: found.state,
        since: found.created_at,
        language: found.locale,
        roles: grants.into_iter().map(role).collect(),
        signed_in: credentials.into_iter().map(signed).collect(),
        points: lines.into_iter().map(earned).collect(),
        beside: Beside::of(cx).await?,
    })
}

/// Where whoever asks said that they live.
async fn home(cx: &Cx) -> Result<Option<String>, Fault> {
    let Some(home) = cx.app().vault.own_home(cx.asker()?, cx.stamp(None)).await? else { return Ok(None) };
    let places = Places::of(cx).await?;
    let known = cx.read(move |tx| Box::pin(async move { Ok(places.read(tx).await?) })).await?;
    Ok(Some(known.name(home).unwrap_or_else(|| home.to_string())))
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

async fn copy(cx: &Cx, subject: Subject, account: Option<Account>, data: OwnData) -> Result<CopyPage, Fault> {
    let (now, locale) = (cx.now(), cx.locale());
    let (consents, rows, requests) = cx.read(move |tx| Box::pin(kept(tx, subject, now, locale))).await?;
    let mut photos: BTreeMap<ReportId, Vec<ObjectId>> = BTreeMap::new();
    for (report, photo) in cx.read(move |tx| Box::pin(photos_of(tx, subject))).await? {
        photos.entry(report).or_default().push(photo);
    }
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
        photos: photos.remove(&row.id).unwrap_or_default(),
    });
    let said = data.said.into_iter().map(|row| Said { case: row.case_id, words: row.words, at: row.made_at });
    let answered = data.answered.into_iter().map(|row| Answered {
        case: row.case_id,
        answer: row.answer,
        stars: row.stars,
        at: row.answered_at,
    });
    Ok(CopyPage {
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
        packed: false,
        base: String::new(),
    })
}

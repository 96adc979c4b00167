//! A purpose and a consent, as pages show them.

use qige_db::{DbError, Failure, Tx};
use qige_identity::member::{is_member, owes_consent};
use qige_identity::{
    ConsentEffect, ConsentProof, ConsentRow, ConsentStanding, ConsentText, Ended, GridMember, NeedsConsent,
    Points, PurposeKey, PurposeWords, Scope, ScopeKind, Subject, consent_texts, consents_of, effects_of,
    person_name, purposes,
};
use qige_kernel::{ConsentId, Timestamp};
use qige_points::PointRules;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Cx, Fault, Locale};

/// What somebody may consent to, and whether they do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct PurposeCard {
    pub(crate) purpose: PurposeKey,
    /// The version of the words.
    pub(crate) version: i64,
    /// Sensitive personal information is processed under it.
    pub(crate) sensitive: bool,
    /// Whether a guardian may give it for somebody.
    pub(crate) guardian: bool,
    pub(crate) term_days: i64,
    pub(crate) words: PurposeWords,
    /// What holds now; one for each scope.
    pub(crate) holding: Vec<ConsentLine>,
    /// It was given, and is asked for again since the text was renewed or the term is over.
    pub(crate) again: bool,
    /// It was never given, by somebody who is in the scheme already.
    pub(crate) owed: bool,
}

/// A consent.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ConsentLine {
    pub(crate) id: ConsentId,
    pub(crate) purpose: PurposeKey,
    /// What the purpose is called in the version that was read.
    pub(crate) name: String,
    pub(crate) version: i64,
    pub(crate) scope: ScopeKind,
    /// What the scope is called; nothing for the whole subdistrict.
    pub(crate) place: Option<String>,
    pub(crate) given_at: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) proof: ConsentProof,
    /// Whether a signature or a scan is kept.
    pub(crate) has_file: bool,
    /// Who wrote it down.
    pub(crate) recorded_by: Option<String>,
    /// Whether a guardian gave it.
    pub(crate) by_guardian: bool,
    pub(crate) standing: ConsentStanding,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) ended_how: Option<Ended>,
    /// What ends with it, or has ended.
    pub(crate) effects: Vec<ConsentEffect>,
}

/// What scopes are called.
pub(crate) type Named<'a> = &'a (dyn Fn(Scope) -> Option<String> + Send + Sync);

impl ConsentLine {
    pub(crate) async fn of(
        tx: &mut Tx<'_>,
        row: ConsentRow,
        standing: ConsentStanding,
        locale: Locale,
        named: Named<'_>,
    ) -> Result<Self, DbError> {
        let texts = consent_texts(tx, &row.purpose).await?;
        let read = texts.into_iter().find(|text| text.version == row.version);
        let name = read.map(|text| text.words.by_tag(locale.tag()).name.clone());
        let recorded_by = match row.recorded_by {
            Some(by) => person_name(tx, by).await?,
            None => None,
        };
        let effects = match &row.effects {
            Some(effects) => effects.0.clone(),
            None => effects_of(tx, &row).await?,
        };
        Ok(Self {
            id: row.id,
            name: name.unwrap_or_else(|| row.purpose.to_string()),
            purpose: row.purpose,
            version: row.version,
            scope: row.scope.kind(),
            place: named(row.scope),
            given_at: row.given_at,
            until: row.until,
            proof: row.proof,
            has_file: row.object.is_some(),
            recorded_by,
            by_guardian: row.guardian.is_some(),
            standing,
            ended_at: row.ended_at,
            ended_how: row.ended_how,
            effects,
        })
    }

    pub(crate) fn sample(standing: ConsentStanding) -> Self {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let ended = standing == ConsentStanding::Ended;
        Self {
            id: ConsentId(uuid::Uuid::nil()),
            purpose: "call-back".parse().unwrap_or_else(|_| unnamed()),
            name: "电话回访".to_owned(),
            version: 1,
            scope: ScopeKind::Community,
            place: Some("晶都社区".to_owned()),
            given_at: at,
            until: at.plus(365 * Timestamp::DAY),
            proof: ConsentProof::Paper,
            has_file: true,
            recorded_by: Some("系统管理员 01".to_owned()),
            by_guardian: true,
            standing,
            ended_at: ended.then_some(at),
            ended_how: ended.then_some(Ended::Withdrawn),
            effects: vec![ConsentEffect::CallsEnd],
        }
    }
}

/// For samples alone.
fn unnamed() -> PurposeKey {
    PurposeKey::of::<qige_identity::CallBack>()
}

impl PurposeCard {
    pub(crate) fn of(text: ConsentText, locale: Locale, lines: &[ConsentLine]) -> Self {
        let own = || lines.iter().filter(|line| line.purpose == text.purpose);
        let holding: Vec<ConsentLine> =
            own().filter(|line| line.standing == ConsentStanding::Holds).cloned().collect();
        let lapsed = |line: &ConsentLine| {
            let run_out = line.ended_how == Some(Ended::RunOut);
            run_out || matches!(line.standing, ConsentStanding::Outdated | ConsentStanding::Over)
        };
        Self {
            again: holding.is_empty() && own().next().is_some_and(lapsed),
            owed: false,
            words: text.words.by_tag(locale.tag()).clone(),
            purpose: text.purpose,
            version: text.version,
            sensitive: text.sensitive,
            guardian: text.guardian,
            term_days: text.term_days,
            holding,
        }
    }

    pub(crate) fn sample() -> Self {
        let words = PurposeWords {
            name: "电话回访".to_owned(),
            text: "我同意街道网格中心给我打电话。".to_owned(),
            done: "坐席可以打开我的手机号码。".to_owned(),
            ends: "坐席不能再打开我的手机号码。".to_owned(),
        };
        Self {
            purpose: unnamed(),
            version: 2,
            sensitive: true,
            guardian: true,
            term_days: 365,
            words,
            holding: Vec::new(),
            again: true,
            owed: false,
        }
    }

    pub(crate) fn samples() -> Vec<Self> {
        let asked = Self::sample();
        let owed = Self { again: false, owed: true, ..asked.clone() };
        let holds = Self {
            holding: vec![ConsentLine::sample(ConsentStanding::Holds)],
            again: false,
            sensitive: false,
            guardian: false,
            ..asked.clone()
        };
        vec![asked, owed, holds]
    }
}

/// What a subject may consent to, and what of it ended.
pub(crate) async fn all_of(
    tx: &mut Tx<'_>,
    subject: Subject,
    at: Timestamp,
    locale: Locale,
    named: Named<'_>,
) -> Result<(Vec<PurposeCard>, Vec<ConsentLine>), Failure> {
    let mut lines = Vec::new();
    for (row, standing) in consents_of(tx, subject, at).await? {
        lines.push(ConsentLine::of(tx, row, standing, locale, named).await?);
    }
    // Who was never recommended for the scheme is not asked whether they want to be in it, and nobody about
    // points where there are none.
    let (member, owes) = match subject {
        Subject::Person(id) => (is_member(tx, id).await?, owes_consent(tx, id, at).await?),
        Subject::Report(_) => (false, false),
    };
    let points = PointRules::read(tx).await?.on();
    let asked = |text: &ConsentText| match text.purpose.as_str() {
        GridMember::KEY => member && !text.retired,
        Points::KEY => points && !text.retired,
        _ => !text.retired,
    };
    let given = |text: &ConsentText| lines.iter().any(|line| line.purpose == text.purpose);
    let stands = |text: &ConsentText| asked(text) || given(text);
    let known = purposes(tx).await?;
    let card = |text| {
        let card = PurposeCard::of(text, locale, &lines);
        PurposeCard { owed: owes && !card.again && card.purpose.as_str() == GridMember::KEY, ..card }
    };
    let cards = known.into_iter().filter(stands).map(card).collect();
    lines.retain(|line| line.standing != ConsentStanding::Holds);
    Ok((cards, lines))
}

/// One consent of a subject.
pub(crate) async fn one_of(
    tx: &mut Tx<'_>,
    subject: Subject,
    id: ConsentId,
    at: Timestamp,
) -> Result<Option<(ConsentRow, ConsentStanding)>, DbError> {
    Ok(consents_of(tx, subject, at).await?.into_iter().find(|(row, _)| row.id == id))
}

/// A purpose as the address names it.
pub(crate) fn purpose(text: &str) -> Result<PurposeKey, Fault> {
    text.parse().map_err(|_| Fault::missing())
}

/// In whose words something is said to somebody without a page of their own.
pub(crate) async fn card_of(
    cx: &Cx,
    subject: Subject,
    purpose: PurposeKey,
) -> Result<Option<PurposeCard>, Fault> {
    let (at, locale) = (cx.now(), cx.locale());
    let (cards, _) =
        cx.read(move |tx| Box::pin(async move { all_of(tx, subject, at, locale, &|_| None).await })).await?;
    Ok(cards.into_iter().find(|card| card.purpose == purpose))
}

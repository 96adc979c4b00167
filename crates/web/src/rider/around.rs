//! What a point usually has, and what was reported there already. The point that is asked about is coarse,
//! and nothing of the question is kept.

use axum::Json;
use qige_cases::MatterKey;
use qige_cases::catalogue::Catalogue;
use qige_cases::queries::{nearby, reports_of};
use qige_cases::store::{hour_of, usual_at};
use qige_cases::suggest::{Evidence, MIN_REPORTERS, SUGGESTED, SuggestReason, Suggestion};
use qige_cases::views::NearbyCase;
use qige_db::{Failure, Tx};
use qige_identity::Permission;
use qige_kernel::{CaseId, PersonId, Position, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::matter::Matter;
use crate::locale::{Zone, short_text};
use crate::{Access, Cx, Fault, Locale, Query, Routes, Text};

/// A person's own reports that a guess may draw on.
const OWN_ROWS: u32 = 5;
/// Matters found by a search at most: a thumb scrolls no further.
const FOUND_MAX: usize = 20;

pub(super) fn routes() -> Routes {
    Routes::of("report")
        .get("/report/suggest", Access::Public, "Matters that fit a place, an hour or words", suggested)
        .get("/report/nearby", Access::Public, "Open cases near a point that may be the same", near)
}

/// A matter that is offered.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct Suggested {
    #[serde(flatten)]
    matter: Matter,
    /// Why it is offered, in words; nothing where it is simply frequent.
    why: Option<String>,
}

impl Suggested {
    pub(super) fn of(key: MatterKey, locale: Locale, why: Option<String>) -> Self {
        Self { matter: Matter::of(key, locale), why }
    }
}

/// Where, and in which words.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Asked {
    /// Degrees east, WGS-84.
    lng: Option<f64>,
    /// Degrees north, WGS-84.
    lat: Option<f64>,
    /// What is looked for: a name, pinyin initials, a code, or a few words.
    q: Option<String>,
}

/// Matters that are offered.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Suggestions {
    /// The best first.
    matters: Vec<Suggested>,
}

/// Where, and about what.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct AskedNear {
    /// Degrees east, WGS-84.
    lng: f64,
    /// Degrees north, WGS-84.
    lat: f64,
    /// The matter that was chosen.
    matter: Option<MatterKey>,
}

/// Open cases near a point.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Near {
    /// The most alike first.
    cases: Vec<NearRow>,
}

/// One of them, in words that can be read as they are.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct NearRow {
    id: CaseId,
    matter: String,
    distance: String,
    age: String,
    reports: String,
    /// Where its released photo is fetched; nothing for those who may not.
    photo: Option<String>,
}

/// What is offered before anything is known: what is reported most, and first what was chosen already.
pub(super) fn at_first(locale: Locale, chosen: Option<MatterKey>) -> Vec<Suggested> {
    let common = Catalogue::standard().common().into_iter().map(|matter| matter.key);
    let known = chosen.filter(|key| Catalogue::standard().get(*key).is_some());
    let keys = known.into_iter().chain(common.filter(|key| Some(*key) != known));
    keys.map(|key| Suggested::of(key, locale, None)).collect()
}

async fn suggested(cx: Cx, Query(asked): Query<Asked>) -> Result<Json<Suggestions>, Fault> {
    let place = asked.lng.zip(asked.lat).map(|(lng, lat)| point(lng, lat)).transpose()?;
    let words = asked.q.unwrap_or_default();
    let person = cx.who().filter(|who| who.may(Permission::Report)).map(|who| who.person);
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let hour = hour_of(cx.now(), book.calendar.zone());
    let (here, own) = cx
        .read(move |tx| {
            Box::pin(async move { Ok((usual(tx, place, hour).await?, own_matters(tx, person).await?)) })
        })
        .await?;
    let evidence = Evidence { here: &here, words: &words, own: &own, ..Evidence::default() };
    let guesses = book.suggest(&evidence, SUGGESTED);
    let matters = guesses.iter().map(|guess| Suggested::of(guess.matter, cx.locale(), why(&cx, guess)));
    let mut matters: Vec<Suggested> = matters.collect();
    if !words.trim().is_empty() {
        matters.retain(|one| one.why.is_some());
        let found = Catalogue::standard().search(&words, FOUND_MAX).into_iter().map(|matter| matter.key);
        let new: Vec<MatterKey> =
            found.filter(|key| matters.iter().all(|one| one.matter.key != *key)).collect();
        let found = new.into_iter().map(|key| Suggested::of(key, cx.locale(), None));
        matters.extend(found);
        matters.truncate(FOUND_MAX);
    }
    Ok(Json(Suggestions { matters }))
}

async fn usual(
    tx: &mut Tx<'_>,
    place: Option<Position>,
    hour: i64,
) -> Result<Vec<(MatterKey, u32)>, Failure> {
    match place {
        Some(place) => Ok(usual_at(tx, place, hour).await?),
        None => Ok(Vec::new()),
    }
}

async fn own_matters(tx: &mut Tx<'_>, person: Option<PersonId>) -> Result<Vec<MatterKey>, Failure> {
    let Some(person) = person else { return Ok(Vec::new()) };
    let rows = reports_of(tx, person, None, OWN_ROWS).await?.rows;
    Ok(rows.into_iter().filter_map(|row| row.matter).collect())
}

/// Why a matter is offered, where that says something.
fn why(cx: &Cx, guess: &Suggestion) -> Option<String> {
    let (words, key) = match guess.reason {
        SuggestReason::HereOften => (false, "report-why-here"),
        SuggestReason::Words | SuggestReason::Learned => (true, "report-why-words"),
        SuggestReason::Own => (false, "report-why-own"),
        SuggestReason::Common => return None,
    };
    if !words || guess.because.is_empty() {
        return Some(cx.say(&Text::of(key)));
    }
    let between = cx.say(&Text::of("list-between"));
    let because = guess.because.join(&between);
    // What few have filed here is nobody's business.
    let several = usize::try_from(guess.here).is_ok_and(|here| here >= MIN_REPORTERS);
    let key = if several { "report-why-because-here" } else { "report-why-because" };
    let text = Text::of(key).with("words", because);
    Some(cx.say(&if several { text.number("n", guess.here) } else { text }))
}

async fn near(cx: Cx, Query(asked): Query<AskedNear>) -> Result<Json<Near>, Fault> {
    let (position, now) = (point(asked.lng, asked.lat)?, cx.now());
    let policy = cx.app().rulebook(cx.tenant()?.id).await?.policy.clone();
    let matter = asked.matter;
    let found =
        cx.read(move |tx| Box::pin(async move { nearby(tx, position, matter, &policy, now).await })).await?;
    Ok(Json(Near { cases: found.iter().map(|case| row(&cx, case)).collect() }))
}

fn row(cx: &Cx, case: &NearbyCase) -> NearRow {
    let zone = cx.tenant().map(|tenant| Zone::named(&tenant.zone)).unwrap_or_default();
    let texts = cx.state().texts();
    let metres = u32::from(case.likeness.distance_metres);
    // To ten metres: the point that was asked about is no more exact.
    let tens = metres.div_ceil(10).max(1).saturating_mul(10);
    let people = u32::try_from(case.reports.max(1)).unwrap_or(u32::MAX);
    let may_look = cx.who().is_some_and(|who| who.may(Permission::Report));
    NearRow {
        id: case.id,
        matter: case
            .matter
            .map_or_else(|| cx.say(&Text::of("report-matter-open")), |key| Matter::of(key, cx.locale()).name),
        distance: cx.say(&Text::of("distance-metres").with("n", tens.to_string())),
        age: short_text(texts, cx.locale(), &zone, cx.now(), case.reported_around),
        reports: cx.say(&Text::of("report-nearby-people").number("n", people)),
        photo: case.photo.filter(|_| may_look).map(|id| format!("/photos/{id}/thumb")),
    }
}

fn point(lng: f64, lat: f64) -> Result<Position, Refusal> {
    Position::new(lng, lat).map_err(|_| Refusal::invalid("lng", "position-impossible"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_comes_first_and_once() {
        let first = at_first(Locale::En, None);
        let last = first.last().unwrap().matter.key;
        let again = at_first(Locale::En, Some(last));
        assert_eq!(again.first().unwrap().matter.key, last);
        assert_eq!(again.len(), first.len());
    }
}

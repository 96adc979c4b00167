//! Which rule would win for a case that was, or for a place, a matter and a time; and where the rules lead
//! with one that is.

use qige_app::Rulebook;
use qige_cases::routing::{Route, Subject, World};
use qige_cases::views::CentreCase;
use qige_kernel::{Datum, Refusal, RefusalKind, Timestamp, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::matters::{self, Which};
use super::super::names::Directory;
use super::said::{Speaker, Told};
use crate::input::pasted_position;
use crate::{Cx, Fault, Locale};

/// What is tried: a case, or matter, place and time.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub(super) struct Tried {
    /// The number or id of a case.
    case: Option<String>,
    /// A matter as it is typed elsewhere.
    matter: Option<String>,
    /// Where: `118.752,34.542`.
    coordinates: Option<String>,
    /// In which datum; WGS-84 when left out.
    datum: Option<Datum>,
    /// When: RFC 3339, or date and time of the tenant's clocks; now when left out.
    at: Option<String>,
}

/// What was tried, in words.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Trial {
    /// As it was typed.
    pub(super) case: String,
    /// As it was typed.
    pub(super) coordinates: String,
    /// As it was typed.
    pub(super) typed_at: String,
    /// The matter as the field has it.
    pub(super) matter: String,
    /// Community and grid by name.
    pub(super) place: Option<String>,
    /// When.
    pub(super) at: Timestamp,
    /// Whether that is in working hours.
    pub(super) working: bool,
}

/// What is asked of the rules; none where nothing is tried.
pub(super) async fn subject(cx: &Cx, book: &Rulebook, tried: &Tried) -> Result<Option<Subject>, Fault> {
    let given = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let (case, matter, coordinates) = (given(&tried.case), given(&tried.matter), given(&tried.coordinates));
    let at = given(&tried.at);
    if case.is_none() && matter.is_none() && coordinates.is_none() && at.is_none() {
        return Ok(None);
    }
    let at = match at {
        Some(text) => super::super::wish::instant("at", &text, book)?,
        None => cx.now(),
    };
    if let Some(case) = case {
        return Ok(Some(of_case(cx, &case, at).await?));
    }
    let read = |text: String| matters::read("matter", &text, Which::All, cx.locale());
    let matter = matter.map(read).transpose()?;
    let position = coordinates.map(|text| pasted_position(&text, tried.datum)).transpose()?;
    let found = position.and_then(|position| book.grids.locate(position));
    let (community, grid) = (found.and_then(|found| found.community), found.map(|found| found.grid));
    Ok(Some(Subject { matter, community, grid, at }))
}

/// A case that this person may read.
async fn of_case(cx: &Cx, case: &str, at: Timestamp) -> Result<Subject, Fault> {
    let missing =
        Refusal { field: Some("case"), ..Refusal::new(RefusalKind::Missing, "case-number-missing") };
    let row = super::super::wish::case_seen(cx, case).await?.ok_or(missing)?;
    Ok(Subject { matter: row.matter, community: row.community, grid: row.grid, at })
}

/// What was tried, in words.
pub(super) fn shown(subject: &Subject, tried: &Tried, speaker: &Speaker<'_>, book: &Rulebook) -> Trial {
    let typed = |text: &Option<String>| text.clone().unwrap_or_default();
    Trial {
        case: typed(&tried.case),
        coordinates: typed(&tried.coordinates),
        typed_at: typed(&tried.at),
        matter: subject.matter.map(|key| speaker.matter(key)).unwrap_or_default(),
        place: speaker.directory.place(subject.community, subject.grid),
        at: subject.at,
        working: book.calendar.is_open_at(subject.at),
    }
}

/// Where the rules lead with a case.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Routed {
    /// The rule that fits, whether or not it can work.
    pub(crate) rule: Told,
    /// The units that help.
    pub(crate) assist: Vec<UnitId>,
    /// The due date that the rule gives, by the tenant's clocks and as a field takes it; none where it is as
    /// usual.
    pub(crate) due_at: Option<String>,
    /// The case is with another unit than the one that the rule names.
    pub(crate) elsewhere: bool,
}

/// Where the rules lead with a case as it is now; none where no rule fits.
pub(crate) fn routed(
    case: &CentreCase,
    book: &Rulebook,
    world: &World,
    directory: &Directory,
    (now, locale): (Timestamp, Locale),
) -> Option<Routed> {
    let row = &case.row;
    let subject = Subject { matter: row.matter, community: row.community, grid: row.grid, at: now };
    let (rule, works) = match book.routing.route(&subject, &book.calendar, world) {
        Route::To(rule) => (rule, true),
        Route::Broken(rule) => (rule, false),
        Route::Nowhere => return None,
    };
    let at = book.routing.rules.iter().position(|known| known.id == rule.id)?;
    let due = rule.term.map(|term| book.calendar.due(now, term).at.to_jiff());
    let zone = book.calendar.zone();
    Some(Routed {
        rule: Speaker { directory, locale }.told(at, rule, world.flaws(rule)),
        assist: rule.assist.clone(),
        due_at: due.map(|at| zone.to_datetime(at).strftime("%Y-%m-%dT%H:%M").to_string()),
        elsewhere: works && row.lead_unit.is_some_and(|lead| lead != rule.lead),
    })
}

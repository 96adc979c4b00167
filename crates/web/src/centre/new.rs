//! A report that came by telephone: the dispatcher writes it down, and tells the caller the code to follow
//! it by.

use qige_app::{Draft, Order};
use qige_cases::{By, CaseRole, Correct, MatterKey, Origin, Place, Reporter};
use qige_identity::Permission;
use qige_kernel::{Datum, PlaceId, Refusal, ReportId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::case::CasePage;
use super::matters::{self, Which};
use super::names::{Choice, Directory};
use crate::input::pasted;
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, Page, Routes, Text, View, Width};

pub(super) fn routes() -> Routes {
    Routes::of("centre")
        .get("/cases/new", Permission::FileCase, "The form for a report by telephone", form)
        .post("/cases", Permission::FileCase, "Write down a report that came by telephone", take)
}

/// The form for a report by telephone.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct NewPage {
    /// The id that the report will have: sent twice, it is one report.
    id: ReportId,
    /// Matters to type.
    matters: Vec<String>,
    /// Grids to choose from.
    grids: Vec<Choice>,
}

impl View for NewPage {
    const TEMPLATE: &'static str = "centre/new.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("new-case-title")
    }

    fn samples() -> Vec<Self> {
        let id = ReportId(uuid::Uuid::nil());
        let grids = vec![Choice::of(&"019a0000-0000-7000-8000-000000000001", "晶都社区 · 第三网格")];
        vec![
            Self { id, matters: vec!["占道经营 06012".to_owned()], grids },
            Self { id, matters: Vec::new(), grids: Vec::new() },
        ]
    }
}

async fn form(cx: Cx) -> Result<Page<NewPage>, Fault> {
    Ok(Page(NewPage {
        id: cx.id(),
        matters: matters::all_typed(Which::Reported, cx.locale()),
        grids: grids(&cx).await?,
    }))
}

/// Every grid with its community, by name.
pub(super) async fn grids(cx: &Cx) -> Result<Vec<Choice>, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let index = book.grids.clone();
    let directory = cx.read(move |tx| Box::pin(async move { Ok(Directory::read(tx, index).await?) })).await?;
    let all = book.grids.grids().iter();
    let mut choices: Vec<Choice> = all
        .filter_map(|grid| Some(Choice::of(&grid.id, directory.place(grid.community, Some(grid.id))?)))
        .collect();
    choices.sort_by(|one, other| one.label.cmp(&other.label));
    Ok(choices)
}

/// What the caller said.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Call {
    /// The report's id, chosen by the sender; a new one when left out.
    id: Option<ReportId>,
    /// What is the matter.
    words: String,
    /// What it is about: a key, or a name that finds one matter.
    matter: Option<String>,
    /// Where, in words.
    address: Option<String>,
    /// Where: longitude and latitude as other maps give them, `118.752,34.542`.
    coordinates: Option<String>,
    /// In which datum those are; WGS-84 when left out.
    datum: Option<Datum>,
    /// The grid, where nobody knows the point.
    grid: Option<PlaceId>,
}

async fn take(cx: Cx, input: Input<Call>) -> Result<Done<CasePage>, Fault> {
    let Input { value: call, key } = input;
    let who = cx.signed_in()?.clone();
    let read = |text| matters::read("matter", text, Which::Reported, cx.locale());
    let matter = call.matter.as_deref().map(read).transpose()?;
    let id = call.id.or(key.map(ReportId)).unwrap_or_else(|| cx.id());
    let receipt = cx.app().report(cx.asker()?, draft(&call, id, who.person, matter)?).await?;
    let case = receipt.case;
    if !receipt.again
        && let Some(correct) = placed(&cx, &call).await?
    {
        let by = By::Person(who);
        let order = Order { case, expected_version: None, by, action: correct.into(), key: None };
        cx.app().act(cx.asker()?, order).await?;
    }
    let code = cx.app().follow_code(cx.tenant()?.id, receipt.report).await?;
    let said = Text::of("centre-done-report").with("code", code.to_string());
    Ok(Done::created(format!("/cases/{case}")).saying(said))
}

fn draft(
    call: &Call,
    id: ReportId,
    person: qige_kernel::PersonId,
    matter: Option<MatterKey>,
) -> Result<Draft, Refusal> {
    if call.words.trim().is_empty() {
        return Err(Refusal::invalid("words", "words-missing"));
    }
    let coordinates = call.coordinates.as_deref().map(|text| pasted(text, call.datum)).transpose()?;
    Ok(Draft {
        id,
        by: Reporter::Person(person, CaseRole::Dispatcher),
        matter,
        words: call.words.clone(),
        coordinates,
        accuracy: None,
        photos: Vec::new(),
        voice: None,
        made_at: None,
        joins: None,
        solved: false,
        origin: Origin::Centre,
    })
}

/// What a report cannot say and a case can: an address, and a grid without a point.
async fn placed(cx: &Cx, call: &Call) -> Result<Option<Correct>, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let place = match call.grid.filter(|_| call.coordinates.is_none()) {
        Some(id) => {
            let grid = book.grids.grid(id).ok_or(Refusal::invalid("grid", "grid-missing"))?;
            Some(Place { community: grid.community, grid: Some(grid.id), ..Place::default() })
        }
        None => None,
    };
    let address = call.address.clone();
    let said = place.is_some() || address.is_some();
    Ok(said.then(|| Correct { place, address, ..Correct::default() }))
}

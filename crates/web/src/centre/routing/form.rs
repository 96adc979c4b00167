//! A rule as people type it.

use qige_app::RuleChange;
use qige_cases::Urgency;
use qige_cases::routing::{About, Automatic, Rule, Time, Where};
use qige_identity::Permission;
use qige_kernel::{PlaceId, Refusal, RuleId, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::matters::{self, Which};
use super::super::names::{Choice, Directory};
use super::said::clock;
use super::{RoutingPage, samples};
use crate::admin::term::{Counted, Long};
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, Page, Path, Routes, Text, View, Width};

/// Of a hundred cases that a new rule takes by itself, so many are left to a person.
const USUAL_SAMPLE_PERCENT: u8 = 10;

pub(super) fn routes() -> Routes {
    let change = Permission::ManageRouting;
    Routes::of("centre")
        .get("/routing/new", change, "The form for a routing rule", new)
        .post("/routing", change, "Add a routing rule at the end of the list", add)
        .get("/routing/{id}", change, "One routing rule", one)
        .post("/routing/{id}", change, "Change a routing rule", put)
}

/// One rule, as its form has it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct RulePage {
    /// None: a new one.
    pub(super) id: Option<RuleId>,
    pub(super) name: String,
    /// A class, or `any`.
    pub(super) about: String,
    /// One matter, as it is typed.
    pub(super) matter: String,
    /// `whole`, `community:<id>`.
    pub(super) within: String,
    /// A grid's id.
    pub(super) grid: Option<PlaceId>,
    /// `always`, `working`, `outside`, `daily`.
    pub(super) hours: &'static str,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) lead: Option<UnitId>,
    pub(super) assist: Vec<UnitId>,
    pub(super) urgency: Option<Urgency>,
    pub(super) long: Option<Long>,
    pub(super) automatic: Automatic,
    pub(super) majors: Vec<Choice>,
    pub(super) matters: Vec<String>,
    pub(super) communities: Vec<Choice>,
    pub(super) grids: Vec<Choice>,
    pub(super) units: Vec<Choice>,
}

impl RulePage {
    /// A rule about which nothing is said yet, with nothing to choose from.
    pub(super) fn blank() -> Self {
        Self {
            id: None,
            name: String::new(),
            about: About::Anything.to_string(),
            matter: String::new(),
            within: "whole".to_owned(),
            grid: None,
            hours: "always",
            from: String::new(),
            to: String::new(),
            lead: None,
            assist: Vec::new(),
            urgency: None,
            long: None,
            automatic: Automatic { sample_percent: USUAL_SAMPLE_PERCENT, ..Automatic::default() },
            majors: Vec::new(),
            matters: Vec::new(),
            communities: Vec::new(),
            grids: Vec::new(),
            units: Vec::new(),
        }
    }
}

impl View for RulePage {
    const TEMPLATE: &'static str = "centre/rule.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of(if self.id.is_some() { "routing-change" } else { "routing-add" })
    }

    fn samples() -> Vec<Self> {
        samples::forms()
    }
}

async fn new(cx: Cx) -> Result<Page<RulePage>, Fault> {
    Ok(Page(page(&cx, None).await?))
}

async fn one(cx: Cx, Path(id): Path<RuleId>) -> Result<Page<RulePage>, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let rule = book.routing.rule(id).ok_or_else(Fault::missing)?;
    Ok(Page(page(&cx, Some(rule)).await?))
}

async fn page(cx: &Cx, rule: Option<&Rule>) -> Result<RulePage, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let index = book.grids.clone();
    let directory = cx.read(move |tx| Box::pin(async move { Ok(Directory::read(tx, index).await?) })).await?;
    let communities = directory.communities.iter().filter(|known| known.place.active);
    let blank = RulePage {
        majors: matters::majors(cx.locale()),
        matters: matters::all_typed(Which::All, cx.locale()),
        communities: communities
            .map(|known| Choice::of(&format!("community:{}", known.place.id), known.place.name.clone()))
            .collect(),
        grids: super::super::new::grids(cx).await?,
        units: directory.open_units(),
        ..RulePage::blank()
    };
    Ok(match rule {
        Some(rule) => filled(blank, rule, cx),
        None => blank,
    })
}

fn filled(blank: RulePage, rule: &Rule, cx: &Cx) -> RulePage {
    let (about, matter) = match rule.about {
        About::Matter(key) => (About::Anything.to_string(), matters::typed(key, cx.locale())),
        other => (other.to_string(), String::new()),
    };
    let (within, grid) = match rule.place {
        Where::Whole => ("whole".to_owned(), None),
        Where::Community(place) => (format!("community:{place}"), None),
        Where::Grid(place) => ("whole".to_owned(), Some(place)),
    };
    let (hours, from, to) = match rule.time {
        Time::Always => ("always", String::new(), String::new()),
        Time::Working => ("working", String::new(), String::new()),
        Time::Outside => ("outside", String::new(), String::new()),
        Time::Daily { from, to } => ("daily", clock(from), clock(to)),
    };
    RulePage {
        id: Some(rule.id),
        name: rule.name.clone(),
        about,
        matter,
        within,
        grid,
        hours,
        from,
        to,
        lead: Some(rule.lead),
        assist: rule.assist.clone(),
        urgency: rule.urgency,
        long: rule.term.map(Long::from),
        automatic: rule.automatic,
        ..blank
    }
}

/// What is said of a rule.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Typed {
    /// What people call it; at most 40 characters.
    name: Option<String>,
    /// `any`, or a class as in `matter-06`; whatever it is when left out.
    about: Option<About>,
    /// One matter: a key, or a name that finds one. It counts before the class.
    matter: Option<String>,
    /// `whole`, or `community:` and an id; everywhere when left out.
    within: Option<String>,
    /// A grid. It counts before the community.
    grid: Option<PlaceId>,
    /// When; always when left out.
    hours: Option<Hours>,
    /// With `daily`: the first minute, `18:00`.
    from: Option<String>,
    /// With `daily`: the first minute after it.
    to: Option<String>,
    /// The unit that answers for it.
    lead: UnitId,
    /// Units that help; at most five.
    #[serde(default)]
    assist: Vec<UnitId>,
    /// How soon, where it is other than the matter's usual.
    urgency: Option<Urgency>,
    /// How long the unit has, where it is other than usual.
    count: Option<u32>,
    /// Of what; working days when left out.
    counted: Option<Counted>,
    /// Files by itself what was reported with a matter.
    #[serde(default)]
    files: bool,
    /// Files what was reported without a matter as what is suggested, from so many percent of certainty on:
    /// 50 to 99; not at all when left out.
    files_when_sure: Option<u8>,
    /// Dispatches by itself what is filed.
    #[serde(default)]
    dispatches: bool,
    /// Lets the unit see the reporter's photos with what it dispatched by itself.
    #[serde(default)]
    releases_photos: bool,
    /// Of a hundred cases, how many are left to a person all the same; 0 to 100.
    sample_percent: Option<u8>,
}

/// When a rule fits.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Hours {
    /// Always.
    Always,
    /// In working hours.
    Working,
    /// Outside of them.
    Outside,
    /// Every day from one time to another.
    Daily,
}

impl Typed {
    fn rule(self, id: RuleId, on: bool, locale: crate::Locale) -> Result<Rule, Refusal> {
        let matter = self.matter.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let about = match matter {
            Some(text) => About::Matter(matters::read("matter", text, Which::All, locale)?),
            None => self.about.unwrap_or(About::Anything),
        };
        let time = match self.hours.unwrap_or(Hours::Always) {
            Hours::Always => Time::Always,
            Hours::Working => Time::Working,
            Hours::Outside => Time::Outside,
            Hours::Daily => Time::Daily {
                from: minute("from", self.from.as_deref())?,
                to: minute("to", self.to.as_deref())?,
            },
        };
        Ok(Rule {
            id,
            name: self.name.as_deref().map(str::trim).unwrap_or_default().to_owned(),
            on,
            about,
            place: place(self.within.as_deref(), self.grid)?,
            time,
            lead: self.lead,
            // Whoever leads need not be told to help.
            assist: self.assist.into_iter().filter(|unit| *unit != self.lead).collect(),
            urgency: self.urgency,
            term: self.count.map(|count| self.counted.unwrap_or(Counted::WorkDays).term(count)),
            automatic: Automatic {
                files: self.files,
                files_when_sure: self.files_when_sure,
                dispatches: self.dispatches,
                releases_photos: self.releases_photos,
                sample_percent: self.sample_percent.unwrap_or(USUAL_SAMPLE_PERCENT),
            },
        })
    }
}

fn place(within: Option<&str>, grid: Option<PlaceId>) -> Result<Where, Refusal> {
    if let Some(grid) = grid {
        return Ok(Where::Grid(grid));
    }
    let within = within.unwrap_or("whole");
    let community = within.strip_prefix("community:").and_then(|id| id.parse().ok()).map(Where::Community);
    let whole = || (within == "whole").then_some(Where::Whole);
    community.or_else(whole).ok_or(Refusal::invalid("within", "rule-community-gone"))
}

/// `18:00` as minutes after midnight.
fn minute(field: &'static str, text: Option<&str>) -> Result<u16, Refusal> {
    let unreadable = || Refusal::invalid(field, "time-unreadable");
    let time: jiff::civil::Time =
        text.map(str::trim).unwrap_or_default().parse().map_err(|_| unreadable())?;
    let part = |part: i8| u16::try_from(part).unwrap_or_default();
    Ok(part(time.hour()) * 60 + part(time.minute()))
}

async fn add(cx: Cx, input: Input<Typed>) -> Result<Done<RoutingPage>, Fault> {
    let Input { value, key } = input;
    let id = key.map_or_else(|| cx.id(), RuleId);
    keep(&cx, value.rule(id, true, cx.locale())?, "routing-added").await
}

async fn put(cx: Cx, Path(id): Path<RuleId>, input: Input<Typed>) -> Result<Done<RoutingPage>, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let on = book.routing.rule(id).ok_or_else(Fault::missing)?.on;
    keep(&cx, input.value.rule(id, on, cx.locale())?, "routing-changed").await
}

async fn keep(cx: &Cx, rule: Rule, said: &'static str) -> Result<Done<RoutingPage>, Fault> {
    super::change(cx, RuleChange::Put(Box::new(rule)), None, said).await
}

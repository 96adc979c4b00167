//! The form on which everything begins. Complete for a stranger and without script: phones keep it for when
//! there is no signal.

use qige_cases::MatterKey;
use qige_cases::suggest::SUGGESTED;
use qige_identity::Permission;
use qige_kernel::ReportId;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::around::{self, Suggested};
use crate::{Access, Cx, Fault, Locale, Page, Routes, Text, View, Width};

/// 这里有人需要帮助, of the catalogue's own matters.
const HELP: &str = "matter-90-004";

pub(super) fn routes() -> Routes {
    Routes::of("report").get("/report", Access::Public, "The form for a report", show)
}

/// The form.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ReportPage {
    /// For a report that is sent without script: sent twice, it is one report.
    id: ReportId,
    /// The three best guesses.
    suggestions: Vec<Suggested>,
    /// The others that are reported most.
    more: Vec<Suggested>,
    /// What is chosen where words speak of a person who needs help.
    help: Option<Suggested>,
    /// Whether this person may put a matter right and report it done.
    may_solve: bool,
    /// Whether this person follows reports by account.
    known: bool,
    /// The middle of all grids, `lng,lat`: where the drawing begins when the phone says no place.
    centre: Option<String>,
}

impl View for ReportPage {
    const TEMPLATE: &'static str = "rider/report.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("report-title")
    }

    fn samples() -> Vec<Self> {
        let suggested = |key: &str| key.parse().ok().map(|key| Suggested::of(key, Locale::default(), None));
        let page = |may_solve, suggestions: Vec<Suggested>| Self {
            id: ReportId(Uuid::nil()),
            help: suggested(HELP),
            more: suggestions.clone(),
            suggestions,
            may_solve,
            known: may_solve,
            centre: may_solve.then(|| "118.752,34.542".to_owned()),
        };
        let some = ["matter-06-012", "component-01-001"].into_iter().filter_map(suggested).collect();
        vec![page(true, some), page(false, Vec::new())]
    }
}

async fn show(cx: Cx) -> Result<Page<ReportPage>, Fault> {
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let centre = book.grids.bounds().map(|bounds| bounds.centre());
    let mut suggestions = around::at_first(cx.locale(), chosen_before(&cx));
    let more = suggestions.split_off(SUGGESTED.min(suggestions.len()));
    let may = |permission| cx.who().is_some_and(|who| who.may(permission));
    Ok(Page(ReportPage {
        id: cx.id(),
        help: HELP.parse().ok().map(|key| Suggested::of(key, cx.locale(), None)),
        suggestions,
        more,
        may_solve: may(Permission::SolveOnSpot),
        known: may(Permission::Report),
        centre: centre.map(|(lng, lat)| format!("{lng:.6},{lat:.6}")),
    }))
}

/// What was chosen in a form that was refused and is shown again: it may have been found by a search.
fn chosen_before(cx: &Cx) -> Option<MatterKey> {
    cx.seen().refill.as_ref()?.sent.get("matter")?.as_str()?.parse().ok()
}

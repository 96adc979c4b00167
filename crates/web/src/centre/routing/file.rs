//! The rules as a file, in their order.

use qige_cases::routing::Time;

use super::said::RuleLine;
use super::trial::Tried;
use super::{RoutingPage, list};
use crate::sheet::{Cell, Listing, Nothing, Rows, Said};
use crate::{Cx, Fault, Query, Text};

impl Listing for RoutingPage {
    type Asked = Nothing;
    const PATHS: [&'static str; 2] = ["/routing.csv", "/routing.xlsx"];
    const SUMMARY: &'static str = "The routing rules as a file, in their order";
    const NAME: &'static str = "rules";
    const TITLE: &'static str = "routing-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("list-order", 8),
        ("routing-name", 22),
        ("export-column-matter", 22),
        ("routing-within", 22),
        ("routing-time", 22),
        ("export-column-unit", 22),
        ("list-helpers", 22),
        ("export-column-urgency", 10),
        ("routing-term", 16),
        ("routing-by-itself", 36),
        ("admin-state", 10),
        ("list-problem", 36),
    ];

    async fn read(cx: Cx, _: Nothing) -> Result<Self, Fault> {
        Ok(list(cx, Query(Tried::default())).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        self.rules.iter().map(|rule| rule.cells(said)).collect()
    }
}

impl RuleLine {
    fn cells(&self, said: &Said) -> Vec<Cell> {
        let told = &self.told;
        let or = |name: &Option<String>, key: &str| name.clone().unwrap_or_else(|| said.plain(key)).into();
        let urgency = told.urgency.map(|urgency| format!("urgency-{urgency}"));
        let state = if self.on { "admin-unit-open" } else { "routing-is-off" };
        vec![
            Cell::count(told.place),
            told.name.clone().into(),
            or(&told.about, "routing-anything"),
            or(&told.within, "routing-whole"),
            self.when(said).into(),
            or(&told.lead_name, "routing-unit-gone"),
            said.listed(told.assist_names.iter().cloned()),
            urgency.map_or(Cell::Nothing, |key| said.text(key)),
            told.long.map(|long| said.say(&long.text())).into(),
            said.listed(self.by_itself(said).into_iter()),
            said.text(state),
            self.problems(said),
        ]
    }

    fn when(&self, said: &Said) -> String {
        match (self.told.time, self.told.daily.as_slice()) {
            (_, [from, to]) => {
                said.say(&Text::of("routing-daily").with("from", from.clone()).with("to", to.clone()))
            }
            (Time::Working, _) => said.plain("routing-hours-working"),
            (Time::Outside, _) => said.plain("routing-hours-outside"),
            _ => said.plain("routing-hours-always"),
        }
    }

    /// What the rule does by itself, and what it leaves to people.
    fn by_itself(&self, said: &Said) -> Vec<String> {
        let sure = |n: u8| said.say(&Text::of("routing-is-sure").with("n", n.to_string()));
        let all = [
            self.files.then(|| said.plain("routing-files")),
            self.files_when_sure.map(sure),
            self.dispatches.then(|| said.plain("routing-dispatches")),
        ];
        let mut all: Vec<String> = all.into_iter().flatten().collect();
        if !all.is_empty() {
            all.push(said.say(&Text::of("routing-sample").with("n", self.sample_percent.to_string())));
        }
        all
    }

    /// Why it cannot work, and by which other rule it never comes to its turn.
    fn problems(&self, said: &Said) -> Cell {
        let flaws = self.told.flaws.iter().map(|flaw| said.plain(format!("routing-flaw-{flaw}")));
        let hidden = |place: usize| said.say(&Text::of("routing-hidden").with("place", place.to_string()));
        said.listed(flaws.chain(self.hidden_by.map(hidden)))
    }
}

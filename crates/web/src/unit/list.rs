//! What a unit has in hand, what will be late first; and what it has done, newest first.

use std::sync::Arc;

use qige_cases::queries::{UnitListKind, unit_list};
use qige_cases::views::{Page as Rows, UnitRow};
use qige_identity::Permission;
use qige_kernel::{Timestamp, UnitId};
use qige_places::GridIndex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{samples, spot};
use crate::centre::names::Directory;
use crate::looked_for::LookedFor;
use crate::rider::matter::Matter;
use crate::sheet::{Cell, Listing, Rows as Table, Said};
use crate::{Cx, Fault, Locale, Page, Query, Routes, Text, View, Width};

/// Rows on one page: a phone's thumb scrolls no further.
const ROWS: u32 = 30;

pub(super) fn routes() -> Routes {
    Routes::of("unit")
        .get("/unit", Permission::HandleCase, "What a unit has to do, what will be late first", show)
        .list::<UnitPage>(Permission::HandleCase)
}

/// Which of a unit's cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Which {
    /// Those that it has to do something about.
    #[default]
    InHand,
    /// Those that it handed in.
    Done,
}

/// What is looked at.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Wanted {
    /// Which of the cases.
    list: Which,
    /// Which unit, for those who work for several.
    unit: Option<UnitId>,
    /// Number, released words, place or matter, in Chinese, pinyin or its initials.
    q: Option<String>,
    /// Where the page begins: `next` of the page before.
    after: Option<String>,
}

/// What a unit has to do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct UnitPage {
    /// Which of the cases.
    pub(super) list: Which,
    /// The unit that the rows speak of; none for somebody who works for no unit.
    pub(super) unit: Option<UnitId>,
    /// What is looked for, as it was typed.
    pub(super) q: Option<String>,
    /// The units that this person works for, by name.
    pub(super) units: Vec<OwnUnit>,
    /// The cases.
    pub(super) rows: Vec<Row>,
    /// Where the next page begins.
    pub(super) next: Option<String>,
    /// Whether this is not the first page.
    pub(super) later: bool,
}

/// A unit that somebody works for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct OwnUnit {
    pub(super) id: UnitId,
    pub(super) name: String,
}

/// One case in the list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct Row {
    #[serde(flatten)]
    pub(super) row: UnitRow,
    /// What it is about, by name.
    pub(super) matter_name: Option<String>,
    /// Community and grid by name.
    pub(super) place: Option<String>,
    /// Minutes until the running clock is over; negative: minutes since.
    pub(super) left_minutes: Option<i64>,
}

impl View for UnitPage {
    const TEMPLATE: &'static str = "unit/list.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("unit-title")
    }

    fn samples() -> Vec<Self> {
        samples::lists()
    }
}

impl Listing for UnitPage {
    type Asked = Wanted;
    const PATHS: [&'static str; 2] = ["/unit.csv", "/unit.xlsx"];
    const SUMMARY: &'static str = "What a unit has to do, or has done, as a file";
    const NAME: &'static str = "unit";
    const TITLE: &'static str = "unit-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("export-column-number", 14),
        ("export-column-state", 14),
        ("export-column-matter", 22),
        ("export-column-urgency", 10),
        ("list-part", 14),
        ("unit-what", 60),
        ("export-column-address", 36),
        ("list-place", 30),
        ("export-column-due", 20),
        ("export-column-tone", 14),
    ];

    async fn read(cx: Cx, wanted: Wanted) -> Result<Self, Fault> {
        Ok(show(cx, Query(wanted)).await?.0)
    }

    fn rows(&self, said: &Said) -> Table {
        self.rows.iter().map(|row| row.cells(said)).collect()
    }

    fn first(wanted: Wanted) -> Wanted {
        Wanted { after: None, ..wanted }
    }

    fn next(&self, wanted: &Wanted) -> Option<Wanted> {
        let after = self.next.clone()?;
        Some(Wanted { after: Some(after), ..wanted.clone() })
    }
}

impl Row {
    fn cells(&self, said: &Said) -> Vec<Cell> {
        let row = &self.row;
        let late = row.due_at.map(|_| said.text(format!("tone-{}", row.tone)));
        vec![
            row.number.clone().into(),
            said.text(format!("state-{}", row.state)),
            self.matter_name.clone().into(),
            row.urgency.map_or(Cell::Nothing, |urgency| said.text(format!("urgency-{urgency}"))),
            said.text(format!("assignment-{}", row.part)),
            said.words(row.words.as_deref().unwrap_or_default(), row.words_erased_at),
            row.address.clone().into(),
            self.place.clone().into(),
            said.time(row.due_at),
            late.unwrap_or(Cell::Nothing),
        ]
    }
}

async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<UnitPage>, Fault> {
    let mine = cx.signed_in()?.units();
    let unit = match wanted.unit {
        Some(unit) if mine.contains(&unit) => Some(unit),
        Some(_) => return Err(Fault::missing()),
        None => mine.first().copied(),
    };
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let kind = match wanted.list {
        Which::InHand => UnitListKind::Todo,
        Which::Done => UnitListKind::Done,
    };
    let (now, locale, grids) = (cx.now(), cx.locale(), book.grids.clone());
    let (after, looked_for) = (wanted.after.clone(), LookedFor::of(wanted.q.as_deref()));
    let (found, around) = cx
        .read(move |tx| {
            Box::pin(async move {
                let directory = Directory::read(tx, grids.clone()).await?;
                let around = Around { grids, directory, now, locale };
                let fits = |row: &UnitRow, words: &str| around.shown(row.clone()).fits(words, &looked_for);
                let found = match unit {
                    Some(unit) => unit_list(tx, unit, kind, now, after.as_deref(), ROWS, fits).await?,
                    None => Rows { rows: Vec::new(), next: None },
                };
                Ok((found, around))
            })
        })
        .await?;
    let named = |id: &UnitId| Some(OwnUnit { id: *id, name: around.directory.unit(*id)? });
    Ok(Page(UnitPage {
        list: wanted.list,
        unit,
        units: mine.iter().filter_map(named).collect(),
        rows: found.rows.into_iter().map(|row| around.shown(row)).collect(),
        next: found.next,
        later: wanted.after.is_some(),
        q: wanted.q,
    }))
}

/// What a row is shown with.
struct Around {
    grids: Arc<GridIndex>,
    directory: Directory,
    now: Timestamp,
    locale: Locale,
}

impl Around {
    fn shown(&self, row: UnitRow) -> Row {
        Row {
            matter_name: row.matter.map(|key| Matter::of(key, self.locale).name),
            place: row.position.and_then(|position| spot::place(position, &self.grids, &self.directory)),
            left_minutes: spot::left_minutes(self.now, row.due_at),
            row,
        }
    }
}

impl Row {
    /// Whether it is looked for; of the words, all that were released.
    fn fits(&self, words: &str, looked_for: &LookedFor) -> bool {
        let Self { row, matter_name, place, .. } = self;
        let place = place.as_deref();
        looked_for.fits([
            row.number.as_deref(),
            row.address.as_deref(),
            place,
            matter_name.as_deref(),
            Some(words),
        ])
    }
}

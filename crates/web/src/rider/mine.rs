//! What came of one's own reports.

use qige_cases::State;
use qige_cases::queries::reports_of;
use qige_cases::views::{OwnReportRow, Page as Rows};
use qige_identity::Permission;
use qige_identity::member::owes_consent;
use qige_kernel::{CaseId, ObjectId, PersonId, ReportId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::matter::Matter;
use crate::looked_for::LookedFor;
use crate::sheet::{Cell, Listing, Rows as Table, Said};
use crate::{Cx, Fault, Locale, Page, Query, Routes, Text, View, Width};

/// Reports read at once. What the filter leaves out makes a page shorter, not slower.
const ROWS: u32 = 40;
/// Reads for one page at most: somebody whose last two hundred reports are all open sees an empty page of
/// closed ones, with the way on.
const READS_MAX: usize = 5;

pub(super) fn routes() -> Routes {
    Routes::of("mine")
        .get("/mine", Permission::ReadOwnReports, "What came of one's own reports", show)
        .list::<MinePage>(Permission::ReadOwnReports)
}

/// Which of one's reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Which {
    /// All of them.
    #[default]
    All,
    /// Those that somebody still works on.
    Open,
    /// Those that are over.
    Closed,
}

impl Which {
    fn shows(self, state: State) -> bool {
        match self {
            Self::All => true,
            Self::Open => state.is_open(),
            Self::Closed => !state.is_open(),
        }
    }
}

/// What to show.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
struct Asked {
    /// Which of one's reports.
    #[serde(default)]
    which: Which,
    /// Words, matter or number, in Chinese, pinyin or its initials.
    q: Option<String>,
    /// Where the page begins: `next` of the page before.
    after: Option<String>,
}

/// What came of one's own reports.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct MinePage {
    which: Which,
    q: Option<String>,
    /// Not the first page.
    later: bool,
    reports: Vec<MineRow>,
    /// Where the next page begins.
    next: Option<String>,
    /// Whether one is in the scheme without having consented to it.
    owes_consent: bool,
}

/// One of one's own reports.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct MineRow {
    report: ReportId,
    case: CaseId,
    number: Option<String>,
    state: State,
    matter: Option<Matter>,
    words: String,
    /// When they went because their term was over.
    words_erased_at: Option<Timestamp>,
    received_at: Timestamp,
    updated_at: Timestamp,
    /// It joined a case that was there.
    joined: bool,
    /// The case waits for an answer.
    waiting: bool,
    rating: Option<i64>,
    photo: Option<ObjectId>,
}

impl MineRow {
    fn of(row: OwnReportRow, locale: Locale) -> Self {
        Self {
            report: row.report,
            case: row.case,
            number: row.number,
            state: row.state,
            matter: row.matter.map(|key| Matter::of(key, locale)),
            words: row.words,
            words_erased_at: row.words_erased_at,
            received_at: row.received_at,
            updated_at: row.updated_at,
            joined: row.joined,
            waiting: row.waiting,
            rating: row.rating,
            photo: row.photo,
        }
    }
}

impl MineRow {
    fn fits(&self, looked_for: &LookedFor) -> bool {
        let matter = self.matter.as_ref().map(|matter| matter.name.as_str());
        looked_for.fits([Some(self.words.as_str()), matter, self.number.as_deref()])
    }
}

impl View for MinePage {
    const TEMPLATE: &'static str = "rider/mine.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("mine-title")
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let row = |state, waiting, rating, photo: Option<u128>| MineRow {
            report: ReportId(Uuid::nil()),
            case: CaseId(Uuid::nil()),
            number: Some("20260923-0007".to_owned()),
            state,
            matter: Matter::sample(),
            words: "路口东边井盖没了，晚上很危险".to_owned(),
            words_erased_at: None,
            received_at: at,
            updated_at: at,
            joined: waiting,
            waiting,
            rating,
            photo: photo.map(|id| ObjectId(Uuid::from_u128(id))),
        };
        let mut reports: Vec<MineRow> =
            State::ALL.iter().map(|state| row(*state, false, None, Some(1))).collect();
        reports.push(row(State::Filed, true, None, None));
        reports.push(MineRow {
            words: String::new(),
            words_erased_at: Some(at),
            ..row(State::Closed, false, None, None)
        });
        reports.push(MineRow { matter: None, number: None, ..row(State::Closed, false, Some(4), None) });
        let full = Self {
            which: Which::All,
            q: None,
            later: true,
            reports,
            next: Some("x".to_owned()),
            owes_consent: true,
        };
        let none = |which, later, q: Option<&str>| Self {
            which,
            q: q.map(str::to_owned),
            later,
            reports: Vec::new(),
            next: None,
            owes_consent: false,
        };
        vec![
            full,
            none(Which::All, false, None),
            none(Which::Open, false, None),
            none(Which::Closed, true, None),
            none(Which::All, false, Some("井盖")),
        ]
    }
}

impl Listing for MinePage {
    type Asked = Asked;
    const PATHS: [&'static str; 2] = ["/mine.csv", "/mine.xlsx"];
    const SUMMARY: &'static str = "What came of one's own reports as a file";
    const NAME: &'static str = "reports";
    const TITLE: &'static str = "mine-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("export-column-number", 14),
        ("export-column-state", 14),
        ("export-column-matter", 22),
        ("export-column-words", 60),
        ("export-column-received", 20),
        ("list-changed", 20),
        ("list-rating", 10),
    ];

    async fn read(cx: Cx, asked: Asked) -> Result<Self, Fault> {
        Ok(show(cx, Query(asked)).await?.0)
    }

    fn rows(&self, said: &Said) -> Table {
        let row = |report: &MineRow| {
            vec![
                report.number.clone().into(),
                said.text(format!("state-{}", report.state)),
                report.matter.as_ref().map(|matter| matter.name.clone()).into(),
                said.words(&report.words, report.words_erased_at),
                said.time(report.received_at),
                said.time(report.updated_at),
                report.rating.map_or(Cell::Nothing, Cell::count),
            ]
        };
        self.reports.iter().map(row).collect()
    }

    fn first(asked: Asked) -> Asked {
        Asked { after: None, ..asked }
    }

    fn next(&self, asked: &Asked) -> Option<Asked> {
        let after = self.next.clone()?;
        Some(Asked { after: Some(after), ..asked.clone() })
    }
}

async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<MinePage>, Fault> {
    let (person, now) = (cx.signed_in()?.person, cx.now());
    let owes_consent = cx.read(move |tx| Box::pin(owes_consent(tx, person, now))).await?;
    let Asked { which, q, after } = asked;
    let later = after.is_some();
    let looked_for = LookedFor::of(q.as_deref());
    let (mut reports, mut next) = (Vec::new(), after);
    for _ in 0..READS_MAX {
        let Rows { rows, next: further } = read(&cx, person, next.take()).await?;
        let rows = rows.into_iter().map(|row| MineRow::of(row, cx.locale()));
        reports.extend(rows.filter(|row| which.shows(row.state) && row.fits(&looked_for)));
        next = further;
        if next.is_none() || !reports.is_empty() {
            break;
        }
    }
    Ok(Page(MinePage { which, q, later, reports, next, owes_consent }))
}

async fn read(cx: &Cx, person: PersonId, after: Option<String>) -> Result<Rows<OwnReportRow>, Fault> {
    cx.read(move |tx| Box::pin(async move { reports_of(tx, person, after.as_deref(), ROWS).await })).await
}

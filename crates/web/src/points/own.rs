//! What one's own reports earned, and why: each line for itself.

use std::collections::BTreeMap;

use qige_cases::State;
use qige_cases::store::called;
use qige_db::{DbError, Failure, Tx};
use qige_identity::{PurposeKey, Reach, Subject, consented};
use qige_kernel::{CaseId, Timestamp};
use qige_points::{
    Amounts, HeldBack, HeldBackRow, LINES_ON_PAGE_MAX, PointRules, StatementRow, Why, available,
    held_back_of, statement,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::sheet::{Cell, Listing, Rows, Said};
use crate::{Access, Cx, Fault, Page, Query, Routes, Text, View, Width};

/// Lines on one page.
const ON_PAGE: usize = 50;
/// Reports without points that are shown.
const HELD_BACK_SHOWN: u32 = 20;

pub(super) fn routes() -> Routes {
    const MAY: Access = Access::SignedIn;
    Routes::of("points")
        .get("/me/points", MAY, "What one's own reports earned, and why", show)
        .list::<OwnPointsPage>(MAY)
}

/// What one's own reports earned.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct OwnPointsPage {
    /// Whether reports earn anything here.
    on: bool,
    /// Whether one takes part.
    takes_part: bool,
    /// Where one says so, or leaves.
    purpose: PurposeKey,
    /// What one has.
    available: i64,
    amounts: Amounts,
    /// The newest first.
    lines: Vec<Line>,
    /// Reports that earned less than they would have, the newest first.
    held_back: Vec<Less>,
    /// The next page.
    next: Option<String>,
    /// The first page, where this is another one.
    first: Option<String>,
}

/// One line of the statement.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Line {
    at: Timestamp,
    /// More or less than nothing.
    change: i64,
    why: Why,
    case: CaseId,
    /// What the case is called; none before it was filed.
    number: Option<String>,
    /// By which version of the rules.
    version: i64,
    /// Its place.
    seq: i64,
}

/// A report that earned less than it would have.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Less {
    /// When it was received.
    at: Timestamp,
    case: CaseId,
    number: Option<String>,
    /// What it would have earned.
    due: i64,
    /// What it did.
    paid: i64,
    why: HeldBack,
}

impl View for OwnPointsPage {
    const TEMPLATE: &'static str = "points/own.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("points-title")
    }

    fn samples() -> Vec<Self> {
        samples()
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
struct Asked {
    /// From the line before this one.
    before: Option<i64>,
}

impl Listing for OwnPointsPage {
    type Asked = Asked;
    const PATHS: [&'static str; 2] = ["/me/points.csv", "/me/points.xlsx"];
    const SUMMARY: &'static str = "What one's own reports earned, as a file";
    const NAME: &'static str = "points";
    const TITLE: &'static str = "points-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("list-at", 20),
        ("points-change", 10),
        ("points-why", 30),
        ("points-case", 22),
        ("points-version", 12),
    ];

    async fn read(cx: Cx, asked: Asked) -> Result<Self, Fault> {
        page(&cx, asked, usize::try_from(LINES_ON_PAGE_MAX).unwrap_or(ON_PAGE)).await
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |line: &Line| {
            vec![
                said.time(line.at),
                Cell::signed(line.change),
                said.text(format!("points-why-{}", line.why)),
                line.number.clone().into(),
                Cell::count(line.version),
            ]
        };
        self.lines.iter().map(row).collect()
    }

    fn next(&self, _asked: &Asked) -> Option<Asked> {
        self.next.as_ref()?;
        Some(Asked { before: self.lines.last().map(|line| line.seq) })
    }
}

async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<OwnPointsPage>, Fault> {
    Ok(Page(page(&cx, asked, ON_PAGE).await?))
}

/// What is read of it.
struct Read {
    rules: PointRules,
    takes_part: bool,
    available: i64,
    lines: Vec<StatementRow>,
    held_back: Vec<HeldBackRow>,
    called: BTreeMap<CaseId, (Option<String>, State)>,
}

async fn page(cx: &Cx, asked: Asked, on_page: usize) -> Result<OwnPointsPage, Fault> {
    let (person, now) = (cx.signed_in()?.person, cx.now());
    let read = cx
        .read(move |tx| {
            Box::pin(async move {
                let takes_part = takes_part(tx, Subject::Person(person), now).await?;
                let limit = u32::try_from(on_page + 1).unwrap_or(u32::MAX);
                let lines = statement(tx, person, asked.before, limit).await?;
                let held_back = held_back_of(tx, person, HELD_BACK_SHOWN).await?;
                let cases = lines.iter().map(|line| line.case_id);
                let cases: Vec<CaseId> = cases.chain(held_back.iter().map(|less| less.case_id)).collect();
                let (rules, called) = (PointRules::read(tx).await?, called(tx, &cases).await?);
                Ok(Read {
                    rules,
                    takes_part,
                    available: available(tx, person).await?,
                    lines,
                    held_back,
                    called,
                })
            })
        })
        .await?;
    Ok(read.page(asked, on_page))
}

async fn takes_part(tx: &mut Tx<'_>, subject: Subject, now: Timestamp) -> Result<bool, DbError> {
    match consented::<qige_identity::Points>(tx, subject, &Reach::default(), now).await {
        Ok(_) => Ok(true),
        Err(Failure::Refused(_)) => Ok(false),
        Err(Failure::Db(error)) => Err(error),
    }
}

impl Read {
    fn page(self, asked: Asked, on_page: usize) -> OwnPointsPage {
        let Self { rules, takes_part, available, mut lines, held_back, called } = self;
        let more = lines.len() > on_page;
        lines.truncate(on_page);
        let next = lines.last().filter(|_| more).map(|line| format!("/me/points?before={}", line.seq));
        let number = |case| called.get(&case).and_then(|(number, _)| number.clone());
        let line = |row: StatementRow| {
            let (change, number) = (row.change(), number(row.case_id));
            let StatementRow { seq, at, case_id: case, why, rule_version: version, .. } = row;
            Line { at, change, why, case, number, version, seq }
        };
        let less = |HeldBackRow { at, case_id: case, due, paid, held_back: why }| Less {
            at,
            case,
            number: number(case),
            due,
            paid,
            why,
        };
        OwnPointsPage {
            on: rules.on(),
            takes_part,
            purpose: PurposeKey::of::<qige_identity::Points>(),
            available,
            amounts: rules.amounts(),
            lines: lines.into_iter().map(line).collect(),
            held_back: held_back.into_iter().map(less).collect(),
            next,
            first: asked.before.map(|_| "/me/points".to_owned()),
        }
    }
}

fn samples() -> Vec<OwnPointsPage> {
    let (at, case) = (Timestamp::from_micros(1_790_000_000_000_000), CaseId(Uuid::nil()));
    let number = || Some("QG-2026-000017".to_owned());
    let line = |(seq, why): (i64, &Why)| {
        let change = if matches!(why, Why::NotFiled | Why::AboutPeople | Why::SaidBefore) { -5 } else { 5 };
        Line { at, change, why: *why, case, number: number(), version: 1, seq }
    };
    let less = |why: &HeldBack| Less { at, case, number: None, due: 5, paid: 0, why: *why };
    let full = OwnPointsPage {
        on: true,
        takes_part: true,
        purpose: PurposeKey::of::<qige_identity::Points>(),
        available: 35,
        amounts: Amounts::default(),
        lines: (1..).zip(Why::ALL).map(line).collect(),
        held_back: HeldBack::ALL.iter().map(less).collect(),
        next: Some("/me/points?before=1".to_owned()),
        first: Some("/me/points".to_owned()),
    };
    let empty = OwnPointsPage {
        available: 0,
        lines: Vec::new(),
        held_back: Vec::new(),
        next: None,
        first: None,
        ..full.clone()
    };
    let outside = OwnPointsPage { takes_part: false, ..empty.clone() };
    vec![full, outside.clone(), OwnPointsPage { on: false, ..outside }, empty]
}

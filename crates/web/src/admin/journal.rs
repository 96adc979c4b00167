//! The journal, for the auditor: whether its chain holds, and the lines of one case.
//!
//! Whoever audits sees who did what, when, and where the case stood before and after; what was said, where it
//! was and who reported it are no part of that (三员分立: none of the three reads cases).

mod line;

use qige_app::Verified;
use qige_cases::{CASE_STREAM, number};
use qige_db::journal::{self, Stream};
use qige_db::{Failure, Tx};
use qige_identity::{KeptRoot, Permission, RootFault, WrongRoot, roots_kept};
use qige_kernel::{CaseId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::line::JournalLine;
use crate::page::Density;
use crate::sheet::{Listing, Rows, Said};
use crate::{Cx, Fault, Input, Page, Query, Routes, Text, View};

/// Roots shown: a week and a day.
const ROOTS_SHOWN: u32 = 8;

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/journal", Permission::ReadJournal, "The journal of one case", show)
        .list::<JournalPage>(Permission::ReadJournal)
        .get("/admin/journal/verify", Permission::VerifyJournal, "Before the journal is checked", before)
        .post("/admin/journal/verify", Permission::VerifyJournal, "Have the journal's chain checked", verify)
}

/// The journal.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
struct JournalPage {
    /// What was asked for, as it was typed.
    asked: Option<String>,
    /// The case that was asked for; none where there is none of that number.
    case: Option<CaseId>,
    /// Its lines, oldest first.
    lines: Vec<JournalLine>,
    may_verify: bool,
    checked: Option<Checked>,
    /// What the journal came to at the end of the last days, the newest first.
    roots: Vec<RootLine>,
}

/// What the journal came to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct RootLine {
    /// Lines up to this instant are in it.
    until: Timestamp,
    lines: i64,
    /// Whether the one before still held when this one was made.
    holds: bool,
    /// As it is to be kept outside: what is signed, the public key and the signature.
    text: String,
}

/// What checking found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Checked {
    /// When it was checked.
    at: Timestamp,
    /// Whether everything holds.
    holds: bool,
    streams: u64,
    lines: u64,
    /// Lines whose words were erased as the rules of retention want it.
    erased: u64,
    /// Whether the journal still comes to the newest root, and all roots are as they should be: `never`
    /// where none was kept yet, `holds` or `wrong`.
    rooted: &'static str,
    /// Of which instant the newest root is.
    rooted_until: Option<Timestamp>,
    /// What is wrong with the roots, of nights that are over too.
    wrong_roots: Vec<WrongNight>,
    /// Places where the chain does not hold; the first hundred.
    broken: Vec<Broken>,
    broken_count: u64,
    /// Cases that stand in their tables otherwise than the journal says; the first hundred.
    differing: Vec<Differing>,
    /// What else differs from it, the access log, consents and the points, as `qige verify` names it.
    beside: Vec<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Broken {
    stream: String,
    id: String,
    seq: i64,
    /// `order`, `link`, `hash`, `body` or `silenced`.
    what: String,
}

/// A root that is not as it should be.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct WrongNight {
    /// Its number; none where nobody can say.
    number: Option<i64>,
    until: Option<Timestamp>,
    what: WrongRoot,
    /// In which file, where it is about one.
    file: Option<String>,
}

impl From<RootFault> for WrongNight {
    fn from(RootFault { number, until, what, file }: RootFault) -> Self {
        Self { number, until, what, file }
    }
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Differing {
    case: CaseId,
    /// Which field or kind of rows.
    what: String,
}

impl View for JournalPage {
    const TEMPLATE: &'static str = "admin/journal.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("admin-journal-title")
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let case = CaseId(uuid::Uuid::nil());
        let lines = line::samples();
        let good = Checked {
            at,
            holds: true,
            streams: 120,
            lines: 4_031,
            erased: 2,
            rooted: "holds",
            rooted_until: Some(at),
            wrong_roots: Vec::new(),
            broken: Vec::new(),
            broken_count: 0,
            differing: Vec::new(),
            beside: Vec::new(),
        };
        let broken =
            Broken { stream: "case".to_owned(), id: case.to_string(), seq: 4, what: "hash".to_owned() };
        let silenced = Broken { what: "silenced".to_owned(), ..broken.clone() };
        let wrong = |what| WrongNight {
            number: Some(17),
            until: Some(at),
            what,
            file: (what == WrongRoot::OtherFile).then(|| "2026-11-27-17.txt".to_owned()),
        };
        let bad = Checked {
            holds: false,
            rooted: "wrong",
            wrong_roots: WrongRoot::ALL.iter().map(|what| wrong(*what)).collect(),
            broken: vec![broken, silenced],
            broken_count: 2,
            differing: vec![Differing { case, what: "state".to_owned() }],
            beside: vec!["points: issuance:2026 holds -5, its transfers come to -6".to_owned()],
            ..good.clone()
        };
        let asked = Some("20260923-0001".to_owned());
        let text = "qige journal root 1\nroot 0a1b…\n".to_owned();
        let root = |holds| RootLine { until: at, lines: 4_031, holds, text: text.clone() };
        let roots = vec![root(true), root(false)];
        vec![
            Self { may_verify: true, roots, ..Self::default() },
            Self { asked: asked.clone(), ..Self::default() },
            Self { asked, case: Some(case), lines, may_verify: true, ..Self::default() },
            Self { may_verify: true, checked: Some(good), ..Self::default() },
            Self { may_verify: true, checked: Some(bad), ..Self::default() },
        ]
    }
}

impl Listing for JournalPage {
    type Asked = Wanted;
    const PATHS: [&'static str; 2] = ["/admin/journal.csv", "/admin/journal.xlsx"];
    const SUMMARY: &'static str = "The journal of one case as a file";
    const NAME: &'static str = "journal";
    const TITLE: &'static str = "admin-journal-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("list-line", 8),
        ("list-at", 20),
        ("list-by", 22),
        ("admin-role", 14),
        ("list-step", 22),
        ("list-moves", 60),
        ("list-also", 36),
        ("list-parts", 36),
        ("list-hash", 66),
    ];

    async fn read(cx: Cx, wanted: Wanted) -> Result<Self, Fault> {
        Ok(show(cx, Query(wanted)).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        self.lines.iter().map(|line| line.cells(said)).collect()
    }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// The case's number, `20260923-0001`; its id where it has no number yet.
    case: Option<String>,
}

async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<JournalPage>, Fault> {
    let may_verify = cx.signed_in()?.may(Permission::VerifyJournal);
    let Some(asked) = wanted.case else {
        let roots = roots(&cx).await?;
        return Ok(Page(JournalPage { may_verify, roots, ..JournalPage::default() }));
    };
    let text = asked.trim().to_owned();
    let (case, lines) = cx
        .read(move |tx| {
            Box::pin(async move {
                let Some(case) = find(tx, &text).await? else { return Ok::<_, Failure>((None, Vec::new())) };
                let lines = journal::read(tx, Stream::new(CASE_STREAM, case)).await?;
                let lines = line::seen(tx, lines).await?;
                Ok(((!lines.is_empty()).then_some(case), lines))
            })
        })
        .await?;
    Ok(Page(JournalPage { asked: Some(asked), case, lines, may_verify, ..JournalPage::default() }))
}

async fn roots(cx: &Cx) -> Result<Vec<RootLine>, Fault> {
    let tenant = cx.tenant()?.id;
    let kept = cx.read(|tx| Box::pin(async move { Ok(roots_kept(tx, ROOTS_SHOWN).await?) })).await?;
    let line = |root: &KeptRoot| RootLine {
        until: root.until,
        lines: root.lines,
        holds: root.holds,
        text: root.text(tenant),
    };
    Ok(kept.iter().map(line).collect())
}

async fn find(tx: &mut Tx<'_>, text: &str) -> Result<Option<CaseId>, Failure> {
    if let Ok(id) = text.parse::<uuid::Uuid>() {
        return Ok(Some(CaseId(id)));
    }
    match number::typed(text) {
        Some(number) => Ok(qige_cases::queries::case_by_number(tx, &number).await?),
        None => Ok(None),
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

/// The page of which a browser asks again for what it posted to.
async fn before(cx: Cx) -> Result<Page<JournalPage>, Fault> {
    show(cx, Query(Wanted { case: None })).await
}

async fn verify(cx: Cx, _nothing: Input<Nothing>) -> Result<Page<JournalPage>, Fault> {
    let verified = cx.app().verified(cx.asker()?, &[]).await?;
    let (checked, roots) = (Some(Checked::of(verified, cx.now())), roots(&cx).await?);
    Ok(Page(JournalPage { may_verify: true, checked, roots, ..JournalPage::default() }))
}

impl Checked {
    fn of(verified: Verified, at: Timestamp) -> Self {
        let holds = verified.fault_count() == 0;
        let Verified { journals, cases, readings, consents, points, rooted } = verified;
        let of_roots = match rooted.until {
            _ if !rooted.faults.is_empty() => "wrong",
            None => "never",
            Some(_) => "holds",
        };
        let broken = journals.faults.into_iter().map(|fault| Broken {
            stream: fault.stream,
            id: fault.id.to_string(),
            seq: fault.seq,
            what: fault.what.to_owned(),
        });
        let readings = readings.iter().map(ToString::to_string);
        let consents = consents.iter().map(ToString::to_string);
        Self {
            at,
            holds,
            streams: journals.streams,
            lines: journals.lines,
            erased: journals.erased.values().sum(),
            rooted: of_roots,
            rooted_until: rooted.until,
            wrong_roots: rooted.faults.into_iter().map(WrongNight::from).collect(),
            broken: broken.collect(),
            broken_count: journals.fault_count,
            differing: cases
                .into_iter()
                .map(|fault| Differing { case: fault.case, what: fault.what })
                .collect(),
            beside: readings.chain(consents).chain(points.iter().map(ToString::to_string)).collect(),
        }
    }
}

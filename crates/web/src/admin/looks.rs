//! What another has to agree to (四眼): what waits and what was answered, the answers, and for what two people
//! are needed at all.

mod row;

use qige_app::Order;
use qige_cases::By;
use qige_cases::actions::Void;
use qige_identity::{
    AnswerLook, AskLook, FOUR_EYES, FourEyes, LookFor, LookKind, Permission, SecondLook, SetSetting, Who,
    may_export, second_look, second_looks,
};
use qige_kernel::{CaseId, Refusal, RefusalKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::row::{LookLine, lines};
use super::people::grants::Places;
use super::stamp;
use crate::page::Density;
use crate::sheet::{Listing, Rows, Said};
use crate::{Cx, Done, Fault, Input, Once, Page, Path, Query, Routes, Text, View, Width};

/// Who has to do with any of it.
const MAY: &[Permission] = &[
    Permission::ManageGrants,
    Permission::ManagePeople,
    Permission::VoidCase,
    Permission::ReadAccessLog,
    Permission::RecommendMember,
];
/// On one page.
const ON_PAGE: usize = 50;

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/looks", MAY, "What another has to agree to, and what was answered", list)
        .list::<LooksPage>(MAY)
        .post("/looks/export", EXPORTING, "Ask to take people's data out as a file", ask_export)
        .post("/looks/rule", Permission::ManageSecurity, "Set for what two people are needed", set)
        .post("/looks/{id}/answer", MAY, "Agree to what another asked for, or do not", answer)
}

/// Who takes people's data out.
const EXPORTING: &[Permission] =
    &[Permission::ReadPeople, Permission::ReadAccessLog, Permission::RecommendMember];

/// What another has to agree to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct LooksPage {
    /// The newest first.
    looks: Vec<LookLine>,
    /// The next page.
    next: Option<String>,
    /// The first page, where this is another one.
    first: Option<String>,
    /// For what two people are needed.
    rule: FourEyes,
    may_set: bool,
    /// Whether whoever reads this takes data out.
    may_export: bool,
    /// Whether somebody agreed to it.
    export_open: bool,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Asked {
    /// From the one after this.
    after: Option<Uuid>,
}

impl View for LooksPage {
    const TEMPLATE: &'static str = "admin/looks.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Wide;

    fn title(&self) -> Text {
        Text::of("looks-title")
    }

    fn samples() -> Vec<Self> {
        let full = Self {
            looks: row::samples(),
            next: Some("/looks?after=1".to_owned()),
            first: Some("/looks".to_owned()),
            rule: FourEyes::default(),
            may_set: true,
            may_export: true,
            export_open: true,
        };
        let nothing = Self { looks: Vec::new(), next: None, first: None, export_open: false, ..full.clone() };
        let other = Self { rule: FourEyes::NONE, may_set: false, may_export: false, ..nothing.clone() };
        vec![full, nothing, other]
    }
}

impl Listing for LooksPage {
    type Asked = Asked;
    const PATHS: [&'static str; 2] = ["/looks.csv", "/looks.xlsx"];
    const SUMMARY: &'static str = "What another had or has to agree to, as a file";
    const NAME: &'static str = "looks";
    const TITLE: &'static str = "looks-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("looks-at", 20),
        ("looks-what", 22),
        ("looks-about", 30),
        ("looks-why", 40),
        ("looks-by", 22),
        ("looks-answer", 12),
        ("looks-answered-by", 22),
        ("looks-answered-at", 20),
        ("looks-answer-why", 40),
    ];

    async fn read(cx: Cx, asked: Asked) -> Result<Self, Fault> {
        Ok(list(cx, Query(asked)).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |line: &LookLine| {
            let role = line.role.map(|role| said.plain(role.label_key()));
            let about = [line.about.clone(), role, line.place.clone()].into_iter().flatten();
            // Nobody asks without saying why: where nothing stands, its term is over.
            let gone = line.words.is_empty();
            let why = if gone { said.text("words-erased-short") } else { line.words.clone().into() };
            vec![
                said.time(line.asked_at),
                said.text(format!("look-{}", line.kind)),
                said.listed(about),
                why,
                line.asked_by.clone().into(),
                said.text(line.state()),
                line.answered_by.clone().into(),
                said.time(line.answered_at),
                line.answer.clone().into(),
            ]
        };
        self.looks.iter().map(row).collect()
    }

    fn first(_: Asked) -> Asked {
        Asked::default()
    }

    fn next(&self, _: &Asked) -> Option<Asked> {
        // What concerns somebody else is left out of the page, so its last line may not be where it goes on.
        let (_, after) = self.next.as_ref()?.split_once("after=")?;
        Some(Asked { after: after.parse().ok() })
    }
}

/// The kinds that somebody has to do with: what they may answer; an auditor reads all.
fn kinds(who: &Who) -> Vec<LookKind> {
    let concerns = |kind: &LookKind| {
        who.may(Permission::ReadAccessLog) || kind.answered_by().iter().any(|one| who.may(*one))
    };
    LookKind::ALL.iter().copied().filter(concerns).collect()
}

async fn list(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<LooksPage>, Fault> {
    let who = cx.signed_in()?.clone();
    let (places, now, kinds) = (Places::of(&cx).await?, cx.now(), kinds(&who));
    let limit = u32::try_from(ON_PAGE.saturating_add(1)).unwrap_or(u32::MAX);
    let (me, reader) = (who.person, who.clone());
    let (looks, next, rule, export_open) = cx
        .read(move |tx| {
            Box::pin(async move {
                let known = places.read(tx).await?;
                let mut found = second_looks(tx, &kinds, asked.after, limit).await?;
                let more = found.len() > ON_PAGE;
                found.truncate(ON_PAGE);
                let next = found.last().filter(|_| more).map(|last| format!("/looks?after={}", last.id));
                let looks = lines(tx, found, &known, &reader, now).await?;
                Ok((looks, next, FourEyes::of(tx).await?, may_export(tx, me, now).await?))
            })
        })
        .await?;
    let first = asked.after.map(|_| "/looks".to_owned());
    let may_set = who.may(Permission::ManageSecurity);
    let may_export = rule.exports && EXPORTING.iter().any(|one| who.may(*one));
    Ok(Page(LooksPage { looks, next, first, rule, may_set, may_export, export_open }))
}

/// Refuses a file with people's data where another has to agree and nobody did.
pub(crate) async fn require_export(cx: &Cx) -> Result<(), Fault> {
    let (me, now) = (cx.signed_in()?.person, cx.now());
    let open = cx
        .read(move |tx| {
            Box::pin(async move { Ok(!FourEyes::of(tx).await?.exports || may_export(tx, me, now).await?) })
        })
        .await?;
    if open { Ok(()) } else { Err(Refusal::new(RefusalKind::Forbidden, "look-export-first").into()) }
}

/// Why the data is wanted.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Why {
    /// For what.
    words: String,
}

async fn ask_export(cx: Cx, input: Input<Why>) -> Result<Done<LooksPage>, Fault> {
    let Input { value, key } = input;
    let who = cx.signed_in()?;
    let role = EXPORTING.iter().find_map(|one| who.role_for(*one));
    let ask =
        AskLook { id: cx.id(), wanted: LookFor::Export, words: value.words.clone(), stamp: cx.stamp(role) };
    cx.write(Once::new(ask, key, &value, cx.now())).await?;
    Ok(Done::see("/looks").saying(Text::of("looks-asked")))
}

/// For what two people are needed.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
struct Rule {
    /// Giving a role that is work.
    #[serde(default)]
    grants: bool,
    /// Taking people's data out as a file.
    #[serde(default)]
    exports: bool,
    /// Declaring a case void.
    #[serde(default)]
    voids: bool,
}

async fn set(cx: Cx, input: Input<Rule>) -> Result<Done<LooksPage>, Fault> {
    let Rule { grants, exports, voids } = input.value;
    let value = serde_json::to_value(FourEyes { grants, exports, voids }).unwrap_or_default();
    cx.write(SetSetting { key: FOUR_EYES, value, stamp: stamp(&cx, Permission::ManageSecurity)? }).await?;
    Ok(Done::see("/looks").saying(Text::of("admin-saved")))
}

/// Yes or no.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Answered {
    /// Whether one agrees.
    granted: bool,
    /// Why; a no says it.
    words: Option<String>,
}

async fn answer(cx: Cx, Path(id): Path<Uuid>, input: Input<Answered>) -> Result<Done<LooksPage>, Fault> {
    let who = cx.signed_in()?.clone();
    let asker = who.clone();
    let look = cx
        .read(move |tx| {
            Box::pin(async move {
                let Some(look) = second_look(tx, id).await? else { return Ok(None) };
                Ok(row::concerns(tx, &look, &asker).await?.then_some(look))
            })
        })
        .await?;
    let look = look.filter(|look| kinds(&who).contains(&look.kind)).ok_or_else(Fault::missing)?;
    let role =
        look.kind.answered_by().iter().find_map(|one| who.role_for(*one)).ok_or_else(Fault::forbidden)?;
    let Answered { granted, words } = input.value;
    let answer = AnswerLook { id, granted, words, stamp: cx.stamp(Some(role)) };
    if look.answered_by != Some(who.person) {
        answer.check(&look, who.person)?;
    }
    if granted && look.kind == LookKind::Void {
        void(&cx, &look, who).await?;
    }
    cx.write(answer).await?;
    let said = if granted { "looks-granted" } else { "looks-refused" };
    Ok(Done::see("/looks").saying(Text::of(said)))
}

/// The case is declared void by whoever agrees, under a key of its own: where this is broken off before the
/// answer is noted, agreeing once more does nothing again.
async fn void(cx: &Cx, look: &SecondLook, who: Who) -> Result<(), Fault> {
    let order = Order {
        case: CaseId(look.subject),
        expected_version: None,
        by: By::Person(who),
        action: Void { reason: look.words.clone() }.into(),
        key: Some(look.id),
    };
    cx.app().act(cx.asker()?, order).await?;
    Ok(())
}

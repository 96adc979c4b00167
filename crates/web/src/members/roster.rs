//! A list from a spreadsheet: shown with what is wrong with it, row by row, then taken whole or not at all.
//! Between the two nothing is kept here: the page itself carries what was read.

mod book;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use qige_identity::member::{MEMBERS_AT_ONCE_MAX, NewMember, Recommend};
use qige_identity::{DisplayName, NewPerson, PeopleFilter, Permission, PhoneNumber, people};
use qige_kernel::{PersonId, PlaceId, Refusal};
use qige_places::{Place, store};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::read::{Row, written};
use super::list::MembersPage;
use crate::admin::stamp;
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, LongText, Page, Routes, Text, Upload, View, Width};

pub(super) fn routes() -> Routes {
    let may = Permission::ManagePeople;
    Routes::of("members")
        .get("/members/roster", may, "The form for a list of people", form)
        .post("/members/roster", may, "Look at a list of people", look)
        .get("/members/roster/take", may, "The form for a list of people, again", form)
        .post("/members/roster/take", may, "Recommend everybody on a list", take)
}

/// The form for a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct FormPage {
    /// Rows at most.
    limit: usize,
}

impl View for FormPage {
    const TEMPLATE: &'static str = "members/roster.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("roster-title")
    }

    fn samples() -> Vec<Self> {
        vec![Self { limit: MEMBERS_AT_ONCE_MAX }]
    }
}

/// A list, with what is wrong with it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PreviewPage {
    lines: Vec<Line>,
    added: usize,
    known: usize,
    wrong: usize,
    /// What was read, to be sent back.
    list: String,
}

/// One row.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Line {
    /// As the spreadsheet counts.
    number: usize,
    name: String,
    phone: String,
    community: String,
    /// Whether somebody here has the number already: they stay as they are.
    known: bool,
    /// What is wrong.
    problem: Option<String>,
}

impl View for PreviewPage {
    const TEMPLATE: &'static str = "members/preview.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("roster-title")
    }

    fn samples() -> Vec<Self> {
        let line = |number, known, problem: Option<&str>| Line {
            number,
            name: "骑手 0017".to_owned(),
            phone: "138****0017".to_owned(),
            community: "晶都社区".to_owned(),
            known,
            problem: problem.map(str::to_owned),
        };
        let good = Self {
            lines: vec![line(2, false, None), line(3, true, None)],
            added: 1,
            known: 1,
            wrong: 0,
            list: "骑手 0017\t13800000017\t晶都社区".to_owned(),
        };
        let bad = Self { lines: vec![line(2, false, Some("不是手机号。"))], wrong: 1, ..good.clone() };
        vec![good.clone(), Self { added: 0, ..good }, bad]
    }
}

async fn form(_cx: Cx) -> Page<FormPage> {
    Page(FormPage { limit: MEMBERS_AT_ONCE_MAX })
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn look(cx: Cx, upload: Upload<Nothing>) -> Result<Page<PreviewPage>, Fault> {
    let mut files = upload.files;
    let file = files.pop().ok_or(Refusal::invalid("file", "import-file-missing"))?;
    let bytes = file.bytes.to_vec();
    // A large book takes a while to unpack.
    let rows = tokio::task::spawn_blocking(move || read::file(&bytes)).await;
    let rows = rows.map_err(|error| Fault::broken().because(error))??;
    let list = written(&rows);
    let judged = judge(&cx, rows).await?;
    let count = |which: &dyn Fn(&Judged) -> bool| judged.iter().filter(|one| which(one)).count();
    let (known, wrong) = (count(&|one| one.known), count(&|one| one.person.is_err()));
    let added = judged.len().saturating_sub(known).saturating_sub(wrong);
    let lines = judged.into_iter().map(|one| line(&cx, one)).collect();
    Ok(Page(PreviewPage { lines, added, known, wrong, list }))
}

/// A row, and who it speaks of.
struct Judged {
    row: Row,
    known: bool,
    person: Result<Good, Refusal>,
}

/// Somebody on a list.
struct Good {
    name: DisplayName,
    phone: PhoneNumber,
    community: Option<PlaceId>,
}

fn line(cx: &Cx, Judged { row, known, person }: Judged) -> Line {
    let phone = person.as_ref().map_or(row.phone, |good| good.phone.masked());
    let problem = person.err().map(|refusal| cx.say(&Text::refusal(&refusal)));
    Line { number: row.number, name: row.name, phone, community: row.community, known, problem }
}

/// Looks at every row, by itself and beside the others.
async fn judge(cx: &Cx, rows: Vec<Row>) -> Result<Vec<Judged>, Fault> {
    if rows.is_empty() {
        return Err(Refusal::invalid("file", "roster-empty").into());
    }
    if rows.len() > MEMBERS_AT_ONCE_MAX {
        return Err(Refusal::invalid("file", "roster-long").with("limit", MEMBERS_AT_ONCE_MAX).into());
    }
    let communities = cx.read(|tx| Box::pin(async move { Ok(store::communities(tx).await?) })).await?;
    let communities: Vec<Place> = communities.into_iter().map(|one| one.place).collect();
    let mut seen = BTreeMap::new();
    let mut judged = Vec::new();
    for row in rows {
        let mut person = good(&row, &communities);
        if let Ok(one) = &person
            && let Some(before) = seen.insert(one.phone.as_str().to_owned(), row.number)
        {
            person = Err(Refusal::invalid("phone", "roster-twice").with("row", before));
        }
        judged.push(Judged { row, known: false, person });
    }
    let known = here_already(cx, &judged).await?;
    for one in &mut judged {
        one.known = one.person.as_ref().is_ok_and(|good| known.contains(good.phone.as_str()));
    }
    Ok(judged)
}

fn good(row: &Row, communities: &[Place]) -> Result<Good, Refusal> {
    let (name, phone) = (row.name.parse()?, row.phone.parse()?);
    let named = |one: &&Place| one.name == row.community || one.code == row.community;
    let community = match row.community.as_str() {
        "" => None,
        _ => {
            let found = communities.iter().find(named);
            Some(found.ok_or_else(|| Refusal::invalid("community", "roster-community"))?.id)
        }
    };
    Ok(Good { name, phone, community })
}

/// The numbers that somebody here has.
async fn here_already(cx: &Cx, judged: &[Judged]) -> Result<BTreeSet<String>, Fault> {
    let key = cx.app().vault.index_key(cx.tenant()?.id).await?;
    let numbers: Vec<PhoneNumber> =
        judged.iter().filter_map(|one| Some(one.person.as_ref().ok()?.phone.clone())).collect();
    let now = cx.now();
    let found = cx.read(move |tx| {
        Box::pin(async move {
            let mut known = BTreeSet::new();
            for number in numbers {
                let phone = Some(number.lookup(&key));
                let filter =
                    PeopleFilter { words: number.as_str().to_owned(), phone, ..PeopleFilter::default() };
                if !people(tx, &filter, None, 1, now).await?.is_empty() {
                    known.insert(number.as_str().to_owned());
                }
            }
            Ok(known)
        })
    });
    found.await
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Take {
    /// Names, numbers and communities, with tabs between them, a person a line.
    list: LongText,
}

async fn take(cx: Cx, input: Input<Take>) -> Result<Done<MembersPage>, Fault> {
    let at_list = |fault: Fault| fault.at("list");
    let rows = read::text(&input.value.list.0).map_err(|refusal| at_list(refusal.into()))?;
    let judged = judge(&cx, rows).await.map_err(at_list)?;
    let tenant = cx.tenant()?.id;
    let mut people = Vec::new();
    for Judged { row, person, .. } in judged {
        let wrong = |_| at_list(Refusal::invalid("list", "roster-row").with("row", row.number).into());
        let Good { name, phone, community } = person.map_err(wrong)?;
        let id: PersonId = cx.id();
        let phone = Some(cx.app().vault.seal_phone(tenant, id.0, &phone).await?);
        let person = NewPerson { id, name, sign_in_name: None, phone, password: None, locale: None };
        people.push(NewMember { person, community });
    }
    let done = cx.write(Recommend { people, stamp: stamp(&cx, Permission::ManagePeople)? }).await?;
    let said = Text::of("roster-taken");
    let said = said.with("added", done.added.to_string()).with("known", done.known.to_string());
    Ok(Done::see("/members?state=recommended").saying(said))
}

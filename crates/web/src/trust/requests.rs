//! What people ask for about their own data: for the administrator, who sees to it and answers.

use qige_identity::{AnswerRight, Permission, Purpose, RightRow, person_name, rights};
use qige_kernel::{PersonId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::own_data::RequestLine;
use crate::admin::stamp;
use crate::page::Density;
use crate::sheet::{Listing, Rows, Said};
use crate::{Cx, Done, Fault, Input, Page, Path, Query, Routes, Text, View, taken_out};

const MAY: Permission = Permission::ManagePeople;
/// Requests on one page.
const ON_PAGE: u32 = 50;

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get("/admin/requests", MAY, "What people ask for about their own data", show)
        .list::<RequestsPage>(MAY)
        .post("/admin/requests/{id}/answer", MAY, "Say what became of a request", answer)
}

/// What people ask for about their own data.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct RequestsPage {
    /// Whether those that were answered are shown.
    answered: bool,
    requests: Vec<Asked>,
    /// The next page.
    next: Option<String>,
    /// The first page, where this is another one.
    first: Option<String>,
    now: Timestamp,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Asked {
    #[serde(flatten)]
    request: RequestLine,
    /// Whose data it is about: a person, or the report of somebody without an account.
    subject: Uuid,
    /// Who asks, where they have an account.
    person: Option<PersonId>,
    name: Option<String>,
}

impl View for RequestsPage {
    const TEMPLATE: &'static str = "trust/requests.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("requests-title")
    }

    fn samples() -> Vec<Self> {
        let now = Timestamp::from_micros(1_790_000_000_000_000);
        let asked = |granted, name: Option<&str>| Asked {
            request: RequestLine::sample(granted),
            subject: Uuid::nil(),
            person: name.map(|_| PersonId(Uuid::nil())),
            name: name.map(str::to_owned),
        };
        let address = Some("/admin/requests?after=1".to_owned());
        let open = Self {
            answered: false,
            requests: vec![asked(None, Some("骑手 0017")), asked(None, None)],
            next: address.clone(),
            first: address,
            now: now.plus(40 * Timestamp::DAY),
        };
        let done = vec![asked(Some(true), Some("骑手 0017")), asked(Some(false), None)];
        let none = Self { requests: Vec::new(), next: None, first: None, now, ..open.clone() };
        vec![Self { answered: true, requests: done, ..open.clone() }, none, open]
    }
}

impl Listing for RequestsPage {
    type Asked = Wanted;
    const PATHS: [&'static str; 2] = ["/admin/requests.csv", "/admin/requests.xlsx"];
    const SUMMARY: &'static str = "What people ask for about their own data, as a file";
    const NAME: &'static str = "requests";
    const TITLE: &'static str = "requests-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("requests-asked", 20),
        ("requests-who", 22),
        ("requests-what", 14),
        ("requests-words", 60),
        ("requests-due", 20),
        ("requests-done", 10),
        ("requests-answer", 60),
    ];

    async fn read(cx: Cx, wanted: Wanted) -> Result<Self, Fault> {
        let page = show(cx.clone(), Query(wanted)).await?.0;
        let people = page.requests.iter().map(|one| one.subject).collect();
        taken_out::with_people(&cx, Purpose::ExportRequests, MAY, people).await?;
        Ok(page)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |asked: &Asked| {
            let line = &asked.request;
            let done = line.granted.map(|granted| said.plain(if granted { "list-yes" } else { "list-no" }));
            vec![
                said.time(line.asked_at),
                asked.name.clone().unwrap_or_else(|| said.plain("requests-stranger")).into(),
                said.text(line.kind.label_key()),
                line.words.clone().into(),
                said.time(line.due_at),
                done.into(),
                line.answer.clone().into(),
            ]
        };
        self.requests.iter().map(row).collect()
    }

    fn next(&self, wanted: &Wanted) -> Option<Wanted> {
        let (_, after) = self.next.as_ref()?.rsplit_once("after=")?;
        Some(Wanted { after: Some(after.to_owned()), ..wanted.clone() })
    }
}

/// Which requests.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
struct Wanted {
    /// Those that were answered; else those that wait.
    #[serde(default)]
    answered: bool,
    /// From the one after this: microseconds, a dot and an id.
    after: Option<String>,
}

impl Wanted {
    fn place(&self) -> Result<Option<(Timestamp, Uuid)>, Fault> {
        let Some(text) = &self.after else { return Ok(None) };
        let (at, id) = text.split_once('.').ok_or_else(Fault::missing)?;
        let at: i64 = at.parse().map_err(|_| Fault::missing())?;
        let id: Uuid = id.parse().map_err(|_| Fault::missing())?;
        Ok(Some((Timestamp::from_micros(at), id)))
    }

    fn address(answered: bool, after: Option<String>) -> String {
        let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
        format!("/admin/requests?answered={answered}{after}")
    }
}

async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<RequestsPage>, Fault> {
    let (after, answered) = (wanted.place()?, wanted.answered);
    let (requests, next) = cx
        .read(move |tx| {
            Box::pin(async move {
                let mut rows = rights(tx, answered, after, ON_PAGE + 1).await?;
                let on_page = usize::try_from(ON_PAGE).unwrap_or(usize::MAX);
                let more = rows.len() > on_page;
                rows.truncate(on_page);
                let next = rows.last().filter(|_| more).map(|row| place_of(row, answered));
                let mut requests = Vec::with_capacity(rows.len());
                for row in rows {
                    let person = (row.subject_kind == "person").then_some(PersonId(row.subject));
                    let name = match person {
                        Some(person) => person_name(tx, person).await?,
                        None => None,
                    };
                    requests.push(Asked { subject: row.subject, request: row.into(), person, name });
                }
                Ok((requests, next))
            })
        })
        .await?;
    let next = next.map(|next| Wanted::address(answered, Some(next)));
    let first = after.map(|_| Wanted::address(answered, None));
    Ok(Page(RequestsPage { answered, requests, next, first, now: cx.now() }))
}

fn place_of(row: &RightRow, answered: bool) -> String {
    let at = row.answered_at.filter(|_| answered).unwrap_or(row.due_at);
    format!("{}.{}", at.micros(), row.id)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Answer {
    /// Whether it was done.
    granted: bool,
    /// What became of it, and where it was not done, why.
    answer: String,
}

async fn answer(cx: Cx, Path(id): Path<Uuid>, input: Input<Answer>) -> Result<Done<RequestsPage>, Fault> {
    let Answer { granted, answer } = input.value;
    cx.write(AnswerRight { id, granted, answer, stamp: stamp(&cx, MAY)? }).await?;
    Ok(Done::see("/admin/requests").saying(Text::of("requests-answered")))
}

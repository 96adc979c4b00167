//! From nothing to the first sign-in: the subdistrict, its communities, its first three administrators.
//!
//! Only while there is nobody who could sign in, and only for who has the code that the server printed when
//! it was started. Each step is written when it is done, so that a pause loses nothing.

mod communities;
mod people;
mod start;

use qige_db::{Asker, Db, Failure};
use qige_identity::{Tenant, is_set_up, tenants};
use qige_kernel::{Refusal, RefusalKind};
use qige_places::{PlaceKind, store};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::state::NO_TENANT;
use crate::{Access, Cx, Fault, Page, Query, Routes, Text, View, Width, cookies};

/// In which role set-up writes its lines of the journal.
const ROLE: &str = "set-up";
/// Where the code is kept between steps.
const COOKIE: &str = "setup";

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    Routes::of("setup")
        .get("/setup", Access::SettingUp, "The next step of setting up", show)
        .and(start::routes())
        .and(communities::routes())
        .and(people::routes())
}

/// Whether anybody of any tenant can sign in.
pub(crate) async fn has_people(db: &Db) -> Result<bool, Failure> {
    let all: Vec<Tenant> = db.read(NO_TENANT, |tx| Box::pin(async move { Ok(tenants(tx).await?) })).await?;
    for tenant in all {
        if db.read(Asker::system(tenant.id), |tx| Box::pin(async move { Ok(is_set_up(tx).await?) })).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The next step.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SetUpPage {
    step: Step,
    /// What was put there so far.
    name: Option<String>,
    communities: Vec<Row>,
    /// The list that the product brings along for this code, ready to be corrected.
    list: String,
    /// Whether `list` came with the product.
    known: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Step {
    /// The code, and the subdistrict's name and number.
    Start,
    /// Its communities and villages.
    Communities,
    /// The first administrators.
    People,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Row {
    code: String,
    name: String,
    kind: PlaceKind,
}

impl View for SetUpPage {
    const TEMPLATE: &'static str = "setup/setup.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of(match self.step {
            Step::Start => "setup-start-title",
            Step::Communities => "setup-communities-title",
            Step::People => "setup-people-title",
        })
    }

    fn samples() -> Vec<Self> {
        let row =
            Row {
                code: "320722001001".to_owned(), name: "晶都社区".to_owned(), kind: PlaceKind::Community
            };
        let page = |step, communities: Vec<Row>, known| Self {
            step,
            name: (step != Step::Start).then(|| "牛山街道".to_owned()),
            communities,
            list: "code,name,kind,parent\n".to_owned(),
            known,
        };
        vec![
            page(Step::Start, Vec::new(), false),
            page(Step::Communities, Vec::new(), true),
            page(Step::Communities, Vec::new(), false),
            page(Step::People, vec![row], false),
            page(Step::People, Vec::new(), false),
        ]
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// Another step than the next one.
    step: Option<Step>,
}

async fn show(cx: Cx, Query(wanted): Query<Wanted>) -> Result<Page<SetUpPage>, Fault> {
    let tenant = cx.tenant().ok().cloned();
    let (Some(tenant), true) = (tenant, holds_code(&cx)) else {
        return Ok(Page(SetUpPage {
            step: Step::Start,
            name: None,
            communities: Vec::new(),
            list: String::new(),
            known: false,
        }));
    };
    let found = cx
        .read(|tx| {
            Box::pin(async move {
                let mut all = store::list(tx, PlaceKind::Community).await?;
                all.extend(store::list(tx, PlaceKind::Village).await?);
                Ok(all)
            })
        })
        .await?;
    let communities: Vec<Row> =
        found.into_iter().map(|place| Row { code: place.code, name: place.name, kind: place.kind }).collect();
    let usual = if communities.is_empty() { Step::Communities } else { Step::People };
    let step = wanted.step.filter(|step| *step != Step::Start).unwrap_or(usual);
    let known = communities::known_list(tenant.code.as_deref());
    let list = known.clone().unwrap_or_else(|| communities::HEADER.to_owned());
    Ok(Page(SetUpPage { step, name: Some(tenant.name), communities, list, known: known.is_some() }))
}

/// Whether this browser has shown the code.
fn holds_code(cx: &Cx) -> bool {
    cx.seen().setup_code.as_deref().is_some_and(|code| cx.state().setup_token().matches(code))
}

/// Lets on who has shown the code.
fn require_code(cx: &Cx) -> Result<(), Fault> {
    if holds_code(cx) {
        return Ok(());
    }
    Err(Refusal::new(RefusalKind::Forbidden, "setup-code-first").into())
}

fn code_cookie(cx: &Cx, code: &str) -> Option<http::HeaderValue> {
    cookies::set(COOKIE, code, None, cx.is_secure())
}

/// Reads the code that this browser has shown.
pub(crate) fn shown_code(headers: &http::HeaderMap, secure: bool) -> Option<String> {
    cookies::get(headers, COOKIE, secure).map(str::to_owned)
}

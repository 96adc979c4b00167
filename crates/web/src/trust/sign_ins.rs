//! Who came in, when and how: one's own, and for the auditor everybody's.

use qige_identity::{CameBy, Permission, Purpose, SignInPlace, SignInRow, sign_ins};
use qige_kernel::{PersonId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::page::Density;
use crate::sheet::{Listing, Rows, Said};
use crate::{Access, Cx, Fault, Page, Query, Routes, Text, View, taken_out};

const MAY: Permission = Permission::ReadAccessLog;
const OWN: &str = "/me/sign-ins";
const ALL: &str = "/admin/sign-ins";
/// On one page.
const ON_PAGE: u32 = 100;

pub(super) fn routes() -> Routes {
    let own = Routes::of("account").get(OWN, Access::SignedIn, "When and how one came in", own);
    let all = Routes::of("admin").get(ALL, MAY, "Who came in, when and how", all);
    own.and(all.list::<SignInsPage>(MAY))
}

/// Who came in, when and how.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SignInsPage {
    /// Whether these are one's own.
    own: bool,
    /// The latest first.
    sign_ins: Vec<SignInLine>,
    /// The next page.
    next: Option<String>,
    /// The first page, where this is another one.
    first: Option<String>,
}

/// Somebody came in.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct SignInLine {
    person: PersonId,
    name: String,
    pub(super) at: Timestamp,
    how: CameBy,
    /// By which browser.
    label: String,
}

impl SignInLine {
    pub(super) fn sample() -> Self {
        Self {
            person: PersonId(uuid::Uuid::nil()),
            name: "骑手 0017".to_owned(),
            at: Timestamp::from_micros(1_790_000_000_000_000),
            how: CameBy::Passkey,
            label: "Chrome · Android".to_owned(),
        }
    }
}

impl From<SignInRow> for SignInLine {
    fn from(row: SignInRow) -> Self {
        let SignInRow { person, name, at, how, label, .. } = row;
        Self { person, name, at, how, label }
    }
}

impl View for SignInsPage {
    const TEMPLATE: &'static str = "trust/sign_ins.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("sign-ins-title")
    }

    fn samples() -> Vec<Self> {
        let address = Some("/admin/sign-ins?after=1".to_owned());
        let full =
            Self { own: false, sign_ins: vec![SignInLine::sample()], next: address.clone(), first: address };
        let none = Self { sign_ins: Vec::new(), next: None, first: None, ..full.clone() };
        vec![Self { own: true, ..full.clone() }, none, full]
    }
}

impl Listing for SignInsPage {
    type Asked = Asked;
    const PATHS: [&'static str; 2] = ["/admin/sign-ins.csv", "/admin/sign-ins.xlsx"];
    const SUMMARY: &'static str = "Who came in, when and how, as a file";
    const NAME: &'static str = "sign-ins";
    const TITLE: &'static str = "sign-ins-title";
    const COLUMNS: &'static [(&'static str, u8)] =
        &[("readings-at", 20), ("admin-person-name", 22), ("sign-ins-how", 22), ("sign-ins-browser", 36)];

    async fn read(cx: Cx, asked: Asked) -> Result<Self, Fault> {
        crate::admin::looks::require_export(&cx).await?;
        if asked.after.is_none() {
            taken_out::of_all(&cx, Purpose::ExportAccessLog, MAY, "sign_ins").await?;
        }
        listed(&cx, None, &asked, ALL).await
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |line: &SignInLine| {
            let how = said.text(line.how.label_key());
            vec![said.time(line.at), line.name.clone().into(), how, line.label.clone().into()]
        };
        self.sign_ins.iter().map(row).collect()
    }

    fn next(&self, _: &Asked) -> Option<Asked> {
        let (_, after) = self.next.as_ref()?.rsplit_once("after=")?;
        Some(Asked { after: Some(after.to_owned()) })
    }
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
struct Asked {
    /// From the one after this.
    after: Option<String>,
}

async fn own(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<SignInsPage>, Fault> {
    let me = cx.signed_in()?.person;
    Ok(Page(listed(&cx, Some(me), &asked, OWN).await?))
}

async fn all(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<SignInsPage>, Fault> {
    Ok(Page(listed(&cx, None, &asked, ALL).await?))
}

async fn listed(cx: &Cx, of: Option<PersonId>, asked: &Asked, here: &str) -> Result<SignInsPage, Fault> {
    let after: Option<SignInPlace> =
        asked.after.as_deref().map(str::parse).transpose().map_err(|_| Fault::missing())?;
    let mut rows =
        cx.read(move |tx| Box::pin(async move { Ok(sign_ins(tx, of, after, ON_PAGE + 1).await?) })).await?;
    let on_page = usize::try_from(ON_PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > on_page;
    rows.truncate(on_page);
    let next = rows.last().filter(|_| more).map(|last| format!("{here}?after={}", last.place()));
    Ok(SignInsPage {
        own: of.is_some(),
        sign_ins: rows.into_iter().map(SignInLine::from).collect(),
        next,
        first: after.map(|_| here.to_owned()),
    })
}

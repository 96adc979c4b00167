//! One's own data: a copy to take along, and what one asks for about it. The same by a follow code, for the
//! report that it belongs to.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `copy.rs` | the copy: all that is kept about somebody |
//! | `account.rs` | what of it belongs to their account |
//! | `beside.rs` | of the copy: what lies beside the account and the reports |
//! | `files.rs` | photos and voice notes that go along |
//! | `proofs.rs` | of the file: what proves consents |
//! | `told.rs` | of the copy: how they want to be told |
//! | `packed.rs` | the copy as one file |

mod account;
mod beside;
mod copy;
mod files;
mod packed;
mod proofs;
mod told;

use qige_identity::{AskRight, RightKind, RightRow, Subject, rights_of};
use qige_kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::public::follow::{Found, by_code};
use crate::{Access, Cx, Done, Fault, Input, Once, Page, Path, Routes, Text, View, Width};

pub(super) fn routes() -> Routes {
    const MAY: Access = Access::SignedIn;
    const ALL: Access = Access::Public;
    let own = Routes::of("account")
        .get("/me/data", MAY, "One's own data, and what one may ask for about it", show)
        .get("/me/data/all", MAY, "All that is kept about oneself", copy::all)
        .get("/me/data.zip", MAY, "The same as a file: JSON, HTML, photos, voice notes", packed::file)
        .post("/me/data/requests", MAY, "Ask to have something put right, erased or explained", ask);
    let followed = Routes::of("follow")
        .get("/follow/{code}/data", ALL, "The data of a report, and what one may ask for about it", show_of)
        .get(
            "/follow/{code}/data/all",
            ALL,
            "All that is kept of a report, for its reporter",
            copy::all_of_code,
        )
        .get(
            "/follow/{code}/data.zip",
            ALL,
            "The same as a file: JSON, HTML, photos, voice notes",
            packed::file_of,
        )
        .post("/follow/{code}/data/requests", ALL, "Ask to have something put right or erased", ask_of);
    own.and(followed)
}

/// One's own data, and what one may ask for about it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct OwnDataPage {
    /// Where this is.
    base: String,
    /// The page before.
    back: String,
    /// Whether one has an account here, which one can leave.
    account: bool,
    requests: Vec<RequestLine>,
}

/// Something that was asked for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct RequestLine {
    pub(crate) id: Uuid,
    pub(crate) kind: RightKind,
    pub(crate) words: String,
    pub(crate) asked_at: Timestamp,
    /// To be answered by then.
    pub(crate) due_at: Timestamp,
    /// Whether it was done; nothing where it waits.
    pub(crate) granted: Option<bool>,
    pub(crate) answer: Option<String>,
    pub(crate) answered_at: Option<Timestamp>,
}

impl RequestLine {
    pub(crate) fn sample(granted: Option<bool>) -> Self {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        Self {
            id: Uuid::nil(),
            kind: RightKind::Correct,
            words: "名字写错了一个字".to_owned(),
            asked_at: at,
            due_at: at.plus(30 * Timestamp::DAY),
            granted,
            answer: granted.map(|_| "已更正。".to_owned()),
            answered_at: granted.map(|_| at),
        }
    }
}

impl From<RightRow> for RequestLine {
    fn from(row: RightRow) -> Self {
        let RightRow { id, kind, words, asked_at, due_at, granted, answer, answered_at, .. } = row;
        Self { id, kind, words, asked_at, due_at, granted, answer, answered_at }
    }
}

impl View for OwnDataPage {
    const TEMPLATE: &'static str = "trust/own_data.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("own-data-title")
    }

    fn samples() -> Vec<Self> {
        let full = Self {
            base: "/me/data".to_owned(),
            back: "/me".to_owned(),
            account: true,
            requests: [None, Some(true), Some(false)].into_iter().map(RequestLine::sample).collect(),
        };
        let bare =
            Self { account: false, requests: Vec::new(), back: "/follow/7K3M".to_owned(), ..full.clone() };
        vec![full, bare]
    }
}

async fn page(cx: &Cx, subject: Subject, base: String, back: String) -> Result<Page<OwnDataPage>, Fault> {
    let rows = cx.read(move |tx| Box::pin(async move { Ok(rights_of(tx, subject).await?) })).await?;
    let account = matches!(subject, Subject::Person(_));
    Ok(Page(OwnDataPage { base, back, account, requests: rows.into_iter().map(RequestLine::from).collect() }))
}

async fn show(cx: Cx) -> Result<Page<OwnDataPage>, Fault> {
    let subject = Subject::Person(cx.signed_in()?.person);
    page(&cx, subject, "/me/data".to_owned(), "/me".to_owned()).await
}

async fn show_of(cx: Cx, Path(code): Path<String>) -> Result<Page<OwnDataPage>, Fault> {
    let Found { code, case, .. } = by_code(&cx, &code).await?;
    page(&cx, Subject::Report(case.report), format!("/follow/{code}/data"), format!("/follow/{code}")).await
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Asked {
    /// What is asked for.
    kind: RightKind,
    /// What about, in one's own words.
    words: String,
}

async fn ask(cx: Cx, input: Input<Asked>) -> Result<Done<OwnDataPage>, Fault> {
    let subject = Subject::Person(cx.signed_in()?.person);
    asked(&cx, subject, input, "/me/data").await
}

async fn ask_of(cx: Cx, Path(code): Path<String>, input: Input<Asked>) -> Result<Done<OwnDataPage>, Fault> {
    let report = by_code(&cx, &code).await?.case.report;
    asked(&cx, Subject::Report(report), input, &format!("/follow/{code}/data")).await
}

async fn asked(
    cx: &Cx,
    subject: Subject,
    asked: Input<Asked>,
    base: &str,
) -> Result<Done<OwnDataPage>, Fault> {
    let Asked { kind, words } = asked.value;
    let about = (base, kind, words.clone());
    let command = AskRight { id: cx.id(), subject, kind, words, stamp: cx.stamp(None) };
    cx.write(Once::new(command, asked.key, &about, cx.now())).await?;
    Ok(Done::see(base).saying(Text::of("right-sent")))
}

//! Who read one's own data. Whoever it is of need not ask anybody.

use qige_identity::{ReadingFilter, ReadingPlace, readings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::row::{ReadingLine, page_of, samples};
use crate::{Access, Cx, Fault, Page, Query, Routes, Text, View, Width};

/// Readings on one page.
const ON_PAGE: u32 = 50;

pub(super) fn routes() -> Routes {
    Routes::of("account").get("/me/access", Access::SignedIn, "Who read one's own sensitive data", show)
}

/// Who read one's own data.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct OwnReadingsPage {
    /// The newest first.
    readings: Vec<ReadingLine>,
    /// The next page.
    next: Option<String>,
    /// The first page, where this is another one.
    first: Option<String>,
}

impl View for OwnReadingsPage {
    const TEMPLATE: &'static str = "trust/own.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("own-readings-title")
    }

    fn samples() -> Vec<Self> {
        let next = Some("/me/access?after=1".to_owned());
        let full = Self { readings: samples(), next, first: Some("/me/access".to_owned()) };
        vec![Self { readings: Vec::new(), next: None, first: None }, full]
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Asked {
    /// From the one after this.
    after: Option<String>,
}

async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<OwnReadingsPage>, Fault> {
    let filter = ReadingFilter { owner: Some(cx.signed_in()?.person.0), ..ReadingFilter::default() };
    let after: Option<ReadingPlace> =
        asked.after.as_deref().map(str::parse).transpose().map_err(|_| Fault::missing())?;
    let rows = cx
        .read(move |tx| Box::pin(async move { Ok(readings(tx, &filter, after, ON_PAGE + 1).await?) }))
        .await?;
    let (readings, next) = page_of(rows, ON_PAGE);
    let next = next.map(|place| format!("/me/access?after={place}"));
    let first = after.map(|_| "/me/access".to_owned());
    Ok(Page(OwnReadingsPage { readings, next, first }))
}

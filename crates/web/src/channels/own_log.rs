//! What was sent to oneself besides the inbox.

use qige_notify::{DeliveryFilter, DeliveryPlace, deliveries};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::row::{DeliveryLine, page_of, samples};
use crate::sheet::{Listing, Rows, Said};
use crate::{Access, Cx, Fault, Page, Query, Routes, Text, View, Width};

const HERE: &str = "/me/notices/sent";
/// Deliveries on one page.
const ON_PAGE: u32 = 50;

pub(super) fn routes() -> Routes {
    Routes::of("account")
        .get(HERE, Access::SignedIn, "What was sent to oneself besides the inbox", show)
        .list::<SentPage>(Access::SignedIn)
}

/// What was sent to oneself.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SentPage {
    /// The latest first.
    deliveries: Vec<DeliveryLine>,
    /// The next page.
    next: Option<String>,
    /// The first page, where this is another one.
    first: Option<String>,
}

impl View for SentPage {
    const TEMPLATE: &'static str = "channels/own_log.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("own-deliveries-title")
    }

    fn samples() -> Vec<Self> {
        let next = Some(format!("{HERE}?after=1"));
        let full = Self { deliveries: samples(), next, first: Some(HERE.to_owned()) };
        vec![Self { deliveries: Vec::new(), next: None, first: None }, full]
    }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Asked {
    /// From the one after this.
    after: Option<String>,
}

impl Listing for SentPage {
    type Asked = Asked;
    const PATHS: [&'static str; 2] = ["/me/notices/sent.csv", "/me/notices/sent.xlsx"];
    const SUMMARY: &'static str = "What was sent to oneself besides the inbox, as a file";
    const NAME: &'static str = "sent-to-me";
    const TITLE: &'static str = "own-deliveries-title";
    const COLUMNS: &'static [(&'static str, u8)] =
        &[("list-at", 20), ("delivery-way", 20), ("delivery-topic", 20), ("delivery-state", 16)];

    async fn read(cx: Cx, asked: Asked) -> Result<Self, Fault> {
        Ok(show(cx, Query(asked)).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |line: &DeliveryLine| {
            vec![
                said.time(line.at),
                said.text(format!("way-kind-{}", line.way_kind)),
                said.text(format!("topic-{}", line.topic)),
                said.text(format!("delivery-state-{}", line.state)),
            ]
        };
        self.deliveries.iter().map(row).collect()
    }

    fn next(&self, _: &Asked) -> Option<Asked> {
        let (_, after) = self.next.as_ref()?.rsplit_once("after=")?;
        Some(Asked { after: Some(after.to_owned()) })
    }
}

async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<SentPage>, Fault> {
    let filter = DeliveryFilter { person: Some(cx.signed_in()?.person), ..DeliveryFilter::default() };
    let after: Option<DeliveryPlace> =
        asked.after.as_deref().map(str::parse).transpose().map_err(|_| Fault::missing())?;
    let rows = cx
        .read(move |tx| Box::pin(async move { Ok(deliveries(tx, &filter, after, ON_PAGE + 1).await?) }))
        .await?;
    let (deliveries, next) = page_of(rows, ON_PAGE);
    let next = next.map(|place| format!("{HERE}?after={place}"));
    Ok(Page(SentPage { deliveries, next, first: after.map(|_| HERE.to_owned()) }))
}

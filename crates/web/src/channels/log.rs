//! What was sent, to whom and what came of it: for the administrator.

use qige_identity::Permission;
use qige_notify::{DeliveryFilter, DeliveryPlace, DeliveryState, SendAgain, WayKind, deliveries};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::row::{DeliveryLine, page_of, samples};
use crate::page::Density;
use crate::sheet::{Cell, Listing, Rows, Said};
use crate::{Cx, Done, Fault, Input, Page, Path, Query, Routes, Text, View};

const MAY: Permission = Permission::ManageChannels;
const HERE: &str = "/admin/deliveries";
/// Deliveries on one page.
const ON_PAGE: u32 = 100;

pub(super) fn routes() -> Routes {
    Routes::of("admin")
        .get(HERE, MAY, "What was sent besides the inbox, and what came of it", show)
        .list::<DeliveriesPage>(MAY)
        .post("/admin/deliveries/{id}/again", MAY, "Send once more what was not taken", again)
}

/// What was sent.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct DeliveriesPage {
    asked: Asked,
    states: Vec<DeliveryState>,
    kinds: Vec<WayKind>,
    /// The latest first.
    deliveries: Vec<DeliveryLine>,
    /// The next page.
    next: Option<String>,
    /// The first page, where this is another one.
    first: Option<String>,
}

/// What was asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Asked {
    /// In this state.
    state: Option<DeliveryState>,
    /// On this sort of way.
    kind: Option<WayKind>,
    /// On this way.
    way: Option<Uuid>,
    /// From the one after this.
    after: Option<String>,
}

impl Asked {
    fn address(&self, after: Option<DeliveryPlace>) -> String {
        let pairs = [
            ("state", self.state.map(|state| state.to_string())),
            ("kind", self.kind.map(|kind| kind.to_string())),
            ("way", self.way.map(|way| way.to_string())),
            ("after", after.map(|place| place.to_string())),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        let query: Vec<String> = pairs.collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{HERE}{mark}{}", query.join("&"))
    }
}

impl View for DeliveriesPage {
    const TEMPLATE: &'static str = "channels/log.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("deliveries-title")
    }

    fn samples() -> Vec<Self> {
        let (states, kinds) = (DeliveryState::ALL.to_vec(), WayKind::ALL.to_vec());
        let asked = Asked { state: Some(DeliveryState::Failed), ..Asked::default() };
        let next = Some(format!("{HERE}?after=1"));
        let full = Self { asked, states, kinds, deliveries: samples(), next, first: Some(HERE.to_owned()) };
        vec![Self { deliveries: Vec::new(), next: None, first: None, ..full.clone() }, full]
    }
}

impl Listing for DeliveriesPage {
    type Asked = Asked;
    const PATHS: [&'static str; 2] = ["/admin/deliveries.csv", "/admin/deliveries.xlsx"];
    const SUMMARY: &'static str = "What was sent besides the inbox, as a file";
    const NAME: &'static str = "deliveries";
    const TITLE: &'static str = "deliveries-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("list-at", 20),
        ("delivery-way", 20),
        ("way-name", 24),
        ("delivery-whom", 22),
        ("delivery-topic", 20),
        ("delivery-state", 16),
        ("delivery-tries", 10),
        ("delivery-problem", 40),
    ];

    async fn read(cx: Cx, asked: Asked) -> Result<Self, Fault> {
        Ok(show(cx, Query(asked)).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |line: &DeliveryLine| {
            vec![
                said.time(line.at),
                said.text(format!("way-kind-{}", line.way_kind)),
                line.way_name.clone().into(),
                line.person_name.clone().into(),
                said.text(format!("topic-{}", line.topic)),
                said.text(format!("delivery-state-{}", line.state)),
                Cell::count(line.attempts),
                line.problem.clone().into(),
            ]
        };
        self.deliveries.iter().map(row).collect()
    }

    fn next(&self, asked: &Asked) -> Option<Asked> {
        let (_, after) = self.next.as_ref()?.rsplit_once("after=")?;
        Some(Asked { after: Some(after.to_owned()), ..asked.clone() })
    }
}

async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page<DeliveriesPage>, Fault> {
    let Asked { state, kind, way, .. } = asked;
    let filter = DeliveryFilter { state, kind, way, person: None };
    let after: Option<DeliveryPlace> =
        asked.after.as_deref().map(str::parse).transpose().map_err(|_| Fault::missing())?;
    let rows = cx
        .read(move |tx| Box::pin(async move { Ok(deliveries(tx, &filter, after, ON_PAGE + 1).await?) }))
        .await?;
    let (deliveries, next) = page_of(rows, ON_PAGE);
    let next = next.map(|place| asked.address(Some(place)));
    let first = after.map(|_| asked.address(None));
    let (states, kinds) = (DeliveryState::ALL.to_vec(), WayKind::ALL.to_vec());
    Ok(Page(DeliveriesPage { asked, states, kinds, deliveries, next, first }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn again(
    cx: Cx,
    Path(delivery): Path<Uuid>,
    _nothing: Input<Nothing>,
) -> Result<Done<DeliveriesPage>, Fault> {
    cx.write(SendAgain { delivery, now: cx.now() }).await?;
    Ok(Done::see(HERE).saying(Text::of("delivery-again-done")))
}

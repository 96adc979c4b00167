//! Robots of groups and webhooks of the subdistrict.

pub(super) mod doing;

use qige_db::Failure;
use qige_identity::Permission;
use qige_kernel::{Timestamp, UnitId};
use qige_notify::{Topic, Way, WayKind, tenant_ways, way};
use qige_places::units;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::page::Density;
use crate::sheet::{self, Listing, Rows, Said};
use crate::{Cx, Fault, Page, Path, Routes, Text, View, Width};

const MAY: Permission = Permission::ManageChannels;
const HERE: &str = "/admin/channels";

pub(super) fn routes() -> Routes {
    let routes = Routes::of("admin")
        .get(HERE, MAY, "Robots of groups and webhooks", list)
        .list::<ChannelsPage>(MAY)
        .get("/admin/channels/{id}", MAY, "One robot or webhook", show);
    doing::routes(routes)
}

/// Robots of groups and webhooks.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ChannelsPage {
    channels: Vec<Channel>,
    /// What can be added.
    kinds: Vec<WayKind>,
    topics: Vec<Topic>,
    units: Vec<UnitChoice>,
}

/// One robot or webhook. Its address is not in here: whoever has it can write into the group.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Channel {
    id: Uuid,
    kind: WayKind,
    name: String,
    unit: Option<UnitId>,
    /// What the unit is called.
    unit_name: Option<String>,
    topics: Vec<Topic>,
    since: Timestamp,
    /// Since when nothing is sent there, since nothing arrives.
    parked_at: Option<Timestamp>,
    parked_why: Option<String>,
}

/// A unit to choose.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct UnitChoice {
    id: UnitId,
    name: String,
}

/// What can go to a group or a program.
fn topics() -> Vec<Topic> {
    Topic::ALL.iter().copied().filter(|topic| topic.is_shared()).collect()
}

fn kinds() -> Vec<WayKind> {
    WayKind::ALL.iter().copied().filter(|kind| !kind.is_personal()).collect()
}

impl Channel {
    fn of(way: Way, units: &[UnitChoice]) -> Self {
        let unit_name = units.iter().find(|unit| Some(unit.id) == way.unit).map(|unit| unit.name.clone());
        Self {
            id: way.id,
            kind: way.kind,
            name: way.name,
            unit: way.unit,
            unit_name,
            topics: way.topics.0,
            since: way.made_at,
            parked_at: way.parked_at,
            parked_why: way.parked_why,
        }
    }

    fn sample(kind: WayKind, parked: bool) -> Self {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        Self {
            id: Uuid::nil(),
            kind,
            name: "市政养护群".to_owned(),
            unit: (!parked).then_some(UnitId(Uuid::nil())),
            unit_name: (!parked).then(|| "市政养护队".to_owned()),
            topics: vec![Topic::Unit, Topic::Deadlines],
            since: at,
            parked_at: parked.then_some(at),
            parked_why: parked.then(|| "code 93000".to_owned()),
        }
    }
}

impl View for ChannelsPage {
    const TEMPLATE: &'static str = "channels/tenant.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("channels-title")
    }

    fn samples() -> Vec<Self> {
        let none = Self {
            channels: Vec::new(),
            kinds: kinds(),
            topics: topics(),
            units: vec![UnitChoice { id: UnitId(Uuid::nil()), name: "市政养护队".to_owned() }],
        };
        let channels =
            vec![Channel::sample(WayKind::WecomRobot, false), Channel::sample(WayKind::Webhook, true)];
        vec![none.clone(), Self { channels, ..none }]
    }
}

impl Listing for ChannelsPage {
    type Asked = sheet::Nothing;
    const PATHS: [&'static str; 2] = ["/admin/channels.csv", "/admin/channels.xlsx"];
    const SUMMARY: &'static str = "Robots of groups and webhooks as a file, without their addresses";
    const NAME: &'static str = "channels";
    const TITLE: &'static str = "channels-title";
    const COLUMNS: &'static [(&'static str, u8)] = &[
        ("delivery-way", 20),
        ("way-name", 26),
        ("channel-hears", 24),
        ("delivery-topic", 40),
        ("channel-since", 20),
        ("channel-parked", 20),
    ];

    async fn read(cx: Cx, _: sheet::Nothing) -> Result<Self, Fault> {
        Ok(list(cx).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let row = |channel: &Channel| {
            let hears = channel.unit_name.clone().unwrap_or_else(|| said.plain("channel-hears-all"));
            vec![
                said.text(format!("way-kind-{}", channel.kind)),
                channel.name.clone().into(),
                hears.into(),
                said.listed(channel.topics.iter().map(|topic| said.plain(format!("topic-{topic}")))),
                said.time(channel.since),
                said.time(channel.parked_at),
            ]
        };
        self.channels.iter().map(row).collect()
    }
}

async fn unit_choices(cx: &Cx) -> Result<Vec<UnitChoice>, Fault> {
    let units = cx.read(|tx| Box::pin(async move { Ok::<_, Failure>(units::list(tx).await?) })).await?;
    let open = units.into_iter().filter(|unit| unit.active);
    Ok(open.map(|unit| UnitChoice { id: unit.id, name: unit.name }).collect())
}

async fn list(cx: Cx) -> Result<Page<ChannelsPage>, Fault> {
    let units = unit_choices(&cx).await?;
    let ways = cx.read(|tx| Box::pin(async move { Ok(tenant_ways(tx).await?) })).await?;
    Ok(Page(ChannelsPage {
        channels: ways
            .into_iter()
            .filter(|way| !way.kind.is_application())
            .map(|way| Channel::of(way, &units))
            .collect(),
        kinds: kinds(),
        topics: topics(),
        units,
    }))
}

/// One robot or webhook.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ChannelPage {
    channel: Channel,
    topics: Vec<Topic>,
    units: Vec<UnitChoice>,
}

impl View for ChannelPage {
    const TEMPLATE: &'static str = "channels/one.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::plain(self.channel.name.clone())
    }

    fn samples() -> Vec<Self> {
        let units = vec![UnitChoice { id: UnitId(Uuid::nil()), name: "市政养护队".to_owned() }];
        let page = |channel| Self { channel, topics: topics(), units: units.clone() };
        WayKind::ALL
            .iter()
            .filter(|kind| !kind.is_personal())
            .map(|kind| page(Channel::sample(*kind, *kind == WayKind::Webhook)))
            .collect()
    }
}

async fn show(cx: Cx, Path(id): Path<Uuid>) -> Result<Page<ChannelPage>, Fault> {
    let way = one(&cx, id).await?;
    let units = unit_choices(&cx).await?;
    Ok(Page(ChannelPage { channel: Channel::of(way, &units), topics: topics(), units }))
}

/// A way of the tenant's.
async fn one(cx: &Cx, id: Uuid) -> Result<Way, Fault> {
    let read = cx.read(move |tx| Box::pin(async move { Ok::<_, Failure>(way(tx, id).await?) }));
    let is_channel = |way: &Way| way.person.is_none() && !way.kind.is_application();
    read.await?.filter(is_channel).ok_or_else(Fault::missing)
}

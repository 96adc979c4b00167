//! Robots and webhooks are added, changed, tried, opened again and ended.

use std::fmt;

use qige_app::WayAddress;
use qige_channels::webhook::WebhookSecret;
use qige_channels::{Destination, OutboundError};
use qige_db::Failure;
use qige_kernel::{Refusal, UnitId};
use qige_notify::{AddWay, ChangeWay, EndWay, Noted, ReopenWay, Topic, WayKind, way};
use qige_places::units;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ChannelPage, ChannelsPage, HERE, MAY, one};
use crate::admin::stamp;
use crate::channels::tried;
use crate::page::{Density, Either};
use crate::{Cx, Done, Fault, Input, Page, Path, Routes, Text, View, Width};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .post(HERE, MAY, "Add a robot or a webhook; a webhook's secret is shown once", add)
        .post("/admin/channels/{id}", MAY, "Change what a robot or webhook hears, or where it is", change)
        .post("/admin/channels/{id}/secret", MAY, "Give a webhook another secret, shown once", renew)
        .post("/admin/channels/{id}/try", MAY, "Have a test message sent", try_out)
        .post("/admin/channels/{id}/reopen", MAY, "Use a parked one again", reopen)
        .post("/admin/channels/{id}/end", MAY, "End a robot or webhook", end)
}

/// A secret, shown once.
#[derive(Clone, Serialize, JsonSchema)]
struct SecretPage {
    id: Uuid,
    name: String,
    secret: String,
    /// Whether the one before holds beside it for a day.
    renewed: bool,
}

impl fmt::Debug for SecretPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretPage({})", self.name)
    }
}

impl View for SecretPage {
    const TEMPLATE: &'static str = "channels/secret.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("channel-secret-drawn")
    }

    fn samples() -> Vec<Self> {
        let page = |renewed| Self {
            id: Uuid::nil(),
            name: "热线平台".to_owned(),
            secret: "whsec_AAAA".to_owned(),
            renewed,
        };
        vec![page(false), page(true)]
    }
}

/// In which role it is done, for the journal.
pub(in crate::channels) fn noted(cx: &Cx) -> Result<Noted, Fault> {
    let role = stamp(cx, MAY)?.role.map_or("system", qige_identity::Role::as_str);
    Ok(Noted::new(role, &cx.app().entropy))
}

/// Whether it is an address that this server may speak to: better said now than by a parked way.
pub(in crate::channels) async fn checked(cx: &Cx, address: &str) -> Result<String, Fault> {
    let to: Destination =
        address.parse().map_err(|_| Fault::from(Refusal::invalid("address", "channel-address")))?;
    let wrong = match cx.app().outbound.reachable(&to).await {
        Err(OutboundError::Forbidden { .. }) => "channel-address-closed",
        Err(OutboundError::InClear(_)) => "channel-address-in-clear",
        // A name that cannot be looked up now may be another time.
        _ => return Ok(to.reveal()),
    };
    Err(Refusal::invalid("address", wrong).with("host", to.host()).into())
}

fn shared(topics: Vec<Topic>) -> Result<Vec<Topic>, Refusal> {
    let topics: Vec<Topic> = topics.into_iter().filter(|topic| topic.is_shared()).collect();
    if topics.is_empty() {
        return Err(Refusal::invalid("topics", "channel-no-topic"));
    }
    Ok(topics)
}

/// A unit of this subdistrict, where one is named.
async fn known_unit(cx: &Cx, unit: Option<UnitId>) -> Result<(), Fault> {
    let Some(unit) = unit else { return Ok(()) };
    let found = cx.read(move |tx| Box::pin(async move { Ok(units::by_id(tx, unit).await?) })).await?;
    found.map(drop).ok_or_else(|| Refusal::invalid("unit", "unit-missing").into())
}

/// A robot or webhook to be added.
#[derive(Clone, Deserialize, JsonSchema)]
struct New {
    /// What sort.
    kind: WayKind,
    /// What it is called in lists.
    name: String,
    /// The address that the group or the program gave.
    address: String,
    /// What the robot's messages are signed with, where its group asks for it.
    secret: Option<String>,
    /// Only what this unit is told; nothing: what the subdistrict's people are told.
    unit: Option<UnitId>,
    /// What it hears.
    #[serde(default)]
    topics: Vec<Topic>,
}

impl fmt::Debug for New {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "New({})", self.kind)
    }
}

async fn add(cx: Cx, input: Input<New>) -> Result<Either<Page<SecretPage>, Done<ChannelsPage>>, Fault> {
    let Input { value: New { kind, name, address, secret, unit, topics }, key } = input;
    if kind.is_personal() {
        return Err(Refusal::invalid("kind", "channel-personal").into());
    }
    known_unit(&cx, unit).await?;
    let (topics, address) = (shared(topics)?, checked(&cx, &address).await?);
    let id = key.unwrap_or_else(|| cx.id());
    let known = cx.read(move |tx| Box::pin(async move { Ok::<_, Failure>(way(tx, id).await?) })).await?;
    if known.is_some() {
        // The same request again: its secret was shown, and is not shown again.
        return Ok(Either::Right(Done::see(HERE)));
    }
    let secret = match kind {
        WayKind::Webhook => Some(WebhookSecret::new(cx.app().entropy.bytes()).to_string()),
        _ => secret.map(|secret| secret.trim().to_owned()).filter(|secret| !secret.is_empty()),
    };
    let leads = WayAddress { address, secret: secret.clone(), ..WayAddress::default() };
    let sealed = cx.app().seal_way(cx.tenant()?.id, id, &leads).await?;
    let add = AddWay {
        id,
        kind,
        person: None,
        unit,
        name: name.clone(),
        sealed: Some(sealed),
        topics,
        code: None,
        at: cx.now(),
        noted: Some(noted(&cx)?),
    };
    cx.write(add).await?;
    Ok(match secret.filter(|_| kind == WayKind::Webhook) {
        Some(secret) => Either::Left(Page(SecretPage { id, name, secret, renewed: false })),
        None => Either::Right(Done::see(HERE).saying(Text::of("way-added"))),
    })
}

/// What a robot or webhook hears, or where it is.
#[derive(Clone, Deserialize, JsonSchema)]
struct Changed {
    /// What it is called in lists.
    name: String,
    /// Another address; nothing: the same.
    address: Option<String>,
    /// Another secret of the robot; nothing: the same.
    secret: Option<String>,
    /// Only what this unit is told; nothing: what the subdistrict's people are told.
    unit: Option<UnitId>,
    /// What it hears.
    #[serde(default)]
    topics: Vec<Topic>,
}

impl fmt::Debug for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Changed(…)")
    }
}

async fn change(cx: Cx, Path(id): Path<Uuid>, input: Input<Changed>) -> Result<Done<ChannelPage>, Fault> {
    let Changed { name, address, secret, unit, topics } = input.value;
    known_unit(&cx, unit).await?;
    let (topics, tenant, way) = (shared(topics)?, cx.tenant()?.id, one(&cx, id).await?);
    let filled =
        |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let (address, secret) = (filled(address), filled(secret).filter(|_| way.kind != WayKind::Webhook));
    let sealed = if address.is_some() || secret.is_some() {
        let mut leads = cx.app().open_way(tenant, &way).await?;
        if let Some(address) = address {
            leads.address = checked(&cx, &address).await?;
        }
        leads.secret = secret.or(leads.secret);
        Some(cx.app().seal_way(tenant, id, &leads).await?)
    } else {
        None
    };
    let change = ChangeWay { id, name, unit, topics, sealed, at: cx.now(), noted: noted(&cx)? };
    cx.write(change).await?;
    Ok(Done::see(format!("{HERE}/{id}")).saying(Text::of("admin-saved")))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn renew(cx: Cx, Path(id): Path<Uuid>, _nothing: Input<Nothing>) -> Result<Page<SecretPage>, Fault> {
    let (tenant, way) = (cx.tenant()?.id, one(&cx, id).await?);
    if way.kind != WayKind::Webhook {
        return Err(Refusal::invalid("kind", "channel-no-webhook").into());
    }
    let secret = WebhookSecret::new(cx.app().entropy.bytes()).to_string();
    let leads = cx.app().open_way(tenant, &way).await?.renewed(secret.clone(), cx.now());
    let sealed = Some(cx.app().seal_way(tenant, id, &leads).await?);
    let (name, unit, topics) = (way.name.clone(), way.unit, way.topics.0);
    let change = ChangeWay { id, name, unit, topics, sealed, at: cx.now(), noted: noted(&cx)? };
    cx.write(change).await?;
    Ok(Page(SecretPage { id, name: way.name, secret, renewed: true }))
}

async fn try_out(cx: Cx, Path(id): Path<Uuid>, _nothing: Input<Nothing>) -> Result<Done<ChannelPage>, Fault> {
    let way = one(&cx, id).await?;
    let outcome = cx.app().try_way(cx.tenant()?, &way).await;
    Ok(Done::see(format!("{HERE}/{id}")).saying(tried(&cx, outcome)))
}

async fn reopen(cx: Cx, Path(id): Path<Uuid>, _nothing: Input<Nothing>) -> Result<Done<ChannelPage>, Fault> {
    one(&cx, id).await?;
    cx.write(ReopenWay { id, person: None }).await?;
    Ok(Done::see(format!("{HERE}/{id}")).saying(Text::of("way-reopened")))
}

async fn end(cx: Cx, Path(id): Path<Uuid>, _nothing: Input<Nothing>) -> Result<Done<ChannelsPage>, Fault> {
    one(&cx, id).await?;
    cx.write(EndWay { id, person: None, at: cx.now(), noted: Some(noted(&cx)?) }).await?;
    Ok(Done::see(HERE).saying(Text::of("way-ended")))
}

//! How one is told besides the inbox: one's own ways, what goes them, and when.

mod doing;
mod habits;
pub(crate) mod kinds;
mod linking;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};
use jiff::civil::Time;
use qige_identity::person;
use qige_kernel::Timestamp;
use qige_notify::{Choice, Habits, Topic, Way, WayKind, choices_of, habits_of, tenant_ways, ways_of};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::meaning;
use crate::{Access, Cx, Fault, Page, Routes, Text, View, Width, qr};
use kinds::{MyTopic, columns, one_by_one};

const HERE: &str = "/me/notices";
const MAY: Access = Access::SignedIn;
/// The side of the picture that is scanned, in CSS pixels.
const QR_PIXELS: u32 = 160;

pub(super) fn routes() -> Routes {
    let routes = Routes::of("account").get(HERE, MAY, "How one is told besides the inbox", show);
    kinds::routes(habits::routes(linking::routes(doing::routes(routes))))
}

/// How one is told besides the inbox.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct MyWaysPage {
    /// By sort of way: what goes that way.
    kinds: Vec<MyKind>,
    topics: Vec<Topic>,
    /// The sorts of ways that one has.
    columns: Vec<WayKind>,
    /// What of each topic goes which of them, kind by kind.
    one_by_one: Vec<MyTopic>,
    /// Whether there is a server of mail.
    mail_on: bool,
    /// Whether there is a gateway of short messages.
    sms_on: bool,
    /// Applications that the subdistrict has set up.
    applications: Vec<WayKind>,
    /// In whose own browser the page stands: there an account is linked by one press.
    inside: Option<WayKind>,
    /// Where to come in such a browser.
    scan: Scan,
    /// Whether one's account has a number.
    has_phone: bool,
    /// What browsers subscribe with.
    push_key: Option<String>,
    habits: MyHabits,
}

/// An address as a picture to be scanned.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Scan {
    address: String,
    /// SVG, in base64.
    picture: String,
}

impl Scan {
    fn of(cx: &Cx) -> Result<Self, Fault> {
        let address = format!("{}{HERE}", cx.state().settings().public_url);
        Ok(Self { picture: STANDARD.encode(qr::drawn(&address, QR_PIXELS)?), address })
    }
}

/// In whose own browser a page stands, as the browser says it: WeCom's names WeChat's too.
fn inside(headers: &HeaderMap) -> Option<WayKind> {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    match (agent.contains("wxwork/"), agent.contains("MicroMessenger/")) {
        (true, _) => Some(WayKind::WecomApp),
        (_, true) => Some(WayKind::Wechat),
        _ => None,
    }
}

/// One sort of way.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct MyKind {
    kind: WayKind,
    /// What goes this way.
    on: Vec<Topic>,
    ways: Vec<MyWay>,
}

/// One way.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct MyWay {
    id: Uuid,
    name: String,
    /// Whether it was proved.
    confirmed: bool,
    /// Since when nothing goes this way, since nothing arrives.
    parked_at: Option<Timestamp>,
    /// Names why, where the maker said it.
    meaning: Option<String>,
}

/// When one is told; times of the day as `22:00`.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub(crate) struct MyHabits {
    quiet_from: Option<String>,
    quiet_until: Option<String>,
    digest_at: Option<String>,
    paused_until: Option<Timestamp>,
}

impl MyHabits {
    pub(crate) fn of(habits: Habits, now: Timestamp) -> Self {
        Self {
            quiet_from: habits.quiet_from.map(clock),
            quiet_until: habits.quiet_until.map(clock),
            digest_at: habits.digest_at.map(clock),
            paused_until: habits.paused_until.filter(|until| *until > now),
        }
    }

    pub(crate) fn sample() -> Self {
        Self {
            quiet_from: Some("22:00".to_owned()),
            quiet_until: Some("07:00".to_owned()),
            digest_at: Some("09:00".to_owned()),
            paused_until: Some(Timestamp::from_micros(1_790_000_000_000_000)),
        }
    }
}

/// A minute of the day as people read it.
fn clock(minute: i64) -> String {
    let part = |n: i64| i8::try_from(n).unwrap_or_default();
    let time = Time::new(part(minute / 60), part(minute % 60), 0, 0).unwrap_or_default();
    time.strftime("%H:%M").to_string()
}

impl View for MyWaysPage {
    const TEMPLATE: &'static str = "channels/mine.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("my-ways-title")
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let way = |name: &str, confirmed, parked_at| MyWay {
            id: Uuid::nil(),
            name: name.to_owned(),
            confirmed,
            parked_at,
            meaning: parked_at.map(|_| "maker-code-43004".to_owned()),
        };
        let kind = |kind, ways| MyKind { kind, on: vec![Topic::Safety, Topic::Unit], ways };
        let (ways, choices) = kinds::samples();
        let full = Self {
            kinds: vec![
                kind(WayKind::Mail, vec![way("z…@example.org", true, None)]),
                kind(WayKind::Sms, vec![way("138****1234", true, Some(at))]),
                kind(WayKind::Push, vec![way("Chrome · Android", true, None), way("Edge", true, Some(at))]),
                kind(WayKind::WecomApp, vec![way("z…", false, None)]),
                kind(WayKind::Wechat, Vec::new()),
            ],
            topics: Topic::ALL.to_vec(),
            columns: columns(&ways),
            one_by_one: one_by_one(&ways, &choices),
            mail_on: true,
            sms_on: true,
            applications: vec![WayKind::WecomApp, WayKind::Wechat],
            inside: Some(WayKind::Wechat),
            scan: Scan { address: "https://qige.example/me/notices".to_owned(), picture: String::new() },
            has_phone: true,
            push_key: Some("BPub".to_owned()),
            habits: MyHabits::sample(),
        };
        let kinds = vec![
            kind(WayKind::Mail, vec![way("z…@example.org", false, None)]),
            kind(WayKind::Sms, Vec::new()),
            kind(WayKind::Push, Vec::new()),
        ];
        let begun = Self { kinds, has_phone: false, habits: MyHabits::default(), ..full.clone() };
        let none = Self {
            kinds: WayKind::ALL
                .iter()
                .filter(|kind| kind.is_personal() && !kind.is_application())
                .map(|one| kind(*one, Vec::new()))
                .collect(),
            columns: Vec::new(),
            one_by_one: Vec::new(),
            inside: None,
            mail_on: false,
            sms_on: false,
            applications: Vec::new(),
            push_key: None,
            ..begun.clone()
        };
        vec![full, begun, none]
    }
}

async fn show(cx: Cx, headers: HeaderMap) -> Result<Page<MyWaysPage>, Fault> {
    let (id, now) = (cx.signed_in()?.person, cx.now());
    let (person, habits) = cx
        .read(move |tx| Box::pin(async move { Ok((person(tx, id).await?, habits_of(tx, id).await?)) }))
        .await?;
    let (ways, choices): (Vec<Way>, Vec<Choice>) = cx
        .read(move |tx| Box::pin(async move { Ok((ways_of(tx, id).await?, choices_of(tx, id).await?)) }))
        .await?;
    let set_up = cx.read(|tx| Box::pin(async move { Ok(tenant_ways(tx).await?) })).await?;
    let applications: Vec<WayKind> =
        set_up.iter().map(|way| way.kind).filter(|kind| kind.is_application()).collect();
    let settings = &cx.app().settings;
    let shown = |kind: &&WayKind| {
        let usable = !kind.is_application() || applications.contains(kind);
        kind.is_personal() && (usable || ways.iter().any(|way| way.kind == **kind))
    };
    let kinds = WayKind::ALL.iter().filter(shown).map(|kind| of_kind(*kind, &ways));
    Ok(Page(MyWaysPage {
        kinds: kinds.collect(),
        topics: Topic::ALL.to_vec(),
        columns: columns(&ways),
        one_by_one: one_by_one(&ways, &choices),
        mail_on: settings.post.is_some(),
        sms_on: settings.sms.is_on(),
        applications,
        inside: inside(&headers),
        scan: Scan::of(&cx)?,
        has_phone: person.is_some_and(|person| person.phone.is_some()),
        push_key: cx.app().push_key().ok().map(qige_channels::push::PushKey::public),
        habits: MyHabits::of(habits, now),
    }))
}

fn of_kind(kind: WayKind, ways: &[Way]) -> MyKind {
    let own: Vec<&Way> = ways.iter().filter(|way| way.kind == kind).collect();
    let on = own.first().map_or_else(|| usual(kind), |way| way.topics.0.clone());
    let way = |way: &&Way| MyWay {
        id: way.id,
        name: way.name.clone(),
        confirmed: way.confirmed_at.is_some(),
        parked_at: way.parked_at,
        meaning: way.parked_why.as_deref().and_then(meaning::key),
    };
    MyKind { kind, on, ways: own.iter().map(way).collect() }
}

/// What goes a way that somebody adds, until they choose: everything, but by short message, which costs and
/// is seen on a locked phone, only what is waited for.
fn usual(kind: WayKind) -> Vec<Topic> {
    match kind {
        WayKind::Sms => vec![Topic::Tasks, Topic::Unit, Topic::Safety],
        _ => Topic::ALL.to_vec(),
    }
}

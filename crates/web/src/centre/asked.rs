//! What the queue is narrowed by, as it stands in the address.

use axum::extract::FromRequestParts;
use http::Request;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use qige_app::Rulebook;
use qige_cases::queries::{Hands, Order, QueueFilter};
use qige_cases::{State, Tone, Urgency};
use qige_kernel::{PersonId, PlaceId, Refusal, Timestamp, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::matters;
use super::searching::{ByName, meant};
use crate::render::encoded;
use crate::{Cx, Fault, Locale, Query};

/// In whose hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum InHands {
    /// In mine.
    Mine,
    /// In nobody's.
    Nobody,
}

impl InHands {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Nobody => "nobody",
        }
    }
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Sorted {
    /// What will be late first comes first.
    #[default]
    Lateness,
    /// What came in last comes first.
    Newness,
}

/// What the queue is narrowed by. Nothing: everything that is open, what will be late first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Asked {
    /// Any of these states; none: all open ones.
    pub(super) state: Vec<State>,
    /// How late.
    pub(super) tone: Option<Tone>,
    /// How soon.
    pub(super) urgency: Option<Urgency>,
    /// A matter by its key or its name, or a list and major class as in `matter-06`.
    pub(super) matter: Option<String>,
    /// In a community.
    pub(super) community: Option<PlaceId>,
    /// In a grid.
    pub(super) grid: Option<PlaceId>,
    /// With a unit.
    pub(super) unit: Option<UnitId>,
    /// Words, pinyin or its initials, the beginning of a number, or what a place, unit, matter or person is
    /// called.
    pub(super) q: Option<String>,
    /// In whose hands.
    pub(super) hands: Option<InHands>,
    /// Put aside, or not.
    pub(super) suspended: Option<bool>,
    /// Seen on the ground, or not.
    pub(super) verified: Option<bool>,
    /// Needs the supervisor.
    pub(super) supervisors: bool,
    /// Lies nowhere yet.
    pub(super) unlocated: bool,
    /// Received on this day (`2026-09-23`) or later.
    pub(super) from: Option<String>,
    /// Received on this day or earlier.
    pub(super) until: Option<String>,
    /// Over since this day.
    pub(super) ended_from: Option<String>,
    /// Over on this day or earlier.
    pub(super) ended_until: Option<String>,
    /// In which order.
    pub(super) order: Sorted,
    /// Where the page begins: `next` of the page before.
    pub(super) after: Option<String>,
    /// `west,south,east,north` in WGS-84 degrees; for the map alone.
    pub(super) bbox: Option<String>,
}

impl Asked {
    /// From a query that stands in another address.
    pub(super) async fn read(cx: &Cx, query: &str) -> Option<Self> {
        let request = Request::builder().uri(format!("/cases?{query}")).body(()).ok()?;
        let (mut parts, ()) = request.into_parts();
        let read = Query::<Self>::from_request_parts(&mut parts, cx.state()).await;
        read.ok().map(|Query(asked)| asked)
    }

    /// The filter, with what was looked for.
    pub(super) async fn filter(&self, cx: &Cx, book: &Rulebook, by: ByName) -> Result<QueueFilter, Fault> {
        let filter = self.conditions(cx.signed_in()?.person, book.calendar.zone(), cx.locale())?;
        let Some(text) = self.text() else { return Ok(filter) };
        Ok(QueueFilter { sought: Some(meant(cx, text, book.grids.clone(), by).await?), ..filter })
    }

    /// What was looked for.
    pub(super) fn text(&self) -> Option<&str> {
        self.q.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    /// All of the filter for `me` but what was looked for, in the zone in which days begin.
    pub(super) fn conditions(
        &self,
        me: PersonId,
        zone: &TimeZone,
        locale: Locale,
    ) -> Result<QueueFilter, Fault> {
        let next_day = |day: Date| day.tomorrow().unwrap_or(day);
        Ok(QueueFilter {
            states: self.state.clone(),
            tone: self.tone,
            urgency: self.urgency,
            matter: self.matter.as_deref().map(|text| matters::beginning(text, locale)).transpose()?,
            community: self.community,
            grid: self.grid,
            unit: self.unit,
            sought: None,
            hands: self.hands.map(|hands| match hands {
                InHands::Mine => Hands::Of(me),
                InHands::Nobody => Hands::Nobody,
            }),
            suspended: self.suspended,
            verified: self.verified,
            supervisors: self.supervisors,
            unlocated: self.unlocated,
            from: day("from", self.from.as_deref())?.map(|day| midnight(day, zone)),
            until: day("until", self.until.as_deref())?.map(|day| midnight(next_day(day), zone)),
            ended_from: day("ended_from", self.ended_from.as_deref())?.map(|day| midnight(day, zone)),
            ended_until: day("ended_until", self.ended_until.as_deref())?
                .map(|day| midnight(next_day(day), zone)),
        })
    }

    /// The order, as the query wants it.
    pub(super) const fn order(&self) -> Order {
        match self.order {
            Sorted::Lateness => Order::Lateness,
            Sorted::Newness => Order::Newness,
        }
    }

    /// What is asked, without where the page begins, as fields of a form.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, String)> {
        let text = |value: &dyn std::fmt::Display| Some(value.to_string());
        let flag = |on: bool| on.then(|| "true".to_owned());
        let mut pairs: Vec<(&'static str, Option<String>)> =
            self.state.iter().map(|state| ("state", text(state))).collect();
        pairs.extend([
            ("tone", self.tone.and_then(|tone| text(&tone))),
            ("urgency", self.urgency.and_then(|urgency| text(&urgency))),
            ("matter", self.matter.clone()),
            ("community", self.community.and_then(|id| text(&id))),
            ("grid", self.grid.and_then(|id| text(&id))),
            ("unit", self.unit.and_then(|id| text(&id))),
            ("q", self.q.clone()),
            ("hands", self.hands.map(|hands| hands.as_str().to_owned())),
            ("suspended", self.suspended.and_then(|on| text(&on))),
            ("verified", self.verified.and_then(|on| text(&on))),
            ("supervisors", flag(self.supervisors)),
            ("unlocated", flag(self.unlocated)),
            ("from", self.from.clone()),
            ("until", self.until.clone()),
            ("ended_from", self.ended_from.clone()),
            ("ended_until", self.ended_until.clone()),
            ("order", (self.order == Sorted::Newness).then(|| "newness".to_owned())),
        ]);
        pairs.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }

    /// The same as the query of an address. Empty where nothing is asked.
    pub(super) fn query(&self) -> String {
        let said = self.fields().map(|(name, value)| format!("{name}={}", encoded(&value)));
        said.collect::<Vec<_>>().join("&")
    }

    /// The address of the queue so narrowed.
    pub(super) fn address(&self) -> String {
        under("/cases", &self.query())
    }

    /// Whether more than state and order is asked for.
    pub(super) fn is_narrowed(&self) -> bool {
        let bare = Self { state: self.state.clone(), order: self.order, ..Self::default() };
        Self { after: None, bbox: None, ..self.clone() } != bare
    }
}

/// An address with a query, where there is one.
pub(super) fn under(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn day(field: &'static str, text: Option<&str>) -> Result<Option<Date>, Refusal> {
    let read = |text: &str| text.trim().parse().map_err(|_| Refusal::invalid(field, "date-unreadable"));
    text.map(read).transpose()
}

/// When a day begins.
pub(crate) fn midnight(day: Date, zone: &TimeZone) -> Timestamp {
    let start = zone.to_timestamp(day.to_datetime(jiff::civil::Time::midnight()));
    start.map_or(Timestamp::from_micros(0), Timestamp::from)
}

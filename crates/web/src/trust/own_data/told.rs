//! How somebody wants to be told, as it is kept: ways with their addresses, what goes them, and when.

use qige_channels::push::Subscription;
use qige_kernel::Timestamp;
use qige_notify::{Choice, Topic, Way, WayKind, choices_of, habits_of, ways_of};
use schemars::JsonSchema;
use serde::Serialize;

use crate::channels::mine::{MyHabits, kinds};
use crate::notices::Said;
use crate::{Cx, Fault};

/// How somebody wants to be told.
#[derive(Clone, Serialize, JsonSchema)]
pub(super) struct Told {
    ways: Vec<ToldWay>,
    /// Kinds of notices that go otherwise than their topic.
    choices: Vec<ToldChoice>,
    habits: MyHabits,
}

/// One way of being told.
#[derive(Clone, Serialize, JsonSchema)]
struct ToldWay {
    kind: WayKind,
    name: String,
    /// Where it leads; nothing where that is the account's number.
    address: Option<String>,
    topics: Vec<Topic>,
    since: Timestamp,
    /// Nothing where it was not proved yet.
    confirmed_at: Option<Timestamp>,
    parked_at: Option<Timestamp>,
}

/// A kind of notice that goes otherwise than its topic.
#[derive(Clone, Serialize, JsonSchema)]
struct ToldChoice {
    kind: String,
    /// Its sentence, without its values.
    said: Said,
    way_kind: WayKind,
    /// Whether it goes there.
    wanted: bool,
}

impl From<Choice> for ToldChoice {
    fn from(choice: Choice) -> Self {
        let Choice { kind, way_kind, wanted } = choice;
        Self { said: kinds::said(&kind), kind, way_kind, wanted }
    }
}

impl Told {
    pub(super) fn sample() -> Self {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let way = |kind, address: Option<&str>, confirmed_at| ToldWay {
            kind,
            name: "z…@example.org".to_owned(),
            address: address.map(str::to_owned),
            topics: vec![Topic::Reports, Topic::Safety],
            since: at,
            confirmed_at,
            parked_at: confirmed_at,
        };
        let choice = |wanted| Choice { kind: "report-closed".to_owned(), way_kind: WayKind::Mail, wanted };
        Self {
            ways: vec![way(WayKind::Mail, Some("z@example.org"), Some(at)), way(WayKind::Sms, None, None)],
            choices: vec![choice(true).into(), choice(false).into()],
            habits: MyHabits::sample(),
        }
    }

    /// As whoever asks wants it for themself.
    pub(super) async fn of(cx: &Cx) -> Result<Self, Fault> {
        let (id, now) = (cx.signed_in()?.person, cx.now());
        let (kept, choices, habits) = cx
            .read(move |tx| {
                Box::pin(async move {
                    Ok((ways_of(tx, id).await?, choices_of(tx, id).await?, habits_of(tx, id).await?))
                })
            })
            .await?;
        let mut ways = Vec::new();
        for way in kept {
            ways.push(ToldWay {
                address: address(cx, &way).await?,
                kind: way.kind,
                name: way.name,
                topics: way.topics.0,
                since: way.made_at,
                confirmed_at: way.confirmed_at,
                parked_at: way.parked_at,
            });
        }
        let choices = choices.into_iter().map(ToldChoice::from).collect();
        Ok(Self { ways, choices, habits: MyHabits::of(habits, now) })
    }
}

/// Where a way leads; of a browser where its maker takes messages for it, and not the keys to them.
async fn address(cx: &Cx, way: &Way) -> Result<Option<String>, Fault> {
    if way.sealed.is_none() {
        return Ok(None);
    }
    let address = cx.app().open_way(cx.tenant()?.id, way).await?.address;
    let browser = serde_json::from_str::<Subscription>(&address).ok();
    Ok(Some(browser.map_or(address, |browser| browser.endpoint)))
}

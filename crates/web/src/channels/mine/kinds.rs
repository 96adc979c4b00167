//! What of a topic goes which way, kind by kind.

use std::collections::BTreeMap;

use qige_db::Json;
use qige_kernel::Timestamp;
use qige_notify::{Choice, SetChoices, Topic, Way, WayKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{HERE, MAY, MyWaysPage};
use crate::notices::Said;
use crate::{Cx, Done, Fault, Input, Routes, Text};

/// What stands for every value in a notice's sentence.
const ANY: &str = "…";
/// The values that such sentences have.
const VALUES: [&str; 4] = ["what", "browser", "name", "n"];

pub(super) fn routes(routes: Routes) -> Routes {
    routes.post("/me/notices/kinds", MAY, "Choose what of a topic goes which way, kind by kind", choose)
}

/// The kinds of one topic.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct MyTopic {
    topic: Topic,
    kinds: Vec<MyNoticeKind>,
    /// How many of them go otherwise than the topic.
    otherwise: usize,
}

/// One kind of notice.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct MyNoticeKind {
    kind: String,
    /// Its sentence, without its values.
    said: Said,
    /// The sorts of ways that it goes.
    on: Vec<WayKind>,
}

/// The sorts of ways that somebody has.
pub(super) fn columns(ways: &[Way]) -> Vec<WayKind> {
    let has = |kind: &WayKind| ways.iter().any(|way| way.kind == *kind);
    WayKind::ALL.iter().copied().filter(has).collect()
}

/// Every topic, kind by kind.
pub(super) fn one_by_one(ways: &[Way], choices: &[Choice]) -> Vec<MyTopic> {
    let columns = columns(ways);
    let of = |topic: &Topic| {
        let usual =
            |way_kind: &WayKind| ways.iter().any(|way| way.kind == *way_kind && way.topics.0.contains(topic));
        let own = |kind: &str, way_kind: &WayKind| {
            let own = choices.iter().find(|choice| choice.kind == kind && choice.way_kind == *way_kind);
            own.map(|choice| choice.wanted)
        };
        let kind = |kind: &&str| {
            let on = |way_kind: &&WayKind| own(kind, way_kind).unwrap_or_else(|| usual(way_kind));
            let on = columns.iter().filter(on).copied().collect();
            MyNoticeKind { kind: (*kind).to_owned(), said: said(kind), on }
        };
        let differs = |kind: &&&str| {
            columns.iter().any(|way_kind| own(kind, way_kind).is_some_and(|own| own != usual(way_kind)))
        };
        let otherwise = topic.kinds().iter().filter(differs).count();
        MyTopic { topic: *topic, kinds: topic.kinds().iter().map(kind).collect(), otherwise }
    };
    Topic::ALL.iter().map(of).collect()
}

/// The sentence of a kind of notice, without its values.
pub(crate) fn said(kind: &str) -> Said {
    let args: BTreeMap<_, _> = VALUES.map(|name| (name.to_owned(), Value::from(ANY))).into();
    Said { key: format!("notice-{kind}"), args }
}

/// Two ways, and one kind that goes otherwise.
pub(super) fn samples() -> (Vec<Way>, Vec<Choice>) {
    let at = Timestamp::from_micros(1_790_000_000_000_000);
    let way = |kind| Way {
        id: Uuid::nil(),
        kind,
        person: None,
        unit: None,
        name: String::new(),
        sealed: None,
        topics: Json(vec![Topic::Safety, Topic::Unit]),
        confirmed_at: Some(at),
        failures: 0,
        parked_at: None,
        parked_why: None,
        made_at: at,
    };
    let choice = Choice { kind: "unit-passed".to_owned(), way_kind: WayKind::Push, wanted: false };
    (vec![way(WayKind::Mail), way(WayKind::Push)], vec![choice])
}

/// What of a topic goes which way.
#[derive(Debug, Deserialize, JsonSchema)]
struct Chosen {
    /// Of this topic.
    topic: Topic,
    /// The kinds that go by mail.
    #[serde(default)]
    mail: Vec<String>,
    /// By short message.
    #[serde(default)]
    sms: Vec<String>,
    /// By browser.
    #[serde(default)]
    push: Vec<String>,
    /// By the application in WeCom.
    #[serde(default, rename = "wecom-app")]
    wecom_app: Vec<String>,
    /// By the official account in WeChat.
    #[serde(default)]
    wechat: Vec<String>,
}

async fn choose(cx: Cx, input: Input<Chosen>) -> Result<Done<MyWaysPage>, Fault> {
    let Chosen { topic, mail, sms, push, wecom_app, wechat } = input.value;
    let wanted = vec![
        (WayKind::Mail, mail),
        (WayKind::Sms, sms),
        (WayKind::Push, push),
        (WayKind::WecomApp, wecom_app),
        (WayKind::Wechat, wechat),
    ];
    cx.write(SetChoices { person: cx.signed_in()?.person, topic, wanted }).await?;
    Ok(Done::see(HERE).saying(Text::of("my-ways-saved")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Texts;

    #[test]
    fn every_notice_is_of_a_kind_that_people_can_choose() {
        let texts = Texts::load().0;
        let known: Vec<&str> = Topic::ALL.iter().flat_map(|topic| topic.kinds()).copied().collect();
        for kind in &known {
            assert!(texts.has(&format!("notice-{kind}")), "{kind} has no sentence");
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/locales/zh-Hans");
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let keys = text.lines().filter_map(|line| line.strip_prefix("notice-")?.split_once(" = "));
            for (kind, _) in keys {
                assert!(known.contains(&kind), "{kind} has no topic in crates/notify/src/topic.rs");
            }
        }
    }
}

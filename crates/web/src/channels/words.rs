//! Messages in words, late: in the language of whoever gets them.

use std::collections::BTreeMap;
use std::sync::Arc;

use qige_app::{Telling, Worded, Words};
use qige_notify::{Item, Topic};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::Locale;
use crate::locale::{Arg, Texts};
use crate::notices;

/// Sentences of one message at most; of what is more, the number is said.
const SENTENCES_MAX: usize = 8;

/// What puts notices into words with these texts.
pub(crate) fn words(texts: Arc<Texts>) -> Words {
    Arc::new(move |tenant, locale, telling| {
        let locale = Locale::from_tag(locale).unwrap_or_default();
        let say = |key: &str, args: &[(&str, Arg)]| say(&texts, locale, key, args);
        let text = match telling {
            Telling::Test => say("told-test", &[]),
            Telling::Code(digits) => say("told-code", &[("code", digits.into())]),
            Telling::Items { items: [item], brief: true } => brief(&texts, locale, item),
            Telling::Items { items, brief: true } => say("told-many", &[("n", count(items.len()))]),
            Telling::Items { items, brief: false } => {
                let mut lines: Vec<String> =
                    items.iter().take(SENTENCES_MAX).map(|item| sentence(&texts, locale, item)).collect();
                if let more @ 1.. = items.len().saturating_sub(SENTENCES_MAX) {
                    lines.push(say("told-more", &[("n", count(more))]));
                }
                lines.join("\n")
            }
        };
        Worded { title: say("told-title", &[("tenant", tenant.into())]), text }
    })
}

fn say(texts: &Texts, locale: Locale, key: &str, args: &[(&str, Arg)]) -> String {
    let args: BTreeMap<String, Arg> =
        args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    texts.get(locale, key, &args).unwrap_or_else(|| key.to_owned())
}

fn count(n: usize) -> Arg {
    Arg::Number(f64::from(u32::try_from(n).unwrap_or(u32::MAX)))
}

/// What sort of thing it is, and its number: nothing that is anybody's own.
fn brief(texts: &Texts, locale: Locale, item: &Item) -> String {
    let text = say(texts, locale, &format!("told-brief-{}", item.topic), &[]);
    match item.args.get("number").and_then(Value::as_str) {
        Some(number) => format!("{text} {}", say(texts, locale, "told-number", &[("number", number.into())])),
        None => text,
    }
}

/// As it stands in the inbox.
fn sentence(texts: &Texts, locale: Locale, item: &Item) -> String {
    let unnamed = texts.plain(locale, "report-unnamed");
    let args = notices::values(&item.about_kind, &item.args, locale, &unnamed);
    let arg = |value: &Value| match value {
        Value::Number(number) => Arg::Number(number.as_f64().unwrap_or_default()),
        other => Arg::Text(other.as_str().unwrap_or_default().to_owned()),
    };
    let args: BTreeMap<String, Arg> = args.iter().map(|(name, value)| (name.clone(), arg(value))).collect();
    texts.get(locale, &format!("notice-{}", item.kind), &args).unwrap_or_default()
}

/// What groups and phones read of a topic.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct Preview {
    topic: Topic,
    /// In every language: its name, and the text.
    texts: Vec<(String, String)>,
}

/// What groups and phones read, of every topic in every language.
pub(super) fn previews(texts: &Texts) -> Vec<Preview> {
    let preview = |topic: &Topic| {
        let item = Item {
            delivery: uuid::Uuid::nil(),
            kind: String::new(),
            topic: *topic,
            args: serde_json::json!({ "number": "20261128-0007" }),
            about_kind: "case".to_owned(),
            about: uuid::Uuid::nil(),
            at: qige_kernel::Timestamp::from_micros(0),
            unit: None,
        };
        let text = |locale: Locale| (locale.own_name().to_owned(), brief(texts, locale, &item));
        Preview { topic: *topic, texts: Locale::ALL.map(text).into() }
    };
    Topic::ALL.iter().map(preview).collect()
}

//! Messages in words, late: in the language of whoever gets them.

use std::collections::BTreeMap;
use std::sync::Arc;

use qige_app::{Saying, Telling, Worded, Wording, Words};
use qige_channels::template::{Style, fill};
use qige_notify::{Item, Topic};
use serde_json::Value;

use crate::Locale;
use crate::locale::{Arg, Texts};
use crate::notices;

/// Sentences of one message at most; of what is more, the number is said.
const SENTENCES_MAX: usize = 8;

/// What puts notices into words with these texts.
pub(crate) fn words(texts: Arc<Texts>) -> Words {
    Arc::new(move |Saying { tenant, wording, locale, telling }| {
        let locale = Locale::from_tag(locale).unwrap_or_default();
        let say = |key: &str, args: &[(&str, Arg)]| say(&texts, locale, key, args);
        let text = match telling {
            Telling::Test => say("told-test", &[]),
            Telling::Code(digits) => say("told-code", &[("code", digits.into())]),
            Telling::BriefCode(digits) => say("told-code-brief", &[("code", digits.into())]),
            Telling::Items { items: [item], brief: true } => brief(&texts, wording, locale, item),
            Telling::Items { items, brief: true } => say("told-many", &[("n", count(items.len()))]),
            Telling::Items { items, brief: false } => {
                let told = items.iter().take(SENTENCES_MAX);
                let mut lines: Vec<String> =
                    told.map(|item| sentence(&texts, wording, locale, item)).collect();
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

/// What the template of a topic's messages to phones and groups is called.
pub(super) fn brief_name(topic: Topic) -> String {
    format!("brief-{topic}")
}

/// What sort of thing it is, and its number: nothing that is anybody's own.
fn brief(texts: &Texts, wording: &Wording, locale: Locale, item: &Item) -> String {
    let number = item.args.get("number").and_then(Value::as_str);
    let value = |name: &str| number.filter(|_| name == "number").unwrap_or_default().to_owned();
    let own = wording.say(&brief_name(item.topic), locale.tag(), value);
    own.unwrap_or_else(|| usual_brief_of(texts, locale, item.topic, number))
}

fn usual_brief_of(texts: &Texts, locale: Locale, topic: Topic, number: Option<&str>) -> String {
    let text = say(texts, locale, &format!("told-brief-{topic}"), &[]);
    match number {
        Some(number) => format!("{text} {}", say(texts, locale, "told-number", &[("number", number.into())])),
        None => text,
    }
}

/// As it stands in the inbox.
fn sentence(texts: &Texts, wording: &Wording, locale: Locale, item: &Item) -> String {
    let unnamed = texts.plain(locale, "report-unnamed");
    let args = notices::values(&item.about_kind, &item.args, locale, &unnamed);
    if let Some(own) = own_sentence(wording, locale, &item.kind, &args) {
        return own;
    }
    let arg = |value: &Value| match value {
        Value::Number(number) => Arg::Number(number.as_f64().unwrap_or_default()),
        other => Arg::Text(other.as_str().unwrap_or_default().to_owned()),
    };
    let args: BTreeMap<String, Arg> = args.iter().map(|(name, value)| (name.clone(), arg(value))).collect();
    texts.get(locale, &format!("notice-{}", item.kind), &args).unwrap_or_default()
}

/// A notice's sentence in the tenant's own words, where it has any.
pub(crate) fn own_sentence(
    wording: &Wording,
    locale: Locale,
    kind: &str,
    args: &BTreeMap<String, Value>,
) -> Option<String> {
    let value = |name: &str| match args.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    wording.say(kind, locale.tag(), value)
}

/// The values that texts of notices have.
pub(super) const VALUES: [&str; 5] = ["what", "browser", "name", "n", "number"];

/// A value as it stands in a template.
fn in_braces(name: &str) -> String {
    format!("{{{name}}}")
}

/// The sentence that comes with the product, as a template.
pub(super) fn usual_sentence(texts: &Texts, locale: Locale, kind: &str) -> String {
    let args = VALUES.map(|name| (name, in_braces(name).into()));
    say(texts, locale, &format!("notice-{kind}"), &args)
}

/// What comes with the product for phones and groups, as a template.
pub(super) fn usual_brief(texts: &Texts, locale: Locale, topic: Topic) -> String {
    usual_brief_of(texts, locale, topic, Some(&in_braces("number")))
}

/// A template with the values of an example.
pub(super) fn example(texts: &Texts, locale: Locale, template: &str) -> String {
    let number = "20261128-0007";
    let args = serde_json::json!({ "number": number, "matter": "matter-06-012" });
    let what = notices::values("case", &args, locale, "").remove("what");
    let value = |name: &str| match name {
        "what" => what.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned(),
        "browser" => "Chrome · Android".to_owned(),
        "name" => format!("{} 03", texts.plain(locale, "role-dispatcher")),
        "n" => "12".to_owned(),
        _ => number.to_owned(),
    };
    fill(template, Style::Plain, value)
}

//! What templates can call: texts, dates, numbers, forms, assets, icons.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use minijinja::value::{Kwargs, Object, Serde, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value, context};
use qige_cases::catalogue::Catalogue;
use qige_kernel::{Entropy, Timestamp};
use uuid::Uuid;

use super::{escaped, facts, icons};
use crate::assets::Assets;
use crate::locale::{Arg, Locale, Texts, day_text, full_text, short_text};

/// A refusal of every form at once, for trying templates.
pub(crate) const ANY_FORM: &str = "*";

/// Makes a fresh idempotency key for each form of a page.
#[derive(Clone)]
pub(crate) struct Keys {
    entropy: Entropy,
    now: Timestamp,
}

impl Keys {
    pub(crate) const fn new(entropy: Entropy, now: Timestamp) -> Self {
        Self { entropy, now }
    }

    fn next(&self) -> Uuid {
        self.entropy.id(self.now)
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

/// A text whose absence has been said is not said again for this many renders: the log stays readable.
const MISSING_SAID_EVERY: u64 = 1_000;

pub(super) fn add(
    environment: &mut Environment<'static>,
    texts: &Arc<Texts>,
    assets: Assets,
    workshop: bool,
) {
    let told = texts.clone();
    environment.add_function("t", move |state: &State<'_, '_>, key: &str, values: Kwargs| {
        let mut args = BTreeMap::new();
        for name in values.args() {
            args.insert(name.to_owned(), arg(&values.get::<Value>(name)?));
        }
        text(&told, facts(state)?.locale, key, &args, workshop)
    });
    let told = texts.clone();
    // A text that comes with its values from Rust: `{"key": …, "args": {…}}`.
    environment.add_function("say", move |state: &State<'_, '_>, said: Value| {
        let key = said.get_attr("key")?;
        let mut args = BTreeMap::new();
        let values = said.get_attr("args")?;
        if values.kind() == ValueKind::Map {
            for name in values.try_iter()? {
                args.insert(name.to_string(), arg(&values.get_item(&name)?));
            }
        }
        text(&told, facts(state)?.locale, key.as_str().unwrap_or_default(), &args, workshop)
    });
    add_dates(environment, texts);
    add_numbers(environment, texts);
    let listed = assets.clone();
    environment.add_function("preload", move |name: &str| listed.preload(name));
    environment.add_function("asset", move |name: &str| assets.url(name));
    environment.add_function("icon", |name: &str| match icons::svg(name) {
        Some(svg) => Ok(Value::from_safe_string(svg)),
        None => Err(Error::new(ErrorKind::InvalidOperation, format!("there is no icon {name}"))),
    });
    // As people call it; a key that the catalogue does not know is shown as it is. The catalogue is Chinese.
    environment.add_function("matter_name", |key: Value| match key.as_str() {
        Some(key) => matter_name(key).unwrap_or_else(|| key.to_owned()),
        None => "—".to_owned(),
    });
    environment.add_function("form", form);
    // JSON as text: `tojson` counts as safe although its quotes end an attribute.
    environment.add_filter("json_text", |value: Value| {
        serde_json::to_string(&value)
            .map_err(|error| Error::new(ErrorKind::InvalidOperation, "no JSON").with_source(error))
    });
    environment.add_filter("masked", |text: &str| qige_kernel::personal::masked(text));
    environment.add_filter("path_of", |url: &str| url.split('?').next().unwrap_or_default().to_owned());
    environment
        .add_filter("lines", |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() });
}

fn add_dates(environment: &mut Environment<'static>, texts: &Arc<Texts>) {
    let told = texts.clone();
    // `<time>` with how people say it, and the whole of it in the title.
    environment.add_function("date", move |state: &State<'_, '_>, at: Value| {
        let Some(at) = instant(&at)? else { return Ok(Value::from("—")) };
        let facts = facts(state)?;
        let short = short_text(&told, facts.locale, &facts.zone, facts.now, at);
        let full = full_text(&told, facts.locale, &facts.zone, at);
        let (short, full) = (escaped(&short), escaped(&full));
        Ok(Value::from_safe_string(format!("<time datetime=\"{at}\" title=\"{full}\">{short}</time>")))
    });
    let told = texts.clone();
    environment.add_function("date_text", move |state: &State<'_, '_>, at: Value| {
        let Some(at) = instant(&at)? else { return Ok("—".to_owned()) };
        let facts = facts(state)?;
        Ok(short_text(&told, facts.locale, &facts.zone, facts.now, at))
    });
    let told = texts.clone();
    environment.add_function("day", move |state: &State<'_, '_>, at: Value| {
        let Some(at) = instant(&at)? else { return Ok("—".to_owned()) };
        let facts = facts(state)?;
        Ok(day_text(&told, facts.locale, &facts.zone, at))
    });
    let told = texts.clone();
    // How long something takes or is late, in its largest two units' largest.
    environment.add_function("duration", move |state: &State<'_, '_>, minutes: i64| {
        let (key, n) = match minutes.unsigned_abs() {
            n @ 0..120 => ("duration-minutes", n),
            n @ 120..2_880 => ("duration-hours", n.div_euclid(60)),
            n => ("duration-days", n.div_euclid(1_440)),
        };
        let args = BTreeMap::from([("n".to_owned(), number_arg(n))]);
        text(&told, facts(state)?.locale, key, &args, true)
    });
}

fn add_numbers(environment: &mut Environment<'static>, texts: &Arc<Texts>) {
    // No value is a dash, as the indicators ask.
    environment.add_function("number", |value: Value| match value.kind() {
        ValueKind::Number => grouped(&value.to_string()),
        _ => "—".to_owned(),
    });
    environment.add_function("percent", |value: Value| match f64::try_from(value) {
        Ok(share) if share.is_finite() => format!("{:.1}%", share * 100.0),
        _ => "—".to_owned(),
    });
    let told = texts.clone();
    environment.add_function("distance", move |state: &State<'_, '_>, metres: f64| {
        let (key, said) = if metres < 1_000.0 {
            // To ten metres: a phone knows no better.
            ("distance-metres", format!("{:.0}", (metres / 10.0).round().max(1.0) * 10.0))
        } else {
            ("distance-kilometres", format!("{:.1}", metres / 1_000.0))
        };
        text(&told, facts(state)?.locale, key, &BTreeMap::from([("n".to_owned(), Arg::Text(said))]), true)
    });
}

/// What was sent in a form that was refused: a field by its name, dots and all, and none where it was not.
#[derive(Debug)]
struct SentFields(serde_json::Value);

impl Object for SentFields {
    /// That something was sent, even if it was nothing.
    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let mut found = Some(&self.0);
        for piece in key.as_str()?.split('.') {
            found = found.and_then(|value| value.get(piece));
        }
        Some(found.map_or_else(|| Value::from(()), |value| Value::from(Serde(value))))
    }
}

/// A form that posts to `action`: `.action`, `.hidden` (token and key); and when this very form was refused,
/// `.sent` (what was sent), `.sentence` (what is wrong), `.bad_field` and `.bad_label` (where).
fn form(state: &State<'_, '_>, action: &str) -> Result<Value, Error> {
    let facts = facts(state)?;
    let refused =
        facts.refused.as_ref().filter(|refused| [action, ANY_FORM].contains(&refused.action.as_str()));
    let hidden = format!(
        "<input type=\"hidden\" name=\"_csrf\" value=\"{}\">\
         <input type=\"hidden\" name=\"_key\" value=\"{}\">",
        escaped(&facts.csrf),
        facts.keys.next(),
    );
    Ok(context! {
        action => action,
        hidden => Value::from_safe_string(hidden),
        sent => refused.map(|refused| Value::from_object(SentFields(refused.sent.clone()))),
        bad_field => refused.and_then(|refused| refused.field.clone()),
        bad_label => refused.and_then(|refused| refused.label.clone()).map(Value::from_safe_string),
        sentence => refused.map(|refused| refused.sentence.clone()),
    })
}

fn text(
    texts: &Texts,
    locale: Locale,
    key: &str,
    args: &BTreeMap<String, Arg>,
    workshop: bool,
) -> Result<String, Error> {
    static MISSING: AtomicU64 = AtomicU64::new(0);
    match texts.get(locale, key, args) {
        Some(text) => Ok(text),
        None if workshop => {
            Err(Error::new(ErrorKind::InvalidOperation, format!("no text {key} in {}", locale.tag())))
        }
        None => {
            if MISSING.fetch_add(1, Ordering::Relaxed).is_multiple_of(MISSING_SAID_EVERY) {
                tracing::error!(key, locale = locale.tag(), "a text is missing");
            }
            Ok(key.to_owned())
        }
    }
}

fn arg(value: &Value) -> Arg {
    match (value.kind(), f64::try_from(value.clone())) {
        (ValueKind::Number, Ok(number)) => Arg::Number(number),
        (ValueKind::None | ValueKind::Undefined, _) => Arg::Text(String::new()),
        _ => Arg::Text(value.to_string()),
    }
}

fn number_arg(n: u64) -> Arg {
    u32::try_from(n).map_or(Arg::Text(n.to_string()), |n| Arg::Number(f64::from(n)))
}

fn instant(value: &Value) -> Result<Option<Timestamp>, Error> {
    match value.as_str() {
        None if value.is_none() || value.is_undefined() => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| {
            Error::new(ErrorKind::InvalidOperation, format!("{text} is not an instant in RFC 3339"))
        }),
        None => Err(Error::new(ErrorKind::InvalidOperation, "an instant is text in RFC 3339")),
    }
}

fn matter_name(key: &str) -> Option<String> {
    let matter = Catalogue::standard().get(key.parse().ok()?)?;
    Some(matter.plain.clone().unwrap_or_else(|| matter.name.clone()))
}

/// Groups the digits before the point by three.
fn grouped(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(w, f)| (w, Some(f)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut said = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    if let Some(fraction) = fraction.filter(|fraction| *fraction != "0") {
        said.push('.');
        said.push_str(fraction);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::{grouped, matter_name};

    #[test]
    fn a_matter_is_called_as_people_call_it() {
        assert!(matter_name("matter-06-012").is_some_and(|name| !name.is_empty()));
        assert_eq!(matter_name("nothing"), None);
    }

    #[test]
    fn digits_are_grouped_by_three() {
        for (plain, said) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1234567", "-1,234,567"),
            ("1234.5", "1,234.5"),
            ("7.0", "7"),
        ] {
            assert_eq!(grouped(plain), said);
        }
    }
}

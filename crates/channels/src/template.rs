//! Texts with values in braces, `{phone}`. Braces around anything but a name of small letters and digits
//! stand for themselves, so that JSON can be written as it is.

use serde_json::Value;

/// How a value is written where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As it is.
    Plain,
    /// Inside a string of JSON.
    Json,
    /// Inside a form (`application/x-www-form-urlencoded`) or an address.
    Address,
}

impl Style {
    /// By the kind of a body.
    pub(crate) fn of(content_type: &str) -> Self {
        let kind = content_type.to_ascii_lowercase();
        if kind.contains("json") {
            Self::Json
        } else if kind.contains("form-urlencoded") {
            Self::Address
        } else {
            Self::Plain
        }
    }

    fn write(self, value: &str) -> String {
        match self {
            Self::Plain => value.to_owned(),
            Self::Json => {
                let text = Value::from(value).to_string();
                let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                inner.unwrap_or_default().to_owned()
            }
            Self::Address => percent_encoded(value),
        }
    }
}

/// As it stands in an address or a form.
pub(crate) fn percent_encoded(value: &str) -> String {
    value.bytes().map(percent).collect()
}

/// RFC 3986 §2.3: only unreserved characters stand for themselves.
fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// A piece of a template: words, or the name of a value.
enum Piece<'a> {
    Words(&'a str),
    Value(&'a str),
}

fn pieces(mut text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    while let Some((before, after)) = text.split_once('{') {
        pieces.push(Piece::Words(before));
        text = match after.split_once('}') {
            Some((name, rest)) if is_name(name) => {
                pieces.push(Piece::Value(name));
                rest
            }
            _ => {
                pieces.push(Piece::Words("{"));
                after
            }
        };
    }
    pieces.push(Piece::Words(text));
    pieces
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

/// The template with its values. A value is put in once and not looked into again.
#[must_use]
pub fn fill(template: &str, style: Style, value: impl Fn(&str) -> String) -> String {
    let write = |piece: Piece<'_>| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Value(name) => style.write(&value(name)),
    };
    pieces(template).into_iter().map(write).collect()
}

/// The first value that a template names and nobody knows.
#[must_use]
pub fn unknown_value(template: &str, known: &[&str]) -> Option<String> {
    pieces(template).into_iter().find_map(|piece| match piece {
        Piece::Value(name) if !known.contains(&name) => Some(name.to_owned()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_their_place_asks() {
        let value =
            |name: &str| if name == "text" { "a\"b\\ 井&{code}\n".to_owned() } else { "x".to_owned() };
        for (style, template, written) in [
            (
                Style::Json,
                r#"{"t":"{text}","n":{"k":"{code}"}}"#,
                r#"{"t":"a\"b\\ 井&{code}\n","n":{"k":"x"}}"#,
            ),
            (Style::Address, "t={text}", "t=a%22b%5C%20%E4%BA%95%26%7Bcode%7D%0A"),
            (Style::Plain, "{ {code} {Code} {}", "{ x {Code} {}"),
        ] {
            assert_eq!(fill(template, style, value), written);
        }
        assert_eq!(fill("\"{text}\"", Style::Json, |_| "\"\"".to_owned()), "\"\\\"\\\"\"");
    }

    #[test]
    fn a_value_that_nobody_knows_is_named() {
        assert_eq!(unknown_value(r#"{"a":"{phone}"}{nr}"#, &["phone"]).as_deref(), Some("nr"));
        assert_eq!(unknown_value(r#"{"a":{"b":1}}"#, &[]), None);
    }
}

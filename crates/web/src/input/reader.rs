//! From a tree of values to a type, the same for JSON and forms, keeping in mind which field is being read.
//!
//! In a form everything is text, so numbers and truth are read from text there, and an empty field is no
//! field.

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, Visitor};
use serde_json::{Map, Value};

/// Characters in one text at most; a type that means to take more is a [`super::LongText`].
pub const TEXT_CHARS_MAX: usize = 4_000;

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bad {
    /// Path of the field, dotted.
    pub field: Option<String>,
    /// What is wrong.
    pub what: What,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Not there.
    Missing,
    /// Not known here.
    Unknown,
    /// There, and not what it should be.
    Odd(String),
    /// More characters than [`TEXT_CHARS_MAX`].
    TooLong,
    /// A character that cannot be typed, such as NUL.
    Control,
}

/// Reads a `T`.
pub(crate) fn read<T: DeserializeOwned>(tree: &Value, form: bool) -> Result<T, Bad> {
    T::deserialize(Reader { value: tree, form, long: false })
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    value: &'a Value,
    form: bool,
    long: bool,
}

impl Bad {
    #[expect(clippy::needless_pass_by_value, reason = "callers hand over errors and texts as they are")]
    fn odd(message: impl ToString) -> Self {
        Self { field: None, what: What::Odd(message.to_string()) }
    }

    fn within(mut self, name: &str) -> Self {
        self.field = Some(match self.field {
            None => name.to_owned(),
            Some(inner) => format!("{name}.{inner}"),
        });
        self
    }
}

impl std::fmt::Display for Bad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.what {
            What::Missing => f.write_str("missing"),
            What::Unknown => f.write_str("unknown field"),
            What::Odd(message) => f.write_str(message),
            What::TooLong => write!(f, "longer than {TEXT_CHARS_MAX} characters"),
            What::Control => f.write_str("contains a control character"),
        }
    }
}

impl std::error::Error for Bad {}

impl de::Error for Bad {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::odd(message)
    }

    fn missing_field(field: &'static str) -> Self {
        Self { field: Some(field.to_owned()), what: What::Missing }
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self { field: Some(field.to_owned()), what: What::Unknown }
    }
}

impl<'a> Reader<'a> {
    fn text(self) -> Result<Option<&'a str>, Bad> {
        let Value::String(text) = self.value else { return Ok(None) };
        if !self.long && text.chars().nth(TEXT_CHARS_MAX).is_some() {
            return Err(Bad { field: None, what: What::TooLong });
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(Bad { field: None, what: What::Control });
        }
        Ok(Some(text))
    }

    fn number<N: std::str::FromStr>(self) -> Option<N> {
        match self.value {
            Value::String(text) if self.form => text.trim().parse().ok(),
            _ => None,
        }
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
            match self.number::<$type>() {
                Some(number) => visitor.$visit(number),
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Reader<'de> {
    type Error = Bad;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(truth) => visitor.visit_bool(*truth),
            Value::Number(number) => number.deserialize_any(visitor).map_err(Bad::odd),
            Value::String(text) => visitor.visit_borrowed_str(self.text()?.unwrap_or(text)),
            Value::Array(items) => visitor.visit_seq(Items { items: items.iter(), form: self.form, at: 0 }),
            Value::Object(fields) => {
                visitor.visit_map(Fields { fields: fields.iter(), value: None, form: self.form })
            }
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
        match self.value {
            Value::String(text) if self.form => match text.as_str() {
                "true" | "on" | "1" => visitor.visit_bool(true),
                "false" | "off" | "0" => visitor.visit_bool(false),
                _ => Err(Bad::odd("neither true nor false")),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    numbers! {
        deserialize_i8 visit_i8 i8; deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32; deserialize_i64 visit_i64 i64;
        deserialize_u8 visit_u8 u8; deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32; deserialize_u64 visit_u64 u64;
        deserialize_f32 visit_f32 f32; deserialize_f64 visit_f64 f64;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
        match self.value {
            // One ticked box of many looks like a single value.
            Value::String(_) if self.form => {
                visitor.visit_seq(Items { items: std::slice::from_ref(self.value).iter(), form: true, at: 0 })
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Bad> {
        let long = self.long || name == super::LONG_TEXT;
        visitor.visit_newtype_struct(Reader { long, ..self })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Bad> {
        match self.value {
            Value::String(text) => {
                let name: StrDeserializer<'_, Bad> = text.as_str().into_deserializer();
                visitor.visit_enum(name)
            }
            value => value.deserialize_enum("", &[], visitor).map_err(Bad::odd),
        }
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier
        ignored_any
    }
}

struct Items<'a> {
    items: std::slice::Iter<'a, Value>,
    form: bool,
    at: usize,
}

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = Bad;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Bad> {
        let Some(value) = self.items.next() else { return Ok(None) };
        let at = self.at;
        self.at = self.at.saturating_add(1);
        let reader = Reader { value, form: self.form, long: false };
        seed.deserialize(reader).map(Some).map_err(|bad| bad.within(&at.to_string()))
    }
}

struct Fields<'a> {
    fields: serde_json::map::Iter<'a>,
    value: Option<(&'a str, &'a Value)>,
    form: bool,
}

impl<'de> de::MapAccess<'de> for Fields<'de> {
    type Error = Bad;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Bad> {
        let Some((name, value)) = self.fields.next() else { return Ok(None) };
        self.value = Some((name, value));
        let name: StrDeserializer<'_, Bad> = name.as_str().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Bad> {
        let Some((name, value)) = self.value.take() else { return Err(Bad::odd("a value without a name")) };
        let reader = Reader { value, form: self.form, long: false };
        seed.deserialize(reader).map_err(|bad| bad.within(name))
    }
}

/// Pairs of a form as a tree: `a.b` lies in `a`, a name that comes twice is a list, and what is empty is not
/// there.
pub(crate) fn tree(pairs: impl IntoIterator<Item = (String, String)>) -> Value {
    let mut root = Map::new();
    for (name, text) in pairs {
        if text.is_empty() {
            continue;
        }
        put(&mut root, name.trim_end_matches("[]"), Value::String(text.replace("\r\n", "\n")));
    }
    Value::Object(root)
}

/// Nesting of a form's names at most.
const DEPTH_MAX: usize = 4;

fn put(root: &mut Map<String, Value>, name: &str, value: Value) {
    let mut map = root;
    let mut rest = name;
    for _ in 0..DEPTH_MAX {
        let Some((first, inner)) = rest.split_once('.') else { break };
        let entry = map.entry(first).or_insert_with(|| Value::Object(Map::new()));
        if !entry.is_object() {
            *entry = Value::Object(Map::new());
        }
        let Value::Object(next) = entry else { return };
        map = next;
        rest = inner;
    }
    match map.get_mut(rest) {
        None => {
            map.insert(rest.to_owned(), value);
        }
        Some(Value::Array(items)) => items.push(value),
        Some(one) => *one = Value::Array(vec![one.take(), value]),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum Colour {
        DarkRed,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Thing {
        name: String,
        count: i64,
        #[serde(default)]
        sure: bool,
        share: Option<f64>,
        colour: Option<Colour>,
        #[serde(default)]
        tags: Vec<u16>,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        id: qige_kernel::PersonId,
    }

    fn form(pairs: &[(&str, &str)]) -> Result<Thing, Bad> {
        read(&tree(pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))), true)
    }

    #[test]
    fn a_form_and_json_say_the_same() {
        let id = "019a0000-0000-7000-8000-000000000001";
        let from_form = form(&[
            ("name", "a\r\nb"),
            ("count", " 3"),
            ("sure", "on"),
            ("share", "0.5"),
            ("colour", "dark-red"),
            ("tags", "1"),
            ("tags", "2"),
            ("inner.id", id),
        ]);
        let from_json = read(
            &json!({"name": "a\nb", "count": 3, "sure": true, "share": 0.5, "colour": "dark-red",
                    "tags": [1, 2], "inner": {"id": id}}),
            false,
        );
        assert_eq!(from_form, from_json);
        assert!(from_form.is_ok());
        assert_eq!(form(&[("name", "x"), ("count", "1"), ("tags", "7")]).unwrap().tags, [7]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_field() {
        let what = |pairs: &[(&str, &str)]| {
            let bad = form(pairs).unwrap_err();
            (bad.field.unwrap(), bad.what)
        };
        assert_eq!(what(&[("name", "x"), ("count", "")]), ("count".to_owned(), What::Missing));
        let (field, odd) = what(&[("name", "x"), ("count", "many")]);
        assert_eq!(field, "count");
        assert!(matches!(odd, What::Odd(_)));
        assert_eq!(what(&[("name", "x"), ("count", "1"), ("inner.id", "7")]).0, "inner.id");
        assert_eq!(what(&[("name", "a\0b")]), ("name".to_owned(), What::Control));
        assert_eq!(what(&[("name", "x"), ("kount", "1")]), ("kount".to_owned(), What::Unknown));
        assert_eq!(what(&[("name", "x"), ("count", "1"), ("colour", "blue")]).0, "colour");
        let bad = read::<Thing>(&json!({"name": "x", "count": "3"}), false).unwrap_err();
        assert_eq!(bad.field.as_deref(), Some("count"), "in JSON a number is a number");
    }

    #[test]
    fn text_at_the_limit_passes_and_past_it_does_not() {
        let long = "好".repeat(TEXT_CHARS_MAX);
        assert!(form(&[("name", &long), ("count", "1")]).is_ok());
        let longer = "好".repeat(TEXT_CHARS_MAX + 1);
        let bad = form(&[("name", &longer), ("count", "1")]).unwrap_err();
        assert_eq!(bad.what, What::TooLong);
        let taken: super::super::LongText = read(&Value::String(longer), false).unwrap();
        assert_eq!(taken.0.chars().count(), TEXT_CHARS_MAX + 1);
    }
}

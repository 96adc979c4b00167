//! What is left of what was said about a case once its words are taken out of it: the same shape, with
//! nothing in it that somebody wrote.

use serde_json::Value;

use crate::store::{AskKind, Dossier};

/// Fields in which people write; what stands there becomes an empty text.
const EMPTIED: [&str; 4] = ["answer", "note", "reason", "words"];
/// Fields in which they write, that may as well be empty.
const DROPPED: [&str; 4] = ["address", "body", "reference", "released_words"];
/// The name that a file came by; of it the ending stays, which says what it is.
const FILE_NAME: &str = "name";
/// Letters of such an ending at most.
const ENDING_LETTERS: usize = 5;

/// Takes the words out of what a line of a case's journal says.
pub(super) fn wordless(said: Value) -> Value {
    match said {
        Value::Array(all) => all.into_iter().map(wordless).collect(),
        Value::Object(fields) => {
            // The reason for declining is from a list; by the reference of a rating its reporter rates once.
            let is = |field: &str, word: &str| fields.get(field).and_then(Value::as_str) == Some(word);
            let (declines, rates) = (is("command", "decline"), is("kind", AskKind::Satisfaction.as_str()));
            let emptied = |(name, value): (String, Value)| {
                let value = match name.as_str() {
                    "reason" if declines => value,
                    "reference" if rates => value,
                    // Why a clock was set or stood still is from a list.
                    "clocks" => value,
                    field if EMPTIED.contains(&field) => texts(value, &|_| String::new().into()),
                    field if DROPPED.contains(&field) => texts(value, &|_| Value::Null),
                    FILE_NAME => texts(value, &|name| ending(name).into()),
                    _ => wordless(value),
                };
                (name, value)
            };
            fields.into_iter().map(emptied).collect()
        }
        other => other,
    }
}

/// Another value in the place of a text, also of those before and after a change.
fn texts(value: Value, instead: &impl Fn(&str) -> Value) -> Value {
    match value {
        Value::String(text) => instead(&text),
        Value::Array(all) => all.into_iter().map(|one| texts(one, instead)).collect(),
        other => other,
    }
}

fn ending(name: &str) -> String {
    let (_, ending) = name.rsplit_once('.').unwrap_or_default();
    let known = ending.len() <= ENDING_LETTERS && ending.chars().all(|sign| sign.is_ascii_alphanumeric());
    if known { ending.to_owned() } else { String::new() }
}

impl Dossier {
    /// The same as [`wordless`], in what the tables hold.
    pub(super) fn wordless(mut self) -> Self {
        self.row.words.clear();
        (self.row.released_words, self.row.address) = (None, None);
        self.assignments.iter_mut().filter_map(|part| part.note.as_mut()).for_each(String::clear);
        self.merges.iter_mut().filter_map(|merge| merge.reason.as_mut()).for_each(String::clear);
        for ask in &mut self.asks {
            [&mut ask.words, &mut ask.answer].into_iter().flatten().for_each(String::clear);
            ask.body = None;
            ask.reference = ask.reference.take().filter(|_| ask.kind == AskKind::Satisfaction);
        }
        for comment in &mut self.comments {
            comment.words.clear();
            comment.attachments.0.iter_mut().for_each(|file| file.name = ending(&file.name));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Action;

    /// Wherever an action takes a text that is no id, date or word of a list, the text goes.
    #[test]
    fn every_text_of_every_action_goes() {
        let schema = serde_json::to_value(schemars::schema_for!(Action)).unwrap();
        let mut texts = Vec::new();
        free_texts(&schema, &mut texts);
        assert!(texts.len() > 20, "they were found: {texts:?}");
        for field in texts {
            let gone = [&EMPTIED[..], &DROPPED[..], &[FILE_NAME]].concat().contains(&field.as_str());
            assert!(gone, "{field}");
        }
    }

    /// The names of properties that are any text at all.
    fn free_texts(schema: &Value, found: &mut Vec<String>) {
        let Value::Object(fields) = schema else { return };
        for (name, property) in fields.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let kind = &property["type"];
            let is_text = *kind == json!("string") || *kind == json!(["string", "null"]);
            let narrowed = ["format", "enum", "const", "pattern"];
            if is_text && narrowed.iter().all(|word| property.get(word).is_none()) {
                found.push(name.clone());
            }
        }
        for inner in fields.values() {
            match inner {
                Value::Array(all) => all.iter().for_each(|one| free_texts(one, found)),
                other => free_texts(other, found),
            }
        }
        let named = ["properties", "$defs"].into_iter().filter_map(|field| fields.get(field)?.as_object());
        named.flat_map(serde_json::Map::values).for_each(|one| free_texts(one, found));
    }

    #[test]
    fn what_is_from_a_list_stays() {
        let said = json!({
            "action": { "command": "decline", "reason": "not-ours", "words": "x" },
            "changes": {
                "case": { "words": ["x", "y"], "address": [null, "x"], "state": ["reported", "declined"] },
                "clocks": { "1": [null, { "clock": { "dues": [{ "reason": "started" }] } }] },
                "asks": {
                    "1": [null, { "kind": "satisfaction", "reference": "stays", "answer": "x", "stars": 4 }],
                    "2": [null, { "kind": "transfer", "reference": "x", "body": "x", "answer": null }],
                },
                "comments": { "1": [null, { "attachments": [{ "id": 7, "name": "x.y.pdf" }] }] },
            },
        });
        let left = json!({
            "action": { "command": "decline", "reason": "not-ours", "words": "" },
            "changes": {
                "case": { "words": ["", ""], "address": [null, null], "state": ["reported", "declined"] },
                "clocks": { "1": [null, { "clock": { "dues": [{ "reason": "started" }] } }] },
                "asks": {
                    "1": [null, { "kind": "satisfaction", "reference": "stays", "answer": "", "stars": 4 }],
                    "2": [null, { "kind": "transfer", "reference": null, "body": null, "answer": null }],
                },
                "comments": { "1": [null, { "attachments": [{ "id": 7, "name": "pdf" }] }] },
            },
        });
        assert_eq!(wordless(said), left);
        assert_eq!(["a.jpeg", "a", "a.有字", ".", "a.tooling"].map(ending), ["jpeg", "", "", "", ""]);
    }
}

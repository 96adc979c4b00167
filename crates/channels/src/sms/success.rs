//! Which answer of a gateway means that it took the message. Many answer 200 and say no in the body.

use std::str::FromStr;

use serde_json::Value;

use super::SmsError;
use crate::Answer;

/// Characters of a gateway's own word that are kept: a code, not a sentence, which might repeat the number.
const WORD_CHARS: usize = 40;

/// What an answer must be: of status 2xx, and besides as said here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Success {
    /// Nothing besides.
    #[default]
    Status,
    /// JSON in which this place (RFC 6901) holds this value: `/code=0`.
    Pointer(String, String),
    /// Text that contains this.
    Contains(String),
}

/// Text that says nothing about an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sign of success is a place in JSON and its value, such as /code=0, or text:words")]
pub struct SuccessError;

impl FromStr for Success {
    type Err = SuccessError;

    fn from_str(text: &str) -> Result<Self, SuccessError> {
        if text.is_empty() {
            return Ok(Self::Status);
        }
        if let Some(words) = text.strip_prefix("text:").filter(|words| !words.is_empty()) {
            return Ok(Self::Contains(words.to_owned()));
        }
        let (place, value) = text.split_once('=').ok_or(SuccessError)?;
        if !place.starts_with('/') {
            return Err(SuccessError);
        }
        Ok(Self::Pointer(place.to_owned(), value.to_owned()))
    }
}

impl Success {
    /// Whether a gateway took the message.
    ///
    /// # Errors
    /// [`SmsError::Refused`], with a word of the gateway's own in which no number is left.
    pub fn judge(&self, answer: &Answer) -> Result<(), SmsError> {
        let refused = |reason| SmsError::Refused { status: answer.status.as_u16(), reason };
        if !answer.status.is_success() {
            return Err(refused(String::new()));
        }
        match self {
            Self::Status => Ok(()),
            Self::Contains(words) => {
                let text = String::from_utf8_lossy(&answer.body);
                if text.contains(words) { Ok(()) } else { Err(refused(String::new())) }
            }
            Self::Pointer(place, value) => {
                let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                let found = json.pointer(place).map(|found| match found {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                });
                if found.as_ref() == Some(value) {
                    return Ok(());
                }
                let word = |found: String| format!(", {place} is {}", masked(&found));
                Err(refused(found.map(word).unwrap_or_default()))
            }
        }
    }
}

/// The word without digits in a row that could be a number.
fn masked(word: &str) -> String {
    let long = word.chars().filter(char::is_ascii_digit).count() >= 7;
    let shown = |c: char| if long && c.is_ascii_digit() { '*' } else { c };
    word.chars().take(WORD_CHARS).map(shown).collect()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;

    fn judged(sign: &str, status: u16, body: &str) -> Result<(), String> {
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: body.to_owned().into(),
        };
        sign.parse::<Success>().unwrap().judge(&answer).map_err(|error| error.to_string())
    }

    #[test]
    fn an_answer_is_taken_at_its_word() {
        for (sign, status, body, ok) in [
            ("", 204, "", true),
            ("", 302, "", false),
            ("", 500, "", false),
            ("/code=0", 200, r#"{"code":0}"#, true),
            ("/code=0", 200, r#"{"code":"0"}"#, true),
            ("/code=0", 200, r#"{"code":1}"#, false),
            ("/code=0", 500, r#"{"code":0}"#, false),
            ("/code=0", 200, "not json", false),
            ("/data/0/ok=true", 200, r#"{"data":[{"ok":true}]}"#, true),
            ("text:success", 200, "1,success", true),
            ("text:success", 200, "fail", false),
        ] {
            assert_eq!(judged(sign, status, body).is_ok(), ok, "{sign} {status} {body}");
        }
        let said = judged("/msg=OK", 200, r#"{"msg":"limit for 13800001234"}"#).unwrap_err();
        assert_eq!(said, "the gateway did not take the message: status 200, /msg is limit for ***********");
        for wrong in ["code=0", "/code", "text:"] {
            assert!(wrong.parse::<Success>().is_err(), "{wrong}");
        }
    }
}

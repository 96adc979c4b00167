//! What people write, before it is kept.

use qige_kernel::Refusal;
use qige_kernel::text::is_unfit_for_words;

/// Characters of what a person writes about a case at most: a page of paper.
pub const MAX_WORDS_CHARS: usize = 2_000;
/// Characters of a short field at most: an address, a body outside, a reference.
pub const MAX_LINE_CHARS: usize = 200;

/// The text as it is kept: line ends made alike, blanks at both ends taken off.
///
/// # Errors
/// `words-too-long` past `max_chars`; `words-with-control-signs` for control characters and for signs that
/// turn the direction of writing, with which a text can be made to read as what it does not say.
pub fn clean(field: &'static str, text: &str, max_chars: usize) -> Result<String, Refusal> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    if text.chars().count() > max_chars {
        return Err(Refusal::invalid(field, "words-too-long").with("max", max_chars));
    }
    if text.chars().any(is_unfit_for_words) {
        return Err(Refusal::invalid(field, "words-with-control-signs"));
    }
    Ok(text.to_owned())
}

/// As [`clean`], and something must be there.
///
/// # Errors
/// Also `words-missing`.
pub fn needed(field: &'static str, text: &str, max_chars: usize) -> Result<String, Refusal> {
    let text = clean(field, text, max_chars)?;
    if text.is_empty() {
        return Err(Refusal::invalid(field, "words-missing"));
    }
    Ok(text)
}

/// As [`clean`], and nothing at all if it is empty.
///
/// # Errors
/// As [`clean`].
pub fn optional(field: &'static str, text: &str, max_chars: usize) -> Result<Option<String>, Refusal> {
    let text = clean(field, text, max_chars)?;
    Ok((!text.is_empty()).then_some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_their_limit_and_no_control_signs() {
        assert_eq!(clean("words", " 井盖\r\n没了 ", 10).unwrap(), "井盖\n没了");
        assert_eq!(clean("words", &"字".repeat(2_000), MAX_WORDS_CHARS).unwrap().chars().count(), 2_000);
        let long = clean("words", &"字".repeat(2_001), MAX_WORDS_CHARS).unwrap_err();
        assert_eq!((long.code, long.args["max"].as_str()), ("words-too-long", "2000"));
        for bad in ["a\0b", "a\u{7}b", "a\u{202e}b", "\u{1b}[31m"] {
            assert_eq!(clean("words", bad, 10).unwrap_err().code, "words-with-control-signs");
        }
        assert_eq!(needed("words", "  ", 10).unwrap_err().code, "words-missing");
        assert_eq!(optional("words", "  ", 10).unwrap(), None);
    }
}

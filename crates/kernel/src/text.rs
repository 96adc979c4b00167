//! Signs by which a text reads as what it does not say.

/// Whether it turns the letters around it (Unicode Standard Annex 9, 2.1 to 2.4): an embedding, an override,
/// an isolate, or the end of one. Scripts that run from right to left need none of them to be written.
#[must_use]
pub const fn turns_text(letter: char) -> bool {
    matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether it has no place in a name, which stands on one line beside others: it turns the text, or cannot be
/// seen.
#[must_use]
pub fn is_unfit_for_a_line(letter: char) -> bool {
    letter.is_control() || turns_text(letter)
}

/// Whether it has no place in what people write: as for a line, but lines may end and tabs may stand.
#[must_use]
pub fn is_unfit_for_words(letter: char) -> bool {
    is_unfit_for_a_line(letter) && !matches!(letter, '\n' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_text_is_unfit_and_a_script_is_not() {
        assert!("\u{202e}\u{2066}\u{2069}\u{7}\0\r".chars().all(is_unfit_for_words));
        assert!("\n\t".chars().all(|letter| is_unfit_for_a_line(letter) && !is_unfit_for_words(letter)));
        assert!(!"ئۇيغۇر נקודה 驿站 👩‍👩‍👧 a".chars().any(is_unfit_for_a_line));
    }
}

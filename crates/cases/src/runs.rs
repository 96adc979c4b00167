//! Runs of a text: neighbouring signs of one kind of writing, which words are made of.

/// Neighbouring signs of one kind of writing, with nothing between them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) signs: Vec<char>,
    /// Blanks part its words.
    pub(crate) with_blanks: bool,
}

/// The runs of these signs, capitals as small ones. What is neither letter nor digit parts what stands around
/// it, and so does what stands in `between`.
pub(crate) fn runs(signs: impl Iterator<Item = char>, between: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut goes_on = false;
    for sign in signs.flat_map(char::to_lowercase) {
        if !sign.is_alphanumeric() || between.contains(sign) {
            goes_on = false;
            continue;
        }
        let with_blanks = is_written_with_blanks(sign);
        match runs.last_mut().filter(|run| goes_on && run.with_blanks == with_blanks) {
            Some(run) => run.signs.push(sign),
            None => runs.push(Run { signs: vec![sign], with_blanks }),
        }
        goes_on = true;
    }
    runs
}

/// Whether a sign is of a writing that puts blanks between words: all that stands before the radicals of
/// Chinese in Unicode, and the digits and letters of full width.
pub(crate) const fn is_written_with_blanks(sign: char) -> bool {
    sign < '\u{2e80}' || matches!(sign, '\u{ff10}'..='\u{ff5a}')
}

//! Everyday words, and how they are found in what people write.

/// Signs that may stand between the parts of a pattern: about one clause.
const MOST_BETWEEN: usize = 10;

/// Words that must all occur: `井盖+没` is found in "井盖昨天就没了" and in "没了井盖".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    parts: Vec<String>,
    signs: u32,
}

impl Pattern {
    /// Reads `井盖+没`; none where there is no word.
    pub(super) fn read(text: &str) -> Option<Self> {
        let parts: Vec<String> = text.split('+').map(normal).filter(|part| !part.is_empty()).collect();
        let signs = parts.iter().map(|part| part.chars().count()).sum::<usize>();
        let signs = u32::try_from(signs).ok().filter(|signs| *signs > 0)?;
        Some(Self { parts, signs })
    }

    /// The word, where the pattern is one.
    pub(super) fn word(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [word] => Some(word),
            _ => None,
        }
    }

    /// The words that must all occur.
    pub(super) fn words(&self) -> &[String] {
        &self.parts
    }

    /// How strongly a text speaks of it: more than its length, since two signs say more than twice one.
    pub(super) fn found_in(&self, text: &str) -> Option<u32> {
        let mut last: Option<usize> = None;
        for part in &self.parts {
            let at = text.find(part.as_str())?;
            let at = text.get(..at)?.chars().count();
            let near = last.is_none_or(|last| at.abs_diff(last) <= MOST_BETWEEN);
            if !near {
                return None;
            }
            last = Some(at);
        }
        // Several words together say more than one word of their length.
        let bonus = if self.parts.len() > 1 { 2 } else { 0 };
        Some(self.signs * self.signs + bonus)
    }
}

/// A text as it is compared: lower case, full-width letters and digits made half-width, no blanks.
pub(super) fn normal(text: &str) -> String {
    let half = |sign: char| match u32::from(sign) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(sign),
        _ => sign,
    };
    text.chars().map(half).filter(|sign| !sign.is_whitespace()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_near_each_other_in_any_order() {
        let pattern = Pattern::read("井盖+没").unwrap();
        assert!(pattern.found_in("井盖昨天就没了").is_some());
        assert!(pattern.found_in("没了井盖").is_some());
        assert!(pattern.found_in("井盖响了一整夜大家都睡不着觉，可是没人管").is_none());
        assert!(Pattern::read("井盖").unwrap().found_in("井盖") < pattern.found_in("井盖没"));
        assert_eq!(Pattern::read(""), None);
        assert_eq!(Pattern::read("+"), None);
    }

    #[test]
    fn texts_are_compared_alike() {
        assert_eq!(normal(" ＳＯＳ 按钮 "), "sos按钮");
    }
}

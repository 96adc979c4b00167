//! What somebody looks for in a list of their own: found by what the list shows of each, in Chinese, pinyin
//! or its initials as in the queue, and by nothing else.

use qige_cases::search::{Tokens, Wanted};

/// What somebody looks for; all of the list where it is nothing.
#[derive(Clone, Debug)]
pub(crate) struct LookedFor(Option<Wanted>);

impl LookedFor {
    /// What a text means.
    pub(crate) fn of(text: Option<&str>) -> Self {
        Self(text.filter(|text| !text.trim().is_empty()).map(|text| Wanted::of(text, &[])))
    }

    /// Whether that of which these texts are shown is meant.
    pub(crate) fn fits<'a>(&self, texts: impl IntoIterator<Item = Option<&'a str>>) -> bool {
        let Self(wanted) = self;
        wanted.as_ref().is_none_or(|wanted| wanted.fits(&Tokens::of(texts.into_iter().flatten())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_found_by_signs_pinyin_initials_and_numbers() {
        let shown = [Some("20260923-0007"), Some("东门路口井盖没了"), None, Some("晶都社区")];
        let fits = |text| LookedFor::of(Some(text)).fits(shown);
        for text in ["井盖", "jinggai", "jg", "晶都 井盖", "20260923-0007", "20260923", "  "] {
            assert!(fits(text), "{text}");
        }
        for text in ["垃圾", "井盖 垃圾", "20260924", "，"] {
            assert!(!fits(text), "{text}");
        }
        assert!(LookedFor::of(None).fits([None]));
    }
}

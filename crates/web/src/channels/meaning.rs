//! What the makers of WeCom and WeChat mean by a number, as they publish it: whoever set the application up
//! can mend what it says.

use crate::{Cx, Text};

/// Numbers that have a sentence: <https://developer.work.weixin.qq.com/document/path/90313> and
/// <https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html>.
const KNOWN: &[u32] = &[
    40_001, 40_003, 40_013, 40_014, 40_037, 40_056, 40_125, 40_164, 42_001, 43_004, 43_101, 45_009, 45_033,
    48_001, 48_002, 60_020, 60_111, 81_013,
];

/// Names the sentence for a problem that ends with a number: `no token: code 40001`.
pub(super) fn key(problem: &str) -> Option<String> {
    let (_, code) = problem.rsplit_once("code ")?;
    KNOWN.contains(&code.parse().ok()?).then(|| format!("maker-code-{code}"))
}

/// A problem with what it means, where that is known.
pub(super) fn said(cx: &Cx, problem: String) -> String {
    match key(&problem) {
        Some(key) => {
            cx.say(&Text::of("maker-code").with("means", cx.say(&Text::of(key))).with("said", problem))
        }
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Texts;

    #[test]
    fn what_is_known_has_a_sentence_and_the_rest_stands_as_it_came() {
        let texts = Texts::load().0;
        for code in KNOWN {
            let key = key(&format!("no token: code {code}")).unwrap();
            assert!(texts.has(&key), "{key}");
        }
        for other in ["code 99999", "code", "status 503", "code 40001x", ""] {
            assert_eq!(key(other), None, "{other}");
        }
    }
}

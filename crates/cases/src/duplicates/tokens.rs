//! What two short texts have in common: words where there are blanks between them, pairs of neighbouring
//! signs where there are none (Nie et al. 2000, "On the use of words and n-grams for Chinese information
//! retrieval").

use std::collections::BTreeSet;

use crate::runs::{Run, runs};

/// Signs that hold a Chinese sentence together and say nothing of what it is about: they part what stands
/// around them, as blanks do. Without them "路面有个大坑" and "有个摊子" would share "有个".
const BETWEEN: &str = "的了着呢吧吗啊很也就还又在是有个这那几些一";
/// The same in English.
const SMALL_WORDS: [&str; 30] = [
    "a", "an", "and", "are", "at", "been", "by", "for", "from", "has", "have", "in", "is", "it", "its", "of",
    "off", "on", "or", "so", "that", "the", "there", "this", "to", "very", "was", "were", "with", "you",
];
/// Shared words that are named at most: enough to see why.
const MAX_NAMED: usize = 5;
/// Letters from which on an "s" at the end is taken for a plural: "lights", not "gas".
const PLURAL_FROM_LETTERS: usize = 4;

/// A text taken apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens {
    /// In the order of the text.
    tokens: Vec<Token>,
}

#[derive(Clone, Debug)]
struct Token {
    text: String,
    /// Begins with the last sign of the one before.
    goes_on: bool,
}

/// What two texts have in common.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Common {
    /// The share of the shorter one's tokens that the other has too, 0 to 1; 0 where one of them is empty.
    pub(super) share: f64,
    /// Those tokens, neighbours put together again, as the first one has them.
    pub(super) named: Vec<String>,
}

impl Tokens {
    /// What somebody wrote.
    pub(crate) fn of_words(text: &str) -> Self {
        Self::parted(text, BETWEEN)
    }

    /// An address without what differs from door to door: numbers, letters, single signs. Names are full of
    /// signs that hold a sentence together (三一路), so that nothing parts them.
    pub(super) fn of_address(text: &str) -> Self {
        let mut tokens = Self::parted(text, "").tokens;
        tokens
            .retain(|token| token.text.chars().nth(1).is_some() && !token.text.starts_with(char::is_numeric));
        Self { tokens }
    }

    fn parted(text: &str, between: &str) -> Self {
        let mut tokens = Vec::new();
        for run in runs(text.chars(), between) {
            put(run, &mut tokens);
        }
        Self { tokens }
    }

    /// What this text and another have in common.
    pub(super) fn common(&self, other: &Self) -> Common {
        let (mine, theirs) = (self.distinct(), other.distinct());
        let shared: BTreeSet<&str> = mine.intersection(&theirs).copied().collect();
        let shorter = mine.len().min(theirs.len());
        let count = |tokens: usize| f64::from(u32::try_from(tokens).unwrap_or(u32::MAX));
        let share = if shorter == 0 { 0.0 } else { count(shared.len()) / count(shorter) };
        Common { share, named: self.named(&shared) }
    }

    /// Each token once.
    pub(crate) fn distinct(&self) -> BTreeSet<&str> {
        self.tokens.iter().map(|token| token.text.as_str()).collect()
    }

    /// Some of its tokens, neighbours put together again, in the order of the text.
    pub(crate) fn named(&self, shared: &BTreeSet<&str>) -> Vec<String> {
        let mut named: Vec<String> = Vec::new();
        let mut before = false;
        for token in &self.tokens {
            let is_shared = shared.contains(token.text.as_str());
            match named.last_mut().filter(|_| before && token.goes_on) {
                Some(last) if is_shared => last.extend(token.text.chars().skip(1)),
                _ if is_shared => named.push(token.text.clone()),
                _ => {}
            }
            before = is_shared;
        }
        let mut known = BTreeSet::new();
        named.retain(|one| known.insert(one.clone()));
        named.truncate(MAX_NAMED);
        named
    }
}

fn put(run: Run, tokens: &mut Vec<Token>) {
    if run.with_blanks {
        let text = singular(run.signs.into_iter().collect());
        if !SMALL_WORDS.contains(&text.as_str()) {
            tokens.push(Token { text, goes_on: false });
        }
        return;
    }
    if let [only] = run.signs.as_slice() {
        tokens.push(Token { text: only.to_string(), goes_on: false });
    }
    for (place, pair) in run.signs.windows(2).enumerate() {
        tokens.push(Token { text: pair.iter().collect(), goes_on: place > 0 });
    }
}

/// One word for "light" and "lights".
fn singular(mut word: String) -> String {
    if word.len() > PLURAL_FROM_LETTERS && word.ends_with('s') && !word.ends_with("ss") {
        word.pop();
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn common(one: &str, other: &str) -> Common {
        Tokens::of_words(one).common(&Tokens::of_words(other))
    }

    fn named(one: &str, other: &str) -> Vec<String> {
        common(one, other).named
    }

    #[test]
    fn short_chinese_shares_pairs_of_signs() {
        assert_eq!(common("垃圾桶满了", "垃圾桶满了！").share, 1.0);
        assert_eq!(common("垃圾桶满了", "路灯不亮"), Common::default());
        assert_eq!(common("", "路灯不亮"), Common::default());
        let alike = common("垃圾桶满了", "门口垃圾桶又满了好几天");
        assert!(alike.share >= 0.6, "{alike:?}");
        assert_eq!(alike.named, ["垃圾桶"]);
        assert_eq!(named("路口有一堆垃圾", "垃圾堆在路口，垃圾很臭"), ["路口", "垃圾"]);
        assert_eq!(named("坑", "坑，很深"), ["坑"]);
    }

    #[test]
    fn what_holds_a_sentence_together_is_nothing_in_common() {
        assert_eq!(named("路面有个大坑", "门口有个摊子"), Vec::<String>::new());
        assert_eq!(named("There is a hole in the road", "It is in the way"), Vec::<String>::new());
    }

    #[test]
    fn english_shares_words_in_any_order_and_number() {
        let alike = common("Street lights out on Main St", "main st: street light is OUT again");
        assert_eq!(alike.share, 1.0);
        assert_eq!(alike.named, ["street", "light", "out", "main", "st"]);
        assert_eq!(named("glass on path", "pathway of grass"), Vec::<String>::new());
    }

    #[test]
    fn both_writings_stand_in_one_text() {
        assert_eq!(named("白色SUV堵住出口", "出口停着suv"), ["suv", "出口"]);
        assert_eq!(named("3号楼12层", "3号楼门口"), ["3", "号楼"]);
    }

    #[test]
    fn no_more_words_are_named_than_are_read() {
        let many = "one two three four five six";
        assert_eq!(named(many, many).len(), MAX_NAMED);
        assert_eq!(named("垃圾，垃圾", "垃圾"), ["垃圾"]);
    }

    #[test]
    fn an_address_is_its_street() {
        let share = |one, other| Tokens::of_address(one).common(&Tokens::of_address(other)).share;
        assert_eq!(share("1127 W SCHUBERT AVE", "1145 w schubert ave"), 1.0);
        assert_eq!(share("1127 W SCHUBERT AVE", "1127 W DIVERSEY AVE"), 0.5);
        assert_eq!(share("晶都路12号", "晶都路与利民路口东南角"), 1.0);
        assert_eq!(share("三一路12号", "三一路3号"), 1.0);
        assert_eq!(share("晶都路12号", "利民路12号"), 0.0);
        assert_eq!(share("12", "12"), 0.0);
    }
}

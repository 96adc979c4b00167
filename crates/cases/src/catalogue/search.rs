//! Finding a matter by whatever somebody types.

use std::cmp::Reverse;

use super::Catalogue;
use super::matter::Matter;
use super::pattern::normal;
use crate::MatterKey;
use crate::spelling::Fit;

/// Signs of a query at most; the rest of a longer one is not looked at.
const MOST_SIGNS: usize = 40;
/// Share of a query's pairs of signs that must be found, in percent, to be called alike.
const LEAST_ALIKE_PERCENT: usize = 50;

impl Catalogue {
    /// The offered matters that fit a query, best first: by code (`06010`, `06-010`), Chinese words, everyday
    /// words, pinyin and its initials, English. Deterministic; empty for an empty query.
    #[must_use]
    pub fn search(&self, query: &str, limit: usize) -> Vec<&Matter> {
        find(self.offered(), query, limit)
    }

    /// As [`Catalogue::search`] over everything, components and what is not offered too: for the centre.
    #[must_use]
    pub fn search_all(&self, query: &str, limit: usize) -> Vec<&Matter> {
        find(self.iter(), query, limit)
    }
}

fn find<'a>(matters: impl Iterator<Item = &'a Matter>, query: &str, limit: usize) -> Vec<&'a Matter> {
    let typed: String = query.trim().chars().take(MOST_SIGNS).collect();
    let query = Query { text: normal(&typed), english: typed.to_lowercase(), code: code(&typed) };
    if query.text.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(u32, &Matter)> =
        matters.filter_map(|matter| query.rank(matter).map(|rank| (rank, matter))).collect();
    found.sort_by_key(|(rank, matter)| order(*rank, matter));
    found.into_iter().take(limit).map(|(_, matter)| matter).collect()
}

/// Best rank first, then what is used most, then by key; matters before the components of the same name.
fn order(rank: u32, matter: &Matter) -> (Reverse<u32>, bool, u8, MatterKey) {
    (Reverse(rank), !matter.offered, matter.common.unwrap_or(u8::MAX), matter.key)
}

struct Query {
    text: String,
    english: String,
    code: Option<String>,
}

impl Query {
    fn rank(&self, matter: &Matter) -> Option<u32> {
        if let Some(digits) = &self.code {
            let code = matter.key.code();
            return match code.starts_with(digits) {
                true if code == *digits => Some(1_000),
                true => Some(900),
                false => None,
            };
        }
        let ranks = [self.words(matter), self.pinyin(matter), self.in_english(matter)];
        ranks.into_iter().flatten().max()
    }

    fn words(&self, matter: &Matter) -> Option<u32> {
        let names = std::iter::once(matter.name.as_str()).chain(matter.plain.as_deref());
        let texts =
            names.map(normal).chain(matter.patterns.iter().filter_map(|p| p.word()).map(str::to_owned));
        let by_name = texts.filter_map(|text| self.word(&text)).max();
        // A whole sentence typed into the box.
        let spoken = matter.spoken_of(&self.text);
        let by_sentence = (spoken > 0).then(|| 400 + spoken.min(150));
        by_name.max(by_sentence)
    }

    fn word(&self, text: &str) -> Option<u32> {
        if text == self.text {
            return Some(800);
        }
        if text.starts_with(&self.text) {
            return Some(700);
        }
        if text.contains(&self.text) {
            return Some(600);
        }
        let (found, all) = pairs(&self.text, text);
        (all > 0 && found * 100 >= all * LEAST_ALIKE_PERCENT)
            .then(|| 200 + u32::try_from(found * 100 / all).unwrap_or(0))
    }

    fn pinyin(&self, matter: &Matter) -> Option<u32> {
        if !self.text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'\'') {
            return None;
        }
        let letters = self.text.replace('\'', "");
        if letters.is_empty() {
            return None;
        }
        let fit = matter.spelled.iter().filter_map(|spelled| spelled.fit(&letters)).max()?;
        Some(match fit {
            Fit::Whole => 780,
            Fit::Beginning => 680,
            Fit::Within => 580,
        })
    }

    fn in_english(&self, matter: &Matter) -> Option<u32> {
        // Single letters are initials.
        if self.english.len() < 3 || !self.english.is_ascii() {
            return None;
        }
        let english = matter.english.to_lowercase();
        match english.find(&self.english) {
            Some(0) if english.len() == self.english.len() => Some(790),
            Some(0) => Some(690),
            Some(at) if english.get(..at).is_some_and(|before| before.ends_with([' ', '-'])) => Some(640),
            _ => None,
        }
    }
}

/// The digits of a code: `06010`, `06-010`, `matter-06-010`, `06 010`; none for anything else.
fn code(typed: &str) -> Option<String> {
    let lower = normal(typed);
    let bare = lower.trim_start_matches("matter").trim_start_matches("component");
    let digits: String = bare.chars().filter(|sign| !matches!(sign, '-' | '.' | '_')).collect();
    (digits.len() >= 2 && digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(digits)
}

/// How many of the pairs of neighbouring signs of one text stand in another, of how many.
fn pairs(text: &str, other: &str) -> (usize, usize) {
    let signs: Vec<char> = text.chars().collect();
    let all = signs.windows(2);
    let count = all.len();
    (all.filter(|pair| other.contains(&pair.iter().collect::<String>())).count(), count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str) -> Vec<String> {
        let found = Catalogue::standard().search(query, 3);
        found.iter().map(|matter| format!("{} {}", matter.key.code(), matter.label())).collect()
    }

    #[test]
    fn by_code_however_it_is_written() {
        for query in ["06010", "06-010", "06 010", "matter-06-010", "０６０１０"] {
            assert_eq!(found(query)[0], "06010 地上有垃圾", "{query}");
        }
        assert_eq!(found("0601").len(), 3);
        assert_eq!(found("0601")[0], "06010 地上有垃圾");
        assert!(found("99999").is_empty());
    }

    #[test]
    fn by_words_everyday_words_and_pinyin() {
        assert_eq!(found("暴露垃圾")[0], "06010 地上有垃圾");
        assert_eq!(found("飞线")[0], "90001 飞线充电");
        assert_eq!(found("牛皮癣")[0], "07001 小广告");
        assert_eq!(found("井盖")[0], "01003 雨水井盖坏了或丢了");
        assert_eq!(found("路灯一直不亮")[0], "01037 路灯不亮");
        assert_eq!(found("ludeng")[0], "01037 路灯不亮");
        assert_eq!(found("ld")[0], "01037 路灯不亮");
        assert_eq!(found("xftd")[0], "09012 消防通道被占");
        assert_eq!(found("xfsh")[0], "01013 消防栓等坏了");
        assert_eq!(found("hongld")[0], "02014 红绿灯坏了");
        assert_eq!(found("manhole").len(), 0);
        assert_eq!(found("street lamp")[0], "01037 路灯不亮");
        assert_eq!(found("Rubbish")[0], "06010 地上有垃圾");
    }

    #[test]
    fn help_is_found_and_quarrels_are_not() {
        assert_eq!(found("乞讨")[0], "09003 街头有人需要帮助");
        assert_eq!(found("求助")[0], "90004 这里有人需要帮助");
        assert!(found("矛盾线索").iter().all(|found| !found.contains("90005")));
        let all = Catalogue::standard().search_all("矛盾线索", 1);
        assert_eq!(all[0].key.code(), "90005");
    }

    #[test]
    fn nothing_is_found_in_nothing_and_long_queries_end() {
        for query in ["", "  ", "🙂", "'", &"aeiou".repeat(1_000), &"垃圾".repeat(1_000)] {
            assert!(Catalogue::standard().search(query, 5).len() <= 5);
        }
        assert!(found("").is_empty() && found("vvvv").is_empty());
    }
}

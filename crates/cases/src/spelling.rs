//! Pinyin as people type it: whole syllables, initials, or a mixture, as in `jinggai`, `jg`, `jingg`.

use pinyin::ToPinyinMulti;

/// A text with the readings of each of its signs.
#[derive(Clone, Debug)]
pub(crate) struct Spelled(Vec<Vec<&'static str>>);

/// How a query spells a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// Some syllables within it.
    Within,
    /// Its beginning.
    Beginning,
    /// All of it.
    Whole,
}

impl Spelled {
    /// The readings of the Chinese signs of a text; others are left out.
    pub(crate) fn of(text: &str) -> Self {
        Self(text.chars().map(readings).filter(|readings| !readings.is_empty()).collect())
    }

    /// How `query` (lower-case letters) spells this text; none when it does not.
    pub(crate) fn fit(&self, query: &str) -> Option<Fit> {
        let best = |start: usize| {
            let signs = self.0.get(start..)?;
            let fit = spells(query, signs)?;
            Some(if start > 0 {
                Fit::Within
            } else if fit == signs.len() {
                Fit::Whole
            } else {
                Fit::Beginning
            })
        };
        (0..self.0.len()).filter_map(best).max()
    }
}

/// The readings of a Chinese sign, each once, without tones; none of any other sign.
pub(crate) fn readings(sign: char) -> Vec<&'static str> {
    let mut all: Vec<&'static str> = Vec::new();
    for reading in sign.to_pinyin_multi().into_iter().flatten() {
        // `ü` is typed as `v`.
        let plain = match reading.plain() {
            "lü" => "lv",
            "nü" => "nv",
            plain => plain,
        };
        if !all.contains(&plain) {
            all.push(plain);
        }
    }
    all
}

/// How many signs `query` spells from the first on, as many as possible; none when letters are left.
pub(crate) fn spells(query: &str, signs: &[Vec<&'static str>]) -> Option<usize> {
    if query.is_empty() {
        return Some(0);
    }
    let (readings, rest) = signs.split_first()?;
    let ways = readings.iter().flat_map(|reading| {
        let whole = query.strip_prefix(reading);
        let initial = reading.get(..1).and_then(|initial| query.strip_prefix(initial));
        let double =
            reading.get(..2).filter(|two| two.ends_with('h')).and_then(|two| query.strip_prefix(two));
        // The last syllable may be half typed.
        let half = (query.len() > 1 && reading.starts_with(query)).then_some("");
        [whole, double, initial, half]
    });
    ways.flatten().filter_map(|left| spells(left, rest)).max().map(|count| count + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_initials_and_mixtures() {
        let text = Spelled::of("井盖坏了");
        assert_eq!(text.fit("jinggaihuaile"), Some(Fit::Whole));
        assert_eq!(text.fit("jghl"), Some(Fit::Whole));
        assert_eq!(text.fit("jg"), Some(Fit::Beginning));
        assert_eq!(text.fit("jingg"), Some(Fit::Beginning));
        assert_eq!(text.fit("gaihu"), Some(Fit::Within));
        assert_eq!(text.fit("jinggaix"), None);
        assert_eq!(Spelled::of("绿化带").fit("lvhuadai"), Some(Fit::Whole));
        assert_eq!(Spelled::of("行道树").fit("hds"), Some(Fit::Whole));
        assert_eq!(Spelled::of("消防栓").fit("xfsh"), Some(Fit::Whole));
        assert_eq!(Spelled::of("SOS").fit("s"), None);
    }
}

//! What somebody looks for, as the tokens that a case must have.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::LazyLock;

use qige_db::{Engine, holds};
use qige_kernel::uuid::Uuid;

use super::tokens::{self, Tokens, initials, of_id, of_matter, pair, pinyin, runs};
use crate::catalogue::Catalogue;
use crate::runs::Run;
use crate::spelling::{Spelled, readings};

/// Signs of a search at most; the rest of a longer one is not looked at.
pub const MAX_SEARCH_CHARS: usize = 40;
/// Places, units, people or matters that a term may be part of the name of. What fits more of one sort says
/// nothing about which, as "network grid" would of every grid.
const MAX_NAMED: usize = 30;
/// Ways to part letters into syllables that are tried at most.
const MAX_PARTINGS: usize = 8;
/// Letters of the longest syllable, `zhuang`.
const SYLLABLE_LETTERS: usize = 6;

/// Something with a name that cases have to do with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
}

/// What somebody looks for: all of its terms, which blanks part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    terms: Vec<Term>,
    /// What a case's number begins with, where it may be one.
    number: Option<String>,
}

/// A case has it in any of these ways.
type Term = BTreeSet<Way>;
/// All of these tokens.
type Way = Vec<Piece>;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    token: String,
    /// Its beginning is enough.
    beginning: bool,
}

impl Piece {
    const fn whole(token: String) -> Self {
        Self { token, beginning: false }
    }

    const fn beginning(token: String) -> Self {
        Self { token, beginning: true }
    }
}

impl Wanted {
    /// What a text means, where places, units and people are called so: one list for each sort. A term is
    /// found by the words of a case, by its pinyin or initials, or by what it has to do with; a name with
    /// blanks in it as a whole, too.
    #[must_use]
    pub fn of(text: &str, named: &[Vec<Named>]) -> Self {
        let text: String = text.trim().chars().take(MAX_SEARCH_CHARS).collect();
        let matters: Vec<(String, String)> = Catalogue::standard().iter().flat_map(names_of_matter).collect();
        let mut sorts = vec![matters];
        let other = |one: &Named| (of_id(one.id), one.name.clone());
        sorts.extend(named.iter().map(|sort| sort.iter().map(other).collect()));
        let called = |term: &str| -> Vec<Way> {
            let name = Name::of(term);
            sorts.iter().flat_map(|sort| name.among(sort)).map(|token| vec![Piece::whole(token)]).collect()
        };
        let words: Vec<&str> = text.split_whitespace().filter(|word| !runs(word).is_empty()).collect();
        let as_a_whole = if words.len() > 1 { called(&words.join(" ")) } else { Vec::new() };
        let term = |word: &&str| {
            let ways = std::iter::once(by_words(&runs(word))).chain(by_pinyin(word)).chain(called(word));
            ways.chain(as_a_whole.iter().cloned()).collect()
        };
        Self { terms: words.iter().map(term).collect(), number: number(&text) }
    }

    /// Whether nothing is said that anything could be found by.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// From where to where the numbers go that a case may have.
    pub(crate) fn numbers(&self) -> Option<(String, String)> {
        self.number.as_ref().map(|first| (first.clone(), format!("{first}\u{10ffff}")))
    }

    /// Whether something with these tokens is meant: what both engines say too.
    #[must_use]
    pub fn fits(&self, tokens: &Tokens) -> bool {
        let has = |piece: &Piece| match piece.beginning {
            true => tokens.has_beginning(&piece.token),
            false => tokens.has(&piece.token),
        };
        !self.terms.is_empty() && self.terms.iter().all(|term| term.iter().any(|way| way.iter().all(has)))
    }

    /// As the engine's index reads it: a query of FTS5, or a `tsquery`. Tokens are letters and digits, so
    /// that nothing in them has to be escaped.
    pub(crate) fn for_index(&self, engine: Engine) -> String {
        match engine {
            Engine::Sqlite => self.joined(" AND ", " OR ", |piece| {
                format!("\"{}\"{}", piece.token, if piece.beginning { "*" } else { "" })
            }),
            Engine::Postgres => self.joined(" & ", " | ", |piece| {
                format!("'{}'{}", piece.token, if piece.beginning { ":*" } else { "" })
            }),
        }
    }

    /// As it is held against the tokens of one case.
    pub(crate) fn for_one(&self, engine: Engine) -> String {
        if engine == Engine::Postgres {
            return self.for_index(engine);
        }
        let piece = |piece: &Piece| match piece.beginning {
            true => format!("{}{}", piece.token, holds::BEGINNING),
            false => piece.token.clone(),
        };
        let between = |sign: char| sign.to_string();
        let way = |way: &Way| way.iter().map(piece).collect::<Vec<_>>().join(&between(holds::TOKENS));
        let term = |term: &Term| term.iter().map(way).collect::<Vec<_>>().join(&between(holds::WAYS));
        self.terms.iter().map(term).collect::<Vec<_>>().join(&between(holds::TERMS))
    }

    fn joined(&self, and: &str, or: &str, piece: impl Fn(&Piece) -> String) -> String {
        let way = |way: &Way| format!("({})", way.iter().map(&piece).collect::<Vec<_>>().join(and));
        let term = |term: &Term| format!("({})", term.iter().map(way).collect::<Vec<_>>().join(or));
        self.terms.iter().map(term).collect::<Vec<_>>().join(and)
    }
}

/// By the words themselves. What is typed last may go on; a single letter or digit is no beginning of
/// anything.
fn by_words(runs: &[Run]) -> Way {
    let mut way = Vec::new();
    for (left, run) in runs.iter().enumerate().map(|(at, run)| (runs.len() - at, run)) {
        match run.signs.as_slice() {
            signs if run.with_blanks => {
                let (token, goes_on) = (tokens::word(signs), left == 1 && signs.len() > 1);
                way.push(Piece { token, beginning: goes_on });
            }
            [sign] => way.push(Piece::beginning(sign.to_string())),
            signs => {
                let pairs = signs.iter().zip(signs.iter().skip(1));
                way.extend(pairs.map(|(sign, next)| Piece::whole(pair(*sign, *next))));
            }
        }
    }
    way
}

/// By pinyin, where a term can be some: `jinggai`, `jingg`, `jg`, `xi'an`, `xfsh`.
fn by_pinyin(term: &str) -> Vec<Way> {
    let Some(letters) = letters(term) else { return Vec::new() };
    let bare = letters.replace("zh", "z").replace("ch", "c").replace("sh", "s");
    let by_initials = [letters.as_str(), &bare].map(|letters| {
        let signs: Vec<String> = letters.chars().map(String::from).collect();
        let pairs = signs.iter().zip(signs.iter().skip(1));
        pairs.map(|(one, next)| Piece::whole(initials(one, next))).collect::<Way>()
    });
    let mut partings = Vec::new();
    part(&letters, &mut Vec::new(), &mut partings);
    let by_syllables = partings.iter().map(|syllables| match syllables.as_slice() {
        [only] => vec![Piece::beginning(pinyin(&[only]))],
        several => {
            let pairs = several.windows(2).map(|pair| Piece::whole(pinyin(pair)));
            let mut way: Way = pairs.collect();
            // The last syllable may be half typed.
            if let Some(last) = way.last_mut() {
                last.beginning = true;
            }
            way
        }
    });
    by_initials.into_iter().filter(|way| !way.is_empty()).chain(by_syllables).collect()
}

/// Parts letters into syllables, the longest first, of which the last may be half typed unless it is alone.
fn part<'a>(letters: &'a str, before: &mut Vec<&'a str>, found: &mut Vec<Vec<&'a str>>) {
    for length in (1..=SYLLABLE_LETTERS.min(letters.len())).rev() {
        let (first, rest) = letters.split_at(length);
        let ends = rest.is_empty();
        let fits = SYLLABLES.contains(first) || (ends && !before.is_empty() && begins_a_syllable(first));
        if !fits || found.len() >= MAX_PARTINGS {
            continue;
        }
        before.push(first);
        if ends {
            found.push(before.clone());
        } else {
            part(rest, before, found);
        }
        before.pop();
    }
}

fn begins_a_syllable(letters: &str) -> bool {
    let from = (Bound::Included(letters), Bound::Unbounded);
    SYLLABLES.range::<str, _>(from).next().is_some_and(|syllable| syllable.starts_with(letters))
}

/// All syllables of the signs in use.
static SYLLABLES: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| ('\u{4e00}'..='\u{9fff}').flat_map(readings).collect());

/// Part of a name, as it is typed.
struct Name {
    plain: String,
    letters: Option<String>,
}

impl Name {
    fn of(term: &str) -> Self {
        Self { plain: plain(term), letters: letters(term) }
    }

    /// The tokens of those that are called so; none of too many.
    fn among(&self, sort: &[(String, String)]) -> BTreeSet<String> {
        let called = sort.iter().filter(|(_, name)| self.is_in(name)).map(|(token, _)| token.clone());
        let found: BTreeSet<String> = called.collect();
        if found.len() > MAX_NAMED { BTreeSet::new() } else { found }
    }

    /// Two letters are initials; that they stand somewhere within an English name says nothing.
    fn is_in(&self, name: &str) -> bool {
        let spelled = |letters: &String| Spelled::of(name).fit(letters).is_some();
        let few = self.letters.as_ref().is_some_and(|letters| letters.len() < 3);
        (!few && plain(name).contains(&self.plain)) || self.letters.as_ref().is_some_and(spelled)
    }
}

/// The letters of a term that may be pinyin: `jinggai`, `jg`, `xi'an`.
pub(super) fn letters(term: &str) -> Option<String> {
    let letters: String = term.to_lowercase().chars().filter(|sign| !matches!(sign, '\'' | '’')).collect();
    (letters.len() > 1 && letters.bytes().all(|letter| letter.is_ascii_lowercase())).then_some(letters)
}

fn plain(name: &str) -> String {
    runs(name).into_iter().map(|run| run.signs.into_iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn names_of_matter(matter: &crate::catalogue::Matter) -> Vec<(String, String)> {
    let token = of_matter(matter.key);
    let names = [Some(&matter.name), matter.plain.as_ref(), Some(&matter.english)];
    names
        .into_iter()
        .flatten()
        .filter(|name| !name.is_empty())
        .map(|name| (token.clone(), name.clone()))
        .collect()
}

/// What a number may begin with: digits and hyphens, or a whole number however it is typed.
fn number(text: &str) -> Option<String> {
    if let Some(whole) = crate::number::typed(text) {
        return Some(whole);
    }
    let may_be = text.bytes().all(|sign| sign.is_ascii_digit() || sign == b'-');
    (may_be && text.bytes().any(|sign| sign.is_ascii_digit())).then(|| text.to_owned())
}

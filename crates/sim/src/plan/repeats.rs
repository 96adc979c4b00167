//! How well repeated reports are found in the town, whose plan knows which are of the same thing. What is
//! found stands in `docs/quality.md`.

use qige_cases::Policy;
use qige_cases::duplicates::{Compared, likeness};

use super::*;

/// Two weeks in which eighteen times as much is reported as in the demo, and nothing is done: what lies near
/// is often something else.
fn busy() -> Vec<Noticed> {
    let from = "2026-09-20T16:00:00Z".parse().unwrap();
    plan(&Town::new(1), Span { from, days: 14, reports_a_day: 200.0, riders: 520 }, 1)
}

/// What of the words is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    Read,
    Unread,
}

#[expect(clippy::as_conversions, reason = "phones are sure to some dozens of metres")]
pub(super) fn compared(noticed: &Noticed, words: Words) -> Compared<'_> {
    Compared {
        matter: noticed.kind.matter.parse().ok().filter(|_| noticed.names_matter),
        position: noticed.position,
        off_by_metres: noticed.accuracy_metres as u16,
        address: "",
        at: noticed.at,
        words: if words == Words::Read { noticed.words } else { "" },
    }
}

/// For each report the one before it that it most probably repeats.
fn probable(noticed: &[Noticed], words: Words) -> Vec<Option<usize>> {
    let policy = Policy::default();
    let before = |at: usize, one: &Noticed| {
        let new = compared(one, words);
        let alike = noticed.iter().take(at).enumerate().filter_map(|(before, other)| {
            let likeness = likeness(&new, &compared(other, words), &policy)?;
            likeness.probable.then_some((likeness.score, before))
        });
        alike.max().map(|(_, before)| before)
    };
    noticed.iter().enumerate().map(|(at, one)| before(at, one)).collect()
}

#[derive(Clone, Copy, Debug, Default)]
struct Judged {
    right: u32,
    wrong: u32,
    missed: u32,
}

impl Judged {
    /// Right is who finds the same thing, not only that there is one.
    fn of(noticed: &[Noticed], found: &[Option<usize>], counts: impl Fn(&Noticed) -> bool) -> Self {
        let thing = |at: usize| noticed[at].same_as.unwrap_or(at);
        let mut judged = Self::default();
        for (at, found) in found.iter().enumerate().filter(|(at, _)| counts(&noticed[*at])) {
            let right = found.is_some_and(|found| thing(found) == thing(at));
            judged.right += u32::from(right);
            judged.wrong += u32::from(found.is_some() && !right);
            judged.missed += u32::from(noticed[at].same_as.is_some() && !right);
        }
        judged
    }

    fn precision(self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.wrong).max(1))
    }

    fn recall(self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.missed).max(1))
    }
}

#[test]
fn what_is_reported_again_is_found_and_words_help() {
    let noticed = busy();
    let again = noticed.iter().filter(|one| one.same_as.is_some()).count();
    println!("{} reports, {again} of something known", noticed.len());
    let judge = |words, name: &str, counts: &dyn Fn(&Noticed) -> bool| {
        let judged = Judged::of(&noticed, &probable(&noticed, words), counts);
        let (precision, recall) = (judged.precision(), judged.recall());
        println!("{name}, words {words:?}: precision {precision:.3}, recall {recall:.3} ({judged:?})");
        judged
    };
    let [all, without_words] = [Words::Read, Words::Unread].map(|words| judge(words, "all", &|_| true));
    assert!(all.precision() >= 0.85 && all.recall() >= 0.88);
    assert!(all.recall() > without_words.recall());
    let [open, without_words] =
        [Words::Read, Words::Unread].map(|words| judge(words, "matter left open", &|one| !one.names_matter));
    assert!(open.precision() >= 0.85 && open.recall() >= 0.5);
    assert_eq!(without_words.right, 0);
}

//! Figures that may be published: none under five, and none from which one could be worked out.
//!
//! A cell under five is hidden. From the total and the others it could be worked out, so further cells are
//! hidden, the smallest first, until at least two are and they come to ten together: then each of them may be
//! anything from nothing to that sum, and one that is under five may be any number under five.
//!
//! Who kept what was published before may subtract it from what is published now. So a correction takes its
//! place only where nothing in it differs by one to four from anything published, and where it hides the same
//! cells.

use std::collections::{BTreeMap, BTreeSet};

use super::tally::Share;

/// The least number that is published (domain.md §3).
pub const LEAST_PUBLISHED: u64 = 5;
/// What hidden cells come to together at least: twice the least number, so that a larger one among them gives
/// nothing away about a smaller.
const LEAST_HIDDEN: u64 = 2 * LEAST_PUBLISHED;

/// A total and its cells as they may be published: none for what is hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The total; hidden where hiding cells is not enough.
    pub total: Option<u64>,
    /// The cells, in their order.
    pub cells: Vec<Option<u64>>,
}

/// Hides what must not be published of cells that add up to a total.
#[must_use]
pub fn published(cells: &[u64]) -> Published {
    hiding(cells, |_| false)
}

/// The same, where some are hidden whatever they are.
fn hiding(cells: &[u64], always: impl Fn(usize) -> bool) -> Published {
    let total: u64 = cells.iter().sum();
    let mut by_size: Vec<usize> = (0..cells.len()).collect();
    by_size.sort_by_key(|at| (!always(*at), cells.get(*at)));
    let (mut hidden, mut sum) = (Vec::new(), 0);
    for at in by_size {
        let cell = cells.get(at).copied().unwrap_or_default();
        let enough = hidden.is_empty() || (hidden.len() > 1 && sum >= LEAST_HIDDEN);
        if cell >= LEAST_PUBLISHED && enough && !always(at) {
            break;
        }
        hidden.push(at);
        sum += cell;
    }
    let shown = |(at, cell): (usize, &u64)| (!hidden.contains(&at)).then_some(*cell);
    let safe = hidden.is_empty() || (hidden.len() > 1 && sum >= LEAST_HIDDEN);
    Published {
        total: (safe && total >= LEAST_PUBLISHED).then_some(total),
        cells: cells.iter().enumerate().map(shown).collect(),
    }
}

/// A share in whole percent: where what is counted, what it is counted of and what is left are nothing or
/// five at least.
fn published_percent(share: Share) -> Option<u64> {
    let rest = share.of.saturating_sub(share.part);
    let small = |count: u64| count > 0 && count < LEAST_PUBLISHED;
    let hidden = share.of < LEAST_PUBLISHED || small(share.part) || small(rest);
    (!hidden).then(|| (share.part * 100 + share.of / 2) / share.of)
}

/// The columns of a table, each with its cells by what they are of.
pub type Columns<K> = Vec<Vec<(K, u64)>>;

/// What of a table that was issued several times may be published, all its columns together: which version,
/// and how. None where there is none.
#[must_use]
pub fn published_of<K: Ord>(versions: &[Columns<K>]) -> Option<(usize, Vec<Published>)> {
    let mut out: Vec<(usize, Vec<Published>)> = Vec::new();
    for (version, columns) in versions.iter().enumerate() {
        let earlier = |column: usize| {
            let of_column = |(version, seen): &'_ (usize, Vec<Published>)| {
                let cells: &[(K, u64)] = versions.get(*version)?.get(column)?;
                Some((cells, seen.get(column)?.clone()))
            };
            out.iter().filter_map(of_column).collect::<Vec<_>>()
        };
        let beside = columns.iter().enumerate().map(|(column, cells)| beside(&earlier(column), cells));
        if let Some(seen) = beside.collect() {
            out.push((version, seen));
        }
    }
    out.pop()
}

/// A column as it may be published beside what was published of it earlier; none where it may not.
fn beside<K: Ord>(earlier: &[(&[(K, u64)], Published)], cells: &[(K, u64)]) -> Option<Published> {
    // Where no total was published, no cell was: there is nothing to subtract.
    let earlier: Vec<_> = earlier.iter().filter(|(_, seen)| seen.total.is_some()).collect();
    let before: BTreeSet<&K> = earlier.iter().flat_map(|(cells, seen)| hidden(cells, seen)).collect();
    let counts: Vec<u64> = cells.iter().map(|(_, count)| *count).collect();
    let seen = hiding(&counts, |at| cells.get(at).is_some_and(|(key, _)| before.contains(key)));
    let same = seen.total.is_some() && hidden(cells, &seen).collect::<BTreeSet<_>>() == before;
    let apart = earlier.iter().all(|(former, _)| apart_everywhere(former, cells));
    (earlier.is_empty() || (same && apart)).then_some(seen)
}

fn hidden<'a, K>(cells: &'a [(K, u64)], seen: &'a Published) -> impl Iterator<Item = &'a K> {
    cells.iter().zip(&seen.cells).filter(|(_, shown)| shown.is_none()).map(|((key, _), _)| key)
}

/// Whether no difference of two versions of a column is a number that would not be published.
fn apart_everywhere<K: Ord>(former: &[(K, u64)], cells: &[(K, u64)]) -> bool {
    let total = |cells: &[(K, u64)]| cells.iter().map(|(_, count)| count).sum();
    let mut pairs: BTreeMap<&K, (u64, u64)> = BTreeMap::new();
    former.iter().for_each(|(key, count)| pairs.entry(key).or_default().0 = *count);
    cells.iter().for_each(|(key, count)| pairs.entry(key).or_default().1 = *count);
    apart(total(former), total(cells)) && pairs.values().all(|(one, other)| apart(*one, *other))
}

/// Whether two numbers are the same or five apart at least.
const fn apart(one: u64, other: u64) -> bool {
    one == other || one.abs_diff(other) >= LEAST_PUBLISHED
}

/// What of a share that was issued several times may be published, in whole percent.
#[must_use]
pub fn published_percent_of(versions: &[Share]) -> Option<u64> {
    let mut out: Vec<Share> = Vec::new();
    let rest = |share: &Share| share.of.saturating_sub(share.part);
    for share in versions.iter().filter(|share| published_percent(**share).is_some()) {
        let beside = |former: &Share| {
            apart(former.part, share.part) && apart(former.of, share.of) && apart(rest(former), rest(share))
        };
        if out.iter().all(beside) {
            out.push(*share);
        }
    }
    out.last().and_then(|share| published_percent(*share))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_hidden_cell_takes_another_with_it() {
        let seen = published(&[20, 3, 8, 30]);
        assert_eq!(seen, Published { total: Some(61), cells: vec![Some(20), None, None, Some(30)] });
        assert_eq!(published(&[5, 6]), Published { total: Some(11), cells: vec![Some(5), Some(6)] });
        assert_eq!(published(&[1, 2]), Published { total: None, cells: vec![None, None] });
        assert_eq!(published(&[3]), Published { total: None, cells: vec![None] });
        assert_eq!(published(&[]), Published { total: None, cells: vec![] });
    }

    #[test]
    fn a_share_says_nothing_about_a_few() {
        let percent = |part, of| published_percent(Share { part, of });
        assert_eq!([percent(5, 10), percent(10, 10), percent(0, 10)], [Some(50), Some(100), Some(0)]);
        assert_eq!([percent(4, 10), percent(6, 10), percent(4, 4), percent(0, 0)], [None; 4]);
    }

    fn one_column(counts: &[u64]) -> Columns<usize> {
        vec![counts.iter().copied().enumerate().collect()]
    }

    fn which(versions: &[&[u64]]) -> (usize, Option<u64>, Vec<Option<u64>>) {
        let versions: Vec<_> = versions.iter().map(|counts| one_column(counts)).collect();
        let (version, mut columns) = published_of(&versions).unwrap();
        let Published { total, cells } = columns.remove(0);
        (version, total, cells)
    }

    #[test]
    fn a_correction_is_published_where_no_difference_gives_anything_away() {
        let first = [20, 30, 12].map(Some).to_vec();
        assert_eq!(which(&[&[20, 30, 12]]), (0, Some(62), first.clone()));
        assert_eq!(which(&[&[20, 30, 12], &[20, 30, 17]]), (1, Some(67), [20, 30, 17].map(Some).to_vec()));
        assert_eq!(which(&[&[20, 30, 12], &[20, 30, 16]]), (0, Some(62), first.clone()), "four more");
        assert_eq!(which(&[&[20, 30, 12], &[25, 30, 11]]), (0, Some(62), first.clone()), "one fewer");
        assert_eq!(which(&[&[20, 30, 12], &[26, 24, 12]]).0, 1, "moved from one to another");
        assert_eq!(which(&[&[20, 30, 12], &[26, 30, 7]]), (0, Some(62), first), "one more in total");
        // Against all that was published, not only the last.
        assert_eq!(which(&[&[20, 30, 12], &[30, 30, 12], &[22, 30, 12]]).0, 1);
        assert_eq!(which(&[&[20, 30, 12], &[21, 30, 12], &[27, 30, 12]]).0, 2);
        assert_eq!(published_of::<usize>(&[]), None);
    }

    #[test]
    fn a_correction_hides_what_was_hidden() {
        let few = vec![Some(40), None, None];
        assert_eq!(which(&[&[40, 3, 12]]), (0, Some(55), few.clone()));
        // The small one is small no longer: shown, it would tell what it was.
        assert_eq!(which(&[&[40, 3, 12], &[40, 8, 12]]), (1, Some(60), few.clone()));
        // Others would have to be hidden, that were told before.
        assert_eq!(which(&[&[40, 3, 12], &[40, 3, 0]]), (0, Some(55), few.clone()));
        assert_eq!(which(&[&[40, 3, 12], &[0, 3, 12]]), (0, Some(55), few));
        // Of a table that said nothing, nothing can be subtracted.
        assert_eq!(which(&[&[1, 2], &[20, 30]]), (1, Some(50), vec![Some(20), Some(30)]));
    }

    #[test]
    fn columns_are_corrected_together() {
        let table = |one: u64, other: u64| vec![vec![("a", one), ("b", 20)], vec![("a", other), ("b", 20)]];
        let version = |versions: &[Columns<&str>]| published_of(versions).unwrap().0;
        assert_eq!(version(&[table(10, 10), table(15, 10)]), 1);
        assert_eq!(version(&[table(10, 10), table(15, 11)]), 0);
        let another = vec![vec![("b", 20), ("c", 10)], vec![("b", 20), ("c", 10)]];
        assert_eq!(version(&[table(10, 10), another.clone()]), 1, "one went, one came, ten each");
        assert_eq!(version(&[table(13, 6), another]), 0, "three fewer in total");
    }

    #[test]
    fn a_corrected_share_says_nothing_about_a_few() {
        let of = |versions: &[(u64, u64)]| {
            let shares: Vec<_> = versions.iter().map(|(part, of)| Share { part: *part, of: *of }).collect();
            published_percent_of(&shares)
        };
        assert_eq!(of(&[(50, 100), (60, 110)]), Some(55));
        assert_eq!(of(&[(50, 100), (54, 104)]), Some(50), "four more");
        assert_eq!(of(&[(50, 100), (56, 101)]), Some(50), "one more in all");
        assert_eq!(of(&[(50, 100), (98, 100)]), Some(50), "two are left");
        assert_eq!(of(&[(2, 100), (50, 100)]), Some(50), "nothing was told before");
        assert_eq!(of(&[]), None);
    }

    proptest! {
        #[test]
        fn no_two_versions_can_be_subtracted_to_a_few(
            versions in prop::collection::vec(prop::collection::vec(0_u64..24, 4), 1..6),
        ) {
            let tables: Vec<_> = versions.iter().map(|counts| one_column(counts)).collect();
            let all = (1..=tables.len()).filter_map(|many| published_of(&tables[..many]));
            let mut told: Vec<Published> = all.map(|(_, mut columns)| columns.remove(0)).collect();
            told.retain(|seen| seen.total.is_some());
            let pairs = told.iter().enumerate().flat_map(|(at, one)| {
                told.iter().skip(at + 1).map(move |other| (one, other))
            });
            for (one, other) in pairs {
                let pairs = one.cells.iter().zip(&other.cells).chain([(&one.total, &other.total)]);
                for (one, other) in pairs {
                    prop_assert_eq!(one.is_none(), other.is_none());
                    prop_assert!(one.zip(*other).is_none_or(|(one, other)| apart(one, other)));
                }
                let left = |seen: &Published| seen.total.unwrap() - seen.cells.iter().flatten().sum::<u64>();
                prop_assert!(other.cells.iter().all(Option::is_some) || left(other) >= LEAST_HIDDEN);
            }
        }

        #[test]
        fn no_hidden_cell_can_be_worked_out(cells in prop::collection::vec(0_u64..30, 0..12)) {
            let seen = published(&cells);
            for (cell, shown) in cells.iter().zip(&seen.cells) {
                prop_assert!(shown.is_none_or(|shown| shown == *cell && shown >= LEAST_PUBLISHED));
            }
            let hidden = seen.cells.iter().filter(|cell| cell.is_none()).count();
            if let Some(total) = seen.total {
                let left = total - seen.cells.iter().flatten().sum::<u64>();
                // Whoever knows the rest knows of each hidden one only that it is not more than all of them.
                prop_assert!(hidden == 0 || (hidden > 1 && left >= 2 * LEAST_PUBLISHED));
            }
        }
    }
}

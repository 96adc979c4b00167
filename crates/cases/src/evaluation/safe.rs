//! Figures that may be published: none under five, and none from which one could be worked out.
//!
//! A cell under five is hidden. From the total and the others it could be worked out, so further cells are
//! hidden, the smallest first, until at least two are and they come to ten together: then each of them may be
//! anything from nothing to that sum, and one that is under five may be any number under five.

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
    let total: u64 = cells.iter().sum();
    let mut by_size: Vec<usize> = (0..cells.len()).collect();
    by_size.sort_by_key(|at| cells.get(*at));
    let (mut hidden, mut sum) = (Vec::new(), 0);
    for at in by_size {
        let cell = cells.get(at).copied().unwrap_or_default();
        let enough = hidden.is_empty() || (hidden.len() > 1 && sum >= LEAST_HIDDEN);
        if cell >= LEAST_PUBLISHED && enough {
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
#[must_use]
pub fn published_percent(share: Share) -> Option<u64> {
    let rest = share.of.saturating_sub(share.part);
    let small = |count: u64| count > 0 && count < LEAST_PUBLISHED;
    let hidden = share.of < LEAST_PUBLISHED || small(share.part) || small(rest);
    (!hidden).then(|| (share.part * 100 + share.of / 2) / share.of)
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

    proptest! {
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

//! What is to be done when: the earliest first, and what was noted first where two are at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use qige_kernel::Timestamp;

use crate::plan::UTC_OFFSET_MICROS;

/// Something that somebody does about a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    Report,
    SendPhotos,
    Withdraw,
    Appeal,
    Rate,
    Reopen,
    Triage,
    File,
    Dispatch,
    AskCheck,
    GrantExtension,
    Suspend,
    Resume,
    Verify,
    Start,
    SendBack,
    AskExtension,
    HandIn,
    Check,
}

#[derive(Debug, Default)]
pub(super) struct Agenda {
    heap: BinaryHeap<Reverse<(Timestamp, usize, usize, Deed)>>,
    noted: usize,
}

impl Agenda {
    pub(super) fn add(&mut self, at: Timestamp, number: usize, deed: Deed) {
        self.noted += 1;
        self.heap.push(Reverse((at, self.noted, number, deed)));
    }

    pub(super) fn next_before(&mut self, until: Timestamp) -> Option<(Timestamp, usize, Deed)> {
        let Reverse((at, _, _, _)) = self.heap.peek()?;
        if *at >= until {
            return None;
        }
        self.heap.pop().map(|Reverse((at, _, number, deed))| (at, number, deed))
    }
}

/// So many minutes later.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "minutes of days, far from the ends"
)]
pub(super) fn after_minutes(at: Timestamp, minutes: f64) -> Timestamp {
    at.plus((minutes * 60_000_000.0) as i64)
}

/// This instant if people are at work, else the next morning: 08:00 to 18:00, every day, since streets know
/// no weekend.
pub(super) fn at_work(at: Timestamp) -> Timestamp {
    const OPENS: i64 = 8 * Timestamp::HOUR;
    const CLOSES: i64 = 18 * Timestamp::HOUR;
    let local = at.plus(UTC_OFFSET_MICROS).micros();
    let of_day = local.rem_euclid(Timestamp::DAY);
    if of_day < OPENS {
        at.plus(OPENS - of_day)
    } else if of_day > CLOSES {
        // Those who come in the morning do not all begin at once.
        at.plus(Timestamp::DAY - of_day + OPENS + (of_day - CLOSES) / 6)
    } else {
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_is_first_and_nothing_beyond_the_end() {
        let at = Timestamp::from_micros;
        let mut agenda = Agenda::default();
        agenda.add(at(5), 1, Deed::File);
        agenda.add(at(3), 2, Deed::Report);
        agenda.add(at(5), 3, Deed::Check);
        assert_eq!(agenda.next_before(at(6)), Some((at(3), 2, Deed::Report)));
        assert_eq!(agenda.next_before(at(6)), Some((at(5), 1, Deed::File)));
        assert_eq!(agenda.next_before(at(5)), None);
        assert_eq!(agenda.next_before(at(6)), Some((at(5), 3, Deed::Check)));
    }

    #[test]
    fn nobody_works_at_night() {
        for (asked, done) in [
            ("2026-11-02T12:00:00+08:00", "2026-11-02T12:00:00+08:00"),
            ("2026-11-02T03:00:00+08:00", "2026-11-02T08:00:00+08:00"),
            ("2026-11-02T21:00:00+08:00", "2026-11-03T08:30:00+08:00"),
        ] {
            assert_eq!(at_work(asked.parse().unwrap()), done.parse().unwrap(), "{asked}");
        }
    }
}

//! What is printed in the end: one figure a line, with its unit.

use std::fmt;
use std::time::Duration;

/// Width of the column that says what was measured, characters.
const WIDTH: usize = 58;

/// Figures in the order in which they were measured.
pub(super) struct Table(Vec<Row>);

enum Row {
    Part(&'static str),
    Figure(String, String),
}

impl Table {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// What follows belongs to this part.
    pub(super) fn part(&mut self, title: &'static str) {
        self.0.push(Row::Part(title));
    }

    /// One figure.
    pub(super) fn line(&mut self, what: impl Into<String>, figure: String) {
        self.0.push(Row::Figure(what.into(), figure));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.0 {
            match row {
                Row::Part(title) => writeln!(f, "\n{title}")?,
                Row::Figure(what, figure) => writeln!(f, "  {what:<WIDTH$} {figure}")?,
            }
        }
        Ok(())
    }
}

/// A count with a comma after every thousand.
pub(super) fn count(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A short time in milliseconds.
pub(super) fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}

/// How many things a second.
pub(super) fn per_second(things: usize, time: Duration) -> f64 {
    let seconds = time.as_secs_f64();
    if seconds > 0.0 { number(things) / seconds } else { 0.0 }
}

/// A count as a fraction can be computed from it.
pub(super) fn number(things: usize) -> f64 {
    u32::try_from(things).map_or(f64::INFINITY, f64::from)
}

/// The times within which half and all but one in a hundred lie.
pub(super) struct Spread {
    pub(super) half: Duration,
    pub(super) most: Duration,
}

impl Spread {
    pub(super) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let last = times.len().saturating_sub(1);
        let at = |percent: usize| times.get(last * percent / 100).copied().unwrap_or_default();
        Self { half: at(50), most: at(99) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p50 {}, p99 {}", millis(self.half), millis(self.most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0.0, 999.4, 1_000.0, 1_234_567.0].map(count), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_spread_is_of_the_sorted_times() {
        let spread = Spread::of((1..=200).rev().map(Duration::from_millis).collect());
        assert_eq!((spread.half, spread.most), (Duration::from_millis(100), Duration::from_millis(198)));
        assert_eq!(Spread::of(Vec::new()).half, Duration::ZERO);
    }
}

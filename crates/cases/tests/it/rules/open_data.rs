//! Likeness over a thousand real reports of holes in the road, whose publisher marked which of them repeat
//! another. What is found here stands in `docs/quality.md`.

use qige_cases::Policy;
use qige_cases::duplicates::{Compared, PROBABLE_SCORE, likeness};
use qige_kernel::{Position, Timestamp};

struct Report {
    number: String,
    /// The day; hours are not published.
    at: Timestamp,
    /// The day on which it was done, if so.
    done: Option<Timestamp>,
    position: Position,
    address: String,
    /// What its publisher says.
    repeats: bool,
}

/// The reports that have a position, in the order in which they came in; and how many have none.
#[track_caller]
fn reports() -> Option<(Vec<Report>, usize)> {
    let path = qige_open_data::path("chicago-potholes/potholes_2018-12_1000.csv")?;
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_path(path).unwrap().records().map(Result::unwrap).collect();
    let all = rows.len();
    let day = |text: &str| format!("{text}Z").parse().ok();
    let read = |row: csv::StringRecord| {
        let degrees = |column: usize| row.get(column)?.parse::<f64>().ok();
        Some(Report {
            number: row.get(3)?.to_owned(),
            at: day(row.get(0)?)?,
            done: day(row.get(2)?),
            position: Position::new(degrees(17)?, degrees(16)?).ok()?,
            address: row.get(8)?.to_owned(),
            repeats: row.get(1)?.ends_with("Dup"),
        })
    };
    let mut reports: Vec<Report> = rows.into_iter().filter_map(read).collect();
    let without = all - reports.len();
    reports.sort_by(|one, other| one.number.cmp(&other.number));
    Some((reports, without))
}

/// What is known of a report beside its place.
#[derive(Clone, Copy)]
enum Known {
    Address,
    Point,
}

fn compared(report: &Report, known: Known) -> Compared<'_> {
    Compared {
        matter: "matter-06-013".parse().ok(),
        position: report.position,
        off_by_metres: 0,
        address: match known {
            Known::Address => &report.address,
            Known::Point => "",
        },
        at: report.at,
        words: "",
    }
}

/// Each report with those that came in before it and were not done by its day.
fn each_with_open(reports: &[Report]) -> impl Iterator<Item = (&Report, impl Iterator<Item = &Report>)> {
    reports.iter().enumerate().map(|(place, report)| {
        let open = |other: &&Report| other.done.is_none_or(|done| done >= report.at);
        (report, reports[..place].iter().filter(open))
    })
}

/// The best score of each report against the open ones before it; 0 without any.
fn best_scores(reports: &[Report], known: Known) -> Vec<u8> {
    let policy = Policy::default();
    each_with_open(reports)
        .map(|(report, open)| {
            let new = compared(report, known);
            let scores = open.filter_map(|other| likeness(&new, &compared(other, known), &policy));
            scores.map(|alike| alike.score).max().unwrap_or(0)
        })
        .collect()
}

/// "Reported on the same day within fifty metres": what to be better than.
fn plain_rule(reports: &[Report]) -> Vec<bool> {
    each_with_open(reports)
        .map(|(report, mut open)| {
            open.any(|other| other.at == report.at && other.position.distance_metres(report.position) <= 50.0)
        })
        .collect()
}

#[derive(Clone, Copy, Default)]
struct Judged {
    right: u32,
    wrong: u32,
    missed: u32,
}

impl Judged {
    fn of<'a>(reports: impl Iterator<Item = (&'a Report, bool)>) -> Self {
        let mut judged = Self::default();
        for (report, said) in reports {
            match (said, report.repeats) {
                (true, true) => judged.right += 1,
                (true, false) => judged.wrong += 1,
                (false, true) => judged.missed += 1,
                (false, false) => {}
            }
        }
        judged
    }

    fn precision(self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.wrong).max(1))
    }

    fn recall(self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.missed).max(1))
    }

    /// The harmonic mean of both (van Rijsbergen 1979).
    fn f1(self) -> f64 {
        2.0 * f64::from(self.right) / f64::from((2 * self.right + self.wrong + self.missed).max(1))
    }
}

impl std::fmt::Display for Judged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (precision, recall) = (self.precision(), self.recall());
        write!(f, "precision {precision:.3}, recall {recall:.3}, F1 {:.3}", self.f1())
    }
}

/// Those of one half: every other report, in the order in which they came in.
fn half<'a>(
    reports: &'a [Report],
    said: &'a [bool],
    half: usize,
) -> impl Iterator<Item = (&'a Report, bool)> {
    reports.iter().zip(said.iter().copied()).skip(half).step_by(2)
}

fn whole<'a>(reports: &'a [Report], said: &'a [bool]) -> impl Iterator<Item = (&'a Report, bool)> {
    reports.iter().zip(said.iter().copied())
}

fn at_least(scores: &[u8], least: u8) -> Vec<bool> {
    scores.iter().map(|score| *score >= least).collect()
}

#[test]
fn repeated_holes_in_the_road_are_found_better_than_by_day_and_distance() {
    let Some((reports, without)) = reports() else { return };
    let marked = reports.iter().filter(|report| report.repeats).count();
    println!("{} reports, {marked} of them marked; {without} without a position left out", reports.len());
    assert_eq!((reports.len(), marked, without), (999, 347, 1));

    let plain = plain_rule(&reports);
    let by_rule = Judged::of(whole(&reports, &plain));
    println!("same day within 50 m: {by_rule}");
    // What any rule can find: the others repeat something that was reported before, or farther away.
    let near = |report: &Report, other: &Report| report.position.distance_metres(other.position) <= 200.0;
    let findable: Vec<bool> = each_with_open(&reports)
        .map(|(report, mut open)| report.repeats && open.any(|other| near(report, other)))
        .collect();
    let bound = Judged::of(whole(&reports, &findable));
    let beside = |report: &&Report| reports.iter().filter(|other| near(report, other)).nth(1).is_some();
    let beside = reports.iter().filter(|report| report.repeats).filter(beside).count();
    println!("marked with another within 200 m: {beside}; with an open one before: {}", bound.right);
    println!("so that recall is at most {:.3}", bound.recall());

    for (known, name, least) in [(Known::Address, "address and point", 0.66), (Known::Point, "point", 0.53)] {
        let scores = best_scores(&reports, known);
        let said = at_least(&scores, PROBABLE_SCORE);
        let judged = Judged::of(whole(&reports, &said));
        println!("{name}: {judged} ({} right, {} wrong)", judged.right, judged.wrong);
        for (number, name) in ["first half", "other half"].into_iter().enumerate() {
            let rule = Judged::of(half(&reports, &plain, number));
            let judged = Judged::of(half(&reports, &said, number));
            println!("  {name}: {judged}; same day within 50 m: {rule}");
            assert!(judged.f1() > rule.f1() + 0.1);
        }
        assert!(judged.f1() >= least && judged.precision() >= 0.8, "{judged}");
        assert!(judged.recall() > by_rule.recall() + 0.1, "{judged}");
        assert!(judged.recall() <= bound.recall());
    }
}

/// Where the score was set: the first half is judged as well by any lower one, and worse by higher ones. The
/// other half had no say in it.
#[test]
fn the_score_from_which_on_a_repetition_is_probable_suits_the_first_half() {
    let Some((reports, _)) = reports() else { return };
    let scores = best_scores(&reports, Known::Address);
    let first = |least| Judged::of(half(&reports, &at_least(&scores, least), 0));
    for least in (30..=90).step_by(4).chain([PROBABLE_SCORE]) {
        println!("from {least} on, first half: {}", first(least));
    }
    let best = (0..=100).map(|least| first(least).f1()).fold(0.0, f64::max);
    let own = first(PROBABLE_SCORE);
    assert!(own.f1() > best - 0.01, "{own}, but F1 could be {best:.3}");
    assert!(own.precision() > first(0).precision());
    assert!(first(PROBABLE_SCORE + 10).f1() < own.f1());
}

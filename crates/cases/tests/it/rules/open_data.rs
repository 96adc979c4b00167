//! Likeness over a thousand real reports of holes in the road. Their publisher marked which of them repeat
//! another; it did so by hand and by street, so agreement is looked at, not asked for.

use qige_cases::Policy;
use qige_cases::duplicates::{Compared, likeness};
use qige_kernel::{Position, Timestamp};

struct Report {
    at: Timestamp,
    position: Position,
    repeats: bool,
    block: String,
}

fn reports() -> Option<Vec<Report>> {
    let folder = std::env::var("QIGE_OPEN_DATA").ok()?;
    let path = format!("{folder}/chicago-potholes/potholes_2018-12_1000.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let read = |row: csv::StringRecord| {
        let number = |column: usize| row.get(column)?.parse::<f64>().ok();
        Some(Report {
            at: format!("{}Z", row.get(0)?).parse().ok()?,
            position: Position::new(number(17)?, number(16)?).ok()?,
            repeats: row.get(1)?.ends_with("Dup"),
            block: row.get(8)?.to_owned(),
        })
    };
    Some(reader.records().filter_map(|row| read(row.unwrap())).collect())
}

#[test]
fn holes_in_the_road_are_found_again_but_not_everywhere() {
    let Some(reports) = reports() else {
        println!("without QIGE_OPEN_DATA there is nothing to look at");
        return;
    };
    let policy = Policy::default();
    let compared = |report: &Report| Compared {
        matter: "matter-06-013".parse().ok(),
        position: report.position,
        off_by_metres: 0,
        at: report.at,
        words: "",
    };
    let (mut pairs, mut with_any, mut marked_with_any, mut marked) = (0_u32, 0_u32, 0_u32, 0_u32);
    let mut furthest = 0;
    for (place, report) in reports.iter().enumerate() {
        let alike: Vec<_> = reports
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != place)
            .filter_map(|(_, other)| likeness(&compared(report), &compared(other), &policy))
            .collect();
        pairs += u32::try_from(alike.len()).unwrap();
        with_any += u32::from(!alike.is_empty());
        marked += u32::from(report.repeats);
        marked_with_any += u32::from(report.repeats && !alike.is_empty());
        furthest = furthest.max(alike.iter().map(|like| like.distance_metres).max().unwrap_or(0));
    }
    let count = u32::try_from(reports.len()).unwrap();
    println!(
        "{count} reports, {marked} marked as repeating; {with_any} have something alike within 50 m and \
         14 days ({} pairs), {marked_with_any} of the marked ones",
        pairs / 2
    );
    assert!(count > 900 && marked > 300);
    assert!(furthest <= 50);
    // Shown to a person, so neither nothing nor the whole list.
    assert!(with_any * 10 > count && with_any * 2 < count * 2);
    assert!(pairs < count * 5);
    let same_block = |report: &Report| reports.iter().filter(|other| other.block == report.block).count() > 1;
    assert!(reports.iter().any(same_block));
}

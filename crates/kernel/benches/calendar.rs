//! How long a due date takes: one is worked out by every write of a case.

use divan::{Bencher, black_box};
use qige_kernel::calendar::china;
use qige_kernel::{Term, Timestamp, WorkCalendar, WorkRule};

fn main() {
    divan::main();
}

#[divan::bench(args = ["clock_minutes:120", "work_minutes:480", "work_days:3", "work_days:15"])]
fn due(bencher: Bencher<'_, '_>, term: &str) {
    let days = china::years().filter_map(china::days).flatten().collect();
    let calendar = WorkCalendar::new("Asia/Shanghai", WorkRule::office_week(), days, china::years());
    let (Ok(calendar), Ok(term)) = (calendar, term.parse::<Term>()) else { return };
    let start = Timestamp::from_micros(1_790_000_000_000_000);
    bencher.bench_local(|| calendar.due(black_box(start), black_box(term)));
}

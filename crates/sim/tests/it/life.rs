//! A fortnight of the town: the same seed is the same town, and it goes there as in such places.

use std::collections::BTreeMap;
use std::sync::Arc;

use qige_app::{App, Settings};
use qige_cases::State;
use qige_db::{Asker, from_row, params, statements};
use qige_kernel::{Entropy, ManualClock, Timestamp};
use qige_sim::founding::found;
use qige_sim::life::{Happened, Life};
use qige_sim::plan::{Span, plan};
use qige_sim::town::Town;

const RIDERS: usize = 60;
const A_FORTNIGHT: u32 = 14;
/// Enough for every kind of chance to be drawn.
const A_FEW_DAYS: u32 = 3;
const REPORTS_A_DAY: f64 = 24.0;

statements! {
    /// What became of everything, and how it went.
    BECAME = "SELECT c.number, c.state, c.matter, c.urgency, c.words, c.received_at, c.ended_at, c.send_backs,
        c.reworks, c.reopenings, c.extensions, c.rating, c.merged_count, c.solved,
        (SELECT COUNT(*) FROM reports r WHERE r.tenant = c.tenant AND r.case_id = c.id) AS reports,
        (SELECT COUNT(*) FROM case_clocks k WHERE k.tenant = c.tenant AND k.case_id = c.id AND
        k.stage = 'handle' AND k.ended_at > k.due_at) AS late,
        (SELECT COUNT(*) FROM journal j WHERE j.tenant = c.tenant AND j.stream = 'case' AND j.id = c.id)
        AS steps FROM cases c WHERE c.tenant = $1 ORDER BY c.received_at, c.words, c.number";
}

from_row! {
    /// One case.
    #[derive(PartialEq)]
    struct Became {
        number: Option<String>,
        state: State,
        matter: Option<String>,
        urgency: Option<String>,
        words: String,
        received_at: Timestamp,
        ended_at: Option<Timestamp>,
        send_backs: i64,
        reworks: i64,
        reopenings: i64,
        extensions: i64,
        rating: Option<i64>,
        merged_count: i64,
        solved: bool,
        reports: i64,
        late: i64,
        steps: i64,
    }
}

/// A town in a folder of its own, as it stands after its last day.
async fn lived(seed: u64, days: u32) -> (Happened, Vec<Became>) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("town.db").display());
    // A Monday, midnight in Donghai.
    let from: Timestamp = "2026-09-06T16:00:00Z".parse().unwrap();
    let clock = ManualClock::at(from);
    let settings = Settings::standard(folder.path().to_owned());
    let entropy = Entropy::seeded(seed);
    let app = App::open(&url, settings, Arc::new(clock.clone()), entropy).await.unwrap();
    let town = Town::new(seed);
    let cast = found(&app, &town, RIDERS).await.unwrap();
    let span = Span { from, days, reports_a_day: REPORTS_A_DAY, riders: RIDERS };
    let noticed = plan(&town, span, seed);
    let until = from.plus(i64::from(days) * Timestamp::DAY);
    let life = Life::new(&app, &clock, &cast, &noticed, seed);
    let happened = life.until(until, &qige_app::worker(&app)).await.unwrap();
    let read = app.db.read(Asker::system(cast.tenant), |tx| {
        Box::pin(async move { Ok(tx.all(BECAME, params![tx.tenant()]).await?) })
    });
    (happened, read.await.unwrap())
}

#[tokio::test]
async fn the_same_seed_is_the_same_town() {
    let ((happened, cases), (again, twin)) = (lived(1, A_FEW_DAYS).await, lived(1, A_FEW_DAYS).await);
    assert_eq!(happened, again);
    assert!(cases.len() > 40 && cases.len() == twin.len(), "{} and {}", cases.len(), twin.len());
    for (one, other) in cases.iter().zip(&twin) {
        assert_eq!(one, other);
    }
}

#[tokio::test]
async fn it_goes_there_as_in_such_places() {
    let (happened, cases) = lived(1, A_FORTNIGHT).await;
    let share = |what: &str, test: &dyn Fn(&Became) -> bool, [least, most]: [usize; 2]| {
        let count = cases.iter().filter(|case| test(case)).count();
        let thousandths = count * 1_000 / cases.len();
        assert!((least..=most).contains(&thousandths), "{what}: {count} of {}", cases.len());
    };
    assert!((250..420).contains(&cases.len()), "{}", cases.len());
    assert!(happened.refused * 10 < happened.done, "{happened:?}");
    share("declined", &|case| case.state == State::Declined, [20, 140]);
    share("merged", &|case| case.state == State::Merged, [10, 120]);
    share("with more than one reporter", &|case| case.reports + case.merged_count > 1, [10, 180]);
    share("withdrawn", &|case| case.state == State::Withdrawn, [1, 60]);
    share("solved on the spot", &|case| case.solved, [10, 160]);
    share("sent back", &|case| case.send_backs > 0, [10, 250]);
    share("reworked", &|case| case.reworks > 0, [15, 140]);
    share("late", &|case| case.late > 0, [30, 300]);
    share("rated", &|case| case.rating.is_some(), [150, 700]);
    share("closed", &|case| case.state == State::Closed, [400, 900]);
    share("open", &|case| case.state.is_open(), [20, 400]);
    let mut states: BTreeMap<State, usize> = BTreeMap::new();
    for case in &cases {
        *states.entry(case.state).or_default() += 1;
    }
    assert!(states.len() > 6, "a town in the middle of its work: {states:?}");
}

#[test]
fn another_seed_is_another_town() {
    let (one, other) = (Town::new(1), Town::new(2));
    assert_ne!(format!("{:?}", one.divisions), format!("{:?}", other.divisions));
}

//! Many people do whatever comes to their minds, at the same time; afterwards the journal holds, the tables
//! are what follows from it, and every step it tells of is one that the transition table has.

use std::sync::Arc;

use qige_cases::actions::*;
use qige_cases::workflow::{TABLE, To};
use qige_cases::{CommandName, DeclineReason, NewReport, State, Urgency};
use qige_db::testing::TestDb;
use qige_db::{db_test, journal};
use qige_kernel::{CaseId, Entropy, Timestamp};

use crate::world::World;

/// Cases that they share.
const CASES: usize = 6;
/// People at work at once.
const ACTORS: u64 = 6;
/// Steps that each tries.
const STEPS: usize = 80;

pub(crate) fn pick(entropy: &Entropy, count: usize) -> usize {
    let [low, high] = entropy.bytes::<2>();
    usize::from(u16::from_be_bytes([high, low])) % count
}

fn words(text: &str) -> String {
    text.to_owned()
}

pub(crate) fn any_action(world: &World, entropy: &Entropy, cases: &[CaseId]) -> Action {
    let now = world.now();
    let later = now.plus(30 * Timestamp::DAY);
    let photos = vec![entropy.id(now)];
    let urgency = *[Urgency::Critical, Urgency::Urgent, Urgency::Normal, Urgency::Complex]
        .get(pick(entropy, 4))
        .unwrap();
    match pick(entropy, 34) {
        0 => AskVerify { verifier: world.second_rider.person, words: String::new() }.into(),
        1 => Confirm { words: words("是"), photos }.into(),
        2 => Refute { words: words("不是"), photos }.into(),
        3..=5 => File { urgency, ..world.file() }.into(),
        6 => Decline { reason: DeclineReason::Mistake, words: String::new() }.into(),
        7 => Appeal { words: words("请再看") }.into(),
        8 => Merge { main: cases[pick(entropy, cases.len())], reason: String::new() }.into(),
        9..=11 => world.dispatch().into(),
        12 => SendBack { reason: words("不归我们") }.into(),
        13 => Start {}.into(),
        14 | 15 => HandIn { note: words("好了"), photos }.into(),
        16 => world.ask_check().into(),
        17 => Pass { words: words("看过"), photos }.into(),
        18 => Fail { reason: words("没好"), photos, due_at: None }.into(),
        19 => AskExtension { reason: words("等"), until: later }.into(),
        20 => GrantExtension { until: None, words: String::new() }.into(),
        21 => RefuseExtension { reason: words("不行") }.into(),
        22 => Suspend { reason: words("等"), review_at: later }.into(),
        23 => Resume { words: String::new() }.into(),
        24 => Supervise { words: words("快") }.into(),
        25 => AnswerSupervision { words: words("好") }.into(),
        26 => Reopen { reason: words("又坏了") }.into(),
        27 => Rate { stars: 3, words: String::new() }.into(),
        28 => {
            Correct { words: Some(words("改")), place: Some(Place::default()), ..Correct::default() }.into()
        }
        29 => Question { words: words("哪里") }.into(),
        30 => Answer { words: words("那里") }.into(),
        31 => Accept {}.into(),
        32 => Unmerge { reason: words("是两个") }.into(),
        _ => Action::Undo,
    }
}

#[db_test]
async fn whatever_people_do_at_once_the_record_holds(db: TestDb) {
    let world = Arc::new(World::new(db).await);
    let mut cases = Vec::new();
    for _ in 0..CASES {
        cases.push(world.send(NewReport { ..world.report() }).await.unwrap().case);
    }
    let actors = (0..ACTORS).map(|actor| {
        let (world, cases) = (world.clone(), cases.clone());
        tokio::spawn(async move {
            let entropy = Entropy::seeded(1_000 + actor);
            let mut done = 0;
            for _ in 0..STEPS {
                let case = cases[pick(&entropy, cases.len())];
                let action = any_action(&world, &entropy, &cases);
                world.pass(Timestamp::SECOND);
                // Each thinks of something; whoever may do it does.
                done += usize::from(world.done_by_anybody(case, &action).await);
            }
            done
        })
    });
    let mut done = 0;
    for actor in actors.collect::<Vec<_>>() {
        done += actor.await.unwrap();
    }
    assert!(done > 40, "only {done} steps were possible");
    let (verdict, faults) = world
        .read(|tx| Box::pin(async move { Ok((journal::verify(tx).await?, qige_cases::verify(tx).await?)) }))
        .await;
    assert_eq!(verdict.fault_count, 0);
    assert_eq!(faults, []);
    for case in cases {
        let stream = journal::Stream::new("case", case);
        let lines = world.read(move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?) })).await;
        follows_the_table(&lines);
        assert_eq!(world.row(case).await.version, i64::try_from(lines.len()).unwrap());
    }
}

/// Every line is a step that the table has, from the state in which the line before left the case.
fn follows_the_table(lines: &[journal::Line]) {
    let mut state = State::Reported;
    for line in lines.iter().skip(1) {
        let body = line.body();
        let command: CommandName = line.command.parse().unwrap();
        let next = match &body["changes"]["case"]["state"] {
            serde_json::Value::Array(pair) => {
                assert_eq!(pair[0], state.as_str(), "{command}");
                pair[1].as_str().unwrap().parse().unwrap()
            }
            _ => state,
        };
        // Somebody else's case began or ceased to follow this one.
        let about_another = body.get("taken-in").or(body.get("let-go")).is_some();
        if about_another {
            assert_eq!(next, state);
            continue;
        }
        let row = TABLE.iter().find(|row| row.command == command && row.from.contains(&state));
        let row = row.unwrap_or_else(|| panic!("{command} in {state}"));
        assert!(row.who.iter().any(|role| role.as_str() == line.role), "{command} by {}", line.role);
        match row.to {
            To::Same => assert_eq!(next, state, "{command}"),
            To::State(to) => assert_eq!(next, to, "{command}"),
            To::Unit => assert!(matches!(next, State::Handling | State::Reported)),
            To::Back => {}
        }
        state = next;
    }
}

//! What a unit sees holds nothing by which the reporter could be known (domain.md §2.7).

use qige_cases::actions::*;
use qige_cases::{
    Attachment, By, CaseRole, NewReport, Origin, PhotoRef, PhotoRole, Reporter, State, queries,
};
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_kernel::{Accuracy, Timestamp};
use serde_json::Value;

use crate::world::World;

/// Every text and number of a JSON value, wherever it stands.
fn leaves(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| leaves(item, into)),
        Value::Object(fields) => fields.iter().for_each(|(key, item)| {
            into.push(key.clone());
            leaves(item, into);
        }),
        Value::Null => {}
        other => into.push(other.to_string()),
    }
}

#[db_test]
async fn a_unit_never_learns_who_reported(db: TestDb) {
    let world = World::new(db).await;
    // 09:13:27 in Donghai, so that exact times are told from half hours.
    world.pass(13 * Timestamp::MINUTE + 27 * Timestamp::SECOND);
    let (released, kept) = (world.photo(), world.photo());
    let (voice, verify_photo) = (world.photo(), world.photo());
    let photo = |id| PhotoRef { id, role: PhotoRole::Before };
    let report = NewReport {
        words: "我是骑手0017，电话13900000017，住在秘密小区".to_owned(),
        photos: vec![photo(released), photo(kept)],
        voice: Some(voice),
        accuracy: Some(Accuracy::new(7.25).unwrap()),
        made_at: world.now().plus(-Timestamp::MINUTE),
        ..world.report()
    };
    let (case, id, made_at) = (report.case, report.id, report.made_at);
    let (received_at, code) = (report.received_at, hex(&report.follow_code_hash.unwrap()));
    world.send(report).await.unwrap();
    let joiner = Reporter::Person(world.second_rider.person, CaseRole::Rider);
    let too = NewReport {
        by: joiner,
        joins: Some(case),
        words: "我也看到了，骑手0018".to_owned(),
        origin: Origin::Web,
        ..world.report()
    };
    let second = too.id;
    world.send(too).await.unwrap();
    world.pass(Timestamp::MINUTE);
    let ask = AskVerify { verifier: world.second_rider.person, words: "请第二位骑手看看".to_owned() };
    // The second rider reported it too and so is not asked; the grid worker is.
    assert!(world.act(&world.dispatcher, case, ask).await.is_err());
    let ask = AskVerify { verifier: world.worker.person, words: "核实口令甲".to_owned() };
    world.done(&world.dispatcher, case, ask).await;
    let confirm = Confirm { words: "核实所见乙".to_owned(), photos: vec![verify_photo] };
    world.done(&world.worker, case, confirm).await;
    world.done(&world.dispatcher, case, Question { words: "追问丙".to_owned() }).await;
    world.done(&world.rider, case, Answer { words: "回答丁".to_owned() }).await;
    world
        .done(
            &world.rider,
            case,
            Comment { words: "骑手备注戊".to_owned(), public: true, ..Comment::default() },
        )
        .await;
    let file = Attachment { id: voice, name: "附件庚.pdf".to_owned(), bytes: 1 };
    let inside =
        Comment { words: "内部备注己".to_owned(), attachments: vec![file], ..Comment::default() };
    world.done(&world.dispatcher, case, inside).await;
    world.done(&world.dispatcher, case, world.file()).await;
    let dispatch = Dispatch { released_photos: vec![released], ..world.dispatch() };
    world.done(&world.dispatcher, case, dispatch).await;
    world.done(&world.supervisor, case, Supervise { words: "请尽快".to_owned() }).await;
    let secrets: Vec<String> = [
        world.rider.person.to_string(),
        world.second_rider.person.to_string(),
        world.worker.person.to_string(),
        world.rider.name.clone(),
        id.to_string(),
        second.to_string(),
        kept.to_string(),
        voice.to_string(),
        verify_photo.to_string(),
        made_at.to_string(),
        received_at.to_string(),
        code,
    ]
    .into_iter()
    .chain(
        ["0017", "0018", "秘密", "13900000017", "甲", "乙", "丙", "丁", "戊", "己", "庚", "骑手", "我也"]
            .map(str::to_owned),
    )
    .collect();
    for (who, units) in [(&world.roads_lead, vec![world.roads]), (&world.water_lead, vec![world.water])] {
        let by = By::Person(who.clone());
        let (policy, now, unit) = (world.policy.clone(), world.now(), units[0]);
        let (view, list) = world
            .read(move |tx| {
                Box::pin(async move {
                    let view = queries::case_for_unit(tx, case, &by, &units, &policy, now).await?.unwrap();
                    let kind = queries::UnitListKind::Todo;
                    let list = queries::unit_list(tx, unit, kind, now, None, 20, |_, _| true).await?;
                    Ok((view, list))
                })
            })
            .await;
        assert_eq!(list.rows.len(), 1);
        assert_eq!(view.words.as_deref(), Some("路口井盖缺失"));
        assert_eq!(view.photos.iter().map(|photo| photo.id).collect::<Vec<_>>(), [released]);
        assert_eq!(view.reported_around.to_string(), "2026-11-23T01:00:00Z");
        // The id says no more about when than the half hour.
        let (seconds, nanos) = view.id.0.get_timestamp().unwrap().to_unix();
        assert_eq!((seconds % 1_800, nanos), (0, 0));
        for json in [serde_json::to_value(&view).unwrap(), serde_json::to_value(&list).unwrap()] {
            let mut found = Vec::new();
            leaves(&json, &mut found);
            for secret in &secrets {
                assert!(!found.iter().any(|leaf| leaf.contains(secret)), "{secret} in {json}");
            }
            for field in
                ["reporter", "reports", "person", "voice", "follow", "origin", "made_at", "received_at"]
            {
                assert!(!found.iter().any(|leaf| leaf == field), "{field} in {json}");
            }
        }
    }
    assert_eq!(world.state(case).await, State::Dispatched);
}

#[db_test]
async fn a_unit_sees_only_its_own_cases(db: TestDb) {
    let world = World::new(db).await;
    let case = world.case_in(State::Dispatched).await;
    let see = |who: &qige_identity::Who, unit| {
        let (by, policy, now) = (By::Person(who.clone()), world.policy.clone(), world.now());
        world.read(move |tx| {
            Box::pin(async move { queries::case_for_unit(tx, case, &by, &[unit], &policy, now).await })
        })
    };
    assert!(see(&world.outsider, world.closed).await.is_none());
    assert!(see(&world.roads_lead, world.roads).await.is_some());
    world.done(&world.roads_lead, case, SendBack { reason: "不归我们".to_owned() }).await;
    assert!(see(&world.roads_lead, world.roads).await.is_none());
    assert!(see(&world.water_lead, world.water).await.is_none());
}

#[db_test]
async fn a_follower_sees_own_words_and_no_exact_place(db: TestDb) {
    let world = World::new(db).await;
    let report = NewReport { by: Reporter::Stranger, ..world.report() };
    let (case, hash, position) = (report.case, report.follow_code_hash.unwrap(), report.position.unwrap());
    world.send(report).await.unwrap();
    let other = NewReport { joins: Some(case), words: "别人的话".to_owned(), ..world.report() };
    world.send(other).await.unwrap();
    let (policy, now) = (world.policy.clone(), world.now());
    let view = world
        .read(move |tx| Box::pin(async move { queries::follow(tx, hash, &policy, now).await }))
        .await
        .unwrap();
    assert_eq!((view.words.as_str(), view.others), ("井盖没了，路口东边", 1));
    let around = view.around.unwrap();
    assert!(around != position && around.distance_metres(position) < 100.0);
    let json = serde_json::to_string(&view).unwrap();
    assert!(!json.contains("别人的话") && !json.contains(&world.rider.person.to_string()));
    let policy = world.policy.clone();
    let none =
        world.read(move |tx| Box::pin(async move { queries::follow(tx, [9; 32], &policy, now).await })).await;
    assert!(none.is_none());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

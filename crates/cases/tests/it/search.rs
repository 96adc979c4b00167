//! Cases found by what somebody types: the same on both engines, and the same as by looking at each.

use std::collections::BTreeSet;

use qige_cases::actions::*;
use qige_cases::queries::{self, Order, QueueFilter, Sight};
use qige_cases::search::{CatchUp, Named, Sought, Tokens, Wanted, refresh, sought};
use qige_cases::{Action, CaseRole, NewReport, Reporter, State, verify};
use qige_db::testing::TestDb;
use qige_db::{Asker, Command, Engine, Failure, Tx, db_test};
use qige_kernel::{CaseId, PlaceId, Timestamp};
use uuid::Uuid;

use crate::world::World;

/// What people say, in pieces that are put together.
const SAID: [&str; 36] = [
    "井盖",
    "没了",
    "路灯",
    "不亮",
    "垃圾",
    "满了",
    "坑",
    "占道",
    "晶都路",
    "利民路口",
    "东南角",
    "3号楼",
    "１２层",
    "SUV",
    "suv's",
    "street light",
    "Lights",
    "out on",
    "Main St.",
    "🙂",
    "“引号”",
    "'--",
    "\" OR \"",
    "NEAR(",
    "a*",
    "(",
    ")",
    "&|!",
    ":*",
    "%_",
    "重庆",
    "长乐",
    "行道树",
    "绿化带",
    "20261123-0001",
    "\u{e000}jg",
];

/// What people look for.
const WANTED: [&str; 64] = [
    "井盖",
    "井",
    "盖没",
    "井盖 没了",
    "没了 井盖",
    "路灯不亮",
    "灯不",
    "坑",
    "坑 垃圾",
    "晶都路利民路口",
    "路口",
    "3号楼",
    "3",
    "12",
    "１２层",
    "3号楼 12层",
    "suv",
    "SUV",
    "su",
    "s",
    "suv's",
    "street",
    "stre",
    "light",
    "lights",
    "LIGHTS",
    "st",
    "main st",
    "street light out",
    "lamp",
    "jg",
    "jinggai",
    "jingg",
    "jing",
    "jinggaimeile",
    "ludeng",
    "ld",
    "ldbl",
    "lu deng",
    "lu'deng",
    "ludengbuliang",
    "zdl",
    "chongqing",
    "zhongqing",
    "cq",
    "zq",
    "hds",
    "lhd",
    "lvhuadai",
    "xingdaoshu",
    "🙂",
    "\"",
    "' OR 1=1 --",
    "NEAR(井盖 路灯)",
    "井盖*",
    "a*",
    "(((",
    "井盖 AND",
    "NOT 井盖",
    "-井盖",
    "tokens:井盖",
    "%",
    "\u{e000}jg",
    "没有这话",
];

async fn index(world: &World) {
    let at = world.now();
    while world.db.write(Asker::system(world.tenant), CatchUp { at }).await.unwrap() {}
}

struct Refresh(CaseId);

impl Command for Refresh {
    type Output = ();
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        Ok(refresh(tx, &[self.0]).await?)
    }
}

async fn again(world: &World, case: CaseId) {
    world.db.write(Asker::system(world.tenant), Refresh(case)).await.unwrap();
}

async fn says(world: &World, words: &str) -> CaseId {
    world.send(NewReport { words: words.to_owned(), ..world.report() }).await.unwrap().case
}

/// What the queue shows of all states: by the index, and by asking each case.
async fn found(world: &World, wanted: Wanted) -> BTreeSet<CaseId> {
    let now = world.now();
    let [named, asked] = world
        .read(move |tx| {
            Box::pin(async move {
                let both = [sought(tx, &wanted).await?, Sought::having(&wanted, tx.engine())];
                let mut found = [BTreeSet::new(), BTreeSet::new()];
                for (sought, found) in both.into_iter().zip(&mut found) {
                    let filter = QueueFilter {
                        states: State::ALL.to_vec(),
                        sought: Some(sought),
                        ..QueueFilter::default()
                    };
                    let mut after = None;
                    loop {
                        let page = queries::queue(
                            tx,
                            &filter,
                            &Sight::WHOLE,
                            Order::Lateness,
                            now,
                            after.as_deref(),
                            60,
                        )
                        .await?;
                        found.extend(page.rows.into_iter().map(|row| row.id));
                        after = page.next;
                        if after.is_none() {
                            break;
                        }
                    }
                }
                Ok(found)
            })
        })
        .await;
    assert_eq!(named, asked);
    named
}

async fn by(world: &World, text: &str) -> Vec<CaseId> {
    found(world, Wanted::of(text, &[])).await.into_iter().collect()
}

#[db_test]
async fn both_engines_find_what_looking_at_each_finds(db: TestDb) {
    let world = World::new(db).await;
    let mut all: Vec<(CaseId, Tokens)> = Vec::new();
    let mut turn = 7_usize;
    for _ in 0..300 {
        let mut words = String::new();
        for _ in 0..=turn % 5 {
            turn = turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            words.push_str(SAID[(turn >> 33) % SAID.len()]);
            words.push_str(["", " ", "，"][(turn >> 40) % 3]);
        }
        let report = NewReport { words: words.clone(), matter: None, ..world.report() };
        all.push((world.send(report).await.unwrap().case, Tokens::of([words.as_str()])));
    }
    index(&world).await;
    let mut found_any = 0;
    for text in WANTED {
        let wanted = Wanted::of(text, &[]);
        let expected: BTreeSet<CaseId> =
            all.iter().filter(|(_, tokens)| wanted.fits(tokens)).map(|(case, _)| *case).collect();
        found_any += usize::from(!expected.is_empty());
        assert_eq!(found(&world, wanted).await, expected, "{text}");
    }
    assert!(found_any > 40, "{found_any}");
    let long = "井盖没了 ".repeat(1_000);
    assert_eq!(by(&world, &long).await, by(&world, "井盖没了").await);
    let faults = world.read(|tx| Box::pin(async move { Ok(verify(tx).await?) })).await;
    assert_eq!(faults, Vec::new());
}

#[db_test]
async fn by_number_words_pinyin_and_whatever_it_has_to_do_with(db: TestDb) {
    let world = World::new(db).await;
    let here = world
        .send(NewReport { grid: Some(PlaceId(Uuid::from_u128(8))), ..world.report() })
        .await
        .unwrap()
        .case;
    let other =
        NewReport { community: None, words: "路灯不亮".to_owned(), matter: None, ..world.report() };
    let other = world.send(other).await.unwrap().case;
    world.done(&world.dispatcher, here, world.file()).await;
    world.done(&world.dispatcher, here, world.dispatch()).await;
    index(&world).await;
    let number = world.row(here).await.number.unwrap();
    for text in [
        &number,
        "20261123",
        &number.replace('-', ""),
        "井盖",
        "jg",
        "jinggai",
        "路口东边",
        "雨水井盖",
        "drain cover",
    ] {
        assert_eq!(by(&world, text).await, [here], "{text}");
    }
    assert_eq!(by(&world, "ld").await, [other]);
    assert_eq!(by(&world, "井盖 不亮").await, []);
    let named = |id: Uuid, name: &str| vec![Named { id, name: name.to_owned() }];
    let sorts = [
        named(world.community.0, "晶都社区"),
        named(Uuid::from_u128(8), "晶都第3网格"),
        named(world.roads.0, "市政养护队"),
        [named(world.water.0, "自来水公司"), named(world.closed.0, "旧路灯所")].concat(),
        [named(world.dispatcher.person.0, "坐席 03"), named(world.rider.person.0, "骑手 0017")].concat(),
    ];
    for text in
        ["晶都", "jdsq", "井盖 晶都社区", "第3网格", "市政", "养护队 jg", "zilaishui", "坐席 03", "坐席"]
    {
        assert_eq!(found(&world, Wanted::of(text, &sorts)).await, BTreeSet::from([here]), "{text}");
    }
    for text in ["旧路灯所", "不亮 晶都", "坐席 04"] {
        assert_eq!(found(&world, Wanted::of(text, &sorts)).await, BTreeSet::new(), "{text}");
    }
    assert_eq!(found(&world, Wanted::of("骑手 0017", &sorts)).await, BTreeSet::from([here, other]));
}

#[db_test]
async fn what_is_said_later_is_found_and_what_is_taken_back_is_not(db: TestDb) {
    let world = World::new(db).await;
    let case = says(&world, "树枝断了").await;
    assert_eq!(by(&world, "树枝").await, [], "a moment later");
    index(&world).await;
    assert_eq!(by(&world, "树枝").await, [case]);
    let comment =
        Comment {
            words: "已电话联系园林".to_owned(), public: false, units: false, attachments: Vec::new()
        };
    world.done(&world.dispatcher, case, Action::from(comment)).await;
    let second = Reporter::Person(world.second_rider.person, CaseRole::Rider);
    let joined =
        NewReport { by: second, joins: Some(case), words: "压到电线".to_owned(), ..world.report() };
    world.send(joined).await.unwrap();
    again(&world, case).await;
    for text in ["园林", "电线", "树枝 园林 yuanlin"] {
        assert_eq!(by(&world, text).await, [case], "{text}");
    }
    let erased = "UPDATE cases SET words = ''; UPDATE reports SET words = ''";
    world.db.tamper(erased).await;
    again(&world, case).await;
    assert_eq!(by(&world, "树枝").await, []);
    assert_eq!(by(&world, "园林").await, [case]);
}

#[db_test]
async fn a_row_that_is_not_what_it_follows_from_is_a_fault(db: TestDb) {
    let world = World::new(db).await;
    let case = says(&world, "树枝断了").await;
    let faults = || world.read(|tx| Box::pin(async move { Ok(verify(tx).await?) }));
    assert_eq!(faults().await, Vec::new(), "nothing was looked for yet");
    world.pass(5 * Timestamp::MINUTE);
    index(&world).await;
    assert_eq!(faults().await, Vec::new());
    world.db.tamper("UPDATE case_search SET tokens = 'xyz'").await;
    let found = faults().await;
    assert_eq!(
        found.iter().map(|fault| (fault.case, fault.what.as_str())).collect::<Vec<_>>(),
        [(case, "search")]
    );
    assert_eq!(by(&world, "xyz").await, [case]);
    world.db.tamper("DELETE FROM case_search").await;
    assert_eq!(faults().await.len(), 1);
    assert_eq!(by(&world, "xyz").await, []);
}

#[db_test]
async fn what_very_many_have_is_asked_of_each_and_what_few_have_is_named(db: TestDb) {
    let world = World::new(db).await;
    let case = says(&world, "井盖没了").await;
    let other = says(&world, "路灯不亮").await;
    index(&world).await;
    // Rows without cases are enough to be many: lists begin at the cases.
    let copied = |words: &str, count: u32| {
        let of = format!("SELECT id FROM cases WHERE words = '{words}' LIMIT 1");
        match world.db.engine() {
            Engine::Sqlite => format!(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
                INSERT INTO case_search (tenant, case_id, version, tokens)
                SELECT s.tenant, randomblob(16), s.version, s.tokens FROM case_search s, n
                WHERE s.case_id = ({of})"
            ),
            Engine::Postgres => format!(
                "INSERT INTO case_search (tenant, case_id, version, tokens)
                SELECT s.tenant, gen_random_uuid(), s.version, s.tokens
                FROM case_search s, generate_series(1, {count}) WHERE s.case_id = ({of})"
            ),
        }
    };
    let named = |text: &'static str| {
        world.read(move |tx| Box::pin(async move { Ok(sought(tx, &Wanted::of(text, &[])).await?) }))
    };
    world.db.tamper(&copied("路灯不亮", 2_000)).await;
    assert!(matches!(named("路灯").await, Sought::These(cases) if cases.contains(&other)));
    world.db.tamper(&copied("路灯不亮", 70_000)).await;
    assert!(matches!(named("路灯").await, Sought::Having { .. }));
    assert_eq!(named("井盖").await, Sought::These(vec![case]), "few are named in a million too");
    assert_eq!(by(&world, "路灯").await, [other]);
}

//! Responsible units.

use qige_db::testing::TestDb;
use qige_db::{Db, Failure, db_test, journal};
use qige_kernel::{Entropy, UnitId};
use qige_places::units::{self, CreateUnit, Unit, UnitFacts, UnitKind, UpdateUnit};

use crate::given::{NOW, edit, others, us};

fn facts(name: &str) -> UnitFacts {
    UnitFacts { name: name.to_owned(), kind: UnitKind::Department, contact: "0518-87212345".to_owned() }
}

async fn list(db: &Db) -> Vec<Unit> {
    db.read(us(), |tx| Box::pin(async move { Ok(units::list(tx).await?) })).await.unwrap()
}

fn code<T: std::fmt::Debug>(answer: Result<T, Failure>) -> &'static str {
    match answer {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

#[db_test]
async fn a_unit_is_created_changed_closed_and_opened(db: TestDb) {
    let entropy = Entropy::seeded(1);
    let id: UnitId = entropy.id(NOW);
    let create = CreateUnit { id, facts: facts(" 环境卫生管理所 "), edit: edit(&entropy) };
    db.write(us(), create.clone()).await.unwrap();
    // Sent twice is sent once.
    db.write(us(), create).await.unwrap();
    assert_eq!(list(&db).await.len(), 1);
    let other: UnitId = entropy.id(NOW);
    let same_name = CreateUnit { id: other, facts: facts("环境卫生管理所"), edit: edit(&entropy) };
    assert_eq!(code(db.write(us(), same_name.clone()).await), "unit-name-taken");
    db.write(others(), same_name).await.unwrap();
    let changed = UnitFacts { kind: UnitKind::Enterprise, contact: String::new(), ..facts("供电所") };
    let update = UpdateUnit { id, facts: changed, active: false, edit: edit(&entropy) };
    db.write(us(), update).await.unwrap();
    let unit = db.read(us(), move |tx| Box::pin(async move { Ok(units::by_id(tx, id).await?) })).await;
    let unit = unit.unwrap().unwrap();
    assert_eq!((unit.name.as_str(), unit.kind, unit.active), ("供电所", UnitKind::Enterprise, false));
    let second = CreateUnit { id: other, facts: facts("路灯管理所"), edit: edit(&entropy) };
    db.write(us(), second).await.unwrap();
    let names: Vec<String> = list(&db).await.into_iter().map(|unit| unit.name).collect();
    assert_eq!(names, ["路灯管理所", "供电所"]);
    let clash = UpdateUnit { id, facts: facts("路灯管理所"), active: true, edit: edit(&entropy) };
    assert_eq!(code(db.write(us(), clash).await), "unit-name-taken");
    let open = UpdateUnit { id, facts: facts("供电所"), active: true, edit: edit(&entropy) };
    db.write(us(), open).await.unwrap();
    assert!(list(&db).await.iter().all(|unit| unit.active));
    let stream = journal::Stream::new("unit", id.0);
    let lines = db.read(us(), move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?) })).await;
    assert_eq!(lines.unwrap().len(), 3);
}

#[db_test]
async fn what_breaks_a_rule_is_refused(db: TestDb) {
    let entropy = Entropy::seeded(1);
    let create = |facts: UnitFacts| CreateUnit { id: entropy.id(NOW), facts, edit: edit(&entropy) };
    assert_eq!(code(db.write(us(), create(facts("  "))).await), "unit-name-blank");
    assert_eq!(code(db.write(us(), create(facts(&"长".repeat(41)))).await), "unit-name-long");
    let long = UnitFacts { contact: "1".repeat(61), ..facts("甲") };
    assert_eq!(code(db.write(us(), create(long)).await), "unit-contact-long");
    let longest = UnitFacts { contact: "1".repeat(60), ..facts(&"长".repeat(40)) };
    db.write(us(), create(longest)).await.unwrap();
    let nobody = UpdateUnit { id: entropy.id(NOW), facts: facts("乙"), active: true, edit: edit(&entropy) };
    assert_eq!(code(db.write(us(), nobody).await), "unit-missing");
}

//! Points follow a case: earned, merged, taken apart, held back, left.

use qige_db::testing::{Tampering, TestDb};
use qige_db::{Asker, db_test};
use qige_identity::{FourEyes, Role, Scope};
use qige_kernel::Timestamp;
use qige_points::{PointFault, verify};
use serde_json::{Value, json};

use crate::actors::Actor;
use crate::centre_world::Town;

const RULES: [(&str, &str); 8] = [
    ("on", "true"),
    ("year_budget", "1000"),
    ("report", "5"),
    ("hazard", "20"),
    ("joined", "1"),
    ("day_cap", "30"),
    ("month_cap", "300"),
    ("repeat_days", "7"),
];

/// The rules with some of them otherwise.
fn rules<'a>(otherwise: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let said = |name: &str| otherwise.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    RULES.iter().map(|(name, value)| (*name, said(name).unwrap_or(value))).collect()
}

/// A town with points on, and riders who take part.
struct Scheme {
    town: Town,
    admin: Actor,
    first: Actor,
    second: Actor,
}

impl Scheme {
    async fn new(db: &TestDb, otherwise: &[(&str, &str)]) -> Self {
        let town = Town::new(db).await;
        let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
        admin.get("/admin/points").await.ok();
        admin.post("/admin/points", &rules(otherwise)).await.see("/admin/points");
        let first = town.app.person(Role::Rider, Scope::Tenant).await;
        let second = town.app.person(Role::Rider, Scope::Tenant).await;
        for rider in [&first, &second] {
            take_part(rider).await;
        }
        Self { town, admin, first, second }
    }

    /// The steps so far stand, and what follows from them is done.
    async fn settled(&self) {
        let worker = qige_app::worker(&self.town.app.app);
        for _ in 0..2 {
            worker.run_until_idle().await.unwrap();
            self.town.app.clock.advance(90 * Timestamp::SECOND);
        }
        worker.run_until_idle().await.unwrap();
        assert_eq!(self.faults().await, []);
    }

    /// What `qige verify` would say of the ledger.
    async fn faults(&self) -> Vec<PointFault> {
        let asker = Asker::system(self.town.app.tenant);
        let db = &self.town.app.app.db;
        db.read(asker, |tx| Box::pin(async move { Ok(verify(tx).await?) })).await.unwrap()
    }

    /// The same, in words.
    async fn named(&self) -> Vec<String> {
        let app = &self.town.app.app;
        app.verified(Asker::system(self.town.app.tenant), &[]).await.unwrap().named()
    }

    /// What both have.
    async fn points(&self) -> [i64; 2] {
        self.settled().await;
        [available(&self.first).await, available(&self.second).await]
    }

    async fn give(&self, case: &str, command: &str, body: &Value) {
        self.town.give(&self.town.dispatcher, case, command, body).await.ok();
    }

    async fn file(&self, case: &str) {
        self.give(case, "file", &json!({"matter": "matter-06-012"})).await;
    }
}

async fn take_part(rider: &Actor) {
    rider.get("/me/consents").await.ok();
    let agreed = [("text_version", "1"), ("agreed", "true")];
    rider.post_files("/me/consents/to/points", &agreed, &[]).await.see("/me/consents");
}

async fn available(rider: &Actor) -> i64 {
    rider.get_json("/me/points").await.ok().json()["available"].as_i64().unwrap()
}

#[db_test]
async fn points_follow_a_case_into_another_and_come_back_with_it(db: TestDb) {
    let scheme = Scheme::new(&db, &[]).await;
    let own = scheme.town.reported_as(&scheme.first, &json!({})).await;
    let main = scheme.town.reported_as(&scheme.second, &json!({"words": "又是那个摊位"})).await;
    assert_eq!(scheme.points().await, [0, 0], "nothing is filed yet");
    scheme.file(&own).await;
    scheme.file(&main).await;
    assert_eq!(scheme.points().await, [5, 5]);
    scheme.give(&own, "merge", &json!({"main": main, "reason": "同一件"})).await;
    assert_eq!(scheme.points().await, [5, 1], "who came first is a fact, whichever case leads");
    let page = scheme.second.get("/me/points").await.ok();
    assert!(page.main().contains("−4 分") && page.main().contains("别人先报过"), "{}", page.main());
    scheme.give(&own, "unmerge", &json!({"reason": "是两个"})).await;
    assert_eq!(scheme.points().await, [5, 5]);
    let lines = scheme.second.get_json("/me/points").await.json()["lines"].clone();
    let changes: Vec<i64> =
        lines.as_array().unwrap().iter().map(|line| line["change"].as_i64().unwrap()).collect();
    assert_eq!(changes, [4, -4, 5], "nothing is written over");
    let copy = scheme.second.get_json("/me/data/all").await.ok().json();
    assert_eq!(copy["account"]["points"].as_array().unwrap().len(), 3, "it is part of one's own data");
    // Declined or declared void, it earns nothing; the other one is as it was.
    scheme.town.app.need_two_for(FourEyes::NONE).await;
    let void = scheme.town.give(&scheme.town.supervisor, &own, "void", &json!({"reason": "误报"})).await;
    void.ok();
    assert_eq!(scheme.points().await, [0, 5]);
    let page = scheme.first.get("/me/points").await.ok();
    assert!(page.main().contains("不再是有效案卷"), "{}", page.main());
}

#[db_test]
async fn what_is_taken_back_in_time_moves_no_point(db: TestDb) {
    let scheme = Scheme::new(&db, &[]).await;
    let case = scheme.town.reported_as(&scheme.first, &json!({})).await;
    scheme.file(&case).await;
    scheme.give(&case, "undo", &json!({})).await;
    assert_eq!(scheme.points().await, [0, 0]);
    let page = scheme.first.get_json("/me/points").await.json();
    assert_eq!(page["lines"], json!([]));
}

#[db_test]
async fn one_more_reporter_earns_one_and_a_critical_case_more(db: TestDb) {
    let scheme = Scheme::new(&db, &[]).await;
    let case = scheme.town.reported_as(&scheme.first, &json!({})).await;
    let filed = json!({"matter": "matter-06-012", "urgency": "critical"});
    scheme.give(&case, "file", &filed).await;
    assert_eq!(scheme.points().await, [20, 0]);
    scheme.town.later();
    let joins = json!({
        "matter": "matter-06-012", "words": "我也看到了", "lng": 118.752, "lat": 34.542,
        "accuracy_metres": 12.0, "datum": "wgs84", "photos": [], "joins": case, "solved": false,
    });
    assert_eq!(scheme.second.post_json("/report", &joins).await.status, 201);
    assert_eq!(scheme.points().await, [20, 1]);
}

#[db_test]
async fn what_bounds_points_is_said_beside_each_report(db: TestDb) {
    let scheme = Scheme::new(&db, &[("day_cap", "8")]).await;
    let case = scheme.town.reported_as(&scheme.first, &json!({})).await;
    scheme.file(&case).await;
    // The same place and matter; then others, until the day is full.
    let again = scheme.town.reported_as(&scheme.first, &json!({"words": "第二天的摊位"})).await;
    scheme.file(&again).await;
    assert_eq!(scheme.points().await, [5, 0]);
    let less = scheme.first.get_json("/me/points").await.json()["held_back"].clone();
    assert_eq!(
        (&less[0]["why"], &less[0]["paid"], &less[0]["due"]),
        (&json!("repeat"), &json!(0), &json!(5))
    );
    let far = scheme.town.reported_as(&scheme.first, &json!({"lng": 118.786})).await;
    scheme.file(&far).await;
    assert_eq!(scheme.points().await, [8, 0]);
    let page = scheme.first.get("/me/points").await.ok();
    assert!(page.main().contains("应得 5 分，实得 3 分： 当天已到上限"), "{}", page.main());
}

#[db_test]
async fn a_used_up_budget_ends_it_with_a_word(db: TestDb) {
    let scheme = Scheme::new(&db, &[("year_budget", "6")]).await;
    for rider in [&scheme.first, &scheme.second] {
        let lng = if std::ptr::eq(rider, &scheme.first) { 118.752 } else { 118.786 };
        let case = scheme.town.reported_as(rider, &json!({"lng": lng})).await;
        scheme.file(&case).await;
        scheme.settled().await;
    }
    assert_eq!(scheme.points().await, [5, 1]);
    let page = scheme.second.get("/me/points").await.ok();
    assert!(page.main().contains("本年度积分预算已用完"), "{}", page.main());
    let page = scheme.admin.get("/admin/points").await.ok();
    assert!(page.main().contains("本年度预算 6 分，已发出 6 分"), "{}", page.main());
}

#[db_test]
async fn nobody_has_points_who_does_not_take_part_or_by_people(db: TestDb) {
    let scheme = Scheme::new(&db, &[]).await;
    let case = scheme.town.reported().await;
    scheme.file(&case).await;
    let help = json!({"matter": "matter-90-004", "words": "老人迷路，需要帮助"});
    let about_people = scheme.town.reported_as(&scheme.first, &help).await;
    scheme.give(&about_people, "file", &json!({"matter": "matter-90-004"})).await;
    assert_eq!(scheme.points().await, [0, 0]);
    assert_eq!(available(&scheme.town.rider).await, 0);
    let page = scheme.town.rider.get("/me/points").await.ok();
    assert!(page.main().contains("您没有参加积分"), "{}", page.main());
    // Whoever left earns nothing from then on, and keeps what there is.
    let case = scheme.town.reported_as(&scheme.second, &json!({"lng": 118.786})).await;
    scheme.file(&case).await;
    assert_eq!(scheme.points().await, [0, 5]);
    let consents = scheme.second.get_json("/me/consents").await.ok().json();
    let purposes = consents["purposes"].as_array().unwrap();
    let id = purposes.iter().find_map(|purpose| purpose["holding"][0]["id"].as_str()).unwrap();
    let one = format!("/me/consents/{id}");
    let page = scheme.second.get(&one).await.ok();
    assert!(page.main().contains("不再得分，已得的积分保留"), "{}", page.main());
    scheme.second.post(&format!("{one}/withdraw"), &[]).await.see(&one);
    let case = scheme.town.reported_as(&scheme.second, &json!({"lng": 118.742})).await;
    scheme.file(&case).await;
    assert_eq!(scheme.points().await, [0, 5]);
}

#[db_test]
async fn rules_hold_for_what_is_received_from_then_on(db: TestDb) {
    let scheme = Scheme::new(&db, &[]).await;
    let early = scheme.town.reported_as(&scheme.first, &json!({})).await;
    scheme.town.later();
    scheme.admin.post("/admin/points", &rules(&[("report", "9")])).await.see("/admin/points");
    let late = scheme.town.reported_as(&scheme.second, &json!({"lng": 118.786})).await;
    scheme.file(&early).await;
    scheme.file(&late).await;
    assert_eq!(scheme.points().await, [5, 9]);
    scheme.admin.post("/admin/points", &rules(&[("report", "101")])).await.refused(422, "0 至 100");
    let mut off = rules(&[]);
    off.retain(|(name, _)| *name != "on");
    scheme.admin.get("/admin/points").await.ok();
    scheme.town.later();
    scheme.admin.post("/admin/points", &off).await.see("/admin/points");
    let page = scheme.first.get("/me/points").await.ok();
    assert!(page.main().contains("目前没有开启积分"), "{}", page.main());
    let versions = scheme.admin.get_json("/admin/points").await.json()["versions"].clone();
    assert_eq!(versions.as_array().unwrap().len(), 3);
    scheme.town.dispatcher.get("/admin/points").await.refused(403, "");
}

/// Two riders with points, one report that was held back, one that others said before.
async fn lived(db: &TestDb) -> Scheme {
    let scheme = Scheme::new(db, &[("day_cap", "8")]).await;
    let case = scheme.town.reported_as(&scheme.first, &json!({})).await;
    scheme.file(&case).await;
    let again = scheme.town.reported_as(&scheme.first, &json!({"words": "第二天的摊位"})).await;
    scheme.file(&again).await;
    let far = scheme.town.reported_as(&scheme.second, &json!({"lng": 118.786})).await;
    scheme.file(&far).await;
    let more = scheme.town.reported_as(&scheme.second, &json!({"lng": 118.742})).await;
    scheme.file(&more).await;
    assert_eq!(scheme.points().await, [5, 8]);
    scheme
}

/// Each is done behind the product's back, to a ledger that held until then.
#[db_test]
async fn whatever_is_done_to_the_ledger_is_named(db: TestDb) {
    let scheme = lived(&db).await;
    let other = db.id(9);
    let accounts = [("tenant", other.as_str()), ("account", "'issuance:2031'"), ("balance", "balance + 1")];
    let transfers = [
        ("tenant", other.as_str()),
        ("id", other.as_str()),
        ("from_account", "'issuance:2031'"),
        ("to_account", "'issuance:2031'"),
        ("amount", "amount + 1"),
        ("person", other.as_str()),
        ("case_id", other.as_str()),
        ("why", "'hazard'"),
        ("rule_version", "rule_version + 1"),
        ("at", "at + 1"),
        ("seq", "9"),
    ];
    let claims = [
        ("tenant", other.as_str()),
        ("person", other.as_str()),
        ("case_id", other.as_str()),
        ("at", "at + 1"),
        ("due", "due + 1"),
        ("paid", "paid + 1"),
        ("written_off", "written_off + 1"),
        ("held_back", "CASE WHEN held_back = 'budget' THEN NULL ELSE 'budget' END"),
    ];
    let available = "account LIKE 'available:%'";
    for (table, key, among, spare, changes, fresh) in [
        // Nothing in an account that nothing ever went into is no harm, and is named all the same.
        ("point_accounts", "account", available, "'issuance:2032'", &accounts[..], &[("balance", "0")][..]),
        ("point_transfers", "id", "TRUE", &other, &transfers, &[("seq", "7")]),
        ("point_claims", "case_id", "TRUE", &other, &claims, &[("paid", "0"), ("written_off", "0")]),
    ] {
        let tampering = Tampering { table, key, among, spare: spare.to_owned(), changes, fresh };
        for way in db.ways_to_tamper(&tampering).await {
            db.tamper(&way.sql).await;
            let named = scheme.named().await;
            let (table, what) = (tampering.table, &way.what);
            assert!(named.iter().any(|fault| fault.starts_with("points")), "{table} {what}: {named:?}");
            db.put_back(table).await;
            assert_eq!(scheme.faults().await, [], "{table} {what}");
        }
    }
    db.tamper("DELETE FROM point_accounts WHERE account LIKE 'issuance:%'").await;
    assert_eq!(scheme.faults().await.len(), 1, "where all points come from");
    db.put_back("point_accounts").await;
    // What the journal says of them belongs to it, too.
    for stream in ["points", "claims"] {
        db.tamper(&format!("DELETE FROM journal WHERE stream = '{stream}'")).await;
        assert!(scheme.faults().await.len() > 1, "{stream}");
    }
}

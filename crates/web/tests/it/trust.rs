//! Sensitive fields under lock, and who opened them.

use qige_db::testing::{Tampering, TestDb};
use qige_db::{Asker, db_test};
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::Value;

use crate::actors::{Actor, PASSWORD, TestApp};

const NUMBER: &str = "13812345678";

struct World {
    app: TestApp,
    admin: Actor,
    security: Actor,
    auditor: Actor,
    /// The page of the person with the number.
    path: String,
}

impl World {
    async fn new(db: &TestDb) -> Self {
        let app = TestApp::new(db).await;
        let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
        let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
        let auditor = app.person(Role::Auditor, Scope::Tenant).await;
        let page = admin.post("/admin/people", &[("name", "骑手 0017"), ("phone", NUMBER)]).await.ok();
        let id =
            page.body.split("href=\"/admin/people/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        Self { app, admin, security, auditor, path: format!("/admin/people/{id}") }
    }

    fn id(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }

    /// The person, signed in by number.
    async fn rider(&self) -> Actor {
        let fields = [("password", "")];
        let page = self.security.post(&format!("{}/password", self.path), &fields).await.ok();
        let password = page.body.split("<code>").nth(1).unwrap().split("</code>").next().unwrap().to_owned();
        let rider = self.app.stranger();
        rider.sign_in(NUMBER, &password).await.see("/");
        let own = [("old_password", password.as_str()), ("new_password", "雨停了路面还湿着")];
        rider.post("/me/password", &own).await.see("/");
        rider
    }

    async fn work(&self) {
        qige_app::worker(&self.app.app).run_until_idle().await.unwrap();
    }
}

#[db_test]
async fn whoever_comes_by_the_database_reads_no_number(db: TestDb) {
    let world = World::new(&db).await;
    assert!(world.admin.get(&world.path).await.ok().body.contains(NUMBER));
    let everything = db.everything().await;
    assert!(everything.holds("骑手 0017"), "the name is there: the right thing was searched");
    for part in [NUMBER, "+86138", "12345678"] {
        assert!(!everything.holds(part), "{part} lies in the database in clear");
    }
}

#[db_test]
async fn a_number_is_found_and_shown_to_those_who_may_and_each_look_is_noted(db: TestDb) {
    let world = World::new(&db).await;
    let list = world.admin.get("/admin/people?q=138-1234-5678").await.ok();
    assert!(list.main().contains("骑手 0017") && list.main().contains("138****5678"), "{}", list.main());
    assert!(!world.security.get(&world.path).await.ok().body.contains(NUMBER));
    world.admin.get(&world.path).await.ok();
    // Once for the list, once for the page, whoever else looked saw nothing.
    let log = world.auditor.get_json(&format!("/admin/access?of={}", world.id())).await.ok().json();
    let told: Vec<_> =
        log["readings"].as_array().unwrap().iter().map(|line| line["purpose"].clone()).collect();
    assert_eq!(told, ["look-after-account", "list-people"]);
    let page = world.auditor.get("/admin/access").await.ok();
    assert!(page.main().contains("骑手 0017\n手机号\n管理账号"), "{}", page.main());
    // Whoever takes the log out stands in it too.
    let file = world.auditor.get("/admin/access.csv").await.ok();
    assert_eq!(file.body.lines().count(), 4, "{}", file.body);
    for wrong in ["/admin/access?from=yesterday", "/admin/access?after=1.2"] {
        let status = world.auditor.get(wrong).await.status;
        assert!(status.is_client_error(), "{wrong}: {status}");
    }
    // The person sees the same, and nobody else may.
    let rider = world.rider().await;
    let own = rider.get("/me/access").await.ok();
    assert!(own.main().contains("管理账号"), "{}", own.main());
    assert!(world.admin.get("/me/access").await.ok().main().contains("还没有人看过"));
    for stranger in [&world.admin, &world.security, &rider] {
        stranger.get("/admin/access").await.refused(403, "");
        stranger.get("/admin/access.xlsx").await.refused(403, "");
    }
}

#[db_test]
async fn a_key_is_renewed_and_nobody_notices(db: TestDb) {
    let world = World::new(&db).await;
    let page = world.security.get("/admin/keys").await.ok();
    assert!(page.main().contains("手机号\n1\naes-256-gcm"), "{}", page.main());
    for other in [&world.admin, &world.auditor] {
        other.get("/admin/keys").await.refused(403, "");
        other.post("/admin/keys/renew", &[("class", "contact")]).await.refused(403, "");
    }
    for class in ["contact", "index"] {
        world.security.post("/admin/keys/renew", &[("class", class)]).await.see("/admin/keys");
        world.rider().await;
        world.work().await;
        world.rider().await;
    }
    world.app.clock.advance(2 * Timestamp::DAY);
    world.security.sign_in(&world.security.account, PASSWORD).await.see("/");
    world.work().await;
    let keys = world.security.get_json("/admin/keys").await.ok().json();
    let renewed = |key: &&Value| key["class"] == "contact" || key["class"] == "index";
    let keys = keys["keys"].as_array().unwrap().iter().filter(renewed);
    let keys: Vec<_> = keys.map(|key| key["version"].clone()).collect();
    assert_eq!(keys, [2, 2], "the old ones are gone");
    world.rider().await;
    world.security.post("/admin/keys/renew", &[("class", "nothing")]).await.refused(422, "");
}

#[db_test]
async fn auditors_are_told_of_unusual_reading_once(db: TestDb) {
    let world = World::new(&db).await;
    let limits = |people| {
        [("people_an_hour", people), ("looks_a_week", "2"), ("from_hour", "8"), ("until_hour", "18")]
    };
    world.security.post("/admin/keys/limits", &limits("0")).await.refused(422, "1 到");
    let upside_down =
        [("people_an_hour", "1"), ("looks_a_week", "2"), ("from_hour", "18"), ("until_hour", "8")];
    world.security.post("/admin/keys/limits", &upside_down).await.refused(422, "整点");
    world.security.post("/admin/keys/limits", &limits("1")).await.see("/admin/keys");
    world.work().await;
    let second = [("name", "骑手 0018"), ("phone", "13812345679")];
    world.admin.post("/admin/people", &second).await.ok();
    world.admin.get("/admin/people").await.ok();
    world.app.clock.advance(65 * Timestamp::MINUTE);
    for _ in 0..2 {
        world.work().await;
    }
    let notices = world.auditor.get("/notices").await.ok();
    let told = notices.main().matches("一小时内查阅了 2 人的信息").count();
    assert_eq!(told, 1, "{}", notices.main());
    // At nine in the evening one is enough.
    world.app.clock.advance(10 * Timestamp::HOUR);
    world.admin.get(&world.path).await.ok();
    world.app.clock.advance(Timestamp::HOUR);
    world.work().await;
    let notices = world.auditor.get("/notices").await.ok();
    assert!(notices.main().contains("在非工作时间查阅了 1 人的信息"), "{}", notices.main());
}

impl World {
    /// Days go by; each night a root is made.
    async fn nights(&self, count: usize) {
        for _ in 0..count {
            self.app.clock.advance(Timestamp::DAY);
            self.work().await;
        }
        self.auditor.sign_in(&self.auditor.account, PASSWORD).await.see("/");
    }

    /// What `qige verify` names.
    async fn named(&self) -> Vec<String> {
        self.app.app.verified(Asker::system(self.app.tenant), &[]).await.unwrap().named()
    }

    async fn checked(&self) -> String {
        self.auditor.post("/admin/journal/verify", &[]).await.ok().main()
    }
}

#[db_test]
async fn what_is_cut_off_the_journal_is_seen_by_its_root_and_stays_named(db: TestDb) {
    let world = World::new(&db).await;
    let page = world.checked().await;
    assert!(page.contains("每日根值\n还没有"), "{page}");
    world.work().await;
    world.admin.get(&world.path).await.ok();
    world.nights(1).await;
    let page = world.checked().await;
    assert!(page.contains("每日根值\n相符；截至"), "{page}");
    let root = world.auditor.get_json("/admin/journal").await.ok().json()["roots"][0]["text"].clone();
    let file = db.folder().join("roots/main/2026-09-24-1.txt");
    assert_eq!(std::fs::read_to_string(file).unwrap(), root.as_str().unwrap(), "the same lies beside it");
    // The end of a stream, and the row with it: chains and rows fit each other.
    for table in ["readings", "journal"] {
        let of = if table == "journal" { " WHERE stream = 'access'" } else { "" };
        db.tamper(&format!("DELETE FROM {table}{of}")).await;
    }
    let named = world.named().await;
    assert!(named.len() == 1 && named[0].contains("the journal does not come to it"), "{named:?}");
    let page = world.checked().await;
    assert!(page.contains("第 1 个根值") && page.contains("日志与它不符"), "{page}");
    // The night after, the journal is signed as it is now; that it did not hold stays named, every night.
    for _ in 0..2 {
        world.nights(1).await;
        let named = world.named().await;
        assert!(named.len() == 1 && named[0].starts_with("root 1 of 2026-09-24"), "{named:?}");
        assert!(named[0].ends_with("the night after, the journal did not come to it any more"), "{named:?}");
        let page = world.checked().await;
        assert!(page.contains("它的第二晚，日志已与它不符"), "{page}");
    }
    let notices = world.auditor.get("/notices").await.ok();
    let told = notices.main().matches("日志与已签名的根值不符").count();
    assert_eq!(told, 1, "once: {}", notices.main());
}

/// Each is done behind the product's back, to roots that held until then.
#[db_test]
async fn whatever_is_done_to_the_roots_is_named(db: TestDb) {
    let world = World::new(&db).await;
    world.work().await;
    world.nights(3).await;
    assert_eq!(world.named().await, [""; 0]);
    let other = db.id(9);
    let changes = [
        ("tenant", other.as_str()),
        ("number", "98"),
        ("made_at", "made_at + 1"),
        ("until", "until + 1"),
        ("streams", "streams + 1"),
        ("lines", "lines + 1"),
        ("root", "before"),
        ("before", "root"),
        ("holds", "NOT holds"),
        ("public_key", "root"),
        ("signature", "root"),
    ];
    let tampering = Tampering {
        table: "journal_roots",
        key: "number",
        among: "TRUE",
        spare: "99".to_owned(),
        changes: &changes,
        fresh: &[],
    };
    for way in db.ways_to_tamper(&tampering).await {
        db.tamper(&way.sql).await;
        let named = world.named().await;
        let expected = match way.what.as_str() {
            "tenant" | "number" => "root 1: it is not there",
            "public_key" => "signed by a key that is not known",
            "row" if way.sql.contains("DELETE") => "root 1: it is not there",
            _ => "it is not signed as it stands",
        };
        assert!(named.iter().any(|fault| fault.contains(expected)), "{}: {named:?}", way.what);
        db.put_back("journal_roots").await;
        assert_eq!(world.named().await, [""; 0], "{}", way.what);
    }
    // All of them: the journal knows; what it knows too: the files do, and chains that begin anew are no
    // help.
    db.tamper("DELETE FROM journal_roots").await;
    assert_eq!(missing(&world.named().await), 6, "three by the journal, three by their files");
    db.tamper("DELETE FROM journal WHERE stream = 'root'").await;
    assert_eq!(missing(&world.named().await), 3);
    db.put_back("journal_roots").await;
    world.nights(1).await;
    let named = world.named().await;
    let unsaid = named.iter().filter(|fault| fault.ends_with("the journal does not say that it was kept"));
    assert_eq!(unsaid.count(), 3, "{named:?}");
    db.tamper("DELETE FROM journal_roots WHERE number < 4").await;
    assert_eq!(missing(&world.named().await), 6, "the fourth follows three");
}

fn missing(named: &[String]) -> usize {
    named.iter().filter(|fault| fault.starts_with("root") && fault.ends_with(": it is not there")).count()
}

#[db_test]
async fn roots_under_an_older_key_are_still_checked(db: TestDb) {
    let world = World::new(&db).await;
    world.work().await;
    world.nights(1).await;
    world.security.sign_in(&world.security.account, PASSWORD).await.see("/");
    world.security.get("/admin/keys").await.ok();
    world.security.post("/admin/keys/renew", &[("class", "root")]).await.see("/admin/keys");
    world.nights(3).await;
    let verified = world.app.app.verified(Asker::system(world.app.tenant), &[]).await.unwrap();
    assert_eq!(verified.named(), [""; 0]);
    let from: Vec<i64> = verified.rooted.signers.iter().map(|(number, _)| *number).collect();
    assert_eq!(
        (verified.rooted.kept, verified.rooted.files, from),
        (4, 4, vec![1, 2]),
        "it is said since when"
    );
    // Whoever trusts one key only is told of what the other signed.
    let (_, newer) = verified.rooted.signers[1];
    let named = world.app.app.verified(Asker::system(world.app.tenant), &[newer]).await.unwrap().named();
    assert!(named.len() == 1 && named[0].contains("signed by a key that is not known"), "{named:?}");
}

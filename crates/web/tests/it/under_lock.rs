//! What proves a consent is kept under lock, and the logs of who came in and what was sent.

use std::path::{Path, PathBuf};

use qige_blobs::{ObjectKey, Variant};
use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{FourEyes, KeyClass, Role, Scope};
use qige_kernel::{ObjectId, Timestamp};
use serde_json::{Value, json};

use crate::actors::{Actor, PASSWORD, TestApp};

/// What a guardian signed, as nobody else should read it.
const PLANTED: &[u8] = b"%PDF-1.7 planted: the guardian of the child at number seven";

/// The files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn lies_in_clear(folder: &Path) -> bool {
    let holds = |bytes: Vec<u8>| bytes.windows(PLANTED.len()).any(|part| part == PLANTED);
    files(folder).into_iter().any(|file| holds(std::fs::read(file).unwrap()))
}

struct World {
    app: TestApp,
    admin: Actor,
    security: Actor,
    rider: Actor,
    /// Where staff look at the scan.
    proof: String,
}

impl World {
    /// A rider whose consent on paper was written down.
    async fn new(db: &TestDb) -> Self {
        let app = TestApp::new(db).await;
        let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
        let security = app.person(Role::SecurityAdmin, Scope::Tenant).await;
        let rider = app.person(Role::Rider, Scope::Tenant).await;
        let list = format!("/admin/people/{}/consents", rider.id.unwrap());
        admin.get(&list).await.ok();
        let fields = [("text_version", "1"), ("scope", "tenant")];
        let scan = [("scan", "a.pdf", PLANTED)];
        admin.post_files(&format!("{list}/to/call-back"), &fields, &scan).await.see(&list);
        let page = admin.get_json(&list).await.ok().json();
        let consent = page["purposes"][0]["holding"][0]["id"].as_str().unwrap();
        Self { proof: format!("{list}/{consent}/proof"), app, admin, security, rider }
    }

    async fn work(&self) {
        qige_app::worker(&self.app.app).run_until_idle().await.unwrap();
    }

    async fn next_night(&self) {
        self.work().await;
        self.app.clock.advance(Timestamp::DAY);
        self.work().await;
        self.admin.sign_in(&self.admin.account, PASSWORD).await.see("/");
    }

    async fn versions(&self) -> Vec<i64> {
        self.security.sign_in(&self.security.account, PASSWORD).await.see("/");
        let keys = self.security.get_json("/admin/keys").await.ok().json();
        let of_proofs = |key: &&Value| key["class"] == json!(KeyClass::Proof);
        let keys = keys["keys"].as_array().unwrap().iter().filter(of_proofs);
        keys.map(|key| key["version"].as_i64().unwrap()).collect()
    }
}

#[db_test]
async fn whoever_comes_by_the_folder_of_objects_reads_no_proof(db: TestDb) {
    let world = World::new(&db).await;
    assert_eq!(world.admin.get(&world.proof).await.ok().bytes, PLANTED, "whoever may, reads it");
    assert!(!files(db.folder()).is_empty() && !lies_in_clear(db.folder()), "it lies there in clear");
    let own = world.rider.get_json("/me/consents").await.ok().json();
    let consent = own["purposes"][0]["holding"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.rider.get(&format!("/me/consents/{consent}/proof")).await.ok().bytes, PLANTED);
    // The file of one's own data has it, opened.
    let file = world.rider.get("/me/data.zip").await.ok();
    let name = format!("proofs/{consent}.pdf");
    assert!(file.bytes.windows(PLANTED.len()).any(|part| part == PLANTED));
    assert!(file.bytes.windows(name.len()).any(|part| part == name.as_bytes()));
    // It was copied from another row: it does not open there.
    let sealed =
        files(db.folder()).into_iter().find(|file| file.extension().is_some_and(|end| end == "full"));
    let sealed = sealed.unwrap();
    let mut bent = std::fs::read(&sealed).unwrap();
    *bent.last_mut().unwrap() ^= 1;
    std::fs::write(&sealed, bent).unwrap();
    world.admin.get(&world.proof).await.refused(503, "");
}

#[db_test]
async fn proofs_from_before_are_read_and_sealed_by_night_and_follow_new_keys(db: TestDb) {
    let world = World::new(&db).await;
    let kept = files(db.folder()).into_iter().find(|file| file.extension().is_some_and(|end| end == "full"));
    let kept = kept.unwrap();
    let object: ObjectId = kept.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    let key = ObjectKey { tenant: world.app.tenant, object, variant: Variant::Full };
    world.app.app.store.put(key, PLANTED.to_vec()).await.unwrap();
    assert!(lies_in_clear(db.folder()));
    assert_eq!(world.admin.get(&world.proof).await.ok().bytes, PLANTED, "it is read as it is");
    world.next_night().await;
    assert!(!lies_in_clear(db.folder()), "the night has sealed it");
    assert_eq!(world.admin.get(&world.proof).await.ok().bytes, PLANTED);
    let first = std::fs::read(&kept).unwrap();
    world.next_night().await;
    assert_eq!(std::fs::read(&kept).unwrap(), first, "once is enough");

    assert_eq!(world.versions().await, [1]);
    world.security.post("/admin/keys/renew", &[("class", "proof")]).await.see("/admin/keys");
    world.work().await;
    assert_ne!(std::fs::read(&kept).unwrap(), first);
    world.app.clock.advance(Timestamp::DAY);
    world.next_night().await;
    assert_eq!(world.versions().await, [2], "the old key is gone");
    assert_eq!(world.admin.get(&world.proof).await.ok().bytes, PLANTED);
}

#[db_test]
async fn who_came_in_is_a_log_for_oneself_and_the_auditor(db: TestDb) {
    let app = TestApp::new(&db).await;
    let rider = app.person(Role::Rider, Scope::Tenant).await;
    let auditor = app.person(Role::Auditor, Scope::Tenant).await;
    let admin = app.person(Role::TenantAdmin, Scope::Tenant).await;
    app.clock.advance(Timestamp::MINUTE);
    rider.sign_in(&rider.account, PASSWORD).await.see("/");
    let own = rider.get("/me/sign-ins").await.ok();
    assert_eq!(own.main().matches("密码").count(), 3, "two, and the advice: {}", own.main());
    let all = auditor.get_json("/admin/sign-ins").await.ok().json();
    let of_rider = all["sign_ins"].as_array().unwrap().iter().filter(|one| one["person"] == json!(rider.id));
    let how: Vec<_> = of_rider.map(|one| one["how"].clone()).collect();
    assert_eq!(how, ["password", "password"]);
    assert_eq!(all["sign_ins"][0]["person"], json!(rider.id), "the latest first");
    for other in [&admin, &rider] {
        other.get("/admin/sign-ins").await.refused(403, "");
        other.get("/admin/sign-ins.csv").await.refused(403, "");
    }
    for wrong in ["/me/sign-ins?after=1", "/admin/sign-ins?after=x.y"] {
        auditor.get(wrong).await.refused(404, "");
    }
    app.need_two_for(FourEyes::default()).await;
    auditor.get("/admin/sign-ins.csv").await.refused(403, "双人复核");
    app.need_two_for(FourEyes::NONE).await;
    assert!(auditor.get("/admin/sign-ins.csv").await.ok().body.contains(&rider.account));
    assert!(auditor.get("/admin/access").await.ok().main().contains("整份清单"), "the file is in the log");
    // Half a year, and no day less: the session itself is long gone.
    let work = async || qige_app::worker(&app.app).run_until_idle().await.unwrap();
    for rule in [("182", 422), ("183", 303)] {
        let fields = [("days", rule.0), ("action", "erase")];
        for class in ["sign-in-log", "deliveries"] {
            let path = format!("/admin/retention/{class}");
            assert_eq!(admin.post(&path, &fields).await.status.as_u16(), rule.1, "{class}");
        }
    }
    work().await;
    app.clock.advance(182 * Timestamp::DAY);
    work().await;
    auditor.sign_in(&auditor.account, PASSWORD).await.see("/");
    let names = async || {
        let page = auditor.get_json("/admin/sign-ins").await.ok().json();
        page["sign_ins"].as_array().unwrap().iter().filter(|one| one["person"] == json!(rider.id)).count()
    };
    assert_eq!(names().await, 2);
    app.clock.advance(2 * Timestamp::DAY);
    work().await;
    auditor.sign_in(&auditor.account, PASSWORD).await.see("/");
    assert_eq!(names().await, 0);
}

//! Consents: given, shown, withdrawn; what needs one does not go without.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_kernel::Timestamp;
use serde_json::{Value, json};

use crate::actors::{Actor, Answer};
use crate::centre_world::Town;
use crate::rider_world::{jpeg, reported_by_stranger};

const GIVE: &str = "/me/consents/to/call-back";

/// A rider with a number, signed in.
async fn rider_with_number(town: &Town, admin: &Actor) -> Actor {
    let rider = town.app.person(Role::Rider, Scope::Tenant).await;
    let path = format!("/admin/people/{}", rider.id.unwrap());
    let called = [("name", "骑手 0017"), ("phone", "13812345678")];
    admin.post(&path, &called).await.see(&path);
    rider
}

async fn agree(who: &Actor) -> Answer {
    who.get("/me/consents").await.ok();
    who.post_files(GIVE, &[("text_version", "1"), ("agreed", "true")], &[]).await
}

/// The consent that holds, by the page that shows it.
async fn held(who: &Actor, page: &str) -> String {
    let json = who.get_json(page).await.ok().json();
    json["purposes"][0]["holding"][0]["id"].as_str().unwrap().to_owned()
}

/// Where the centre asks for a reporter's number, and the report.
async fn number_of(town: &Town, case: &str) -> String {
    let page = town.dispatcher.get_json(&format!("/cases/{case}")).await.ok().json();
    format!("/cases/{case}/reports/{}/number", page["reports"][0]["id"].as_str().unwrap())
}

#[db_test]
async fn a_reporter_is_called_back_only_while_they_consent(db: TestDb) {
    let town = Town::new(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    let rider = rider_with_number(&town, &admin).await;
    let case = town.reported_as(&rider, &json!({})).await;
    let (number, page) = (number_of(&town, &case).await, format!("/cases/{case}"));
    assert!(!town.dispatcher.get(&page).await.ok().body.contains(&number));
    town.dispatcher.post(&number, &[]).await.refused(403, "本人的有效同意");
    rider.get("/me/consents").await.ok();
    let silent = rider.post_files(GIVE, &[("text_version", "1")], &[]).await;
    silent.refused(422, "我已阅读并同意");
    rider.post_files(GIVE, &[("text_version", "7"), ("agreed", "true")], &[]).await.refused(409, "重新阅读");
    agree(&rider).await.see("/me/consents");
    assert!(town.dispatcher.get(&page).await.ok().body.contains(&number));
    let shown = town.dispatcher.post(&number, &[]).await.ok();
    assert!(shown.main().contains("骑手 0017\n+8613812345678"), "{}", shown.main());
    // Neither others of the staff nor the unit, and the rider sees that it was opened.
    for other in [&town.handler, &town.worker, &admin] {
        other.post(&number, &[]).await.refused(403, "");
    }
    let seen = rider.get("/me/access").await.ok();
    assert!(seen.main().contains("联系本人"), "{}", seen.main());
    let one = format!("/me/consents/{}", held(&rider, "/me/consents").await);
    let before = rider.get(&one).await.ok();
    assert!(before.main().contains("撤回后会怎样\n网格中心不能再打开"), "{}", before.main());
    town.rider.get(&one).await.refused(404, "");
    town.rider.post(&format!("{one}/withdraw"), &[]).await.refused(404, "");
    rider.post(&format!("{one}/withdraw"), &[]).await.see(&one);
    let after = rider.get(&one).await.ok();
    assert!(after.main().contains("结束时做了什么\n网格中心不能再打开"), "{}", after.main());
    town.dispatcher.post(&number, &[]).await.refused(403, "本人的有效同意");
    let list = rider.get("/me/consents").await.ok();
    assert!(list.main().contains("已撤回"), "{}", list.main());
}

#[db_test]
async fn whoever_has_no_account_leaves_a_number_and_takes_it_away(db: TestDb) {
    let town = Town::new(&db).await;
    let stranger = town.app.stranger();
    let code = reported_by_stranger(&stranger).await;
    let page = format!("/follow/{code}");
    assert!(stranger.get(&page).await.ok().body.contains(&format!("{page}/call")));
    let here = format!("{page}/call");
    stranger.get(&here).await.ok();
    let fields = |phone, agreed| [("text_version", "1"), ("phone", phone), ("agreed", agreed)];
    stranger.post(&here, &fields("13812345678", "")).await.refused(422, "我已阅读并同意");
    stranger.post(&here, &fields("119", "true")).await.refused(422, "");
    stranger.post(&here, &fields("13812345678", "true")).await.see(&here);
    let cases = town.dispatcher.get_json("/cases").await.ok().json();
    let case = cases["rows"][0]["id"].as_str().unwrap().to_owned();
    let number = number_of(&town, &case).await;
    let shown = town.dispatcher.post(&number, &[]).await.ok();
    assert!(shown.main().contains("+8613812345678"), "{}", shown.main());
    let told = stranger.get(&here).await.ok();
    assert!(told.main().contains("谁打开过这个号码") && !told.body.contains("dispatcher"), "{}", told.main());
    // Searched while it is kept, and again when it was taken away.
    let nowhere = async || {
        let everything = db.everything().await;
        assert!(everything.holds("摊位占了半条路"), "the report is there: the right thing was searched");
        assert!(!everything.holds("13812345678"), "the number lies in clear");
    };
    nowhere().await;
    stranger.post(&format!("{here}/withdraw"), &[]).await.see(&here);
    town.dispatcher.post(&number, &[]).await.refused(403, "本人的有效同意");
    nowhere().await;
}

#[db_test]
async fn paper_is_written_down_by_staff_for_a_guardian_too(db: TestDb) {
    let town = Town::new(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    let rider = town.app.person(Role::Rider, Scope::Tenant).await;
    let list = format!("/admin/people/{}/consents", rider.id.unwrap());
    let give = format!("{list}/to/call-back");
    let photo = jpeg(90);
    let scan = [("scan", "a.jpg", photo.as_slice())];
    let fields = [("text_version", "1"), ("scope", "tenant")];
    admin.get(&list).await.ok();
    admin.post_files(&give, &fields, &[]).await.refused(422, "扫描件");
    let guarded = [fields.as_slice(), &[("guardian", "家长 01")]].concat();
    admin.post_files(&give, &guarded, &scan).await.refused(422, "只能由本人给出");
    admin.post_files(&give, &fields, &[("scan", "a.txt", b"hello")]).await.refused(422, "只接收");
    admin.post_files(&give, &fields, &scan).await.see(&list);
    let own = format!("/me/consents/{}", held(&rider, "/me/consents").await);
    assert!(rider.get(&own).await.ok().main().contains("纸质扫描件"));
    let proof = rider.get(&format!("{own}/proof")).await.ok();
    assert_eq!(proof.header("content-type"), "image/jpeg");
    let one = format!("{list}/{}", held(&admin, &list).await);
    assert!(
        rider.get("/me/access").await.ok().main().contains("还没有人看过"),
        "one's own look is not noted"
    );
    town.supervisor.get(&format!("{one}/proof")).await.ok();
    let log = rider.get("/me/access").await.ok();
    assert!(log.main().contains("值班长") && log.main().contains("同意的签名与扫描件"), "{}", log.main());
    for other in [&town.dispatcher, &town.rider, &town.worker] {
        other.get(&one).await.refused(403, "");
        other.get(&format!("{one}/proof")).await.refused(403, "");
    }
    town.rider.get(&format!("{own}/proof")).await.refused(404, "");
    admin.get(&list).await.ok();
    let mine = format!("/admin/people/{}/consents", admin.id.unwrap());
    admin.post_files(&format!("{mine}/to/call-back"), &fields, &scan).await.refused(403, "我的知情同意");
    town.supervisor.post(&format!("{one}/withdraw"), &[]).await.see(&one);
    assert!(rider.get(&own).await.ok().main().contains("已撤回"));
    // One of the subdistrict's own, which a guardian may give.
    admin.post("/admin/consents", &words("summer-class", true)).await.see("/admin/consents/summer-class");
    admin.get(&list).await.ok();
    admin.post_files(&format!("{list}/to/summer-class"), &guarded, &scan).await.see(&list);
    let cards: Value = admin.get_json(&list).await.ok().json();
    let id = cards["purposes"][1]["holding"][0]["id"].as_str().unwrap().to_owned();
    let page = admin.get(&format!("{list}/{id}")).await.ok();
    assert!(page.main().contains("监护人\n家长 01"), "{}", page.main());
    assert!(rider.get("/me/access").await.ok().main().contains("查看是谁给出的同意"));
    assert!(!rider.get(&format!("/me/consents/{id}")).await.ok().body.contains("家长 01"));
}

pub(crate) fn words(purpose: &'static str, guardian: bool) -> Vec<(&'static str, &'static str)> {
    let mut fields = vec![("purpose", purpose), ("term_days", "60")];
    for name in ["zh_name", "zh_text", "zh_done", "zh_ends", "en_name", "en_text", "en_done", "en_ends"] {
        fields.push((name, "暑托班 Summer class"));
    }
    if guardian {
        fields.push(("guardian", "true"));
    }
    fields
}

#[db_test]
async fn a_renewed_text_is_looked_at_first_and_asks_again(db: TestDb) {
    let town = Town::new(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    let rider = rider_with_number(&town, &admin).await;
    agree(&rider).await.see("/me/consents");
    let list = admin.get("/admin/consents").await.ok();
    assert!(list.main().contains("电话回访\n1\n有效 365 天\n1"), "{}", list.main());
    let here = "/admin/consents/call-back";
    let text = |after, term| {
        let mut fields = words("call-back", false);
        fields.retain(|(name, _)| !["purpose", "term_days"].contains(name));
        fields.extend([("after", after), ("term_days", term), ("asks_again", "true")]);
        fields
    };
    admin.get(here).await.ok();
    let looked = admin.post(&format!("{here}/preview"), &text("1", "30")).await.ok();
    assert!(looked.main().contains("预览（尚未保存）\n暑托班 Summer class"), "{}", looked.main());
    admin.post(here, &text("1", "0")).await.refused(422, "1 到 1827");
    admin.post(here, &text("0", "30")).await.refused(422, "");
    admin.post("/admin/consents", &words("Summer", false)).await.refused(422, "小写字母");
    admin.post("/admin/consents", &words("call-back", false)).await.refused(422, "已经有");
    admin.get(here).await.ok();
    admin.post(here, &text("1", "30")).await.see(here);
    admin.post(here, &text("1", "30")).await.refused(409, "重新阅读");
    for other in [&town.supervisor, &town.dispatcher, &rider] {
        other.get(here).await.refused(403, "");
    }
    let again = rider.get("/me/consents").await.ok();
    assert!(again.main().contains("请重新阅读后决定"), "{}", again.main());
    let work = || async { qige_app::worker(&town.app.app).run_until_idle().await.unwrap() };
    work().await;
    town.app.clock.advance(2 * Timestamp::HOUR);
    work().await;
    town.app.clock.advance(Timestamp::HOUR);
    work().await;
    let notices = rider.get("/notices").await.ok();
    let told = notices.main().matches("原来的同意已失效").count();
    assert_eq!(told, 1, "{}", notices.main());
    let fields = [("text_version", "2"), ("agreed", "true")];
    let signature = [("signature", "signature.png", &jpeg(90)[..])];
    rider.post_files(GIVE, &fields, &signature).await.see("/me/consents");
    let one = format!("/me/consents/{}", held(&rider, "/me/consents").await);
    assert!(rider.get(&one).await.ok().main().contains("屏幕签名"));
    admin.get("/admin/consents/no-such").await.refused(404, "");
}

//! From nothing to the first sign-in.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_places::{PlaceKind, store};

use crate::actors::TestApp;

#[db_test]
async fn three_steps_lead_to_the_first_sign_in(db: TestDb) {
    let app = TestApp::bare(&db, |_| {}).await;
    let somebody = app.stranger();
    somebody.get("/sign-in").await.see("/setup");
    somebody.get_json("/me").await.refused(503, "not-set-up");
    assert!(somebody.get("/setup").await.ok().text().contains("设置码"));
    let wrong = [("setup_code", "000"), ("name", "牛山街道"), ("code", "320722001")];
    let refused = somebody.post("/setup", &wrong).await.refused(403, "设置码不对");
    assert!(refused.body.contains("value=\"牛山街道\""));
    let code = app.state.setup_token().to_string();
    let right = [("setup_code", code.as_str()), ("name", "牛山街道"), ("code", "320722001")];
    somebody.post("/setup", &right).await.see("/setup");

    let page = somebody.get("/setup").await.ok();
    assert!(page.text().contains("已按行政区划代码带出名单"), "{}", page.text());
    let list = page.body.split_once("<textarea").unwrap().1.split_once('>').unwrap().1.to_owned();
    let list = list.split_once("</textarea>").unwrap().0.to_owned();
    app.stranger().post("/setup/communities", &[("list", &list)]).await.refused(403, "设置码");
    somebody.post("/setup/communities", &[("list", "12,x")]).await.refused(422, "");
    somebody.post("/setup/communities", &[("list", &list)]).await.see("/setup?step=people");

    let page = somebody.get("/setup?step=people").await.ok();
    assert!(page.text().contains("已有 41 个社区和村。"), "{}", page.text());
    let mut fields = vec![
        ("tenant_admin.name", "系统管理员 01"),
        ("tenant_admin.account", "admin01"),
        ("tenant_admin.password", "a street with trees"),
        ("security_admin.name", "安全管理员 01"),
        ("security_admin.account", "138 0000 0001"),
        ("security_admin.password", "12345678"),
    ];
    let refused = somebody.post("/setup/people", &fields).await.refused(422, "最先会试的");
    assert!(refused.body.contains("f-security_admin.password-error"), "{}", refused.body);
    fields[5].1 = "another street with trees";
    assert!(refused.body.contains("value=\"安全管理员 01\""), "dotted fields are still there");
    somebody.post("/setup/people", &fields).await.see("/sign-in?next=/");
    assert!(somebody.get("/sign-in").await.text().contains("设置完成"));
    somebody.get("/setup").await.refused(404, "没有这个页面");
    somebody.sign_in("admin01", "a street with trees").await.see("/");
    app.stranger().sign_in("13800000001", "another street with trees").await.see("/");

    let tenant = app.state.app().db.read(qige_db::Asker::system(app.tenant), |tx| {
        Box::pin(async move { Ok(qige_identity::only_tenant(tx).await?.unwrap().id) })
    });
    let asker = qige_db::Asker::system(tenant.await.unwrap());
    let villages = app
        .app
        .db
        .read(asker, |tx| Box::pin(async move { Ok(store::list(tx, PlaceKind::Village).await?.len()) }));
    assert_eq!(villages.await.unwrap(), 19);
}

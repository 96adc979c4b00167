//! One of everything that is sealed, and of everything of which a digest alone is kept, put in by the
//! product's own pages; then whatever the database holds is searched for it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qige_channels::mail::Post;
use qige_channels::sms::Gateway;
use qige_db::testing::TestDb;
use qige_db::{Asker, db_test, params};
use qige_identity::{Role, Scope};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use crate::actors::{Actor, Answer, PASSWORD, TestApp};
use crate::centre_world::Town;
use crate::channels::{KNOWN, POINT, Receiver};
use crate::rider_world::{Phone, jpeg, reported_by_stranger};

/// What was planted: how it is called, and as it would lie there in clear.
type Planted = Vec<(&'static str, String)>;

/// What a page shows once.
fn shown(page: &Answer) -> String {
    page.body.split_once("<code>").expect("a secret").1.split_once('<').unwrap().0.to_owned()
}

/// A server of mail that takes every letter (RFC 5321, as far as one letter needs it).
async fn takes_letters(stream: TcpStream) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let _ = write.write_all(b"220 test ESMTP\r\n").await;
    let mut in_data = false;
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match (in_data, line.as_str()) {
            (true, ".") => "250 taken\r\n",
            (true, _) => continue,
            (false, "DATA") => "354 go on\r\n",
            (false, "QUIT") => "221 bye\r\n",
            (false, _) => "250 ok\r\n",
        };
        in_data = answer.starts_with("354");
        let _ = write.write_all(answer.as_bytes()).await;
    }
}

async fn mail_server() -> Post {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            takes_letters(stream).await;
        }
    });
    Post::new(&url, "骑格 <qige@example.org>", &"127.0.0.1".parse().unwrap()).unwrap()
}

/// A town with every way out of the house.
async fn town(db: &TestDb) -> Town {
    let (messages, mail) = (db.folder().join("sms.jsonl"), mail_server().await);
    let app = TestApp::with(db, |settings| {
        settings.outbound = "127.0.0.1".parse().unwrap();
        settings.sms = Gateway::File(messages);
        settings.post = Some(mail);
    });
    Town::over(app.await).await
}

/// Numbers: of an account, and of somebody without one.
async fn numbers(town: &Town, admin: &Actor, planted: &mut Planted) {
    let page = admin.post("/admin/people", &[("name", "骑手 0017"), ("phone", "13812345678")]).await.ok();
    planted.extend([("a number", "13812345678".to_owned()), ("a drawn password", shown(&page))]);
    let stranger = town.app.stranger();
    let code = reported_by_stranger(&stranger).await;
    let here = format!("/follow/{code}/call");
    stranger.get(&here).await.ok();
    let fields = [("text_version", "1"), ("phone", "13887654321"), ("agreed", "true")];
    stranger.post(&here, &fields).await.see(&here);
    planted.extend([("a reporter's number", "13887654321".to_owned()), ("a follow code", code)]);
}

/// Who consents for a child, and where somebody at work lives.
async fn people(town: &Town, admin: &Actor, planted: &mut Planted) {
    admin.get("/admin/consents").await.ok();
    let text = crate::consents::words("summer-class", true);
    admin.post("/admin/consents", &text).await.see("/admin/consents/summer-class");
    let list = format!("/admin/people/{}/consents", town.rider.id.unwrap());
    admin.get(&list).await.ok();
    let fields = [("text_version", "1"), ("scope", "tenant"), ("guardian", "家长 01")];
    let (give, photo) = (format!("{list}/to/summer-class"), jpeg(90));
    admin.post_files(&give, &fields, &[("scan", "a.jpg", &photo)]).await.see(&list);
    let home = format!("grid:{}", town.west_grid);
    town.dispatcher.get("/me/home").await.ok();
    town.dispatcher.post("/me/home", &[("place", &home)]).await.see("/me/home");
    planted.extend([("a guardian", "家长 01".to_owned()), ("a home", home)]);
}

/// What lets somebody in.
async fn ways_in(town: &Town, admin: &Actor, planted: &mut Planted) {
    let (step, recovery) = town.app.guard(&town.worker).await;
    planted.push(("a second step's secret", step.base32()));
    planted.extend(recovery.into_iter().map(|code| ("a recovery code", code)));
    planted.push(("a password", PASSWORD.to_owned()));
    let session = town.dispatcher.cookie("qige").unwrap();
    planted.push(("a session", session.rsplit('.').next().unwrap().to_owned()));
    let phone = Phone::of(&town.app, Some(&town.rider)).await;
    planted.push(("a phone's credential", phone.actor.bearer.unwrap()));
    let security = town.app.person(Role::SecurityAdmin, Scope::Tenant).await;
    security.get("/admin/tokens").await.ok();
    let program =
        [("name", "热线对接"), ("role", "dispatcher"), ("scope", "tenant"), ("until", "2027-01-01")];
    let page = security.post("/admin/tokens", &program).await.ok();
    let token = page.main().lines().find(|line| line.trim().starts_with("qt_")).unwrap().trim().to_owned();
    planted.push(("a token", token));
    admin.get("/members").await.ok();
    admin.post("/members", &[("name", "骑手 0018"), ("phone", "13800001234")]).await.see("/members");
    let members = admin.get_json("/members").await.ok().json();
    let id = members["members"][0]["person"].as_str().unwrap().to_owned();
    admin.get("/members").await.ok();
    let sheet = admin.post("/members/invite", &[("person", &id)]).await.ok();
    planted.extend([("an invitation", shown(&sheet)), ("a member's number", "13800001234".to_owned())]);
}

/// Where notices go to: of a person by every way, of groups and programs.
async fn ways_out(town: &Town, admin: &Actor, planted: &mut Planted) {
    let maker = Receiver::saying(KNOWN).await;
    let base = maker.at("");
    let fields =
        [("address", base.as_str()), ("id", "ww1"), ("agent", "1000002"), ("secret", "maker-secret-1")];
    admin.post("/admin/applications/wecom-app", &fields).await.see("/admin/applications");
    let fields = [
        ("address", base.as_str()),
        ("id", "wx1"),
        ("secret", "maker-secret-2"),
        ("template", "tpl-1"),
        ("fields", "thing1={text}"),
    ];
    admin.post("/admin/applications/wechat", &fields).await.see("/admin/applications");
    let own = "/me/notices";
    let who = &town.supervisor;
    who.get(own).await.ok();
    for (kind, address) in
        [("mail", "qishou0017@example.org"), ("wecom-app", "userid-0017"), ("wechat", "openid-0017")]
    {
        who.post(&format!("{own}/{kind}"), &[("address", address)]).await.see(own);
        planted.push((kind, address.to_owned()));
    }
    let (endpoint, auth) = (maker.at("/push/browser-0017"), URL_SAFE_NO_PAD.encode([7; 16]));
    let subscription = json!({"endpoint": endpoint, "keys": {"p256dh": POINT, "auth": auth}}).to_string();
    who.post(&format!("{own}/push"), &[("subscription", &subscription)]).await.see(own);
    planted.extend([
        ("a browser", "browser-0017".to_owned()),
        ("its secret", auth),
        ("its key", POINT.to_owned()),
    ]);
    for kind in ["wecom-robot", "dingtalk-robot", "feishu-robot", "webhook"] {
        let address = maker.at(&format!("/robot?key=of-{kind}"));
        let fields = [("kind", kind), ("name", kind), ("address", &address), ("topics", "centre")];
        let fields = [fields.as_slice(), &[("secret", "SECofarobot")]].concat();
        let added = admin.post("/admin/channels", &fields).await;
        planted.push((kind, format!("of-{kind}")));
        if kind == "webhook" {
            planted.push(("a webhook's secret", shown(&added.ok())));
        } else {
            added.see("/admin/channels");
        }
    }
    planted
        .extend(["maker-secret-1", "maker-secret-2", "SECofarobot"].map(|one| ("a secret", one.to_owned())));
}

#[db_test]
async fn nothing_that_is_sealed_or_digested_lies_in_the_database_in_clear(db: TestDb) {
    let town = town(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    let mut planted = Planted::new();
    numbers(&town, &admin, &mut planted).await;
    people(&town, &admin, &mut planted).await;
    ways_in(&town, &admin, &mut planted).await;
    ways_out(&town, &admin, &mut planted).await;

    // Every column that is sealed has something in it: what is not there cannot be found.
    let asker = Asker::system(town.app.tenant);
    for column in qige_app::SEALED {
        let rows = town.app.app.db.read(asker, move |tx| {
            Box::pin(async move {
                let from = params![tx.tenant(), Uuid::nil(), 9_i64];
                Ok(tx.all::<(Uuid, String, Option<Vec<u8>>)>(column.read, from).await?.len())
            })
        });
        assert_ne!(rows.await.unwrap(), 0, "nothing was planted in {}", column.name);
    }

    let everything = db.everything().await;
    for there in ["骑手 0017", "热线对接", "摊位占了半条路", "summer-class", &town.dispatcher.account]
    {
        assert!(everything.holds(there), "{there} is not sealed and not found: the wrong thing was searched");
    }
    let mut forms = 0;
    for (what, secret) in &planted {
        assert!(secret.chars().count() > 4, "{what}: {secret} is found by chance");
        // As it is, without what breaks it into groups, and as programs write bytes.
        let bare: String = secret.chars().filter(|one| !" -".contains(*one)).collect();
        for form in [secret.clone(), bare, hex::encode(secret), URL_SAFE_NO_PAD.encode(secret)] {
            assert!(!everything.holds(&form), "{what} lies in the database in clear: {form}");
            forms += 1;
        }
    }
    println!("{} secrets searched for, in {forms} forms", planted.len());
}

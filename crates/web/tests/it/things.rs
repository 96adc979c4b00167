//! One of each kind of thing that has an address, made in a town as its people make them.

use std::collections::BTreeMap;

use qige_db::testing::TestDb;
use qige_db::{Command, Failure, Tx, db_test, params, statements};
use qige_identity::{FourEyes, Role, Scope};
use qige_kernel::Timestamp;
use qige_web::Endpoint;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::actors::{Actor, Answer};
use crate::every_stage::Everybody;
use crate::parameters::{is_id, meant};
use crate::rider_world::{Phone, jpeg, report, uuid};

statements! {
    /// A passkey of somebody.
    PASSKEY = "INSERT INTO passkeys (tenant, id, person, name, site, handle, public_key, uses, created_at)
        VALUES ($1, $2, $3, '手机', 'qige.example', $4, $4, 0, $5)";
    /// A message that was not taken.
    DELIVERY = "INSERT INTO deliveries (tenant, id, way, way_kind, notice, dedupe, kind, topic, state, due_at,
            attempts, made_at)
        VALUES ($1, $2, $3, 'webhook', $2, 'once', 'sent-back', 'centre', 'failed', $4, 1, $4)";
    /// A job that failed.
    JOB = "INSERT INTO jobs (tenant, id, kind, payload, state, run_after, lease, attempts,
            problem, finished_at)
        VALUES ($1, $2, 'case-event', '{}', 'failed', $3, 0, 9, 'on purpose', $3)";
}

/// What no page makes: a passkey takes a device, the others something that goes wrong.
struct Odd {
    passkey: Uuid,
    of: Uuid,
    delivery: Uuid,
    way: Uuid,
    job: Uuid,
    at: Timestamp,
}

impl Command for Odd {
    type Output = ();
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let handle = self.passkey.as_bytes().to_vec();
        tx.execute(PASSKEY, params![tx.tenant(), self.passkey, self.of, handle, self.at]).await?;
        tx.execute(DELIVERY, params![tx.tenant(), self.delivery, self.way, self.at]).await?;
        Ok(tx.execute(JOB, params![tx.tenant(), self.job, self.at]).await.map(drop)?)
    }
}

/// One of each, by its kind.
pub(crate) struct Things {
    ids: BTreeMap<&'static str, String>,
    /// Stands in whatever is said in this town and nowhere else.
    pub(crate) mark: String,
}

fn at(page: &Value, pointer: &str) -> String {
    let found = page.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("{pointer} is not in {page}")).to_owned()
}

async fn read(by: &Actor, page: &str) -> Value {
    by.get_json(page).await.ok().json()
}

/// It was done: a page, or the way to one.
#[track_caller]
fn done(answer: Answer) -> Answer {
    assert!(answer.status.is_success() || answer.status == 303, "{}: {}", answer.status, answer.body);
    answer
}

impl Things {
    /// Made in this town, by its people. What is somebody's own is the grid worker's; what lies somewhere, in
    /// the western community; what is a unit's, the roads'.
    pub(crate) async fn of(everybody: &Everybody) -> Self {
        let town = &everybody.town;
        let tenant = town.app.tenant.to_string();
        let mark = format!("记号{}", tenant.rsplit('-').next().unwrap());
        let mut things = Self { ids: BTreeMap::new(), mark };
        things.put("place", town.west);
        things.put("grid", town.west_grid);
        things.put("unit", town.roads);
        things.put("scope", format!("community:{}", town.west));
        things.put("device", everybody.phone.device);
        things.cases(everybody).await;
        things.person(everybody).await;
        things.own(everybody).await;
        things.of_the_centre(everybody).await;
        things.of_the_powers(everybody).await;
        things.of_no_page(everybody).await;
        things
    }

    #[expect(clippy::needless_pass_by_value, reason = "callers hand over ids as they are")]
    fn put(&mut self, kind: &'static str, id: impl ToString) {
        self.ids.insert(kind, id.to_string());
    }

    /// Words with the mark in them.
    fn said(&self, words: &str) -> String {
        format!("{words} {}", self.mark)
    }

    pub(crate) fn get(&self, kind: &str) -> &str {
        self.ids.get(kind).unwrap_or_else(|| panic!("there is no {kind}"))
    }

    /// Every id, with its kind.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.ids.iter().map(|(kind, id)| (*kind, id.as_str()))
    }

    /// The endpoint's path with one of these for each parameter.
    pub(crate) fn path(&self, endpoint: &Endpoint) -> String {
        self.path_with(endpoint, None)
    }

    /// The same with another id for the parameter at this place.
    pub(crate) fn path_with(&self, endpoint: &Endpoint, other: Option<(usize, &str)>) -> String {
        let mut kinds = meant(endpoint).into_iter().enumerate();
        let mut next = || {
            let (at, kind) = kinds.next().unwrap();
            let usual = kind.strip_prefix('=').unwrap_or_else(|| self.get(kind));
            other.filter(|(place, _)| *place == at).map_or(usual, |(_, id)| id).to_owned()
        };
        let pieces = endpoint.path.split('/');
        pieces
            .map(|piece| if piece.starts_with('{') { next() } else { piece.to_owned() })
            .collect::<Vec<_>>()
            .join("/")
    }

    /// Cases with reports, photos, a voice note and files: the unit's, one that somebody is asked to look at,
    /// one of somebody without an account.
    async fn cases(&mut self, everybody: &Everybody) {
        let town = &everybody.town;
        let phone = Phone::of(&town.app, Some(&town.rider)).await;
        let voice = [&b"OggS\0\x02"[..], &[7; 500]].concat();
        let (voice_id, photo, record) = (uuid(&town.app), uuid(&town.app), uuid(&town.app));
        let mut body = report();
        body["words"] = json!(self.said("摊位占了半条路"));
        body["voice"] = json!({"id": voice_id, "sha256": "", "bytes": voice.len()});
        body["photos"] = json!([{"id": photo, "sha256": "", "bytes": jpeg(60).len()}]);
        let sent = json!({"index": 0, "id": record, "kind": "report", "body": body});
        phone.hand_over(&[sent]).await.ok();
        for (id, bytes, kind) in [(voice_id, voice, "audio/ogg"), (photo, jpeg(60), "image/jpeg")] {
            done(phone.announce(id, record, &bytes, kind).await);
            done(phone.piece(id, 0, &bytes).await);
        }
        let own = read(&town.dispatcher, "/cases").await;
        let case = at(&own, "/rows/0/id");
        town.give(&town.dispatcher, &case, "file", &json!({"matter": "matter-06-012"})).await.ok();
        let order = json!({"lead": town.roads, "released_words": self.said("占道")});
        town.give(&town.dispatcher, &case, "dispatch", &order).await.ok();
        let file = self.with_file(everybody, &case, "units").await;
        let page = town.case(&case).await;
        self.put("report", at(&page, "/reports/0/id"));
        for (kind, id) in [("case", case), ("file", file)] {
            self.put(kind, id);
        }
        self.put("voice", voice_id);
        self.put("photo", photo);
        let asked = town.reported().await;
        let whom = json!({"verifier": town.worker.id});
        town.give(&town.dispatcher, &asked, "ask-verify", &whom).await.ok();
        self.put("asked-case", asked);
        self.followed(everybody).await;
    }

    /// A report of somebody without an account who left a number, with a photo and an answer.
    async fn followed(&mut self, everybody: &Everybody) {
        let town = &everybody.town;
        town.later();
        let stranger = town.app.stranger();
        stranger.get("/report").await.ok();
        let id = uuid(&town.app).to_string();
        let fields = [
            ("id", id.as_str()),
            ("words", "井盖缺了一角"),
            ("matter", "matter-06-012"),
            ("lng", "118.752"),
            ("lat", "34.542"),
        ];
        let sent = stranger.post_files("/report", &fields, &[("photo", "a.jpg", &jpeg(120))]).await;
        assert_eq!(sent.status, 303, "{}", sent.body);
        let code = sent.header("location").split('/').nth(2).unwrap().to_owned();
        let code = code.split('?').next().unwrap().to_owned();
        let here = format!("/follow/{code}/call");
        stranger.get(&here).await.ok();
        let number = [("text_version", "1"), ("phone", "13812345678"), ("agreed", "true")];
        stranger.post(&here, &number).await.see(&here);
        let queue = read(&town.dispatcher, "/cases?order=newness").await;
        let rows = queue["rows"].as_array().unwrap();
        let case = rows.iter().find(|row| row["words"].as_str().is_some_and(|words| words.contains("井盖")));
        let case = at(case.unwrap_or_else(|| panic!("{queue}")), "/id");
        let page = town.case(&case).await;
        self.put("followed-photo", at(&page, "/photos/0/id"));
        let file = self.with_file(everybody, &case, "public").await;
        self.put("followed-file", file);
        self.put("code", code);
    }

    /// A comment with a file; the file.
    async fn with_file(&self, everybody: &Everybody, case: &str, whom: &str) -> String {
        let (town, page) = (&everybody.town, format!("/cases/{case}"));
        let fields = [("words", "见附件"), (whom, "true")];
        let pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n";
        town.dispatcher.get(&page).await.ok();
        let comment = format!("{page}/comment");
        done(town.dispatcher.post_files(&comment, &fields, &[("file", "a.pdf", pdf)]).await);
        at(&town.case(case).await, "/comments/0/files/0/id")
    }

    /// Somebody of the western community, signed in, with a role, a consent on paper, and a wish.
    async fn person(&mut self, everybody: &Everybody) {
        let (town, app) = (&everybody.town, &everybody.town.app);
        let west = Scope::Community(town.west);
        let (person, security) =
            (app.person(Role::GridWorker, west).await, everybody.with(Role::SecurityAdmin));
        let here = format!("/admin/people/{}", person.id.unwrap());
        let page = read(security, &here).await;
        self.put("person", person.id.unwrap());
        self.put("grant", at(&page, "/grants/0/id"));
        self.put("credential", at(&page, "/credentials/0/id"));
        self.put("consent", on_paper(everybody, &here).await);
        done(
            person
                .post_json("/me/data/requests", &json!({"kind": "correct", "words": self.said("名字写错了")}))
                .await,
        );
        let waiting = read(everybody.with(Role::TenantAdmin), "/admin/requests").await;
        self.put("request", at(&waiting, "/requests/0/id"));
        // A role that is work takes a second look.
        app.need_two_for(FourEyes::default()).await;
        let role = json!({"role": "dispatcher", "scope": "tenant", "words": self.said("顶替休假的坐席")});
        done(security.post_json(&format!("{here}/grants"), &role).await);
        app.need_two_for(FourEyes::NONE).await;
        self.put("look", at(&read(security, "/looks").await, "/looks/0/id"));
    }

    /// What is the grid worker's own.
    async fn own(&mut self, everybody: &Everybody) {
        let (town, worker) = (&everybody.town, &everybody.town.worker);
        let page = read(worker, "/me").await;
        let session = page["credentials"].as_array().unwrap().iter().find(|one| one["kind"] == "session");
        self.put("own-credential", at(session.unwrap(), "/id"));
        let paper = on_paper(everybody, &format!("/admin/people/{}", worker.id.unwrap())).await;
        self.put("own-consent", paper);
        // Asking to verify told the worker; nothing leads out of the house yet.
        qige_app::worker(&town.app.app).run_until_idle().await.unwrap();
        town.app.clock.advance(2 * Timestamp::MINUTE);
        qige_app::worker(&town.app.app).run_until_idle().await.unwrap();
        self.put("notice", at(&read(worker, "/notices").await, "/notices/0/id"));
        let keys = json!({"p256dh": crate::channels::POINT, "auth": "BwcHBwcHBwcHBwcHBwcHBw"});
        let subscription = json!({"endpoint": "https://1.1.1.1/push/1", "keys": keys}).to_string();
        done(worker.post_json("/me/notices/push", &json!({"subscription": subscription})).await);
        let ways = read(worker, "/me/notices").await;
        let kinds = ways["kinds"].as_array().unwrap().iter();
        let mut push = kinds.filter(|kind| kind["kind"] == "push").map(|kind| at(kind, "/ways/0/id"));
        self.put("way", push.next_back().unwrap());
        let page = read(worker, "/me/cover").await;
        let grant = at(&page, "/roles/0/id");
        let to = json!({"to": town.supervisor.id, "until": "2026-10-20"});
        done(worker.post_json(&format!("/me/cover/{grant}"), &to).await);
        self.put("cover", at(&read(worker, "/me/cover").await, "/covers/0/id"));
        self.put("own-grant", grant);
        let phone = &everybody.phone;
        let upload = uuid(&town.app);
        done(phone.announce(upload, uuid(&town.app), &jpeg(90), "image/jpeg").await);
        self.put("upload", upload);
    }

    /// Filters, notes of shifts and rules.
    async fn of_the_centre(&mut self, everybody: &Everybody) {
        let town = &everybody.town;
        let filter = json!({"name": self.said("我的立案"), "query": "state=filed"});
        done(town.dispatcher.post_json("/cases/filters", &filter).await);
        self.put("filter", at(&read(&town.dispatcher, "/cases").await, "/saved/0/id"));
        done(town.dispatcher.post_json("/handover", &json!({"words": self.said("供水公司今晚抢修")})).await);
        self.put("handover", at(&read(&town.dispatcher, "/handover").await, "/notes/0/id"));
        let rule = json!({
            "name": self.said("占道"), "matter": "matter-06-013", "within": format!("community:{}", town.west),
            "lead": town.roads, "assist": [],
        });
        done(town.supervisor.post_json("/routing", &rule).await);
        self.put("rule", at(&read(&town.supervisor, "/routing").await, "/rules/0/id"));
    }

    /// What administrators look after.
    async fn of_the_powers(&mut self, everybody: &Everybody) {
        let (admin, security) = (everybody.with(Role::TenantAdmin), everybody.with(Role::SecurityAdmin));
        self.put("import", everybody.import().await);
        let hook = json!({
            "kind": "webhook", "name": self.said("热线平台"), "address": "https://1.1.1.1/hook",
            "topics": ["centre"],
        });
        done(admin.post_json("/admin/channels", &hook).await);
        self.put("channel", at(&read(admin, "/admin/channels").await, "/channels/0/id"));
        let program = json!({
            "name": self.said("热线对接"), "role": "dispatcher", "scope": "tenant", "until": "2027-01-01",
        });
        done(security.post_json("/admin/tokens", &program).await);
        self.put("token", at(&read(security, "/admin/tokens").await, "/tokens/0/id"));
        done(admin.post_json("/members", &json!({"name": "骑手 0017", "phone": "13800001234"})).await);
        let member = at(&read(admin, "/members").await, "/members/0/person");
        let sheet = admin.post("/members/invite", &[("person", &member)]).await.ok();
        let code = sheet.body.split_once("<code>").unwrap().1.split_once('<').unwrap().0;
        self.put("invitation", code);
        self.put("member", member);
    }

    async fn of_no_page(&mut self, everybody: &Everybody) {
        let (town, app) = (&everybody.town, &everybody.town.app);
        let (passkey, delivery, job) = (uuid(app), uuid(app), uuid(app));
        let of = town.worker.id.unwrap().into();
        let way = self.get("channel").parse().unwrap();
        app.write(Odd { passkey, of, delivery, way, job, at: app.app.now() }).await;
        for (kind, id) in [("passkey", passkey), ("delivery", delivery), ("job", job)] {
            self.put(kind, id);
        }
    }
}

/// A consent that staff wrote down for somebody, with its scan.
async fn on_paper(everybody: &Everybody, person: &str) -> String {
    let (admin, list) = (everybody.with(Role::TenantAdmin), format!("{person}/consents"));
    let fields = [("text_version", "1"), ("scope", "tenant")];
    let give = format!("{list}/to/call-back");
    done(admin.post_files(&give, &fields, &[("scan", "a.jpg", &jpeg(90))]).await);
    at(&read(admin, &list).await, "/purposes/0/holding/0/id")
}

/// Without it the tests that say "not to others" would say nothing: whom it concerns finds each of them.
#[db_test]
async fn each_thing_is_there_for_those_whom_it_concerns(db: TestDb) {
    let everybody = Everybody::new(&db).await;
    let things = Things::of(&everybody).await;
    let mut seen = 0;
    for endpoint in qige_web::endpoints() {
        let ids = meant(&endpoint).into_iter().filter(|kind| is_id(kind)).count();
        if endpoint.method != http::Method::GET || ids == 0 {
            continue;
        }
        let path = things.path(&endpoint);
        let by = everybody.one_for(&endpoint);
        everybody.town.app.clock.advance(3 * Timestamp::SECOND);
        let answer = by.get_json(&path).await;
        let there = answer.status.is_success() || answer.header("location").starts_with("/cases");
        assert!(there, "{path}: {} {}", answer.status, answer.body);
        seen += 1;
    }
    assert!(seen > 30, "only {seen}");
    println!("{seen} pages with ids are there");
}

//! Every endpoint that writes, given what nobody should send. It is never a 500, nothing happens, and each no
//! is a sentence in the language asked for that names the field.

use qige_db::testing::TestDb;
use qige_db::{Asker, db_test, params, statements};
use qige_identity::{Role, Scope};
use qige_web::{Endpoint, FORM_BYTES_MAX};
use serde_json::{Value, json};

use crate::actors::{Actor, Answer};
use crate::every_stage::{Everybody, NOBODY, abroad, broken_off, fields, may, named, writing};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

statements! {
    /// What was done, and told.
    WRITTEN = "SELECT (SELECT COUNT(*) FROM journal WHERE tenant = $1),
        (SELECT COUNT(*) FROM notices WHERE tenant = $1)";
}

/// The answer is no 500; where it is a no, it is a whole problem in the language of the one who asked.
fn clear(answer: &Answer, by: &Actor, what: &str) -> Option<Value> {
    assert!(answer.status.as_u16() < 500, "{what}: {} {}", answer.status, answer.body);
    if !answer.status.is_client_error() || answer.body.starts_with("{\"next\"") {
        return None;
    }
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}: {}", answer.body);
    let problem = answer.json();
    let detail = problem["detail"].as_str().unwrap_or_default();
    let (han, all) =
        (detail.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count(), detail.chars());
    // A name may stand in an English sentence as it is.
    let said = if by.language.starts_with("en") { han * 3 < all.clone().count() } else { han > 0 };
    assert!(said && all.count() > 4, "{what}: {problem}");
    assert!(!["/problems/", "/problems/broken"].contains(&problem["type"].as_str().unwrap()), "{what}");
    Some(problem)
}

/// It is refused for this reason.
fn refused(answer: &Answer, by: &Actor, status: u16, code: &str, what: &str) {
    let problem = clear(answer, by, what).unwrap_or_else(|| panic!("{what}: {} is no no", answer.status));
    assert_eq!(problem["type"], format!("/problems/{code}"), "{what}: {problem}");
    assert_eq!(answer.status.as_u16(), status, "{what}");
}

/// Whether the endpoint reads a form or JSON as every page does; uploads and outboxes have their own readers.
fn reads_forms(endpoint: &Endpoint) -> bool {
    !endpoint.path.starts_with("/uploads") && !endpoint.path.starts_with("/sync/")
}

#[db_test]
async fn what_cannot_be_read_is_refused_at_every_endpoint(db: TestDb) {
    let everybody = Everybody::new(&db).await;
    for endpoint in writing().filter(reads_forms) {
        let name = named(&endpoint);
        let (by, path) = (everybody.one_for(&endpoint), everybody.address(&endpoint).await);
        let taken = everybody.in_order(&endpoint).to_string().into_bytes();
        let (multipart, cut) = if endpoint.description.takes_files {
            (400, "malformed-multipart")
        } else {
            (415, "unsupported-type")
        };
        let too_large = [b"words=".to_vec(), vec![b'a'; FORM_BYTES_MAX]].concat();
        let boundary = ("content-type", "multipart/form-data; boundary=qige");
        for (headers, body, status, code) in [
            (vec![JSON], b"{\"words\": ".to_vec(), 400, "malformed-json"),
            (vec![JSON], b"{\"words\": \"\\ud800\"}".to_vec(), 400, "malformed-json"),
            (vec![JSON], b"\xff\xfe".to_vec(), 400, "not-utf8"),
            (vec![JSON], [b"[".repeat(9_000), b"]".repeat(9_000)].concat(), 400, "malformed-json"),
            (vec![FORM], b"words=%zz".to_vec(), 400, "malformed-form"),
            (vec![FORM], b"words=%ff".to_vec(), 400, "not-utf8"),
            (vec![FORM], too_large, 413, "too-large"),
            (vec![FORM], b"words=a&".repeat(400), 413, "too-large"),
            (vec![("content-type", "text/plain")], taken.clone(), 415, "unsupported-type"),
            (vec![("content-type", "application/json; charset=gbk")], taken.clone(), 415, "unsupported-type"),
            (vec![], taken.clone(), 415, "unsupported-type"),
            (vec![boundary], broken_off(), multipart, cut),
            (vec![JSON, ("idempotency-key", "twice")], taken.clone(), 400, "key-odd"),
        ] {
            // A request without a body says nothing; one with a body and no type is not guessed at.
            let length = body.len().to_string();
            let headers = [headers, vec![("content-length", length.as_str())]].concat();
            let answer = everybody.send_as(&endpoint, &path, by, &headers, body).await;
            refused(&answer, by, status, code, &format!("{name} with {headers:?}"));
        }
    }
}

#[db_test]
async fn every_field_is_asked_for_what_it_cannot_be(db: TestDb) {
    let mut everybody = Everybody::new(&db).await;
    for (turn, endpoint) in writing().enumerate() {
        everybody.speak(if turn % 2 == 0 { "en" } else { "zh-CN" });
        let mut path = everybody.address(&endpoint).await;
        for (field, schema, must) in fields(&endpoint) {
            for (what, wrong, surely) in wrong_values(&field, &schema, must) {
                let by = everybody.one_for(&endpoint);
                let mut body = everybody.in_order(&endpoint);
                body[&field] = wrong;
                let name = format!("{} with {field} {what}", named(&endpoint));
                let answer = everybody.send(&endpoint, &path, by, &body).await;
                let problem = clear(&answer, by, &name);
                if let Some(code) = surely.filter(|_| reads_forms(&endpoint)) {
                    let problem = problem.unwrap_or_else(|| panic!("{name}: {} is no no", answer.status));
                    let kind = problem["type"].as_str().unwrap_or_default().replace("/problems/", "");
                    assert!(code.is_empty() || kind == code, "{name}: {problem}");
                    let at = problem["field"].as_str().unwrap_or_default();
                    assert!(at == field || at.starts_with(&format!("{field}.")), "{name}: {problem}");
                } else if answer.status.is_success() {
                    path = everybody.address(&endpoint).await;
                }
            }
        }
    }
}

/// What a field may be given that it cannot be: how it is called, the value, and by which code it is surely
/// refused at that field (any code where that is empty; none where it may be taken after all).
fn wrong_values(field: &str, schema: &Value, must: bool) -> Vec<(&'static str, Value, Option<&'static str>)> {
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("string");
    let (text, list, number) = (kind == "string", kind == "array", ["integer", "number"].contains(&kind));
    let long_text = field == "list";
    let mut wrong = vec![
        ("of ten thousand characters", json!("长".repeat(10_000)), (text && !long_text).then_some("")),
        ("with NUL in it", json!("a\u{0}b"), text.then_some("")),
        ("that turns the writing round", json!("\u{202e}gnp\u{2066}👩‍👩‍👧‍👦🏳️‍🌈\u{fffd}"), None),
        ("that looks like SQL", json!("'; DROP TABLE cases; --%_\\"), None),
        ("that is not known", json!("no-such-thing"), (number || kind == "boolean").then_some("field-odd")),
        ("of nobody", json!(NOBODY), None),
        ("too large a number", json!(u64::MAX), (kind == "integer").then_some("")),
        ("an infinite number", json!(1e308), (kind == "integer").then_some("field-odd")),
        ("less than nothing", json!(-1), None),
        ("an object", json!({"a": [1]}), (text || number || list).then_some("")),
        ("a list of lists", json!([[1]]), (text || number).then_some("")),
        ("empty", json!(""), None),
        ("of spaces", json!(" \u{3000}\t"), None),
        ("null", Value::Null, (must && (text || number)).then_some("")),
    ];
    if schema.get("enum").is_some() || schema.get("oneOf").is_some() {
        wrong.push(("another word", json!("no-such-word"), Some("field-odd")));
    }
    wrong
}

#[db_test]
async fn nobody_of_another_subdistrict_touches_anything(db: TestDb) {
    let everybody = Everybody::new(&db).await;
    let abroad = abroad(&everybody.town.app).await;
    // Every subdistrict has the same months, purposes and classes of what is kept: whose it is, whoever asks
    // decides.
    let everywhere = |piece: &str| ["{month}", "{purpose}", "{class}"].contains(&piece);
    let of_somebody = |path: &str| path.split('/').any(|piece| piece.starts_with('{') && !everywhere(piece));
    for endpoint in writing().filter(|endpoint| of_somebody(endpoint.path)) {
        let path = everybody.address(&endpoint).await;
        let body = everybody.in_order(&endpoint);
        for (role, person) in abroad.iter().filter(|(role, _)| may(&endpoint, *role)) {
            everybody.town.app.clock.advance(2 * qige_kernel::Timestamp::SECOND);
            let answer = person.post_json(&path, &body).await;
            let name = format!("{} as {role} of elsewhere", named(&endpoint));
            let problem = clear(&answer, person, &name);
            assert!(problem.is_some(), "{name}: {}", answer.status);
        }
    }
}

#[db_test]
async fn what_was_looked_at_too_long_ago_is_not_done(db: TestDb) {
    let everybody = Everybody::new(&db).await;
    for endpoint in writing() {
        if !fields(&endpoint).iter().any(|(field, ..)| field == "version") {
            continue;
        }
        let (by, path) = (everybody.one_for(&endpoint), everybody.address(&endpoint).await);
        let mut body = everybody.in_order(&endpoint);
        body["version"] = json!(99);
        let answer = everybody.send(&endpoint, &path, by, &body).await;
        let (status, code) = match endpoint.path {
            // Which case to merge into is looked up before.
            path if path.ends_with("/merge") => (404, "main-case-missing"),
            path if path.starts_with("/reports/") => (409, "month-issued-meanwhile"),
            _ => (409, "someone-was-quicker"),
        };
        refused(&answer, by, status, code, &named(&endpoint));
    }
}

#[db_test]
async fn the_same_request_again_does_nothing_again(db: TestDb) {
    let everybody = Everybody::new(&db).await;
    let (mut of_cases, mut of_others, mut twice, mut unlike) = (0, 0, Vec::new(), Vec::new());
    for endpoint in writing().filter(reads_forms) {
        let (by, path) = (everybody.one_for(&endpoint), everybody.address(&endpoint).await);
        let key = crate::centre_world::key(&everybody.town);
        let headers = [JSON, ("idempotency-key", key.as_str())];
        let body = everybody.in_order(&endpoint).to_string().into_bytes();
        let name = named(&endpoint);
        let first = everybody.send_as(&endpoint, &path, by, &headers, body.clone()).await;
        clear(&first, by, &name);
        let case = path.strip_prefix("/cases/").and_then(|rest| rest.split('/').next());
        let version = async || match case.filter(|id| id.len() == NOBODY.len()) {
            Some(id) => everybody.town.case(id).await["version"].clone(),
            None => Value::Null,
        };
        let before = (version().await, written(&everybody).await);
        let again = everybody.send_as(&endpoint, &path, by, &headers, body).await;
        clear(&again, by, &name);
        let after = (version().await, written(&everybody).await);
        if AGAIN.contains(&endpoint.path) {
            continue;
        }
        assert_eq!(before.0, after.0, "{name} was done twice");
        if before.1 != after.1 {
            twice.push(format!("{name}: {:?} became {:?}", before.1, after.1));
        }
        if first.status.is_success() {
            if again.status != first.status && !ANSWERED_ONCE.contains(&endpoint.path) {
                unlike.push(format!("{name}: {} became {} {}", first.status, again.status, again.body));
            }
            let counted = if case.is_some() { &mut of_cases } else { &mut of_others };
            *counted += 1;
        }
    }
    assert_eq!((twice, unlike), (Vec::<String>::new(), Vec::<String>::new()));
    assert!(of_cases > 25 && of_others > 25, "only {of_cases} and {of_others} commands could be given");
}

/// What may be done again under the same key: it is about who asks now, and signs in or looks once more; it
/// draws a password that is kept nowhere, and the last that was shown counts; it makes one more key, and
/// everything goes under the newest.
const AGAIN: &[&str] =
    &["/sign-in", "/sign-out", "/me/device", "/admin/people/{id}/password", "/admin/keys/renew"];

/// What is answered otherwise the second time: a secret that is kept nowhere cannot be shown again, and a
/// file that was let go of is not there.
const ANSWERED_ONCE: &[&str] = &["/admin/tokens", "/admin/places/import/{id}/drop"];

/// Lines in all journals, and notices: every capability writes the one or the other of what it does.
async fn written(everybody: &Everybody) -> (i64, i64) {
    let app = &everybody.town.app;
    let counted = app.app.db.read(Asker::system(app.tenant), |tx| {
        Box::pin(async move { Ok(tx.one(WRITTEN, params![tx.tenant()]).await?) })
    });
    counted.await.unwrap()
}

/// Whether this very text stands anywhere in an answer, as a whole.
fn holds(answer: &Value, text: &str) -> bool {
    match answer {
        Value::String(found) => found == text,
        Value::Array(all) => all.iter().any(|one| holds(one, text)),
        Value::Object(fields) => fields.values().any(|one| holds(one, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Uyghur, Hebrew and Arabic run from right to left; emoji are made of several letters and joiners.
const SCRIPTS: [&str; 4] = ["ئۇيغۇر مەھەللىسى 12 号", "מרכז הסיוע 7", "نقطة راحة ٣", "👩‍👩‍👧‍👦 🏳️‍🌈 驿站 👍🏽"];
/// Turns the letters after it round: what is written behind it reads as something else.
const TURNED: &str = "\u{202e}gpj.exe";

#[db_test]
async fn names_and_words_of_any_script_are_kept_letter_for_letter(db: TestDb) {
    let town = crate::centre_world::Town::new(&db).await;
    let admin = town.app.person(Role::TenantAdmin, Scope::Tenant).await;
    for (number, text) in SCRIPTS.into_iter().enumerate() {
        let unit = json!({"name": text, "kind": "department", "contact": ""});
        let made = admin.post_json("/admin/units", &unit).await;
        assert!(made.status.is_success(), "{text}: {} {}", made.status, made.body);
        assert!(holds(&admin.get_json("/admin/units").await.ok().json(), text), "{text}");
        assert!(admin.get("/admin/units").await.ok().body.contains(text), "{text} on the page");

        let person = json!({"name": text, "sign_in_name": format!("worker{number}")});
        let made = admin.post_json("/admin/people", &person).await;
        assert!(made.status.is_success(), "{text}: {} {}", made.status, made.body);
        assert!(holds(&admin.get_json("/admin/people").await.ok().json(), text), "{text}");

        let case = town.reported_as(&town.rider, &json!({ "words": text })).await;
        assert_eq!(town.case(&case).await["words"], text);
        let said = json!({ "words": text });
        town.give(&town.dispatcher, &case, "comment", &said).await.ok();
        assert_eq!(town.case(&case).await["comments"][0]["words"], text);
        let page = town.dispatcher.get(&format!("/cases/{case}")).await.ok();
        assert!(page.body.contains(&format!("<p dir=\"auto\">{text}</p>")), "{text}: {}", page.main());
        let filter = json!({"name": text, "query": "state=filed"});
        let kept = town.dispatcher.post_json("/cases/filters", &filter).await;
        assert!(kept.status.is_success(), "{text}: {} {}", kept.status, kept.body);
        assert!(holds(&town.dispatcher.get_json("/cases").await.ok().json(), text), "{text}");
    }
    let unit = json!({"name": TURNED, "kind": "department", "contact": ""});
    let person = json!({"name": TURNED, "sign_in_name": "worker9"});
    let case = town.reported().await;
    let comment = format!("/cases/{case}/comment");
    for (by, path, body, field) in [
        (&admin, "/admin/units", unit, "name"),
        (&admin, "/admin/people", person, "name"),
        (&town.dispatcher, "/cases/filters", json!({"name": TURNED, "query": "state=filed"}), "name"),
        (&town.dispatcher, comment.as_str(), json!({ "words": TURNED }), "words"),
    ] {
        let answer = by.post_json(path, &body).await;
        let problem = clear(&answer, by, path).unwrap_or_else(|| panic!("{path}: {}", answer.status));
        assert_eq!((answer.status.as_u16(), &problem["field"]), (422, &json!(field)), "{path}: {problem}");
    }
}

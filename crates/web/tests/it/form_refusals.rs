//! A refused form says which field it means by the label that stands there, and marks that field: tried with
//! every line of text of every form on these pages, for whoever they are for.

use qige_db::db_test;
use qige_db::testing::TestDb;
use qige_identity::{Role, Scope};
use qige_web::TEXT_CHARS_MAX;
use serde_json::json;

use crate::actors::{Actor, text_of};
use crate::centre_world::Town;

/// A line of text in a form.
#[derive(Debug)]
struct Line {
    action: String,
    name: String,
    id: String,
    label: String,
}

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value)
}

/// Every line of text that somebody can write on this page.
fn lines(html: &str) -> Vec<Line> {
    let mut found = Vec::new();
    for form in html.split("<form ").skip(1).map(|form| form.split_once("</form>").unwrap().0) {
        let (head, fields) = form.split_once('>').unwrap();
        let action = attribute(&format!(" {head}"), "action").unwrap_or_default().to_owned();
        if attribute(&format!(" {head}"), "method") != Some("post") {
            continue;
        }
        for tag in fields.split('<').filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag) {
            let kind = if tag.starts_with("textarea") { Some("text") } else { attribute(tag, "type") };
            let typed = tag.starts_with("textarea") || tag.starts_with("input");
            let (Some("text"), Some(name), Some(id)) = (kind, attribute(tag, "name"), attribute(tag, "id"))
            else {
                continue;
            };
            let label = fields.split_once(&format!(" for=\"{id}\""));
            let label = label.and_then(|(_, rest)| rest.split_once('>')?.1.split_once("</label>"));
            if let Some((label, _)) = label.filter(|_| typed && attribute(tag, "form").is_none()) {
                let label = text_of(label.split_once("<small").map_or(label, |(label, _)| label));
                let (action, name, id) = (action.clone(), name.to_owned(), id.to_owned());
                found.push(Line { action, name, id, label: label.trim().to_owned() });
            }
        }
    }
    found
}

/// Writes more than anybody reads into every line of a page; says how many there were.
async fn overfill(by: &Actor, page: &str) -> usize {
    let lines = lines(&by.get(page).await.ok().body);
    let much = "长".repeat(TEXT_CHARS_MAX + 1);
    for line in &lines {
        by.get(page).await.ok();
        let refused = by.post(&line.action, &[(&line.name, &much)]).await;
        let Line { id, label, .. } = line;
        assert_eq!(refused.status, 422, "{page} {line:?}: {}", refused.main());
        // A table of a subdistrict's places or days may be long, and is refused for what it says.
        let said = refused.body.split_once(&format!(" role=\"alert\" data-refused=\"{id}\">"));
        let said = said.and_then(|(_, rest)| rest.split_once("</p>")).map(|(said, _)| text_of(said));
        let said = said.unwrap_or_else(|| panic!("{page} {line:?}: {}", refused.main()));
        assert!(said.contains(&format!("有一处需要修改： {label}：")), "{page} {line:?}: {said}");
        assert!(refused.body.contains(&format!("href=\"#{id}\"")), "{page} {line:?}");
        assert!(
            refused.body.contains(&format!("<p class=\"q-field__error\" id=\"{id}-error\">")),
            "{line:?}"
        );
        let field = refused.body.split('<').find(|tag| attribute(tag, "id") == Some(id)).unwrap();
        let described = attribute(field, "aria-describedby").unwrap_or_default();
        assert!(attribute(field, "aria-invalid") == Some("true"), "{page} {line:?}: {field}");
        assert!(described.ends_with(&format!("{id}-error")), "{page} {line:?}: {field}");
    }
    lines.len()
}

#[db_test]
async fn a_refused_form_names_the_field_by_its_label(db: TestDb) {
    let town = Town::new(&db).await;
    let (admin, security) = (
        town.app.person(Role::TenantAdmin, Scope::Tenant).await,
        town.app.person(Role::SecurityAdmin, Scope::Tenant).await,
    );
    let (filed, given, done) = (town.filed().await, town.dispatched().await, town.handled().await);
    let checker = json!({"checker": town.worker.id.unwrap()});
    town.give(&town.dispatcher, &done, "ask-check", &checker).await.ok();
    let mut tried = 0;
    for (by, page) in [
        (&admin, "/admin/people"),
        (&admin, "/admin/units"),
        (&admin, "/admin/places"),
        (&admin, "/admin/places/spots"),
        (&admin, &format!("/admin/places/{}", town.west)),
        (&admin, "/admin/calendar"),
        (&security, "/admin/tokens"),
        (&town.dispatcher, "/cases/new"),
        (&town.dispatcher, &format!("/cases/{filed}")),
        (&town.supervisor, &format!("/cases/{given}")),
        (&town.handler, &format!("/unit/cases/{given}")),
        (&town.worker, &format!("/ground/{done}")),
        (&town.rider, "/report"),
        (&town.rider, &format!("/mine/{given}")),
    ] {
        tried += overfill(by, page).await;
    }
    assert!(tried > 30, "{tried} lines of text");
}

#[db_test]
async fn what_was_not_chosen_or_not_shown_is_named_too(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.dispatched().await;
    let path = format!("/unit/cases/{case}");
    town.handler.get(&path).await.ok();
    let bare = town.handler.post_files(&format!("{path}/hand-in"), &[("note", "已清走")], &[]).await;
    bare.refused(422, "有一处需要修改： 照片：");
    let mut dispatcher = town.dispatcher;
    dispatcher.language = "en".to_owned();
    let page = format!(
        "/cases/{}",
        dispatcher.get_json("/cases").await.ok().json()["rows"][0]["id"].as_str().unwrap()
    );
    dispatcher.get(&page).await.ok();
    let refused = dispatcher.post(&format!("{page}/question"), &[("words", " ")]).await;
    refused.refused(422, "One thing needs to be changed: Question: ");
}

//! Files beside a case: who may bring them, who may save them, and what is refused.

use qige_db::db_test;
use qige_db::testing::TestDb;
use serde_json::{Value, json};

use crate::actors::{Actor, Answer};
use crate::centre_world::Town;

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n";

/// Comments with one file, as the form on the case's page does.
async fn bring(who: &Actor, page: &str, name: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Answer {
    who.get(page).await.ok();
    who.post_files(&format!("{page}/comment"), fields, &[("file", name, bytes)]).await
}

/// The id of the file of that name, from the centre's page.
async fn file_named(town: &Town, case: &str, name: &str) -> String {
    let page = town.dispatcher.get_json(&format!("/cases/{case}")).await.ok().json();
    let comments = page["comments"].as_array().unwrap().clone();
    let mut files = comments.iter().flat_map(|comment| comment["files"].as_array().unwrap().clone());
    files.find(|file| file["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
}

#[db_test]
async fn a_file_goes_where_its_words_go(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.dispatched().await;
    let page = format!("/cases/{case}");
    bring(&town.dispatcher, &page, "内部 说明.pdf", PDF, &[("words", "只给中心")]).await.see(&page);
    let internal = file_named(&town, &case, "内部 说明.pdf").await;
    bring(&town.dispatcher, &page, "管线图.pdf", PDF, &[("units", "true")]).await.see(&page);
    let for_units = file_named(&town, &case, "管线图.pdf").await;
    bring(&town.dispatcher, &page, "答复.pdf", PDF, &[("public", "true"), ("words", "见附件")]).await;
    let public = file_named(&town, &case, "答复.pdf").await;
    for (file, centre, unit, reporter) in
        [(&internal, true, false, false), (&for_units, true, true, false), (&public, true, true, true)]
    {
        let address = format!("{page}/files/{file}");
        for (who, may) in [
            (&town.dispatcher, centre),
            (&town.handler, unit),
            (&town.rider, reporter),
            (&town.worker, false),
        ] {
            let answer = who.get(&address).await;
            assert_eq!(answer.status.as_u16(), if may { 200 } else { 404 }, "{address}");
        }
    }
    let saved = town.dispatcher.get(&format!("{page}/files/{internal}")).await.ok();
    assert_eq!(saved.header("content-type"), "application/pdf");
    let name = "attachment; filename=\"file\"; filename*=UTF-8''%E5%86%85%E9%83%A8%20%E8%AF%B4%E6%98%8E.pdf";
    assert_eq!(saved.header("content-disposition"), name);
    assert_eq!(saved.header("x-content-type-options"), "nosniff");
    let unit = town.handler.get(&format!("/unit/cases/{case}")).await.ok();
    assert!(unit.text().contains("管线图.pdf") && unit.text().contains("答复.pdf"));
    assert!(!unit.text().contains("说明.pdf"));
    let own = town.rider.get(&format!("/mine/{case}")).await.ok();
    assert!(own.text().contains("答复.pdf") && !own.text().contains("管线图.pdf"));
}

#[db_test]
async fn what_a_unit_brings_is_seen_by_it_and_the_centre(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.dispatched().await;
    let page = format!("/unit/cases/{case}");
    bring(&town.handler, &page, "工单.pdf", PDF, &[("words", "派工单")]).await.see(&page);
    let file = file_named(&town, &case, "工单.pdf").await;
    let address = format!("/cases/{case}/files/{file}");
    town.handler.get(&address).await.ok();
    town.dispatcher.get(&address).await.ok();
    town.rider.get(&address).await.refused(404, "");
}

#[db_test]
async fn what_cannot_be_kept_is_refused_and_what_was_written_stays(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.dispatched().await;
    let page = format!("/cases/{case}");
    for (bytes, sentence) in [(&b"MZ\x90\x00"[..], "只接收照片"), (b"PK\x03\x04x", "这个文件打不开")]
    {
        let answer = bring(&town.dispatcher, &page, "a.pdf", bytes, &[("words", "写好的话")]).await;
        let again = answer.refused(422, sentence).text();
        assert!(again.contains("写好的话"), "what was written is still there: {again}");
    }
    let nothing: [(&str, &str); 0] = [];
    town.dispatcher.get(&page).await.ok();
    town.dispatcher.post(&format!("{page}/comment"), &nothing).await.refused(422, "请");
    // A reporter's photos come with the report, by their own way.
    town.rider
        .post_files(&format!("{page}/comment"), &[("words", "看附件")], &[("file", "a.pdf", PDF)])
        .await
        .refused(403, "附件由中心");
    let held = town.dispatcher.get_json(&page).await.ok().json();
    assert_eq!(held["comments"], json!([]), "{}", held["comments"]);
}

#[db_test]
async fn what_is_taken_back_is_gone(db: TestDb) {
    let town = Town::new(&db).await;
    let case = town.dispatched().await;
    let page = format!("/cases/{case}");
    bring(&town.dispatcher, &page, "a.pdf", PDF, &[("words", "放错了")]).await.see(&page);
    let file = file_named(&town, &case, "a.pdf").await;
    town.give(&town.dispatcher, &case, "undo", &json!({})).await;
    town.dispatcher.get(&format!("{page}/files/{file}")).await.refused(404, "");
    let after: Value = town.dispatcher.get_json(&page).await.ok().json();
    assert_eq!(after["comments"], json!([]));
}

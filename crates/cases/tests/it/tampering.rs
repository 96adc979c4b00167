//! Whatever somebody who can write to the database does to a case, to what stands beside it or to who said
//! what, is named with its case, its row and its column.

use qige_cases::actions::{Comment, Merge, Question};
use qige_cases::{CaseRole, NewReport, Reporter, State, verify};
use qige_db::db_test;
use qige_db::testing::{Tampered, Tampering, TestDb};

use crate::world::World;

/// A row that was put in has this id.
const SPARE: &str = "00000000-0000-0000-0000-000000000009";

/// Two cases that went all the way, one that was joined and asked about, and two that follow another.
async fn lived(db: TestDb) -> World {
    let world = World::new(db).await;
    for _ in 0..2 {
        let case = world.case_in(State::Closed).await;
        for words in ["先等等", "可以了"] {
            let comment =
                Comment { words: words.to_owned(), public: true, units: false, attachments: vec![] };
            world.done(&world.supervisor, case, comment).await;
        }
    }
    let main =
        NewReport { grid: Some(world.entropy.id(world.now())), beside_metres: Some(120.5), ..world.report() };
    let main = world.send(main).await.unwrap().case;
    let by = Reporter::Person(world.second_rider.person, CaseRole::Rider);
    world.send(NewReport { by, joins: Some(main), ..world.report() }).await.unwrap();
    world.done(&world.dispatcher, main, Question { words: "在路的哪一边".to_owned() }).await;
    for _ in 0..2 {
        let case = world.case().await;
        world.done(&world.dispatcher, case, Merge { main, reason: "同一个井盖".to_owned() }).await;
    }
    assert_eq!(world.named().await, [""; 0]);
    world
}

impl World {
    async fn named(&self) -> Vec<String> {
        let faults = self.read(|tx| Box::pin(async move { Ok(verify(tx).await?) })).await;
        faults.iter().map(ToString::to_string).collect()
    }

    /// Does to a table all that can be done to it. `kind` is what its rows are called there; nothing for
    /// the cases themselves.
    async fn tampered(&self, table: &str, kind: &str, changes: &[(&str, &str)], fresh: &[(&str, &str)]) {
        let spare = self.db.id(9);
        let tampering = Tampering { table, key: "id", among: "TRUE", spare, changes, fresh };
        for way in self.db.ways_to_tamper(&tampering).await {
            self.db.tamper(&way.sql).await;
            let named = self.named().await;
            assert!(named.iter().any(|fault| says(fault, kind, &way)), "{table} {}: {named:?}", way.what);
            self.db.put_back(table).await;
            assert_eq!(self.named().await, [""; 0], "{table} {}", way.what);
        }
    }
}

/// Whether a fault is about what was done.
fn says(fault: &str, kind: &str, way: &Tampered) -> bool {
    let column = |name: &str| fault.ends_with(&format!(" {name} differs from the journal"));
    let of_kind = fault.contains(&format!(" {kind}"));
    of_kind
        && match way.what.as_str() {
            "id" | "case_id" => column("row") || column("line"),
            "row" if way.sql.contains("INSERT") => fault.contains(SPARE),
            "tenant" | "row" => column("row"),
            "places" => true,
            name => column(name),
        }
}

const MORE: &str = "'。'";

#[db_test]
async fn each_column_of_a_case_is_held_against_its_journal(db: TestDb) {
    let world = lived(db).await;
    let other = world.db.id(9);
    let other = other.as_str();
    let words = format!("words || {MORE}");
    let mut changes = vec![
        ("tenant", other),
        ("id", other),
        ("version", "version + 1"),
        ("number", "'20200101-0001'"),
        ("state", "'handled'"),
        ("open", "NOT open"),
        ("matter", "'matter-09-005'"),
        ("urgency", "'critical'"),
        ("words", words.as_str()),
        ("released_words", "'别的'"),
        ("address", "'别处'"),
        ("lng", "lng + 0.001"),
        ("lat", "lat + 0.001"),
        ("accuracy", "7.5"),
        ("cell", "cell + 1"),
        ("community", other),
        ("grid", other),
        ("beside_metres", "COALESCE(beside_metres, 0) + 1"),
        ("first_report", other),
        ("solved", "NOT solved"),
        ("stage", "'file'"),
        ("late_at", "late_at - 1"),
        ("lead_unit", other),
        ("verifier", other),
        ("checker", other),
        ("dispatcher", other),
        ("main_case", other),
        ("merged_count", "merged_count + 1"),
        ("rating", "3"),
        ("decline_reason", "'other'"),
        ("received_at", "received_at + 1"),
        ("updated_at", "updated_at + 1"),
    ];
    let flags = [
        "suspended",
        "waiting",
        "question_open",
        "supervised",
        "transferred",
        "verified",
        "appealed",
        "escalated",
        "extension_asked",
    ];
    let flags = flags.map(|flag| (flag, format!("NOT {flag}")));
    let counts = [
        "due_at",
        "amber_at",
        "over_at",
        "review_at",
        "send_backs",
        "reworks",
        "extensions",
        "reopenings",
        "filed_at",
        "dispatched_at",
        "handled_at",
        "ended_at",
        "words_erased_at",
    ];
    let counts = counts.map(|count| (count, format!("COALESCE({count}, 0) + 1")));
    changes.extend(flags.iter().chain(&counts).map(|(column, value)| (*column, value.as_str())));
    world.tampered("cases", "", &changes, &[("number", "NULL")]).await;
}

#[db_test]
async fn each_row_beside_a_case_is_held_against_its_journal(db: TestDb) {
    let world = lived(db).await;
    let other = world.db.id(9);
    let other = other.as_str();
    let last = "(SELECT id FROM cases ORDER BY id DESC LIMIT 1)";
    let key = [("tenant", other), ("id", other), ("case_id", last)];
    let with = |more: &[(&'static str, &'static str)]| -> Vec<(&str, &str)> {
        key.iter().copied().chain(more.iter().copied()).collect()
    };
    let photos = [
        ("report", "id"),
        ("unit", "id"),
        ("role", "'check'"),
        ("released", "NOT released"),
        ("added_at", "added_at + 1"),
    ];
    world.tampered("case_photos", "photos", &with(&photos), &[]).await;
    let assignments = [
        ("unit", "id"),
        ("lead", "NOT lead"),
        ("state", "'sent-back'"),
        ("open", "NOT open"),
        ("note", "'别的'"),
        ("assigned_at", "assigned_at + 1"),
        ("accepted_at", "1"),
        ("accepted_by", "id"),
        ("done_at", "1"),
        ("done_by", "id"),
    ];
    world.tampered("case_assignments", "assignments", &with(&assignments), &[]).await;
    let asks = [
        ("kind", "'appeal'"),
        ("open", "NOT open"),
        ("asked_at", "asked_at + 1"),
        ("asked_by", "id"),
        ("person", "id"),
        ("unit", "id"),
        ("words", "'别的'"),
        ("until", "1"),
        ("body", "'别处'"),
        ("reference", "'1'"),
        ("yes", "CASE WHEN yes THEN FALSE ELSE TRUE END"),
        ("answered_at", "1"),
        ("answered_by", "id"),
        ("answer", "'别的'"),
        ("stars", "3"),
    ];
    world.tampered("case_asks", "asks", &with(&asks), &[]).await;
    let clocks = [
        ("stage", "'verify'"),
        ("unit", "id"),
        ("clock", "(SELECT k.clock FROM kept_case_clocks k ORDER BY k.id DESC LIMIT 1)"),
        ("started_at", "started_at + 1"),
        ("due_at", "due_at + 1"),
        ("stopped", "NOT stopped"),
        ("ended_at", "1"),
    ];
    world.tampered("case_clocks", "clocks", &with(&clocks), &[]).await;
    let merges = [
        ("main_case", "id"),
        ("from_state", "'handled'"),
        ("merged_at", "merged_at + 1"),
        ("unmerged_at", "1"),
        ("reason", "'别的'"),
    ];
    world.tampered("case_merges", "merges", &with(&merges), &[]).await;
    let comments = [
        ("person", "id"),
        ("role", "'dispatcher'"),
        ("unit", "id"),
        ("public", "NOT public"),
        ("units", "NOT units"),
        ("words", "'别的'"),
        ("attachments", ATTACHED),
        ("made_at", "made_at + 1"),
    ];
    world.tampered("case_comments", "comments", &with(&comments), &[]).await;
}

const ATTACHED: &str = "'[{\"id\":\"00000000-0000-0000-0000-000000000001\",\"name\":\"a.pdf\",\
                        \"bytes\":1}]'";

#[db_test]
async fn who_said_what_is_held_against_the_lines_that_reports_left(db: TestDb) {
    let world = lived(db).await;
    let other = world.db.id(9);
    let changes = [
        ("tenant", other.as_str()),
        ("id", other.as_str()),
        ("case_id", "(SELECT id FROM cases ORDER BY id DESC LIMIT 1)"),
        ("person", "id"),
        ("role", "'reporter'"),
        ("follow_code_hash", "(SELECT hash FROM journal ORDER BY stream, id, seq LIMIT 1)"),
        ("matter", "'matter-09-005'"),
        ("words", "'别的'"),
        ("lng", "lng + 0.001"),
        ("lat", "lat + 0.001"),
        ("accuracy", "7.5"),
        ("voice", "id"),
        ("made_at", "made_at + 1"),
        ("received_at", "received_at + 1"),
        ("origin", "'web'"),
        ("joined", "NOT joined"),
        ("solved", "NOT solved"),
    ];
    world.tampered("reports", "reports", &changes, &[("follow_code_hash", "NULL")]).await;
    // The same of one that joined a case, which left a line of its own.
    let joined = "joined = TRUE";
    for (sql, what) in [
        (format!("UPDATE reports SET person = id WHERE {joined}"), "person"),
        (format!("UPDATE reports SET words = '别的' WHERE {joined}"), "words"),
        (format!("UPDATE reports SET joined = FALSE WHERE {joined}"), "joined"),
        (
            format!("UPDATE reports SET case_id = (SELECT id FROM cases ORDER BY id LIMIT 1) WHERE {joined}"),
            "case_id",
        ),
        (format!("DELETE FROM reports WHERE {joined}"), "row"),
        ("UPDATE journal SET body = '{}' WHERE stream = 'report'".to_owned(), "line"),
    ] {
        world.db.tamper(&sql).await;
        let named = world.named().await;
        let column = format!(" {what} differs from the journal");
        assert!(
            named.iter().any(|fault| fault.contains("reports") && fault.ends_with(&column)),
            "{sql}: {named:?}"
        );
        if !sql.contains("journal") {
            world.db.put_back("reports").await;
            assert_eq!(world.named().await, [""; 0], "{sql}");
        }
    }
}

#[db_test]
async fn a_case_whose_journal_is_silent_or_gone_is_named(db: TestDb) {
    let world = lived(db).await;
    let photo =
        "UPDATE case_photos SET released = TRUE WHERE report IN (SELECT id FROM reports WHERE joined = TRUE)";
    world.db.tamper(photo).await;
    let named = world.named().await;
    assert!(named.len() == 1 && named[0].ends_with(" released differs from the journal"), "{named:?}");
    world.db.tamper(&photo.replace("SET released = TRUE", "SET released = FALSE")).await;
    assert_eq!(world.named().await, [""; 0]);
    world.db.tamper("CREATE TABLE kept_journal AS SELECT * FROM journal").await;
    let last = "stream = 'case' AND id = (SELECT id FROM cases ORDER BY id LIMIT 1)";
    for (sql, what) in [
        (
            format!("UPDATE journal SET salt = NULL, body = NULL WHERE {last} AND seq = 0"),
            "everything since line 0",
        ),
        (
            format!("DELETE FROM journal WHERE {last} AND seq = (SELECT MAX(seq) FROM journal WHERE {last})"),
            "version",
        ),
        (format!("DELETE FROM journal WHERE {last}"), "version"),
    ] {
        world.db.tamper(&sql).await;
        let named = world.named().await;
        let what = format!(": {what} differs from the journal");
        assert!(named.iter().any(|fault| fault.ends_with(&what)), "{sql}: {named:?}");
        world.db.put_back("journal").await;
        assert_eq!(world.named().await, [""; 0], "{sql}");
    }
}

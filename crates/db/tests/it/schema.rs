//! Both engines end in the same schema, and the schema can be divided by tenant.

use std::collections::BTreeMap;

use qige_db::testing::TestDb;
use qige_db::{Engine, db_test, statements};

use crate::writing::asker;

statements! {
    /// Table, column, whether it may be null, and its place in the primary key.
    COLUMNS = {
        sqlite: "SELECT m.name, c.name, c.\"notnull\" = 0 AND c.pk = 0, c.pk
            FROM sqlite_schema m, pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
        postgres: "SELECT t.relname::text, a.attname::text, NOT a.attnotnull,
                COALESCE(array_position(k.conkey, a.attnum), 0)::bigint
            FROM pg_class t
            JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p'
            WHERE t.relkind = 'r'",
    };
    /// Table, index and the index's first column.
    INDEXES = {
        sqlite: "SELECT m.name, i.name, x.name FROM sqlite_schema m, pragma_index_list(m.name) i,
            pragma_index_info(i.name) x WHERE m.type = 'table' AND x.seqno = 0",
        postgres: "SELECT t.relname::text, c.relname::text, a.attname::text FROM pg_index i
            JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid
            JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]",
    };
}

/// Small tables without a tenant: reference tables when the schema is divided.
const SHARED: &[&str] = &["schema_migrations", "tenants"];

/// What texts are looked up by is each engine's own, and by the token first: `case_search`, and on SQLite the
/// tables that FTS5 keeps for it. Which tenant's a row is stands in it all the same.
const FULL_TEXT: &str = "case_search";

type Columns = BTreeMap<(String, String), (bool, i64)>;

async fn columns(db: &TestDb) -> Columns {
    let rows: Vec<(String, String, bool, i64)> =
        db.read(asker(1), |tx| Box::pin(async move { Ok(tx.all(COLUMNS, &[]).await?) })).await.unwrap();
    let rows = rows.into_iter().filter(|(table, ..)| !table.starts_with(FULL_TEXT));
    rows.map(|(table, column, nullable, key)| ((table, column), (nullable, key))).collect()
}

#[tokio::test]
async fn both_engines_end_in_the_same_schema() {
    let sqlite = TestDb::fresh(Engine::Sqlite).await.unwrap();
    let Some(postgres) = TestDb::fresh(Engine::Postgres).await else {
        eprintln!("skipped: QIGE_TEST_POSTGRES names no server");
        return;
    };
    let (left, right) = (columns(&sqlite).await, columns(&postgres).await);
    assert!(left.len() > 10);
    assert_eq!(left, right);
}

#[db_test]
async fn tenant_leads_every_key_and_index(db: TestDb) {
    for ((table, column), (_, key)) in columns(&db).await {
        if !SHARED.contains(&table.as_str()) {
            assert_eq!(key == 1, column == "tenant", "{table}.{column} is number {key} of the primary key");
        }
    }
    let indexes: Vec<(String, String, String)> =
        db.read(asker(1), |tx| Box::pin(async move { Ok(tx.all(INDEXES, &[]).await?) })).await.unwrap();
    for (table, index, first) in indexes {
        let by_token = index == "case_search_tokens" || (table.starts_with(FULL_TEXT) && table != FULL_TEXT);
        if !SHARED.contains(&table.as_str()) && !by_token {
            assert_eq!(first, "tenant", "index {index} of {table}");
        }
    }
}

#[db_test]
async fn migrating_again_changes_nothing(db: TestDb) {
    let before = columns(&db).await;
    db.migrate().await.unwrap();
    assert_eq!(columns(&db).await, before);
}

#[db_test]
async fn a_database_from_the_future_is_refused(db: TestDb) {
    let later = "INSERT INTO schema_migrations (version, name, checksum)
        SELECT 9999, 'later', checksum FROM schema_migrations LIMIT 1";
    db.tamper(later).await;
    let error = db.migrate().await.err().unwrap();
    assert!(error.to_string().contains("newer version"), "{error}");
}

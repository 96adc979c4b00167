//! What a test's whole database holds, read past every statement and every wall: searched for what must not
//! lie in it in clear, or compared with what it held before.

use std::collections::BTreeMap;

use qige_kernel::TenantId;
use rusqlite::types::Value;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::{TestDb, connected};

/// Everything that is kept, as whoever came by a copy of the database would read it.
#[derive(Default)]
pub struct Everything {
    bytes: Vec<u8>,
    /// The same with what is no text made harmless: text is found faster in text.
    text: String,
}

impl Everything {
    /// Whether this lies in it in clear, as text or as bytes.
    #[must_use]
    pub fn holds(&self, needle: impl AsRef<[u8]>) -> bool {
        let needle = needle.as_ref();
        match std::str::from_utf8(needle) {
            Ok(text) => self.text.contains(text),
            Err(_) => self.bytes.windows(needle.len()).any(|bytes| bytes == needle),
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.bytes.push(b'\n');
        self.text.push_str(&String::from_utf8_lossy(bytes));
        self.text.push('\n');
    }
}

/// The rows of one tenant, by table, in an order that does not depend on the engine's mood.
pub type Rows = BTreeMap<String, Vec<String>>;

impl TestDb {
    /// Each field of each row of each table: texts as they are, bytes as bytes. Of SQLite the files as well,
    /// which hold what was deleted until it is written over.
    pub async fn everything(&self) -> Everything {
        let mut everything = Everything::default();
        if let Some(file) = self.file() {
            for ending in ["", "-wal"] {
                everything.add(&std::fs::read(format!("{file}{ending}")).unwrap_or_default());
            }
            let connection = rusqlite::Connection::open(file).expect("open the file");
            for table in tables(&connection) {
                for value in values(&connection, &format!("SELECT * FROM {table}")).into_iter().flatten() {
                    match value {
                        Value::Text(text) => everything.add(text.as_bytes()),
                        Value::Blob(bytes) => everything.add(&bytes),
                        Value::Null | Value::Integer(_) | Value::Real(_) => {}
                    }
                }
            }
            return everything;
        }
        let client = connected(&self.keeper).await;
        for (table, _) in walled(&client).await {
            let rows = client.query(&format!("SELECT t::text, t.* FROM {table} t"), &[]).await.expect("rows");
            for row in rows {
                everything.add(row.get::<_, String>(0).as_bytes());
                // As text, bytes are written in hexadecimal, where nobody would see a word.
                let bytes =
                    row.columns().iter().enumerate().filter(|(_, field)| *field.type_() == Type::BYTEA);
                for (at, _) in bytes {
                    everything.add(row.get::<_, Option<&[u8]>>(at).unwrap_or_default());
                }
            }
        }
        everything
    }

    /// All that this tenant has, in every table with a tenant: what must be the same afterwards when nobody
    /// of it did anything.
    pub async fn rows_of(&self, tenant: TenantId) -> Rows {
        let id = uuid::Uuid::from(tenant);
        let mut all = Rows::new();
        if let Some(file) = self.file() {
            let connection = rusqlite::Connection::open(file).expect("open the file");
            let having = "SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c
                WHERE m.type = 'table' AND c.name = 'tenant'";
            for table in values(&connection, having) {
                let Some(Value::Text(table)) = table.into_iter().next() else { continue };
                let of = format!("SELECT * FROM {table} WHERE tenant = x'{}'", id.simple());
                let rows = values(&connection, &of);
                all.insert(table, rows.iter().map(|row| format!("{row:?}")).collect());
            }
        } else {
            let client = connected(&self.keeper).await;
            for (table, _) in walled(&client).await.into_iter().filter(|(_, tenant)| *tenant) {
                let of = format!("SELECT t::text FROM {table} t WHERE tenant = '{id}'");
                let rows = client.query(&of, &[]).await.expect("rows");
                all.insert(table, rows.iter().map(|row| row.get(0)).collect());
            }
        }
        for rows in all.values_mut() {
            rows.sort();
        }
        all
    }

    fn file(&self) -> Option<&str> {
        self.url.strip_prefix("sqlite:")
    }
}

/// The tables of a file; what its full text search keeps for itself is not read by anybody.
fn tables(connection: &rusqlite::Connection) -> Vec<String> {
    let named = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'case_search_tokens%'";
    let text = |value| if let Value::Text(name) = value { Some(name) } else { None };
    values(connection, named).into_iter().flatten().filter_map(text).collect()
}

fn values(connection: &rusqlite::Connection, sql: &str) -> Vec<Vec<Value>> {
    let mut statement = connection.prepare(sql).expect("prepare");
    let fields = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| (0..fields).map(|at| row.get(at)).collect();
    statement.query_map([], row).expect("query").collect::<Result<_, _>>().expect("rows")
}

/// The tables of PostgreSQL, and whether they have a tenant.
async fn walled(client: &Client) -> Vec<(String, bool)> {
    let tables = "SELECT quote_ident(t.relname), EXISTS (SELECT 1 FROM pg_attribute a
            WHERE a.attrelid = t.oid AND a.attname = 'tenant' AND NOT a.attisdropped)
        FROM pg_class t WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r'";
    let rows = client.query(tables, &[]).await.expect("tables");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

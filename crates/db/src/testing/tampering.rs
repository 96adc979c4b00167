//! What somebody who can write to the database can do to a table, one thing at a time: change each column
//! of a row, take a row out, put one in, let two change places. Each is done to the table as it was, which
//! is put back afterwards.

use super::{Engine, TestDb, connected};

/// A table, and what is done to it.
pub struct Tampering<'a> {
    /// Its name.
    pub table: &'a str,
    /// The column by which its rows are told apart and ordered.
    pub key: &'a str,
    /// Which rows are meant; `TRUE` for all.
    pub among: &'a str,
    /// Another key, in SQL.
    pub spare: String,
    /// Each column and another value for it, in SQL. The test fails where a column is not listed.
    pub changes: &'a [(&'a str, &'a str)],
    /// What must be otherwise in a row that is put in, besides its key.
    pub fresh: &'a [(&'a str, &'a str)],
}

/// Something that is done.
pub struct Tampered {
    /// The column; `row` for a row that is taken out or put in, `places` for two that changed places.
    pub what: String,
    /// By which SQL.
    pub sql: String,
}

impl Tampering<'_> {
    /// The key of the first or last of the rows that are meant, as they were.
    fn one(&self, way: &str) -> String {
        let Self { table, key, among, .. } = self;
        format!("(SELECT {key} FROM kept_{table} WHERE {among} ORDER BY {key}{way} LIMIT 1)")
    }

    fn inserted(&self, columns: &[String]) -> String {
        let Self { table, key, among, spare, fresh, .. } = self;
        let value = |column: &String| {
            let other = fresh.iter().find(|(name, _)| name == column).map(|(_, value)| (*value).to_owned());
            if column == key { spare.clone() } else { other.unwrap_or_else(|| column.clone()) }
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        let (columns, values, first) = (columns.join(", "), values.join(", "), self.one(""));
        let from = format!("FROM kept_{table} WHERE {among} AND {key} = {first}");
        format!("INSERT INTO {table} ({columns}) SELECT {values} {from}")
    }

    fn swapped(&self) -> String {
        let Self { table, key, among, spare, .. } = self;
        let (first, last) = (self.one(""), self.one(" DESC"));
        let step = |from: &str, to: &str| {
            format!("UPDATE {table} SET {key} = {to} WHERE {among} AND {key} = {from};")
        };
        [step(&first, spare), step(&last, &first), step(spare, &last)].concat()
    }
}

impl TestDb {
    /// An id, in SQL.
    #[must_use]
    pub fn id(&self, number: u8) -> String {
        let digits = format!("{number:032x}");
        if self.db.engine() == Engine::Sqlite { format!("X'{digits}'") } else { format!("'{digits}'::uuid") }
    }

    /// Everything that can be done to a table, which is kept as it is until [`TestDb::put_back`].
    ///
    /// # Panics
    /// Where a column is not listed, or there are not two rows.
    pub async fn ways_to_tamper(&self, with: &Tampering<'_>) -> Vec<Tampered> {
        let Tampering { table, key, among, changes, .. } = with;
        self.tamper(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        let columns = self.columns(table).await;
        for column in &columns {
            assert!(changes.iter().any(|(name, _)| name == column), "{table}.{column} is not tried");
        }
        let first = with.one("");
        let change = |(column, value): &(&str, &str)| Tampered {
            what: (*column).to_owned(),
            sql: format!("UPDATE {table} SET {column} = {value} WHERE {among} AND {key} = {first}"),
        };
        let mut ways: Vec<Tampered> = changes.iter().map(change).collect();
        let row = |sql: String| Tampered { what: "row".to_owned(), sql };
        ways.push(row(format!("DELETE FROM {table} WHERE {among} AND {key} = {first}")));
        ways.push(row(with.inserted(&columns)));
        ways.push(Tampered { what: "places".to_owned(), sql: with.swapped() });
        for way in &mut ways {
            way.sql = format!("{}; {}", self.guards_off(), way.sql);
        }
        ways
    }

    /// Puts a table back as it was.
    pub async fn put_back(&self, table: &str) {
        let columns = self.columns(table).await.join(", ");
        let again = format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM kept_{table}");
        self.tamper(&format!("{}; DELETE FROM {table}; {again}", self.guards_off())).await;
    }

    /// The engine's own guards would stop some of it; a thief turns them off first.
    #[must_use]
    pub fn guards_off(&self) -> &'static str {
        match self.db.engine() {
            Engine::Sqlite => "PRAGMA foreign_keys = OFF",
            Engine::Postgres => "SET session_replication_role = replica",
        }
    }

    async fn columns(&self, table: &str) -> Vec<String> {
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            let connection = rusqlite::Connection::open(path).expect("open the file");
            let mut rows = connection.prepare("SELECT name FROM pragma_table_info(?1)").expect("prepare");
            let names = rows.query_map([table], |row| row.get(0)).expect("columns");
            return names.map(|name| name.expect("a column")).collect();
        }
        let client = connected(&self.keeper).await;
        let columns = "SELECT attname::text FROM pg_attribute
            WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum";
        let rows = client.query(columns, &[&table]).await.expect("columns");
        rows.iter().map(|row| row.get(0)).collect()
    }
}

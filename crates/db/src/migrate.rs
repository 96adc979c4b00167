//! The schema: `migrations/NNNN_name.sql`, one portable text for both engines, forward only.

mod wall;

use sha2::{Digest, Sha256};

use qige_kernel::TenantId;
use uuid::Uuid;

use crate::{Asker, Command, Db, DbError, Engine, Failure, Tx, from_row, params, statements};

struct Migration {
    version: i64,
    name: &'static str,
    text: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal;)*) => {
        &[$(Migration {
            version: $version,
            name: $name,
            text: include_str!(concat!("../migrations/", $name, ".sql")),
        }),*]
    };
}

const MIGRATIONS: &[Migration] = migrations! {
    1 "0001_base";
    2 "0002_identity";
    3 "0003_places";
    4 "0004_objects";
    5 "0005_cases";
    6 "0006_sync";
    7 "0007_jobs";
    8 "0008_notify";
    9 "0009_handover";
    10 "0010_saved_filters";
    11 "0011_attachments";
    12 "0012_wall";
    13 "0013_evaluation";
    14 "0014_suggestion";
    15 "0015_search";
    16 "0016_marks";
    17 "0017_data_keys";
    18 "0018_readings";
    19 "0019_journal_roots";
    20 "0020_second_step";
    21 "0021_consents";
    22 "0022_retention";
    23 "0023_known_browsers";
    24 "0024_sign_in_codes";
    25 "0025_passkeys";
    26 "0026_four_eyes";
    27 "0027_members";
    28 "0028_provider_links";
    29 "0029_rights";
    30 "0030_covers";
    31 "0031_deliveries";
    32 "0032_points";
    33 "0033_notice_choices";
    34 "0034_homes";
    35 "0035_sign_ins";
    36 "0036_words_erased";
    37 "0037_root_chain";
    38 "0038_how_somebody_came_in";
    39 "0039_beside";
};

/// What each portable type is called on SQLite.
const SQLITE_TYPES: &[(&str, &str)] = &[
    ("UUID", "BLOB"),
    ("BIGINT", "INTEGER"),
    ("DOUBLE PRECISION", "REAL"),
    ("BOOLEAN", "INTEGER"),
    ("JSONB", "TEXT"),
    ("BYTEA", "BLOB"),
];

statements! {
    /// Every migration that has run.
    APPLIED = "SELECT version, name, checksum FROM schema_migrations ORDER BY version";
    /// Remembers one.
    REMEMBER = "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)";
}

from_row! {
    struct Applied { version: i64, name: String, checksum: Vec<u8> }
}

struct Bootstrap;

impl Command for Bootstrap {
    type Output = ();
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if tx.engine() == Engine::Postgres {
            // Two processes starting at once: the second waits for the first. The number is our name for it.
            tx.script("SELECT pg_advisory_xact_lock(7142093)").await?;
        }
        let table = "CREATE TABLE IF NOT EXISTS schema_migrations (
            version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum BYTEA NOT NULL);";
        tx.script(&translated(table, tx.engine())).await?;
        Ok(())
    }
}

struct Upgrade;

impl Command for Upgrade {
    type Output = ();
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if tx.engine() == Engine::Postgres {
            tx.script("SELECT pg_advisory_xact_lock(7142093)").await?;
        }
        let applied: Vec<Applied> = tx.all(APPLIED, &[]).await?;
        check(&applied)?;
        let missing = MIGRATIONS.get(applied.len()..).unwrap_or_default();
        let walled = tx.engine() == Engine::Postgres;
        if walled && !missing.is_empty() {
            tx.script(wall::DOWN).await?;
        }
        for migration in missing {
            tx.script(&translated(migration.text, tx.engine())).await?;
            let checksum = checksum(migration.text);
            tx.execute(REMEMBER, params![migration.version, migration.name, checksum]).await?;
        }
        if walled {
            tx.script(wall::UP).await?;
        }
        Ok(())
    }
}

pub(crate) async fn run(db: &Db) -> Result<(), DbError> {
    let asker = Asker::system(TenantId(Uuid::nil()));
    for result in [db.write(asker, Bootstrap).await, db.write(asker, Upgrade).await] {
        match result {
            Ok(()) => {}
            Err(Failure::Db(error)) => return Err(error),
            Err(Failure::Refused(refusal)) => return Err(DbError::Schema(refusal.to_string())),
        }
    }
    Ok(())
}

/// A name for the schema as a whole: tests keep a template per value.
pub(crate) fn fingerprint() -> String {
    let mut hash = Sha256::new();
    for migration in MIGRATIONS {
        hash.update(migration.text);
    }
    hash.update(wall::UP);
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn check(applied: &[Applied]) -> Result<(), DbError> {
    if applied.len() > MIGRATIONS.len() {
        return Err(DbError::Schema("this database was made by a newer version of the program".to_owned()));
    }
    for (row, migration) in applied.iter().zip(MIGRATIONS) {
        if row.version != migration.version || row.checksum != checksum(migration.text) {
            return Err(DbError::Schema(format!(
                "migration {} ({}) is not the one this database was made with",
                row.version, row.name
            )));
        }
    }
    Ok(())
}

fn checksum(text: &str) -> Vec<u8> {
    Sha256::digest(text).to_vec()
}

/// What each portable type is called on PostgreSQL: text is compared byte by byte, as on SQLite, whatever the
/// database's own collation.
const POSTGRES_TYPES: &[(&str, &str)] = &[("TEXT", "TEXT COLLATE \"C\"")];

/// A narrow table whose rows SQLite keeps in its primary key instead of beside it.
const IN_ITS_KEY: &str = ") WITHOUT ROWID;";

/// Lines after one of these are for one engine: what only it has, such as how it looks up texts.
const ALONE: &[(&str, Option<Engine>)] = &[
    ("-- sqlite alone:", Some(Engine::Sqlite)),
    ("-- postgres alone:", Some(Engine::Postgres)),
    ("-- both:", None),
];

/// How often PostgreSQL tidies one table up; SQLite has nothing to tidy.
const TIDIED: &str = " SET (autovacuum_";

/// The text as the engine wants it.
fn translated(text: &str, engine: Engine) -> String {
    let lines = meant_for(text, engine);
    if engine == Engine::Postgres {
        let line = |line: &str| words_replaced(line, POSTGRES_TYPES).replace(IN_ITS_KEY, ");") + "\n";
        return lines.map(|text| line(text.split_once("--").map_or(text, |(code, _)| code))).collect();
    }
    let mut sql = String::with_capacity(text.len());
    let mut in_table = false;
    for line in lines {
        let line = line.split_once("--").map_or(line, |(code, _comment)| code);
        if line.contains(TIDIED) {
            continue;
        }
        in_table |= line.trim_start().starts_with("CREATE TABLE");
        let mut line = words_replaced(line, SQLITE_TYPES);
        if in_table && let Some(open) = line.trim_end().strip_suffix(IN_ITS_KEY) {
            line = format!("{open}) STRICT, WITHOUT ROWID;");
            in_table = false;
        } else if in_table && line.trim_end().ends_with(");") {
            line = line.trim_end().trim_end_matches(';').to_owned() + " STRICT;";
            in_table = false;
        }
        sql.push_str(&line);
        sql.push('\n');
    }
    sql
}

/// The lines of a text that are for this engine.
fn meant_for(text: &str, engine: Engine) -> impl Iterator<Item = &str> {
    let mut alone = None;
    text.lines().filter(move |line| {
        if let Some((_, whose)) = ALONE.iter().find(|(said, _)| said == line) {
            alone = *whose;
        }
        alone.is_none_or(|whose| whose == engine)
    })
}

/// Replaces the type names where they stand as whole words.
fn words_replaced(line: &str, types: &[(&str, &str)]) -> String {
    let boundary = |character: Option<char>| {
        character.is_none_or(|character| !character.is_ascii_alphanumeric() && character != '_')
    };
    let mut result = line.to_owned();
    for (portable, sqlite) in types {
        let mut rest = std::mem::take(&mut result);
        while let Some((before, after)) = rest.split_once(portable) {
            let whole = boundary(before.chars().next_back().or(result.chars().next_back()))
                && boundary(after.chars().next());
            result.push_str(before);
            result.push_str(if whole { sqlite } else { portable });
            if whole && *portable == "BOOLEAN" {
                // The engine itself would take any number for a flag.
                let column = before.split_whitespace().next_back().unwrap_or_default();
                result.push_str(&format!(" CHECK ({column} IN (0, 1))"));
            }
            rest = after.to_owned();
        }
        result.push_str(&rest);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_translated_as_whole_words() {
        let text = "CREATE TABLE t (\n  id UUID NOT NULL, -- BIGINT\n  at BIGINT, x DOUBLE PRECISION,\n  \
                    uuid_like BYTEA, PRIMARY KEY (id)\n);\nCREATE INDEX i ON t (at);";
        assert_eq!(
            translated(text, Engine::Sqlite),
            "CREATE TABLE t (\n  id BLOB NOT NULL, \n  at INTEGER, x REAL,\n  uuid_like BLOB, \
             PRIMARY KEY (id)\n) STRICT;\nCREATE INDEX i ON t (at);\n"
        );
        let name = "CREATE TABLE t (\n  name TEXT NOT NULL\n);\n";
        assert_eq!(
            translated(name, Engine::Postgres),
            "CREATE TABLE t (\n  name TEXT COLLATE \"C\" NOT NULL\n);\n"
        );
    }

    #[test]
    fn only_sqlite_keeps_rows_in_their_key() {
        let text = "CREATE TABLE t (\n  id UUID PRIMARY KEY\n) WITHOUT ROWID;\n";
        let sqlite = "CREATE TABLE t (\n  id BLOB PRIMARY KEY\n) STRICT, WITHOUT ROWID;\n";
        assert_eq!(translated(text, Engine::Sqlite), sqlite);
        assert_eq!(translated(text, Engine::Postgres), "CREATE TABLE t (\n  id UUID PRIMARY KEY\n);\n");
    }

    #[test]
    fn what_is_one_engine_s_alone_stays_with_it() {
        let text = "-- sqlite alone:\nA;\n-- postgres alone:\nB;\n-- both:\nC;\n";
        assert_eq!(translated(text, Engine::Sqlite).replace('\n', ""), "A;C;");
        assert_eq!(translated(text, Engine::Postgres).replace('\n', ""), "B;C;");
    }

    #[test]
    fn only_postgres_tidies_up() {
        let text = "ALTER TABLE t SET (autovacuum_vacuum_scale_factor = 0.01);\n";
        assert_eq!(translated(text, Engine::Postgres), text);
        assert_eq!(translated(text, Engine::Sqlite), "");
    }

    #[test]
    fn a_flag_is_zero_or_one() {
        assert_eq!(
            words_replaced("  active BOOLEAN NOT NULL,", SQLITE_TYPES),
            "  active INTEGER CHECK (active IN (0, 1)) NOT NULL,"
        );
    }

    #[test]
    fn numbers_follow_one_another() {
        for (at, migration) in (1..).zip(MIGRATIONS) {
            assert_eq!(migration.version, at);
            assert!(migration.name.starts_with(&format!("{at:04}_")));
        }
    }
}

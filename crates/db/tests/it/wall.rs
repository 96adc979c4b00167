//! The wall that PostgreSQL keeps between tenants behind every statement's own `tenant = $1`.

use std::collections::BTreeSet;

use qige_db::testing::TestDb;
use qige_db::{Command, Engine, Failure, PostgresServer, Tx, params, statements};
use qige_kernel::Timestamp;
use uuid::Uuid;

use crate::writing::{PutAtOnce, asker, count};

statements! {
    /// What a statement would see that forgot whose rows it is after.
    ALL_LINES = "SELECT COUNT(*) FROM journal";
    /// What it would change.
    CHANGE_ALL = "UPDATE journal SET at = $1";
    /// The instants that are left of a tenant's lines.
    INSTANTS = "SELECT DISTINCT at FROM journal WHERE tenant = $1";
    /// Tables with a tenant, and whether the owner, too, sees only what the policy shows.
    WALLS = {
        sqlite: "SELECT name, 1 FROM sqlite_schema",
        postgres: "SELECT c.relname::text,
                c.relrowsecurity AND c.relforcerowsecurity AND p.polname IS NOT NULL
            FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
            LEFT JOIN pg_policy p ON p.polrelid = c.oid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'",
    };
}

/// Holds no words, and what is found by it is looked up in `cases`.
const OUTSIDE: [&str; 1] = ["case_search"];

struct ChangeAll;

impl Command for ChangeAll {
    type Output = u64;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Failure> {
        Ok(tx.execute(CHANGE_ALL, params![Timestamp::from_micros(9)]).await?)
    }
}

async fn postgres() -> Option<TestDb> {
    let db = TestDb::fresh(Engine::Postgres).await;
    if db.is_none() {
        eprintln!("skipped: QIGE_TEST_POSTGRES names no server");
    }
    db
}

#[tokio::test]
async fn every_table_with_a_tenant_is_behind_it() {
    let Some(db) = postgres().await else { return };
    db.migrate().await.unwrap();
    let walls: Vec<(String, bool)> =
        db.read(asker(1), |tx| Box::pin(async move { Ok(tx.all(WALLS, &[]).await?) })).await.unwrap();
    assert!(walls.len() > 30, "{} tables", walls.len());
    let outside: BTreeSet<_> = walls.iter().filter(|(_, up)| !up).map(|(table, _)| table.as_str()).collect();
    assert_eq!(outside, BTreeSet::from(OUTSIDE));
}

#[tokio::test]
async fn a_statement_that_forgets_the_tenant_sees_and_changes_its_own_alone() {
    let Some(db) = postgres().await else { return };
    let (us, they) = (asker(1), asker(2));
    // Side by side, so that both are written in one transaction, too.
    let writes = (0..40).map(|at| {
        let who = if at % 2 == 0 { us } else { they };
        db.write(who, PutAtOnce::of(who, [at]))
    });
    let said = futures_util::future::join_all(writes).await;
    assert!(said.iter().all(|said| matches!(said, Ok("at once"))), "{said:?}");
    assert_eq!((count(&db, us).await, count(&db, they).await), (20, 20));

    let all = |who| db.read(who, |tx| Box::pin(async move { Ok(tx.one::<(i64,)>(ALL_LINES, &[]).await?.0) }));
    assert_eq!(all(us).await.unwrap(), 20);
    assert_eq!(all(asker(3)).await.unwrap(), 0);
    assert_eq!(db.write(us, ChangeAll).await.unwrap(), 20);
    let instants = |who| {
        db.read(who, |tx| {
            Box::pin(async move { Ok(tx.all::<(i64,)>(INSTANTS, params![tx.tenant()]).await?) })
        })
    };
    assert_eq!(instants(us).await.unwrap(), [(9,)]);
    assert_eq!(instants(they).await.unwrap(), [(0,)]);
}

#[tokio::test]
async fn nothing_is_written_into_another_tenant() {
    let Some(db) = postgres().await else { return };
    let (us, they) = (asker(1), asker(2));
    // By itself, after a look, and in one transaction with others.
    assert!(db.write(us, PutAtOnce::of(they, [1])).await.is_err());
    let writes = (10..50).map(|id| db.write(us, PutAtOnce::of(if id == 20 { they } else { us }, [id])));
    let said = futures_util::future::join_all(writes).await;
    assert_eq!(said.iter().filter(|said| said.is_err()).count(), 1);
    assert_eq!((count(&db, us).await, count(&db, they).await), (39, 0));
}

#[tokio::test]
async fn whoever_says_no_tenant_sees_nothing() {
    let Some(db) = postgres().await else { return };
    db.write(asker(1), PutAtOnce::of(asker(1), [1])).await.unwrap();
    let client = PostgresServer::named(db.url()).unwrap().connect().await.unwrap();
    let lines =
        async || -> i64 { client.query_one("SELECT COUNT(*) FROM journal", &[]).await.unwrap().get(0) };
    assert_eq!(lines().await, 0);
    client.batch_execute(&format!("SET qige.tenant = '{}'", Uuid::from_u128(1))).await.unwrap();
    assert_eq!(lines().await, 1);
    client.batch_execute("RESET qige.tenant").await.unwrap();
    assert_eq!(lines().await, 0);
}

//! What a write promises: all or nothing, durable, and one after another.

use qige_db::testing::TestDb;
use qige_db::{
    Actor, Announcement, Asker, AtOnce, Command, Db, DbError, Engine, Failure, Param, Tx, db_test, params,
    statements, values,
};
use qige_kernel::{Refusal, RefusalKind, TenantId, Timestamp};
use uuid::Uuid;

statements! {
    /// A line with nothing but a place.
    PUT = "INSERT INTO journal
        (tenant, stream, id, seq, at, actor, role, command, commitment, prev_hash, hash)
        VALUES ($2, 'test', $1, $3, $4, NULL, '', '', $5, $5, $5)";
    /// How many.
    COUNT = "SELECT COUNT(*) FROM journal WHERE tenant = $1";
    /// When the first place was.
    FIRST_AT = "SELECT at FROM journal WHERE tenant = $1 AND stream = 'test' AND id = $2 AND seq = 0";
    /// Puts it at another time.
    PUT_AT = "UPDATE journal SET at = $3 WHERE tenant = $1 AND stream = 'test' AND id = $2 AND seq = 0";
    /// The last place.
    LAST = "SELECT COALESCE(MAX(seq), -1) FROM journal WHERE tenant = $1 AND stream = 'test' AND id = $2";
}

pub(crate) fn asker(number: u128) -> Asker {
    Asker { tenant: TenantId(Uuid::from_u128(number)), actor: Actor::System }
}

async fn put(tx: &mut Tx<'_>, id: u128, seq: i64) -> Result<(), DbError> {
    let at = Timestamp::from_micros(0);
    tx.execute(PUT, params![Uuid::from_u128(id), tx.tenant(), seq, at, Vec::<u8>::new()]).await.map(drop)
}

pub(crate) async fn count(db: &Db, asker: Asker) -> i64 {
    db.read(asker, |tx| Box::pin(async move { Ok(tx.one::<(i64,)>(COUNT, params![tx.tenant()]).await?.0) }))
        .await
        .unwrap()
}

#[derive(Clone, Copy)]
enum Then {
    Keep,
    Refuse,
    Fail,
    Swallow,
    Panic,
}

struct PutTwo {
    id: u128,
    then: Then,
}

impl Command for PutTwo {
    type Output = u128;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<u128, Failure> {
        put(tx, self.id, 0).await?;
        match self.then {
            Then::Keep => put(tx, self.id, 1).await?,
            Then::Refuse => return Err(Refusal::new(RefusalKind::Invalid, "no").into()),
            Then::Fail => put(tx, self.id, 0).await?,
            Then::Swallow => drop(put(tx, self.id, 0).await),
            Then::Panic => panic!("on purpose"),
        }
        tx.announce("test", Uuid::from_u128(self.id));
        Ok(self.id)
    }
}

#[db_test]
async fn what_is_refused_or_fails_leaves_nothing(db: TestDb) {
    let us = asker(1);
    let refused = db.write(us, PutTwo { id: 1, then: Then::Refuse }).await;
    assert!(matches!(refused, Err(Failure::Refused(refusal)) if refusal.code == "no"));
    let failed = db.write(us, PutTwo { id: 2, then: Then::Fail }).await;
    assert!(matches!(failed, Err(Failure::Db(DbError::Unique(_)))), "{failed:?}");
    let swallowed = db.write(us, PutTwo { id: 3, then: Then::Swallow }).await;
    assert!(matches!(swallowed, Err(Failure::Db(DbError::Failed))), "{swallowed:?}");
    assert_eq!(count(&db, us).await, 0);
    assert_eq!(db.write(us, PutTwo { id: 4, then: Then::Keep }).await.unwrap(), 4);
    assert_eq!(count(&db, us).await, 2);
    assert_eq!(count(&db, asker(2)).await, 0);
}

#[db_test]
async fn neighbours_in_a_batch_do_not_mind_each_other(db: TestDb) {
    let us = asker(1);
    let writes = (0..60).map(|id| {
        let then = [Then::Keep, Then::Refuse, Then::Fail][usize::try_from(id % 3).unwrap()];
        let db = db.clone();
        tokio::spawn(async move { db.write(us, PutTwo { id, then }).await.is_ok() })
    });
    let mut kept = 0;
    for write in writes.collect::<Vec<_>>() {
        kept += i64::from(write.await.unwrap());
    }
    assert_eq!(kept, 20);
    assert_eq!(count(&db, us).await, 40);
}

#[tokio::test]
async fn a_command_that_panics_takes_nobody_with_it() {
    let db = TestDb::fresh(Engine::Sqlite).await.unwrap();
    let us = asker(1);
    assert!(db.write(us, PutTwo { id: 1, then: Then::Panic }).await.is_err());
    assert!(db.write(us, PutTwo { id: 2, then: Then::Keep }).await.is_ok());
    assert_eq!(count(&db, us).await, 2);
}

/// Puts lines without a look, or says that one was there before.
pub(crate) struct PutAtOnce(Vec<Vec<Param>>);

impl PutAtOnce {
    pub(crate) fn of(asker: Asker, ids: impl IntoIterator<Item = u128>) -> Self {
        let line = |id| values![Uuid::from_u128(id), asker.tenant, 0_i64, 0_i64, Vec::<u8>::new()];
        Self(ids.into_iter().map(line).collect())
    }
}

impl Command for PutAtOnce {
    type Output = &'static str;

    fn at_once(&self, _asker: Asker) -> Option<AtOnce<'_, &'static str>> {
        let changes = self.0.iter().map(|values| (PUT, values.as_slice())).collect();
        Some(AtOnce { changes, output: "at once", news: vec![("test", Uuid::from_u128(1))] })
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<&'static str, Failure> {
        let (before,): (i64,) = tx.one(COUNT, params![tx.tenant()]).await?;
        if before > 0 {
            return Ok("was there");
        }
        for values in &self.0 {
            tx.execute(PUT, values).await?;
        }
        tx.announce("test", Uuid::from_u128(1));
        Ok("after a look")
    }
}

#[db_test]
async fn what_needs_no_look_is_written_whole_or_not_at_all(db: TestDb) {
    let us = asker(1);
    let mut news = db.subscribe();
    let first = db.write(us, PutAtOnce::of(us, [1, 2])).await.unwrap();
    assert_eq!(first, if db.engine() == Engine::Postgres { "at once" } else { "after a look" });
    assert_eq!(news.recv().await.unwrap().id, Uuid::from_u128(1));
    // The third is new, the second is not: neither is kept twice, and the command decides what to say.
    assert_eq!(db.write(us, PutAtOnce::of(us, [3, 2])).await.unwrap(), "was there");
    assert_eq!(count(&db, us).await, 2);
}

#[db_test]
async fn one_that_fails_among_many_at_the_same_time_harms_nobody(db: TestDb) {
    let us = asker(1);
    db.write(us, PutAtOnce::of(us, [1000, 1001])).await.unwrap();
    let taken = 17;
    let writes = (0..100).map(|id| {
        let second = if id == taken { 1001 } else { 500 + id };
        db.write(us, PutAtOnce::of(us, [id, second]))
    });
    let said = futures_util::future::join_all(writes).await;
    if db.engine() == Engine::Postgres {
        let otherwise: Vec<_> =
            (0..).zip(said).filter(|(_, said)| !matches!(said, Ok("at once"))).map(|(id, _)| id).collect();
        assert_eq!(otherwise, [taken]);
        assert_eq!(count(&db, us).await, 2 + 2 * 99);
    } else {
        // There each looks first, and finds the two.
        assert!(said.iter().all(|said| matches!(said, Ok("was there"))));
        assert_eq!(count(&db, us).await, 2);
    }
}

#[db_test]
async fn what_is_too_much_for_one_transaction_is_written_all_the_same(db: TestDb) {
    let us = asker(1);
    // On SQLite each looks first, so that only one of them can be new.
    let (commands, lines) = if db.engine() == Engine::Postgres { (64, 40) } else { (1, 40) };
    let writes = (0..commands).map(|at| db.write(us, PutAtOnce::of(us, (0..lines).map(|n| at * lines + n))));
    let said = futures_util::future::join_all(writes).await;
    assert!(said.iter().all(|said| matches!(said, Ok("at once" | "after a look"))));
    assert_eq!(u128::try_from(count(&db, us).await), Ok(commands * lines));
}

struct PutNext(u128);

impl Command for PutNext {
    type Output = i64;
    async fn run(&self, tx: &mut Tx<'_>) -> Result<i64, Failure> {
        let (last,): (i64,) = tx.one(LAST, params![tx.tenant(), Uuid::from_u128(self.0)]).await?;
        put(tx, self.0, last + 1).await?;
        Ok(last + 1)
    }
}

#[db_test]
async fn commands_at_the_same_time_act_as_if_in_a_row(db: TestDb) {
    let us = asker(1);
    let writes: Vec<_> = (0..24)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { db.write(us, PutNext(7)).await })
        })
        .collect();
    let mut places = Vec::new();
    for write in writes {
        // On PostgreSQL a key may be taken first by another; then the caller is told, and nothing is kept.
        places.extend(write.await.unwrap().ok());
    }
    places.sort_unstable();
    let expected: Vec<i64> = (0..i64::try_from(places.len()).unwrap()).collect();
    assert_eq!(places, expected);
    assert!(!places.is_empty());
}

struct CountOn(Uuid);

impl Command for CountOn {
    type Output = ();
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let (at,): (i64,) = tx.one(FIRST_AT, params![tx.tenant(), self.0]).await?;
        tx.execute(PUT_AT, params![tx.tenant(), self.0, at + 1]).await?;
        Ok(())
    }
}

#[db_test]
async fn nobody_is_given_up_however_many_want_the_same_row(db: TestDb) {
    let us = asker(1);
    let row = PutTwo { id: 7, then: Then::Keep };
    db.write(us, row).await.unwrap();
    let row = Uuid::from_u128(7);
    let writes = (0..300).map(|_| {
        let db = db.clone();
        tokio::spawn(async move { db.write(us, CountOn(row)).await })
    });
    for write in writes.collect::<Vec<_>>() {
        write.await.unwrap().unwrap();
    }
    let at = db.read(us, move |tx| {
        Box::pin(async move { Ok(tx.one::<(i64,)>(FIRST_AT, params![tx.tenant(), row]).await?.0) })
    });
    assert_eq!(at.await.unwrap(), 300);
}

#[db_test]
async fn listeners_hear_what_was_committed(db: TestDb) {
    let us = asker(1);
    let mut news = db.subscribe();
    // On PostgreSQL the listener connects by itself, so the first announcements may come too early for it.
    let heard = loop {
        let id = Uuid::now_v7().as_u128();
        db.write(us, PutTwo { id, then: Then::Keep }).await.unwrap();
        drop(db.write(us, PutTwo { id: id + 1, then: Then::Refuse }).await);
        let wait = std::time::Duration::from_millis(300);
        if let Ok(heard) = tokio::time::timeout(wait, news.recv()).await {
            break heard.unwrap();
        }
    };
    let Announcement { tenant, topic, .. } = heard;
    assert_eq!((tenant, topic.as_ref()), (us.tenant, "test"));
}

#[db_test]
async fn reading_cannot_write(db: TestDb) {
    let us = asker(1);
    let tried = db.read(us, |tx| Box::pin(async move { Ok(put(tx, 1, 0).await?) })).await;
    assert!(tried.is_err());
    assert_eq!(count(&db, us).await, 0);
}

#[tokio::test]
async fn a_url_of_neither_kind_is_refused_by_name() {
    let error = Db::open("mysql://host/x").await.err().unwrap();
    assert!(error.to_string().contains("sqlite: or postgres:"), "{error}");
}

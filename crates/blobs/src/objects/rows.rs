//! The SQL of objects.

use qige_db::{Command, DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{ObjectId, Timestamp};
use uuid::Uuid;

use super::{Holder, HolderKind, NewObject, Object};

statements! {
    /// Nothing happens if the id is there already.
    ADD = "INSERT INTO objects
        (tenant, id, owner_kind, owner, class, media_type, bytes, sha256, width, height,
        refs, created_at, unreferenced_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $11) ON CONFLICT (tenant, id) DO NOTHING";
    /// An object, erased or not; none if there never was one.
    BY_ID = "SELECT * FROM objects WHERE tenant = $1 AND id = $2";
    /// No row is touched if it is held so already.
    HOLD = "INSERT INTO object_refs (tenant, object, holder_kind, holder, added_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant, object, holder_kind, holder) DO NOTHING";
    /// One more holder.
    ONE_MORE = "UPDATE objects SET refs = refs + 1, unreferenced_at = NULL WHERE tenant = $1 AND id = $2";
    /// No row is touched if it was not held so.
    RELEASE = "DELETE FROM object_refs
        WHERE tenant = $1 AND object = $2 AND holder_kind = $3 AND holder = $4";
    /// One holder less; the last one to go starts the grace period.
    ONE_LESS = "UPDATE objects SET refs = refs - 1,
        unreferenced_at = CASE WHEN refs = 1 THEN $3 ELSE unreferenced_at END WHERE tenant = $1 AND id = $2";
    /// No row is touched if it was erased before.
    ERASE = "UPDATE objects SET erased_at = $3 WHERE tenant = $1 AND id = $2 AND erased_at IS NULL";
    /// Who holds an object.
    HOLDERS = "SELECT holder_kind, holder FROM object_refs WHERE tenant = $1 AND object = $2
        ORDER BY holder_kind, holder";
    /// What somebody holds and is not erased, oldest first.
    HELD_BY = "SELECT o.* FROM objects o JOIN object_refs r ON r.tenant = o.tenant AND r.object = o.id
        WHERE r.tenant = $1 AND r.holder_kind = $2 AND r.holder = $3 AND o.erased_at IS NULL
        ORDER BY o.created_at, o.id";
    /// Erases what nobody has held since before $2.
    ERASE_UNHELD = "UPDATE objects SET erased_at = $3 WHERE tenant = $1 AND id IN (
        SELECT id FROM objects WHERE tenant = $1 AND unreferenced_at < $2 AND erased_at IS NULL
        ORDER BY unreferenced_at LIMIT $4)";
    /// Erased, and the files may still be there.
    ERASED_WITH_FILES = "SELECT id FROM objects WHERE tenant = $1 AND erased_at IS NOT NULL
        AND files_gone_at IS NULL ORDER BY erased_at LIMIT $2";
    /// The files are gone.
    FILES_GONE = "UPDATE objects SET files_gone_at = $3
        WHERE tenant = $1 AND id = $2 AND erased_at IS NOT NULL";
}

from_row! {
    struct HolderRow { holder_kind: HolderKind, holder: Uuid }
}

/// Notes an object whose bytes are durable. Noting it again changes nothing.
///
/// # Errors
/// [`DbError`].
pub async fn add(tx: &mut Tx<'_>, new: &NewObject) -> Result<(), DbError> {
    let tenant = tx.tenant();
    let values = params![
        tenant,
        new.id,
        new.owner.kind,
        new.owner.id,
        new.class,
        new.media_type,
        new.bytes,
        new.sha256,
        new.width,
        new.height,
        new.created_at
    ];
    tx.execute(ADD, values).await.map(drop)
}

/// An object, erased or not; none if there never was one of that id.
///
/// # Errors
/// [`DbError`].
pub async fn by_id(tx: &mut Tx<'_>, id: ObjectId) -> Result<Option<Object>, DbError> {
    tx.optional(BY_ID, params![tx.tenant(), id]).await
}

/// Adds a reference: while anybody holds an object, it is kept. Holding it twice is holding it once.
///
/// # Errors
/// [`DbError::ForeignKey`] if there is no such object.
pub async fn hold(tx: &mut Tx<'_>, id: ObjectId, holder: Holder, now: Timestamp) -> Result<(), DbError> {
    let tenant = tx.tenant();
    if tx.execute(HOLD, params![tenant, id, holder.kind, holder.id, now]).await? > 0 {
        tx.execute(ONE_MORE, params![tenant, id]).await?;
    }
    Ok(())
}

/// Drops a reference. What nobody holds any more is erased after a grace period.
///
/// # Errors
/// [`DbError`].
pub async fn release(tx: &mut Tx<'_>, id: ObjectId, holder: Holder, now: Timestamp) -> Result<(), DbError> {
    let tenant = tx.tenant();
    if tx.execute(RELEASE, params![tenant, id, holder.kind, holder.id]).await? > 0 {
        tx.execute(ONE_LESS, params![tenant, id, now]).await?;
    }
    Ok(())
}

/// Erases an object whoever holds it: from the commit on it is not shown, and the next sweep deletes its
/// bytes.
/// Says whether it was there to be erased.
///
/// # Errors
/// [`DbError`].
pub async fn erase(tx: &mut Tx<'_>, id: ObjectId, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.execute(ERASE, params![tx.tenant(), id, now]).await? > 0)
}

/// Who holds an object.
///
/// # Errors
/// [`DbError`].
pub async fn holders(tx: &mut Tx<'_>, id: ObjectId) -> Result<Vec<Holder>, DbError> {
    let rows: Vec<HolderRow> = tx.all(HOLDERS, params![tx.tenant(), id]).await?;
    Ok(rows.into_iter().map(|row| Holder { kind: row.holder_kind, id: row.holder }).collect())
}

/// What somebody holds and is not erased, oldest first.
///
/// # Errors
/// [`DbError`].
pub async fn held_by(tx: &mut Tx<'_>, holder: Holder) -> Result<Vec<Object>, DbError> {
    tx.all(HELD_BY, params![tx.tenant(), holder.kind, holder.id]).await
}

/// Erased objects whose files may still be there, oldest first.
pub(crate) async fn erased_with_files(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<ObjectId>, DbError> {
    let rows: Vec<(ObjectId,)> = tx.all(ERASED_WITH_FILES, params![tx.tenant(), limit]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Those of `candidates` that no row knows.
pub(crate) async fn unknown(tx: &mut Tx<'_>, candidates: Vec<ObjectId>) -> Result<Vec<ObjectId>, DbError> {
    let mut found = Vec::new();
    for id in candidates {
        if by_id(tx, id).await?.is_none() {
            found.push(id);
        }
    }
    Ok(found)
}

/// Erases at most `limit` objects that nobody has held since before `unheld_before`.
pub(crate) struct EraseUnheld {
    pub(crate) unheld_before: Timestamp,
    pub(crate) now: Timestamp,
    pub(crate) limit: i64,
}

impl Command for EraseUnheld {
    type Output = u64;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Failure> {
        let values = params![tx.tenant(), self.unheld_before, self.now, self.limit];
        Ok(tx.execute(ERASE_UNHELD, values).await?)
    }
}

/// Notes that the files of erased objects are gone.
pub(crate) struct FilesGone {
    pub(crate) objects: Vec<ObjectId>,
    pub(crate) now: Timestamp,
}

impl Command for FilesGone {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let tenant = tx.tenant();
        for object in &self.objects {
            tx.execute(FILES_GONE, params![tenant, object, self.now]).await?;
        }
        Ok(())
    }
}

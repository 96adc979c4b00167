//! Consents and what proves them go when nobody can ask for them any more.

use qige_blobs::{Holder, HolderKind, erase, held_by};
use qige_db::{DbError, Failure, Statement, Tx, params, statements};
use qige_kernel::{ConsentId, ReportId, Timestamp};
use uuid::Uuid;

use super::{Ended, Subject, end_all_of};
use crate::Stamp;

statements! {
    /// Numbers of consents whose end is before $2.
    COUNT_OLD = "SELECT COUNT(*) FROM consents WHERE tenant = $1 AND ended_at < $2";
    /// The oldest of them.
    OLD = "SELECT id FROM consents WHERE tenant = $1 AND ended_at < $2 ORDER BY ended_at, id LIMIT $3";
    /// One goes.
    DELETE = "DELETE FROM consents WHERE tenant = $1 AND id = $2";
    /// Those that a guardian gave.
    COUNT_GUARDED = "SELECT COUNT(*) FROM consents
        WHERE tenant = $1 AND ended_at < $2 AND guardian IS NOT NULL";
    /// The oldest of them.
    GUARDED = "SELECT id FROM consents WHERE tenant = $1 AND ended_at < $2 AND guardian IS NOT NULL
        ORDER BY ended_at, id LIMIT $3";
    /// Who gave it is forgotten, and what was signed.
    UNGUARD = "UPDATE consents SET guardian = NULL, object = NULL WHERE tenant = $1 AND id = $2";
}

/// How many consents ended before an instant.
///
/// # Errors
/// [`DbError`].
pub async fn old_consents(tx: &mut Tx<'_>, before: Timestamp) -> Result<i64, DbError> {
    Ok(tx.one::<(i64,)>(COUNT_OLD, params![tx.tenant(), before]).await?.0)
}

/// Erases the oldest consents that ended before an instant; says how many.
///
/// # Errors
/// [`DbError`].
pub async fn erase_old_consents(
    tx: &mut Tx<'_>,
    before: Timestamp,
    now: Timestamp,
    limit: i64,
) -> Result<u64, DbError> {
    let old = tx.all(OLD, params![tx.tenant(), before, limit]).await?;
    erase_each(tx, old, DELETE, now).await
}

/// How many consents that a guardian gave ended before an instant.
///
/// # Errors
/// [`DbError`].
pub async fn old_guardians(tx: &mut Tx<'_>, before: Timestamp) -> Result<i64, DbError> {
    Ok(tx.one::<(i64,)>(COUNT_GUARDED, params![tx.tenant(), before]).await?.0)
}

/// Erases who gave the oldest of them, with signature or scan; says how many.
///
/// # Errors
/// [`DbError`].
pub async fn erase_old_guardians(
    tx: &mut Tx<'_>,
    before: Timestamp,
    now: Timestamp,
    limit: i64,
) -> Result<u64, DbError> {
    let old = tx.all(GUARDED, params![tx.tenant(), before, limit]).await?;
    erase_each(tx, old, UNGUARD, now).await
}

/// What proves them goes, and what `how` lets go of.
async fn erase_each(
    tx: &mut Tx<'_>,
    old: Vec<(ConsentId,)>,
    how: &'static Statement,
    now: Timestamp,
) -> Result<u64, DbError> {
    let mut erased = 0;
    for (id,) in old {
        for object in held_by(tx, Holder { kind: HolderKind::Consent, id: id.0 }).await? {
            erase(tx, object.id, now).await?;
        }
        erased += tx.execute(how, params![tx.tenant(), id]).await?;
    }
    Ok(erased)
}

/// The numbers of these reports go, and the consents that they were left under end.
///
/// # Errors
/// Those of the database.
pub async fn erase_numbers(tx: &mut Tx<'_>, reports: &[Uuid], stamp: &Stamp) -> Result<u64, Failure> {
    for report in reports {
        let subject = Subject::Report(ReportId(*report));
        end_all_of(tx, subject, Ended::RunOut, stamp).await?;
        // Also where its consent ended by another way.
        super::contact::erase_number(tx, ReportId(*report)).await?;
    }
    Ok(u64::try_from(reports.len()).unwrap_or(u64::MAX))
}

//! Those who left are forgotten by name: what they did stays under a mark that says nothing of them.

use qige_db::journal::Stream;
use qige_db::{DbError, Tx, params, statements};
use qige_kernel::{PersonId, Timestamp};

use crate::{KeptClass, Stamp};

statements! {
    /// Who left before an instant and still has a name.
    COUNT_LEFT = "SELECT COUNT(*) FROM people WHERE tenant = $1 AND state = 'left' AND updated_at < $2
        AND name NOT LIKE '#%'";
    /// Those who left first.
    LEFT_FIRST = "SELECT id FROM people WHERE tenant = $1 AND state = 'left' AND updated_at < $2
        AND name NOT LIKE '#%' ORDER BY updated_at, id LIMIT $3";
    /// A mark in the place of the name.
    UNNAME = "UPDATE people SET name = $3, name_key = $3, locale = NULL, elder = NULL, density = NULL
        WHERE tenant = $1 AND id = $2";
}

/// How many left before an instant and still have a name here.
///
/// # Errors
/// [`DbError`].
pub async fn left_with_name(tx: &mut Tx<'_>, before: Timestamp) -> Result<i64, DbError> {
    Ok(tx.one::<(i64,)>(COUNT_LEFT, params![tx.tenant(), before]).await?.0)
}

/// Puts a mark in the place of their names, and erases what the journal says of their accounts; says how
/// many.
///
/// # Errors
/// [`DbError`].
pub async fn forget_names(
    tx: &mut Tx<'_>,
    before: Timestamp,
    limit: i64,
    stamp: &Stamp,
) -> Result<u64, DbError> {
    let tenant = tx.tenant();
    let left: Vec<(PersonId,)> = tx.all(LEFT_FIRST, params![tenant, before, limit]).await?;
    let mut forgotten = 0;
    for (id,) in left {
        forgotten += tx.execute(UNNAME, params![tenant, id, mark(id)]).await?;
        stamp.erase(tx, Stream::new("person", id), None, KeptClass::People).await?;
    }
    Ok(forgotten)
}

/// Tells one from another and says nothing of either: the last eight digits of an id are chance.
pub(crate) fn mark(id: PersonId) -> String {
    let id = id.0.simple().to_string();
    format!("#{}", id.get(24..).unwrap_or(&id))
}

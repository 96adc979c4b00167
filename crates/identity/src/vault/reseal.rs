//! Texts go from an old key to the new one, some at a time: a job that can stop anywhere and go on.

use qige_db::{Asker, Command, DbError, Failure, Statement, Tx, params, statements};
use qige_kernel::TenantId;
use uuid::Uuid;

use super::{Field, KeyClass, Vault};
use crate::{BlindIndex, PhoneNumber, Sealed};

/// Rows of one step.
const AT_ONCE: i64 = 200;

statements! {
    /// A number from before there were locks: it begins like one.
    UNSEALED = "SELECT id FROM people WHERE tenant = $1 AND phone LIKE '+%' LIMIT 1";
    /// Numbers, some at a time.
    PHONES = "SELECT id, phone, phone_index FROM people WHERE tenant = $1 AND id > $2 AND phone IS NOT NULL
        ORDER BY id LIMIT $3";
    /// A number as it is kept now; nothing happens where it was changed meanwhile.
    PUT_PHONE = "UPDATE people SET phone = $4, phone_index = $5 WHERE tenant = $1 AND id = $2 AND phone = $3";
}

/// Whether something is still kept in clear, from before there were locks.
///
/// # Errors
/// [`DbError`].
pub async fn holds_unsealed(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    Ok(tx.optional::<(Uuid,)>(UNSEALED, params![tx.tenant()]).await?.is_some())
}

/// A column of sealed texts, with an index beside each where they are looked for.
#[derive(Debug)]
pub struct SealedColumn {
    /// Under which key.
    pub class: KeyClass,
    /// Table and column.
    pub name: &'static str,
    /// What its index is made for; none where nobody looks for what is in it.
    pub index: Option<&'static str>,
    /// From the tenant, an id and a number: so many rows after that id, with id, text and index (NULL
    /// without one).
    pub read: &'static Statement,
    /// From tenant, id, text before, text, and index where there is one: puts both in its place.
    pub put: &'static Statement,
}

/// The numbers of people.
pub static PEOPLE_PHONE: SealedColumn = SealedColumn {
    class: KeyClass::Contact,
    name: "people.phone",
    index: Some(PhoneNumber::INDEX),
    read: PHONES,
    put: PUT_PHONE,
};

impl SealedColumn {
    /// The field of one row.
    #[must_use]
    pub const fn field(&self, tenant: TenantId, owner: Uuid) -> Field {
        Field { tenant, class: self.class, name: self.name, owner }
    }
}

type Row = (Uuid, Sealed, Option<BlindIndex>);

/// Text before, text and index after.
struct Put {
    column: &'static SealedColumn,
    rows: Vec<(Uuid, Sealed, Sealed, Option<BlindIndex>)>,
}

impl Command for Put {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        for (id, before, after, index) in &self.rows {
            match index {
                Some(index) => {
                    let values = params![tx.tenant(), id, before, after, index];
                    tx.execute(self.column.put, values).await?
                }
                None => tx.execute(self.column.put, params![tx.tenant(), id, before, after]).await?,
            };
        }
        Ok(())
    }
}

impl Vault {
    /// Brings every text of these columns under the newest key and every index under the newest index key,
    /// and then lets go of the keys before. Says how many there were. Texts from before there was a vault
    /// are
    /// sealed by the same step.
    ///
    /// # Errors
    /// `key-lost` and `sealed-broken`; those of the database. What was done until then stays done.
    pub async fn reseal(&self, tenant: TenantId, columns: &[&'static SealedColumn]) -> Result<u64, Failure> {
        let mut done = 0;
        for column in columns {
            let mut after = Some(Uuid::nil());
            while let Some(from) = after {
                let (last, changed) = self.reseal_some(tenant, column, from).await?;
                (after, done) = (last, done + changed);
            }
        }
        for class in KeyClass::ALL.iter().copied() {
            // Keys that signed roots stay: by them the roots are checked for as long as there are any.
            let whole = class == KeyClass::Index || columns.iter().any(|column| column.class == class);
            if whole {
                self.drop_old_keys(tenant, class).await?;
            }
        }
        Ok(done)
    }

    /// One step: the id to go on from, none at the end, and how many were changed.
    async fn reseal_some(
        &self,
        tenant: TenantId,
        column: &'static SealedColumn,
        from: Uuid,
    ) -> Result<(Option<Uuid>, u64), Failure> {
        let asker = Asker::system(tenant);
        let newest = self.with(tenant, column.class).await?.newest(column.class);
        let index_key = self.index_key(tenant).await?;
        let rows: Vec<Row> = self.0.db.read(asker, move |tx| Box::pin(read(tx, column, from))).await?;
        let last = rows.last().map(|(id, ..)| *id);
        let mut put = Put { column, rows: Vec::new() };
        for (id, before, index) in rows {
            let field = column.field(tenant, id);
            let version = before.parts().map(|(version, _)| version);
            let plain = match version {
                Some(_) => self.open(field, &before).await?,
                None => before.as_kept().to_owned(),
            };
            let wanted = column.index.map(|index| index_key.of(index, &plain).now);
            if version.is_none() || version != newest || index != wanted {
                put.rows.push((id, before, self.seal(field, &plain).await?, wanted));
            }
        }
        let changed = u64::try_from(put.rows.len()).unwrap_or(u64::MAX);
        if changed > 0 {
            self.0.db.write(asker, put).await?;
        }
        Ok((last, changed))
    }
}

async fn read(tx: &mut Tx<'_>, column: &'static SealedColumn, from: Uuid) -> Result<Vec<Row>, Failure> {
    let rows: Result<Vec<Row>, DbError> = tx.all(column.read, params![tx.tenant(), from, AT_ONCE]).await;
    Ok(rows?)
}

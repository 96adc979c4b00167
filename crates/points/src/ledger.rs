//! Transfers, which never change, and what accounts come to by them. A correction is a transfer back.

use qige_db::{DbError, Failure, Tx, from_row, params, statements};
use qige_identity::Stamp;
use qige_kernel::{CaseId, PersonId, Timestamp};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::{Account, Due, Why};

/// Lines of a statement on one page at most.
pub const LINES_ON_PAGE_MAX: u32 = 2_000;
/// The journal of what a person earned.
pub(crate) const STREAM: &str = "points";

qige_db::kebab! {
    /// Why a report earned less than it would have.
    pub enum HeldBack {
        /// Enough for the reports of one day.
        DayCap = "day-cap",
        /// Enough for the reports of one month.
        MonthCap = "month-cap",
        /// The same person, place and matter a few days before.
        Repeat = "repeat",
        /// The year's budget is used up.
        Budget = "budget",
    }
}

statements! {
    /// What lies in an account; no row where nothing ever did.
    BALANCE = "SELECT balance FROM point_accounts WHERE tenant = $1 AND account = $2";
    /// More or less of it.
    CHANGE = "UPDATE point_accounts SET balance = balance + $3 WHERE tenant = $1 AND account = $2";
    /// An account into or from which something goes for the first time.
    OPEN = "INSERT INTO point_accounts (tenant, account, balance) VALUES ($1, $2, $3)";
    /// One transfer.
    TRANSFER = "INSERT INTO point_transfers (tenant, id, from_account, to_account, amount, person, case_id,
        why, rule_version, at, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// What one person's statement says, the newest first, from the line before $3.
    STATEMENT = "SELECT seq, at, from_account, to_account, amount, case_id, why, rule_version
        FROM point_transfers WHERE tenant = $1 AND person = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4";
    /// What one person's reports did not earn, the newest first.
    HELD_BACK = "SELECT at, case_id, due, paid, held_back FROM point_claims
        WHERE tenant = $1 AND person = $2 AND held_back IS NOT NULL ORDER BY at DESC, case_id LIMIT $3";
}

from_row! {
    /// One line of a person's statement.
    pub struct StatementRow {
        /// Its place in the person's journal of points.
        pub seq: i64,
        /// When it was paid or taken back.
        pub at: Timestamp,
        /// From where.
        pub from_account: Account,
        /// To where.
        pub to_account: Account,
        /// How much, more than nothing.
        pub amount: i64,
        /// By the report of which case.
        pub case_id: CaseId,
        /// Why it earns what it earns by now.
        pub why: Why,
        /// By which version of the rules.
        pub rule_version: i64,
    }
}

from_row! {
    /// What a report did not earn.
    pub struct HeldBackRow {
        /// When the report was received.
        pub at: Timestamp,
        /// Of which case.
        pub case_id: CaseId,
        /// What it would have earned.
        pub due: i64,
        /// What it did.
        pub paid: i64,
        /// Why no more.
        pub held_back: HeldBack,
    }
}

impl StatementRow {
    /// What it changed for the person: more than nothing when it was paid to them.
    #[must_use]
    pub const fn change(&self) -> i64 {
        if matches!(self.to_account, Account::Available(_)) { self.amount } else { -self.amount }
    }
}

/// What a person has to spend.
///
/// # Errors
/// [`DbError`].
pub async fn available(tx: &mut Tx<'_>, person: PersonId) -> Result<i64, DbError> {
    balance(tx, Account::Available(person)).await
}

/// What the reports of a year earned so far, of all who take part.
///
/// # Errors
/// [`DbError`].
pub async fn issued(tx: &mut Tx<'_>, year: i16) -> Result<i64, DbError> {
    Ok(-balance(tx, Account::Issuance(year)).await?)
}

/// What one person's statement says, the newest first, from the line before `before`.
///
/// # Errors
/// [`DbError`].
pub async fn statement(
    tx: &mut Tx<'_>,
    person: PersonId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<StatementRow>, DbError> {
    let limit = i64::from(limit.min(LINES_ON_PAGE_MAX + 1));
    tx.all(STATEMENT, params![tx.tenant(), person, before.unwrap_or(i64::MAX), limit]).await
}

/// What one person's reports did not earn, the newest first.
///
/// # Errors
/// [`DbError`].
pub async fn held_back_of(
    tx: &mut Tx<'_>,
    person: PersonId,
    limit: u32,
) -> Result<Vec<HeldBackRow>, DbError> {
    tx.all(HELD_BACK, params![tx.tenant(), person, i64::from(limit)]).await
}

async fn balance(tx: &mut Tx<'_>, account: Account) -> Result<i64, DbError> {
    let row: Option<(i64,)> = tx.optional(BALANCE, params![tx.tenant(), account]).await?;
    Ok(row.map_or(0, |(balance,)| balance))
}

/// Points that go from one account to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transfer {
    /// Which one; the same transfer twice is refused by its key.
    pub(crate) id: Uuid,
    pub(crate) from: Account,
    pub(crate) to: Account,
    pub(crate) amount: i64,
    /// For which report it is.
    pub(crate) due: Due,
}

/// What the line in the journal says; whoever verifies works it out again from the row.
#[derive(Debug, Serialize)]
pub(crate) struct LineBody {
    pub(crate) id: Uuid,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) amount: i64,
    pub(crate) case: CaseId,
    pub(crate) why: Why,
    pub(crate) version: i64,
}

impl Transfer {
    /// Makes it: the line, the row, and both accounts.
    pub(crate) async fn make(&self, tx: &mut Tx<'_>, stamp: &Stamp) -> Result<(), Failure> {
        let Self { id, from, to, amount, due } = *self;
        let Due { person, case, why, version, .. } = due;
        let body = LineBody { id, from: from.to_string(), to: to.to_string(), amount, case, why, version };
        let stamp = stamp.apart(id);
        let line = stamp.append(tx, STREAM, person.0, "transfer-points", &json!(body)).await?;
        let tenant = tx.tenant();
        let values = params![tenant, id, from, to, amount, person, case, why, version, stamp.at, line.seq];
        tx.execute(TRANSFER, values).await?;
        for (account, change) in [(from, -amount), (to, amount)] {
            if tx.execute(CHANGE, params![tenant, account, change]).await? == 0 {
                tx.execute(OPEN, params![tenant, account, change]).await?;
            }
        }
        tx.announce(STREAM, person.0);
        Ok(())
    }
}

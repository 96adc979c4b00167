//! Whether the ledger holds: by itself, and against the journal that each transfer left a line in.

use std::collections::BTreeMap;
use std::fmt;

use qige_db::journal::{self, Line, Stream};
use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::{CaseId, PersonId, Timestamp};
use serde_json::json;
use uuid::Uuid;

use crate::ledger::{LineBody, STREAM};
use crate::settle::{CLAIMS_STREAM, ClaimBody};
use crate::{Account, HeldBack, Why};

/// Faults of each kind that are named.
const NAMED_MAX: i64 = 100;

statements! {
    /// Accounts that hold something else than what went in and out, or into which nothing ever went.
    WRONG_ACCOUNTS = "SELECT a.account, a.balance, CAST(COALESCE(SUM(m.change), 0) AS BIGINT) AS moved
        FROM (SELECT account, balance FROM point_accounts WHERE tenant = $1
            UNION ALL SELECT t.account, 0 FROM (SELECT to_account AS account FROM point_transfers
                    WHERE tenant = $1 UNION SELECT from_account FROM point_transfers WHERE tenant = $1) t
                WHERE NOT EXISTS (SELECT 1 FROM point_accounts k
                    WHERE k.tenant = $1 AND k.account = t.account)) a
        LEFT JOIN (SELECT to_account AS account, amount AS change FROM point_transfers WHERE tenant = $1
            UNION ALL SELECT from_account, -amount FROM point_transfers WHERE tenant = $1) m
            ON m.account = a.account
        GROUP BY a.account, a.balance
        HAVING a.balance <> COALESCE(SUM(m.change), 0) OR COUNT(m.change) = 0
        ORDER BY a.account LIMIT $2";
    /// Reports that were paid something else than what went to and from their person for them.
    WRONG_CLAIMS = "SELECT c.person, c.case_id FROM point_claims c
        LEFT JOIN (SELECT person, case_id, SUM(CASE WHEN from_account LIKE 'issuance:%' THEN amount
                ELSE -amount END) AS net FROM point_transfers WHERE tenant = $1 GROUP BY person, case_id) t
            ON t.person = c.person AND t.case_id = c.case_id
        WHERE c.tenant = $1 AND c.paid + c.written_off <> COALESCE(t.net, 0)
        ORDER BY c.person, c.case_id LIMIT $2";
    /// Transfers for reports that claim nothing.
    WITHOUT_CLAIM = "SELECT DISTINCT t.person, t.case_id FROM point_transfers t
        LEFT JOIN point_claims c ON c.tenant = t.tenant AND c.person = t.person AND c.case_id = t.case_id
        WHERE t.tenant = $1 AND c.person IS NULL ORDER BY t.person, t.case_id LIMIT $2";
    /// Everybody who has a line, a transfer or a claim, some at a time.
    PEOPLE = "SELECT p.person FROM (SELECT DISTINCT person FROM point_transfers WHERE tenant = $1
            UNION SELECT DISTINCT person FROM point_claims WHERE tenant = $1
            UNION SELECT DISTINCT id FROM journal WHERE tenant = $1 AND (stream = $2 OR stream = $3)) p
        WHERE p.person > $4 ORDER BY p.person LIMIT $5";
    /// What one person's reports were paid.
    CLAIMS_OF = "SELECT case_id, at, due, paid, written_off, held_back FROM point_claims
        WHERE tenant = $1 AND person = $2 ORDER BY case_id";
    /// All that went to and from one person, in the order of their journal.
    OF_PERSON = "SELECT id, from_account, to_account, amount, case_id, why, rule_version, at, seq
        FROM point_transfers WHERE tenant = $1 AND person = $2 ORDER BY seq, id";
}

from_row! {
    struct ClaimRow {
        case_id: CaseId,
        at: Timestamp,
        due: i64,
        paid: i64,
        written_off: i64,
        held_back: Option<HeldBack>,
    }
}

from_row! {
    struct Row {
        id: Uuid,
        from_account: Account,
        to_account: Account,
        amount: i64,
        case_id: CaseId,
        why: Why,
        rule_version: i64,
        at: Timestamp,
        seq: i64,
    }
}

/// What does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PointFault {
    /// An account holds something else than its transfers come to.
    Account {
        /// Which one.
        account: String,
        /// What it holds.
        holds: i64,
        /// What its transfers come to.
        moved: i64,
    },
    /// What a report was paid is something else than its transfers or the journal say.
    Claim {
        /// Whose.
        person: PersonId,
        /// Of which case.
        case: CaseId,
    },
    /// A transfer and its line in the journal do not fit each other, or one of them is not there.
    Line {
        /// Of whom.
        person: PersonId,
        /// The place in their journal.
        seq: i64,
    },
}

impl fmt::Display for PointFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account { account, holds, moved } => {
                write!(f, "points: {account} holds {holds}, its transfers come to {moved}")
            }
            Self::Claim { person, case } => {
                write!(
                    f,
                    "points of {person} for case {case}: the claim does not fit its transfers or the journal"
                )
            }
            Self::Line { person, seq } => {
                write!(f, "points of {person}, line {seq}: transfer and line do not fit each other")
            }
        }
    }
}

/// Everything that does not hold, each kind up to a hundred times.
///
/// # Errors
/// [`DbError`].
pub async fn verify(tx: &mut Tx<'_>) -> Result<Vec<PointFault>, DbError> {
    let tenant = tx.tenant();
    let accounts: Vec<(String, i64, i64)> = tx.all(WRONG_ACCOUNTS, params![tenant, NAMED_MAX]).await?;
    let account = |(account, holds, moved)| PointFault::Account { account, holds, moved };
    let mut faults: Vec<PointFault> = accounts.into_iter().map(account).collect();
    for statement in [WRONG_CLAIMS, WITHOUT_CLAIM] {
        let claims: Vec<(PersonId, CaseId)> = tx.all(statement, params![tenant, NAMED_MAX]).await?;
        faults.extend(claims.into_iter().map(|(person, case)| PointFault::Claim { person, case }));
    }
    let mut after = PersonId(Uuid::nil());
    loop {
        let people: Vec<(PersonId,)> =
            tx.all(PEOPLE, params![tenant, STREAM, CLAIMS_STREAM, after, NAMED_MAX]).await?;
        let Some((last,)) = people.last() else { return Ok(faults) };
        after = *last;
        for (person,) in people {
            let rows: Vec<Row> = tx.all(OF_PERSON, params![tenant, person]).await?;
            let lines = journal::read(tx, Stream::new(STREAM, person)).await?;
            faults.extend(unlike(&rows, &lines).map(|seq| PointFault::Line { person, seq }));
            for case in wrong_claims(tx, person).await? {
                let fault = PointFault::Claim { person, case };
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
            }
        }
    }
}

/// The places at which rows and lines differ.
fn unlike<'a>(rows: &'a [Row], lines: &'a [Line]) -> impl Iterator<Item = i64> + 'a {
    let without_row = lines.iter().map(|line| line.seq).filter(|seq| rows.iter().all(|row| row.seq != *seq));
    let unlike_line = rows.iter().filter(|row| {
        let of_place = lines.iter().find(|line| line.seq == row.seq);
        let twice = rows.iter().filter(|other| other.seq == row.seq).count() > 1;
        twice || of_place.is_none_or(|line| line.at != row.at || line.body() != json!(body(row)))
    });
    without_row.chain(unlike_line.map(|row| row.seq))
}

/// Reports of a person whose claim is not what the last line about it says.
async fn wrong_claims(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<CaseId>, DbError> {
    let rows: Vec<ClaimRow> = tx.all(CLAIMS_OF, params![tx.tenant(), person]).await?;
    let mut said: BTreeMap<CaseId, ClaimBody> = BTreeMap::new();
    for line in journal::read(tx, Stream::new(CLAIMS_STREAM, person)).await? {
        // What says nothing that can be read is found by the chain.
        let body = line.body.as_deref().and_then(|body| serde_json::from_str::<ClaimBody>(body).ok());
        said.extend(body.map(|body| (body.case, body)));
    }
    let mut wrong = Vec::new();
    for ClaimRow { case_id: case, at, due, paid, written_off, held_back } in rows {
        if said.remove(&case) != Some(ClaimBody { case, at, due, paid, written_off, held_back }) {
            wrong.push(case);
        }
    }
    wrong.extend(said.into_keys());
    Ok(wrong)
}

fn body(row: &Row) -> LineBody {
    LineBody {
        id: row.id,
        from: row.from_account.to_string(),
        to: row.to_account.to_string(),
        amount: row.amount,
        case: row.case_id,
        why: row.why,
        version: row.rule_version,
    }
}

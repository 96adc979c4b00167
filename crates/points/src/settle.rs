//! What was paid is brought to what is due. Done twice, the second time changes nothing: so points follow a
//! case wherever it goes, and come back with it.

use jiff::tz::TimeZone;
use qige_db::{DbError, Failure, Tx, from_row, params, statements};
use qige_identity::{Points, Reach, Role, Stamp, Subject, consented, grants_of};
use qige_kernel::{CaseId, PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::ledger::Transfer;
use crate::room::{room, year_of};
use crate::{Account, Due, HeldBack, PointRules, available};

statements! {
    /// What one report was paid so far.
    CLAIM = "SELECT due, paid, written_off, held_back FROM point_claims
        WHERE tenant = $1 AND person = $2 AND case_id = $3";
    /// What it has been paid by now.
    PUT_CLAIM = "INSERT INTO point_claims (tenant, person, case_id, at, due, paid, written_off, held_back)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (tenant, person, case_id) DO UPDATE SET due = excluded.due, paid = excluded.paid,
            written_off = excluded.written_off, held_back = excluded.held_back";
}

/// The journal of what a person's reports were paid.
pub(crate) const CLAIMS_STREAM: &str = "claims";

/// What a line of it says; whoever verifies works it out again from the row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClaimBody {
    pub(crate) case: CaseId,
    pub(crate) at: Timestamp,
    pub(crate) due: i64,
    pub(crate) paid: i64,
    pub(crate) written_off: i64,
    pub(crate) held_back: Option<HeldBack>,
}

from_row! {
    #[derive(Copy, Default, PartialEq, Eq)]
    struct Claim {
        due: i64,
        paid: i64,
        written_off: i64,
        held_back: Option<HeldBack>,
    }
}

/// Pays what is due and not paid, and takes back what was paid and is not due.
#[derive(Debug)]
pub struct Settle<'a> {
    /// What reports earn.
    pub rules: &'a PointRules,
    /// Where days, months and years begin.
    pub zone: &'a TimeZone,
    /// Who reported the same place and matter a few days ago, and earned by it: their report of this case.
    pub repeats: &'a [(PersonId, CaseId)],
    /// Where the cases lie.
    pub reach: &'a Reach,
    /// From what the ids of transfers are made: the same when the same is tried again.
    pub seed: Uuid,
    /// When.
    pub stamp: Stamp,
}

/// How many points went where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Paid.
    pub given: i64,
    /// Taken back.
    pub taken: i64,
}

impl Settle<'_> {
    /// Does it for all these; first what is taken back, which makes room for what is paid.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn all(&self, tx: &mut Tx<'_>, dues: &[Due]) -> Result<Settled, Failure> {
        let mut settled = Settled::default();
        for due in dues {
            let claim = claim(tx, due).await?;
            if let Some(claim) = claim.filter(|claim| due.points <= claim.paid) {
                settled.taken += self.take(tx, due, claim).await?;
            }
        }
        for due in dues {
            let claim = claim(tx, due).await?.unwrap_or_default();
            if due.points > claim.paid && takes_part(tx, due.person, self).await? {
                settled.given += self.give(tx, due, claim).await?;
            }
        }
        Ok(settled)
    }

    /// What cannot be had back any more is written off: nobody comes to owe points.
    async fn take(&self, tx: &mut Tx<'_>, due: &Due, claim: Claim) -> Result<i64, Failure> {
        let back = claim.paid - due.points;
        let amount = back.min(available(tx, due.person).await?);
        let written_off = claim.written_off + back - amount;
        let after = Claim { due: due.points, paid: due.points, written_off, held_back: None };
        if after != claim {
            self.put(tx, due, after).await?;
        }
        let (from, to) = (Account::Available(due.person), self.issuance(due));
        self.transfer(tx, due, (from, to), amount).await
    }

    async fn give(&self, tx: &mut Tx<'_>, due: &Due, claim: Claim) -> Result<i64, Failure> {
        let wanted = due.points - claim.paid;
        let Some((_, amounts)) = self.rules.at(due.at) else { return Ok(0) };
        let room = room(tx, due.person, due.at, (self.rules, &amounts), self.zone).await?;
        let repeats = self.repeats.contains(&(due.person, due.case));
        let (left, by) = if repeats { (0, HeldBack::Repeat) } else { (room.left, room.by) };
        let amount = wanted.min(left);
        let held_back = (amount < wanted).then_some(by);
        let after = Claim { due: due.points, paid: claim.paid + amount, held_back, ..claim };
        if after != claim {
            self.put(tx, due, after).await?;
        }
        let (from, to) = (self.issuance(due), Account::Available(due.person));
        self.transfer(tx, due, (from, to), amount).await
    }

    async fn transfer(
        &self,
        tx: &mut Tx<'_>,
        due: &Due,
        (from, to): (Account, Account),
        amount: i64,
    ) -> Result<i64, Failure> {
        if amount > 0 {
            let id = self.id_of(due, to);
            Transfer { id, from, to, amount, due: *due }.make(tx, &self.stamp).await?;
        }
        Ok(amount)
    }

    /// Keeps what a report has been paid by now, and says so in the journal.
    async fn put(&self, tx: &mut Tx<'_>, due: &Due, claim: Claim) -> Result<(), DbError> {
        let Due { person, case, at, .. } = *due;
        let Claim { due: points, paid, written_off, held_back } = claim;
        let values = params![tx.tenant(), person, case, at, points, paid, written_off, held_back];
        tx.execute(PUT_CLAIM, values).await?;
        let body = ClaimBody { case, at, due: points, paid, written_off, held_back };
        let stamp = self.stamp.apart(case.0);
        stamp.append(tx, CLAIMS_STREAM, person.0, "settle-claim", &json!(body)).await.map(drop)
    }

    fn issuance(&self, due: &Due) -> Account {
        Account::Issuance(year_of(due.at, self.zone))
    }

    fn id_of(&self, due: &Due, to: Account) -> Uuid {
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(due.person.0);
        hash.update(due.case.0);
        hash.update(to.to_string());
        let digest: [u8; 32] = hash.finalize().into();
        uuid::Builder::from_random_bytes(digest.first_chunk().copied().unwrap_or_default()).into_uuid()
    }
}

/// A rider who consents to it: nobody else has points, and nobody has to.
async fn takes_part(tx: &mut Tx<'_>, person: PersonId, settle: &Settle<'_>) -> Result<bool, Failure> {
    let at = settle.stamp.at;
    match consented::<Points>(tx, Subject::Person(person), settle.reach, at).await {
        Ok(_) => {}
        Err(Failure::Refused(_)) => return Ok(false),
        Err(failure) => return Err(failure),
    }
    let grants = grants_of(tx, person).await?;
    Ok(grants.iter().any(|grant| grant.role == Role::Rider && grant.grant().is_live(at)))
}

async fn claim(tx: &mut Tx<'_>, due: &Due) -> Result<Option<Claim>, DbError> {
    tx.optional(CLAIM, params![tx.tenant(), due.person, due.case]).await
}

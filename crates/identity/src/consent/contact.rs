//! Numbers to call back by. Nothing here works without the proof that their owner consents.

use qige_db::{Command, DbError, Failure, Tx, params, statements};
use qige_kernel::{ReportId, Timestamp};
use uuid::Uuid;

use super::{CallBack, Consented, GiveConsent, Subject, consented};
use crate::{KeyClass, PEOPLE_PHONE, Reach, Sealed, SealedColumn, Wanted, person};

statements! {
    /// The number left with a report, in the place of one before.
    KEEP = "INSERT INTO contacts (tenant, report, phone, consent, kept_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant, report) DO UPDATE SET phone = excluded.phone, consent = excluded.consent,
            kept_at = excluded.kept_at";
    /// The number left with a report.
    KEPT = "SELECT phone FROM contacts WHERE tenant = $1 AND report = $2";
    /// It goes.
    ERASE = "DELETE FROM contacts WHERE tenant = $1 AND report = $2";
    /// Numbers, some at a time.
    NUMBERS = "SELECT report, phone, CAST(NULL AS BYTEA) FROM contacts
        WHERE tenant = $1 AND report > $2 ORDER BY report LIMIT $3";
    /// A number as it is kept now; nothing happens where it was changed meanwhile.
    PUT_NUMBER = "UPDATE contacts SET phone = $4 WHERE tenant = $1 AND report = $2 AND phone = $3";
}

/// Numbers left with reports.
pub static CONTACT_PHONE: SealedColumn = SealedColumn {
    class: KeyClass::Contact,
    name: "contacts.phone",
    index: None,
    read: NUMBERS,
    put: PUT_NUMBER,
};

/// The number to call somebody by who consents to it, still sealed; none where they left none.
///
/// # Errors
/// [`DbError`].
pub async fn number_to_call(tx: &mut Tx<'_>, proof: &Consented<CallBack>) -> Result<Option<Wanted>, DbError> {
    let (column, owner, sealed): (_, Uuid, Option<Sealed>) = match proof.subject() {
        Subject::Person(id) => (&PEOPLE_PHONE, id.0, person(tx, id).await?.and_then(|person| person.phone)),
        Subject::Report(id) => {
            let row: Option<(Sealed,)> = tx.optional(KEPT, params![tx.tenant(), id]).await?;
            (&CONTACT_PHONE, id.0, row.map(|(phone,)| phone))
        }
    };
    Ok(sealed.map(|sealed| Wanted { column, row: owner, owner, sealed }))
}

async fn keep(
    tx: &mut Tx<'_>,
    proof: &Consented<CallBack>,
    report: ReportId,
    phone: &Sealed,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(KEEP, params![tx.tenant(), report, phone, proof.consent(), at]).await.map(drop)
}

pub(super) async fn has_number(tx: &mut Tx<'_>, report: ReportId) -> Result<bool, DbError> {
    Ok(tx.optional::<(Sealed,)>(KEPT, params![tx.tenant(), report]).await?.is_some())
}

pub(super) async fn erase_number(tx: &mut Tx<'_>, report: ReportId) -> Result<(), DbError> {
    tx.execute(ERASE, params![tx.tenant(), report]).await.map(drop)
}

/// Somebody without an account consents to being called back, and leaves the number.
#[derive(Clone, Debug)]
pub struct LeaveNumber {
    /// To what, and for which report.
    pub consent: GiveConsent,
    /// The report.
    pub report: ReportId,
    /// The number, sealed for the report.
    pub phone: Sealed,
}

impl Command for LeaveNumber {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let at = self.consent.stamp.at;
        self.consent.run(tx).await?;
        let subject = Subject::Report(self.report);
        let proof = consented::<CallBack>(tx, subject, &Reach::default(), at).await?;
        Ok(keep(tx, &proof, self.report, &self.phone, at).await?)
    }
}

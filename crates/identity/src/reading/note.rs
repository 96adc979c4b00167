//! A reading is noted: a line in the owner's access journal and a row that it is found by.

use qige_db::{Command, Failure, Tx, params, statements};
use qige_kernel::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Purpose, Seen};
use crate::Stamp;

/// The same person who reads the same again for the same purpose within this long, microseconds, is noted
/// once: whoever pages back and forth reads once.
pub const READ_AGAIN_MICROS: i64 = Timestamp::HOUR;
/// The journal of who read what of a person.
pub(super) const STREAM: &str = "access";

statements! {
    /// The same reading a moment ago.
    LATELY = "SELECT owner FROM readings WHERE tenant = $1 AND reader = $2 AND at > $3 AND owner = $4
        AND field = $5 AND purpose = $6 LIMIT 1";
    /// One more.
    INSERT = "INSERT INTO readings (tenant, owner, seq, at, reader, role, class, field, purpose)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
}

/// What the line says besides who, when and for what.
pub(super) fn said(field: &str, class: &str) -> Value {
    json!({ "field": field, "class": class })
}

pub(super) struct NoteReadings {
    pub(super) purpose: Purpose,
    pub(super) stamp: Stamp,
    pub(super) seen: Vec<Seen>,
}

impl Command for NoteReadings {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let (tenant, reader, at) = (tx.tenant(), tx.actor().person(), self.stamp.at);
        let purpose = self.purpose;
        for Seen { owner, class, field } in self.seen.iter().copied() {
            let since = at.plus(-READ_AGAIN_MICROS);
            let values = params![tenant, reader, since, owner, field, purpose];
            let may_be_the_same = reader.is_some() && !purpose.is_export();
            if may_be_the_same && tx.optional::<(Uuid,)>(LATELY, values).await?.is_some() {
                continue;
            }
            let body = said(field, class.as_str());
            let line = self.stamp.append(tx, STREAM, owner, purpose.as_str(), &body).await?;
            let role = self.stamp.role_of(tx.actor());
            tx.execute(INSERT, params![tenant, owner, line.seq, at, reader, role, class, field, purpose])
                .await?;
        }
        Ok(())
    }
}

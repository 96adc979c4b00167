//! Reading what is sealed. Nothing is opened before it is noted who reads whose, when and for what.

mod expire;
mod list;
mod note;
mod unusual;

use qige_db::{Asker, Failure};
use uuid::Uuid;

use crate::vault::SealedColumn;
use crate::{PhoneNumber, Sealed, Stamp, Vault};
use note::{NoteReadings, Noted};
use qige_db::kebab;

pub use expire::{erase_old_readings, old_readings};
pub use list::{READINGS_ON_PAGE_MAX, ReadingFilter, ReadingPlace, ReadingRow, readings, verify_readings};
pub use note::READ_AGAIN_MICROS;
pub use unusual::{
    Look, READING_LIMITS, ReadingLimits, Unusual, UnusualReading, looks_at, looks_in_a_week, unusual_readings,
};

kebab! {
    /// For what somebody reads.
    pub enum Purpose {
        /// To tell people apart in the list of accounts.
        ListPeople = "list-people",
        /// To look after one account.
        LookAfterAccount = "look-after-account",
        /// To take the list of accounts out as a file.
        ExportPeople = "export-people",
        /// To reach the person.
        Reach = "reach",
        /// To see who gave a consent for somebody.
        LookAtConsent = "look-at-consent",
    }
}

impl Purpose {
    /// Names its text in the locale files: `purpose-list-people`.
    #[must_use]
    pub fn label_key(self) -> String {
        format!("purpose-{self}")
    }
}

/// A field that somebody wants to read.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Where it stands.
    pub column: &'static SealedColumn,
    /// In which row.
    pub row: Uuid,
    /// Whose it is: in whose access log it is noted.
    pub owner: Uuid,
    /// As it is kept.
    pub sealed: Sealed,
}

impl Vault {
    /// Opens fields after noting it in the access log of everybody whose they are. What one reads of
    /// oneself is not noted.
    ///
    /// # Errors
    /// `key-lost` and `sealed-broken`; those of the database, and then nothing is opened.
    pub async fn read(
        &self,
        asker: Asker,
        purpose: Purpose,
        stamp: Stamp,
        wanted: &[Wanted],
    ) -> Result<Vec<String>, Failure> {
        let oneself = asker.actor.person().map(|person| person.0);
        let others = wanted.iter().filter(|one| Some(one.owner) != oneself);
        let noted: Vec<Noted> = others
            .map(|one| Noted { owner: one.owner, class: one.column.class, field: one.column.name })
            .collect();
        if !noted.is_empty() {
            self.db().write(asker, NoteReadings { purpose, stamp, noted }).await?;
        }
        let mut opened = Vec::with_capacity(wanted.len());
        for one in wanted {
            opened.push(self.open(one.column.field(asker.tenant, one.row), &one.sealed).await?);
        }
        Ok(opened)
    }

    /// The mobile numbers of people, in the order in which they are wanted.
    ///
    /// # Errors
    /// As [`Vault::read`].
    pub async fn read_phones(
        &self,
        asker: Asker,
        purpose: Purpose,
        stamp: Stamp,
        wanted: Vec<(Uuid, Sealed)>,
    ) -> Result<Vec<PhoneNumber>, Failure> {
        let column = &crate::PEOPLE_PHONE;
        let wanted: Vec<Wanted> =
            wanted.into_iter().map(|(owner, sealed)| Wanted { column, row: owner, owner, sealed }).collect();
        let opened = self.read(asker, purpose, stamp, &wanted).await?;
        opened.iter().map(|text| text.parse().map_err(Failure::Refused)).collect()
    }
}

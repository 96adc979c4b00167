//! Reading what is sealed. Nothing is opened before it is noted who reads whose, when and for what.

mod expire;
mod list;
mod note;
mod unusual;
mod verify;

use qige_db::{Asker, Failure};
use uuid::Uuid;

use crate::vault::SealedColumn;
use crate::{KeyClass, PhoneNumber, Sealed, Stamp, Vault};
use note::NoteReadings;
use qige_db::kebab;

pub use expire::{erase_old_readings, old_readings};
pub use list::{READINGS_ON_PAGE_MAX, ReadingFilter, ReadingPlace, ReadingRow, readings};
pub use note::READ_AGAIN_MICROS;
pub use unusual::{
    Look, READING_LIMITS, ReadingLimits, Unusual, UnusualReading, looks_at, looks_in_a_week, unusual_readings,
};
pub use verify::{ReadingFault, verify_readings};

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
        /// To see who gave a consent for somebody, or what proves it.
        LookAtConsent = "look-at-consent",
        /// To hear a voice note.
        HearVoice = "hear-voice",
        /// To take out as a file who reports for the scheme.
        ExportMembers = "export-members",
        /// To take out as a file what people ask for about their own data.
        ExportRequests = "export-requests",
        /// To take cases out as a file.
        ExportCases = "export-cases",
        /// To take the access log out as a file.
        ExportAccessLog = "export-access-log",
    }
}

impl Purpose {
    /// Whether something is taken out as a file. Each such file is noted, also where the same was taken a
    /// moment ago.
    #[must_use]
    pub const fn is_export(self) -> bool {
        matches!(
            self,
            Self::ExportPeople
                | Self::ExportMembers
                | Self::ExportRequests
                | Self::ExportCases
                | Self::ExportAccessLog
        )
    }

    /// Names its text in the locale files: `purpose-list-people`.
    #[must_use]
    pub fn label_key(self) -> String {
        format!("purpose-{self}")
    }
}

/// Something that lies under no key and is read: a name in a file, a voice, a paper.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Whose it is: in whose access log it is noted. The subdistrict's own id where it is no one person's.
    pub owner: Uuid,
    /// What sort of thing.
    pub class: KeyClass,
    /// Where it stands.
    pub field: &'static str,
}

impl Seen {
    /// Something that lies under no key.
    #[must_use]
    pub const fn recorded(owner: Uuid, field: &'static str) -> Self {
        Self { owner, class: KeyClass::Record, field }
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
        let seen = |one: &Wanted| Seen { owner: one.owner, class: one.column.class, field: one.column.name };
        self.note_seen(asker, purpose, stamp, wanted.iter().map(seen).collect()).await?;
        let mut opened = Vec::with_capacity(wanted.len());
        for one in wanted {
            opened.push(self.open(one.column.field(asker.tenant, one.row), &one.sealed).await?);
        }
        Ok(opened)
    }

    /// Notes what is about to be read in the access log of everybody whose it is. What one reads of oneself
    /// is not noted.
    ///
    /// # Errors
    /// Those of the database: then nothing may be shown.
    pub async fn note_seen(
        &self,
        asker: Asker,
        purpose: Purpose,
        stamp: Stamp,
        mut seen: Vec<Seen>,
    ) -> Result<(), Failure> {
        let oneself = asker.actor.person().map(|person| person.0);
        seen.retain(|one| Some(one.owner) != oneself);
        if seen.is_empty() {
            return Ok(());
        }
        self.db().write(asker, NoteReadings { purpose, stamp, seen }).await
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

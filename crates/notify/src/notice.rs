//! A notice before and after.

use std::fmt;
use std::str::FromStr;

use qige_db::{Json, from_row};
use qige_kernel::{NoticeId, TenantId, Timestamp};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Recipient;

/// The thing a notice is about, which it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// Kind of thing, for example `case`.
    pub kind: &'static str,
    /// Which one.
    pub id: Uuid,
}

impl About {
    /// One thing.
    #[must_use]
    pub fn new(kind: &'static str, id: impl Into<Uuid>) -> Self {
        Self { kind, id: id.into() }
    }
}

/// A notice to be posted.
#[derive(Clone, Debug)]
pub struct NewNotice {
    /// Whom it is for.
    pub recipient: Recipient,
    /// Names its sentence in the locale files (`notice-<kind>`); kebab-case.
    pub kind: &'static str,
    /// The values in that sentence. Nothing that this recipient may not know.
    pub args: Value,
    /// What it is about.
    pub about: About,
    /// A recipient gets one notice for each of these. Begin it with the cause, for example the case and the
    /// journal line, so that an undone cause can withdraw all its notices by that beginning.
    pub dedupe: String,
    /// When it happened.
    pub at: Timestamp,
    /// Not shown before this instant, and until then gone without a trace if withdrawn.
    pub hold_until: Option<Timestamp>,
}

impl NewNotice {
    /// From when the recipient sees it.
    pub(crate) fn visible_at(&self) -> Timestamp {
        self.hold_until.map_or(self.at, |until| until.max(self.at))
    }

    /// The id follows from recipient and dedupe key, so that a command that is run again posts the
    /// same notice.
    pub(crate) fn id(&self, tenant: TenantId) -> NoticeId {
        let mut hash = Sha256::new();
        hash.update(tenant.0);
        hash.update(self.recipient.kind());
        hash.update(self.recipient.id());
        hash.update(&self.dedupe);
        let digest: [u8; 32] = hash.finalize().into();
        let chance = digest.first_chunk().copied().unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(self.at.millis(), &chance).into_uuid().into()
    }
}

/// A notice in an inbox.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notice {
    /// Which one.
    pub id: NoticeId,
    /// Whom it is for.
    pub recipient: Recipient,
    /// Names its sentence in the locale files (`notice-<kind>`).
    pub kind: String,
    /// The values in that sentence.
    pub args: Value,
    /// Kind of the thing it is about.
    pub about_kind: String,
    /// Which thing.
    pub about: Uuid,
    /// When it happened.
    pub at: Timestamp,
    /// When it was read; none while it is not.
    pub read_at: Option<Timestamp>,
    /// From when it was shown, which inboxes are ordered by.
    #[serde(skip)]
    pub(crate) visible_at: Timestamp,
}

impl Notice {
    /// Its place in the inbox.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        Cursor { visible_at: self.visible_at, id: self.id }
    }
}

from_row! {
    pub(crate) struct NoticeRow {
        pub(crate) id: NoticeId,
        pub(crate) kind: String,
        pub(crate) args: Json<Value>,
        pub(crate) about_kind: String,
        pub(crate) about: Uuid,
        pub(crate) posted_at: Timestamp,
        pub(crate) visible_at: Timestamp,
        pub(crate) read_at: Option<Timestamp>,
    }
}

impl NoticeRow {
    pub(crate) fn to(self, recipient: Recipient) -> Notice {
        Notice {
            id: self.id,
            recipient,
            kind: self.kind,
            args: self.args.0,
            about_kind: self.about_kind,
            about: self.about,
            at: self.posted_at,
            read_at: self.read_at,
            visible_at: self.visible_at,
        }
    }
}

/// A place in an inbox. In URLs: microseconds, a dot, an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub(crate) visible_at: Timestamp,
    pub(crate) id: NoticeId,
}

impl Cursor {
    /// Before everything: later than any notice.
    pub(crate) const FIRST: Self =
        Self { visible_at: Timestamp::from_micros(i64::MAX), id: NoticeId(Uuid::max()) };
}

/// Text that is no place in an inbox.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no place in an inbox")]
pub struct CursorError(String);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.visible_at.micros(), self.id)
    }
}

impl FromStr for Cursor {
    type Err = CursorError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let no_place = || CursorError(text.to_owned());
        let (micros, id) = text.split_once('.').ok_or_else(no_place)?;
        let visible_at = Timestamp::from_micros(micros.parse().map_err(|_| no_place())?);
        Ok(Self { visible_at, id: id.parse().map_err(|_| no_place())? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        for cursor in [
            Cursor::FIRST,
            Cursor { visible_at: Timestamp::from_micros(-5), id: NoticeId(Uuid::from_u128(7)) },
        ] {
            assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        }
        for text in ["", "5", "5.x", "x.00000000-0000-0000-0000-000000000007"] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }
}

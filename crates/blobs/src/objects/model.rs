//! What is known of a stored object.

use qige_db::{column_text, from_row};
use qige_kernel::{ObjectId, Timestamp};
use uuid::Uuid;

/// What kind of thing owns or holds an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HolderKind {
    /// A report: its reporter's photos.
    Report,
    /// A case: photos of those who verify, handle and check.
    Case,
    /// A consent: the signature or the paper that proves it.
    Consent,
}

/// How long an object is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetentionClass {
    /// As long as the report it came with.
    Report,
    /// As long as the case whose work it proves.
    Evidence,
    /// Until the case is closed: a voice note is for the dispatcher alone.
    Voice,
    /// As long as the consent that it proves.
    Consent,
}

macro_rules! named {
    ($type:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $(Self::$variant => $name),* })
            }
        }

        impl std::str::FromStr for $type {
            type Err = UnknownName;
            fn from_str(name: &str) -> Result<Self, UnknownName> {
                match name { $($name => Ok(Self::$variant),)* _ => Err(UnknownName) }
            }
        }

        column_text!($type);
    };
}

/// A name that stands for nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown name")]
pub struct UnknownName;

named!(HolderKind { Report = "report", Case = "case", Consent = "consent" });
named!(RetentionClass { Report = "report", Evidence = "evidence", Voice = "voice", Consent = "consent" });

/// Who owns or holds an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Holder {
    /// What kind of thing.
    pub kind: HolderKind,
    /// Which one.
    pub id: Uuid,
}

/// An object whose bytes are already durable in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewObject {
    /// Its id, under which the bytes were put.
    pub id: ObjectId,
    /// For whom it was made.
    pub owner: Holder,
    /// How long it is kept.
    pub class: RetentionClass,
    /// `image/jpeg`.
    pub media_type: &'static str,
    /// Size of the full variant, in bytes.
    pub bytes: i64,
    /// SHA-256 of the full variant.
    pub sha256: [u8; 32],
    /// Width of a picture, in pixels.
    pub width: Option<u32>,
    /// Height of a picture, in pixels.
    pub height: Option<u32>,
    /// When it was stored.
    pub created_at: Timestamp,
}

from_row! {
    /// A stored object, or what is left of it when it was erased.
    pub struct Object {
        /// Its id.
        pub id: ObjectId,
        /// What kind of thing it was made for.
        pub owner_kind: HolderKind,
        /// Which one.
        pub owner: Uuid,
        /// How long it is kept.
        pub class: RetentionClass,
        /// `image/jpeg`.
        pub media_type: String,
        /// Size of the full variant, in bytes.
        pub bytes: i64,
        /// SHA-256 of the full variant.
        pub sha256: [u8; 32],
        /// Width of a picture, in pixels.
        pub width: Option<u32>,
        /// Height of a picture, in pixels.
        pub height: Option<u32>,
        /// How many hold it.
        pub refs: i64,
        /// When it was stored.
        pub created_at: Timestamp,
        /// When it was erased; the bytes follow soon after.
        pub erased_at: Option<Timestamp>,
    }
}

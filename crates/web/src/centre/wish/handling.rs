//! While units have a case.

use qige_cases::{Accept, Dispatch, HandIn, HandInPart, SendBack, Start};
use qige_kernel::{ObjectId, UnitId};

use super::wishes;

wishes! {
    /// Gives it to a unit, and whistles for others.
    DispatchWish {
        /// Who answers for it.
        lead: UnitId,
        /// Who helps.
        #[serde(default)]
        assist: Vec<UnitId>,
        /// Another deadline than the rules give: RFC 3339, or date and time of the tenant's clocks.
        due_at: Option<String>,
        /// What units read; without it, what they could read before.
        released_words: Option<String>,
        /// What stands in `released_words` counts as it stands, also when it is empty.
        #[serde(default)]
        release: bool,
        /// Numbers of people in them stay as they are, since the unit needs them; else they are masked.
        #[serde(default)]
        with_numbers: bool,
        /// Photos that units see.
        #[serde(default)]
        released_photos: Vec<ObjectId>,
    } |desk| {
        let due_at = desk.instant("due_at", due_at.as_deref())?;
        let released_words = if release { Some(released_words.unwrap_or_default()) } else { released_words };
        Dispatch { lead, assist, due_at, released_words, with_numbers, released_photos }
    };

    /// Does not take it.
    SendBackWish {
        /// Why it is not this unit's.
        #[serde(default)]
        reason: String,
    } |_desk| SendBack { reason };

    /// Begins.
    StartWish {} |_desk| Start {};

    /// Hands in the whole.
    HandInWish {
        /// What was done.
        #[serde(default)]
        note: String,
        /// Photos of the work done, already stored; others come along as `photo`.
        #[serde(default)]
        photos: Vec<ObjectId>,
    } |desk| HandIn { note, photos: desk.with_photos(photos) };

    /// An assisting unit begins.
    AcceptWish {} |_desk| Accept {};

    /// An assisting unit hands in its part.
    HandInPartWish {
        /// What was done.
        #[serde(default)]
        note: String,
        /// Photos of the work done, already stored; others come along as `photo`.
        #[serde(default)]
        photos: Vec<ObjectId>,
    } |desk| HandInPart { note, photos: desk.with_photos(photos) };
}

//! At the end of a case.

use qige_cases::{AskCheck, Fail, Pass, Rate, Reopen, Void};
use qige_kernel::{ObjectId, PersonId};

use super::wishes;

wishes! {
    /// Asks somebody other than the handler whether it is done.
    AskCheckWish {
        /// Whom.
        checker: PersonId,
        /// What to look at.
        #[serde(default)]
        words: String,
    } |_desk| AskCheck { checker, words };

    /// It is done: closes the case.
    PassWish {
        /// What was seen.
        #[serde(default)]
        words: String,
        /// Photos taken there, already stored; others come along as `photo`.
        #[serde(default)]
        photos: Vec<ObjectId>,
    } |desk| Pass { words, photos: desk.with_photos(photos) };

    /// It is not done: back to the unit.
    FailWish {
        /// What is missing.
        #[serde(default)]
        reason: String,
        /// Photos taken there, already stored; others come along as `photo`.
        #[serde(default)]
        photos: Vec<ObjectId>,
        /// Another deadline than the rules give.
        due_at: Option<String>,
    } |desk| {
        let due_at = desk.instant("due_at", due_at.as_deref())?;
        Fail { reason, photos: desk.with_photos(photos), due_at }
    };

    /// Opens a closed case again.
    ReopenWish {
        /// Why.
        #[serde(default)]
        reason: String,
    } |_desk| Reopen { reason };

    /// How satisfied the reporter is.
    RateWish {
        /// 1 to 5.
        stars: u8,
        /// In the reporter's words.
        #[serde(default)]
        words: String,
    } |_desk| Rate { stars, words };

    /// Entered by mistake.
    VoidWish {
        /// Why.
        #[serde(default)]
        reason: String,
    } |_desk| Void { reason };
}

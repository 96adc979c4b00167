//! Before a case has a number.

use qige_cases::{
    Appeal, AskVerify, Confirm, Decline, DeclineReason, File, MatterKey, Refute, Urgency, Withdraw,
};
use qige_kernel::{ObjectId, PersonId, Refusal};

use super::{Desk, wishes};

wishes! {
    /// Asks somebody on the ground whether it is so.
    AskVerifyWish {
        /// Whom.
        verifier: PersonId,
        /// What to look at.
        #[serde(default)]
        words: String,
    } |_desk| AskVerify { verifier, words };

    /// It is so.
    ConfirmWish {
        /// What was seen.
        #[serde(default)]
        words: String,
        /// Photos taken there, already stored; others come along as `photo`.
        #[serde(default)]
        photos: Vec<ObjectId>,
    } |desk| Confirm { words, photos: desk.with_photos(photos) };

    /// It is not so.
    RefuteWish {
        /// What was seen.
        #[serde(default)]
        words: String,
        /// Photos taken there, already stored; others come along as `photo`.
        #[serde(default)]
        photos: Vec<ObjectId>,
    } |desk| Refute { words, photos: desk.with_photos(photos) };

    /// Makes it a case with a number.
    FileWish {
        /// What it is about: a key, or a name that finds one matter.
        matter: Option<String>,
        /// A matter that was pressed instead of typed: it counts before what was typed.
        pressed: Option<MatterKey>,
        /// How soon; as usual for the matter when left out.
        urgency: Option<Urgency>,
    } |desk| {
        let matter = match pressed {
            Some(key) => key,
            None => desk
                .matter(matter.as_deref())?
                .ok_or(Refusal::invalid("matter", "matter-missing"))?,
        };
        let urgency = urgency
            .or_else(|| Desk::usual_urgency(matter))
            .ok_or(Refusal::invalid("urgency", "urgency-missing"))?;
        File { matter, urgency }
    };

    /// Does not take it on.
    DeclineWish {
        /// From the list of reasons.
        reason: DeclineReason,
        /// What the reporter reads besides.
        #[serde(default)]
        words: String,
    } |_desk| Decline { reason, words };

    /// The reporter's one appeal.
    AppealWish {
        /// Why it should be looked at again.
        #[serde(default)]
        words: String,
    } |_desk| Appeal { words };

    /// The reporter takes it back.
    WithdrawWish {
        /// Why, if the reporter likes to say.
        #[serde(default)]
        words: String,
    } |_desk| Withdraw { words };
}

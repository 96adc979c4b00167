//! What moves a deadline or watches over it. Instants are RFC 3339, or date and time of the tenant's clocks.

use qige_cases::{
    AnswerSupervision, AskExtension, GrantExtension, RefuseExtension, Resume, Supervise, Suspend,
};

use super::wishes;

wishes! {
    /// The unit asks for more time.
    AskExtensionWish {
        /// Why.
        #[serde(default)]
        reason: String,
        /// Until when.
        until: Option<String>,
    } |desk| AskExtension { until: desk.needed_instant("until", until.as_deref())?, reason };

    /// The supervisor gives it.
    GrantExtensionWish {
        /// Until when, if not until what was asked for.
        until: Option<String>,
        /// What the unit reads.
        #[serde(default)]
        words: String,
    } |desk| GrantExtension { until: desk.instant("until", until.as_deref())?, words };

    /// The supervisor does not give it.
    RefuseExtensionWish {
        /// Why.
        #[serde(default)]
        reason: String,
    } |_desk| RefuseExtension { reason };

    /// Puts it aside; its clock stands still.
    SuspendWish {
        /// Why.
        #[serde(default)]
        reason: String,
        /// When to look at it again.
        review_at: Option<String>,
    } |desk| Suspend { review_at: desk.needed_instant("review_at", review_at.as_deref())?, reason };

    /// Takes it up again.
    ResumeWish {
        /// Why.
        #[serde(default)]
        words: String,
    } |_desk| Resume { words };

    /// Watches over it; the unit must answer.
    SuperviseWish {
        /// What the unit is told.
        #[serde(default)]
        words: String,
    } |_desk| Supervise { words };

    /// The answer to that.
    AnswerSupervisionWish {
        /// The answer.
        #[serde(default)]
        words: String,
    } |_desk| AnswerSupervision { words };
}

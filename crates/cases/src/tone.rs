//! How late a case is, in one word.

use qige_kernel::Timestamp;

use crate::text_enum::text_enum;

text_enum! {
    /// How late a case is. Shown as text and shape, never as a colour alone.
    Tone {
        /// In time, or no clock runs.
        Calm = "calm",
        /// Three quarters of the time are over.
        Amber = "amber",
        /// The time is over.
        Red = "red",
    }
}

impl Tone {
    /// The tone at `now` of what turns amber and is due at these instants; calm where no clock runs.
    #[must_use]
    pub fn at(now: Timestamp, amber_at: Option<Timestamp>, due_at: Option<Timestamp>) -> Self {
        if due_at.is_some_and(|due_at| now >= due_at) {
            Self::Red
        } else if amber_at.is_some_and(|amber_at| now >= amber_at) {
            Self::Amber
        } else {
            Self::Calm
        }
    }
}

//! Why a case is not taken on.

use crate::text_enum::text_enum;

text_enum! {
    /// A reason that the reporter reads (不予受理理由); each has its sentence in the locale files, with the
    /// way on.
    DeclineReason {
        /// Somebody looked and it was not so.
        NotSo = "not-so",
        /// It is done already.
        AlreadySolved = "already-solved",
        /// Nobody could find it from what was said.
        CannotFind = "cannot-find",
        /// Outside this subdistrict.
        OutsideArea = "outside-area",
        /// Not the subdistrict's business, such as a quarrel of private law.
        NotOurs = "not-ours",
        /// Another office takes it, which the words name.
        ElsewhereBetter = "elsewhere-better",
        /// An emergency: 110, 119, 120, 122 are quicker.
        Emergency = "emergency",
        /// About a person, not about a place or a thing (domain.md §2.1).
        AboutPerson = "about-person",
        /// Sent by mistake or as a trial.
        Mistake = "mistake",
        /// None of these; the words say what.
        Other = "other",
    }
}

impl DeclineReason {
    /// Whether the sentence is of no use without words of the dispatcher's own.
    #[must_use]
    pub const fn needs_words(self) -> bool {
        matches!(self, Self::ElsewhereBetter | Self::Other)
    }
}

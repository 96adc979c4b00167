//! What notices are about, as people choose among them.

use crate::named::named;

named! {
    /// What a notice is about. People choose by these: nobody wants to go through forty kinds.
    pub enum Topic {
        /// What came of one's own reports.
        Reports = "reports",
        /// Please go and look.
        Tasks = "tasks",
        /// Cases that one's unit has in hand.
        Unit = "unit",
        /// What waits at the grid centre.
        Centre = "centre",
        /// A term comes near or has passed.
        Deadlines = "deadlines",
        /// One's own account, and whether all is as it should be.
        Safety = "safety",
    }
}

impl Topic {
    /// Of a kind of notice.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        match kind {
            "verify-asked" | "check-asked" => Self::Tasks,
            "new-sign-in" | "journal-changed" | "reading-many" | "reading-late" => Self::Safety,
            "case-amber" | "case-red" | "case-over" => Self::Deadlines,
            "extension-granted" | "extension-refused" | "part-accepted" | "part-handed-in" => Self::Unit,
            _ if kind.starts_with("report-") => Self::Reports,
            _ if kind.starts_with("unit-") => Self::Unit,
            _ => Self::Centre,
        }
    }

    /// What does not wait: neither for the morning, nor for a digest, nor for the end of a pause.
    #[must_use]
    pub const fn is_urgent(self) -> bool {
        matches!(self, Self::Safety)
    }

    /// Whether groups and programs may be told: what concerns one person does not go to a group.
    #[must_use]
    pub const fn is_shared(self) -> bool {
        !matches!(self, Self::Reports | Self::Safety)
    }
}

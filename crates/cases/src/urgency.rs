//! How pressing a case is.

use crate::text_enum::text_enum;

text_enum! {
    /// Urgency (紧急程度), which picks the deadlines.
    Urgency {
        /// 特急.
        Critical = "critical",
        /// 急.
        Urgent = "urgent",
        /// 一般.
        Normal = "normal",
        /// 复杂: normal to file, long to put right.
        Complex = "complex",
    }
}

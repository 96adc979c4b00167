//! What a period comes to (考核评价): by unit, grid, community and matter; never by person.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `fact.rs` | [`Fact`], [`Sign`]: what figures are counted from |
//! | `marks.rs` | the marks of a case, kept by every step that changes them |
//! | `fill.rs` | [`FillMarks`]: the marks of cases from before there were marks |
//! | `indicator.rs` | [`Indicator`], [`Rule`]: numerators and denominators as data |
//! | `tally.rs` | [`Tally`], [`Figures`]: facts counted, and how long stages took |
//! | `read.rs` | [`figures`], [`facts_behind`]: facts of a time, from the tables |
//! | `score.rs` | [`Weights`], [`Score`]: the score of a unit, and how it comes about |
//! | `month.rs` | [`MonthReport`], [`IssueMonth`]: the report of a month, frozen once it is issued |
//! | `safe.rs` | [`published`], [`published_of`]: what may be published without giving anybody away |
//!
//! Never here: a figure of a person, a fact that the list behind its figure would not show.

mod fact;
mod fill;
mod indicator;
pub(crate) mod marks;
pub(crate) mod month;
mod read;
mod safe;
mod score;
mod tally;

pub use fact::{Fact, FactKind, Sign, Signs};
pub use fill::{FillMarks, marks_are_missing};
pub use indicator::{Definition, Indicator, Rule};
pub use month::{
    DefinedThen, IssueMonth, Issued, Month, MonthLine, MonthReport, issued, issued_of, issued_report,
    midnight,
};
pub use read::{Narrowed, Reach, Span, facts_behind, figures, handled_in_time};
pub use safe::{Columns, LEAST_PUBLISHED, Published, published, published_of, published_percent_of};
pub use score::{MAX_WEIGHT, Score, ScorePart, Weights};
pub use tally::{Counted, Dimension, Figures, Key, Share, Tally, Times};

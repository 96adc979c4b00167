//! What a period comes to: figures, the cases behind them, the report of a month.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `asked.rs` | which period and what of it, as it stands in the address |
//! | `table.rs` | indicators of everything together and broken down by one thing |
//! | `behind.rs` | the cases behind a figure |
//! | `score.rs` | what a unit's score is made of: the weights, and an example worked out |
//! | `reports.rs` | reports of months: draft, issued, corrected |
//! | `published.rs` | what everybody may read of issued months |
//! | `words.rs` | what indicators and rows are called, and how figures stand in files |
//!
//! Never here: a figure of a person; a published number under five.

mod asked;
mod behind;
mod published;
mod reports;
mod score;
mod table;
mod words;

use crate::Routes;

pub use words::definitions;

/// Setting: what weighs how much in a unit's score, see [`qige_cases::evaluation::Weights`].
const SCORE_SETTING: &str = "unit-score";

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    table::routes().and(behind::routes()).and(score::routes()).and(reports::routes()).and(published::routes())
}

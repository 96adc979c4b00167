//! What is asked about cases. Queries change nothing, and hand out views: one type per audience.
//!
//! | file | what is asked |
//! | --- | --- |
//! | `filter.rs` | [`QueueFilter`], [`Sight`]: what narrows a list |
//! | `queue.rs` | [`queue`], [`counts`]: the centre's list and its header |
//! | `listed.rs` | [`listed`]: all cases of a filter, for a file |
//! | `map.rs` | [`map_window`], [`nearby`] |
//! | `repeats.rs` | [`repeats`]: what is probably reported more than once |
//! | `centre.rs` | [`case_for_centre`], [`case_by_number`] |
//! | `unit.rs` | [`case_for_unit`], [`unit_list`] |
//! | `reporter.rs` | [`reports_of`], [`case_for_reporter`], [`follow`] |
//! | `ground.rs` | [`ground_list`], [`ground_count`], [`ground_counts`], [`ground_case`] |
//! | `how_many.rs` | [`how_many`] |
//! | `late.rs` | [`became_late`]: what a schedule looks for |
//! | `suggest_unit.rs` | [`suggest_unit`] |
//! | `put_in_order.rs` | [`put_in_order`]: what was closed, by squares of a kilometre |
//! | `in_hand.rs` | [`has_in_hand`]: whose case one has in hand |
//! | `own_data.rs` | [`own_data`]: all that is kept of one person's own |
//! | `wall.rs` | [`wall`]: how things stand, in counts |
//! | `waiting.rs` | [`waiting`]: what a rule may take up |
//!
//! Whether the asker may ask is decided by whoever calls, with the permission table; what the asker may see
//! follows from the view's type.

mod arrived;
mod centre;
mod filter;
mod ground;
mod how_many;
mod in_hand;
mod late;
mod listed;
mod map;
mod own_data;
mod put_in_order;
mod queue;
mod repeats;
mod reporter;
mod seen;
mod suggest_unit;
mod unit;
mod waiting;
mod wall;

use qige_kernel::personal::masked;

pub use arrived::{ArrivedWaiting, arrived_waiting};
pub use centre::{case_by_number, case_for_centre};
pub use filter::{Hands, QueueFilter, Sight, Window};
pub use ground::{ground_case, ground_count, ground_counts, ground_list};
pub use how_many::how_many;
pub use in_hand::{has_in_hand, reported_where};
pub use late::{Lateness, became_late};
pub use listed::{MAX_BATCH_ROWS, listed};
pub use map::{MAX_MAP_POINTS, map_window, nearby};
pub use own_data::{
    OWN_ROWS_MAX, OwnAnswered, OwnData, OwnReported, OwnSaid, own_data, own_photos, own_report, own_voices,
};
pub use put_in_order::put_in_order;
pub use queue::{Order, counts, queue};
pub use repeats::{MAX_COMPARED, repeats};
pub(crate) use reporter::rated_before;
pub use reporter::{case_for_reporter, follow, reports_of};
pub use suggest_unit::{SuggestedUnit, suggest_unit};
pub use unit::{UnitListKind, case_for_unit, unit_list};
pub use waiting::{WaitingCase, WaitingSince, waiting};
pub use wall::wall;

/// Rows on one page at most.
pub const MAX_PAGE_ROWS: u32 = 200;
/// Characters of a case's words in a list.
const SHORT_WORDS_CHARS: usize = 120;

/// The first words, for a list; numbers of people are masked, whoever needs one opens the case.
fn shortened(words: &str) -> String {
    let words = masked(words);
    let mut short: String = words.chars().take(SHORT_WORDS_CHARS).collect();
    if words.chars().nth(SHORT_WORDS_CHARS).is_some() {
        short.push('…');
    }
    short
}

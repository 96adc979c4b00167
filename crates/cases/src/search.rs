//! Finding cases by whatever somebody types: number, words, pinyin or its initials, place, unit, matter,
//! person.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `tokens.rs` | what a text is found by |
//! | `wanted.rs` | [`Wanted`]: what somebody looks for |
//! | `index.rs` | the rows that cases are found by: [`refresh`], [`CatchUp`] |
//! | `sought.rs` | [`sought`]: which cases are meant, or how each is asked |
//! | `marks.rs` | [`marked`]: where the words stand in what was found |
//!
//! What things are called is looked up when somebody searches, and cases are found by the ids: so a name that
//! changes changes no row. All that is said of a case stands in its row, and nothing is read out of it: the
//! rows are for the centre, whose pages show all of it. Never here: a search for units, who would find by it
//! what a reporter said and nobody released; theirs goes by what their list shows
//! (`crates/web/src/looked_for.rs`), with the same tokens.

mod index;
mod marks;
mod sought;
mod tokens;
mod wanted;

pub use index::{Arrived, CASES_AT_ONCE, CatchUp, SEARCH_CASE, TakenUp, refresh};
pub(crate) use index::{kept, mark, worked_out};
pub use marks::{Part, marked};
pub use sought::{MAX_NAMED_CASES, Sought, sought};
pub use tokens::Tokens;
pub use wanted::{MAX_SEARCH_CHARS, Named, Wanted};

//! Points (积分): what a report earns, and the ledger that says where every point lies.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `rules.rs` | [`PointRules`]: what earns how much, in versions; whether points are on |
//! | `due.rs` | [`due`]: what the reports of one case and of those that follow it earn (pure) |
//! | `settle.rs` | [`Settle`]: what was paid is brought to what is due, as often as one likes |
//! | `room.rs` | how much more somebody may earn: caps, repeats, the year's budget |
//! | `account.rs` | [`Account`]: where points lie |
//! | `ledger.rs` | transfers between accounts, each with its line in the journal; what a statement shows |
//! | `verify.rs` | whether accounts, transfers, claims and the journal say the same |
//!
//! Never here: a list of people by their points, a point for a report about a person, a debt, a point for
//! somebody who does not take part.

mod account;
mod due;
mod ledger;
mod room;
mod rules;
mod settle;
mod verify;

pub use account::Account;
pub use due::{Due, Group, Standing, Told, Why, due};
pub use ledger::{
    HeldBack, HeldBackRow, LINES_ON_PAGE_MAX, StatementRow, available, held_back_of, issued, statement,
};
pub use room::{Room, paid_lately};
pub use rules::{Amounts, ChangePointRules, POINT_RULES, PointRules, RuleVersion};
pub use settle::{Settle, Settled};
pub use verify::{PointFault, verify};

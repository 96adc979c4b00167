//! Notices: what somebody should know, kept as a kind and its arguments and put into words when it is read.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `notice.rs` | [`NewNotice`], [`Notice`], [`About`], [`Cursor`]: a notice before and after |
//! | `recipient.rs` | [`Recipient`]: a person, a unit, or whoever follows a report without an account |
//! | `post.rs` | [`post`], [`withdraw_held`]: in the transaction that causes it, or takes its cause back |
//! | `inbox.rs` | [`inbox`], [`unread_count`], [`mark_read`], [`mark_all_read`]: for the reader |
//! | `keep.rs` | [`erase_of`], [`erase_ways_of`], [`erase_about`], [`forget_before`]: how notices end |
//! | `topic.rs` | [`Topic`], [`KINDS`]: what notices are about, and every kind of them |
//! | `choice.rs` | [`Choice`]: where somebody wants a kind otherwise than its topic goes |
//! | `habits.rs` | [`Habits`]: when somebody does not want to be told |
//! | `way.rs`, `way/` | [`Way`]: on which ways somebody is told besides the inbox |
//! | `delivery.rs`, `delivery/` | one notice on one way: when it is due, under way, sent or not |
//! | `work.rs` | [`work`]: the jobs of this crate |
//!
//! Listeners hear two topics: `notice` with the notice's id, and `inbox` with the recipient's id, whenever
//! what an inbox shows or counts has changed.
//!
//! Never here: sentences, an address in clear, a call to another host (whoever does the jobs makes it), who
//! may know what (the capability that posts decides it), a notice outside the transaction that causes it.

mod choice;
mod delivery;
mod habits;
mod inbox;
mod keep;
mod notice;
mod post;
mod recipient;
mod topic;
mod way;
mod work;

pub use choice::{Choice, SetChoices, choices_of};
pub use delivery::{
    Batch, DELIVERIES_ON_PAGE_MAX, DeliveryFilter, DeliveryPlace, DeliveryRow, DeliveryState, Hearer, Item,
    Outcome, SEND, SPREAD, SendAgain, SendJob, Settle, SpreadJob, TRIES, TakeBatch, Taken, deliveries,
    recipient_of, spread, wake,
};
pub use habits::{Habits, PAUSE_MICROS_MAX, SetHabits, habits_of};
pub use inbox::{InboxPage, UNREAD_SHOWN, inbox, mark_all_read, mark_read, unread_count};
pub use keep::{
    erase_about, erase_of, erase_ways_of, forget_before, forget_sent_before, sent_before, shown_before,
};
pub use notice::{About, Cursor, CursorError, NewNotice, Notice};
pub use post::{HOLD_MICROS, post, withdraw_held};
pub use recipient::Recipient;
pub use topic::{KINDS, Topic};
pub use way::{
    AddWay, CODE_MICROS, CODE_TRIES, ChangeWay, ConfirmWay, EndWay, NewCode, Noted, PUT_SEALED_WAY,
    READ_SEALED_WAYS, ReopenWay, SetTopics, WAYS_OF_ONE_MAX, WAYS_OF_TENANT_MAX, Way, WayKind, tenant_ways,
    way, ways_of,
};
pub use work::work;

/// What listeners hear with a notice's id.
const TOPIC_NOTICE: &str = "notice";

/// What listeners hear with a recipient's id.
const TOPIC_INBOX: &str = "inbox";

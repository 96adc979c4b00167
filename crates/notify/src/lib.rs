//! Notices: what somebody should know, kept as a kind and its arguments and put into words when it is read.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `notice.rs` | [`NewNotice`], [`Notice`], [`About`], [`Cursor`]: a notice before and after |
//! | `recipient.rs` | [`Recipient`]: a person, a unit, or whoever follows a report without an account |
//! | `post.rs` | [`post`], [`withdraw_held`]: in the transaction that causes it, or takes its cause back |
//! | `inbox.rs` | [`inbox`], [`unread_count`], [`mark_read`], [`mark_all_read`]: for the reader |
//! | `keep.rs` | [`erase_of`], [`erase_about`], [`forget_before`]: how notices end |
//! | `work.rs` | [`work`]: the jobs of this crate |
//!
//! Listeners hear two topics: `notice` with the notice's id, and `inbox` with the recipient's id, whenever
//! what an inbox shows or counts has changed.
//!
//! Never here: sentences, who may know what (the capability that posts decides it), a notice outside the
//! transaction that causes it.

mod inbox;
mod keep;
mod notice;
mod post;
mod recipient;
mod work;

pub use inbox::{InboxPage, UNREAD_SHOWN, inbox, mark_all_read, mark_read, unread_count};
pub use keep::{erase_about, erase_of, forget_before, shown_before};
pub use notice::{About, Cursor, CursorError, NewNotice, Notice};
pub use post::{HOLD_MICROS, post, withdraw_held};
pub use recipient::Recipient;
pub use work::work;

/// What listeners hear with a notice's id.
const TOPIC_NOTICE: &str = "notice";

/// What listeners hear with a recipient's id.
const TOPIC_INBOX: &str = "inbox";

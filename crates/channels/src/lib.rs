//! Ways out of the house: the only place that speaks to other hosts.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `outbound.rs`, `outbound/` | [`Outbound`]: calls over HTTP, past a guard |
//! | `sms.rs`, `sms/` | [`sms::Gateway`]: short messages by a call, into a file, onto the console |
//!
//! Never here: who is told what and when (`notify`), a row, a text that people read, a phone number or an
//! address in a log.

pub mod outbound;
pub mod sms;

pub use outbound::{Allowed, Answer, Call, Destination, Outbound, OutboundError};

//! Ways out of the house: the only place that speaks to other hosts.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `outbound.rs`, `outbound/` | [`Outbound`]: calls over HTTP, past a guard |
//! | `mail.rs` | [`mail::Post`]: mail by SMTP |
//! | `push.rs`, `push/` | [`push`]: Web Push to browsers |
//! | `robot.rs` | [`Robot`]: robots of group chats |
//! | `application.rs` | [`application`]: persons are told by WeCom or WeChat |
//! | `webhook.rs` | [`webhook`]: events for other programs |
//! | `template.rs` | texts with values in braces, written as the place where they stand asks |
//! | `error.rs` | [`SendError`]: why a message did not leave |
//! | `sms.rs`, `sms/` | [`sms::Gateway`]: short messages by a call, into a file, onto the console |
//!
//! Never here: who is told what and when (`notify`), a row, a text that people read, a phone number or an
//! address in a log.

pub mod application;
mod error;
pub mod mail;
pub mod outbound;
pub mod push;
pub mod robot;
pub mod sms;
pub mod template;
pub mod webhook;

pub use error::SendError;
pub use outbound::{Allowed, Answer, Call, Destination, Outbound, OutboundError};
pub use robot::Robot;

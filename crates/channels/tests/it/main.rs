//! Ways out of the house, against receivers on this machine.

mod outbound;
mod receiver;
mod sms;

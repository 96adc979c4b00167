//! Ways out of the house, against receivers on this machine.

mod applications;
mod mail;
mod outbound;
mod push;
mod receiver;
mod robots;
mod sms;
mod webhooks;

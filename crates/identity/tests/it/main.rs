//! The identity crate against both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic,
    reason = "a test that cannot go on must fail loudly, also where it calls a function of its own"
)]

mod codes;
mod consents;
mod credentials;
mod follow_keys;
mod grants;
mod homes;
mod keys;
mod members;
mod passkeys;
mod people;
mod permissions;
mod powers;
mod readings;
mod second_step;
mod set_up;
mod sign_in;
mod support;
mod tenants;
mod vault;
mod ways_in;

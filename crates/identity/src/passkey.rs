//! Passkeys: what a person's device signs with (W3C Web Authentication Level 3).
//!
//! | file | what lives there |
//! | --- | --- |
//! | `cbor.rs` | the little of CBOR (RFC 8949) that browsers send; pure |
//! | `key.rs` | [`PublicKey`]: a COSE key (RFC 9053), and whether it signed; pure |
//! | `answer.rs` | what a browser answers, judged by the steps of the standard; pure |
//! | `keep.rs` | asked, added, renamed, removed, listed |
//! | `enter.rs` | signing in by one, alone or as the second step |
//!
//! Which make of device it is, is not asked (attestation `none`): it would say more about a person than that
//! they are who they are. The device must have made sure who holds it, by a finger, a face or a number: so a
//! passkey stands for both steps.

mod answer;
mod cbor;
mod enter;
mod keep;
mod key;

pub use answer::{Added, PasskeyFault, Signed, Site};
pub use enter::{PasskeyAttempt, sign_in_by_passkey};
pub(crate) use keep::forget;
pub use keep::{
    ASK_MICROS, AddPasskey, AskPasskey, PASSKEYS_MAX, Passkey, PasskeyPurpose, RemovePasskey, RenamePasskey,
    passkeys_of,
};
pub use key::ALGORITHMS;

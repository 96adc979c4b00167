//! Consent (知情同意): to what, in which words, given by whom for whom, proved by what, until when.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `purpose.rs` | [`PurposeKey`], and the purposes that the product itself acts under |
//! | `text.rs` | [`ConsentText`]: what is consented to, in versions; a new one may ask everybody again |
//! | `record.rs` | [`ConsentRow`]: what was given; lists |
//! | `give.rs` | it is given |
//! | `end.rs` | it is withdrawn, or runs out, and what ends with it |
//! | `expire.rs` | what goes when nobody can ask for it any more |
//! | `guard.rs` | [`consented`]: the one place that says whether it holds, and [`Consented`], its proof |
//! | `verify.rs` | whether consents stand as the journal says |
//! | `contact.rs` | numbers to call back by: kept and found under such a proof alone |
//!
//! Never here: anything done under a consent that does not take its proof.

mod contact;
mod end;
mod expire;
mod give;
mod guard;
mod purpose;
mod record;
mod text;
mod verify;

pub use contact::{CONTACT_PHONE, LeaveNumber, number_to_call};
pub(crate) use end::withdraw_for;
pub use end::{ConsentEffect, EndRunOut, WithdrawConsent, effects_of};
pub use expire::{erase_numbers, erase_old_consents, erase_old_guardians, old_consents, old_guardians};
pub use give::{GiveConsent, Guardian};
pub use guard::{Consented, consented};
pub(crate) use guard::{OWES, floor_of};
pub use purpose::{CallBack, GridMember, NeedsConsent, PURPOSE_LETTERS_MAX, Points, PurposeKey};
pub(crate) use record::end_all_of;
pub use record::{
    CONSENT_GUARDIAN, ConsentCount, ConsentProof, ConsentRow, ConsentStanding, Ended, Subject, consent,
    consent_counts, consents_of, in_need_of_renewal, proofs,
};
pub use text::{
    CONSENT_TERM_DAYS, ConsentText, ConsentWords, PurposeWords, WriteConsentText, consent_text,
    consent_texts, purposes,
};
pub use verify::{ConsentFault, verify_consents};

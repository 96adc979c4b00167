//! What follows from an event, as jobs: each may run twice and does no harm by it.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `told.rs` | [`TOLD`](told::TOLD): who is told what when a command was done, as one table |
//! | `case_event.rs` | a command was done on a case: notices, and what is erased with its closing |
//! | `arriving.rs` | dispatchers are told of what came in and waits |
//! | `by_rule.rs` | routing rules that file and dispatch by themselves |
//! | `consenting.rs` | consents that run out are ended; people are asked again in time |
//! | `earning.rs` | points follow a case once a step of it stands |
//! | `learning.rs` | a model that suggests matters is made from what was filed |
//! | `lateness.rs` | a deadline comes near or has passed |
//! | `marking.rs` | marks of cases from before there were marks |
//! | `rooting.rs` | what the journal came to is signed each night, and held against it the next |
//! | `sealing.rs` | what is sealed under an old key goes under the newest |
//! | `searching.rs` | what cases are found by, made after it was said |
//! | `watching.rs` | who reads much, or when nobody is at work, is told of to the auditors |
//! | `without_photo.rs` | no photo is kept of a case that turns out to be about somebody who needs help |
//! | `merged_place.rs` | two communities became one: roles and open cases go over |

pub(crate) mod arriving;
pub(crate) mod by_rule;
pub(crate) mod case_event;
pub(crate) mod consenting;
pub(crate) mod earning;
pub(crate) mod lateness;
pub(crate) mod learning;
pub(crate) mod marking;
pub(crate) mod merged_place;
pub(crate) mod rooting;
pub(crate) mod sealing;
pub(crate) mod searching;
mod told;
pub(crate) mod watching;
pub(crate) mod without_photo;

pub use learning::LearnNow;
pub use merged_place::{MergeCommunity, MergedCommunity};

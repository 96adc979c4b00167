//! What must be so besides state and role.

mod beginning;
mod request;
mod standing;

use qige_kernel::{Refusal, RefusalKind, UnitId};

use super::{Facts, Request};
use crate::{Policy, words};
pub use beginning::{Beginning, check_beginning};
pub(super) use standing::standing;

/// Whether a request that state and role allow may be done, for one who acts in `role`.
///
/// # Errors
/// The first thing that stands against it, as its own code.
pub fn check(
    facts: &Facts,
    request: &Request<'_>,
    role: crate::CaseRole,
    policy: &Policy,
) -> Result<(), Refusal> {
    if request.expected_version.is_some_and(|expected| expected != facts.version) {
        return conflict("someone-was-quicker");
    }
    standing(facts, request.command, role, request.at, policy)?;
    standing::doer(facts, request, policy)?;
    request::check(facts, request)
}

fn conflict<T>(code: &'static str) -> Result<T, Refusal> {
    Err(Refusal::new(RefusalKind::Conflict, code))
}

fn forbidden<T>(code: &'static str) -> Result<T, Refusal> {
    Err(Refusal::new(RefusalKind::Forbidden, code))
}

fn invalid<T>(field: &'static str, code: &'static str) -> Result<T, Refusal> {
    Err(Refusal::invalid(field, code))
}

fn need_words(field: &'static str, text: &str) -> Result<(), Refusal> {
    words::needed(field, text, words::MAX_WORDS_CHARS).map(drop)
}

/// Whether somebody of these units has a hand in the case.
fn handles(facts: &Facts, units: &[UnitId]) -> bool {
    units.iter().any(|unit| {
        facts.lead_unit == Some(*unit) || facts.assisting.iter().any(|assisting| assisting.unit == *unit)
    })
}

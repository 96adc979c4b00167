//! What must be said in a command.

use qige_kernel::{Refusal, RefusalKind, Timestamp, UnitId};

use super::{conflict, handles, invalid, need_words};
use crate::catalogue::{Catalogue, PhotoRule};
use crate::workflow::{Asked, Facts, Request};
use crate::{CommandName, MatterKey, State, words};

/// Units that may be whistled for at most: more than a subdistrict has under one roof.
pub(super) const MOST_ASSISTING: usize = 12;

/// Stars of a full rating.
const MOST_STARS: u8 = 5;

/// What is missing or wrong in a request.
pub(super) fn check(facts: &Facts, request: &Request<'_>) -> Result<(), Refusal> {
    match request.command {
        CommandName::AskVerify => verifier(facts, request.asked),
        CommandName::AskCheck => checker(facts, request.asked),
        CommandName::Confirm | CommandName::Refute if request.photos == 0 => seen(request.words),
        CommandName::File => file(facts, request),
        CommandName::Decline => decline(request),
        CommandName::Merge => merge(facts, request),
        CommandName::Dispatch => dispatch(facts, request),
        CommandName::HandIn => {
            need_words("note", request.words)?;
            photo_where_asked(facts.matter, request.photos)
        }
        CommandName::Pass => check_result(facts, request),
        CommandName::Fail => {
            need_words("reason", request.words)?;
            check_result(facts, request)?;
            in_future("due_at", request.until, request.at)
        }
        CommandName::AskExtension => {
            need_words("reason", request.words)?;
            date_needed("until", request.until, request.at)
        }
        CommandName::GrantExtension => {
            date_needed("until", request.until.or(facts.extension_asked), request.at)
        }
        CommandName::Suspend => {
            need_words("reason", request.words)?;
            date_needed("review_at", request.until, request.at)
        }
        CommandName::Rate => stars(request.stars),
        CommandName::Correct => known("matter", request.matter),
        CommandName::Transfer => {
            words::needed("reference", request.reference, words::MAX_LINE_CHARS).map(drop)
        }
        command => said_in(command).map_or(Ok(()), |field| need_words(field, request.words)),
    }
}

/// The field that a command needs words in and nothing else; none where it needs nothing.
const fn said_in(command: CommandName) -> Option<&'static str> {
    match command {
        CommandName::SendBack
        | CommandName::RefuseExtension
        | CommandName::Void
        | CommandName::Reopen
        | CommandName::Unmerge
        | CommandName::CoverPhoto
        | CommandName::TakeBack => Some("reason"),
        CommandName::HandInPart => Some("note"),
        CommandName::Appeal
        | CommandName::Supervise
        | CommandName::AnswerSupervision
        | CommandName::Question
        | CommandName::Answer
        | CommandName::Comment => Some("words"),
        // Those in `check` come here only once they have what they need.
        CommandName::AskVerify
        | CommandName::AskCheck
        | CommandName::File
        | CommandName::Decline
        | CommandName::Merge
        | CommandName::Dispatch
        | CommandName::HandIn
        | CommandName::Pass
        | CommandName::Fail
        | CommandName::AskExtension
        | CommandName::GrantExtension
        | CommandName::Suspend
        | CommandName::Rate
        | CommandName::Correct
        | CommandName::Transfer
        | CommandName::Report
        | CommandName::SolveOnSpot
        | CommandName::Confirm
        | CommandName::Refute
        | CommandName::Start
        | CommandName::Resume
        | CommandName::Withdraw
        | CommandName::Undo
        | CommandName::Accept
        | CommandName::Join => None,
    }
}

fn seen(text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() { invalid("words", "photo-or-words-missing") } else { Ok(()) }
}

fn verifier(facts: &Facts, asked: Option<Asked<'_>>) -> Result<(), Refusal> {
    match asked {
        None => invalid("verifier", "verifier-missing"),
        Some(asked) if facts.reporters.contains(&asked.person) => invalid("verifier", "verifier-is-reporter"),
        Some(_) => Ok(()),
    }
}

fn checker(facts: &Facts, asked: Option<Asked<'_>>) -> Result<(), Refusal> {
    match asked {
        None => invalid("checker", "checker-missing"),
        Some(asked) if facts.handlers.contains(&asked.person) => invalid("checker", "checker-is-handler"),
        Some(asked) if handles(facts, asked.units) => invalid("checker", "checker-of-handling-unit"),
        Some(_) => Ok(()),
    }
}

fn file(facts: &Facts, request: &Request<'_>) -> Result<(), Refusal> {
    let matter = request.matter.or(facts.matter);
    if matter.is_none() {
        return invalid("matter", "matter-missing");
    }
    known("matter", matter)?;
    if request.urgency.or(facts.urgency).is_none() {
        return invalid("urgency", "urgency-missing");
    }
    Ok(())
}

fn known(field: &'static str, matter: Option<MatterKey>) -> Result<(), Refusal> {
    match matter {
        Some(key) if Catalogue::standard().get(key).is_none() => {
            Err(Refusal::invalid(field, "matter-unknown").with("matter", key))
        }
        _ => Ok(()),
    }
}

fn decline(request: &Request<'_>) -> Result<(), Refusal> {
    match request.decline_reason {
        None => invalid("reason", "decline-reason-missing"),
        Some(reason) if reason.needs_words() => need_words("words", request.words),
        Some(_) => Ok(()),
    }
}

fn merge(facts: &Facts, request: &Request<'_>) -> Result<(), Refusal> {
    let Some(main) = request.main else {
        return Err(Refusal {
            field: Some("main"),
            ..Refusal::new(RefusalKind::Missing, "main-case-missing")
        });
    };
    if main.case == facts.case {
        return invalid("main", "main-case-is-itself");
    }
    if main.main_case.is_some() || main.state == State::Merged {
        return conflict("main-case-merged");
    }
    if matches!(main.state, State::Declined | State::Withdrawn | State::Void) {
        return conflict("main-case-ended");
    }
    if main.words_erased {
        return conflict("main-case-words-erased");
    }
    Ok(())
}

fn dispatch(facts: &Facts, request: &Request<'_>) -> Result<(), Refusal> {
    let Some(lead) = request.lead else { return invalid("lead", "lead-unit-missing") };
    if request.assist.contains(&lead) {
        return invalid("assist", "lead-unit-assists-itself");
    }
    let twice =
        request.assist.iter().enumerate().any(|(at, unit)| request.assist.iter().take(at).any(|u| u == unit));
    if twice {
        return invalid("assist", "assisting-unit-twice");
    }
    if request.assist.len() > MOST_ASSISTING {
        return Err(Refusal::invalid("assist", "assisting-units-too-many").with("max", MOST_ASSISTING));
    }
    let helps = |unit: &UnitId| facts.assisting.iter().any(|assisting| assisting.unit == *unit);
    let same = facts.lead_unit == Some(lead)
        && request.assist.len() == facts.assisting.len()
        && request.assist.iter().all(helps);
    if facts.state == State::Dispatched && same {
        return conflict("unit-has-it-already");
    }
    in_future("due_at", request.until, request.at)
}

/// A check is proved as the work was: by a photo where the matter asks for one, else by photo or words.
fn check_result(facts: &Facts, request: &Request<'_>) -> Result<(), Refusal> {
    photo_where_asked(facts.matter, request.photos)?;
    if request.photos == 0 { seen(request.words) } else { Ok(()) }
}

/// Where nobody knows yet what it is about, a photo is asked for: it is a thing, then.
fn photo_where_asked(matter: Option<MatterKey>, photos: u32) -> Result<(), Refusal> {
    let rule = matter.and_then(|key| Catalogue::standard().get(key)).map(|matter| matter.photo);
    if photos == 0 && rule.is_none_or(|rule| rule == PhotoRule::Needed) {
        return invalid("photos", "photo-missing");
    }
    Ok(())
}

fn stars(stars: Option<u8>) -> Result<(), Refusal> {
    match stars {
        Some(stars) if (1..=MOST_STARS).contains(&stars) => Ok(()),
        _ => invalid("stars", "stars-out-of-range"),
    }
}

fn in_future(field: &'static str, date: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    if date.is_some_and(|date| date <= now) { invalid(field, "date-is-past") } else { Ok(()) }
}

fn date_needed(field: &'static str, date: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    if date.is_none() { invalid(field, "date-missing") } else { in_future(field, date, now) }
}

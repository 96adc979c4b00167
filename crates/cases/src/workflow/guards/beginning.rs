//! What must be said to begin a case.

use qige_kernel::Refusal;

use super::invalid;
use crate::about_person::speaks_of_a_person;
use crate::catalogue::{Catalogue, PhotoRule};
use crate::workflow::table::{TABLE, starting_state};
use crate::{CaseRole, CommandName, MatterKey, State, words};

/// Photos of a place put right: before and after.
const PHOTOS_OF_SOLVED: u32 = 2;

/// A report, as far as it decides whether it begins a case.
#[derive(Clone, Copy, Debug)]
pub struct Beginning<'a> {
    /// It is solved already.
    pub solved: bool,
    /// In which role.
    pub role: CaseRole,
    /// What it is about.
    pub matter: Option<MatterKey>,
    /// In words.
    pub words: &'a str,
    /// Photos that came or are on their way.
    pub photos: u32,
    /// A voice note came or is on its way.
    pub voice: bool,
    /// There is a point on the map.
    pub located: bool,
}

/// Whether a report begins a case, and in which state.
///
/// # Errors
/// `not-your-part` for a role that may not; `nothing-said` without matter, words, photo or voice;
/// `report-place-missing` without a point and without words that could name a place; `matter-unknown`,
/// `matter-not-offered`; `words-too-long`; `report-about-person` for words about a person;
/// `before-and-after-missing` for what is said to be solved.
pub fn check_beginning(beginning: &Beginning<'_>) -> Result<State, Refusal> {
    let command = if beginning.solved { CommandName::SolveOnSpot } else { CommandName::Report };
    let may = TABLE.iter().any(|row| row.command == command && row.who.contains(&beginning.role));
    let (true, Some(state)) = (may, starting_state(command)) else {
        return super::forbidden("not-your-part");
    };
    let text = words::clean("words", beginning.words, words::MAX_WORDS_CHARS)?;
    if text.is_empty() && beginning.matter.is_none() && beginning.photos == 0 && !beginning.voice {
        return invalid("words", "nothing-said");
    }
    if speaks_of_a_person(&text) {
        return invalid("words", "report-about-person");
    }
    if text.is_empty() && !beginning.located {
        return invalid("place", "report-place-missing");
    }
    if let Some(key) = beginning.matter {
        let Some(matter) = Catalogue::standard().get(key) else {
            return Err(Refusal::invalid("matter", "matter-unknown").with("matter", key));
        };
        if !matter.offered {
            return invalid("matter", "matter-not-offered");
        }
        if beginning.solved && matter.photo == PhotoRule::Never {
            return invalid("matter", "matter-not-solved-on-spot");
        }
    }
    if beginning.solved && beginning.photos < PHOTOS_OF_SOLVED {
        return invalid("photos", "before-and-after-missing");
    }
    Ok(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said() -> Beginning<'static> {
        Beginning {
            solved: false,
            role: CaseRole::Rider,
            matter: None,
            words: "井盖没了",
            photos: 0,
            voice: false,
            located: true,
        }
    }

    fn code(beginning: &Beginning<'_>) -> &'static str {
        check_beginning(beginning).unwrap_err().code
    }

    #[test]
    fn a_report_says_something_somewhere() {
        assert_eq!(check_beginning(&said()), Ok(State::Reported));
        assert_eq!(check_beginning(&Beginning { located: false, ..said() }), Ok(State::Reported));
        assert_eq!(check_beginning(&Beginning { words: "", photos: 1, ..said() }), Ok(State::Reported));
        assert_eq!(code(&Beginning { words: " ", ..said() }), "nothing-said");
        assert_eq!(code(&Beginning { words: "桥下有形迹可疑的人", ..said() }), "report-about-person");
        assert_eq!(
            code(&Beginning { words: "", photos: 1, located: false, ..said() }),
            "report-place-missing"
        );
        let reporter = Beginning { role: CaseRole::LeadUnit, ..said() };
        assert_eq!(code(&reporter), "not-your-part");
    }

    #[test]
    fn what_is_solved_is_shown_before_and_after_and_is_no_person() {
        let solved = Beginning { solved: true, photos: 2, ..said() };
        assert_eq!(check_beginning(&solved), Ok(State::Handled));
        assert_eq!(code(&Beginning { photos: 1, ..solved }), "before-and-after-missing");
        assert_eq!(code(&Beginning { role: CaseRole::Reporter, ..solved }), "not-your-part");
        let help = Some("matter-90-004".parse().unwrap());
        assert_eq!(code(&Beginning { matter: help, ..solved }), "matter-not-solved-on-spot");
    }

    #[test]
    fn what_is_about_people_is_not_offered() {
        let begin = |key: &str| {
            check_beginning(&Beginning { matter: Some(key.parse().unwrap()), ..said() }).map_err(|no| no.code)
        };
        assert_eq!(begin("matter-09-003"), Ok(State::Reported));
        assert_eq!(begin("matter-90-005"), Err("matter-not-offered"));
        assert_eq!(begin("matter-98-001"), Err("matter-unknown"));
    }
}

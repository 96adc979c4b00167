//! Which command is told to whom.

use crate::CommandName;

use super::Audience;

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    /// Nothing.
    Nothing,
    /// That it happened.
    Event,
    /// That it happened, and what was said.
    WithWords,
    /// Only what was meant for them.
    PublicOnly,
}

use Telling::{Event, Nothing, PublicOnly, WithWords};

/// Command; what reporters are told, with or without an account; what units are told. The centre is told all.
const SEEN: &[(CommandName, Telling, Telling)] = &[
    (CommandName::Report, WithWords, Nothing),
    (CommandName::SolveOnSpot, WithWords, Nothing),
    (CommandName::Join, Event, Nothing),
    (CommandName::AskVerify, Event, Nothing),
    (CommandName::Confirm, Event, Nothing),
    (CommandName::Refute, WithWords, Nothing),
    (CommandName::File, Event, Nothing),
    (CommandName::Decline, WithWords, Nothing),
    (CommandName::Appeal, WithWords, Nothing),
    (CommandName::Merge, Event, Nothing),
    (CommandName::Dispatch, Event, Event),
    (CommandName::SendBack, Event, WithWords),
    (CommandName::Start, Event, Event),
    (CommandName::HandIn, Event, WithWords),
    (CommandName::AskCheck, Event, Event),
    (CommandName::Pass, Event, WithWords),
    (CommandName::Fail, Event, WithWords),
    (CommandName::AskExtension, Nothing, WithWords),
    (CommandName::GrantExtension, Event, WithWords),
    (CommandName::RefuseExtension, Nothing, WithWords),
    (CommandName::Suspend, WithWords, WithWords),
    (CommandName::Resume, Event, WithWords),
    (CommandName::Supervise, Nothing, WithWords),
    (CommandName::AnswerSupervision, Nothing, WithWords),
    // Why a reporter wants it opened again may say who that is.
    (CommandName::Reopen, WithWords, Event),
    (CommandName::Rate, WithWords, Nothing),
    (CommandName::Withdraw, WithWords, Nothing),
    (CommandName::Void, WithWords, Event),
    (CommandName::Correct, Event, Event),
    (CommandName::Question, WithWords, Nothing),
    (CommandName::Answer, WithWords, Nothing),
    (CommandName::Transfer, WithWords, Event),
    (CommandName::TakeBack, Event, Event),
    (CommandName::Unmerge, Event, Nothing),
    (CommandName::Undo, Event, Event),
    (CommandName::Accept, Nothing, Event),
    (CommandName::HandInPart, Nothing, WithWords),
    (CommandName::Comment, PublicOnly, PublicOnly),
    // Why may say who is in the picture.
    (CommandName::CoverPhoto, Event, Event),
];

/// How much of a command an audience is told.
pub(super) fn telling(command: CommandName, audience: Audience) -> Telling {
    if audience == Audience::Centre {
        return WithWords;
    }
    let row = SEEN.iter().find(|row| row.0 == command);
    row.map_or(Nothing, |row| if audience == Audience::Unit { row.2 } else { row.1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_its_row_once() {
        for command in CommandName::ALL {
            assert_eq!(SEEN.iter().filter(|row| row.0 == *command).count(), 1, "{command:?}");
        }
    }
}

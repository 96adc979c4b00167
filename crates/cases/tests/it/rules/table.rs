//! Every state × every command × every role, against a grid written by hand from the description of the
//! lifecycle: columns are states, cells are where it leads.

use qige_cases::workflow::{TABLE, To, allowed, permit, starting_state};
use qige_cases::{CaseRole, CommandName, Stage, State};

/// Columns: Reported Verifying Filed Dispatched haNdling hanDled(D) Checking cLosed decliNed(x) Merged
/// Withdrawn(w) void(0). Cells: `.` not allowed, `=` stays, `<` back, `u` to the unit that has it.
/// Who: r reporter, i rider, g grid worker, v verifier, d dispatcher, s supervisor, l lead unit,
/// a assisting unit, c checker, R rule.
const GRID: &str = "
                     R V F P H D C L N M W 0   who
ask-verify           V . . . . . . . . . . .   d
confirm              . R . . . . . . . . . .   v
refute               . N . . . . . . . . . .   v
file                 F F . . . . . . . . . .   dR
decline              N N . . . . . . . . . .   d
appeal               . . . . . . . . R . . .   r
merge                M M M M . . . . . . . .   d
dispatch             . . P P . . . . . . . .   dsR
send-back            . . . F F . . . . . . .   l
start                . . . H . . . . . . . .   l
hand-in              . . . D D . . . . . . .   l
ask-check            . . . . . C . . . . . .   dR
pass                 . . . . . . L . . . . .   c
fail                 . . . . . . u . . . . .   c
ask-extension        . . . = = . . . . . . .   l
grant-extension      . . . = = . . . . . . .   s
refuse-extension     . . . = = . . . . . . .   s
suspend              . . = = = . . . . . . .   s
resume               . . = = = . . . . . . .   s
supervise            = = = = = = = . . . . .   s
answer-supervision   = = = = = = = . . . . .   ld
reopen               . . . . . . . F . . . .   rs
rate                 . . . . . . . = . . . .   r
withdraw             W . . . . . . . . . . .   r
void                 0 0 0 0 0 0 0 . . . . .   s
correct              = = = = = = = . . . . .   dR
question             = = = = = = = . . . . .   d
answer               = = = = = = = . . . . .   r
transfer             . . = = . . . . . . . .   d
take-back            . . = = . . . . . . . .   d
unmerge              . . . . . . . . . < . .   ds
undo                 < < < < < < < < < < < <   rigvdslac
accept               . . . = = . . . . . . .   a
hand-in-part         . . . = = . . . . . . .   a
comment              = = = = = = = = = = . .   rvdslac
cover-photo          = = = = = = = = = = . .   ds
join                 = = = = = = = . . . . .   rig
report               . . . . . . . . . . . .   rigd
solve-on-spot        . . . . . . . . . . . .   ig
";

fn state(sign: &str) -> State {
    match sign {
        "R" => State::Reported,
        "V" => State::Verifying,
        "F" => State::Filed,
        "P" => State::Dispatched,
        "H" => State::Handling,
        "D" => State::Handled,
        "C" => State::Checking,
        "L" => State::Closed,
        "N" => State::Declined,
        "M" => State::Merged,
        "W" => State::Withdrawn,
        "0" => State::Void,
        other => panic!("{other}"),
    }
}

fn role(sign: char) -> CaseRole {
    match sign {
        'r' => CaseRole::Reporter,
        'i' => CaseRole::Rider,
        'g' => CaseRole::GridWorker,
        'v' => CaseRole::Verifier,
        'd' => CaseRole::Dispatcher,
        's' => CaseRole::Supervisor,
        'l' => CaseRole::LeadUnit,
        'a' => CaseRole::AssistUnit,
        'c' => CaseRole::Checker,
        'R' => CaseRole::Rule,
        other => panic!("{other}"),
    }
}

/// What the grid says.
pub(super) fn expected(from: State, command: CommandName, acting: CaseRole) -> Option<To> {
    let lines: Vec<Vec<&str>> = GRID.trim().lines().map(|line| line.split_whitespace().collect()).collect();
    let column = lines[0].iter().position(|sign| *sign != "who" && state(sign) == from).unwrap();
    let line = lines[1..].iter().find(|line| line[0] == command.as_str()).unwrap();
    if !line.last().unwrap().chars().any(|sign| role(sign) == acting) {
        return None;
    }
    match line[column + 1] {
        "." => None,
        "=" => Some(To::Same),
        "<" => Some(To::Back),
        "u" => Some(To::Unit),
        sign => Some(To::State(state(sign))),
    }
}

#[test]
fn every_state_command_and_role_is_as_the_lifecycle_says() {
    let mut compared = 0;
    for from in State::ALL {
        for command in CommandName::ALL {
            for acting in CaseRole::ALL {
                let expected = expected(*from, *command, *acting);
                assert_eq!(allowed(*from, *command, *acting), expected, "{from} {command} {acting}");
                let permitted = permit(*from, *command, &[*acting]).ok();
                assert_eq!(permitted, expected.map(|to| (*acting, to)), "{from} {command} {acting}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 12 * 39 * 10);
    // One row per command, so that nothing is said twice; and nothing but these two begins a case.
    assert_eq!(TABLE.len(), CommandName::ALL.len());
    for command in CommandName::ALL {
        let begins = match command {
            CommandName::Report => Some(State::Reported),
            CommandName::SolveOnSpot => Some(State::Handled),
            _ => None,
        };
        assert_eq!(starting_state(*command), begins);
        assert_eq!(command.begins(), begins.is_some());
    }
}

#[test]
fn the_two_ways_of_being_refused_are_told_apart() {
    let code = |from, command, roles: &[CaseRole]| permit(from, command, roles).unwrap_err().code;
    assert_eq!(code(State::Closed, CommandName::File, &[CaseRole::Dispatcher]), "not-in-this-state");
    assert_eq!(code(State::Reported, CommandName::File, &[CaseRole::Reporter]), "not-your-part");
    assert_eq!(code(State::Reported, CommandName::File, &[]), "not-your-part");
    // Of several roles the one that the command is meant for.
    let both = [CaseRole::Dispatcher, CaseRole::Supervisor];
    assert_eq!(permit(State::Merged, CommandName::Unmerge, &both).unwrap().0, CaseRole::Dispatcher);
}

#[test]
fn every_state_can_be_reached_and_open_ones_have_a_clock() {
    let reached = |state: State| {
        TABLE.iter().any(|row| match row.to {
            To::State(to) => to == state,
            To::Unit => state == State::Handling,
            To::Same | To::Back => false,
        })
    };
    for state in State::ALL {
        assert!(reached(*state), "{state}");
        assert_eq!(state.is_open(), Stage::of(*state).is_some(), "{state}");
        let leads_out = TABLE
            .iter()
            .filter(|row| row.command != CommandName::Undo && row.from.contains(state))
            .any(|row| !matches!(row.to, To::Same));
        assert_eq!(state.is_final(), !leads_out, "{state}");
    }
}

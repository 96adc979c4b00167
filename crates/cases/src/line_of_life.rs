//! The line of life: what happened to a case, in the words of whoever looks.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `seen.rs` | [`SEEN`](seen::SEEN): which command is told to whom, as one table |
//!
//! Each audience has its own column of that table; what is not listed is not told. Never here: who
//! reported, to anybody; the reporter's words, to a unit; an internal comment, to a reporter. Numbers of
//! people are masked for all but the centre, whoever wrote them, and those whom the centre itself gives one.

mod seen;

use qige_db::journal::Line;
use qige_kernel::personal::masked;
use qige_kernel::{CaseId, PersonId, RuleId, Timestamp, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::retention::ERASE_WORDS;
use crate::suggest::Guess;
use crate::{Attachment, CaseRole, CommandName, CoverPhoto, DeclineReason, MatterKey, redaction};
use seen::{Telling, telling};

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Somebody who reported it, with an account.
    Reporter,
    /// Whoever holds a follow code.
    Follower,
    /// A unit that has a part in it.
    Unit,
    /// The grid centre.
    Centre,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LifeEntry {
    /// When; to the half hour for units, as long as it would tell who had reported.
    pub at: Timestamp,
    /// Names its sentence (`life-<kind>`): a command, or that the words went, kebab-case.
    pub kind: String,
    /// The values in that sentence.
    pub args: LifeArgs,
    /// What was said with it.
    pub note: Option<String>,
    /// Files that came with what was said.
    pub files: Vec<Attachment>,
}

impl LifeEntry {
    /// The words went when their term was over: told to everybody who is told anything.
    #[must_use]
    pub fn words_erased(at: Timestamp) -> Self {
        let kind = ERASE_WORDS.to_owned();
        Self { at, kind, args: LifeArgs::default(), note: None, files: Vec::new() }
    }
}

/// The values in a sentence of the line of life; those that it does not speak of are empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LifeArgs {
    /// The number that was given to the case.
    pub number: Option<String>,
    /// What it was taken for.
    pub matter: Option<MatterKey>,
    /// The unit that is to answer for it.
    pub unit: Option<UnitId>,
    /// When it is due, asked for or looked at again.
    pub until: Option<Timestamp>,
    /// From the list of reasons for declining.
    pub decline_reason: Option<DeclineReason>,
    /// The other case.
    pub case: Option<CaseId>,
    /// The body outside that has it.
    pub body: Option<String>,
    /// Stars given, 1 to 5.
    pub stars: Option<u8>,
    /// The routing rule that did it; told to the centre alone.
    pub rule: Option<RuleId>,
    /// What that rule took the matter from; told to the centre alone.
    pub guess: Option<Guess>,
}

/// What happened, oldest first, as far as `audience` is told; `reader` is who looks, where that is known. A
/// step that was taken back is told to the centre alone: others were not told while it could be, and need not
/// read what somebody wrote by mistake.
#[must_use]
pub fn entries(lines: &[Line], audience: Audience, reader: Option<PersonId>) -> Vec<LifeEntry> {
    let is_undo = |line: &Line| line.command == CommandName::Undo.as_str();
    let told = lines.iter().enumerate().filter(|(at, line)| {
        let taken_back = lines.get(at + 1).is_some_and(is_undo);
        audience == Audience::Centre || !(is_undo(line) || taken_back)
    });
    let mut entries: Vec<LifeEntry> = told.filter_map(|(_, line)| entry(line, audience, reader)).collect();
    for covered in lines.iter().filter_map(covered) {
        let files = entries.iter_mut().flat_map(|entry| entry.files.iter_mut());
        for file in files.filter(|file| file.id == covered.photo) {
            (file.id, file.bytes) = (covered.covered, covered.bytes);
        }
    }
    entries
}

/// The picture that this line put in the place of another.
fn covered(line: &Line) -> Option<CoverPhoto> {
    let is_cover = line.command == CommandName::CoverPhoto.as_str();
    is_cover.then(|| typed(line.body().get("action")?.clone())).flatten()
}

fn entry(line: &Line, audience: Audience, reader: Option<PersonId>) -> Option<LifeEntry> {
    if line.command == ERASE_WORDS {
        return Some(LifeEntry::words_erased(line.at));
    }
    let command: CommandName = line.command.parse().ok()?;
    let body = line.body();
    let action = body.get("action").unwrap_or(&Value::Null);
    let meant_for = |whom: &str| action.get(whom).and_then(Value::as_bool).unwrap_or(false);
    let meant = meant_for("public") || (audience == Audience::Unit && meant_for("units"));
    let kind = match command {
        // A merge or its end stands in the journals of both cases.
        CommandName::Merge if body.get("taken-in").is_some() => "taken-in",
        CommandName::Unmerge if body.get("let-go").is_some() => "let-go",
        other => other.as_str(),
    };
    let by_reporter = line.role == CaseRole::Reporter.as_str();
    let note = match telling(command, audience) {
        Telling::Nothing => return None,
        // What reporters say in public they say to the centre: their way of writing may tell who they are.
        Telling::WithWords | Telling::PublicOnly if by_reporter && audience == Audience::Unit => return None,
        Telling::PublicOnly if !meant => return None,
        Telling::Event => None,
        Telling::WithWords | Telling::PublicOnly => words(&body, action),
    };
    let needs_numbers = audience == Audience::Centre
        || (reader.is_some() && line.actor == reader)
        || [CaseRole::Dispatcher, CaseRole::Supervisor].iter().any(|role| role.as_str() == line.role);
    let note = note.map(|said| if needs_numbers { said } else { masked(&said) });
    // When a rider came by is told to units no closer than where the case was reported.
    let at = if audience == Audience::Unit { redaction::to_half_hour(line.at) } else { line.at };
    let mut args = args(&body, action);
    args.rule = args.rule.filter(|_| audience == Audience::Centre);
    args.guess = args.guess.filter(|_| audience == Audience::Centre);
    let files = typed(action.get("attachments").cloned().unwrap_or_default()).unwrap_or_default();
    Some(LifeEntry { at, kind: kind.to_owned(), args, note, files })
}

/// What was said: the fields of actions that hold words, in the order in which one of them is there.
fn words(body: &Value, action: &Value) -> Option<String> {
    let said = |value: &Value, field: &str| {
        value
            .get(field)
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let of_action = ["words", "reason", "note"].into_iter().find_map(|field| {
        // The reason of a refusal is a key of a list, not words.
        let is_key = field == "reason" && action.get("command").and_then(Value::as_str) == Some("decline");
        if is_key { None } else { said(action, field) }
    });
    of_action.or_else(|| body.get("report").and_then(|report| said(report, "words")))
}

fn args(body: &Value, action: &Value) -> LifeArgs {
    let read = |field: &str| action.get(field).cloned().unwrap_or(Value::Null);
    let changed = |field: &str| {
        let pair =
            body.get("changes").and_then(|changes| changes.get("case")).and_then(|case| case.get(field));
        pair.and_then(|pair| pair.get(1)).cloned().unwrap_or(Value::Null)
    };
    let other = |what: &str| body.get(what).and_then(|told| told.get("case")).cloned().unwrap_or(Value::Null);
    let text = |value: Value| value.as_str().map(str::to_owned);
    LifeArgs {
        number: text(changed("number")),
        matter: typed(read("matter")),
        unit: typed(read("lead")),
        until: typed(read("until"))
            .or_else(|| typed(read("review_at")))
            .or_else(|| typed(read("due_at")))
            .or_else(|| typed(changed("due_at"))),
        decline_reason: typed(read("reason")),
        case: typed(read("main")).or_else(|| typed(other("taken-in"))).or_else(|| typed(other("let-go"))),
        body: text(read("body")),
        stars: typed(read("stars")),
        rule: body.get("rule").cloned().and_then(typed),
        guess: body.get("guess").cloned().and_then(typed),
    }
}

fn typed<T: serde::de::DeserializeOwned>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(seq: i64, command: &str, body: &Value) -> Line {
        Line {
            seq,
            at: "2026-11-24T08:47:11Z".parse().unwrap(),
            actor: Some(PersonId(uuid::Uuid::from_u128(7))),
            role: "dispatcher".to_owned(),
            command: command.to_owned(),
            hash: [0; 32],
            body: Some(body.to_string()),
        }
    }

    fn case() -> Vec<Line> {
        vec![
            line(0, "report", &json!({ "report": { "words": "骑手的话" }, "changes": {} })),
            line(
                1,
                "file",
                &json!({
                    "action": { "command": "file", "matter": "matter-06-010", "urgency": "normal" },
                    "changes": { "case": { "number": [null, "20261124-0007"] } },
                }),
            ),
            line(
                2,
                "comment",
                &json!({ "action": { "command": "comment", "words": "内部", "public": false } }),
            ),
            line(
                3,
                "comment",
                &json!({ "action": { "command": "comment", "words": "公开", "public": true } }),
            ),
            line(4, "hand-in", &json!({ "action": { "command": "hand-in", "note": "已清理" } })),
            line(5, "rate", &json!({ "action": { "command": "rate", "stars": 2, "words": "慢" } })),
        ]
    }

    fn told(audience: Audience) -> Vec<String> {
        let all = entries(&case(), audience, None);
        all.iter().map(|entry| format!("{} {}", entry.kind, entry.note.as_deref().unwrap_or("-"))).collect()
    }

    #[test]
    fn each_is_told_what_is_theirs() {
        assert_eq!(
            told(Audience::Centre),
            ["report 骑手的话", "file -", "comment 内部", "comment 公开", "hand-in 已清理", "rate 慢"]
        );
        assert_eq!(
            told(Audience::Reporter),
            ["report 骑手的话", "file -", "comment 公开", "hand-in -", "rate 慢"]
        );
        assert_eq!(told(Audience::Unit), ["comment 公开", "hand-in 已清理"]);
    }

    #[test]
    fn units_know_no_minute_and_no_reporter() {
        let text = serde_json::to_string(&entries(&case(), Audience::Unit, None)).unwrap();
        assert!(!text.contains("骑手") && !text.contains("慢"), "{text}");
        assert!(text.contains("08:30:00"), "{text}");
    }

    #[test]
    fn what_reporters_add_in_public_does_not_reach_units() {
        let body = json!({ "action": { "command": "comment", "words": "我是三栋的", "public": true } });
        let by_reporter = Line { role: "reporter".to_owned(), ..line(1, "comment", &body) };
        let told = |audience| entries(std::slice::from_ref(&by_reporter), audience, None).len();
        assert_eq!((told(Audience::Reporter), told(Audience::Centre), told(Audience::Unit)), (1, 1, 0));
    }

    #[test]
    fn a_number_is_read_by_whoever_wrote_it_and_by_the_centre() {
        let say = |role: &str, command: &str, field: &str| {
            let action = json!({ "command": command, field: "叫13812345678", "public": true });
            Line { role: role.to_owned(), ..line(1, command, &json!({ "action": action })) }
        };
        let read = |line: &Line, audience, reader: u128| {
            let reader = Some(PersonId(uuid::Uuid::from_u128(reader)));
            entries(std::slice::from_ref(line), audience, reader).pop().unwrap().note.unwrap()
        };
        let (whole, hidden) = ("叫13812345678", "叫138****5678");
        let answer = say("reporter", "answer", "words");
        assert_eq!(read(&answer, Audience::Reporter, 7), whole, "their own");
        assert_eq!(read(&answer, Audience::Reporter, 8), hidden, "another who reported the same");
        assert_eq!(read(&answer, Audience::Centre, 8), whole);
        let done = say("lead-unit", "hand-in", "note");
        assert_eq!(
            (read(&done, Audience::Unit, 7), read(&done, Audience::Unit, 8)),
            (whole.into(), hidden.into())
        );
        let given = say("dispatcher", "comment", "words");
        assert_eq!(read(&given, Audience::Unit, 8), whole, "the centre gives it to those it tells");
    }

    #[test]
    fn what_was_taken_back_is_told_to_the_centre_alone() {
        let undone = json!({ "action": { "command": "comment", "words": "写错了", "public": true } });
        let kept = json!({ "action": { "command": "comment", "words": "已安排", "public": true } });
        let undo = json!({ "action": { "command": "undo" } });
        let lines = [line(1, "comment", &undone), line(2, "undo", &undo), line(3, "comment", &kept)];
        assert_eq!(entries(&lines, Audience::Centre, None).len(), 3);
        for audience in [Audience::Reporter, Audience::Follower, Audience::Unit] {
            let told = entries(&lines, audience, None);
            let notes: Vec<_> = told.iter().filter_map(|entry| entry.note.as_deref()).collect();
            assert_eq!(notes, ["已安排"]);
            assert_eq!(told.len(), 1);
        }
    }

    #[test]
    fn a_reason_for_declining_is_a_key_and_the_words_are_words() {
        let body = json!({ "action": { "command": "decline", "reason": "not-ours", "words": "请找业委会" } });
        let entry = entries(&[line(1, "decline", &body)], Audience::Follower, None).pop().unwrap();
        assert_eq!(entry.args.decline_reason, Some(DeclineReason::NotOurs));
        assert_eq!(entry.note.as_deref(), Some("请找业委会"));
        let bare = json!({ "action": { "command": "decline", "reason": "not-ours", "words": "" } });
        let entry = entries(&[line(1, "decline", &bare)], Audience::Follower, None).pop().unwrap();
        assert_eq!(entry.note, None);
    }

    #[test]
    fn what_was_erased_is_still_said_to_have_happened() {
        let mut erased = line(0, "report", &Value::Null);
        erased.body = None;
        let entry = entries(&[erased], Audience::Reporter, None).pop().unwrap();
        assert_eq!((entry.kind.as_str(), entry.note), ("report", None));
    }
}

//! Each thing that can stand against a command, by its code.

use qige_cases::workflow::{Asked, Assisting, Facts, LastStep, Main, Request, TABLE, check, offered};
use qige_cases::{CaseRole, CommandName, DeclineReason, Policy, State, Urgency};
use qige_kernel::{RefusalKind, Timestamp, UnitId};

use super::town::{case, doer, fresh, person, start, unit};

fn now() -> Timestamp {
    start().plus(Timestamp::HOUR)
}

/// A request that says all that any command needs.
fn full(command: CommandName) -> Request<'static> {
    const SEVEN: &[UnitId] = &[];
    Request {
        asked: Some(Asked { person: person(3), units: SEVEN }),
        lead: Some(unit(5)),
        main: Some(Main { case: case(2), state: State::Filed, main_case: None, words_erased: false }),
        matter: Some("matter-06-010".parse().unwrap()),
        urgency: Some(Urgency::Normal),
        decline_reason: Some(DeclineReason::NotOurs),
        words: "话",
        reference: "1",
        photos: 1,
        until: Some(now().plus(Timestamp::DAY)),
        stars: Some(5),
        ..Request::new(command, doer(2), &[], now())
    }
}

fn code_as(role: CaseRole, facts: &Facts, request: &Request<'_>) -> &'static str {
    match check(facts, request, role, &Policy::default()) {
        Ok(()) => "ok",
        Err(refusal) => refusal.code,
    }
}

fn code(facts: &Facts, request: &Request<'_>) -> &'static str {
    code_as(CaseRole::Dispatcher, facts, request)
}

#[test]
fn who_was_quicker_is_asked_first() {
    let request = Request { expected_version: Some(2), ..full(CommandName::File) };
    assert_eq!(code(&fresh(), &request), "someone-was-quicker");
    assert_eq!(code(&fresh(), &Request { expected_version: Some(1), ..request }), "ok");
}

#[test]
fn a_verifier_is_not_the_reporter() {
    let facts = fresh();
    let asked = |number| Some(Asked { person: person(number), units: &[] });
    assert_eq!(
        code(&facts, &Request { asked: asked(1), ..full(CommandName::AskVerify) }),
        "verifier-is-reporter"
    );
    assert_eq!(code(&facts, &Request { asked: None, ..full(CommandName::AskVerify) }), "verifier-missing");
    assert_eq!(code(&facts, &full(CommandName::AskVerify)), "ok");
    // Nor somebody who joined the reporters since.
    assert_eq!(code(&facts, &Request { by: doer(1), ..full(CommandName::Confirm) }), "verifier-is-reporter");
    assert_eq!(code(&facts, &Request { by: doer(1), ..full(CommandName::Refute) }), "verifier-is-reporter");
    let silent = Request { photos: 0, words: " ", ..full(CommandName::Confirm) };
    assert_eq!(code(&facts, &silent), "photo-or-words-missing");
    assert_eq!(code(&facts, &Request { words: "在", ..silent.clone() }), "ok");
    assert_eq!(code(&facts, &Request { photos: 1, ..silent }), "ok");
}

#[test]
fn a_checker_is_neither_handler_nor_of_a_handling_unit() {
    let helping = Assisting { unit: unit(6), accepted: true, handed_in: true };
    let facts =
        Facts { handlers: vec![person(4)], lead_unit: Some(unit(5)), assisting: vec![helping], ..fresh() };
    let ask = |number, units: &[UnitId]| {
        let request = full(CommandName::AskCheck);
        code(&facts, &Request { asked: Some(Asked { person: person(number), units }), ..request })
    };
    assert_eq!(ask(4, &[]), "checker-is-handler");
    assert_eq!(ask(3, &[unit(5)]), "checker-of-handling-unit");
    assert_eq!(ask(3, &[unit(6)]), "checker-of-handling-unit");
    assert_eq!(ask(3, &[unit(7)]), "ok");
    for command in [CommandName::Pass, CommandName::Fail] {
        assert_eq!(code(&facts, &Request { by: doer(4), ..full(command) }), "checker-is-handler");
        let of_unit = [unit(6)];
        assert_eq!(code(&facts, &Request { units: &of_unit, ..full(command) }), "checker-of-handling-unit");
        assert_eq!(code(&facts, &full(command)), "ok");
        assert_eq!(code(&facts, &Request { photos: 0, ..full(command) }), "photo-missing");
    }
}

#[test]
fn a_photo_where_the_matter_asks_for_one() {
    let about = |key: &str| Facts { matter: Some(key.parse().unwrap()), ..fresh() };
    let bare = Request { photos: 0, ..full(CommandName::HandIn) };
    assert_eq!(code(&about("matter-06-010"), &bare), "photo-missing");
    assert_eq!(code(&about("matter-06-028"), &bare), "ok");
    assert_eq!(code(&about("matter-90-004"), &bare), "ok");
    assert_eq!(code(&Facts { matter: None, ..fresh() }, &bare), "photo-missing");
    let silent = Request { words: "", ..full(CommandName::HandIn) };
    assert_eq!(code(&about("matter-06-010"), &silent), "words-missing");
    let silent_check = Request { words: "", photos: 0, ..full(CommandName::Pass) };
    assert_eq!(code(&about("matter-06-028"), &silent_check), "photo-or-words-missing");
}

#[test]
fn a_case_is_filed_with_matter_and_urgency() {
    let nothing = Facts { matter: None, ..fresh() };
    let file = |matter: Option<&str>, urgency| Request {
        matter: matter.map(|key| key.parse().unwrap()),
        urgency,
        ..full(CommandName::File)
    };
    let normal = Some(Urgency::Normal);
    assert_eq!(code(&nothing, &file(None, normal)), "matter-missing");
    assert_eq!(code(&nothing, &file(Some("matter-98-001"), normal)), "matter-unknown");
    assert_eq!(code(&nothing, &file(Some("matter-06-010"), None)), "urgency-missing");
    assert_eq!(code(&nothing, &file(Some("matter-06-010"), normal)), "ok");
    assert_eq!(code(&fresh(), &file(None, normal)), "ok");
    let corrected = Request { matter: Some("matter-98-001".parse().unwrap()), ..full(CommandName::Correct) };
    assert_eq!(code(&fresh(), &corrected), "matter-unknown");
}

#[test]
fn declining_needs_a_reason_and_one_appeal_is_heard() {
    let decline = full(CommandName::Decline);
    assert_eq!(
        code(&fresh(), &Request { decline_reason: None, ..decline.clone() }),
        "decline-reason-missing"
    );
    let other = Request { decline_reason: Some(DeclineReason::Other), words: "", ..decline.clone() };
    assert_eq!(code(&fresh(), &other), "words-missing");
    assert_eq!(code(&fresh(), &Request { words: "", ..decline }), "ok");
    assert_eq!(code(&fresh(), &full(CommandName::Appeal)), "ok");
    let appealed = Facts { appealed: true, ..fresh() };
    assert_eq!(code(&appealed, &full(CommandName::Appeal)), "appeal-used");
}

#[test]
fn a_main_case_is_another_and_still_alive() {
    let into = |main| Request { main, ..full(CommandName::Merge) };
    let known = |number, state, main_case| Main { case: case(number), state, main_case, words_erased: false };
    let main = |number, state, main_case| Some(known(number, state, main_case));
    assert_eq!(code(&fresh(), &into(None)), "main-case-missing");
    let refusal = check(&fresh(), &into(None), CaseRole::Dispatcher, &Policy::default()).unwrap_err();
    assert_eq!((refusal.kind, refusal.field), (RefusalKind::Missing, Some("main")));
    assert_eq!(code(&fresh(), &into(main(1, State::Filed, None))), "main-case-is-itself");
    assert_eq!(code(&fresh(), &into(main(2, State::Merged, Some(case(3))))), "main-case-merged");
    for ended in [State::Declined, State::Withdrawn, State::Void] {
        assert_eq!(code(&fresh(), &into(main(2, ended, None))), "main-case-ended");
    }
    assert_eq!(code(&fresh(), &into(main(2, State::Closed, None))), "ok");
    let bare = Main { words_erased: true, ..known(2, State::Closed, None) };
    assert_eq!(code(&fresh(), &into(Some(bare))), "main-case-words-erased");
    assert_eq!(code(&Facts { followers: 1, ..fresh() }, &full(CommandName::Merge)), "others-follow-it");
    assert_eq!(code(&fresh(), &full(CommandName::Unmerge)), "not-merged");
}

#[test]
fn units_are_named_once_and_the_lead_among_none_of_them() {
    fn with(lead: Option<UnitId>, assist: &[UnitId]) -> Request<'_> {
        Request { lead, assist, ..full(CommandName::Dispatch) }
    }
    assert_eq!(code(&fresh(), &with(None, &[])), "lead-unit-missing");
    assert_eq!(code(&fresh(), &with(Some(unit(5)), &[unit(5)])), "lead-unit-assists-itself");
    assert_eq!(code(&fresh(), &with(Some(unit(5)), &[unit(6), unit(6)])), "assisting-unit-twice");
    let many: Vec<UnitId> = (10..23).map(unit).collect();
    assert_eq!(code(&fresh(), &with(Some(unit(5)), &many[..12])), "ok");
    assert_eq!(code(&fresh(), &with(Some(unit(5)), &many)), "assisting-units-too-many");
    let past = Request { until: Some(now()), ..full(CommandName::Dispatch) };
    assert_eq!(code(&fresh(), &past), "date-is-past");
}

#[test]
fn what_was_sent_back_twice_is_the_supervisors() {
    let dispatch = full(CommandName::Dispatch);
    let back = |send_backs| Facts { send_backs, ..fresh() };
    assert_eq!(code(&back(1), &dispatch), "ok");
    assert_eq!(code(&back(2), &dispatch), "sent-back-twice");
    assert_eq!(code_as(CaseRole::Rule, &back(2), &dispatch), "sent-back-twice");
    assert_eq!(code_as(CaseRole::Supervisor, &back(2), &dispatch), "ok");
}

#[test]
fn time_is_granted_once_and_only_where_it_was_asked_for() {
    let asked = Facts { extension_asked: Some(now().plus(Timestamp::DAY)), ..fresh() };
    let granted = Facts { extensions_granted: 1, ..asked.clone() };
    assert_eq!(code(&fresh(), &full(CommandName::AskExtension)), "ok");
    assert_eq!(code(&asked, &full(CommandName::AskExtension)), "extension-asked-already");
    assert_eq!(
        code(&Facts { extension_asked: None, ..granted.clone() }, &full(CommandName::AskExtension)),
        "extensions-used-up"
    );
    assert_eq!(code(&fresh(), &full(CommandName::GrantExtension)), "no-extension-asked");
    assert_eq!(code(&fresh(), &full(CommandName::RefuseExtension)), "no-extension-asked");
    assert_eq!(code(&granted, &full(CommandName::GrantExtension)), "extensions-used-up");
    assert_eq!(code(&granted, &full(CommandName::RefuseExtension)), "ok");
    assert_eq!(code(&asked, &Request { until: None, ..full(CommandName::GrantExtension) }), "ok");
    let past = Request { until: Some(now()), ..full(CommandName::GrantExtension) };
    assert_eq!(code(&asked, &past), "date-is-past");
    assert_eq!(code(&fresh(), &Request { until: None, ..full(CommandName::AskExtension) }), "date-missing");
}

#[test]
fn what_is_put_aside_or_elsewhere_does_not_move_on() {
    let suspended = Facts { suspended: true, ..fresh() };
    let away = Facts { transferred: true, ..fresh() };
    for command in [
        CommandName::Dispatch,
        CommandName::SendBack,
        CommandName::Start,
        CommandName::HandIn,
        CommandName::AskExtension,
        CommandName::Accept,
        CommandName::HandInPart,
    ] {
        assert_eq!(code(&suspended, &full(command)), "case-suspended", "{command}");
        assert_eq!(code(&away, &full(command)), "case-transferred", "{command}");
    }
    assert_eq!(code(&suspended, &full(CommandName::Suspend)), "suspended-already");
    assert_eq!(code(&suspended, &full(CommandName::Transfer)), "case-suspended");
    assert_eq!(code(&suspended, &full(CommandName::Resume)), "ok");
    assert_eq!(code(&fresh(), &full(CommandName::Resume)), "not-suspended");
    assert_eq!(code(&fresh(), &Request { until: None, ..full(CommandName::Suspend) }), "date-missing");
    assert_eq!(code(&away, &full(CommandName::Suspend)), "case-transferred");
    assert_eq!(code(&away, &full(CommandName::Transfer)), "transferred-already");
    assert_eq!(code(&fresh(), &full(CommandName::TakeBack)), "not-transferred");
    assert_eq!(code(&fresh(), &Request { reference: "", ..full(CommandName::Transfer) }), "words-missing");
    assert_eq!(code(&suspended, &full(CommandName::Void)), "ok");
}

#[test]
fn questions_and_supervision_are_answered_once() {
    let asked = Facts { question_open: true, waiting: true, supervision_open: true, ..fresh() };
    assert_eq!(code(&asked, &full(CommandName::Question)), "question-open-already");
    assert_eq!(code(&asked, &full(CommandName::Answer)), "ok");
    assert_eq!(code(&fresh(), &full(CommandName::Answer)), "no-question-open");
    assert_eq!(code(&asked, &full(CommandName::AnswerSupervision)), "ok");
    assert_eq!(code(&fresh(), &full(CommandName::AnswerSupervision)), "no-supervision-open");
}

#[test]
fn reporters_withdraw_reopen_rate_and_join_within_bounds() {
    assert_eq!(code(&fresh(), &full(CommandName::Withdraw)), "ok");
    assert_eq!(code(&Facts { reports: 2, ..fresh() }, &full(CommandName::Withdraw)), "others-reported-too");
    let closed_ago = |days: i64, more: i64| {
        let closed_at = Some(now().plus(-days * Timestamp::DAY - more));
        let facts = Facts { state: State::Closed, closed_at, ..fresh() };
        code_as(CaseRole::Reporter, &facts, &full(CommandName::Reopen))
    };
    assert_eq!(closed_ago(14, 0), "ok");
    assert_eq!(closed_ago(14, 1), "reopen-too-late");
    let long_ago = Facts { closed_at: Some(start().plus(-900 * Timestamp::DAY)), ..fresh() };
    assert_eq!(code_as(CaseRole::Supervisor, &long_ago, &full(CommandName::Reopen)), "ok");
    assert_eq!(code(&fresh(), &Request { rated_before: true, ..full(CommandName::Rate) }), "rated-already");
    for (stars, expected) in [(0, "stars-out-of-range"), (1, "ok"), (5, "ok"), (6, "stars-out-of-range")] {
        assert_eq!(code(&fresh(), &Request { stars: Some(stars), ..full(CommandName::Rate) }), expected);
    }
    assert_eq!(code(&fresh(), &Request { by: doer(1), ..full(CommandName::Join) }), "joined-already");
    assert_eq!(code(&fresh(), &full(CommandName::Join)), "ok");
}

#[test]
fn an_assisting_unit_does_its_own_part_once() {
    let part = |accepted, handed_in| Facts {
        assisting: vec![Assisting { unit: unit(6), accepted, handed_in }],
        ..fresh()
    };
    let six = [unit(6)];
    let five = [unit(5)];
    let of = |command| Request { units: &six, ..full(command) };
    assert_eq!(code(&part(false, false), &of(CommandName::Accept)), "ok");
    assert_eq!(code(&part(true, false), &of(CommandName::Accept)), "part-accepted-already");
    assert_eq!(code(&part(true, true), &of(CommandName::HandInPart)), "part-handed-in-already");
    let other = Request { units: &five, ..full(CommandName::Accept) };
    assert_eq!(code(&part(false, false), &other), "not-your-part");
}

#[test]
fn only_ones_own_last_step_is_taken_back_and_only_at_once() {
    let last = |command| LastStep { command, by: doer(2), at: now(), version: 1, from: State::Reported };
    let facts = |command| Facts { last: Some(last(command)), ..fresh() };
    let undo = |seconds, by| Request {
        at: now().plus(seconds * Timestamp::SECOND),
        by: doer(by),
        ..full(CommandName::Undo)
    };
    let filed = facts(CommandName::File);
    assert_eq!(code(&filed, &undo(60, 2)), "ok");
    assert_eq!(code(&filed, &undo(61, 2)), "undo-too-late");
    assert_eq!(code(&filed, &undo(1, 3)), "undo-not-yours");
    assert_eq!(code(&Facts { version: 2, ..filed }, &undo(1, 2)), "undo-moved-on");
    assert_eq!(code(&fresh(), &undo(1, 2)), "nothing-to-undo");
    let final_ones = [CommandName::Undo, CommandName::Join, CommandName::CoverPhoto];
    for command in final_ones.into_iter().chain([CommandName::Report, CommandName::SolveOnSpot]) {
        assert_eq!(code(&facts(command), &undo(1, 2)), "nothing-to-undo");
    }
}

#[test]
fn words_are_needed_and_have_their_limit() {
    let long = "字".repeat(2_001);
    for command in [
        CommandName::SendBack,
        CommandName::Fail,
        CommandName::AskExtension,
        CommandName::Suspend,
        CommandName::Supervise,
        CommandName::Void,
        CommandName::Question,
        CommandName::Comment,
        CommandName::CoverPhoto,
    ] {
        assert_eq!(code(&fresh(), &Request { words: " ", ..full(command) }), "words-missing", "{command}");
        assert_eq!(code(&fresh(), &Request { words: &long, ..full(command) }), "words-too-long");
        assert_eq!(code(&fresh(), &Request { words: &long[3..], ..full(command) }), "ok");
    }
}

#[test]
fn what_is_offered_can_be_done() {
    let offered = |facts: &Facts, roles: &[CaseRole]| {
        let all = offered(facts, roles, now(), &Policy::default());
        all.iter().map(|command| command.as_str()).collect::<Vec<_>>().join(" ")
    };
    let filed = Facts { state: State::Filed, urgency: Some(Urgency::Normal), ..fresh() };
    assert_eq!(
        offered(&filed, &[CaseRole::Dispatcher]),
        "merge dispatch correct question transfer comment cover-photo"
    );
    assert_eq!(
        offered(&filed, &[CaseRole::Supervisor]),
        "dispatch suspend supervise void comment cover-photo"
    );
    let suspended = Facts { suspended: true, ..filed };
    assert_eq!(offered(&suspended, &[CaseRole::Supervisor]), "resume supervise void comment cover-photo");
    assert_eq!(offered(&fresh(), &[CaseRole::Reporter]), "withdraw comment join");
    assert_eq!(offered(&fresh(), &[]), "");
}

/// Whatever state it is in, and whoever asks: nobody knows any more what it was about.
#[test]
fn a_case_without_words_is_not_touched_again() {
    let policy = Policy::default();
    for row in TABLE.iter().filter(|row| !row.command.begins()) {
        let (from, role) = (row.from[0], row.who[0]);
        let facts = Facts { state: from, words_erased: true, ..fresh() };
        let refusal = check(&facts, &full(row.command), role, &policy).unwrap_err();
        assert_eq!(refusal.code, "case-words-erased", "{:?}", row.command);
        assert_eq!(offered(&facts, &[role], now(), &policy), []);
    }
}

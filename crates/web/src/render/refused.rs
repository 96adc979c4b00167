//! What was refused, as an event of its own in the log: for whoever watches for attempts.

use http::{Method, StatusCode};

use crate::fault::{PASSWORD_FIRST, SECOND_STEP_FIRST};
use crate::{Cx, Fault};

/// Tries of secrets that were wrong. They are said at the form, with a status that says nothing of it.
const WRONG_SECRETS: [&str; 7] = [
    "sign-in-wrong",
    "second-step-wrong",
    "code-wrong",
    "passkey-unknown",
    "follow-code-wrong",
    "invitation-over",
    "setup-code-wrong",
];

/// Notes who was refused what, from where. Who is an id or nobody: names, numbers and what was typed stay out
/// of logs, and so does the path, which may hold a code.
pub(super) fn note(cx: &Cx, fault: &Fault, endpoint: &'static str) {
    if !is_attempt(cx, fault) {
        return;
    }
    let (seen, code, status) = (cx.seen(), fault.refusal.code, fault.status.as_u16());
    let who = cx.who().map_or_else(|| "nobody".to_owned(), |who| who.person.to_string());
    tracing::warn!(
        code,
        status,
        method = %seen.method,
        path = endpoint,
        who,
        from = %seen.peer,
        request_id = seen.request_id,
        "refused"
    );
}

/// Whether somebody tried what they may not, or what no page of ours would send: access refused, secrets that
/// open nothing, requests that cannot be read or come too often, and things that are not there for somebody
/// who is signed in, as what belongs to others is not.
fn is_attempt(cx: &Cx, fault: &Fault) -> bool {
    let code = fault.refusal.code;
    match fault.status {
        // They are only led to where they do that first.
        _ if [PASSWORD_FIRST, SECOND_STEP_FIRST].contains(&code) => false,
        StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS | StatusCode::BAD_REQUEST => true,
        // Whoever opens a page is asked to sign in.
        StatusCode::UNAUTHORIZED => cx.seen().method != Method::GET,
        StatusCode::NOT_FOUND if cx.who().is_some() => true,
        _ => WRONG_SECRETS.contains(&code),
    }
}

//! Where one goes after an action: back to where one came from, or on to the next case of the queue.

use qige_cases::queries::{Sight, queue};
use qige_identity::Permission;
use qige_kernel::CaseId;

use super::asked::{Asked, under};
use super::queue::{ROWS, joined};
use super::searching::ByName;
use super::wish::Then;
use crate::render::encoded;
use crate::{Cx, Face};

/// The value of `name` in a query that a page of ours wrote, still encoded.
fn value_of<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').filter_map(|pair| pair.split_once('=')).find(|(n, _)| *n == name).map(|(_, v)| v)
}

/// Undoes the encoding of a query that a page of ours wrote; a query is ASCII.
fn decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// The address of a case's page that knows the queue it was opened from.
pub(super) fn case_in(case: CaseId, queue: Option<&str>) -> String {
    let queue = queue.map(|queue| format!("queue={}", encoded(queue))).unwrap_or_default();
    under(&format!("/cases/{case}"), &queue)
}

/// Where to go once something was done to `case`. What cannot be looked up leads to the case itself.
pub(super) async fn after(cx: &Cx, case: CaseId, then: Option<Then>) -> String {
    let own = format!("/cases/{case}");
    let may_read = cx.who().is_some_and(|who| who.may(Permission::ReadCase));
    let from = cx.from().unwrap_or_default();
    if cx.face() == Face::Json || (from.is_empty() && may_read) {
        return own;
    }
    let (path, query) = from.split_once('?').unwrap_or((from, ""));
    let queue = if path == own { value_of(query, "queue").and_then(decoded) } else { None };
    if then == Some(Then::Next)
        && let Some(query) = &queue
    {
        return match next(cx, query, case).await {
            Some(next) => case_in(next, Some(query)),
            None => under("/cases", query),
        };
    }
    if path == own {
        // Without the panel that was open.
        return case_in(case, queue.as_deref());
    }
    match path {
        "" => "/".to_owned(),
        _ => from.to_owned(),
    }
}

/// The case that comes after `case` in a queue; the queue's first one where `case` stands in it no more.
pub(super) async fn next(cx: &Cx, query: &str, case: CaseId) -> Option<CaseId> {
    let asked = Asked::read(cx, query).await?;
    let who = cx.who()?.clone();
    let book = cx.app().rulebook(cx.tenant().ok()?.id).await.ok()?;
    let filter = asked.filter(cx, &book, ByName::Everybody).await.ok()?;
    let (sight, now, order) = (Sight::of(&who, Permission::ReadQueue), cx.now(), asked.order());
    let rows = cx
        .read(move |tx| {
            Box::pin(async move {
                let after = asked.after.as_deref();
                Ok(queue(tx, &filter, &sight, order, now, after, ROWS).await?.rows)
            })
        })
        .await
        .ok()?;
    let at = rows.iter().position(|row| row.id == case);
    let following = at.and_then(|at| rows.get(at.saturating_add(1)));
    following.or_else(|| rows.first()).map(|row| row.id).filter(|id| *id != case)
}

/// The query of the page that the queue's rows stand on, with where it begins.
pub(super) fn page_query(asked: &Asked) -> String {
    match &asked.after {
        Some(after) => joined(&asked.query(), &format!("after={}", encoded(after))),
        None => asked.query(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_survives_the_address_of_a_case() {
        let query = "state=filed&q=%E4%BA%95%E7%9B%96&order=newness";
        let address = case_in(CaseId(uuid::Uuid::nil()), Some(query));
        let (_, inner) = address.split_once('?').unwrap();
        assert_eq!(value_of(inner, "queue").and_then(decoded).as_deref(), Some(query));
        assert_eq!(value_of(inner, "do"), None);
        assert_eq!(decoded("%4"), None);
    }
}

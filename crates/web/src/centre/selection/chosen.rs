//! Which cases: those ticked, or all that a filter of the queue holds.

use qige_cases::queries::{MAX_PAGE_ROWS, Sight, queue};
use qige_cases::store::{self, CaseRow};
use qige_identity::Permission;
use qige_kernel::{CaseId, Refusal, RefusalKind, RuleId, Timestamp};

use crate::centre::asked::Asked;
use crate::centre::searching::ByName;
use crate::{Cx, Fault};

/// Cases at once at most: what can still be read through before pressing the button, and done while somebody
/// waits.
pub(in crate::centre) const SELECTED_MAX: usize = 200;

/// A case, as far as what was seen of it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) id: CaseId,
    /// The version that was looked at.
    pub(super) version: Option<i64>,
    /// The routing rule that was shown, and the due date that it gave.
    pub(super) by_rule: Option<(RuleId, Option<Timestamp>)>,
}

/// The cases as they were sent.
pub(super) fn tokens(cases: &[String]) -> Result<Vec<Token>, Refusal> {
    cases.iter().map(|text| token(text)).collect()
}

/// `<id>`, `<id>:<version>`, `<id>:<version>:<rule>` or `<id>:<version>:<rule>:<microseconds>`.
fn token(text: &str) -> Result<Token, Refusal> {
    let odd = || Refusal::invalid("case", "field-odd").with("field", "case");
    let mut parts = text.split(':');
    let id = parts.next().unwrap_or_default().parse().map_err(|_| odd())?;
    let version = parts.next().map(|version| version.parse().map_err(|_| odd())).transpose()?;
    let rule = parts.next().map(|rule| rule.parse().map_err(|_| odd())).transpose()?;
    let due = parts.next().map(|due| due.parse().map_err(|_| odd())).transpose()?;
    Ok(Token { id, version, by_rule: rule.map(|rule| (rule, due.map(Timestamp::from_micros))) })
}

/// All that a filter of the queue holds, in its order, as many as can be done at once; and whether there are
/// more.
pub(super) async fn of_filter(cx: &Cx, query: &str) -> Result<(Vec<CaseId>, bool), Fault> {
    let asked = Asked::read(cx, query).await.ok_or_else(Fault::missing)?;
    let who = cx.signed_in()?;
    let book = cx.app().rulebook(cx.tenant()?.id).await?;
    let filter = asked.filter(cx, &book, ByName::Everybody).await?;
    let (sight, order, now) = (Sight::of(who, Permission::ReadQueue), asked.order(), cx.now());
    let found = cx
        .read(move |tx| {
            Box::pin(async move { queue(tx, &filter, &sight, order, now, None, MAX_PAGE_ROWS).await })
        })
        .await?;
    Ok((found.rows.into_iter().map(|row| row.id).collect(), found.next.is_some()))
}

/// The cases that this person may read, as they stand.
pub(super) async fn rows(cx: &Cx, ids: &[CaseId]) -> Result<Vec<CaseRow>, Fault> {
    if ids.len() > SELECTED_MAX {
        return Err(Refusal::new(RefusalKind::TooLarge, "too-many-cases").with("max", SELECTED_MAX).into());
    }
    let sight = Sight::of(cx.signed_in()?, Permission::ReadCase);
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    cx.read(move |tx| {
        Box::pin(async move {
            let mut rows = Vec::new();
            for id in ids {
                let row = store::by_id(tx, id).await?;
                rows.extend(row.filter(|row| sight.covers(row.community, row.grid)));
            }
            Ok(rows)
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_case_is_named_with_as_much_as_was_seen_of_it() {
        let (id, rule) = (CaseId(Uuid::from_u128(7)), RuleId(Uuid::from_u128(8)));
        let bare = Token { id, version: None, by_rule: None };
        assert_eq!(token(&id.to_string()), Ok(bare));
        assert_eq!(token(&format!("{id}:3")), Ok(Token { version: Some(3), ..bare }));
        let ruled = |due| Token { version: Some(3), by_rule: Some((rule, due)), ..bare };
        assert_eq!(token(&format!("{id}:3:{rule}")), Ok(ruled(None)));
        assert_eq!(token(&format!("{id}:3:{rule}:5")), Ok(ruled(Some(Timestamp::from_micros(5)))));
        for odd in ["7", &format!("{id}:x"), &format!("{id}:3:x"), &format!("{id}:3:{rule}:x")] {
            assert!(token(odd).is_err(), "{odd}");
        }
    }
}

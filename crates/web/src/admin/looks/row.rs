//! One of them, as the page shows it.

use qige_cases::store;
use qige_db::{DbError, Tx};
use qige_identity::{LookKind, Permission, Reach, Role, ScopeKind, SecondLook, Who, person_name};
use qige_kernel::{CaseId, PersonId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::admin::people::grants::Known;

/// What another had or has to agree to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct LookLine {
    pub(super) id: Uuid,
    pub(super) kind: LookKind,
    /// The person's name, or the case's number.
    pub(super) about: Option<String>,
    /// Where that can be looked at.
    href: Option<String>,
    pub(super) role: Option<Role>,
    scope: Option<ScopeKind>,
    /// What the scope is called.
    pub(super) place: Option<String>,
    /// Until when the role is to hold.
    ends_at: Option<Timestamp>,
    pub(super) words: String,
    pub(super) asked_by: Option<String>,
    pub(super) asked_at: Timestamp,
    until: Timestamp,
    open: bool,
    may_answer: bool,
    granted: Option<bool>,
    pub(super) answer: Option<String>,
    pub(super) answered_by: Option<String>,
    pub(super) answered_at: Option<Timestamp>,
}

impl LookLine {
    /// The text that says how it stands.
    pub(super) fn state(&self) -> &'static str {
        match self.granted {
            Some(true) => "look-state-granted",
            Some(false) => "look-state-refused",
            None if self.open => "look-state-open",
            None => "look-state-over",
        }
    }
}

/// Whether a look is about something that this person has to do with: a case, where it lies. Auditors read
/// all of them.
pub(super) async fn concerns(tx: &mut Tx<'_>, look: &SecondLook, who: &Who) -> Result<bool, DbError> {
    if look.kind != LookKind::Void || who.may(Permission::ReadAccessLog) {
        return Ok(true);
    }
    let Some(row) = store::by_id(tx, CaseId(look.subject)).await? else { return Ok(false) };
    let reach = Reach { community: row.community, grid: row.grid, unit: None };
    Ok(who.may_at(Permission::VoidCase, &reach))
}

pub(super) async fn lines(
    tx: &mut Tx<'_>,
    looks: Vec<SecondLook>,
    known: &Known,
    who: &Who,
    now: Timestamp,
) -> Result<Vec<LookLine>, DbError> {
    let mut lines = Vec::new();
    for look in looks {
        if !concerns(tx, &look, who).await? {
            continue;
        }
        let (about, href) = match look.kind {
            LookKind::Grant => (
                person_name(tx, PersonId(look.subject)).await?,
                Some(format!("/admin/people/{}", look.subject)),
            ),
            LookKind::Export => (None, None),
            LookKind::Void => {
                let case = store::by_id(tx, CaseId(look.subject)).await?;
                (case.and_then(|case| case.number), Some(format!("/cases/{}", look.subject)))
            }
        };
        let answered_by = match look.answered_by {
            Some(by) => person_name(tx, by).await?,
            None => None,
        };
        let own =
            look.asked_by == who.person || (look.kind == LookKind::Grant && look.subject == who.person.0);
        let may = look.kind.answered_by().iter().any(|one| who.may(*one));
        let (open, asked_by) = (look.is_open(now), person_name(tx, look.asked_by).await?);
        lines.push(LookLine {
            id: look.id,
            kind: look.kind,
            about,
            href,
            role: look.role,
            scope: look.scope.map(qige_identity::Scope::kind),
            place: look.scope.and_then(|scope| known.name(scope)),
            ends_at: look.ends_at,
            words: look.words,
            asked_by,
            asked_at: look.asked_at,
            until: look.until,
            open,
            may_answer: open && may && !own,
            granted: look.granted,
            answer: look.answer,
            answered_by,
            answered_at: look.answered_at,
        });
    }
    Ok(lines)
}

pub(super) fn samples() -> Vec<LookLine> {
    let at = Timestamp::from_micros(1_790_000_000_000_000);
    let asked = LookLine {
        id: Uuid::nil(),
        kind: LookKind::Grant,
        about: Some("坐席 03".to_owned()),
        href: Some("/admin/people/1".to_owned()),
        role: Some(Role::Supervisor),
        scope: Some(ScopeKind::Community),
        place: Some("晶都社区".to_owned()),
        ends_at: Some(at),
        words: "值班长休假，代两周".to_owned(),
        asked_by: Some("安全管理员 01".to_owned()),
        asked_at: at,
        until: at,
        open: true,
        may_answer: true,
        granted: None,
        answer: None,
        answered_by: None,
        answered_at: None,
    };
    let done = |kind, granted, about: Option<&str>| LookLine {
        kind,
        about: about.map(str::to_owned),
        role: None,
        scope: None,
        place: None,
        ends_at: None,
        open: false,
        may_answer: false,
        granted: Some(granted),
        answer: (!granted).then(|| "没有说明用途".to_owned()),
        answered_by: Some("系统管理员 01".to_owned()),
        answered_at: Some(at),
        ..asked.clone()
    };
    let over = LookLine { open: false, may_answer: false, ..asked.clone() };
    let void = done(LookKind::Void, true, Some("20261129-0004"));
    vec![
        asked.clone(),
        LookLine { may_answer: false, ..asked.clone() },
        over,
        done(LookKind::Export, false, None),
        void,
    ]
}

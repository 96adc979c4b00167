//! Somebody's account, as the copy of their own data says it.

use qige_identity::{
    Credential, CredentialKind, GrantRow, PersonState, Purpose, Role, ScopeKind, credentials_of, grants_of,
    person,
};
use qige_kernel::{CaseId, PersonId, Timestamp};
use qige_points::{LINES_ON_PAGE_MAX, StatementRow, Why, statement};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::beside::Beside;
use super::told::Told;
use crate::admin::people::grants::Places;
use crate::{Cx, Fault};

/// Somebody's account, with all that is kept of it.
#[derive(Clone, Serialize, JsonSchema)]
pub(super) struct Account {
    name: String,
    sign_in_name: Option<String>,
    phone: Option<String>,
    /// Where they said that they live.
    home: Option<String>,
    state: PersonState,
    since: Timestamp,
    language: Option<String>,
    roles: Vec<HeldRole>,
    signed_in: Vec<Signed>,
    /// What their reports earned, the newest first.
    points: Vec<Earned>,
    /// On which ways they want to be told of what, besides the inbox, and when.
    told: Told,
    /// What lies beside.
    beside: Beside,
}

#[derive(Clone, Serialize, JsonSchema)]
struct HeldRole {
    role: Role,
    scope: ScopeKind,
    from: Timestamp,
    until: Option<Timestamp>,
}

#[derive(Clone, Serialize, JsonSchema)]
struct Signed {
    kind: CredentialKind,
    label: String,
    since: Timestamp,
    last_used_at: Timestamp,
}

#[derive(Clone, Serialize, JsonSchema)]
struct Earned {
    case: CaseId,
    /// More or less than nothing.
    change: i64,
    why: Why,
    at: Timestamp,
}

impl Account {
    pub(super) fn sample() -> Self {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let case = CaseId(Uuid::nil());
        Self {
            name: "骑手 0017".to_owned(),
            sign_in_name: None,
            phone: Some("+8613800000017".to_owned()),
            home: Some("晶都社区".to_owned()),
            state: PersonState::Active,
            since: at,
            language: None,
            roles: vec![HeldRole { role: Role::Rider, scope: ScopeKind::Tenant, from: at, until: None }],
            signed_in: vec![Signed {
                kind: CredentialKind::Session,
                label: "Chrome · Android".to_owned(),
                since: at,
                last_used_at: at,
            }],
            points: vec![Earned { case, change: 5, why: Why::Valid, at }],
            told: Told::sample(),
            beside: Beside::sample(),
        }
    }
}

/// The account of whoever asks.
pub(super) async fn account(cx: &Cx, id: PersonId) -> Result<Account, Fault> {
    let now = cx.now();
    let (found, grants, credentials, lines) = cx
        .read(move |tx| {
            Box::pin(async move {
                let (found, grants) = (person(tx, id).await?, grants_of(tx, id).await?);
                let lines = statement(tx, id, None, LINES_ON_PAGE_MAX).await?;
                Ok((found, grants, credentials_of(tx, id, now).await?, lines))
            })
        })
        .await?;
    let found = found.ok_or_else(Fault::missing)?;
    let phone = match found.phone {
        Some(sealed) => {
            let wanted = vec![(id.0, sealed)];
            let numbers =
                cx.app().vault.read_phones(cx.asker()?, Purpose::Reach, cx.stamp(None), wanted).await?;
            numbers.first().map(|number| number.as_str().to_owned())
        }
        None => None,
    };
    let role = |row: GrantRow| HeldRole {
        role: row.role,
        scope: row.scope.kind(),
        from: row.starts_at,
        until: row.ends_at,
    };
    let signed = |one: Credential| Signed {
        kind: one.kind,
        label: one.label,
        since: one.created_at,
        last_used_at: one.last_used_at,
    };
    let earned =
        |line: StatementRow| Earned { case: line.case_id, change: line.change(), why: line.why, at: line.at };
    Ok(Account {
        name: found.name,
        sign_in_name: found.sign_in_name,
        phone,
        home: home(cx).await?,
        state: found.state,
        since: found.created_at,
        language: found.locale,
        roles: grants.into_iter().map(role).collect(),
        signed_in: credentials.into_iter().map(signed).collect(),
        points: lines.into_iter().map(earned).collect(),
        told: Told::of(cx).await?,
        beside: Beside::of(cx).await?,
    })
}

/// Where whoever asks said that they live.
async fn home(cx: &Cx) -> Result<Option<String>, Fault> {
    let Some(home) = cx.app().vault.own_home(cx.asker()?, cx.stamp(None)).await? else { return Ok(None) };
    let places = Places::of(cx).await?;
    let known = cx.read(move |tx| Box::pin(async move { Ok(places.read(tx).await?) })).await?;
    Ok(Some(known.name(home).unwrap_or_else(|| home.to_string())))
}

//! One person: how they are called, whether they are here, where they are signed in, what they are.

use qige_db::{Failure, Tx};
use qige_identity::member::{LetGo, LetGoBy};
use qige_identity::{
    ChangePerson, Credential, CredentialKind, EndSecondStep, Permission, Person, PersonState, Purpose,
    RevokeCredential, Role, ScopeKind, SecondWay, SetPassword, SetPersonState, SignInWay, credentials_of,
    grants_of, person, person_name, second_step_of,
};
use qige_kernel::{CredentialId, GrantId, PersonId, Refusal, RefusalKind, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Called;
use super::drawn::{self, DrawnPage, Why};
use super::grants::{Places, RoleChoice};
use super::numbers;
use crate::account::sure::{Sure, has_password, sure};
use crate::admin::stamp;
use crate::centre::names::Choice;
use crate::page::Density;
use crate::{Cx, Done, Fault, Input, Page, Path, Routes, Text, View, circle};

pub(super) fn routes() -> Routes {
    let (people, credentials) = (Permission::ManagePeople, Permission::ManageCredentials);
    Routes::of("admin")
        .get("/admin/people/{id}", Permission::ReadPeople, "One person with an account", show)
        .post("/admin/people/{id}", people, "Change how somebody is called and signs in", change)
        .post(
            "/admin/people/{id}/state",
            people,
            "Pause somebody, bring them back, or let them go",
            set_state,
        )
        .get("/admin/people/{id}/password", credentials, "Before somebody gets another password", show)
        .post("/admin/people/{id}/password", credentials, "Draw somebody another password", draw)
        .post(
            "/admin/people/{id}/second-step/reset",
            Permission::ManageSecurity,
            "Take somebody's second step off; they are signed out",
            reset,
        )
        .post("/admin/people/{id}/credentials/{credential}/end", credentials, "Sign somebody out", end)
}

/// One person.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct PersonPage {
    id: PersonId,
    name: String,
    sign_in_name: Option<String>,
    /// Whether a number is kept.
    has_phone: bool,
    /// The number; only for those who look after numbers.
    phone: Option<String>,
    state: PersonState,
    since: Timestamp,
    /// All that they were ever given, the newest first.
    grants: Vec<GrantLine>,
    /// Where they are signed in; only for those who look after that.
    credentials: Option<Vec<CredentialLine>>,
    /// Since when they have a second step; only for those who can reset it.
    second_step: Option<Timestamp>,
    /// Whether it is oneself.
    oneself: bool,
    may_change: bool,
    /// Whether whoever reads this says by a password that it is oneself.
    by_password: bool,
    may_grant: bool,
    /// Roles that can be given, each with the kinds of scope it can be given over.
    roles: Vec<RoleChoice>,
    /// Scopes to choose from.
    scopes: Vec<Choice>,
}

/// A role over a scope for a time.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct GrantLine {
    id: GrantId,
    role: Role,
    scope: ScopeKind,
    /// What the scope is called; nothing for the whole subdistrict.
    place: Option<String>,
    from: Timestamp,
    /// Until when, not included.
    until: Option<Timestamp>,
    /// Whether it has ended.
    ended: bool,
    /// Who gave it; none for the set-up.
    by: Option<String>,
}

/// Somewhere they are signed in.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct CredentialLine {
    id: CredentialId,
    kind: CredentialKind,
    label: String,
    /// By what the person came in, where that is known.
    way: Option<SignInWay>,
    /// By what the second step was made, where there was one.
    second: Option<SecondWay>,
    created_at: Timestamp,
    last_used_at: Timestamp,
}

impl From<Credential> for CredentialLine {
    fn from(one: Credential) -> Self {
        let Credential { id, kind, label, way, second, created_at, last_used_at, .. } = one;
        Self { id, kind, label, way, second, created_at, last_used_at }
    }
}

impl View for PersonPage {
    const TEMPLATE: &'static str = "admin/person.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::plain(self.name.clone())
    }

    fn samples() -> Vec<Self> {
        samples()
    }
}

async fn show(cx: Cx, Path(id): Path<PersonId>) -> Result<Page<PersonPage>, Fault> {
    let (who, now) = (cx.signed_in()?.clone(), cx.now());
    circle::require(&cx, Permission::ReadPeople, id).await?;
    let places = Places::of(&cx).await?;
    let sees = who.may(Permission::ManageCredentials);
    let resets = who.may(Permission::ManageSecurity);
    let found = cx
        .read(move |tx| {
            Box::pin(async move {
                let Some(person) = person(tx, id).await? else { return Ok::<_, Failure>(None) };
                let directory = places.read(tx).await?;
                let grants = grants(tx, id, &directory, now).await?;
                let credentials = if sees { Some(credentials_of(tx, id, now).await?) } else { None };
                let second_step = if resets { second_step_of(tx, id).await? } else { None };
                Ok(Some((person, grants, credentials, second_step, directory.scopes())))
            })
        })
        .await?;
    let (person, grants, credentials, second_step, scopes) = found.ok_or_else(missing)?;
    let may_change = who.may(Permission::ManagePeople) && person.state != PersonState::Left;
    let oneself = who.person == id;
    let may_grant = who.may(Permission::ManageGrants) && !oneself && person.state != PersonState::Left;
    let has_phone = person.phone.is_some();
    let Person { name, sign_in_name, phone, state, created_at, .. } = person;
    let sealed = phone.filter(|_| may_change).map(|sealed| (id, sealed));
    let mut numbers = numbers::opened(&cx, Purpose::LookAfterAccount, sealed.into_iter().collect()).await?;
    Ok(Page(PersonPage {
        id,
        name,
        sign_in_name,
        has_phone,
        phone: numbers.remove(&id).map(|number| number.as_str().to_owned()),
        state,
        since: created_at,
        grants,
        credentials: credentials.map(|all| all.into_iter().map(CredentialLine::from).collect()),
        second_step: second_step.map(|step| step.since),
        oneself,
        may_change,
        by_password: has_password(&cx).await?,
        may_grant,
        roles: if may_grant { RoleChoice::all() } else { Vec::new() },
        scopes: if may_grant { scopes } else { Vec::new() },
    }))
}

async fn grants(
    tx: &mut Tx<'_>,
    id: PersonId,
    directory: &super::grants::Known,
    now: Timestamp,
) -> Result<Vec<GrantLine>, Failure> {
    let mut lines = Vec::new();
    for row in grants_of(tx, id).await? {
        let by = match row.granted_by {
            Some(by) => person_name(tx, by).await?,
            None => None,
        };
        lines.push(GrantLine {
            id: row.id,
            role: row.role,
            scope: row.scope.kind(),
            place: directory.name(row.scope),
            from: row.starts_at,
            until: row.ends_at,
            ended: row.ends_at.is_some_and(|until| until <= now.max(row.starts_at)),
            by,
        });
    }
    // What holds stands first; of two alike the newer.
    lines.sort_by_key(|line| line.ended);
    Ok(lines)
}

fn missing() -> Refusal {
    Refusal::new(RefusalKind::Missing, "person-missing")
}

async fn change(
    cx: Cx,
    Path(person): Path<PersonId>,
    input: Input<Called>,
) -> Result<Done<PersonPage>, Fault> {
    let (name, sign_in_name, phone) = input.value.read()?;
    let stamp = stamp(&cx, Permission::ManagePeople)?;
    let phone = numbers::sealed(&cx, person, phone.as_ref()).await?;
    cx.write(ChangePerson { person, name, sign_in_name, phone, stamp }).await?;
    Ok(Done::see(format!("/admin/people/{person}")).saying(Text::of("admin-saved")))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Wished {
    /// How it shall be. Leaving cannot be taken back.
    state: PersonState,
    /// Why somebody is let go.
    #[serde(default)]
    reason: String,
    /// One's own password, where one has one: that it is oneself.
    #[serde(default)]
    password: String,
}

async fn set_state(
    cx: Cx,
    Path(person): Path<PersonId>,
    input: Input<Wished>,
) -> Result<Done<PersonPage>, Fault> {
    let Wished { state, reason, password } = input.value;
    let stamp = stamp(&cx, Permission::ManagePeople)?;
    if state == PersonState::Left {
        sure(&cx, &Sure { password }).await?;
        cx.write(LetGo { person, by: LetGoBy::Account, reason, stamp }).await?;
    } else {
        cx.write(SetPersonState { person, state, stamp }).await?;
    }
    let said = match state {
        PersonState::Active => "admin-person-activated",
        PersonState::Paused => "admin-person-paused",
        PersonState::Left => "admin-person-left",
    };
    Ok(Done::see(format!("/admin/people/{person}")).saying(Text::of(said)))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn draw(cx: Cx, Path(id): Path<PersonId>, _nothing: Input<Nothing>) -> Result<Page<DrawnPage>, Fault> {
    let found = cx.read(move |tx| Box::pin(async move { Ok(person(tx, id).await?) })).await?;
    let Person { name, sign_in_name, .. } = found.ok_or_else(missing)?;
    let (text, hash) = drawn::password(&cx).await?;
    let stamp = stamp(&cx, Permission::ManageCredentials)?;
    cx.write(SetPassword { person: id, password: hash, keep: None, stamp }).await?;
    Ok(Page(DrawnPage { why: Why::Replaced, person: id, name, account: sign_in_name, password: text }))
}

async fn end(
    cx: Cx,
    Path((person, credential)): Path<(PersonId, CredentialId)>,
    _nothing: Input<Nothing>,
) -> Result<Done<PersonPage>, Fault> {
    let stamp = stamp(&cx, Permission::ManageCredentials)?;
    cx.write(RevokeCredential { credential, person, stamp }).await?;
    Ok(Done::see(format!("/admin/people/{person}")).saying(Text::of("credential-ended")))
}

async fn reset(
    cx: Cx,
    Path(person): Path<PersonId>,
    _nothing: Input<Nothing>,
) -> Result<Done<PersonPage>, Fault> {
    let stamp = stamp(&cx, Permission::ManageSecurity)?;
    cx.write(EndSecondStep { person, reset: true, stamp }).await?;
    Ok(Done::see(format!("/admin/people/{person}")).saying(Text::of("second-step-reset-done")))
}

impl CredentialLine {
    fn sample(at: Timestamp) -> Self {
        Self {
            id: CredentialId(uuid::Uuid::nil()),
            kind: CredentialKind::Session,
            label: "Edge · Windows".to_owned(),
            way: Some(SignInWay::Password),
            second: Some(SecondWay::RecoveryCode),
            created_at: at,
            last_used_at: at,
        }
    }
}

fn samples() -> Vec<PersonPage> {
    let (at, nil) = (Timestamp::from_micros(1_790_000_000_000_000), uuid::Uuid::nil());
    let grant = |role, scope, place: Option<&str>, ended| GrantLine {
        id: GrantId(nil),
        role,
        scope,
        place: place.map(str::to_owned),
        from: at,
        until: place.map(|_| at),
        ended,
        by: place.map(|_| "安全管理员 01".to_owned()),
    };
    let full = PersonPage {
        id: PersonId(nil),
        name: "网格员 07".to_owned(),
        sign_in_name: Some("wangge07".to_owned()),
        has_phone: true,
        phone: Some("+8613800000007".to_owned()),
        state: PersonState::Active,
        since: at,
        grants: vec![
            grant(Role::GridWorker, ScopeKind::Grid, Some("晶都社区 · 第一网格"), false),
            grant(Role::Rider, ScopeKind::Tenant, None, true),
        ],
        credentials: Some(vec![CredentialLine::sample(at)]),
        second_step: Some(at),
        oneself: false,
        may_change: true,
        by_password: true,
        may_grant: true,
        roles: RoleChoice::all(),
        scopes: vec![Choice::of(&"tenant", "")],
    };
    let bare = PersonPage {
        grants: Vec::new(),
        credentials: Some(Vec::new()),
        oneself: true,
        by_password: false,
        may_grant: false,
        phone: None,
        state: PersonState::Paused,
        ..full.clone()
    };
    let left = PersonPage {
        sign_in_name: None,
        has_phone: false,
        credentials: None,
        second_step: None,
        state: PersonState::Left,
        may_change: false,
        oneself: false,
        ..bare.clone()
    };
    vec![full, bare, left]
}

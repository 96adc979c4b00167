//! One's own page: what one is here, where one is signed in, how one likes to read.

use qige_identity::member::owes_consent;
use qige_identity::{
    CredentialKind, Grant, RevokeCredential, Role, Scope, ScopeKind, SecondWay, SignInWay, credentials_of,
    may_be_covered, person,
};
use qige_kernel::{CredentialId, PlaceId, Timestamp, UnitId};
use qige_places::{store, units};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::provider::choices;
use super::sure::{Sure, has_password, sure};
use crate::{Access, Cx, Done, Fault, Input, Locale, Page, Path, Routes, Text, View, Width};

pub(super) fn routes() -> Routes {
    Routes::of("account").get("/me", Access::SignedIn, "One's own account", show).post(
        "/me/credentials/{id}/end",
        Access::SignedIn,
        "End a session, a phone or a token",
        end,
    )
}

/// One's own account.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct MePage {
    name: String,
    sign_in_name: Option<String>,
    since: Option<Timestamp>,
    roles: Vec<MyRole>,
    credentials: Vec<MyCredential>,
    language: Option<Locale>,
    elder: Option<u8>,
    density: Option<qige_identity::Density>,
    /// Whether the password is asked for before one of these is ended.
    by_password: bool,
    /// Whether there are other services by which one can sign in.
    has_providers: bool,
    /// Whether one looks after others here.
    staff: bool,
    /// Whether a colleague could have one of the roles while one is away.
    covers: bool,
    /// Whether one is in the scheme without having consented to it.
    owes_consent: bool,
}

/// One role over one scope.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct MyRole {
    role: Role,
    scope: ScopeKind,
    /// What the scope is called; nothing for the whole subdistrict.
    place: Option<String>,
    until: Option<Timestamp>,
}

/// Somewhere one is signed in.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct MyCredential {
    id: CredentialId,
    kind: CredentialKind,
    label: String,
    /// By what one came in, where that is known.
    way: Option<SignInWay>,
    /// By what the second step was made, where there was one.
    second: Option<SecondWay>,
    created_at: Timestamp,
    last_used_at: Timestamp,
    /// Whether it is the one that asks.
    current: bool,
}

impl View for MePage {
    const TEMPLATE: &'static str = "account/me.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("me-title")
    }

    fn samples() -> Vec<Self> {
        let at = Timestamp::from_micros(1_790_000_000_000_000);
        let id = CredentialId(Uuid::nil());
        let credential = |kind, current: bool| MyCredential {
            id,
            kind,
            label: "Edge · Windows".to_owned(),
            way: (kind == CredentialKind::Session).then_some(SignInWay::Password),
            second: current.then_some(SecondWay::Code),
            created_at: at,
            last_used_at: at,
            current,
        };
        let role = |scope, place: Option<&str>, until| MyRole {
            role: Role::GridWorker,
            scope,
            place: place.map(str::to_owned),
            until,
        };
        let full = Self {
            name: "网格员 07".to_owned(),
            sign_in_name: Some("wangge07".to_owned()),
            since: Some(at),
            roles: vec![
                role(ScopeKind::Tenant, None, None),
                role(ScopeKind::Grid, Some("晶都社区第 3 网格"), Some(at)),
            ],
            credentials: vec![
                credential(CredentialKind::Session, true),
                credential(CredentialKind::Device, false),
                credential(CredentialKind::Token, false),
            ],
            language: Some(Locale::En),
            elder: Some(22),
            density: None,
            by_password: true,
            has_providers: true,
            staff: true,
            covers: true,
            owes_consent: true,
        };
        let bare = Self {
            sign_in_name: None,
            since: None,
            roles: Vec::new(),
            credentials: vec![credential(CredentialKind::Session, true)],
            language: None,
            elder: None,
            by_password: false,
            has_providers: false,
            staff: false,
            covers: false,
            owes_consent: false,
            ..full.clone()
        };
        vec![full, bare]
    }
}

async fn show(cx: Cx) -> Result<Page<MePage>, Fault> {
    let who = cx.signed_in()?.clone();
    let (now, id, grants) = (cx.now(), who.person, who.grants.clone());
    let (person, credentials, roles, owes_consent) = cx
        .read(move |tx| {
            Box::pin(async move {
                let mut roles = Vec::new();
                for grant in grants {
                    roles.push(MyRole {
                        role: grant.role,
                        scope: grant.scope.kind(),
                        place: scope_name(tx, &grant).await?,
                        until: grant.until,
                    });
                }
                let owes_consent = owes_consent(tx, id, now).await?;
                Ok((person(tx, id).await?, credentials_of(tx, id, now).await?, roles, owes_consent))
            })
        })
        .await?;
    let credentials = credentials.into_iter().map(|one| MyCredential {
        current: one.id == who.credential,
        id: one.id,
        kind: one.kind,
        label: one.label,
        way: one.way,
        second: one.second,
        created_at: one.created_at,
        last_used_at: one.last_used_at,
    });
    Ok(Page(MePage {
        name: who.name.clone(),
        sign_in_name: person.as_ref().and_then(|person| person.sign_in_name.clone()),
        since: person.map(|person| person.created_at),
        roles,
        credentials: credentials.collect(),
        language: who.locale.as_deref().and_then(Locale::from_tag),
        elder: who.elder,
        density: who.density,
        by_password: has_password(&cx).await?,
        has_providers: !choices(&cx).is_empty(),
        staff: who.grants.iter().any(|grant| grant.role.is_staff()),
        covers: who.grants.iter().any(|grant| may_be_covered(grant.role)),
        owes_consent,
    }))
}

/// What a scope is called.
pub(super) async fn scope_name(
    tx: &mut qige_db::Tx<'_>,
    grant: &Grant,
) -> Result<Option<String>, qige_db::Failure> {
    Ok(match grant.scope {
        Scope::Tenant | Scope::Branch(_) => None,
        Scope::Community(PlaceId(id)) | Scope::Grid(PlaceId(id)) | Scope::Station(PlaceId(id)) => {
            store::by_id(tx, PlaceId(id)).await?.map(|place| place.name)
        }
        Scope::Unit(UnitId(id)) => units::by_id(tx, UnitId(id)).await?.map(|unit| unit.name),
    })
}

async fn end(
    cx: Cx,
    Path(credential): Path<CredentialId>,
    input: Input<Sure>,
) -> Result<Done<MePage>, Fault> {
    sure(&cx, &input.value).await?;
    let person = cx.signed_in()?.person;
    cx.write(RevokeCredential { credential, person, stamp: cx.stamp(None) }).await?;
    Ok(Done::see("/me").saying(Text::of("credential-ended")))
}

//! Programs: which ones come in by a token, one more, and one less.

use jiff::civil::Date;
use qige_db::{DbError, Tx};
use qige_identity::{
    AdmitProgram, CredentialKind, DisplayName, EndToken, Grant, GrantRow, Permission, Role, Scope, ScopeKind,
    Secret, TOKEN_MICROS_MAX, grants_of, tokens,
};
use qige_kernel::{CredentialId, PersonId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::people::grants::{Known, Places, RoleChoice, end_of, known_scope, zone};
use super::stamp;
use crate::centre::names::Choice;
use crate::page::Density;
use crate::sheet::{self, Listing, Rows, Said};
use crate::{Cx, Done, Fault, Input, Page, Path, Routes, Text, View, Width};

pub(super) fn routes() -> Routes {
    let may = Permission::ManageCredentials;
    Routes::of("admin")
        .get("/admin/tokens", may, "Programs that come in by a token", list)
        .list::<TokensPage>(may)
        .post("/admin/tokens", may, "Let a program in", issue)
        .post("/admin/tokens/{id}/end", may, "End a token", end)
}

/// Programs that come in by a token.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct TokensPage {
    /// Those that are good now, the newest first.
    tokens: Vec<TokenRow>,
    /// Roles that a program can have, each with the kinds of scope it can be given over.
    roles: Vec<RoleChoice>,
    /// Scopes to choose from.
    scopes: Vec<Choice>,
    /// The first day on which a new one can end, and the last.
    ends: [String; 2],
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct TokenRow {
    id: CredentialId,
    label: String,
    /// The account in whose name it comes in.
    person: PersonId,
    name: String,
    grants: Vec<TokenGrant>,
    created_at: Timestamp,
    /// None where it was never used.
    last_used_at: Option<Timestamp>,
    expires_at: Timestamp,
}

/// What it may do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct TokenGrant {
    role: Role,
    scope: ScopeKind,
    /// What the scope is called; nothing for the whole subdistrict.
    place: Option<String>,
}

impl View for TokensPage {
    const TEMPLATE: &'static str = "admin/tokens.html";
    const DENSITY: Density = Density::Compact;

    fn title(&self) -> Text {
        Text::of("admin-tokens-title")
    }

    fn samples() -> Vec<Self> {
        let (at, nil) = (Timestamp::from_micros(1_790_000_000_000_000), uuid::Uuid::nil());
        let row = |last_used_at, grants| TokenRow {
            id: CredentialId(nil),
            label: "热线对接".to_owned(),
            person: PersonId(nil),
            name: "热线对接".to_owned(),
            grants,
            created_at: at,
            last_used_at,
            expires_at: at,
        };
        let grant = TokenGrant {
            role: Role::Dispatcher,
            scope: ScopeKind::Community,
            place: Some("晶都社区".to_owned()),
        };
        let whole = TokenGrant { scope: ScopeKind::Tenant, place: None, ..grant.clone() };
        let tokens = vec![row(Some(at), vec![grant, whole]), row(None, Vec::new())];
        let ends = ["2026-09-23".to_owned(), "2027-09-22".to_owned()];
        let full = Self { tokens, roles: choices(), scopes: vec![Choice::of(&"tenant", "")], ends };
        vec![full.clone(), Self { tokens: Vec::new(), ..full }]
    }
}

/// A token that was drawn, shown once.
#[derive(Clone, Serialize, JsonSchema)]
struct TokenPage {
    /// What the program is called.
    name: String,
    until: Timestamp,
    /// To be handed over; it is shown nowhere else and never again.
    token: String,
}

impl std::fmt::Debug for TokenPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenPage({})", self.name)
    }
}

impl View for TokenPage {
    const TEMPLATE: &'static str = "admin/token.html";
    const DENSITY: Density = Density::Compact;
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("admin-token-drawn")
    }

    fn samples() -> Vec<Self> {
        let (name, token) = ("热线对接".to_owned(), "qt_AAAA".to_owned());
        vec![Self { name, until: Timestamp::from_micros(1_790_000_000_000_000), token }]
    }
}

/// What a program can be: what the three powers do is done by people.
fn choices() -> Vec<RoleChoice> {
    RoleChoice::all().into_iter().filter(|choice| !choice.role.is_power()).collect()
}

impl Listing for TokensPage {
    type Asked = sheet::Nothing;
    const PATHS: [&'static str; 2] = ["/admin/tokens.csv", "/admin/tokens.xlsx"];
    const SUMMARY: &'static str = "Programs that come in by a token as a file, without their tokens";
    const NAME: &'static str = "programs";
    const TITLE: &'static str = "admin-tokens-title";
    const COLUMNS: &'static [(&'static str, u8)] =
        &[("admin-token-name", 22), ("admin-role", 36), ("me-credential-used", 20), ("admin-token-ends", 20)];

    async fn read(cx: Cx, _: sheet::Nothing) -> Result<Self, Fault> {
        Ok(list(cx).await?.0)
    }

    fn rows(&self, said: &Said) -> Rows {
        let grant = |grant: &TokenGrant| {
            let scope = grant.place.clone().unwrap_or_else(|| said.plain(format!("scope-{}", grant.scope)));
            format!("{} {scope}", said.plain(format!("role-{}", grant.role)))
        };
        let row = |token: &TokenRow| {
            vec![
                token.name.clone().into(),
                said.listed(token.grants.iter().map(grant)),
                said.time(token.last_used_at),
                said.time(token.expires_at),
            ]
        };
        self.tokens.iter().map(row).collect()
    }
}

async fn list(cx: Cx) -> Result<Page<TokensPage>, Fault> {
    let (now, zone) = (cx.now(), zone(&cx)?);
    let places = Places::of(&cx).await?;
    let (tokens, scopes) = cx
        .read(move |tx| {
            Box::pin(async move {
                let known = places.read(tx).await?;
                Ok((rows(tx, &known, now).await?, known.scopes()))
            })
        })
        .await?;
    let day = |at: Timestamp| at.to_jiff().to_zoned_datetime(zone.clone()).date();
    // The day that ends within the longest life is one earlier than that of its last instant.
    let last = day(now.plus(TOKEN_MICROS_MAX)).yesterday().unwrap_or(Date::MAX);
    let ends = [day(now).to_string(), last.to_string()];
    Ok(Page(TokensPage { tokens, roles: choices(), scopes, ends }))
}

async fn rows(tx: &mut Tx<'_>, known: &Known, now: Timestamp) -> Result<Vec<TokenRow>, DbError> {
    let mut rows = Vec::new();
    for token in tokens(tx, now).await? {
        let grants = grants_of(tx, token.person).await?;
        let live = grants.iter().map(GrantRow::grant).filter(|grant| grant.is_live(now));
        let grants = live.map(|grant| TokenGrant {
            role: grant.role,
            scope: grant.scope.kind(),
            place: known.name(grant.scope),
        });
        rows.push(TokenRow {
            id: token.id,
            label: token.label,
            person: token.person,
            name: token.name,
            grants: grants.collect(),
            created_at: token.created_at,
            last_used_at: Some(token.last_used_at).filter(|at| *at != token.created_at),
            expires_at: token.expires_at,
        });
    }
    Ok(rows)
}

/// A program to be let in.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct NewProgram {
    /// What others read where it did something.
    name: String,
    /// What it may do.
    role: Role,
    /// Over what: `tenant`, or kind and id.
    scope: Scope,
    /// The last day on which it holds; at most a year from now.
    #[schemars(with = "String")]
    until: Date,
}

async fn issue(cx: Cx, input: Input<NewProgram>) -> Result<Page<TokenPage>, Fault> {
    let Input { value: NewProgram { name, role, scope, until }, key } = input;
    let name: DisplayName = name.parse().map_err(|refusal| Fault::from(refusal).at("name"))?;
    known_scope(&cx, scope).await?;
    let until = end_of(until, &zone(&cx)?)?;
    let secret = Secret::draw(CredentialKind::Token, &cx.app().entropy);
    let page = TokenPage { name: name.as_str().to_owned(), until, token: secret.to_string() };
    let command = AdmitProgram {
        person: key.map_or_else(|| cx.id(), PersonId),
        name,
        grant: Grant { id: cx.id(), role, scope, from: cx.now(), until: Some(until) },
        token: cx.id(),
        digest: secret.digest(),
        stamp: stamp(&cx, Permission::ManageCredentials)?,
    };
    cx.write(command).await.map_err(|fault| match fault.refusal.code {
        "token-life" => fault.at("until"),
        _ => fault,
    })?;
    Ok(Page(page))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn end(
    cx: Cx,
    Path(token): Path<CredentialId>,
    _nothing: Input<Nothing>,
) -> Result<Done<TokensPage>, Fault> {
    cx.write(EndToken { token, stamp: stamp(&cx, Permission::ManageCredentials)? }).await?;
    Ok(Done::see("/admin/tokens").saying(Text::of("admin-token-ended")))
}

//! One's own passkeys: added, named, removed.

use axum::Json;
use http::HeaderMap;
use qige_identity::passkey::{
    ALGORITHMS, AddPasskey, Added, PASSKEYS_MAX, Passkey, PasskeyPurpose, RemovePasskey, RenamePasskey,
    passkeys_of,
};
use qige_kernel::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::passkey::{Base64, TIMEOUT_MILLIS, bytes, challenge, site};
use super::sure::{Sure, asked, has_password, redraw, sure};
use crate::{Access, Cx, Done, Fault, Input, Page, Path, Routes, Text, View, Width};

const HERE: &str = "/me/passkeys";

pub(super) fn routes() -> Routes {
    Routes::of("account")
        .get(HERE, Access::SignedIn, "One's own passkeys", show)
        .post("/me/passkeys/ask", Access::SignedIn, "What a device is to make a passkey of", ask)
        .post(HERE, Access::SignedIn, "Keep a new passkey", add)
        .post("/me/passkeys/{id}/name", Access::SignedIn, "Call a passkey something else", rename)
        .post("/me/passkeys/{id}/remove", Access::SignedIn, "Remove a passkey", remove)
}

/// One's own passkeys.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct PasskeysPage {
    passkeys: Vec<Passkey>,
    /// Whether the password is asked for before another one is added or one is removed.
    by_password: bool,
    /// Whether there may be another one.
    room: bool,
}

impl View for PasskeysPage {
    const TEMPLATE: &'static str = "account/passkeys.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("passkeys-title")
    }

    fn samples() -> Vec<Self> {
        let at = qige_kernel::Timestamp::from_micros(1_790_000_000_000_000);
        let passkey = |used: bool| Passkey {
            id: Uuid::nil(),
            name: "我的手机".to_owned(),
            handle: Vec::new(),
            created_at: at,
            last_used_at: used.then_some(at),
        };
        let none = Self { passkeys: Vec::new(), by_password: true, room: true };
        let some = Self { passkeys: vec![passkey(true), passkey(false)], by_password: false, ..none.clone() };
        vec![none, some.clone(), Self { room: false, ..some }]
    }
}

async fn show(cx: Cx) -> Result<Page<PasskeysPage>, Fault> {
    let passkeys = own(&cx).await?;
    let room = i64::try_from(passkeys.len()).unwrap_or(i64::MAX) < PASSKEYS_MAX;
    Ok(Page(PasskeysPage { passkeys, by_password: has_password(&cx).await?, room }))
}

async fn own(cx: &Cx) -> Result<Vec<Passkey>, Fault> {
    let person = cx.signed_in()?.person;
    cx.read(move |tx| Box::pin(async move { Ok(passkeys_of(tx, person).await?) })).await
}

/// `PublicKeyCredentialCreationOptionsJSON`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Wish {
    challenge: Base64,
    rp: Party,
    user: User,
    pub_key_cred_params: Vec<Kind>,
    exclude_credentials: Vec<Known>,
    authenticator_selection: Selection,
    attestation: &'static str,
    timeout: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Party {
    id: String,
    name: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct User {
    id: Base64,
    name: String,
    display_name: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Kind {
    r#type: &'static str,
    alg: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Known {
    r#type: &'static str,
    id: Base64,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Selection {
    resident_key: &'static str,
    user_verification: &'static str,
}

async fn ask(cx: Cx, headers: HeaderMap, input: Input<Sure>) -> Result<(HeaderMap, Json<Wish>), Fault> {
    asked(&cx, &input.value).await?;
    const KEY: &str = "public-key";
    let who = cx.signed_in()?;
    let known = own(&cx).await?;
    let (challenge, shown) = challenge(&cx, PasskeyPurpose::Add).await?;
    let wish = Wish {
        challenge: Base64(challenge.to_vec()),
        rp: Party { id: site(&cx, &headers).host, name: cx.tenant()?.name.clone() },
        // An id of ours, which says nothing about the person (§14.6.1).
        user: User {
            id: Base64(who.person.0.as_bytes().to_vec()),
            name: who.name.clone(),
            display_name: who.name.clone(),
        },
        pub_key_cred_params: ALGORITHMS.into_iter().map(|alg| Kind { r#type: KEY, alg }).collect(),
        exclude_credentials: known
            .into_iter()
            .map(|one| Known { r#type: KEY, id: Base64(one.handle) })
            .collect(),
        authenticator_selection: Selection { resident_key: "required", user_verification: "required" },
        attestation: "none",
        timeout: TIMEOUT_MILLIS,
    };
    Ok((shown, Json(wish)))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Add {
    /// What one calls it.
    name: String,
    /// What the browser says of it.
    client_data: String,
    /// What the device says.
    attestation: String,
}

async fn add(cx: Cx, headers: HeaderMap, input: Input<Add>) -> Result<Done<PasskeysPage>, Fault> {
    let Add { name, client_data, attestation } = input.value;
    let answer = Added {
        client_data: bytes("client_data", &client_data)?,
        attestation: bytes("attestation", &attestation)?,
    };
    let (new, browser) = ((cx.id(), cx.signed_in()?.person, name), cx.tried_from().browser.digest());
    let command = AddPasskey::of(&answer, &site(&cx, &headers), new, browser, cx.stamp(None))
        .map_err(|fault| Fault::from(Refusal::invalid("attestation", "passkey-odd")).because(fault))?;
    cx.write(command).await?;
    redraw(&cx).await?;
    Ok(Done::see(HERE).saying(Text::of("passkey-added")))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Name {
    /// What one calls it.
    name: String,
}

async fn rename(cx: Cx, Path(passkey): Path<Uuid>, input: Input<Name>) -> Result<Done<PasskeysPage>, Fault> {
    let person = cx.signed_in()?.person;
    cx.write(RenamePasskey { person, passkey, name: input.value.name }).await?;
    Ok(Done::see(HERE).saying(Text::of("passkey-renamed")))
}

async fn remove(cx: Cx, Path(passkey): Path<Uuid>, input: Input<Sure>) -> Result<Done<PasskeysPage>, Fault> {
    sure(&cx, &input.value).await?;
    let person = cx.signed_in()?.person;
    cx.write(RemovePasskey { person, passkey, stamp: cx.stamp(None) }).await?;
    Ok(Done::see(HERE).saying(Text::of("passkey-removed")))
}

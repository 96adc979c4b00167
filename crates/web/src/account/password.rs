//! Another password.

use qige_identity::{Owed, Password, SetPassword, confirm_password, password, person};
use qige_kernel::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::me::MePage;
use super::sure::redraw;
use crate::{Access, Cx, Done, Fault, Input, Page, Routes, Text, View, Width};

pub(super) fn routes() -> Routes {
    // Also for whoever owes one: this is where they are sent.
    let (path, may) = ("/me/password", Access::Entering);
    Routes::of("account").get(path, may, "Where one takes another password", show).post(
        path,
        may,
        "Take another password",
        change,
    )
}

/// Where one takes another password.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PasswordPage {
    /// By what one signs in.
    account: String,
    /// Whether one must, since somebody else drew the one until now.
    owed: bool,
}

impl View for PasswordPage {
    const TEMPLATE: &'static str = "account/password.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("me-password")
    }

    fn samples() -> Vec<Self> {
        [true, false].map(|owed| Self { account: "wangge07".to_owned(), owed }).into()
    }
}

async fn show(cx: Cx) -> Result<Page<PasswordPage>, Fault> {
    let who = cx.signed_in()?;
    let id = who.person;
    let person = cx.read(move |tx| Box::pin(async move { Ok(person(tx, id).await?) })).await?;
    let account = person.and_then(|person| person.sign_in_name).unwrap_or_else(|| who.name.clone());
    Ok(Page(PasswordPage { account, owed: who.owes == Some(Owed::Password) }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Change {
    /// The one until now.
    old_password: String,
    /// The one from now on.
    new_password: String,
}

async fn change(cx: Cx, input: Input<Change>) -> Result<Done<MePage>, Fault> {
    let Change { old_password, new_password } = input.value;
    let (who, app) = (cx.signed_in()?, cx.app());
    let old = Password::typed(&old_password);
    let (from, asker, at) = (cx.tried_from(), cx.asker()?, cx.now());
    confirm_password(&app.vault, asker, who.person, &old, from, at, &app.entropy)
        .await
        .map_err(|failure| named(failure.into(), "old_password"))?;
    redraw(&cx).await?;
    let owed = who.owes == Some(Owed::Password);
    if new_password == old_password {
        return Err(Refusal::invalid("new_password", "password-same").into());
    }
    let new = Password::chosen(&new_password, &[&who.name, &cx.tenant()?.name])
        .map_err(|refusal| named(refusal.into(), "new_password"))?;
    let password = password::hash(&new, &app.entropy).await?;
    let keep = Some(who.credential);
    cx.write(SetPassword { person: who.person, password, keep, stamp: cx.stamp(None) }).await?;
    // Where somebody starts depends on who they are, which the next request knows.
    Ok(Done::see(if owed { "/" } else { "/me" }).saying(Text::of("password-changed")))
}

/// The rule knows one password; the form has two.
fn named(fault: Fault, field: &'static str) -> Fault {
    if fault.field.is_some() { fault.at(field) } else { fault }
}

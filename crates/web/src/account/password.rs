//! Another password.

use qige_identity::{Password, SetPassword, confirm_password, password};
use schemars::JsonSchema;
use serde::Deserialize;

use super::me::MePage;
use crate::{Access, Cx, Done, Fault, Input, Routes, Text};

pub(super) fn routes() -> Routes {
    Routes::of("account").post("/me/password", Access::SignedIn, "Take another password", change)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Change {
    /// The one until now.
    old_password: String,
    /// The one from now on.
    new_password: String,
}

async fn change(cx: Cx, input: Input<Change>) -> Result<Done<MePage>, Fault> {
    let (who, app) = (cx.signed_in()?, cx.app());
    let old = Password::typed(&input.value.old_password);
    let (from, asker, at) = (cx.tried_from(), cx.asker()?, cx.now());
    confirm_password(&app.vault, asker, who.person, &old, from, at, &app.entropy)
        .await
        .map_err(|failure| named(failure.into(), "old_password"))?;
    let new = Password::chosen(&input.value.new_password, &[&who.name])
        .map_err(|refusal| named(refusal.into(), "new_password"))?;
    let password = password::hash(&new, &app.entropy).await?;
    let keep = Some(who.credential);
    cx.write(SetPassword { person: who.person, password, keep, stamp: cx.stamp(None) }).await?;
    Ok(Done::see("/me").saying(Text::of("password-changed")))
}

/// The rule knows one password; the form has two.
fn named(fault: Fault, field: &'static str) -> Fault {
    if fault.field.is_some() { fault.at(field) } else { fault }
}

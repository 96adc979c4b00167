//! What must not be done on an unattended phone: the password is asked for once more. Whoever has none signs
//! in anew by what they have.

use qige_identity::{
    CredentialKind, Password, RedrawSession, Secret, confirm_password, credentials_of, password_of,
};
use qige_kernel::{Refusal, RefusalKind, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Cx, Fault};

/// How long after signing in nobody without a password is asked to do so anew, microseconds.
const FRESH_MICROS: i64 = 10 * Timestamp::MINUTE;

/// That it is oneself.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct Sure {
    /// One's password, where one has one.
    #[serde(default)]
    pub(crate) password: String,
}

/// Whether the person has a password.
pub(crate) async fn has_password(cx: &Cx) -> Result<bool, Fault> {
    let person = cx.signed_in()?.person;
    let kept = cx.read(move |tx| Box::pin(async move { Ok(password_of(tx, person).await?) })).await?;
    Ok(kept.is_some())
}

/// Makes sure of it. Whoever has shown who they are goes on by another secret.
pub(crate) async fn sure(cx: &Cx, by: &Sure) -> Result<(), Fault> {
    asked(cx, by).await?;
    redraw(cx).await
}

/// The session goes on, and its browser shows another secret from now on.
pub(super) async fn redraw(cx: &Cx) -> Result<(), Fault> {
    let Some(who) = cx.who().filter(|who| who.kind == CredentialKind::Session) else { return Ok(()) };
    let secret = Secret::draw(CredentialKind::Session, &cx.app().entropy);
    let (credential, digest) = (who.credential, secret.digest());
    if let Some(until) = cx.write(RedrawSession { credential, digest }).await? {
        // A request makes sure once.
        let _first = cx.seen().redrawn.set((secret, until));
    }
    Ok(())
}

/// The same for a question that a form asks before it is sent: the form still shows what it was made with.
pub(super) async fn asked(cx: &Cx, by: &Sure) -> Result<(), Fault> {
    let (who, app, now) = (cx.signed_in()?, cx.app(), cx.now());
    if has_password(cx).await? {
        let password = Password::typed(&by.password);
        let (from, asker) = (cx.tried_from(), cx.asker()?);
        let confirmed = confirm_password(&app.vault, asker, who.person, &password, from, now, &app.entropy);
        return Ok(confirmed.await?);
    }
    let person = who.person;
    let here = cx.read(move |tx| Box::pin(async move { Ok(credentials_of(tx, person, now).await?) })).await?;
    let fresh = |at: Timestamp| now.since(at) < FRESH_MICROS;
    match here.iter().find(|one| one.id == who.credential) {
        Some(session) if fresh(session.created_at) => Ok(()),
        _ => Err(Refusal::new(RefusalKind::Forbidden, "sign-in-anew").into()),
    }
}

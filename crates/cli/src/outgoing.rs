//! What this server says to other hosts, as it stands on the command line and in the environment.

use std::path::Path;

use qige_app::{NamedProviders, Settings};
use qige_channels::Allowed;
use qige_channels::mail::Post;
use qige_channels::sms::{Gateway, HttpGateway};

use crate::arguments::OutgoingOptions;

/// The variable that holds a gateway's secret.
const SMS_SECRET: &str = "QIGE_SMS_SECRET";
/// The variables by which the mail server knows us.
const SMTP_USER: &str = "QIGE_SMTP_USER";
const SMTP_PASSWORD: &str = "QIGE_SMTP_PASSWORD";

/// The settings with what was said about other hosts.
pub(crate) fn with(settings: Settings, said: &OutgoingOptions) -> Result<Settings, String> {
    let outbound: Allowed =
        said.outbound_allow.parse().map_err(|error| format!("--outbound-allow: {error}"))?;
    let (providers, sms, post) =
        (providers(said.providers.as_deref())?, gateway(said)?, post(said, &outbound)?);
    // What its name stands for is asked with each message, and so is whether it may go in clear there.
    if let Some(host) = sms.in_clear().filter(|host| !outbound.takes_in_clear(host)) {
        tracing::warn!(
            "--sms-gateway: messages to {host} would go in clear: https:// encrypts them; over http:// they \
             are sent only to hosts and networks that --outbound-allow names"
        );
    }
    Ok(Settings { outbound, sms, post, providers, ..settings })
}

/// The sign-in services that a file names.
pub(crate) fn providers(file: Option<&Path>) -> Result<NamedProviders, String> {
    let Some(file) = file else { return Ok(NamedProviders::default()) };
    let wrong = |error: &dyn std::fmt::Display| format!("--providers {}: {error}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| wrong(&error))?;
    text.parse().map_err(|error| wrong(&error))
}

fn post(said: &OutgoingOptions, allowed: &Allowed) -> Result<Option<Post>, String> {
    let server = said.smtp_url.trim();
    if server.is_empty() {
        return Ok(None);
    }
    let login = [secret(SMTP_USER), secret(SMTP_PASSWORD)];
    let post = Post::new(server, said.mail_from.trim(), allowed);
    let post = post.map_err(|error| format!("--smtp-url: {error}"))?;
    let [user, password] = login;
    Ok(Some(if user.is_empty() { post } else { post.signed_in(user, password) }))
}

/// What stands on a command line is seen by everybody on the machine, so secrets come by the environment.
#[expect(clippy::disallowed_methods, reason = "this is the command line")]
fn secret(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn gateway(said: &OutgoingOptions) -> Result<Gateway, String> {
    let filled = |lines: &[String]| -> Vec<String> {
        lines.iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    let template = |line: String| {
        let (kind, own) = line.split_once('=').ok_or_else(|| format!("--sms-template: {line} has no ="))?;
        Ok::<_, String>((kind.trim().to_owned(), own.trim().to_owned()))
    };
    let described = HttpGateway {
        method: said.sms_method.parse().map_err(|_| "--sms-method is POST or GET".to_owned())?,
        address: String::new(),
        headers: filled(&said.sms_header),
        body: said.sms_body.clone(),
        templates: filled(&said.sms_template).into_iter().map(template).collect::<Result<_, _>>()?,
        secret: secret(SMS_SECRET),
        success: said.sms_success.parse().map_err(|error| format!("--sms-success: {error}"))?,
    };
    Gateway::of(&said.sms_gateway, described).map_err(|error| format!("--sms-gateway: {error}"))
}

//! One's own account: signing in and out, what one is, how one likes to read, one's phone.

mod choices;
mod code;
mod cover;
mod device;
mod me;
mod passkey;
mod passkeys;
mod password;
mod provider;
mod second;
mod second_step;
mod sign_in;
pub(crate) mod sure;

use http::{HeaderMap, header};

use crate::Routes;
pub(crate) use passkey::site;
pub(crate) use provider::{is_from_elsewhere, sent_off};

/// The endpoints of this part.
pub(crate) fn routes() -> Routes {
    let signing_in = sign_in::routes().and(second::routes()).and(second_step::routes());
    let signing_in = signing_in.and(code::routes()).and(passkey::routes()).and(passkeys::routes());
    let signing_in = signing_in.and(provider::routes());
    signing_in
        .and(me::routes())
        .and(cover::routes())
        .and(password::routes())
        .and(choices::routes())
        .and(device::routes())
}

/// A path of ours, or nothing: whoever sends a link must not choose where one lands after signing in.
fn own_path(next: &str) -> Option<&str> {
    // Browsers leave tabs and line breaks out of addresses, and take a backslash for a slash.
    let odd = |sign: char| sign.is_control() || sign == '\\';
    (next.starts_with('/') && !next.starts_with("//") && !next.contains(odd)).then_some(next)
}

/// What this browser calls itself.
fn label_of(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    label(agent.unwrap_or_default())
}

/// What a browser calls itself, in a few words for the list of sessions.
fn label(agent: &str) -> String {
    let first = |names: &[(&'static str, &'static str)]| {
        names.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name)
    };
    let browser = first(&[
        ("MicroMessenger", "微信"),
        ("HuaweiBrowser", "华为浏览器"),
        ("MiuiBrowser", "小米浏览器"),
        ("UCBrowser", "UC"),
        ("QQBrowser", "QQ 浏览器"),
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("HarmonyOS", "HarmonyOS"),
        ("OpenHarmony", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.split('/').next().unwrap_or_default().chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_paths_are_gone_to() {
        assert_eq!(own_path("/cases?state=filed"), Some("/cases?state=filed"));
        for next in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "cases",
            "/a\r\nb",
            "/\t/evil.example",
        ] {
            assert_eq!(own_path(next), None, "{next}");
        }
    }

    #[test]
    fn browsers_are_told_by_the_most_telling_part() {
        let android = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36";
        assert_eq!(label(android), "Chrome · Android");
        assert_eq!(
            label("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0"),
            "Edge · Windows"
        );
        assert_eq!(label("curl/8.5.0"), "curl");
    }
}

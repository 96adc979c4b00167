//! Cookies: read, written, signed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue, header};
use qige_identity::Secret;
use qige_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::BTreeMap;

use crate::Cx;
use crate::locale::Arg;
use crate::page::{Text, Undo};

/// The session's secret.
pub(crate) const SESSION: &str = "qige";
/// What is shown with the code of the second step.
pub(crate) const HALF: &str = "half";
/// A browser by which somebody came in before.
pub(crate) const BROWSER: &str = "browser";
/// A turn at another service by which somebody signs in.
pub(crate) const TURN: &str = "turn";
/// A turn in the maker's own browser, by which an application learns whose account it is.
pub(crate) const LINK: &str = "link";
/// The language somebody chose without an account, or before signing in.
pub(crate) const LANGUAGE: &str = "lang";
/// The text size somebody chose without an account.
pub(crate) const ELDER: &str = "elder";
/// Dark or light, where not the device's own choice.
pub(crate) const THEME: &str = "theme";
/// The word about what was just done.
const FLASH: &str = "flash";

/// How long a word about what was done waits for the next page. A page comes within seconds, or nobody reads
/// it.
const FLASH_SECONDS: i64 = 60;
/// Bytes of a flash cookie at most: browsers keep 4,096 for a cookie, name and all.
const FLASH_BYTES_MAX: usize = 3_500;
/// How long a choice of language or text size is kept: 400 days, the longest that browsers keep anything
/// (RFC 6265bis §5.5).
pub(crate) const CHOICE_SECONDS: i64 = 400 * 86_400;

/// The value of the cookie `name`. With HTTPS only the `__Host-` one counts: a neighbour under the same
/// domain cannot set that.
pub(crate) fn get<'a>(headers: &'a HeaderMap, name: &str, secure: bool) -> Option<&'a str> {
    let wanted = full_name(name, secure);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == wanted).map(|(_, value)| value)
}

/// A `Set-Cookie` line. `seconds` 0 takes it away; none lets it end with the browser.
pub(crate) fn set(name: &str, value: &str, seconds: Option<i64>, secure: bool) -> Option<HeaderValue> {
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let https = if secure { "; Secure" } else { "" };
    let name = full_name(name, secure);
    HeaderValue::from_str(&format!("{name}={value}; Path=/{age}; HttpOnly; SameSite=Lax{https}")).ok()
}

/// A `Set-Cookie` line by which a browser shows this secret until then.
pub(crate) fn showing(cx: &Cx, name: &str, secret: &Secret, until: Timestamp) -> Option<HeaderValue> {
    let seconds = until.since(cx.now()).div_euclid(Timestamp::SECOND);
    set(name, &secret.to_string(), Some(seconds), cx.is_secure())
}

fn full_name(name: &str, secure: bool) -> String {
    if secure { format!("__Host-{name}") } else { name.to_owned() }
}

/// What the next page says about what was just done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Flash {
    key: String,
    args: BTreeMap<String, String>,
    pub(crate) undo: Option<Undo>,
    until: Timestamp,
}

/// The key with which this process signs what it will read again itself.
#[derive(Clone)]
pub(crate) struct Signer([u8; 32]);

impl Signer {
    pub(crate) const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    fn tag(&self, text: &str) -> String {
        // HMAC (RFC 2104) takes keys of any length: there is no error to be had here.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(text.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    pub(crate) fn seal(&self, text: &str) -> String {
        let body = URL_SAFE_NO_PAD.encode(text);
        format!("{}.{body}", self.tag(&body))
    }

    pub(crate) fn open(&self, sealed: &str) -> Option<String> {
        let (tag, body) = sealed.split_once('.')?;
        let right = self.tag(body);
        let same = right.len() == tag.len()
            && right.bytes().zip(tag.bytes()).fold(0, |found, (one, other)| found | (one ^ other)) == 0;
        let bytes = same.then(|| URL_SAFE_NO_PAD.decode(body).ok())??;
        String::from_utf8(bytes).ok()
    }
}

impl Flash {
    pub(crate) fn new(said: Option<&Text>, undo: Option<Undo>, now: Timestamp) -> Option<Self> {
        if said.is_none() && undo.is_none() {
            return None;
        }
        let args = said.iter().flat_map(|text| &text.args).map(|(name, arg)| (name.clone(), words(arg)));
        let until = now.plus(FLASH_SECONDS.saturating_mul(Timestamp::SECOND));
        let until = undo.as_ref().map_or(until, |undo| undo.until.max(until));
        let key = said.map_or_else(|| "done".to_owned(), |text| text.key.clone().into_owned());
        Some(Self { key, args: args.collect(), undo, until })
    }

    /// What it says.
    pub(crate) fn text(&self) -> Text {
        let args = self.args.iter().map(|(name, value)| (name.clone(), Arg::Text(value.clone())));
        Text { key: self.key.clone().into(), args: args.collect() }
    }

    pub(crate) fn write(&self, signer: &Signer, now: Timestamp, secure: bool) -> Option<HeaderValue> {
        let sealed = signer.seal(&serde_json::to_string(self).ok()?);
        if sealed.len() > FLASH_BYTES_MAX {
            return None;
        }
        let seconds = self.until.since(now).div_euclid(Timestamp::SECOND).max(1);
        set(FLASH, &sealed, Some(seconds), secure)
    }

    pub(crate) fn read(headers: &HeaderMap, signer: &Signer, now: Timestamp, secure: bool) -> Option<Self> {
        let text = signer.open(get(headers, FLASH, secure)?)?;
        let flash: Self = serde_json::from_str(&text).ok()?;
        (flash.until > now).then_some(flash)
    }

    /// Takes it away once it has been read. While something can be undone, the way back stays.
    pub(crate) fn clear(&self, now: Timestamp, secure: bool) -> Option<HeaderValue> {
        match &self.undo {
            Some(undo) if undo.until > now => None,
            _ => set(FLASH, "", Some(0), secure),
        }
    }
}

fn words(arg: &Arg) -> String {
    match arg {
        Arg::Text(text) => text.clone(),
        Arg::Number(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        let pair = cookie.split(';').next().unwrap_or_default();
        HeaderMap::from_iter([(header::COOKIE, format!("a=1; {pair}; b=2").parse().unwrap())])
    }

    #[test]
    fn with_https_only_the_host_s_own_cookie_counts() {
        let found = headers("qige=x");
        assert_eq!(get(&found, SESSION, false), Some("x"));
        assert_eq!(get(&found, SESSION, true), None);
        let line = set(SESSION, "x", None, true).unwrap();
        assert_eq!(line, "__Host-qige=x; Path=/; HttpOnly; SameSite=Lax; Secure");
    }

    #[test]
    fn a_word_is_read_once_and_only_as_it_was_signed() {
        let (signer, now) = (Signer::new([7; 32]), Timestamp::from_micros(1_790_000_000_000_000));
        let said = Text::of("done").with("n", "3");
        let flash = Flash::new(Some(&said), None, now).unwrap();
        let cookie = flash.write(&signer, now, false).unwrap();
        let found = headers(cookie.to_str().unwrap());
        assert_eq!(Flash::read(&found, &signer, now, false), Some(flash.clone()));
        assert_eq!(Flash::read(&found, &Signer::new([8; 32]), now, false), None);
        let late = now.plus(FLASH_SECONDS * Timestamp::SECOND);
        assert_eq!(Flash::read(&found, &signer, late, false), None);
        assert!(flash.clear(now, false).unwrap().to_str().unwrap().contains("Max-Age=0"));
    }
}

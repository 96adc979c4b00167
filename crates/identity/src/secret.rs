//! The secrets of sessions, devices and tokens, and what is derived from them.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use qige_kernel::Entropy;
use sha2::{Digest, Sha256};

use crate::Unknown;
use qige_db::kebab;

/// Bytes of chance in a secret: beyond guessing, so that a plain hash of it is enough to keep.
const SECRET_BYTES: usize = 32;

kebab! {
    /// What sort of credential it is.
    pub enum CredentialKind {
        /// A browser's session: a cookie.
        Session = "session",
        /// A phone's outbox: sends reports even when the session has ended.
        Device = "device",
        /// A program's access.
        Token = "token",
        /// A browser whose password was right and that owes the second step: opens nothing else.
        Half = "half",
        /// A browser by which somebody came in before: opens nothing, and is counted by itself.
        Browser = "browser",
    }
}

impl CredentialKind {
    /// What its secrets begin with, so that a leaked one is known for what it is.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "qs",
            Self::Device => "qd",
            Self::Token => "qt",
            Self::Half => "qh",
            Self::Browser => "qb",
        }
    }
}

/// What a browser, a phone or a program shows to prove itself: `qs_…`, `qd_…`, `qt_…`, `qh_…`, `qb_…` and
/// base64url.
/// Written out by `Display` only; never in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    kind: CredentialKind,
    bytes: [u8; SECRET_BYTES],
}

impl Secret {
    /// A new one.
    #[must_use]
    pub fn draw(kind: CredentialKind, entropy: &Entropy) -> Self {
        Self { kind, bytes: entropy.bytes() }
    }

    /// The same chance for another sort of credential.
    pub(crate) const fn of_kind(self, kind: CredentialKind) -> Self {
        Self { kind, ..self }
    }

    /// What sort of credential it is for.
    #[must_use]
    pub const fn kind(&self) -> CredentialKind {
        self.kind
    }

    /// What is kept of it: SHA-256 (FIPS 180-4) of its bytes.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.bytes).into()
    }

    /// What forms of this session must carry; derived, so that nothing more is kept.
    #[must_use]
    pub fn csrf(&self) -> CsrfToken {
        CsrfToken(self.derive(b"csrf"))
    }

    /// Something for one purpose that only whoever has the secret can make, and that gives nothing of it
    /// away.
    #[must_use]
    pub fn for_purpose(&self, purpose: &str) -> String {
        self.derive(purpose.as_bytes())
    }

    fn derive(&self, purpose: &[u8]) -> String {
        // HMAC (RFC 2104) takes keys of any length: there is no error to be had here.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.bytes) else { return String::new() };
        mac.update(purpose);
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.kind.prefix(), URL_SAFE_NO_PAD.encode(self.bytes))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({}_…)", self.kind.prefix())
    }
}

impl FromStr for Secret {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let (prefix, text) = text.split_once('_').ok_or(Unknown)?;
        let kind = CredentialKind::ALL.iter().copied().find(|kind| kind.prefix() == prefix).ok_or(Unknown)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Unknown)?;
        Ok(Self { kind, bytes: bytes.try_into().map_err(|_| Unknown)? })
    }
}

/// What a form must carry to be believed (HMAC-SHA-256 of the session's secret).
#[derive(Clone, PartialEq, Eq)]
pub struct CsrfToken(String);

impl CsrfToken {
    /// As it stands in a form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `sent` is it; takes as long whatever differs.
    #[must_use]
    pub fn matches(&self, sent: &str) -> bool {
        same(self.0.as_bytes(), sent.as_bytes())
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(…)")
    }
}

/// Whether two texts are the same, in a time that does not depend on where they differ.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |found, (l, r)| found | (l ^ r)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_shows_nothing() {
        for kind in CredentialKind::ALL {
            let secret = Secret::draw(*kind, &Entropy::seeded(3));
            let text = secret.to_string();
            assert_eq!(text.len(), 3 + 43);
            assert_eq!(text.parse::<Secret>().unwrap(), secret);
            assert!(!format!("{secret:?}").contains(&text[3..]));
            assert!(!format!("{:?}", secret.csrf()).contains(secret.csrf().as_str()));
        }
        let text = Secret::draw(CredentialKind::Token, &Entropy::seeded(3)).to_string();
        for wrong in ["", "qt", "qt_", "xx_AAAA", &text[..45], &text.replace('_', "-"), &format!("{text}A")] {
            assert!(wrong.parse::<Secret>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_form_token_belongs_to_one_session() {
        let entropy = Entropy::seeded(4);
        let one = Secret::draw(CredentialKind::Session, &entropy);
        let two = Secret::draw(CredentialKind::Session, &entropy);
        assert!(one.csrf().matches(one.csrf().as_str()));
        assert!(!one.csrf().matches(two.csrf().as_str()));
        assert!(!one.csrf().matches("") && !one.csrf().as_str().is_empty());
        assert!(!one.to_string().contains(one.csrf().as_str()));
    }
}

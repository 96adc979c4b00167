//! The code by which somebody without an account follows a report.
//!
//! It is computed from the report's id with the tenant's own key, so it need not be stored: what is kept is
//! its hash, by which a report is found.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use qige_kernel::ReportId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Signs that cannot be mistaken for one another when read aloud (Crockford's base 32).
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs in a code: 60 bits, beyond guessing over a rate-limited page.
const LENGTH: usize = 12;
/// Signs in a group.
const GROUP: usize = 4;

/// A follow code: twelve signs, shown as `7K3M-9QXA-2BTV`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct FollowCode(String);

/// A text that is no follow code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a follow code has twelve letters and digits")]
pub struct NoFollowCode;

impl FollowCode {
    /// The code of a report under a tenant's key.
    #[must_use]
    pub fn of(key: &[u8; 32], report: ReportId) -> Self {
        // HMAC takes a key of any length, so this cannot fail.
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else { return Self(String::new()) };
        let bytes = mac.chain_update(b"follow").chain_update(report.0.as_bytes()).finalize().into_bytes();
        let sign = |byte: &u8| SIGNS.get(usize::from(byte % 32)).copied().map_or('0', char::from);
        Self(bytes.iter().take(LENGTH).map(sign).collect())
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl std::fmt::Debug for FollowCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FollowCode")
    }
}

impl std::fmt::Display for FollowCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, sign) in self.0.chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                f.write_char('-')?;
            }
            f.write_char(sign)?;
        }
        Ok(())
    }
}

impl std::str::FromStr for FollowCode {
    type Err = NoFollowCode;

    /// Takes small letters, spaces and hyphens anywhere, and the letters that are mistaken for digits.
    fn from_str(text: &str) -> Result<Self, NoFollowCode> {
        let mut signs = String::with_capacity(LENGTH);
        for sign in text.chars().filter(|sign| !sign.is_whitespace() && !matches!(sign, '-' | '－' | '—'))
        {
            let sign = match sign.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if !u8::try_from(sign).is_ok_and(|sign| SIGNS.contains(&sign)) || signs.len() == LENGTH {
                return Err(NoFollowCode);
            }
            signs.push(sign);
        }
        if signs.len() == LENGTH { Ok(Self(signs)) } else { Err(NoFollowCode) }
    }
}

impl TryFrom<String> for FollowCode {
    type Error = NoFollowCode;
    fn try_from(text: String) -> Result<Self, NoFollowCode> {
        text.parse()
    }
}

impl From<FollowCode> for String {
    fn from(code: FollowCode) -> Self {
        code.to_string()
    }
}

#[cfg(test)]
mod tests {
    use qige_kernel::{Entropy, Timestamp};

    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let report = Entropy::seeded(1).id(Timestamp::from_micros(1_790_000_000_000_000));
        let code = FollowCode::of(&[7; 32], report);
        assert_eq!(code, FollowCode::of(&[7; 32], report));
        assert_ne!(code, FollowCode::of(&[8; 32], report));
        let shown = code.to_string();
        assert_eq!(shown.len(), 14);
        assert_eq!(shown.parse(), Ok(code.clone()));
        assert_eq!(shown.to_lowercase().replace('-', " ").parse(), Ok(code.clone()));
        assert_eq!(shown.replace('0', "o").replace('1', "l").parse(), Ok(code));
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", "ABCD", "ABCD-EFGH-JKMN-P", "ABCD-EFGH-JKM!", "井盖井盖井盖井盖井盖井盖"]
        {
            assert_eq!(text.parse::<FollowCode>(), Err(NoFollowCode), "{text}");
        }
    }
}

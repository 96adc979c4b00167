//! Contact details and other sensitive fields as they are kept.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qige_db::{Cell, FromColumn, Param, ToParam};

/// A sensitive field as it is kept: `1.<version of its key>.<base64url>`. What is in it is read by
/// [`Vault::open`](crate::Vault::open) and nothing else: it has no `Display`, no `Serialize`, and its `Debug`
/// shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(String);

/// What every sealed text begins with: the form that it has.
const FORM: &str = "1.";

impl Sealed {
    pub(crate) fn of(version: i64, bytes: &[u8]) -> Self {
        Self(format!("{FORM}{version}.{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// As a table of another crate keeps it.
    pub(crate) fn kept(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The version of its key, and what is under lock; none for a text from before there were locks.
    pub(crate) fn parts(&self) -> Option<(i64, Vec<u8>)> {
        let (version, bytes) = self.0.strip_prefix(FORM)?.split_once('.')?;
        Some((version.parse().ok()?, URL_SAFE_NO_PAD.decode(bytes).ok()?))
    }

    pub(crate) fn as_kept(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

impl ToParam for Sealed {
    fn to_param(&self) -> Param {
        Param::Text(self.0.clone())
    }
}

impl FromColumn for Sealed {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        String::from_cell(cell).map(Self)
    }
}

/// Finds a sealed detail without opening it; made by an [`IndexKey`](crate::IndexKey).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlindIndex(pub(crate) [u8; 32]);

impl BlindIndex {
    pub(crate) const fn bytes(self) -> [u8; 32] {
        self.0
    }
}

impl ToParam for BlindIndex {
    fn to_param(&self) -> Param {
        self.0.to_param()
    }
}

impl FromColumn for BlindIndex {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        let bytes = Vec::from_cell(cell)?;
        bytes.try_into().map(Self).map_err(|bytes: Vec<u8>| format!("{} bytes are no index", bytes.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_detail_is_shown_to_nobody() {
        let sealed = Sealed::of(7, b"under lock");
        assert_eq!(sealed.parts(), Some((7, b"under lock".to_vec())));
        assert_eq!(format!("{sealed:?}"), "Sealed(…)");
    }

    #[test]
    fn what_is_not_sealed_is_known_for_it() {
        for text in ["+8613800001234", "1.x.AAAA", "1.7", "1.7.*"] {
            assert_eq!(Sealed(text.to_owned()).parts(), None, "{text}");
        }
    }
}

//! What stands on an invitation: letters to type, or the same as an address to scan.

use std::fmt;

use qige_kernel::Entropy;
use sha2::{Digest, Sha256};

use crate::RecoveryCode;

/// The code of one invitation: like a recovery code, so that it is typed and read alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteCode(RecoveryCode);

impl InviteCode {
    /// A new one.
    #[must_use]
    pub fn draw(entropy: &Entropy) -> Self {
        Self(RecoveryCode::draw_one(entropy))
    }

    /// What was typed, if it has the length of one.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        RecoveryCode::typed(text).map(Self)
    }

    /// What is kept of it: it has 80 bits of chance, so that a plain hash is enough.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.to_string()).into()
    }
}

impl fmt::Display for InviteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

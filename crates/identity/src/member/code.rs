//! What stands on an invitation: letters to type, or the same as an address to scan.

use std::fmt;

use qige_kernel::Entropy;
use sha2::{Digest, Sha256};

use crate::RecoveryCode;

/// Bytes of chance in one: 80 bits, few enough to be typed off a card. It opens once and within thirty days;
/// whoever has its hash would hash for some 100,000 years, and whoever has not is slowed down.
const CHANCE_BYTES: usize = 10;

/// The code of one invitation: like a recovery code, so that it is typed and read alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteCode(RecoveryCode);

impl InviteCode {
    /// A new one.
    #[must_use]
    pub fn draw(entropy: &Entropy) -> Self {
        Self(RecoveryCode::draw_one::<CHANCE_BYTES>(entropy))
    }

    /// What was typed, if it has the length of one.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        RecoveryCode::typed(text).map(Self)
    }

    /// What is kept of it.
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

//! What a browser is sent off with and must come back with.
//!
//! All of it follows from one secret that the browser keeps in a cookie and shows nobody else: so a `state`
//! that comes back fits this browser, this purpose and this turn, and nothing is kept here meanwhile.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qige_kernel::PersonId;
use sha2::{Digest, Sha256};

use crate::Secret;
use crate::secret::same;

/// One turn at another service.
#[derive(Clone, Debug)]
pub struct Flow {
    secret: Secret,
    /// Which service, and what for.
    purpose: String,
}

impl Flow {
    /// To sign in, or to link the account of somebody who is signed in.
    #[must_use]
    pub fn new(secret: Secret, provider: &str, linking: Option<PersonId>) -> Self {
        let purpose = match linking {
            Some(person) => format!("{provider} link {person}"),
            None => format!("{provider} in"),
        };
        Self { secret, purpose }
    }

    /// `state`: comes back with the answer (RFC 6749 §10.12).
    #[must_use]
    pub fn state(&self) -> String {
        self.secret.for_purpose(&format!("state {}", self.purpose))
    }

    /// Whether that came back.
    #[must_use]
    pub fn fits(&self, state: &str) -> bool {
        same(self.state().as_bytes(), state.as_bytes())
    }

    /// `nonce`: stands in the token (OpenID Connect Core §15.5.2).
    #[must_use]
    pub fn nonce(&self) -> String {
        self.secret.for_purpose(&format!("nonce {}", self.purpose))
    }

    /// `code_verifier`: 43 letters, shown to the service when the code is redeemed (RFC 7636 §4.1).
    #[must_use]
    pub fn verifier(&self) -> String {
        self.secret.for_purpose(&format!("verifier {}", self.purpose))
    }

    /// `code_challenge` by S256 (RFC 7636 §4.2).
    #[must_use]
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier()))
    }
}

#[cfg(test)]
mod tests {
    use qige_kernel::Entropy;
    use uuid::Uuid;

    use super::*;
    use crate::CredentialKind;

    #[test]
    fn nothing_of_one_turn_fits_another() {
        let entropy = Entropy::seeded(3);
        let secret = || Secret::draw(CredentialKind::Browser, &entropy);
        let (one, two) = (secret(), secret());
        let person = |number| Some(PersonId(Uuid::from_u128(number)));
        let flows = [
            Flow::new(one.clone(), "town", None),
            Flow::new(one.clone(), "county", None),
            Flow::new(one.clone(), "town", person(1)),
            Flow::new(one, "town", person(2)),
            Flow::new(two, "town", None),
        ];
        for (at, flow) in flows.iter().enumerate() {
            for (other_at, other) in flows.iter().enumerate() {
                assert_eq!(flow.fits(&other.state()), at == other_at);
                assert_eq!(flow.nonce() == other.nonce(), at == other_at);
            }
            let own = [flow.state(), flow.nonce(), flow.verifier(), flow.challenge()];
            assert!(own.iter().all(|text| text.len() == 43));
            assert_eq!(own.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
        }
    }
}

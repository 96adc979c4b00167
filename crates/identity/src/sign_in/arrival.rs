//! Somebody has proved who they are by something other than a password: a session begins, or half of one.

use qige_db::{Failure, Tx, params, statements};
use qige_kernel::{CredentialId, Entropy, PersonId, Timestamp};

use super::browser::{TriedFrom, see};
use super::enter::{Begun, NewSession, has_second};
use super::{Came, Entered, HalfIn, SignInWay, SignedIn};
use crate::{CredentialKind, Secret};

statements! {
    /// The person may come in. A change that changes nothing, so that whoever pauses the person at this
    /// moment sees the new session and ends it.
    STILL_HERE = "UPDATE people SET state = state WHERE tenant = $1 AND id = $2 AND state = 'active'
        RETURNING id";
}

/// A session to be.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    credential: CredentialId,
    secret: Secret,
    browser: [u8; 32],
    label: String,
    way: SignInWay,
    pub(crate) at: Timestamp,
}

impl Arrival {
    /// By that way and that browser, which is called `label` in the person's list.
    pub(crate) fn new(
        way: SignInWay,
        from: &TriedFrom,
        label: String,
        at: Timestamp,
        entropy: &Entropy,
    ) -> Self {
        let secret = Secret::draw(CredentialKind::Session, entropy);
        Self { credential: entropy.id(at), secret, browser: from.browser.digest(), label, way, at }
    }

    /// Lets the person in: half-way where they have a second step, unless what they proved stands for both
    /// steps. None where the person may not come in.
    pub(crate) async fn admit(
        &self,
        tx: &mut Tx<'_>,
        person: PersonId,
        stands_for_both: bool,
    ) -> Result<Option<Begun>, Failure> {
        let here: Option<(PersonId,)> = tx.optional(STILL_HERE, params![tx.tenant(), person]).await?;
        if here.is_none() {
            return Ok(None);
        }
        let digest = self.secret.digest();
        let (credential, at) = (self.credential, self.at);
        let came = Came { way: self.way, second: None };
        let new = NewSession { person, credential, digest, label: &self.label, came, at };
        if !stands_for_both && has_second(tx, person).await? {
            return Ok(Some(Begun::Half(new.begin_half(tx).await?)));
        }
        let expires_at = new.begin(tx).await?;
        see(tx, person, self.browser, at).await?;
        Ok(Some(Begun::Session(expires_at)))
    }

    /// What the browser gets.
    pub(crate) fn entered(self, person: PersonId, begun: Begun) -> Entered {
        let Self { credential, secret, .. } = self;
        match begun {
            Begun::Session(expires_at) => Entered::Whole(SignedIn { person, credential, secret, expires_at }),
            Begun::Half(expires_at) => {
                Entered::Half(HalfIn { secret: secret.of_kind(CredentialKind::Half), expires_at })
            }
        }
    }
}

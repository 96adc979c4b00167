//! When something is done, in which role, and the chance that its journal line needs.

use qige_db::journal::{self, Appended, SALT_BYTES, Stream};
use qige_db::{Actor, DbError, Tx};
use qige_kernel::{CredentialId, Entropy, PersonId, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::credential::revoke_sessions;
use crate::{KeptClass, Role};

/// Carried by every command that leaves a line in the journal. Who does it is the transaction's own actor.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// When.
    pub at: Timestamp,
    /// In which role; none for the product itself and for a person about themself.
    pub role: Option<Role>,
    /// In which session; none where it is not a person's own browser.
    session: Option<CredentialId>,
    salt: [u8; SALT_BYTES],
}

impl Stamp {
    /// Now, in this role.
    #[must_use]
    pub fn new(at: Timestamp, role: Option<Role>, entropy: &Entropy) -> Self {
        Self { at, role, session: None, salt: entropy.bytes() }
    }

    /// The same, done in this session: it stays where others of the person end.
    #[must_use]
    pub const fn in_session(self, session: Option<CredentialId>) -> Self {
        Self { session, ..self }
    }

    /// Ends every other session of somebody who has changed what lets them in: one of them may be of whoever
    /// they did it against.
    pub(crate) async fn end_others(&self, tx: &mut Tx<'_>, person: PersonId) -> Result<(), DbError> {
        revoke_sessions(tx, person, self.session, self.at).await
    }

    /// As what somebody does it.
    pub(crate) fn role_of(&self, actor: Actor) -> &'static str {
        match (self.role, actor.person()) {
            (Some(role), _) => role.as_str(),
            (None, Some(_)) => "self",
            (None, None) if actor == Actor::Anonymous => "anonymous",
            (None, None) => "system",
        }
    }

    /// The same moment and role, for one more line of a stream that one command writes several to.
    #[must_use]
    pub fn apart(&self, by: Uuid) -> Self {
        Self { salt: self.salt_for("apart", by, ""), ..*self }
    }

    /// Appends to the journal.
    pub(crate) async fn note(
        &self,
        tx: &mut Tx<'_>,
        kind: &'static str,
        id: Uuid,
        command: &str,
        body: &Value,
    ) -> Result<(), DbError> {
        self.append(tx, kind, id, command, body).await.map(drop)
    }

    /// The same, and says where the line stands.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn append(
        &self,
        tx: &mut Tx<'_>,
        kind: &'static str,
        id: Uuid,
        command: &str,
        body: &Value,
    ) -> Result<Appended, DbError> {
        let role = self.role_of(tx.actor());
        let salt = self.salt_for(kind, id, command);
        let (stream, body) = (Stream::new(kind, id), &body.to_string());
        let entry = journal::Entry { stream, at: self.at, role, command, body, salt };
        journal::append(tx, entry).await
    }

    /// Erases what lines of a stream say because the term of a class is over, all of them or these, and
    /// says so in the journal. Says how many.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn erase(
        &self,
        tx: &mut Tx<'_>,
        stream: Stream,
        lines: Option<&[i64]>,
        why: KeptClass,
    ) -> Result<u64, DbError> {
        let role = self.role_of(tx.actor());
        let salt = self.salt_for(stream.kind, stream.id, why.as_str());
        let erasure = journal::Erasure { stream, lines, why: why.as_str(), at: self.at, role, salt };
        journal::erase(tx, erasure).await
    }

    /// Each line has its own salt, also where one command writes several.
    fn salt_for(&self, kind: &str, id: Uuid, command: &str) -> [u8; SALT_BYTES] {
        let mut hash = Sha256::new();
        hash.update(self.salt);
        hash.update(kind);
        hash.update(id.as_bytes());
        hash.update(command);
        let mut salt = [0; SALT_BYTES];
        for (target, source) in salt.iter_mut().zip(hash.finalize()) {
            *target = source;
        }
        salt
    }
}

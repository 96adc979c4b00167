//! Browsers by which somebody came in before.
//!
//! Whoever guesses at a password from many places slows its account down, and whoever sits behind the same
//! address may use up its tries. Neither may keep the owner out: tries from a browser that was let in before
//! are counted by themselves (OWASP, "Slow down online guessing attacks with device cookies").

use qige_db::{DbError, Tx, params, statements};
use qige_kernel::{PersonId, Timestamp};

use super::Address;
use crate::Secret;

/// How long a browser is known after somebody last came in by it, microseconds: as long as browsers keep a
/// cookie at most (RFC 6265bis §5.5).
pub const BROWSER_MICROS: i64 = 400 * Timestamp::DAY;
/// Browsers that are known of one person; those not seen for longest go first.
pub const BROWSERS_MAX: i64 = 20;

statements! {
    /// Whether the person came in by this browser.
    KNOWN = "SELECT seen_at FROM known_browsers
        WHERE tenant = $1 AND person = $2 AND secret_sha256 = $3 AND seen_at > $4";
    /// The person came in by this browser.
    SEE = "INSERT INTO known_browsers (tenant, person, secret_sha256, seen_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant, person, secret_sha256) DO UPDATE SET seen_at = excluded.seen_at";
    /// Those beyond the newest.
    TRIM = "DELETE FROM known_browsers WHERE tenant = $1 AND person = $2 AND secret_sha256 NOT IN (
        SELECT secret_sha256 FROM known_browsers WHERE tenant = $1 AND person = $2
        ORDER BY seen_at DESC, secret_sha256 LIMIT $3)";
    /// Those not seen for long.
    FORGET = "DELETE FROM known_browsers WHERE tenant = $1 AND seen_at <= $2";
}

/// Where a try comes from.
#[derive(Clone, Debug)]
pub struct TriedFrom {
    /// The network.
    pub address: Address,
    /// What the browser shows of itself, or what it will show from now on: [`CredentialKind::Browser`].
    ///
    /// [`CredentialKind::Browser`]: crate::CredentialKind::Browser
    pub browser: Secret,
}

impl TriedFrom {
    /// By what the tries of this person are counted: by the browser where they came in by it before.
    pub(super) async fn lane(
        &self,
        tx: &mut Tx<'_>,
        person: Option<PersonId>,
        at: Timestamp,
    ) -> Result<Lane, DbError> {
        let digest = self.browser.digest();
        let Some(person) = person else { return Ok(Lane::Network(self.address.clone())) };
        let values = params![tx.tenant(), person, digest, at.plus(-BROWSER_MICROS)];
        Ok(match tx.optional::<(Timestamp,)>(KNOWN, values).await? {
            Some(_) => Lane::Browser(Address::of_browser(&digest)),
            None => Lane::Network(self.address.clone()),
        })
    }
}

/// By what tries are counted.
#[derive(Clone, Debug)]
pub(crate) enum Lane {
    /// Everybody's behind one address.
    Network(Address),
    /// One browser's.
    Browser(Address),
}

impl Lane {
    pub(crate) const fn address(&self) -> &Address {
        let (Self::Network(address) | Self::Browser(address)) = self;
        address
    }
}

/// The person came in by this browser.
pub(crate) async fn see(
    tx: &mut Tx<'_>,
    person: PersonId,
    digest: [u8; 32],
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(SEE, params![tx.tenant(), person, digest, at]).await?;
    tx.execute(TRIM, params![tx.tenant(), person, BROWSERS_MAX]).await.map(drop)
}

pub(crate) async fn forget(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.execute(FORGET, params![tx.tenant(), now.plus(-BROWSER_MICROS)]).await
}

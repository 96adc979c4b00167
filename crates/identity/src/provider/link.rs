//! Accounts elsewhere that open accounts here. Nobody gets an account here by having one there: it is linked
//! by whoever is signed in, or to the person whom a claim names that the service made sure of.

use qige_db::{Actor, Asker, Command, DbError, Failure, Tx, from_row, params, statements};
use qige_kernel::{Entropy, PersonId, Refusal, RefusalKind, TenantId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::person::require_active;
use crate::sign_in::{Arrival, Begun};
use crate::{Entered, Lookup, PhoneNumber, SignInName, SignInWay, Stamp, TriedFrom, Vault};

statements! {
    /// Whom it opens.
    FIND = "SELECT person FROM provider_links
        WHERE tenant = $1 AND provider = $2 AND subject_sha256 = $3";
    /// Linked; nothing where either side is linked already.
    LINK = "INSERT INTO provider_links (tenant, provider, subject_sha256, person, linked_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING person";
    /// Used.
    USE = "UPDATE provider_links SET last_used_at = $4
        WHERE tenant = $1 AND provider = $2 AND subject_sha256 = $3";
    /// Not any more.
    UNLINK = "DELETE FROM provider_links WHERE tenant = $1 AND person = $2 AND provider = $3
        RETURNING provider";
    /// Those of a person.
    OF_PERSON = "SELECT provider, linked_at, last_used_at FROM provider_links
        WHERE tenant = $1 AND person = $2 ORDER BY provider";
    /// Who has this number here.
    BY_PHONE = "SELECT id FROM people WHERE tenant = $1 AND phone_index IN ($2, $3) AND state = 'active'";
    /// Who signs in by this name here.
    BY_NAME = "SELECT id FROM people WHERE tenant = $1 AND sign_in_name = $2 AND state = 'active'";
}

from_row! {
    /// One account elsewhere, as its owner reads it.
    #[derive(PartialEq, Eq, Serialize, JsonSchema)]
    pub struct ProviderLink {
        /// Which service.
        pub provider: String,
        /// Since when.
        pub linked_at: Timestamp,
        /// When somebody last came in by it.
        pub last_used_at: Option<Timestamp>,
    }
}

/// Those of a person.
///
/// # Errors
/// [`DbError`].
pub async fn provider_links_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<ProviderLink>, DbError> {
    tx.all(OF_PERSON, params![tx.tenant(), person]).await
}

/// An account elsewhere, that its service has vouched for just now.
#[derive(Clone, Debug)]
pub struct Linked {
    /// Which service, as the settings call it.
    pub provider: String,
    /// The service, as it calls itself.
    pub issuer: String,
    /// The service's name for the person.
    pub subject: String,
}

impl Linked {
    /// What is kept of it. A service that comes to stand in the place of another opens nothing of it.
    fn digest(&self) -> [u8; 32] {
        let hash = Sha256::new().chain_update(&self.issuer).chain_update([0]);
        hash.chain_update(&self.subject).finalize().into()
    }
}

/// Somebody links an account of theirs. Refused as `provider-linked` where they have one of that service
/// already, or it opens somebody else's account.
#[derive(Clone, Debug)]
pub struct LinkProvider {
    /// Whose.
    pub person: PersonId,
    /// What.
    pub account: Linked,
    /// When.
    pub stamp: Stamp,
}

impl Command for LinkProvider {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        require_active(tx, self.person).await?;
        link(tx, self.person, &self.account, "self", &self.stamp).await?;
        Ok(self.stamp.end_others(tx, self.person).await?)
    }
}

async fn link(
    tx: &mut Tx<'_>,
    person: PersonId,
    account: &Linked,
    how: &str,
    stamp: &Stamp,
) -> Result<(), Failure> {
    let values = params![tx.tenant(), account.provider, account.digest(), person, stamp.at];
    if tx.optional::<(PersonId,)>(LINK, values).await?.is_none() {
        return Err(Refusal::new(RefusalKind::Conflict, "provider-linked").into());
    }
    tx.announce("person", person.0);
    let body = json!({ "provider": account.provider, "by": how });
    Ok(stamp.note(tx, "person", person.0, "link-provider", &body).await?)
}

/// An account elsewhere opens nothing here any more.
#[derive(Clone, Debug)]
pub struct UnlinkProvider {
    /// Whose.
    pub person: PersonId,
    /// Of which service.
    pub provider: String,
    /// When.
    pub stamp: Stamp,
}

impl Command for UnlinkProvider {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let values = params![tx.tenant(), self.person, self.provider];
        if tx.optional::<(String,)>(UNLINK, values).await?.is_none() {
            return Err(Refusal::new(RefusalKind::Missing, "provider-missing").into());
        }
        self.stamp.end_others(tx, self.person).await?;
        let body = json!({ "provider": self.provider });
        Ok(self.stamp.note(tx, "person", self.person.0, "unlink-provider", &body).await?)
    }
}

/// Somebody comes back from another service.
#[derive(Clone, Debug)]
pub struct Arriving {
    /// Of which tenant.
    pub tenant: TenantId,
    /// By which account there.
    pub account: Linked,
    /// A number that the service made sure of, where whoever runs this server lets it name people here.
    pub phone: Option<PhoneNumber>,
    /// A sign-in name, likewise.
    pub name: Option<SignInName>,
    /// Where they come from.
    pub from: TriedFrom,
    /// What the session is called in the person's list.
    pub label: String,
    /// When.
    pub at: Timestamp,
}

/// Lets somebody in by an account elsewhere, half-way where they have a second step. An account that opens
/// nobody's yet is linked to the one person whom its number or name means here.
///
/// # Errors
/// Refused as `provider-nobody` where it means nobody here who may come in.
pub async fn sign_in_by_provider(
    vault: &Vault,
    arriving: Arriving,
    entropy: &Entropy,
) -> Result<Entered, Failure> {
    let Arriving { tenant, account, phone, name, from, label, at } = arriving;
    let phone = match phone {
        Some(phone) => Some(phone.lookup(&vault.index_key(tenant).await?)),
        None => None,
    };
    let arrival = Arrival::new(SignInWay::Service, &from, label, at, entropy);
    let stamp = Stamp::new(at, None, entropy);
    let enter = Enter { account, phone, name, arrival: arrival.clone(), stamp };
    let asker = Asker { tenant, actor: Actor::Anonymous };
    let (person, begun) = vault.db().write(asker, enter).await?;
    Ok(arrival.entered(person, begun))
}

struct Enter {
    account: Linked,
    phone: Option<Lookup>,
    name: Option<SignInName>,
    arrival: Arrival,
    stamp: Stamp,
}

impl Command for Enter {
    type Output = (PersonId, Begun);

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(PersonId, Begun), Failure> {
        let nobody = || Refusal::new(RefusalKind::Forbidden, "provider-nobody");
        let (tenant, digest) = (tx.tenant(), self.account.digest());
        let found: Option<(PersonId,)> =
            tx.optional(FIND, params![tenant, self.account.provider, digest]).await?;
        let person = match found {
            Some((person,)) => person,
            None => {
                let person = self.meant(tx).await?.ok_or_else(nobody)?;
                // Whoever has linked another account there themselves meant that one.
                link(tx, person, &self.account, "claim", &self.stamp).await.map_err(|_| nobody())?;
                person
            }
        };
        tx.execute(USE, params![tenant, self.account.provider, digest, self.stamp.at]).await?;
        let begun = self.arrival.admit(tx, person, false).await?.ok_or_else(nobody)?;
        Ok((person, begun))
    }
}

impl Enter {
    /// Whom the claims mean: nobody, where they mean two.
    async fn meant(&self, tx: &mut Tx<'_>) -> Result<Option<PersonId>, DbError> {
        let tenant = tx.tenant();
        let mut found: Vec<PersonId> = Vec::new();
        if let Some(Lookup { now, before }) = self.phone {
            let by: Option<(PersonId,)> = tx.optional(BY_PHONE, params![tenant, now, before]).await?;
            found.extend(by.map(|(id,)| id));
        }
        if let Some(name) = &self.name {
            let by: Option<(PersonId,)> = tx.optional(BY_NAME, params![tenant, name.as_str()]).await?;
            found.extend(by.map(|(id,)| id));
        }
        found.dedup();
        Ok(found.first().copied().filter(|_| found.len() == 1))
    }
}

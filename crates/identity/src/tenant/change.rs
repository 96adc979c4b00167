//! A subdistrict comes in, or changes what it is called.

use qige_db::{Command, Failure, Tx, params, statements};
use qige_kernel::{Refusal, RefusalKind, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{BY_HOST, BY_ID, BY_SLUG, Tenant};
use crate::{DisplayName, Stamp};

/// Letters of a slug at most: it stands in every address.
const SLUG_LETTERS_MAX: usize = 32;
/// Letters of a host name at most (RFC 1035 2.3.4).
const HOST_LETTERS_MAX: usize = 253;
/// Letters of a language tag at most: every tag in real use is shorter (RFC 5646 4.4.1).
const LOCALE_LETTERS_MAX: usize = 35;

statements! {
    /// A new one; no row comes back when its id, slug or host is taken.
    INSERT = "INSERT INTO tenants (id, slug, name, code, zone, locale, host, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id";
    /// Changes what may change: not the slug, which stands in addresses that people keep.
    UPDATE = "UPDATE tenants SET name = $2, code = $3, zone = $4, locale = $5, host = $6 WHERE id = $1";
}

/// What is said about a subdistrict, as typed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TenantFacts {
    /// What people call it.
    pub name: DisplayName,
    /// Its division code: 6, 9 or 12 digits.
    pub code: Option<String>,
    /// Its time zone, as the IANA calls it.
    pub zone: String,
    /// The language of those who have not chosen one, as BCP 47.
    pub locale: String,
    /// The host name under which it is served, where it has one of its own.
    pub host: Option<String>,
}

impl TenantFacts {
    /// # Errors
    /// Names the field that cannot be.
    pub fn check(&self) -> Result<(), Refusal> {
        let digits = |code: &String| {
            matches!(code.len(), 6 | 9 | 12) && code.bytes().all(|digit| digit.is_ascii_digit())
        };
        if !self.code.as_ref().is_none_or(digits) {
            return Err(Refusal::invalid("code", "division-code-wrong"));
        }
        if jiff::tz::TimeZone::get(&self.zone).is_err() {
            return Err(Refusal::invalid("zone", "zone-unknown").with("zone", &self.zone));
        }
        let tag = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-';
        let locale = self.locale.as_bytes();
        if locale.is_empty() || locale.len() > LOCALE_LETTERS_MAX || !locale.iter().copied().all(tag) {
            return Err(Refusal::invalid("locale", "locale-unknown"));
        }
        let label =
            |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || b"-.".contains(&letter);
        let fits =
            |host: &String| !host.is_empty() && host.len() <= HOST_LETTERS_MAX && host.bytes().all(label);
        if self.host.as_ref().is_none_or(fits) { Ok(()) } else { Err(Refusal::invalid("host", "host-wrong")) }
    }
}

/// Brings a subdistrict in. Asked for by the product itself, for the tenant that it makes. Doing it again
/// with the same id and slug changes nothing.
#[derive(Clone, Debug)]
pub struct CreateTenant {
    /// Its id; the asker's tenant.
    pub id: TenantId,
    /// What stands in a path: `a-z`, `0-9` and `-`.
    pub slug: String,
    /// The rest.
    pub facts: TenantFacts,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for CreateTenant {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let letter = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
        let slug = self.slug.as_bytes();
        if slug.is_empty() || slug.len() > SLUG_LETTERS_MAX || !slug.iter().copied().all(letter) {
            return Err(Refusal::invalid("slug", "slug-letters").with("limit", SLUG_LETTERS_MAX).into());
        }
        self.facts.check()?;
        if let Some(known) = tx.optional::<Tenant>(BY_ID, params![self.id]).await?
            && known.slug == self.slug
        {
            return Ok(());
        }
        let TenantFacts { name, code, zone, locale, host } = &self.facts;
        let values = params![self.id, self.slug, name.as_str(), code, zone, locale, host, self.stamp.at];
        if tx.optional::<(TenantId,)>(INSERT, values).await?.is_none() {
            let slug_taken = tx.optional::<Tenant>(BY_SLUG, params![self.slug]).await?.is_some();
            let field = if slug_taken { "slug" } else { "host" };
            return Err(taken(field).into());
        }
        let body = json!({ "slug": self.slug, "facts": self.facts });
        self.stamp.note(tx, "tenant", self.id.0, "create-tenant", &body).await?;
        Ok(())
    }
}

/// Changes what a subdistrict is called and where it is.
#[derive(Clone, Debug)]
pub struct ChangeTenant {
    /// All of it, as it shall be.
    pub facts: TenantFacts,
    /// When and in which role.
    pub stamp: Stamp,
}

impl Command for ChangeTenant {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        self.facts.check()?;
        let id = tx.tenant();
        let TenantFacts { name, code, zone, locale, host } = &self.facts;
        if let Some(host) = host
            && let Some(other) = tx.optional::<Tenant>(BY_HOST, params![host]).await?
            && other.id != id
        {
            return Err(taken("host").into());
        }
        if tx.execute(UPDATE, params![id, name.as_str(), code, zone, locale, host]).await? == 0 {
            return Err(Refusal::new(RefusalKind::Missing, "tenant-missing").into());
        }
        let body = json!({ "facts": self.facts });
        self.stamp.note(tx, "tenant", id.0, "change-tenant", &body).await?;
        tx.announce("settings", id.0);
        Ok(())
    }
}

fn taken(field: &'static str) -> Refusal {
    let code = if field == "slug" { "slug-taken" } else { "host-taken" };
    Refusal { field: Some(field), ..Refusal::new(RefusalKind::Conflict, code) }
}

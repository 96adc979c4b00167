//! The subdistricts, and what each has decided for itself.

mod change;
mod settings;

use qige_db::{DbError, Tx, from_row, params, statements};
use qige_kernel::TenantId;
use schemars::JsonSchema;
use serde::Serialize;

pub use change::{ChangeTenant, CreateTenant, TenantFacts};
pub use settings::{SetSetting, set_setting, setting};

statements! {
    /// By what stands in a path.
    BY_SLUG = "SELECT id, slug, name, code, zone, locale, host FROM tenants WHERE slug = $1";
    /// By the host name of the request.
    BY_HOST = "SELECT id, slug, name, code, zone, locale, host FROM tenants WHERE host = $1";
    /// By its id.
    BY_ID = "SELECT id, slug, name, code, zone, locale, host FROM tenants WHERE id = $1";
    /// The one, where there is one.
    FIRST_TWO = "SELECT id, slug, name, code, zone, locale, host FROM tenants ORDER BY id LIMIT 2";
    /// All of them: schedules run for each.
    ALL = "SELECT id, slug, name, code, zone, locale, host FROM tenants ORDER BY slug";
}

from_row! {
    /// A subdistrict (租户).
    #[derive(PartialEq, Eq, Serialize, JsonSchema)]
    pub struct Tenant {
        /// Which one.
        pub id: TenantId,
        /// What stands in a path.
        pub slug: String,
        /// What people call it.
        pub name: String,
        /// Its division code (GB/T 2260, GB/T 10114): 6, 9 or 12 digits.
        pub code: Option<String>,
        /// Its time zone, as the IANA calls it.
        pub zone: String,
        /// The language of those who have not chosen one, as BCP 47.
        pub locale: String,
        /// The host name under which it is served, where it has one of its own.
        pub host: Option<String>,
    }
}

/// The tenant that a path names.
///
/// # Errors
/// [`DbError`].
pub async fn tenant_by_slug(tx: &mut Tx<'_>, slug: &str) -> Result<Option<Tenant>, DbError> {
    tx.optional(BY_SLUG, params![slug]).await
}

/// The tenant that a host name (without port, in lower case) belongs to.
///
/// # Errors
/// [`DbError`].
pub async fn tenant_by_host(tx: &mut Tx<'_>, host: &str) -> Result<Option<Tenant>, DbError> {
    tx.optional(BY_HOST, params![host]).await
}

/// The tenant with this id.
///
/// # Errors
/// [`DbError`].
pub async fn tenant_by_id(tx: &mut Tx<'_>, id: TenantId) -> Result<Option<Tenant>, DbError> {
    tx.optional(BY_ID, params![id]).await
}

/// The only tenant; none when there is none or more than one.
///
/// # Errors
/// [`DbError`].
pub async fn only_tenant(tx: &mut Tx<'_>) -> Result<Option<Tenant>, DbError> {
    let mut found: Vec<Tenant> = tx.all(FIRST_TWO, &[]).await?;
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// All tenants, by slug.
///
/// # Errors
/// [`DbError`].
pub async fn tenants(tx: &mut Tx<'_>) -> Result<Vec<Tenant>, DbError> {
    tx.all(ALL, &[]).await
}

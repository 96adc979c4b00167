//! Where a way leads, and the secrets that go with it: one sealed text.

use std::fmt;

use qige_db::Failure;
use qige_kernel::{Refusal, RefusalKind, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::App;

/// How long the secret before holds beside the new one, microseconds: as long as somebody needs to put the
/// new one into the other program.
const BOTH_MICROS: i64 = Timestamp::DAY;

/// Where a way leads.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayAddress {
    /// An address of mail or of HTTP, or what a browser gave.
    pub address: String,
    /// What messages are signed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// What they were signed with before, and until when they still are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<(String, i64)>,
    /// What only an application has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<ApplicationOf>,
}

/// What an application is known by to its maker, besides its secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationOf {
    /// `corpid` or `appid`.
    pub id: String,
    /// `agentid`, in WeCom.
    #[serde(default)]
    pub agent: i64,
    /// `template_id`, in WeChat.
    #[serde(default)]
    pub template: String,
    /// What stands in the template's fields.
    #[serde(default)]
    pub fields: Vec<(String, String)>,
    /// Where the maker's own browser says whose account it is.
    #[serde(default = "asked_page")]
    pub page: String,
}

/// Of both makers, unless somebody runs one of their own.
fn asked_page() -> String {
    ApplicationOf::PAGE.to_owned()
}

impl ApplicationOf {
    /// Where the makers' own browsers say whose account it is.
    pub const PAGE: &'static str = "https://open.weixin.qq.com";
}

impl WayAddress {
    /// With another secret; the one before holds beside it for a day.
    #[must_use]
    pub fn renewed(self, secret: String, now: Timestamp) -> Self {
        let before = self.secret.map(|before| (before, now.plus(BOTH_MICROS).micros()));
        Self { secret: Some(secret), before, ..self }
    }

    /// The secrets that hold, the newest first.
    #[must_use]
    pub fn secrets(&self, now: Timestamp) -> Vec<&str> {
        let before = self.before.as_ref().filter(|(_, until)| now.micros() < *until);
        self.secret.as_deref().into_iter().chain(before.map(|(secret, _)| secret.as_str())).collect()
    }
}

impl fmt::Debug for WayAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WayAddress(…)")
    }
}

impl App {
    /// Seals where a way leads.
    ///
    /// # Errors
    /// `key-lost`; those of the database.
    pub async fn seal_way(
        &self,
        tenant: TenantId,
        way: Uuid,
        address: &WayAddress,
    ) -> Result<String, Failure> {
        let plain = serde_json::to_string(address).unwrap_or_default();
        self.vault.seal_way(tenant, way, &plain).await
    }

    /// Where a way leads.
    ///
    /// # Errors
    /// `key-lost` and `sealed-broken`; those of the database.
    pub async fn open_way(&self, tenant: TenantId, way: &qige_notify::Way) -> Result<WayAddress, Failure> {
        let broken = || Refusal::new(RefusalKind::Unavailable, "sealed-broken").with("field", "ways.sealed");
        let sealed = way.sealed.as_deref().ok_or_else(broken)?;
        let plain = self.vault.open_way(tenant, way.id, sealed).await?;
        Ok(serde_json::from_str(&plain).map_err(|_| broken())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_before_holds_for_a_day() {
        let now = Timestamp::from_micros(1_790_000_000_000_000);
        let first = WayAddress { secret: Some("one".to_owned()), ..WayAddress::default() };
        let second = first.renewed("two".to_owned(), now);
        assert_eq!(second.secrets(now), ["two", "one"]);
        assert_eq!(second.secrets(now.plus(BOTH_MICROS)), ["two"]);
        let third = second.renewed("three".to_owned(), now);
        assert_eq!(third.secrets(now), ["three", "two"], "two at once, no more");
        assert_eq!(format!("{third:?}"), "WayAddress(…)");
    }
}

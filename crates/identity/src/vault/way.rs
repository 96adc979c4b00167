//! Where notices are sent, and the secrets that go with it.

use qige_db::Failure;
use qige_kernel::TenantId;
use uuid::Uuid;

use super::{KeyClass, SealedColumn, Vault};
use crate::Sealed;

/// Addresses and secrets of ways.
pub static WAY_ADDRESS: SealedColumn = SealedColumn {
    class: KeyClass::Channel,
    name: "ways.sealed",
    index: None,
    read: qige_notify::READ_SEALED_WAYS,
    put: qige_notify::PUT_SEALED_WAY,
};

impl Vault {
    /// An address, sealed for one way.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub async fn seal_way(&self, tenant: TenantId, way: Uuid, plain: &str) -> Result<String, Failure> {
        let sealed = self.seal(WAY_ADDRESS.field(tenant, way), plain).await?;
        Ok(sealed.as_kept().to_owned())
    }

    /// Where a way leads. Only the product itself asks, to send there what its owner wants to be told: that
    /// is not noted as somebody's reading.
    ///
    /// # Errors
    /// `key-lost` and `sealed-broken`; those of the database.
    pub async fn open_way(&self, tenant: TenantId, way: Uuid, kept: &str) -> Result<String, Failure> {
        self.open(WAY_ADDRESS.field(tenant, way), &Sealed::kept(kept)).await
    }
}

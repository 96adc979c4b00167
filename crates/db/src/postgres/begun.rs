//! One transaction under way, on a connection of its own, for one tenant.

use deadpool_postgres::Client;
use futures_util::FutureExt as _;
use qige_kernel::TenantId;

use crate::{DbError, Isolation};

/// Rolled back when dropped, unless it was committed.
pub(super) struct Begun {
    client: Client,
    over: bool,
}

impl Begun {
    pub(super) async fn write(client: Client, level: Isolation, tenant: TenantId) -> Result<Self, DbError> {
        let level = match level {
            Isolation::Serializable => "SERIALIZABLE",
            Isolation::ReadCommitted => "READ COMMITTED",
        };
        Self::begin(client, &format!("{level} READ WRITE"), tenant).await
    }

    pub(super) async fn read(client: Client, tenant: TenantId) -> Result<Self, DbError> {
        Self::begin(client, "REPEATABLE READ READ ONLY", tenant).await
    }

    async fn begin(client: Client, mode: &str, tenant: TenantId) -> Result<Self, DbError> {
        let begun = Self { client, over: false };
        let text = format!("START TRANSACTION ISOLATION LEVEL {mode}; {}", stands_for(tenant));
        begun.client.batch_execute(&text).await?;
        Ok(begun)
    }

    /// Where its statements go.
    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    pub(super) async fn commit(mut self) -> Result<(), DbError> {
        self.client.batch_execute("COMMIT").await?;
        self.over = true;
        Ok(())
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if !self.over {
            // The first poll sends it, and nobody waits for the answer: whoever gets the connection next is
            // served after it. A connection that is lost has nothing to roll back.
            let _sent = self.client.batch_execute("ROLLBACK").now_or_never();
        }
    }
}

/// Whose rows the rest of the transaction may see and write: see the wall in `migrate.rs`.
pub(super) fn stands_for(tenant: TenantId) -> String {
    format!("SET LOCAL qige.tenant = '{}'", tenant.0)
}

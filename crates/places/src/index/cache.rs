//! Indexes held in memory, one per tenant.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use qige_db::{Asker, Db, DbError, Failure, Tx};
use qige_kernel::TenantId;

use super::GridIndex;
use crate::store;

/// Each tenant's index, read again when its places have changed. Cheap to clone; clones share.
#[derive(Clone, Debug, Default)]
pub struct IndexCache(Arc<Mutex<HashMap<TenantId, Arc<GridIndex>>>>);

impl IndexCache {
    /// The index of the asker's tenant, as its places were last committed.
    ///
    /// # Errors
    /// [`Failure::Db`].
    pub async fn get(&self, db: &Db, asker: Asker) -> Result<Arc<GridIndex>, Failure> {
        let cache = self.clone();
        db.read(asker, move |tx| Box::pin(async move { Ok(cache.at(tx).await?) })).await
    }

    /// Only for transactions that cannot write: what they might take back must not be held.
    async fn at(&self, tx: &mut Tx<'_>) -> Result<Arc<GridIndex>, DbError> {
        let (tenant, revision) = (tx.tenant(), store::revision(tx).await?);
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned();
        if let Some(index) = held.filter(|index| index.revision() == revision) {
            return Ok(index);
        }
        let index = Arc::new(GridIndex::new(revision, store::active_grids(tx).await?));
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = all.entry(tenant).or_insert_with(|| Arc::clone(&index));
        if newest.revision() < revision {
            *newest = Arc::clone(&index);
        }
        Ok(index)
    }
}

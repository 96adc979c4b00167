//! Two communities become one.

use qige_db::{Command, Failure, Tx};
use qige_kernel::{PlaceId, Refusal};
use serde_json::json;

use super::{DIVISIONS_MERGED, checked_reason, require};
use crate::{Edit, store};

/// Merges a community or village into another: what lies in it lies in the other from now on, and it is
/// switched off. What happened there stays with it; what goes on there is moved by whoever composes this with
/// cases and roles.
#[derive(Clone, Debug)]
pub struct MergePlace {
    /// Which one ends.
    pub id: PlaceId,
    /// Which one goes on.
    pub into: PlaceId,
    /// Why.
    pub reason: String,
    /// Who and when.
    pub edit: Edit,
}

impl Command for MergePlace {
    /// How many places lie elsewhere now.
    type Output = usize;

    /// # Errors
    /// `place-missing`, `place-merge-into` (itself, switched off, or neither community nor village),
    /// `place-reason-blank`, `place-reason-long`.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<usize, Failure> {
        let (place, into) = (require(tx, self.id).await?, require(tx, self.into).await?);
        let fit = DIVISIONS_MERGED.contains(&place.kind) && DIVISIONS_MERGED.contains(&into.kind);
        if !fit || !into.active || place.id == into.id {
            return Err(Refusal::invalid("into", "place-merge-into").into());
        }
        let reason = checked_reason(&self.reason)?;
        let inside = store::within(tx, place.id).await?;
        for one in &inside {
            store::set_facts(tx, one.id, &one.name, Some(into.id), self.edit.at).await?;
        }
        if place.active {
            store::set_active(tx, place.id, false, self.edit.at).await?;
        }
        store::moved_on(tx).await?;
        let moved: Vec<PlaceId> = inside.iter().map(|one| one.id).collect();
        let body = json!({ "into": into.id, "moved": moved, "reason": reason });
        self.edit.note(tx, "place", place.id.0, "merge", &body).await?;
        tx.announce("places", tx.tenant().0);
        Ok(moved.len())
    }
}

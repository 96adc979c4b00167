//! A place is switched off, or on again.

use qige_db::{Command, Failure, Tx};
use qige_kernel::PlaceId;
use serde_json::json;

use super::{check_name_is_free, checked_reason, require};
use crate::{Edit, store};

/// Switches a place off or on again. What happened there stays.
#[derive(Clone, Debug)]
pub struct SwitchPlace {
    /// Which place.
    pub id: PlaceId,
    /// On or off.
    pub active: bool,
    /// Why.
    pub reason: String,
    /// Who and when.
    pub edit: Edit,
}

impl Command for SwitchPlace {
    type Output = ();

    /// # Errors
    /// `place-missing`, `place-reason-blank`, `place-reason-long`; `place-name-taken` where another of its
    /// name is in use by now.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let place = require(tx, self.id).await?;
        let reason = checked_reason(&self.reason)?;
        if place.active == self.active {
            return Ok(());
        }
        if self.active {
            check_name_is_free(tx, place.kind, &place.name, Some(self.id)).await?;
        }
        store::set_active(tx, self.id, self.active, self.edit.at).await?;
        store::moved_on(tx).await?;
        let command = if self.active { "switch-on" } else { "switch-off" };
        self.edit.note(tx, "place", self.id.0, command, &json!({ "reason": reason })).await?;
        tx.announce("places", tx.tenant().0);
        Ok(())
    }
}

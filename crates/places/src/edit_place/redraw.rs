//! A place is drawn anew.

use qige_db::{Command, Failure, Tx};
use qige_kernel::PlaceId;
use serde_json::json;

use super::require;
use crate::{Edit, Shape, store};

/// Draws a place anew, without asking anything else of it.
#[derive(Clone, Debug)]
pub struct RedrawPlace {
    /// Which place.
    pub id: PlaceId,
    /// Its outline from now on.
    pub shape: Shape,
    /// Who and when.
    pub edit: Edit,
}

impl Command for RedrawPlace {
    type Output = ();

    /// # Errors
    /// `place-missing`.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        require(tx, self.id).await?;
        store::set_shape(tx, self.id, &self.shape, self.edit.at).await?;
        store::moved_on(tx).await?;
        let body = json!({ "area_m2": self.shape.area_m2() });
        self.edit.note(tx, "place", self.id.0, "redraw", &body).await?;
        tx.announce("places", tx.tenant().0);
        Ok(())
    }
}

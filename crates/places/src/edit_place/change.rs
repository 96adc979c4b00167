//! A place is called otherwise, or lies elsewhere.

use qige_db::{Command, Failure, Tx};
use qige_kernel::{PlaceId, Position, Refusal, RefusalKind};
use serde_json::json;

use super::{check_name_is_free, check_parent, checked_name};
use crate::{DrawnPlace, Edit, PlaceKind, store};

/// Changes what is said of a place. Its id, code and outline stay, and whether it is in use.
#[derive(Clone, Debug)]
pub struct ChangePlace {
    /// Which place.
    pub id: PlaceId,
    /// What it is from now on: a village may become a community (村改居), and the other way about.
    pub kind: PlaceKind,
    /// As people call it.
    pub name: String,
    /// The place that it lies in.
    pub parent: Option<PlaceId>,
    /// The point where a station or venue is from now on; where it is now when none.
    pub spot: Option<Position>,
    /// Who and when.
    pub edit: Edit,
}

impl Command for ChangePlace {
    type Output = ();

    /// # Errors
    /// `place-missing`, `place-kind-bad`, `place-no-point` (what is an area), `place-name-blank`,
    /// `place-name-long`, `place-name-taken`, `place-parent-missing`.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let missing = || Refusal::new(RefusalKind::Missing, "place-missing");
        let drawn = store::drawn_by_id(tx, self.id).await?.ok_or_else(missing)?;
        let DrawnPlace { place, spot: before, .. } = drawn;
        if !place.kind.siblings().contains(&self.kind) {
            return Err(Refusal::invalid("kind", "place-kind-bad").into());
        }
        if self.spot.is_some() && !matches!(self.kind, PlaceKind::Station | PlaceKind::Venue) {
            return Err(Refusal::invalid("coordinates", "place-no-point").into());
        }
        let spot = self.spot.or(before);
        let name = checked_name(&self.name)?;
        if (self.kind, &name, self.parent, spot) == (place.kind, &place.name, place.parent, before) {
            return Ok(());
        }
        if name != place.name {
            check_name_is_free(tx, self.kind, &name, Some(self.id)).await?;
        }
        check_parent(tx, self.kind, self.parent).await?;
        if self.kind != place.kind {
            store::set_kind(tx, self.id, self.kind, self.edit.at).await?;
        }
        store::set_facts(tx, self.id, &name, self.parent, self.edit.at).await?;
        if let Some(spot) = self.spot {
            store::set_spot(tx, self.id, spot, self.edit.at).await?;
        }
        store::moved_on(tx).await?;
        let body = json!({
            "before": { "kind": place.kind, "name": place.name, "parent": place.parent, "spot": before },
            "after": { "kind": self.kind, "name": name, "parent": self.parent, "spot": spot },
        });
        self.edit.note(tx, "place", self.id.0, "change", &body).await?;
        tx.announce("places", tx.tenant().0);
        Ok(())
    }
}

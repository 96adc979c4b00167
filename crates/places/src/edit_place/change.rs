//! A place is called otherwise, or lies elsewhere.

use qige_db::{Command, Failure, Tx};
use qige_kernel::{PlaceId, Refusal};
use serde_json::json;

use super::{check_name_is_free, check_parent, checked_name, require};
use crate::{Edit, PlaceKind, store};

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
    /// Who and when.
    pub edit: Edit,
}

impl Command for ChangePlace {
    type Output = ();

    /// # Errors
    /// `place-missing`, `place-kind-bad`, `place-name-blank`, `place-name-long`, `place-name-taken`,
    /// `place-parent-missing`.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let place = require(tx, self.id).await?;
        if !place.kind.siblings().contains(&self.kind) {
            return Err(Refusal::invalid("kind", "place-kind-bad").into());
        }
        let name = checked_name(&self.name)?;
        if (self.kind, &name, self.parent) == (place.kind, &place.name, place.parent) {
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
        store::moved_on(tx).await?;
        let body = json!({
            "before": { "kind": place.kind, "name": place.name, "parent": place.parent },
            "after": { "kind": self.kind, "name": name, "parent": self.parent },
        });
        self.edit.note(tx, "place", self.id.0, "change", &body).await?;
        tx.announce("places", tx.tenant().0);
        Ok(())
    }
}

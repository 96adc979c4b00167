//! Doing what a preview said.

use qige_db::{Command, Failure, Tx};
use qige_kernel::{Entropy, PlaceId, Refusal, RefusalKind};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::preview::{Added, Changed, Preview};
use crate::{Edit, NewPlace, store};

/// Applies a preview, all of it or nothing. Places keep their ids by code.
#[derive(Debug)]
pub struct ApplyImport {
    preview: Preview,
    /// One for each place that is added.
    ids: Vec<PlaceId>,
    edit: Edit,
}

impl ApplyImport {
    /// The command for a preview.
    #[must_use]
    pub fn new(preview: Preview, edit: Edit, entropy: &Entropy) -> Self {
        let ids = preview.added.iter().map(|_| entropy.id(edit.at)).collect();
        Self { preview, ids, edit }
    }
}

/// What an import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Applied {
    /// Places that are new.
    pub added: usize,
    /// Places that changed.
    pub changed: usize,
    /// Places that were switched off.
    pub switched_off: usize,
    /// The revision of the tenant's places since then.
    pub revision: i64,
}

impl Command for ApplyImport {
    type Output = Applied;

    /// # Errors
    /// `import-stale` when places changed since the preview; else as [`Preview::check`].
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Applied, Failure> {
        let preview = &self.preview;
        preview.check()?;
        if store::revision(tx).await? != preview.base_revision {
            return Err(Refusal::new(RefusalKind::Conflict, "import-stale").into());
        }
        let mut applied = Applied { added: 0, changed: 0, switched_off: 0, revision: preview.base_revision };
        if !preview.changes_anything() {
            return Ok(applied);
        }
        for (added, id) in preview.added.iter().zip(&self.ids) {
            let Added { kind, code, name, parent, shape, .. } = added;
            let place = NewPlace {
                id: *id,
                kind: *kind,
                code: code.clone(),
                name: name.clone(),
                parent: parent.as_ref().map(|parent| parent.id),
                shape: Some(shape.clone()),
            };
            store::insert(tx, &place, self.edit.at).await?;
            applied.added += 1;
        }
        for changed in &preview.changed {
            self.change(tx, changed).await?;
            applied.changed += 1;
        }
        for removed in preview.removed.iter().filter(|removed| removed.switched_off) {
            store::set_active(tx, removed.id, false, self.edit.at).await?;
            applied.switched_off += 1;
        }
        applied.revision = store::moved_on(tx).await?;
        let body = json!({
            "layer": preview.layer,
            "datum": preview.datum.datum,
            "fingerprint": preview.fingerprint,
            "added": applied.added,
            "changed": applied.changed,
            "switched_off": applied.switched_off,
            "left_out": preview.faulty.len(),
            "revision": applied.revision,
        });
        let tenant = tx.tenant().0;
        self.edit.note(tx, "places", tenant, "import", &body).await?;
        tx.announce("places", tenant);
        Ok(applied)
    }
}

impl ApplyImport {
    async fn change(&self, tx: &mut Tx<'_>, changed: &Changed) -> Result<(), Failure> {
        if changed.name.is_some() || changed.parent.is_some() {
            let name = changed.name.as_ref().unwrap_or(&changed.name_was);
            let parent = changed.parent.as_ref().or(changed.parent_was.as_ref()).map(|parent| parent.id);
            store::set_facts(tx, changed.id, name, parent, self.edit.at).await?;
        }
        if let Some(shape) = &changed.redrawn {
            store::set_shape(tx, changed.id, shape, self.edit.at).await?;
        }
        if changed.back {
            store::set_active(tx, changed.id, true, self.edit.at).await?;
        }
        Ok(())
    }
}

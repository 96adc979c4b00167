//! The rows beside a case, by kind and id, as the journal has them and as they are kept.

use std::collections::{BTreeMap, BTreeSet};

use qige_db::{DbError, Tx};
use qige_kernel::ObjectId;
use serde_json::Value;
use uuid::Uuid;

use super::reports::Reported;
use super::{Fault, agree, unlike};
use crate::store::{Dossier, Part, PhotoRow, photo_by_id};

/// Rows by their ids.
type Rows = BTreeMap<Uuid, Value>;

/// By kind.
#[derive(Default)]
pub(super) struct Parts(BTreeMap<String, Rows>);

impl Parts {
    /// What there is beside a case.
    fn of(dossier: &Dossier) -> Self {
        let bare = Dossier::of(dossier.row.clone());
        let mut parts = Self::default();
        parts.changed(bare.changes(dossier).parts);
        parts
    }

    /// Photos that came with reports which joined the case. A photo that is known already stays as it is,
    /// so the first that speaks of it is right.
    pub(super) fn announced(&mut self, reports: &[Reported]) {
        let photos = self.0.entry(PhotoRow::NAME.to_owned()).or_default();
        for photo in reports.iter().flat_map(Reported::photos) {
            let id = photo.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
            if let Some(id) = id {
                photos.entry(id).or_insert(photo);
            }
        }
    }

    /// What a line changed.
    pub(super) fn changed(&mut self, changes: BTreeMap<String, BTreeMap<Uuid, [Value; 2]>>) {
        for (kind, rows) in changes {
            let kept = self.0.entry(kind).or_default();
            for (id, [_, after]) in rows {
                if after.is_null() {
                    kept.remove(&id)
                } else {
                    kept.insert(id, after)
                };
            }
        }
    }

    /// What is kept otherwise than this.
    pub(super) async fn compare(mut self, tx: &mut Tx<'_>, dossier: &Dossier) -> Result<Vec<Fault>, DbError> {
        let case = dossier.row.id;
        let Self(mut kept) = Self::of(dossier);
        let kinds: BTreeSet<String> = kept.keys().chain(self.0.keys()).cloned().collect();
        let mut faults = Vec::new();
        for kind in kinds {
            let kept = kept.remove(&kind).unwrap_or_default();
            let mut computed = self.0.remove(&kind).unwrap_or_default();
            if kind == PhotoRow::NAME {
                forget_photos_of_others(tx, dossier, &mut computed).await?;
            }
            let ids: BTreeSet<&Uuid> = kept.keys().chain(computed.keys()).collect();
            for id in ids {
                for (field, kept, computed) in differing(kept.get(id), computed.get(id)) {
                    faults.push(Fault { kept, computed, ..unlike(case, format!("{kind} {id} {field}")) });
                }
            }
        }
        Ok(faults)
    }
}

/// A photo that a report brought and that another case had already stays there, and is compared there.
async fn forget_photos_of_others(
    tx: &mut Tx<'_>,
    dossier: &Dossier,
    computed: &mut Rows,
) -> Result<(), DbError> {
    let mut elsewhere = Vec::new();
    for id in computed.keys().copied() {
        let kept = photo_by_id(tx, ObjectId(id)).await?;
        if kept.is_some_and(|photo| photo.case_id != dossier.row.id) {
            elsewhere.push(id);
        }
    }
    computed.retain(|id, _| !elsewhere.contains(id));
    Ok(())
}

/// The fields in which two rows differ, with both values; `row` or `line` where one is not there.
fn differing(kept: Option<&Value>, computed: Option<&Value>) -> Vec<(String, Value, Value)> {
    let (Some(kept), Some(computed)) = (kept, computed) else {
        let what = if kept.is_none() { "row" } else { "line" };
        let value = |value: Option<&Value>| value.cloned().unwrap_or_default();
        return vec![(what.to_owned(), value(kept), value(computed))];
    };
    let names = |value: &Value| value.as_object().map(|row| row.keys().cloned().collect::<BTreeSet<_>>());
    let fields: BTreeSet<String> =
        names(kept).unwrap_or_default().union(&names(computed).unwrap_or_default()).cloned().collect();
    let of = |row: &Value, field: &str| row.get(field).cloned().unwrap_or_default();
    let both = fields.into_iter().map(|field| (of(kept, &field), of(computed, &field), field));
    both.filter(|(kept, computed, _)| !agree(kept, computed))
        .map(|(kept, computed, field)| (field, kept, computed))
        .collect()
}

//! All that commands may change about one case, and the difference between two such states.

use std::collections::BTreeMap;

use qige_db::{DbError, Tx, params};
use qige_kernel::CaseId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::parts::{
    ASKS_OF, ASSIGNMENTS_OF, AskRow, AssignmentRow, CLOCKS_OF, COMMENTS_OF, ClockRow, CommentRow, MERGES_OF,
    MergeRow, PHOTOS_OF, Part, PhotoRow,
};
use super::row::{CASE_BY_ID, CaseRow, UPDATE_CASE};

/// Fields of a case's row that follow from the journal's length and hour, so that no line repeats them.
const COUNTED: &[&str] = &["id", "version", "updated_at"];

/// A case with everything beside it that decides what may be done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Dossier {
    /// Its own row.
    pub row: CaseRow,
    /// The units' parts.
    pub assignments: Vec<AssignmentRow>,
    /// What was asked, answered or not.
    pub asks: Vec<AskRow>,
    /// The clocks of its stages, the running one last.
    pub clocks: Vec<ClockRow>,
    /// Its photos.
    pub photos: Vec<PhotoRow>,
    /// Which cases it followed.
    pub merges: Vec<MergeRow>,
    /// What was said about it.
    pub comments: Vec<CommentRow>,
}

/// What a line of the journal changed, as it stands there: by field or row, before and after.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// Fields of the case's row.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub case: Map<String, Value>,
    /// Rows beside it, by kind and id.
    #[serde(flatten)]
    pub parts: BTreeMap<String, BTreeMap<Uuid, [Value; 2]>>,
}

impl Changes {
    /// What leads back.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        for pair in self.case.values_mut().filter_map(Value::as_array_mut) {
            pair.reverse();
        }
        for pair in self.parts.values_mut().flat_map(BTreeMap::values_mut) {
            pair.reverse();
        }
        self
    }
}

impl Dossier {
    /// A case with nothing beside it.
    pub(crate) const fn of(row: CaseRow) -> Self {
        Self {
            row,
            assignments: Vec::new(),
            asks: Vec::new(),
            clocks: Vec::new(),
            photos: Vec::new(),
            merges: Vec::new(),
            comments: Vec::new(),
        }
    }

    /// A case of this tenant with everything beside it.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn load(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<Self>, DbError> {
        let tenant = tx.tenant();
        let Some(row) = tx.optional(CASE_BY_ID, params![tenant, id]).await? else { return Ok(None) };
        Ok(Some(Self {
            row,
            assignments: tx.all(ASSIGNMENTS_OF, params![tenant, id]).await?,
            asks: tx.all(ASKS_OF, params![tenant, id]).await?,
            clocks: tx.all(CLOCKS_OF, params![tenant, id]).await?,
            photos: tx.all(PHOTOS_OF, params![tenant, id]).await?,
            merges: tx.all(MERGES_OF, params![tenant, id]).await?,
            comments: tx.all(COMMENTS_OF, params![tenant, id]).await?,
        }))
    }

    /// What is different in `after`.
    #[must_use]
    pub fn changes(&self, after: &Self) -> Changes {
        let mut parts = BTreeMap::new();
        note(&mut parts, &self.assignments, &after.assignments);
        note(&mut parts, &self.asks, &after.asks);
        note(&mut parts, &self.clocks, &after.clocks);
        note(&mut parts, &self.photos, &after.photos);
        note(&mut parts, &self.merges, &after.merges);
        note(&mut parts, &self.comments, &after.comments);
        Changes { case: row_changes(Some(&self.row), &after.row), parts }
    }

    /// This dossier with `changes` made in it.
    ///
    /// # Errors
    /// When the changes are not of a dossier's shape.
    pub fn with(mut self, changes: &Changes) -> Result<Self, serde_json::Error> {
        let Value::Object(mut row) = serde_json::to_value(&self.row)? else { return Ok(self) };
        for (field, pair) in &changes.case {
            row.insert(field.clone(), pair.get(1).cloned().unwrap_or(Value::Null));
        }
        self.row = serde_json::from_value(Value::Object(row))?;
        for (kind, rows) in &changes.parts {
            for (id, [_, after]) in rows {
                match kind.as_str() {
                    AssignmentRow::NAME => replace(&mut self.assignments, *id, after)?,
                    AskRow::NAME => replace(&mut self.asks, *id, after)?,
                    ClockRow::NAME => replace(&mut self.clocks, *id, after)?,
                    PhotoRow::NAME => replace(&mut self.photos, *id, after)?,
                    MergeRow::NAME => replace(&mut self.merges, *id, after)?,
                    CommentRow::NAME => replace(&mut self.comments, *id, after)?,
                    _ => {}
                }
            }
        }
        Ok(self)
    }

    /// Writes what is different in `after`, if nobody was quicker; says whether it was written.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn save(&self, tx: &mut Tx<'_>, after: &Self) -> Result<bool, DbError> {
        let mut values = after.row.values(tx.tenant());
        // The version that was read, whatever became of the field since.
        if let Some(version) = values.get_mut(2) {
            *version = qige_db::ToParam::to_param(&self.row.version);
        }
        let written: Option<(i64,)> = tx.optional(UPDATE_CASE, &values).await?;
        if written.is_none() {
            return Ok(false);
        }
        put(tx, &self.assignments, &after.assignments).await?;
        put(tx, &self.asks, &after.asks).await?;
        put(tx, &self.clocks, &after.clocks).await?;
        put(tx, &self.photos, &after.photos).await?;
        put(tx, &self.merges, &after.merges).await?;
        put(tx, &self.comments, &after.comments).await?;
        Ok(true)
    }
}

/// The fields of a row that differ, before and after; for a new row those that say anything.
pub(crate) fn row_changes(before: Option<&CaseRow>, after: &CaseRow) -> Map<String, Value> {
    let fields = |row: &CaseRow| match serde_json::to_value(row) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let old = before.map(fields).unwrap_or_default();
    let mut changed = Map::new();
    for (field, new) in fields(after) {
        let was = old.get(&field).cloned().unwrap_or(Value::Null);
        let silent = before.is_none() && says_nothing(&new);
        if was != new && !silent && !COUNTED.contains(&field.as_str()) {
            changed.insert(field, Value::Array(vec![was, new]));
        }
    }
    changed
}

/// A value that a row has when nothing was ever said about it.
pub(crate) fn says_nothing(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false)) || value.as_i64() == Some(0)
}

fn note<P: Part>(into: &mut BTreeMap<String, BTreeMap<Uuid, [Value; 2]>>, before: &[P], after: &[P]) {
    let json =
        |part: Option<&P>| part.and_then(|part| serde_json::to_value(part).ok()).unwrap_or(Value::Null);
    let mut rows = BTreeMap::new();
    for part in after {
        let old = before.iter().find(|old| old.id() == part.id());
        if old != Some(part) {
            rows.insert(part.id(), [json(old), json(Some(part))]);
        }
    }
    for gone in before.iter().filter(|old| after.iter().all(|part| part.id() != old.id())) {
        rows.insert(gone.id(), [json(Some(gone)), Value::Null]);
    }
    if !rows.is_empty() {
        into.insert(P::NAME.to_owned(), rows);
    }
}

fn replace<P: Part>(parts: &mut Vec<P>, id: Uuid, after: &Value) -> Result<(), serde_json::Error> {
    let at = parts.iter().position(|part| part.id() == id);
    if after.is_null() {
        parts.retain(|part| part.id() != id);
        return Ok(());
    }
    let part: P = serde_json::from_value(after.clone())?;
    match at.and_then(|at| parts.get_mut(at)) {
        Some(place) => *place = part,
        None => parts.push(part),
    }
    Ok(())
}

async fn put<P: Part>(tx: &mut Tx<'_>, before: &[P], after: &[P]) -> Result<(), DbError> {
    for gone in before.iter().filter(|old| after.iter().all(|part| part.id() != old.id())) {
        tx.execute(P::REMOVE, params![tx.tenant(), gone.case(), gone.id()]).await?;
    }
    for part in after.iter().filter(|part| !before.contains(part)) {
        let values = part.values(tx.tenant());
        tx.execute(P::PUT, &values).await?;
    }
    Ok(())
}

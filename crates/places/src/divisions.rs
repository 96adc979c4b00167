//! Counties, subdistricts, communities and villages from a list of codes.

use std::collections::BTreeMap;

use qige_db::{Command, Failure, Tx};
use qige_kernel::{Entropy, PlaceId, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::edit_place::checked_name;
use crate::{DivisionCode, Edit, NewPlace, PlaceKind, store};

/// Donghai County's two subdistricts in town and Niushan's communities and villages, as the National Bureau
/// of Statistics publishes them.
pub const DONGHAI: &str = include_str!("../data/donghai-divisions.csv");

/// Most rows of a list: several counties.
pub const MAX_DIVISIONS: usize = 5_000;

/// One division of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Division {
    /// Its code.
    pub code: DivisionCode,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: PlaceKind,
    /// The division that it lies in; of those that the list and the tenant do not know, nothing is kept.
    pub parent: Option<String>,
}

#[derive(Deserialize)]
struct Line {
    code: String,
    name: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    parent: String,
}

/// Reads a list with the columns `code`, `name`, `kind` and `parent` in any order. A blank kind is what the
/// code usually is, a blank parent what the code begins with.
///
/// # Errors
/// `divisions-unreadable`, `divisions-too-many`, and with the row's number `divisions-code-bad`,
/// `divisions-kind-bad` (unknown, or not of the code's length), `divisions-code-twice`, `place-name-blank`,
/// `place-name-long`.
pub fn read(text: &str) -> Result<Vec<Division>, Refusal> {
    let text = text.trim_start_matches('\u{feff}');
    let mut rows: Vec<Division> = Vec::new();
    for (number, line) in (2_usize..).zip(csv::Reader::from_reader(text.as_bytes()).deserialize()) {
        let at_row = |refusal: Refusal| refusal.with("row", number);
        let line: Line = line.map_err(|_| at_row(Refusal::invalid("file", "divisions-unreadable")))?;
        if rows.len() == MAX_DIVISIONS {
            return Err(Refusal::invalid("file", "divisions-too-many").with("limit", MAX_DIVISIONS));
        }
        let row = division(&line).map_err(at_row)?;
        if rows.iter().any(|other| other.code == row.code) {
            return Err(at_row(Refusal::invalid("file", "divisions-code-twice").with("code", &row.code)));
        }
        rows.push(row);
    }
    Ok(rows)
}

fn division(line: &Line) -> Result<Division, Refusal> {
    let code_text = line.code.trim();
    let bad_code = |_| Refusal::invalid("file", "divisions-code-bad").with("code", code_text);
    let code: DivisionCode = code_text.parse().map_err(bad_code)?;
    let bad_kind = || Refusal::invalid("file", "divisions-kind-bad").with("kind", line.kind.trim());
    let kind = match line.kind.trim() {
        "" => code.usual_kind(),
        kind => kind.parse().map_err(|_| bad_kind())?,
    };
    kind.checked_code(code.as_str()).map_err(|_| bad_kind())?;
    if !kind.siblings().contains(&code.usual_kind()) {
        return Err(bad_kind());
    }
    let said = Some(line.parent.trim().to_owned()).filter(|parent| !parent.is_empty());
    let parent = said.or_else(|| code.parent().map(String::from));
    Ok(Division { code, name: checked_name(&line.name)?, kind, parent })
}

/// Puts divisions there. Those that are known by their code keep their ids, drawings and grids; what is new,
/// renamed or of another kind is brought up to the list. Others stay. Running it again changes nothing.
#[derive(Debug)]
pub struct SeedDivisions {
    /// Wider ones first.
    rows: Vec<(Division, PlaceId)>,
    edit: Edit,
}

/// What a list changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Seeded {
    /// Divisions that are new.
    pub added: usize,
    /// Divisions that changed.
    pub changed: usize,
    /// Divisions that were as the list says.
    pub unchanged: usize,
}

impl SeedDivisions {
    /// The command for a list.
    #[must_use]
    pub fn new(rows: Vec<Division>, edit: Edit, entropy: &Entropy) -> Self {
        let mut rows: Vec<(Division, PlaceId)> =
            rows.into_iter().map(|row| (row, entropy.id(edit.at))).collect();
        rows.sort_by(|(one, _), (two, _)| (one.code.level(), &one.code).cmp(&(two.code.level(), &two.code)));
        Self { rows, edit }
    }
}

impl Command for SeedDivisions {
    type Output = Seeded;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seeded, Failure> {
        let mut seeded = Seeded::default();
        let mut ids: BTreeMap<String, PlaceId> = BTreeMap::new();
        for (row, new_id) in &self.rows {
            let parent = match row.parent.as_ref().map(|code| (code, ids.get(code))) {
                None => None,
                Some((_, Some(id))) => Some(*id),
                Some((code, None)) => known(tx, code).await?,
            };
            let code = row.code.to_string();
            let id = match store::sibling_by_code(tx, row.kind, &code).await? {
                None => {
                    let (kind, name, code) = (row.kind, row.name.clone(), code.clone());
                    let place = NewPlace { id: *new_id, kind, code, name, parent, shape: None };
                    store::insert(tx, &place, self.edit.at).await?;
                    seeded.added += 1;
                    *new_id
                }
                Some(place) => {
                    let parent = parent.or(place.parent);
                    let same = place.name == row.name && place.parent == parent;
                    if place.kind != row.kind {
                        store::set_kind(tx, place.id, row.kind, self.edit.at).await?;
                    }
                    if !same {
                        store::set_facts(tx, place.id, &row.name, parent, self.edit.at).await?;
                    }
                    let kept = same && place.kind == row.kind;
                    *(if kept { &mut seeded.unchanged } else { &mut seeded.changed }) += 1;
                    place.id
                }
            };
            ids.insert(code, id);
        }
        if seeded.added + seeded.changed > 0 {
            let revision = store::moved_on(tx).await?;
            let body = json!({ "added": seeded.added, "changed": seeded.changed, "revision": revision });
            self.edit.note(tx, "places", tx.tenant().0, "seed-divisions", &body).await?;
            tx.announce("places", tx.tenant().0);
        }
        Ok(seeded)
    }
}

async fn known(tx: &mut Tx<'_>, code: &str) -> Result<Option<PlaceId>, Failure> {
    let Ok(code) = code.parse::<DivisionCode>() else { return Ok(None) };
    let place = store::sibling_by_code(tx, code.usual_kind(), code.as_str()).await?;
    Ok(place.map(|place| place.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_list_is_read() {
        let rows = read(DONGHAI).unwrap();
        let count = |kind| rows.iter().filter(|row| row.kind == kind).count();
        assert_eq!((count(PlaceKind::Community), count(PlaceKind::Village)), (22, 19));
        assert_eq!((count(PlaceKind::County), count(PlaceKind::Subdistrict)), (1, 2));
        assert_eq!(rows[1].parent.as_deref(), Some("320722"));
    }

    #[test]
    fn columns_come_in_any_order_and_blanks_are_filled() {
        let rows = read("\u{feff}name,code\n幸福社区,320722001005\n英疃村,320722001201\n").unwrap();
        assert_eq!((rows[0].kind, rows[1].kind), (PlaceKind::Community, PlaceKind::Village));
        assert_eq!(rows[0].parent.as_deref(), Some("320722001"));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_row() {
        let refused = |text: &str| read(text).err().unwrap().to_string();
        assert_eq!(refused("code,name\n320722,县\n32072,x\n"), "divisions-code-bad code=32072 row=3");
        assert_eq!(refused("code,name,kind\n320722,县,grid\n"), "divisions-kind-bad kind=grid row=2");
        assert_eq!(refused("code,name,kind\n320722,县,village\n"), "divisions-kind-bad kind=village row=2");
        assert_eq!(refused("code,name\n320722,县\n320722,县\n"), "divisions-code-twice code=320722 row=3");
        assert_eq!(refused("code,name\n320722, \n"), "place-name-blank row=2");
        assert_eq!(refused("a,b\n1,2\n"), "divisions-unreadable row=2");
    }

    #[test]
    fn a_list_has_its_limit() {
        let list = |count: usize| {
            let rows: Vec<String> = (0..count).map(|n| format!("{n:012},x")).collect();
            format!("code,name\n{}\n", rows.join("\n"))
        };
        assert_eq!(read(&list(MAX_DIVISIONS)).unwrap().len(), MAX_DIVISIONS);
        assert_eq!(read(&list(MAX_DIVISIONS + 1)).err().unwrap().code, "divisions-too-many");
    }
}

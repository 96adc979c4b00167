//! One more rest station or venue: a point with a name, which nobody draws.

use qige_db::{Command, DbError, Failure, Tx};
use qige_kernel::{PlaceId, Position, Refusal};

use super::add::add;
use crate::{Edit, NewPlace, PlaceKind, store};

/// Adds a station or a venue at a point.
#[derive(Clone, Debug)]
pub struct AddSpot {
    /// Its id. The same one again is no second one.
    pub id: PlaceId,
    /// Station or venue.
    pub kind: PlaceKind,
    /// A code of the tenant's own; the next number of its kind when left out or blank.
    pub code: Option<String>,
    /// As people call it.
    pub name: String,
    /// Where it is.
    pub spot: Position,
    /// The community, village or grid that it lies in.
    pub within: PlaceId,
    /// Who and when.
    pub edit: Edit,
}

impl Command for AddSpot {
    type Output = PlaceId;

    /// # Errors
    /// `place-kind-bad` (of an area), `place-code-bad`, `place-code-taken` and `place-code-taken-off` (in
    /// use, or switched off), `place-name-blank`, `place-name-long`, `place-name-taken` (by another of its
    /// kind that is in use), `place-parent-missing`.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<PlaceId, Failure> {
        let front = match self.kind {
            PlaceKind::Station => "YZ",
            PlaceKind::Venue => "CS",
            _ => return Err(Refusal::invalid("kind", "place-kind-bad").into()),
        };
        if let Some(known) = store::by_id(tx, self.id).await? {
            return Ok(known.id);
        }
        let code = match self.code.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
            Some(code) => code.to_owned(),
            None => next_code(tx, self.kind, front).await?,
        };
        let place = NewPlace {
            id: self.id,
            kind: self.kind,
            code,
            name: self.name.clone(),
            parent: Some(self.within),
            shape: None,
        };
        add(tx, &place, Some(self.spot), self.edit).await
    }
}

/// `YZ-001` (驿站), `CS-001` (场所) and so on: one after the highest that is there, in use or not.
async fn next_code(tx: &mut Tx<'_>, kind: PlaceKind, front: &str) -> Result<String, DbError> {
    let known = store::list(tx, kind).await?;
    let numbers = known.iter().filter_map(|place| {
        let number = place.code.strip_prefix(front)?.strip_prefix('-')?;
        number.parse::<u32>().ok()
    });
    Ok(format!("{front}-{:03}", numbers.max().unwrap_or(0).saturating_add(1)))
}

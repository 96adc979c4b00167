//! The SQL of places.

use qige_db::{DbError, FromRow, Row, Tx, from_row, params, statements};
use qige_kernel::{PlaceId, Position, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::import::Existing;
use crate::{Bounds, DrawnPlace, Grid, NewPlace, Place, PlaceKind, Shape};

/// Most places on one page of a list.
pub const PLACES_ON_PAGE_MAX: u32 = 200;

statements! {
    /// All places of one kind.
    OF_KIND = "SELECT * FROM places WHERE tenant = $1 AND kind = $2 ORDER BY code";
    /// The place; none when it is not there.
    BY_ID = "SELECT * FROM places WHERE tenant = $1 AND id = $2";
    /// The place of a kind and code; none when it is not there.
    BY_CODE = "SELECT * FROM places WHERE tenant = $1 AND kind = $2 AND code = $3";
    /// Places within another.
    WITHIN = "SELECT * FROM places WHERE tenant = $1 AND parent = $2 ORDER BY kind, code";
    /// Everything that can be drawn.
    ALL = "SELECT * FROM places WHERE tenant = $1 ORDER BY code";
    /// What the index is made of.
    ACTIVE_GRIDS = "SELECT id, code, name, parent, geometry FROM places
        WHERE tenant = $1 AND kind = 'grid' AND active = TRUE AND geometry IS NOT NULL";
    /// Places by code, from the one after `$7`, of two kinds or of any, whose code begins with or whose name
    /// contains a text. A tenant has some thousand, so conditions that are not wanted may be skipped inside.
    PAGE = "SELECT p.*, a.name AS within, (SELECT COUNT(*) FROM places g WHERE g.tenant = p.tenant
            AND g.parent = p.id AND g.kind = 'grid' AND g.active = TRUE) AS grids
        FROM places p LEFT JOIN places a ON a.tenant = p.tenant AND a.id = p.parent
        WHERE p.tenant = $1 AND ($2 = '' OR p.kind = $2 OR p.kind = $3)
            AND (p.code LIKE $4 ESCAPE '!' OR p.name LIKE $5 ESCAPE '!')
            AND ($6 = FALSE OR p.active = FALSE)
            AND (p.code, p.id) > (COALESCE((SELECT q.code FROM places q
                WHERE q.tenant = $1 AND q.id = $7), ''), $7)
        ORDER BY p.code, p.id LIMIT $8";
    /// How many of each kind are in use.
    COUNTS = "SELECT kind, COUNT(*) FROM places WHERE tenant = $1 AND active = TRUE GROUP BY kind";
    /// Communities and villages, each with how many active grids it has.
    COMMUNITIES = "SELECT p.*, (SELECT COUNT(*) FROM places g WHERE g.tenant = p.tenant
            AND g.parent = p.id AND g.kind = 'grid' AND g.active = TRUE) AS grids
        FROM places p WHERE p.tenant = $1 AND p.kind IN ('community', 'village') ORDER BY p.code";
    /// One more place.
    INSERT = "INSERT INTO places (tenant, id, kind, code, name, parent, geometry, area_m2,
            west, south, east, north, active, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, TRUE, $13, $13)";
    /// What it is called and where it belongs.
    SET_FACTS = "UPDATE places SET name = $3, parent = $4, updated_at = $5 WHERE tenant = $1 AND id = $2";
    /// What kind of division it is.
    SET_KIND = "UPDATE places SET kind = $3, updated_at = $4 WHERE tenant = $1 AND id = $2";
    /// How it is drawn.
    SET_SHAPE = "UPDATE places SET geometry = $3, area_m2 = $4, west = $5, south = $6, east = $7, north = $8,
        updated_at = $9 WHERE tenant = $1 AND id = $2";
    /// At which point it is.
    SET_SPOT = "UPDATE places SET west = $3, east = $3, south = $4, north = $4, updated_at = $5
        WHERE tenant = $1 AND id = $2";
    /// Whether it is offered.
    SET_ACTIVE = "UPDATE places SET active = $3, updated_at = $4 WHERE tenant = $1 AND id = $2";
    /// How often places changed; no row before the first time.
    REVISION = "SELECT revision FROM place_revisions WHERE tenant = $1";
    /// Once more.
    MOVED_ON = "INSERT INTO place_revisions (tenant, revision) VALUES ($1, 1)
        ON CONFLICT (tenant) DO UPDATE SET revision = place_revisions.revision + 1 RETURNING revision";
}

impl FromRow for DrawnPlace {
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        let shape: Option<Shape> = row.get("geometry")?;
        let corner = (row.get::<Option<f64>>("west")?, row.get::<Option<f64>>("south")?);
        // What has no outline has a rectangle of no extent, where it was said where it is.
        let spot = match corner {
            (Some(lng), Some(lat)) if shape.is_none() => Position::new(lng, lat).ok(),
            _ => None,
        };
        Ok(Self { place: Place::from_row(row)?, shape, spot })
    }
}

from_row! {
    struct GridRow { id: PlaceId, code: String, name: String, parent: Option<PlaceId>, geometry: Shape }
}

/// A community or village.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Community {
    /// What is known of it.
    #[serde(flatten)]
    pub place: Place,
    /// How many active grids it has.
    pub grids: i64,
}

impl FromRow for Community {
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok(Self { place: Place::from_row(row)?, grids: row.get("grids")? })
    }
}

/// All places of a kind, active or not, by code.
///
/// # Errors
/// [`DbError`].
pub async fn list(tx: &mut Tx<'_>, kind: PlaceKind) -> Result<Vec<Place>, DbError> {
    tx.all(OF_KIND, params![tx.tenant(), kind]).await
}

/// The same with their drawings.
///
/// # Errors
/// [`DbError`].
pub async fn drawn(tx: &mut Tx<'_>, kind: PlaceKind) -> Result<Vec<DrawnPlace>, DbError> {
    tx.all(OF_KIND, params![tx.tenant(), kind]).await
}

/// A place, active or not; none when there is none of that id.
///
/// # Errors
/// [`DbError`].
pub async fn by_id(tx: &mut Tx<'_>, id: PlaceId) -> Result<Option<Place>, DbError> {
    tx.optional(BY_ID, params![tx.tenant(), id]).await
}

/// The same with its drawing.
///
/// # Errors
/// [`DbError`].
pub async fn drawn_by_id(tx: &mut Tx<'_>, id: PlaceId) -> Result<Option<DrawnPlace>, DbError> {
    tx.optional(BY_ID, params![tx.tenant(), id]).await
}

/// The place of a kind and code, active or not.
///
/// # Errors
/// [`DbError`].
pub async fn by_code(tx: &mut Tx<'_>, kind: PlaceKind, code: &str) -> Result<Option<Place>, DbError> {
    tx.optional(BY_CODE, params![tx.tenant(), kind, code]).await
}

/// The division of a code, whether it is a community or a village today.
pub(crate) async fn sibling_by_code(
    tx: &mut Tx<'_>,
    kind: PlaceKind,
    code: &str,
) -> Result<Option<Place>, DbError> {
    for sibling in kind.siblings() {
        if let Some(place) = by_code(tx, *sibling, code).await? {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

/// Places whose parent is `id`, active or not.
///
/// # Errors
/// [`DbError`].
pub async fn within(tx: &mut Tx<'_>, id: PlaceId) -> Result<Vec<Place>, DbError> {
    tx.all(WITHIN, params![tx.tenant(), id]).await
}

/// Which places a list shows.
#[derive(Clone, Debug, Default)]
pub struct PlaceFilter {
    /// The beginning of a code, or part of a name; blank for all.
    pub words: String,
    /// Of this kind or of its siblings; none for all.
    pub kinds: Option<(PlaceKind, PlaceKind)>,
    /// Only those that are switched off.
    pub off: bool,
}

/// A place on a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// What is known of it.
    pub place: Place,
    /// What the place is called that it lies in.
    pub within: Option<String>,
    /// How many active grids lie in it.
    pub grids: i64,
}

impl FromRow for Listed {
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok(Self { place: Place::from_row(row)?, within: row.get("within")?, grids: row.get("grids")? })
    }
}

/// Places by code, active or not, at most `limit` and [`PLACES_ON_PAGE_MAX`] of them, from the one after
/// `after`.
///
/// # Errors
/// [`DbError`].
pub async fn page(
    tx: &mut Tx<'_>,
    filter: &PlaceFilter,
    after: Option<PlaceId>,
    limit: u32,
) -> Result<Vec<Listed>, DbError> {
    let text = filter.words.trim();
    let text: String = text.chars().flat_map(|character| escaped(character).chain([character])).collect();
    let kinds = filter.kinds.map(|(one, other)| (one.to_string(), other.to_string())).unwrap_or_default();
    let after = after.map_or(uuid::Uuid::nil(), |place| place.0);
    let limit = i64::from(limit.min(PLACES_ON_PAGE_MAX));
    let values = params![
        tx.tenant(),
        kinds.0,
        kinds.1,
        format!("{text}%"),
        format!("%{text}%"),
        filter.off,
        after,
        limit
    ];
    tx.all(PAGE, values).await
}

/// How many places of each kind are in use; kinds without any are left out.
///
/// # Errors
/// [`DbError`].
pub async fn counts(tx: &mut Tx<'_>) -> Result<Vec<(PlaceKind, i64)>, DbError> {
    tx.all(COUNTS, params![tx.tenant()]).await
}

/// The sign before characters that LIKE would read as its own.
fn escaped(character: char) -> std::option::IntoIter<char> {
    matches!(character, '%' | '_' | '!').then_some('!').into_iter()
}

/// Communities and villages, active or not, by code.
///
/// # Errors
/// [`DbError`].
pub async fn communities(tx: &mut Tx<'_>) -> Result<Vec<Community>, DbError> {
    tx.all(COMMUNITIES, params![tx.tenant()]).await
}

/// How often the tenant's places have changed. Whatever is held in memory about them names the revision that
/// it was made from.
///
/// # Errors
/// [`DbError`].
pub async fn revision(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    let row: Option<(i64,)> = tx.optional(REVISION, params![tx.tenant()]).await?;
    Ok(row.map_or(0, |(revision,)| revision))
}

/// Counts a change. Every command that changes places calls it once.
pub(crate) async fn moved_on(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    Ok(tx.one::<(i64,)>(MOVED_ON, params![tx.tenant()]).await?.0)
}

/// All that an import is compared with.
///
/// # Errors
/// [`DbError`].
pub async fn existing(tx: &mut Tx<'_>) -> Result<Existing, DbError> {
    let revision = revision(tx).await?;
    Ok(Existing { revision, places: tx.all(ALL, params![tx.tenant()]).await?, fence: None })
}

/// What the index is made of.
pub(crate) async fn active_grids(tx: &mut Tx<'_>) -> Result<Vec<Grid>, DbError> {
    let rows: Vec<GridRow> = tx.all(ACTIVE_GRIDS, params![tx.tenant()]).await?;
    let grid = |GridRow { id, code, name, parent, geometry }| Grid {
        id,
        code,
        name,
        community: parent,
        shape: geometry,
    };
    Ok(rows.into_iter().map(grid).collect())
}

pub(crate) async fn insert(tx: &mut Tx<'_>, place: &NewPlace, at: Timestamp) -> Result<(), DbError> {
    let (bounds, area) = (place.bounds(), place.shape.as_ref().map(Shape::area_m2));
    let values = params![
        tx.tenant(),
        place.id,
        place.kind,
        place.code,
        place.name,
        place.parent,
        place.shape,
        area,
        bounds.map(|bounds| bounds.west),
        bounds.map(|bounds| bounds.south),
        bounds.map(|bounds| bounds.east),
        bounds.map(|bounds| bounds.north),
        at
    ];
    tx.execute(INSERT, values).await.map(drop)
}

pub(crate) async fn set_facts(
    tx: &mut Tx<'_>,
    id: PlaceId,
    name: &str,
    parent: Option<PlaceId>,
    at: Timestamp,
) -> Result<(), DbError> {
    touched(SET_FACTS.name, tx.execute(SET_FACTS, params![tx.tenant(), id, name, parent, at]).await?)
}

pub(crate) async fn set_kind(
    tx: &mut Tx<'_>,
    id: PlaceId,
    kind: PlaceKind,
    at: Timestamp,
) -> Result<(), DbError> {
    touched(SET_KIND.name, tx.execute(SET_KIND, params![tx.tenant(), id, kind, at]).await?)
}

pub(crate) async fn set_shape(
    tx: &mut Tx<'_>,
    id: PlaceId,
    shape: &Shape,
    at: Timestamp,
) -> Result<(), DbError> {
    let Bounds { west, south, east, north } = shape.bounds();
    let values = params![tx.tenant(), id, shape, shape.area_m2(), west, south, east, north, at];
    touched(SET_SHAPE.name, tx.execute(SET_SHAPE, values).await?)
}

pub(crate) async fn set_spot(
    tx: &mut Tx<'_>,
    id: PlaceId,
    spot: Position,
    at: Timestamp,
) -> Result<(), DbError> {
    let values = params![tx.tenant(), id, spot.lng(), spot.lat(), at];
    touched(SET_SPOT.name, tx.execute(SET_SPOT, values).await?)
}

pub(crate) async fn set_active(
    tx: &mut Tx<'_>,
    id: PlaceId,
    active: bool,
    at: Timestamp,
) -> Result<(), DbError> {
    touched(SET_ACTIVE.name, tx.execute(SET_ACTIVE, params![tx.tenant(), id, active, at]).await?)
}

/// A change of a place that is not there must not pass for one.
fn touched(statement: &'static str, rows: u64) -> Result<(), DbError> {
    if rows == 1 { Ok(()) } else { Err(DbError::NotFound(statement)) }
}

//! Where a case is: in words, and what the map begins with.

use qige_cases::views::CentreCase;
use qige_kernel::{Datum, Position};
use qige_places::{Bounds, GridIndex};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::names::Directory;
use super::super::queue::written;

/// How far around a case its map reaches, in metres: the next corners in every direction.
const AROUND_METRES: f64 = 300.0;
/// How far beyond a grid's own edges its neighbours are looked for, in degrees: some fifty metres, for
/// drawings that leave a gap between them.
const BESIDE_DEGREES: f64 = 0.000_5;
/// Neighbours named at most.
const NEIGHBOURS_MAX: usize = 8;

/// Where a case is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub(super) struct PlaceLines {
    /// Its community by name.
    pub(super) community: Option<String>,
    /// Its grid by name.
    pub(super) grid: Option<String>,
    /// The grids around it.
    pub(super) neighbours: Vec<Neighbour>,
    /// `west,south,east,north` of what the map begins with.
    pub(super) bbox: Option<String>,
    /// `lng,lat` in WGS-84 degrees.
    pub(super) marker: Option<String>,
    /// `lng,lat` as Amap and Tencent have it, to copy.
    pub(super) gcj02: Option<String>,
}

/// A grid next to the case's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Neighbour {
    /// Its name.
    pub(super) name: String,
    /// Where its middle lies, seen from the case: `north`, `north-east`…
    pub(super) direction: &'static str,
}

/// Where the case is.
pub(super) fn of(case: &CentreCase, grids: &GridIndex, directory: &Directory) -> PlaceLines {
    let row = &case.row;
    let own = row.grid.and_then(|id| grids.grid(id));
    let window = row.position.map(|position| Bounds::near(position, AROUND_METRES));
    let from = row.position.or_else(|| own.and_then(|grid| grid.shape.inner_point()));
    let around = window.or_else(|| own.map(|grid| grid.shape.bounds()));
    let pair = |lng: f64, lat: f64| format!("{lng:.6},{lat:.6}");
    PlaceLines {
        community: row.community.and_then(|id| directory.community(id)),
        grid: row.grid.and_then(|id| directory.grid(id)),
        neighbours: neighbours(
            grids,
            row.grid,
            own.map(|grid| widened(&grid.shape.bounds())).or(around),
            from,
        ),
        bbox: around.map(|bounds| written(&bounds)),
        marker: row.position.map(|position| pair(position.lng(), position.lat())),
        gcj02: row.position.map(|position| {
            let there = position.in_datum(Datum::Gcj02);
            pair(there.lng, there.lat)
        }),
    }
}

fn widened(bounds: &Bounds) -> Bounds {
    Bounds {
        west: bounds.west - BESIDE_DEGREES,
        south: bounds.south - BESIDE_DEGREES,
        east: bounds.east + BESIDE_DEGREES,
        north: bounds.north + BESIDE_DEGREES,
    }
}

fn neighbours(
    grids: &GridIndex,
    own: Option<qige_kernel::PlaceId>,
    around: Option<Bounds>,
    from: Option<Position>,
) -> Vec<Neighbour> {
    let (Some(around), Some(from)) = (around, from) else { return Vec::new() };
    let near = grids.in_window(&around).into_iter().filter(|grid| Some(grid.id) != own);
    let told = near.filter_map(|grid| {
        let middle = grid.shape.inner_point()?;
        Some((from.distance_metres(middle), grid.name.clone(), direction(from, middle)))
    });
    let mut told: Vec<_> = told.collect();
    told.sort_by(|one, other| one.0.total_cmp(&other.0));
    let told = told.into_iter().take(NEIGHBOURS_MAX);
    told.map(|(_, name, direction)| Neighbour { name, direction }).collect()
}

/// The eighth of the compass in which `to` lies.
fn direction(from: Position, to: Position) -> &'static str {
    const EIGHTHS: [&str; 8] =
        ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"];
    let east = (to.lng() - from.lng()) * from.lat().to_radians().cos();
    let degrees = east.atan2(to.lat() - from.lat()).to_degrees().rem_euclid(360.0);
    let at = EIGHTHS.iter().zip(0_u8..).find(|(_, number)| {
        let middle = f64::from(*number) * 45.0;
        let apart = (degrees - middle).abs();
        apart.min(360.0 - apart) <= 22.5
    });
    at.map_or("north", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_are_those_of_the_compass() {
        let here = Position::new(118.75, 34.54).unwrap();
        for (east, north, said) in [
            (0.0, 90.0, "north"),
            (80.0, 80.0, "north-east"),
            (90.0, 5.0, "east"),
            (3.0, -90.0, "south"),
            (-80.0, -80.0, "south-west"),
            (-90.0, 0.0, "west"),
            (-20.0, 90.0, "north"),
            (-70.0, 80.0, "north-west"),
            (70.0, -80.0, "south-east"),
        ] {
            assert_eq!(direction(here, here.moved_metres(east, north)), said, "{east} {north}");
        }
    }
}

//! The town: Niushan subdistrict's communities and villages by their published codes, on a map of our own.
//!
//! The shapes are invented (the real borders are not published): a lattice that is denser in the middle,
//! with wavering edges that neighbours share exactly.

mod lattice;

use serde_json::{Value, json};

use lattice::{Cell, Lattice, Size};

/// The published divisions; see the catalogue of places.
const DIVISIONS: &str = include_str!("../../places/data/donghai-divisions.csv");
/// Code of the subdistrict whose town this is.
pub const SUBDISTRICT: &str = "320722001";
/// Name of the subdistrict.
pub const SUBDISTRICT_NAME: &str = "牛山街道";
/// Share of the lattice that is town rather than country.
const TOWN_PART: f64 = 0.42;

/// A community or village with its grids.
#[derive(Debug, Clone)]
pub struct Division {
    /// 12 digits.
    pub code: String,
    /// For example 牛山社区.
    pub name: String,
    /// `community` or `village`.
    pub kind: String,
    /// Its grids.
    pub grids: Vec<Grid>,
}

/// One grid.
#[derive(Debug, Clone)]
pub struct Grid {
    /// 15 digits.
    pub code: String,
    /// For example 牛山社区第一网格.
    pub name: String,
    /// Outer ring, longitude and latitude in degrees (WGS-84), closed.
    pub ring: Vec<[f64; 2]>,
    cell: Cell,
}

/// The whole subdistrict.
#[derive(Debug, Clone)]
pub struct Town {
    /// Communities, then villages, by code.
    pub divisions: Vec<Division>,
    lattice: Lattice,
}

impl Town {
    /// The town of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::parted(seed, 1)
    }

    /// The same with each grid parted into `parts` by `parts`: 4 makes 3,072 of 192, as many as a city has.
    #[must_use]
    pub fn parted(seed: u64, parts: usize) -> Self {
        let size = Size::parted(parts);
        let lattice = Lattice::new(seed, size);
        let (inner, outer) = town_and_country(size);
        let mut divisions = published();
        let communities = divisions.iter().filter(|division| division.kind == "community").count();
        let villages = divisions.len() - communities;
        let cells = shares(&inner, communities).into_iter().chain(shares(&outer, villages));
        for (division, cells) in divisions.iter_mut().zip(cells) {
            division.grids =
                (1_u32..).zip(cells).map(|(n, cell)| grid(division, n, cell, &lattice)).collect();
        }
        Self { divisions, lattice }
    }

    /// All grids, as a GeoJSON FeatureCollection such as a grid office would send.
    #[must_use]
    pub fn grids_geojson(&self) -> Value {
        let features = self.divisions.iter().flat_map(|division| {
            division.grids.iter().map(|grid| {
                json!({
                    "type": "Feature",
                    "properties": { "code": grid.code, "name": grid.name, "community": division.code },
                    "geometry": { "type": "Polygon", "coordinates": [grid.ring] },
                })
            })
        });
        json!({ "type": "FeatureCollection", "features": features.collect::<Vec<_>>() })
    }

    /// All communities and villages, as a GeoJSON FeatureCollection.
    #[must_use]
    pub fn divisions_geojson(&self) -> Value {
        let features = self.divisions.iter().map(|division| {
            let cells: Vec<Cell> = division.grids.iter().map(|grid| grid.cell).collect();
            let parts: Vec<_> = self.lattice.outline(&cells).into_iter().map(|ring| vec![ring]).collect();
            json!({
                "type": "Feature",
                "properties": { "code": division.code, "name": division.name, "kind": division.kind },
                "geometry": { "type": "MultiPolygon", "coordinates": parts },
            })
        });
        json!({ "type": "FeatureCollection", "features": features.collect::<Vec<_>>() })
    }
}

fn published() -> Vec<Division> {
    let rows = DIVISIONS.lines().skip(1).filter_map(|line| {
        let mut fields = line.trim().split(',');
        let (code, parent, kind, name) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        (parent == SUBDISTRICT).then(|| Division {
            code: code.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            grids: Vec::new(),
        })
    });
    let mut divisions: Vec<Division> = rows.collect();
    divisions.sort_by(|a, b| (&a.kind, &a.code).cmp(&(&b.kind, &b.code)));
    divisions
}

/// Cells of the town, row by row to and fro, and of the country around it, as the hand of a clock goes.
fn town_and_country(size: Size) -> (Vec<Cell>, Vec<Cell>) {
    let row = |row| (0..size.columns).map(move |column| Cell { column, row });
    let mut cells: Vec<Cell> = (0..size.rows).flat_map(row).collect();
    cells.sort_by(|a, b| size.distance_to_centre(*a).total_cmp(&size.distance_to_centre(*b)));
    let town = (0..cells.len()).filter(|at| share(*at) < TOWN_PART * share(cells.len())).count();
    let mut country = cells.split_off(town);
    cells.sort_by_key(|cell| {
        let along = if cell.row % 2 == 0 { cell.column } else { size.columns - cell.column };
        (cell.row, along)
    });
    country.sort_by(|a, b| size.angle(*a).total_cmp(&size.angle(*b)));
    (cells, country)
}

/// Neighbouring runs of nearly the same length.
fn shares(cells: &[Cell], parts: usize) -> Vec<Vec<Cell>> {
    let parts = parts.max(1);
    (0..parts)
        .map(|part| {
            let (from, to) = (cells.len() * part / parts, cells.len() * (part + 1) / parts);
            cells.get(from..to).unwrap_or_default().to_vec()
        })
        .collect()
}

fn grid(division: &Division, number: u32, cell: Cell, lattice: &Lattice) -> Grid {
    Grid {
        code: format!("{}{number:03}", division.code),
        name: format!("{}第{}网格", division.name, numeral(number)),
        ring: lattice.ring(cell),
        cell,
    }
}

/// Numbers below 20 as a sign would write them.
fn numeral(number: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: u32| usize::try_from(n).ok().and_then(|n| DIGITS.get(n)).copied().unwrap_or_default();
    match number {
        0..10 => digit(number).to_owned(),
        10..20 => format!("十{}", digit(number - 10)),
        _ => number.to_string(),
    }
}

fn share(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn it_has_the_published_divisions_and_a_grid_for_each_cell() {
        let town = Town::new(1);
        let kinds = |kind| town.divisions.iter().filter(|division| division.kind == kind).count();
        assert_eq!((kinds("community"), kinds("village")), (22, 19));
        let grids: Vec<_> = town.divisions.iter().flat_map(|division| &division.grids).collect();
        assert_eq!(grids.len(), 192);
        assert!(grids.iter().all(|grid| grid.code.len() == 15 && grid.ring.first() == grid.ring.last()));
        assert!(town.divisions.iter().all(|division| division.grids.len() >= 3));
    }

    #[test]
    fn a_parted_town_has_the_same_divisions_and_many_grids() {
        let town = Town::parted(1, 4);
        assert_eq!(town.divisions.len(), 41);
        let mut codes: Vec<_> =
            town.divisions.iter().flat_map(|division| &division.grids).map(|grid| &grid.code).collect();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), 3_072);
    }

    #[test]
    fn neighbours_share_their_border_exactly() {
        let town = Town::new(2);
        let mut segments: HashMap<[u64; 4], i32> = HashMap::new();
        for grid in town.divisions.iter().flat_map(|division| &division.grids) {
            for pair in grid.ring.windows(2) {
                let (a, b) = (pair[0].map(f64::to_bits), pair[1].map(f64::to_bits));
                let (key, way) =
                    if a < b { ([a[0], a[1], b[0], b[1]], 1) } else { ([b[0], b[1], a[0], a[1]], -1) };
                *segments.entry(key).or_default() += way;
            }
        }
        let outer = segments.values().filter(|ways| **ways != 0).count();
        // Only the outside of the whole town is walked once; everything within is walked both ways.
        assert_eq!(outer, (16 + 12) * 2 * 4);
    }

    #[test]
    fn the_same_seed_draws_the_same_town() {
        assert_eq!(Town::new(5).grids_geojson(), Town::new(5).grids_geojson());
        assert_ne!(Town::new(5).grids_geojson(), Town::new(6).grids_geojson());
    }

    #[test]
    fn outlines_are_closed() {
        let town = Town::new(1).divisions_geojson();
        for feature in town["features"].as_array().unwrap() {
            for part in feature["geometry"]["coordinates"].as_array().unwrap() {
                let ring = part[0].as_array().unwrap();
                assert!(ring.len() > 4 && ring.first() == ring.last(), "{feature}");
            }
        }
    }
}

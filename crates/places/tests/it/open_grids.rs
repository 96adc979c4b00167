//! Real grids of Hangzhou's Xihu District, real wards of Chicago, the real fence of Donghai County.

use std::collections::HashMap;

use qige_kernel::{Datum, Entropy, PlaceId, Position, Timestamp};
use qige_places::import::{
    CodeRule, Columns, Confidence, DatumBasis, Existing, ImportOptions, Layer, Preview, preview, read,
};
use qige_places::{DrawnPlace, Grid, GridIndex, How, Place, PlaceKind};
use serde_json::Value;

use crate::given::{grids, in_datum, said, shape};

fn previewed(bytes: &[u8], options: &ImportOptions) -> Preview {
    preview(read(bytes).unwrap(), options, &Existing::default()).unwrap()
}

fn index(preview: Preview) -> GridIndex {
    let entropy = Entropy::seeded(1);
    let now = Timestamp::from_micros(0);
    let grids = preview.added.into_iter().map(|added| Grid {
        id: entropy.id::<PlaceId>(now),
        code: added.code,
        name: added.name,
        community: None,
        shape: added.shape,
    });
    GridIndex::new(1, grids.collect())
}

fn make_codes() -> ImportOptions {
    ImportOptions { codes: CodeRule::Make, ..grids() }
}

#[test]
fn every_real_grid_finds_itself_and_its_town() {
    let Some(bytes) = qige_open_data::bytes("grids-xihu/xihu_wangge_605.geojson") else { return };
    let strict = previewed(&bytes, &grids());
    assert_eq!((strict.added.len(), strict.faulty.len()), (596, 9));
    let preview = previewed(&bytes, &make_codes());
    assert_eq!((preview.added.len(), preview.faulty.len()), (605, 0));
    let count = |code: &str| said(&preview.problems).iter().filter(|(_, said)| *said == code).count();
    assert_eq!((count("code-made"), count("self-crossing")), (9, 1));
    // 金乐社区第一网格 and 第二网格 stand twice; four have no name.
    assert_eq!((count("name-twice"), count("name-missing"), count("code-twice")), (4, 4, 0));
    let grid_index = index(preview);
    let mut inner = HashMap::new();
    for grid in grid_index.grids() {
        let point = grid.shape.inner_point().unwrap();
        let located = grid_index.locate(point).unwrap();
        assert_eq!((located.grid, located.how), (grid.id, How::Inside), "{}", grid.name);
        inner.insert(grid.code.clone(), point);
    }
    let Some(towns) = qige_open_data::bytes("grids-xihu/xihu_towns_11.json") else { return };
    let options = ImportOptions {
        columns: Columns { code: Some("zhenjie".to_owned()), ..Columns::default() },
        ..grids()
    };
    let towns = index(previewed(&towns, &options));
    assert_eq!(towns.grids().len(), 11);
    let file: Value = serde_json::from_slice(&bytes).unwrap();
    let mut agreed = 0;
    let again = previewed(&bytes, &make_codes());
    for added in again.added {
        let number = usize::try_from(added.feature).unwrap() - 1;
        let town = file["features"][number]["properties"]["zhenjie"].as_str().unwrap();
        if town.is_empty() {
            continue;
        }
        let located = towns.locate(inner[&added.code]).unwrap();
        let found = &towns.grid(located.grid).unwrap().code;
        assert!(town.starts_with(found.as_str()), "{}: {found}, not {town}", added.name);
        assert_eq!(located.how, How::Inside);
        agreed += 1;
    }
    assert_eq!(agreed, 601);
}

#[test]
fn the_malformed_community_is_mended_and_told() {
    let Some(bytes) = qige_open_data::bytes("grids-xihu/xihu_shequ_213.geojson") else { return };
    let options = ImportOptions { layer: Layer::Communities, ..grids() };
    let preview = previewed(&bytes, &options);
    let mended: Vec<&str> = preview
        .problems
        .iter()
        .filter(|problem| problem.code.as_str() == "nesting-mended")
        .map(|problem| problem.label.as_str())
        .collect();
    assert_eq!(mended, ["紫科社区"]);
    // Three are grids that got into the layer of communities: their codes have 15 digits.
    assert_eq!(preview.problems.iter().filter(|problem| problem.code.as_str() == "code-bad").count(), 3);
    let kept = preview.added.len() + preview.faulty.len();
    assert_eq!(kept, 213);
    assert!(preview.added.iter().any(|added| added.kind == PlaceKind::Village));
}

#[test]
fn a_street_without_a_leading_type_is_one_border() {
    let Some(bytes) = qige_open_data::bytes("grids-xihu/xihu_jiangcun_street_1.geojson") else { return };
    let options = ImportOptions { layer: Layer::Subdistricts, ..grids() };
    let preview = previewed(&bytes, &options);
    assert_eq!((preview.added[0].code.as_str(), preview.added.len()), ("330106011", 1));
}

#[test]
fn the_wards_of_chicagos_potholes_agree() {
    let Some(wards) = qige_open_data::bytes("chicago-potholes/wards_2015_50.geojson") else { return };
    let options = ImportOptions {
        columns: Columns { code: Some("ward".to_owned()), name: Some("ward".to_owned()), parent: None },
        ..ImportOptions::new(Layer::Grids)
    };
    let preview = previewed(&wards, &options);
    assert_eq!((preview.datum.basis, preview.datum.confidence), (DatumBasis::Abroad, Confidence::Certain));
    assert_eq!(preview.added.len(), 50);
    let index = index(preview);
    let rows = qige_open_data::bytes("chicago-potholes/potholes_2018-12_1000.csv").unwrap();
    let mut reader = csv::Reader::from_reader(rows.as_slice());
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (ward, lat, lng) = (column("ward"), column("latitude"), column("longitude"));
    let (mut placed, mut agreed) = (0, 0);
    for row in reader.records() {
        let row = row.unwrap();
        let (Ok(lng), Ok(lat)) = (row[lng].parse::<f64>(), row[lat].parse::<f64>()) else { continue };
        if &row[ward] == "0" || row[ward].is_empty() {
            continue;
        }
        placed += 1;
        let located = index.locate(Position::new(lng, lat).unwrap());
        let found = located.and_then(|located| index.grid(located.grid));
        agreed += usize::from(found.is_some_and(|grid| grid.code == row[ward]));
    }
    assert_eq!((placed, agreed), (993, 993));
}

/// The county as one place, with the published fence brought to WGS-84.
fn donghai(fence: &[u8]) -> Existing {
    let options = ImportOptions { datum: Some(Datum::Gcj02), ..ImportOptions::new(Layer::County) };
    let place = Place {
        id: Entropy::seeded(1).id(Timestamp::from_micros(0)),
        kind: PlaceKind::County,
        code: "320722".to_owned(),
        name: "东海县".to_owned(),
        parent: None,
        area_m2: None,
        active: true,
        created_at: Timestamp::from_micros(0),
        updated_at: Timestamp::from_micros(0),
    };
    let existing =
        Existing { places: vec![DrawnPlace { place, shape: None, spot: None }], ..Existing::default() };
    let preview = preview(read(fence).unwrap(), &options, &existing).unwrap();
    let shape = preview.changed[0].redrawn.clone();
    assert!((2.0e9..2.3e9).contains(&shape.as_ref().unwrap().area_m2()));
    Existing { fence: shape, ..existing }
}

#[test]
fn the_real_fence_tells_the_datum_of_what_runs_along_it() {
    let Some(fence) = qige_open_data::bytes("donghai/county-fence-gcj02.json") else { return };
    let existing = Existing { places: Vec::new(), ..donghai(&fence) };
    let truth: Value = serde_json::from_str(&existing.fence.as_ref().unwrap().to_string()).unwrap();
    let open = ImportOptions::new(Layer::County);
    for datum in Datum::ALL {
        let sent = in_datum(&truth, datum);
        let preview = preview(read(sent.to_string().as_bytes()).unwrap(), &open, &existing).unwrap();
        assert_eq!(
            (preview.datum.datum, preview.datum.confidence),
            (datum, Confidence::Certain),
            "{:?}",
            preview.datum
        );
    }
}

#[test]
fn cells_in_the_middle_of_the_real_county_are_asked_about() {
    let (Some(fence), Some(county)) = (
        qige_open_data::bytes("donghai/county-fence-gcj02.json"),
        qige_open_data::bytes("donghai/320722.json"),
    ) else {
        return;
    };
    let existing = donghai(&fence);
    let county: Value = serde_json::from_slice(&county).unwrap();
    let cells = county["cells"].to_string();
    let open = ImportOptions { codes: CodeRule::Make, ..ImportOptions::new(Layer::Grids) };
    let asked = preview(read(cells.as_bytes()).unwrap(), &open, &existing).unwrap();
    assert_eq!(asked.datum.confidence, Confidence::Unsure);
    assert!(said(&asked.problems).contains(&(0, "datum-unsure")));
    assert_eq!(asked.added.len(), 169);
    assert!(!said(&asked.problems).iter().any(|(_, code)| *code == "overlap" || *code == "outside-fence"));
    let cells = index(preview(read(cells.as_bytes()).unwrap(), &make_codes(), &existing).unwrap());
    let inside = |poi: &&Value| {
        let (lng, lat) = (poi["lng"].as_f64().unwrap(), poi["lat"].as_f64().unwrap());
        cells.locate(Position::new(lng, lat).unwrap()).is_some_and(|located| located.how == How::Inside)
    };
    let pois = county["pois"].as_array().unwrap();
    assert_eq!((pois.len(), pois.iter().filter(inside).count()), (42, 17));
    assert!(shape(&county["cells"]["features"][0]["geometry"]).area_m2() > 20_000.0);
}

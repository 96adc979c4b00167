//! Shapefiles written by another program's library are read as the GeoJSON that they were made from.

use std::io::{Cursor, Write};

use geo::{Coord, LineString};
use qige_places::Shape;
use qige_places::import::{Existing, ImportOptions, Layer, Preview, preview, read};
use shapefile::dbase::{FieldValue, Record, TableWriterBuilder};
use shapefile::{Point, Polygon, PolygonRing, ShapeWriter, Writer};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::given::{grids, said, shape, square};

fn ring(ring: &LineString<f64>, outer: bool) -> PolygonRing<Point> {
    let points = ring.0.iter().map(|Coord { x, y }| Point::new(*x, *y)).collect();
    if outer { PolygonRing::Outer(points) } else { PolygonRing::Inner(points) }
}

fn polygon(shape: &Shape) -> Polygon {
    let rings = shape.polygons().iter().flat_map(|polygon| {
        let holes = polygon.interiors().iter().map(|hole| ring(hole, false));
        std::iter::once(ring(polygon.exterior(), true)).chain(holes)
    });
    Polygon::with_rings(rings.collect())
}

/// `.shp` and `.dbf` of named shapes.
fn written(places: &[(&str, &str, &Shape)]) -> (Vec<u8>, Vec<u8>) {
    let (mut shp, mut dbf) = (Vec::new(), Vec::new());
    {
        let table = TableWriterBuilder::new()
            .add_character_field("WGBM".try_into().unwrap(), 20)
            .add_character_field("WGMC".try_into().unwrap(), 90)
            .build_with_dest(Cursor::new(&mut dbf));
        let mut writer = Writer::new(ShapeWriter::new(Cursor::new(&mut shp)), table);
        for (code, name, shape) in places {
            let mut record = Record::default();
            record.insert("WGBM".to_owned(), FieldValue::Character(Some((*code).to_owned())));
            record.insert("WGMC".to_owned(), FieldValue::Character(Some((*name).to_owned())));
            writer.write_shape_and_record(&polygon(shape), &record).unwrap();
        }
    }
    (shp, dbf)
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn previewed(bytes: &[u8], options: &ImportOptions) -> Preview {
    preview(read(bytes).unwrap(), options, &Existing::default()).unwrap()
}

#[test]
fn names_codes_holes_and_islands_come_through() {
    let holed = shape(&serde_json::json!({ "type": "MultiPolygon", "coordinates": [
        [[[118.7, 34.5], [118.8, 34.5], [118.8, 34.6], [118.7, 34.6], [118.7, 34.5]],
         [[118.72, 34.52], [118.72, 34.58], [118.78, 34.58], [118.78, 34.52], [118.72, 34.52]]],
        [[[118.74, 34.54], [118.76, 34.54], [118.76, 34.56], [118.74, 34.54]]],
    ] }));
    let plain = shape(&square(30, 0));
    let (shp, dbf) = written(&[("NS-1", "中间有洞", &holed), ("NS-2", "方块", &plain)]);
    let archive = zipped(&[("网格/a.shp", &shp), ("网格/a.dbf", &dbf), ("网格/a.cpg", b"UTF-8")]);
    let preview = previewed(&archive, &grids());
    assert_eq!(said(&preview.problems), [(0, "parent-missing")]);
    let names: Vec<(&str, &str)> =
        preview.added.iter().map(|added| (added.code.as_str(), added.name.as_str())).collect();
    assert_eq!(names, [("NS-1", "中间有洞"), ("NS-2", "方块")]);
    assert!(preview.added[0].shape.is_same(&holed) && preview.added[1].shape.is_same(&plain));
}

#[test]
fn a_projection_is_refused_by_its_name_and_an_old_datum_is_said() {
    let (shp, dbf) = written(&[("NS-1", "方块", &shape(&square(0, 0)))]);
    let with = |prj: &[u8]| zipped(&[("a.shp", &shp), ("a.dbf", &dbf), ("a.prj", prj)]);
    let projected = with(br#"PROJCS["CGCS2000_3_Degree_GK_CM_120E",GEOGCS["GCS"]]"#);
    let refused = preview(read(&projected).unwrap(), &grids(), &Existing::default()).err().unwrap();
    assert_eq!(refused.to_string(), "import-metres-named name=CGCS2000_3_Degree_GK_CM_120E");
    let old = previewed(&with(br#"GEOGCS["GCS_Beijing_1954"]"#), &grids());
    assert!(said(&old.problems).contains(&(0, "datum-old")));
    let bare = previewed(&zipped(&[("a.shp", &shp)]), &grids());
    assert!(said(&bare.problems).contains(&(0, "rows-missing")));
    assert!(said(&bare.problems).contains(&(1, "code-missing")));
    assert_eq!(read(&shp).err().unwrap().code, "shapefile-bare");
}

#[test]
fn the_real_grids_come_through_a_shapefile_unchanged() {
    let Some(bytes) = qige_open_data::bytes("grids-xihu/xihu_wangge_605.geojson") else { return };
    let from_json = previewed(&bytes, &ImportOptions::new(Layer::Grids));
    let places: Vec<(&str, &str, &Shape)> = from_json
        .added
        .iter()
        .map(|added| (added.code.as_str(), added.name.as_str(), &added.shape))
        .collect();
    let (shp, dbf) = written(&places);
    let archive = zipped(&[("grid.shp", &shp), ("grid.dbf", &dbf), ("grid.cpg", b"UTF-8")]);
    let from_shapefile = previewed(&archive, &grids());
    assert_eq!(from_shapefile.added.len(), 596);
    for (one, two) in from_json.added.iter().zip(&from_shapefile.added) {
        assert_eq!((&one.code, &one.name), (&two.code, &two.name));
        assert!(one.shape.is_same(&two.shape), "{}", one.name);
    }
}

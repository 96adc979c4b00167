//! Whatever is sent, the reader answers.

use proptest::prelude::*;
use qige_places::import::{CodeRule, Existing, ImportOptions, Layer, preview, read};
use serde_json::{Value, json};

use crate::given::{feature, grids, square};

fn options() -> ImportOptions {
    ImportOptions { codes: CodeRule::Make, ..grids() }
}

/// Reads and previews; what comes out must be sound.
fn answered(bytes: &[u8]) {
    let Ok(reading) = read(bytes) else { return };
    assert!(!reading.is_empty());
    for options in [options(), ImportOptions::new(Layer::Communities)] {
        let reading = read(bytes).unwrap();
        let Ok(preview) = preview(reading, &options, &Existing::default()) else { continue };
        for added in &preview.added {
            // What would be kept can be read back.
            let text = added.shape.to_string();
            assert!(text.parse::<qige_places::Shape>().unwrap().is_same(&added.shape));
            assert!(added.kind.checked_code(&added.code).is_ok() && !added.name.is_empty());
        }
        let numbers: std::collections::BTreeSet<&str> =
            preview.added.iter().map(|added| added.code.as_str()).collect();
        assert_eq!(numbers.len(), preview.added.len());
    }
}

fn any_number() -> impl Strategy<Value = Value> {
    prop_oneof![
        (-200.0..200.0).prop_map(|number: f64| json!(number)),
        (118.0..119.0).prop_map(|number: f64| json!(number)),
        any::<i64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        (0_i32..4).prop_map(|number| json!(number)),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        3 => any_number(),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => ".{0,6}".prop_map(Value::String),
    ];
    let key = prop_oneof![
        Just("type"),
        Just("features"),
        Just("geometry"),
        Just("coordinates"),
        Just("geometries"),
        Just("properties"),
        Just("id"),
        Just("code"),
        Just("name"),
        Just("community"),
    ];
    let name = prop_oneof![
        Just("FeatureCollection"),
        Just("Feature"),
        Just("Polygon"),
        Just("MultiPolygon"),
        Just("LineString"),
        Just("Point"),
        Just("GeometryCollection"),
        Just("Topology"),
        Just(""),
    ];
    let leaf = prop_oneof![4 => leaf, 1 => name.prop_map(|name| json!(name))];
    leaf.prop_recursive(7, 96, 6, move |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            2 => prop::collection::vec((key.clone(), inner), 0..5)
                .prop_map(|pairs| pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

/// Rings of few coordinates, so that they repeat, cross and run straight often.
fn any_rings() -> impl Strategy<Value = Value> {
    let point = (0_i32..5, 0_i32..5).prop_map(|(x, y)| json!([f64::from(x), f64::from(y)]));
    prop::collection::vec(prop::collection::vec(point, 0..9), 0..5).prop_map(|rings| json!(rings))
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        answered(&bytes);
        answered(&[b"PK\x03\x04".as_slice(), &bytes].concat());
    }

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        answered(text.as_bytes());
    }

    #[test]
    fn any_value(value in any_json()) {
        answered(value.to_string().as_bytes());
        answered(json!({ "type": "FeatureCollection", "features": value }).to_string().as_bytes());
        answered(json!({ "type": "Feature", "geometry": value }).to_string().as_bytes());
        answered(json!({ "type": "MultiPolygon", "coordinates": value }).to_string().as_bytes());
    }

    #[test]
    fn any_polygon(rings in any_rings(), parts in prop::collection::vec(any_rings(), 0..3)) {
        answered(json!({ "type": "Polygon", "coordinates": rings }).to_string().as_bytes());
        answered(json!({ "type": "MultiPolygon", "coordinates": rings }).to_string().as_bytes());
        answered(json!({ "type": "MultiPolygon", "coordinates": parts }).to_string().as_bytes());
    }

    #[test]
    fn a_file_with_a_byte_changed(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let file = json!([feature("NS-1", "一", square(0, 0)), feature("NS-2", "二", square(1, 0))]);
        let mut bytes = file.to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        answered(&bytes);
    }
}

//! GeoJSON (RFC 7946) as people send it.
//!
//! Taken: a FeatureCollection, a Feature, a bare geometry, an array of any of these, a missing `type`,
//! coordinates that are nested otherwise than their type says, numbers written as text, heights.

use geo::Coord;
use qige_kernel::Refusal;
use serde_json::{Map, Value};

use super::problem::{Problem, ProblemCode};
use super::read::{MAX_FEATURES, RawFeature, RawPolygon, Reading, unsupported};

/// How deep coordinates are nested: a position, a ring, a polygon, several.
const POSITION: usize = 1;
const RING: usize = 2;
const POLYGON: usize = 3;
const POLYGONS: usize = 4;
/// Anything deeper is no drawing.
const DEEPEST: usize = 8;

pub(crate) fn read(text: &str) -> Result<Reading, Refusal> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let refusal = Refusal::invalid("file", "import-not-json");
        refusal.with("line", error.line()).with("column", error.column())
    })?;
    let mut reading = Reading::default();
    match &value {
        Value::Object(object) if is_type(object, "Topology") => {
            return Err(unsupported("import-is-topojson"));
        }
        Value::Object(object) if !speaks_of_places(object) => {
            return Err(Refusal::invalid("file", "import-not-geojson"));
        }
        Value::Object(_) | Value::Array(_) => collect(&value, &mut reading, 0)?,
        _ => return Err(Refusal::invalid("file", "import-not-geojson")),
    }
    Ok(reading)
}

fn is_type(object: &Map<String, Value>, name: &str) -> bool {
    object.get("type").and_then(Value::as_str) == Some(name)
}

fn speaks_of_places(object: &Map<String, Value>) -> bool {
    ["features", "geometry", "coordinates", "geometries"].iter().any(|key| object.contains_key(*key))
        || is_type(object, "Feature")
}

fn collect(value: &Value, reading: &mut Reading, depth: usize) -> Result<(), Refusal> {
    if reading.features.len() > MAX_FEATURES || depth > DEEPEST {
        return Err(Refusal::invalid("file", "import-too-many-features").with("limit", MAX_FEATURES));
    }
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| collect(item, reading, depth + 1)),
        Value::Object(object) => {
            if let Some(Value::Array(items)) = object.get("features") {
                if !is_type(object, "FeatureCollection") {
                    reading.problems.push(Problem::of_file(ProblemCode::TypeMissing));
                }
                return items.iter().try_for_each(|item| collect(item, reading, depth + 1));
            }
            let feature = feature(next_number(reading), object);
            reading.features.push(feature);
            Ok(())
        }
        _ => {
            let mut feature = RawFeature::new(next_number(reading));
            feature.note(ProblemCode::GeometryMissing);
            reading.features.push(feature);
            Ok(())
        }
    }
}

fn next_number(reading: &Reading) -> u32 {
    u32::try_from(reading.features.len()).unwrap_or(u32::MAX).saturating_add(1)
}

fn feature(number: u32, object: &Map<String, Value>) -> RawFeature {
    let mut feature = RawFeature::new(number);
    if let Some(text) = object.get("id").and_then(scalar) {
        feature.properties.insert("id".to_owned(), text);
    }
    if let Some(Value::Object(properties)) = object.get("properties") {
        let texts = properties.iter().filter_map(|(key, value)| Some((key.clone(), scalar(value)?)));
        feature.properties.extend(texts);
    }
    let bare = object.contains_key("coordinates") || object.contains_key("geometries");
    match object.get("geometry") {
        Some(Value::Object(drawn)) => {
            if !is_type(object, "Feature") {
                feature.note(ProblemCode::TypeMissing);
            }
            geometry(drawn, &mut feature, 0);
        }
        None if bare => geometry(object, &mut feature, 0),
        _ => feature.note(ProblemCode::GeometryMissing),
    }
    feature
}

/// Texts and numbers as text; a whole number without its decimals, as a code must be.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e15);
            Some(whole.map_or_else(|| number.to_string(), |number| format!("{number:.0}")))
        }
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn geometry(object: &Map<String, Value>, feature: &mut RawFeature, depth: usize) {
    if let Some(Value::Array(parts)) = object.get("geometries") {
        for part in parts.iter().filter_map(Value::as_object).filter(|_| depth < DEEPEST) {
            geometry(part, feature, depth + 1);
        }
        return;
    }
    let Some(coordinates) = object.get("coordinates").filter(|coordinates| coordinates.is_array()) else {
        return feature.note(ProblemCode::GeometryMissing);
    };
    let said = object.get("type").and_then(Value::as_str);
    if said.is_none() {
        feature.note(ProblemCode::TypeMissing);
    }
    let depth = nesting(coordinates);
    let (wanted, line) = match said {
        Some("Point" | "MultiPoint") => return feature.note(ProblemCode::NotAnArea),
        Some("LineString") => (RING, true),
        Some("MultiLineString") => (POLYGON, true),
        Some("Polygon") => (POLYGON, false),
        Some("MultiPolygon") => (POLYGONS, false),
        _ => (depth, false),
    };
    if depth > 0 && depth < RING {
        return feature.note(ProblemCode::NotAnArea);
    }
    let mended = depth != wanted && depth > 0;
    if mended {
        feature.note(ProblemCode::NestingMended);
    }
    let before = feature.polygons.len();
    polygons(coordinates, depth, mended || line, feature);
    if line {
        keep_closed(feature, before);
    }
}

/// How deep the first number lies; 0 when there is none.
fn nesting(value: &Value) -> usize {
    let mut depth = 0;
    let mut at = value;
    while let Value::Array(items) = at {
        depth += 1;
        let Some(next) = items.iter().find(|item| !matches!(item, Value::Array(inner) if inner.is_empty()))
        else {
            return 0;
        };
        at = next;
    }
    depth
}

fn polygons(value: &Value, depth: usize, loose: bool, feature: &mut RawFeature) {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    match depth {
        0 | POSITION => {}
        RING => {
            let rings = ring(value, feature).into_iter().collect();
            feature.polygons.push(RawPolygon { rings, loose });
        }
        POLYGON => {
            let rings = items.iter().filter_map(|item| ring(item, feature)).collect();
            feature.polygons.push(RawPolygon { rings, loose });
        }
        _ => {
            for item in items {
                // Each part as deep as it really is: parts of one geometry may differ.
                polygons(item, nesting(item).min(depth - 1), loose, feature);
            }
        }
    }
}

fn ring(value: &Value, feature: &mut RawFeature) -> Option<Vec<Coord<f64>>> {
    let items = value.as_array()?;
    let points: Vec<Coord<f64>> = items.iter().filter_map(position).collect();
    feature.note_times(ProblemCode::CoordinateBad, items.len() - points.len());
    (!points.is_empty()).then_some(points)
}

fn position(value: &Value) -> Option<Coord<f64>> {
    let number = |value: &Value| match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    };
    let items = value.as_array()?;
    let (x, y) = (number(items.first()?)?, number(items.get(1)?)?);
    (x.is_finite() && y.is_finite()).then_some(Coord { x, y })
}

/// Of lines, only closed ones can be borders.
fn keep_closed(feature: &mut RawFeature, before: usize) {
    let lines = feature.polygons.split_off(before);
    let rings = lines.into_iter().flat_map(|polygon| polygon.rings);
    let closed: Vec<_> = rings.filter(|ring| ring.len() > 3 && ring.first() == ring.last()).collect();
    if closed.is_empty() {
        feature.note(ProblemCode::NotAnArea);
    } else {
        feature.note(ProblemCode::LineTakenAsArea);
        feature.polygons.push(RawPolygon { rings: closed, loose: true });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SQUARE: &str = "[[0,0],[1,0],[1,1],[0,0]]";

    fn codes(reading: &Reading) -> Vec<ProblemCode> {
        let of_features = reading.features.iter().flat_map(|feature| &feature.problems);
        reading.problems.iter().chain(of_features).map(|problem| problem.code).collect()
    }

    fn one(text: &str) -> (Reading, Vec<ProblemCode>) {
        let reading = read(text).unwrap();
        let codes = codes(&reading);
        (reading, codes)
    }

    #[test]
    fn every_wrapping_gives_the_same_drawing() {
        let geometry = format!(r#"{{"type":"Polygon","coordinates":[{SQUARE}]}}"#);
        let feature = format!(r#"{{"type":"Feature","properties":{{"code":7}},"geometry":{geometry}}}"#);
        for text in [
            geometry.clone(),
            feature.clone(),
            format!("[{feature}]"),
            format!(r#"{{"type":"FeatureCollection","features":[{feature}]}}"#),
            format!(r#"[{{"type":"FeatureCollection","features":[{feature}]}}]"#),
            format!(r#"{{"type":"GeometryCollection","geometries":[{geometry}]}}"#),
        ] {
            let (reading, codes) = one(&text);
            assert_eq!(codes, [], "{text}");
            assert_eq!(reading.coordinates().count(), 4, "{text}");
        }
        assert_eq!(one(&feature).0.features[0].properties["code"], "7");
    }

    #[test]
    fn what_is_missing_or_nested_wrongly_is_mended_and_said() {
        use ProblemCode::{LineTakenAsArea, NestingMended, TypeMissing};
        for (text, expected) in [
            (
                format!(r#"{{"features":[{{"geometry":{{"coordinates":[{SQUARE}]}}}}]}}"#),
                vec![TypeMissing; 2],
            ),
            (format!(r#"{{"coordinates":[[{SQUARE}]]}}"#), vec![TypeMissing]),
            (format!(r#"{{"type":"MultiPolygon","coordinates":[{SQUARE}]}}"#), vec![NestingMended]),
            (format!(r#"{{"type":"Polygon","coordinates":[[{SQUARE}]]}}"#), vec![NestingMended]),
            (format!(r#"{{"type":"Polygon","coordinates":{SQUARE}}}"#), vec![NestingMended]),
            (format!(r#"{{"type":"MultiPolygon","coordinates":[[[{SQUARE}]]]}}"#), vec![NestingMended]),
            (format!(r#"{{"type":"LineString","coordinates":{SQUARE}}}"#), vec![LineTakenAsArea]),
        ] {
            let (reading, codes) = one(&text);
            assert_eq!(codes, expected, "{text}");
            assert_eq!(reading.coordinates().count(), 4, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_said_by_feature() {
        use ProblemCode::{CoordinateBad, GeometryMissing, NotAnArea};
        for (value, expected) in [
            (json!({"type": "Feature"}), GeometryMissing),
            (json!({"geometry": null}), GeometryMissing),
            (json!({"geometry": {"type": "Polygon"}}), GeometryMissing),
            (json!([1]), GeometryMissing),
            (json!({"coordinates": [1, 2], "type": "Point"}), NotAnArea),
            (json!({"coordinates": [[0, 0], [1, 1]], "type": "LineString"}), NotAnArea),
            (json!({"coordinates": [[[0, 0], [1, "x"], [2, null], [3]]], "type": "Polygon"}), CoordinateBad),
        ] {
            let (_, codes) = one(&value.to_string());
            assert!(codes.contains(&expected), "{value}: {codes:?}");
        }
        let (reading, _) = one(r#"{"type":"Polygon","coordinates":[[["118.5"," 34.5 ",7.5],[1,1],[2,0]]]}"#);
        assert_eq!(reading.coordinates().next(), Some(Coord { x: 118.5, y: 34.5 }));
    }

    #[test]
    fn what_is_no_geojson_is_refused_by_name() {
        let code = |text: &str| read(text).err().map(|refusal| refusal.code);
        assert_eq!(code("{"), Some("import-not-json"));
        assert_eq!(code("1"), Some("import-not-geojson"));
        assert_eq!(code(r#"{"a":1}"#), Some("import-not-geojson"));
        assert_eq!(code(r#"{"type":"Topology","objects":{}}"#), Some("import-is-topojson"));
        assert_eq!(code(&format!("{}{}", "[".repeat(20), "]".repeat(20))), Some("import-too-many-features"));
        assert_eq!(code(&"[".repeat(100_000)), Some("import-not-json"));
    }

    #[test]
    fn codes_are_whole_numbers() {
        assert_eq!(scalar(&json!(320_722_001_001_001_i64)).unwrap(), "320722001001001");
        assert_eq!(scalar(&json!(320_722_001_001_001.0)).unwrap(), "320722001001001");
        assert_eq!(scalar(&json!(1.5)).unwrap(), "1.5");
    }
}

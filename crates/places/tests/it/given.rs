//! What the tests begin with.

use qige_db::{Actor, Asker, Db};
use qige_kernel::{Datum, Entropy, PlaceId, Position, TenantId, Timestamp};
use qige_places::divisions::{DONGHAI, SeedDivisions, read as read_divisions};
use qige_places::import::{
    Applied, ApplyImport, Existing, ImportOptions, Layer, Preview, Problem, preview, read,
};
use qige_places::{Edit, Shape, store};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

pub(crate) fn us() -> Asker {
    Asker { tenant: TenantId(Uuid::from_u128(1)), actor: Actor::System }
}

pub(crate) fn others() -> Asker {
    Asker { tenant: TenantId(Uuid::from_u128(2)), actor: Actor::System }
}

pub(crate) fn edit(entropy: &Entropy) -> Edit {
    Edit::new(NOW, "tenant-admin", entropy)
}

/// The divisions of Donghai, seeded.
pub(crate) async fn seeded(db: &Db, entropy: &Entropy) {
    let rows = read_divisions(DONGHAI).unwrap();
    db.write(us(), SeedDivisions::new(rows, edit(entropy), entropy)).await.unwrap();
}

pub(crate) async fn existing(db: &Db) -> Existing {
    db.read(us(), |tx| Box::pin(async move { Ok(store::existing(tx).await?) })).await.unwrap()
}

/// A careful import of grids whose datum is known.
pub(crate) fn grids() -> ImportOptions {
    ImportOptions { datum: Some(Datum::Wgs84), ..ImportOptions::new(Layer::Grids) }
}

pub(crate) async fn previewed(db: &Db, file: &Value, options: &ImportOptions) -> Preview {
    preview(read(file.to_string().as_bytes()).unwrap(), options, &existing(db).await).unwrap()
}

pub(crate) async fn applied(db: &Db, preview: Preview, entropy: &Entropy) -> Applied {
    db.write(us(), ApplyImport::new(preview, edit(entropy), entropy)).await.unwrap()
}

/// A square of about 500 m; `column` and `row` count from the middle of the county town.
pub(crate) fn square(column: i32, row: i32) -> Value {
    let (x, y) = (118.75 + f64::from(column) * 0.005, 34.5 + f64::from(row) * 0.005);
    let (e, n) = (x + 0.005, y + 0.005);
    json!({ "type": "Polygon", "coordinates": [[[x, y], [e, y], [e, n], [x, n], [x, y]]] })
}

#[expect(clippy::needless_pass_by_value, reason = "callers hand over what they have just made")]
pub(crate) fn feature(code: &str, name: &str, geometry: Value) -> Value {
    json!({ "type": "Feature", "properties": { "code": code, "name": name }, "geometry": geometry })
}

#[expect(clippy::needless_pass_by_value, reason = "callers hand over what they have just made")]
pub(crate) fn collection(features: Vec<Value>) -> Value {
    json!({ "type": "FeatureCollection", "features": features })
}

/// Codes of problems, each with the number of its feature (0: the file).
pub(crate) fn said(problems: &[Problem]) -> Vec<(u32, &'static str)> {
    problems.iter().map(|problem| (problem.feature.unwrap_or(0), problem.code.as_str())).collect()
}

/// The same geometry as another datum's map draws it.
pub(crate) fn in_datum(geometry: &Value, datum: Datum) -> Value {
    match geometry {
        Value::Array(pair) if pair.len() >= 2 && pair[0].is_number() => {
            let at = Position::new(pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap()).unwrap();
            let there = at.in_datum(datum);
            json!([there.lng, there.lat])
        }
        Value::Array(items) => items.iter().map(|item| in_datum(item, datum)).collect(),
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| {
                let value = if key == "properties" { value.clone() } else { in_datum(value, datum) };
                (key.clone(), value)
            })
            .collect(),
        other => other.clone(),
    }
}

pub(crate) fn shape(geometry: &Value) -> Shape {
    geometry.to_string().parse().unwrap()
}

pub(crate) async fn id_of(db: &Db, code: &str) -> PlaceId {
    existing(db).await.places.into_iter().find(|place| place.place.code == code).unwrap().place.id
}

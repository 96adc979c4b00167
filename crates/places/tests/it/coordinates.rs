//! 664 places with their published coordinates in each datum.

use qige_kernel::{Coordinates, Datum, Position};
use serde_json::Value;

fn pair(place: &Value, key: &str) -> (f64, f64) {
    let pair = place["coords"][key].as_array().unwrap();
    (pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap())
}

#[test]
fn datums_agree_within_a_metre_and_come_back_within_a_millimetre() {
    let Some(bytes) = qige_open_data::bytes("coordinates/gcoord_china-cities.json") else { return };
    let places: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(places.len(), 664);
    let mut worst = (0.0_f64, 0.0_f64);
    for place in &places {
        let (lng, lat) = pair(place, "WGS84");
        let here = Position::new(lng, lat).unwrap();
        for (datum, key) in [(Datum::Gcj02, "GCJ02"), (Datum::Bd09, "BD09")] {
            let (lng, lat) = pair(place, key);
            let theirs = Position::new(lng, lat).unwrap();
            let ours = here.in_datum(datum);
            let there = theirs.distance_metres(Position::new(ours.lng, ours.lat).unwrap());
            let back = Coordinates { datum, lng, lat }.to_position().unwrap().distance_metres(here);
            assert!(there < 1.0 && back < 1.0, "{place}: {there} m, {back} m");
            let round = ours.to_position().unwrap().distance_metres(here);
            assert!(round < 0.001, "{place}: {round} m");
            worst = (worst.0.max(there).max(back), worst.1.max(round));
        }
    }
    println!("worst: {:.2} m from published, {:.6} m after coming back", worst.0, worst.1);
}

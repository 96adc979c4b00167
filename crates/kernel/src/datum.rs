//! The datums that maps in China are drawn in, and the way between them.
//!
//! GCJ-02 shifts WGS-84 by 300 to 600 m with a formula that was never published; the one here is the common
//! reconstruction (a = 6378245, ee = 0.00669342162296594323), within a metre of what the map services draw.
//! BD-09 bends GCJ-02 once more. Neither formula has a closed inverse: both are iterated.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Position, PositionError};

const PI: f64 = std::f64::consts::PI;
/// Semi-major axis in metres (Krasovsky 1940, which GCJ-02 is computed on).
const AXIS_METRES: f64 = 6_378_245.0;
/// Square of its eccentricity.
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
/// BD-09's wave length: 3,000 waves to half a circle of degrees.
const BD_WAVE: f64 = PI * 3000.0 / 180.0;
/// The rectangle in which GCJ-02 shifts at all (west, south, east, north), in degrees.
const SHIFTED: [f64; 4] = [72.004, 0.8293, 137.8347, 55.8271];
/// Stop when a step moves less than this: 0.1 mm.
const INVERSE_DEGREES: f64 = 1e-9;
/// Each step wins two to three digits, so that five suffice; more would mean that there is no inverse here.
const INVERSE_STEPS: usize = 12;

/// Which datum a pair of degrees is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Datum {
    /// WGS-84, as satellites give it; CGCS2000 is the same to less than a metre. The only one that is stored.
    Wgs84,
    /// GCJ-02: Amap, Tencent, and every map published in China.
    Gcj02,
    /// BD-09: Baidu.
    Bd09,
}

impl Datum {
    /// All of them, the stored one first.
    pub const ALL: [Self; 3] = [Self::Wgs84, Self::Gcj02, Self::Bd09];
}

impl std::fmt::Display for Datum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Wgs84 => "wgs84",
            Self::Gcj02 => "gcj02",
            Self::Bd09 => "bd09",
        })
    }
}

impl std::str::FromStr for Datum {
    type Err = UnknownDatum;
    fn from_str(text: &str) -> Result<Self, UnknownDatum> {
        Self::ALL.into_iter().find(|datum| datum.to_string() == text).ok_or(UnknownDatum)
    }
}

/// A text that names no [`Datum`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a datum: wgs84, gcj02 or bd09")]
pub struct UnknownDatum;

/// A pair of degrees with the datum they are in: what comes from and goes to other maps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Coordinates {
    /// Which datum.
    pub datum: Datum,
    /// Degrees east, in that datum.
    pub lng: f64,
    /// Degrees north, in that datum.
    pub lat: f64,
}

impl Coordinates {
    /// The same point in WGS-84, within 1 mm of what goes back to these coordinates.
    ///
    /// # Errors
    /// [`PositionError`] when the coordinates are not finite or out of range.
    pub fn to_position(self) -> Result<Position, PositionError> {
        // A bad number must be refused before it is iterated upon.
        let given = Position::new(self.lng, self.lat)?;
        let pair = (given.lng(), given.lat());
        let (lng, lat) = match self.datum {
            Datum::Wgs84 => pair,
            Datum::Gcj02 => wgs_from_gcj(pair),
            Datum::Bd09 => wgs_from_gcj(inverse(bd_from_gcj, pair)),
        };
        Position::new(lng, lat)
    }
}

impl Position {
    /// The same point in `datum`, for links to and tiles of other maps.
    #[must_use]
    pub fn in_datum(self, datum: Datum) -> Coordinates {
        let pair = (self.lng(), self.lat());
        let (lng, lat) = match datum {
            Datum::Wgs84 => pair,
            Datum::Gcj02 => gcj_from_wgs(pair),
            Datum::Bd09 => bd_from_gcj(gcj_from_wgs(pair)),
        };
        Coordinates { datum, lng, lat }
    }
}

fn is_shifted((lng, lat): (f64, f64)) -> bool {
    let [west, south, east, north] = SHIFTED;
    (west..=east).contains(&lng) && (south..=north).contains(&lat)
}

fn gcj_from_wgs(wgs: (f64, f64)) -> (f64, f64) {
    if is_shifted(wgs) { shifted(wgs) } else { wgs }
}

fn wgs_from_gcj(gcj: (f64, f64)) -> (f64, f64) {
    let wgs = inverse(shifted, gcj);
    if is_shifted(wgs) { wgs } else { gcj }
}

/// The shift itself, wherever the point is.
fn shifted((lng, lat): (f64, f64)) -> (f64, f64) {
    let (x, y) = (lng - 105.0, lat - 35.0);
    let wave = |amplitude: f64, degrees: f64| amplitude * (degrees * PI).sin();
    let root = x.abs().sqrt();
    let both = wave(20.0, 6.0 * x) + wave(20.0, 2.0 * x);
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + (both + wave(20.0, y) + wave(40.0, y / 3.0) + wave(160.0, y / 12.0) + wave(320.0, y / 30.0)) * 2.0
            / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + (both + wave(20.0, x) + wave(40.0, x / 3.0) + wave(150.0, x / 12.0) + wave(300.0, x / 30.0)) * 2.0
            / 3.0;
    let (sine, cosine) = lat.to_radians().sin_cos();
    let flat = 1.0 - ECCENTRICITY_SQUARED * sine * sine;
    let meridian_metres = AXIS_METRES * (1.0 - ECCENTRICITY_SQUARED) / (flat * flat.sqrt());
    let parallel_metres = AXIS_METRES / flat.sqrt() * cosine;
    (lng + (east / parallel_metres).to_degrees(), lat + (north / meridian_metres).to_degrees())
}

fn bd_from_gcj((x, y): (f64, f64)) -> (f64, f64) {
    let length = x.hypot(y) + 0.000_02 * (y * BD_WAVE).sin();
    let angle = y.atan2(x) + 0.000_003 * (x * BD_WAVE).cos();
    (length * angle.cos() + 0.0065, length * angle.sin() + 0.006)
}

/// The pair that `forward` takes to `target`, by taking off again and again what it misses.
fn inverse(forward: fn((f64, f64)) -> (f64, f64), target: (f64, f64)) -> (f64, f64) {
    let mut guess = target;
    for _ in 0..INVERSE_STEPS {
        let reached = forward(guess);
        let miss = (reached.0 - target.0, reached.1 - target.1);
        guess = (guess.0 - miss.0, guess.1 - miss.1);
        if miss.0.abs().max(miss.1.abs()) < INVERSE_DEGREES {
            break;
        }
    }
    guess
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assert_close(found: Coordinates, lng: f64, lat: f64, digits: f64) {
        assert!(
            (found.lng - lng).abs() < digits && (found.lat - lat).abs() < digits,
            "{found:?} is not {lng}, {lat}"
        );
    }

    #[test]
    fn vectors_agree() {
        // Independent implementations agree on these (lat, lng) pairs to the last digit that they print.
        for (wgs, gcj) in [
            ((31.177_427_6, 121.527_210_6), (31.175_303_983_645_97, 121.531_541_859_215)),
            ((22.543_847, 113.912_316), (22.540_796_131_694_766, 113.917_176_480_836_3)),
            ((39.911_954, 116.377_817), (39.913_345_455_360_69, 116.384_047_224_556_57)),
        ] {
            let here = Position::new(wgs.1, wgs.0).unwrap();
            assert_close(here.in_datum(Datum::Gcj02), gcj.1, gcj.0, 1e-12);
        }
        let donghai = Position::new(118.752, 34.542).unwrap();
        assert_close(donghai.in_datum(Datum::Gcj02), 118.757_467_31, 34.540_898_14, 1e-8);
        assert_close(donghai.in_datum(Datum::Bd09), 118.764_014_37, 34.546_676_07, 1e-8);
    }

    #[test]
    fn abroad_nothing_is_shifted() {
        let chicago = Position::new(-87.6298, 41.8781).unwrap();
        assert_close(chicago.in_datum(Datum::Gcj02), -87.6298, 41.8781, 1e-15);
        let back = Coordinates { datum: Datum::Gcj02, lng: -87.6298, lat: 41.8781 };
        assert_eq!(back.to_position(), Ok(chicago));
    }

    #[test]
    fn bad_numbers_are_refused() {
        for (lng, lat) in [(f64::NAN, 0.0), (0.0, f64::INFINITY), (40_500_000.0, 3_800_000.0)] {
            assert!(Coordinates { datum: Datum::Bd09, lng, lat }.to_position().is_err());
        }
    }

    #[test]
    fn datums_read_what_they_write() {
        for datum in Datum::ALL {
            assert_eq!(datum.to_string().parse(), Ok(datum));
            assert_eq!(serde_json::to_string(&datum).unwrap(), format!("\"{datum}\""));
        }
        assert_eq!("mercator".parse::<Datum>(), Err(UnknownDatum));
    }

    /// 664 places with their published coordinates in each datum.
    #[test]
    fn reference_places_agree_within_a_metre() {
        let Some(text) = qige_open_data::text("coordinates/gcoord_china-cities.json") else { return };
        let places: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(places.len(), 664);
        for place in places {
            let pair = |key: &str| {
                let pair = place["coords"][key].as_array().unwrap();
                (pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap())
            };
            let (lng, lat) = pair("WGS84");
            let here = Position::new(lng, lat).unwrap();
            for (datum, key) in [(Datum::Gcj02, "GCJ02"), (Datum::Bd09, "BD09")] {
                let (lng, lat) = pair(key);
                let ours = here.in_datum(datum);
                let theirs = Position::new(lng, lat).unwrap();
                let there = Position::new(ours.lng, ours.lat).unwrap();
                assert!(theirs.distance_metres(there) < 1.0, "{place}");
                let back = Coordinates { datum, lng, lat }.to_position().unwrap();
                assert!(here.distance_metres(back) < 1.0, "{place}");
            }
        }
    }

    proptest! {
        #[test]
        fn round_trips_within_a_millimetre(lng in 73.0..135.0, lat in 3.0..54.0) {
            let here = Position::new(lng, lat).unwrap();
            for datum in Datum::ALL {
                let back = here.in_datum(datum).to_position().unwrap();
                prop_assert!(here.distance_metres(back) < 0.001);
            }
        }

        #[test]
        fn round_trips_abroad(lng in -170.0..70.0, lat in -80.0..80.0) {
            let here = Position::new(lng, lat).unwrap();
            let back = here.in_datum(Datum::Gcj02).to_position().unwrap();
            prop_assert!(here.distance_metres(back) < 0.001);
        }
    }
}

//! Where something is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Mean radius of the earth in metres (IUGG, as in Moritz 2000, "Geodetic Reference System 1980").
const EARTH_RADIUS_METRES: f64 = 6_371_008.8;
/// Metres in one degree of latitude on that sphere.
const DEGREE_METRES: f64 = EARTH_RADIUS_METRES * std::f64::consts::PI / 180.0;
/// Closer to a pole than this, a degree of longitude is taken to be as long as here: coarsening divides by
/// it.
const LAST_LATITUDE: f64 = 89.9;

/// A point on the earth: WGS-84 degrees (CGCS2000 is the same to less than a metre). Never in another datum:
/// see [`Coordinates`](crate::Coordinates) for those. Written as `{"lng": …, "lat": …}`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Degrees", into = "Degrees")]
#[schemars(with = "Degrees")]
pub struct Position {
    lng: f64,
    lat: f64,
}

/// A point on the earth in WGS-84 degrees.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Position")]
struct Degrees {
    /// Longitude, −180 to 180, east positive.
    lng: f64,
    /// Latitude, −90 to 90, north positive.
    lat: f64,
}

/// Two numbers that are no point on the earth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// Not a number, or infinite.
    #[error("a coordinate is not a finite number")]
    NotFinite,
    /// Longitude beyond ±180° or latitude beyond ±90°. Often the two were swapped, or are metres.
    #[error("a coordinate is out of range")]
    OutOfRange,
}

impl Position {
    /// The point at `lng` degrees east and `lat` degrees north.
    ///
    /// # Errors
    /// [`PositionError`] when a number is not finite or out of range.
    pub fn new(lng: f64, lat: f64) -> Result<Self, PositionError> {
        if !lng.is_finite() || !lat.is_finite() {
            return Err(PositionError::NotFinite);
        }
        if lng.abs() > 180.0 || lat.abs() > 90.0 {
            return Err(PositionError::OutOfRange);
        }
        Ok(Self { lng, lat })
    }

    /// Longitude in degrees, −180 to 180.
    #[must_use]
    pub const fn lng(self) -> f64 {
        self.lng
    }

    /// Latitude in degrees, −90 to 90.
    #[must_use]
    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// Great-circle distance in metres (haversine on the mean sphere: within 0.6 % of the ellipsoid).
    #[must_use]
    pub fn distance_metres(self, other: Self) -> f64 {
        let (here, there) = (self.lat.to_radians(), other.lat.to_radians());
        let north = ((there - here) / 2.0).sin();
        let east = ((other.lng - self.lng).to_radians() / 2.0).sin();
        let haversine = north * north + here.cos() * there.cos() * east * east;
        2.0 * EARTH_RADIUS_METRES * haversine.clamp(0.0, 1.0).sqrt().asin()
    }

    /// The point `east` and `north` metres from here (negative: west, south), good over a few kilometres.
    /// Stops at the poles and at the date line.
    #[must_use]
    pub fn moved_metres(self, east: f64, north: f64) -> Self {
        let lng = self.lng + east / degree_of_longitude_metres(self.lat);
        Self::new(lng.clamp(-180.0, 180.0), (self.lat + north / DEGREE_METRES).clamp(-90.0, 90.0))
            .unwrap_or(self)
    }

    /// The centre of the square of about `cell_metres` that this point lies in, for showing or asking without
    /// saying where exactly. The squares lie fast on the earth, so that asking again tells nothing more.
    #[must_use]
    pub fn coarsened(self, cell_metres: u16) -> Self {
        let cell = f64::from(cell_metres.max(1));
        let centre = |degrees: f64, step: f64| ((degrees / step).floor() + 0.5) * step;
        let lat = centre(self.lat, cell / DEGREE_METRES).clamp(-90.0, 90.0);
        let lng = centre(self.lng, cell / degree_of_longitude_metres(lat)).clamp(-180.0, 180.0);
        Self { lng, lat }
    }
}

fn degree_of_longitude_metres(lat: f64) -> f64 {
    DEGREE_METRES * lat.clamp(-LAST_LATITUDE, LAST_LATITUDE).to_radians().cos()
}

impl TryFrom<Degrees> for Position {
    type Error = PositionError;
    fn try_from(degrees: Degrees) -> Result<Self, PositionError> {
        Self::new(degrees.lng, degrees.lat)
    }
}

impl From<Position> for Degrees {
    fn from(position: Position) -> Self {
        Self { lng: position.lng, lat: position.lat }
    }
}

/// How far off a position may be: the radius in metres within which the phone is 68 % (one sigma) or 95 %
/// (W3C
/// Geolocation asks for that) sure to be. Finite, from 0 to [`Accuracy::MAX_METRES`].
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "f64", into = "f64")]
#[schemars(with = "f64")]
pub struct Accuracy(f64);

impl Accuracy {
    /// A position less sure than this says nothing about a county (phones without satellites give 100 km).
    pub const MAX_METRES: f64 = 200_000.0;

    /// A radius of `metres`.
    ///
    /// # Errors
    /// [`PositionError`] when it is not finite, negative or above [`Accuracy::MAX_METRES`].
    pub fn new(metres: f64) -> Result<Self, PositionError> {
        if !metres.is_finite() {
            return Err(PositionError::NotFinite);
        }
        if !(0.0..=Self::MAX_METRES).contains(&metres) {
            return Err(PositionError::OutOfRange);
        }
        Ok(Self(metres))
    }

    /// The radius in metres.
    #[must_use]
    pub const fn metres(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Accuracy {
    type Error = PositionError;
    fn try_from(metres: f64) -> Result<Self, PositionError> {
        Self::new(metres)
    }
}

impl From<Accuracy> for f64 {
    fn from(accuracy: Accuracy) -> Self {
        accuracy.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(lng: f64, lat: f64) -> Position {
        Position::new(lng, lat).unwrap()
    }

    #[test]
    fn only_points_on_the_earth() {
        assert_eq!(Position::new(180.0, -90.0).unwrap().lng(), 180.0);
        assert_eq!(Position::new(180.000_001, 0.0), Err(PositionError::OutOfRange));
        assert_eq!(Position::new(0.0, 90.000_001), Err(PositionError::OutOfRange));
        assert_eq!(Position::new(f64::NAN, 0.0), Err(PositionError::NotFinite));
        assert_eq!(Position::new(0.0, f64::INFINITY), Err(PositionError::NotFinite));
        assert!(serde_json::from_str::<Position>(r#"{"lng":120.0,"lat":91}"#).is_err());
        let text = serde_json::to_string(&at(118.752, 34.542)).unwrap();
        assert_eq!(text, r#"{"lng":118.752,"lat":34.542}"#);
        assert_eq!(serde_json::from_str::<Position>(&text).unwrap(), at(118.752, 34.542));
    }

    #[test]
    fn distances_are_the_known_ones() {
        // One degree of a great circle.
        assert!((at(0.0, 0.0).distance_metres(at(1.0, 0.0)) - 111_195.08).abs() < 0.01);
        // Beijing to Shanghai: 1,068 km on the sphere.
        let beijing_shanghai = at(116.4074, 39.9042).distance_metres(at(121.4737, 31.2304));
        assert!((beijing_shanghai - 1_067_310.0).abs() < 1_000.0, "{beijing_shanghai}");
        // Antipodes do not leave the range of asin.
        assert!((at(0.0, 0.0).distance_metres(at(180.0, 0.0)) - 20_015_115.0).abs() < 1.0);
    }

    #[test]
    fn accuracy_has_its_range() {
        assert_eq!(Accuracy::new(12.5).unwrap().metres(), 12.5);
        assert!(Accuracy::new(Accuracy::MAX_METRES).is_ok());
        assert!(Accuracy::new(Accuracy::MAX_METRES + 1.0).is_err());
        assert!(Accuracy::new(-1.0).is_err());
        assert!(Accuracy::new(f64::NAN).is_err());
    }

    proptest! {
        #[test]
        fn moving_and_measuring_agree(
            lng in 73.0..135.0, lat in 18.0..54.0, x in -500.0..500.0, y in -500.0..500.0,
        ) {
            let here = at(lng, lat);
            let metres = here.distance_metres(here.moved_metres(x, y));
            prop_assert!((metres - x.hypot(y)).abs() < 0.1, "{metres}");
        }

        #[test]
        fn coarsening_hides_the_point_and_nothing_more_is_learnt_by_repeating(
            lng in -180.0..180.0, lat in -85.0..85.0, cell in 1_u16..2_000,
        ) {
            let coarse = at(lng, lat).coarsened(cell);
            prop_assert!(at(lng, lat).distance_metres(coarse) <= f64::from(cell) * 0.75);
            let again = coarse.coarsened(cell);
            prop_assert!(coarse.distance_metres(again) < 0.001);
        }
    }
}

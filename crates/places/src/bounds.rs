//! Rectangles of the map.

use qige_kernel::Position;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A rectangle in WGS-84 degrees that does not cross the date line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bounds {
    /// Least longitude.
    pub west: f64,
    /// Least latitude.
    pub south: f64,
    /// Greatest longitude.
    pub east: f64,
    /// Greatest latitude.
    pub north: f64,
}

impl std::fmt::Display for Bounds {
    /// `west,south,east,north` to a tenth of a metre, as it is read.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { west, south, east, north } = self;
        write!(f, "{west:.6},{south:.6},{east:.6},{north:.6}")
    }
}

impl Bounds {
    /// The rectangle, if it is one: finite numbers in order. A rectangle without width is one.
    #[must_use]
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Option<Self> {
        let finite = [west, south, east, north].into_iter().all(f64::is_finite);
        (finite && west <= east && south <= north).then_some(Self { west, south, east, north })
    }

    /// The smallest rectangle around points; none around nothing.
    #[must_use]
    pub fn around(points: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        points.into_iter().fold(None, |bounds: Option<Self>, (x, y)| {
            Some(bounds.map_or(Self { west: x, south: y, east: x, north: y }, |bounds| Self {
                west: bounds.west.min(x),
                south: bounds.south.min(y),
                east: bounds.east.max(x),
                north: bounds.north.max(y),
            }))
        })
    }

    /// The rectangle of `metres` to each side of a point.
    #[must_use]
    pub fn near(centre: Position, metres: f64) -> Self {
        let (low, high) = (centre.moved_metres(-metres, -metres), centre.moved_metres(metres, metres));
        Self { west: low.lng(), south: low.lat(), east: high.lng(), north: high.lat() }
    }

    /// Its middle, longitude and latitude.
    #[must_use]
    pub fn centre(&self) -> (f64, f64) {
        (f64::midpoint(self.west, self.east), f64::midpoint(self.south, self.north))
    }
}

/// `west,south,east,north`, as maps ask for a window (OGC API – Features, `bbox`).
impl std::str::FromStr for Bounds {
    type Err = BadBounds;
    fn from_str(text: &str) -> Result<Self, BadBounds> {
        let numbers: Vec<f64> = text
            .split(',')
            .map(|number| number.trim().parse().map_err(|_| BadBounds))
            .collect::<Result<_, _>>()?;
        match numbers.as_slice() {
            [west, south, east, north] => Self::new(*west, *south, *east, *north).ok_or(BadBounds),
            _ => Err(BadBounds),
        }
    }
}

/// Not four finite numbers in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not west,south,east,north")]
pub struct BadBounds;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_numbers_in_order() {
        let bounds: Bounds = "118.7,34.5, 118.8,34.6".parse().unwrap();
        assert_eq!(bounds.centre(), (118.75, 34.55));
        for bad in ["", "1,2,3", "1,2,3,4,5", "3,2,1,4", "1,4,3,2", "NaN,0,1,1", "0,0,inf,1", "a,b,c,d"] {
            assert_eq!(bad.parse::<Bounds>(), Err(BadBounds), "{bad}");
        }
    }

    #[test]
    fn around_nothing_is_nothing() {
        assert_eq!(Bounds::around([]), None);
        let bounds = Bounds::around([(2.0, 1.0), (-1.0, 5.0)]).unwrap();
        assert_eq!(bounds, Bounds { west: -1.0, south: 1.0, east: 2.0, north: 5.0 });
    }
}

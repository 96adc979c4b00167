//! Two numbers as people copy them from a map.

use qige_kernel::{Coordinates, Datum, Position, Refusal};

/// Longitude and latitude, with a comma or a blank between them, in WGS-84 unless another datum is named.
/// Maps write both orders: in China the greater number is the longitude (73° to 135° east, 18° to 54° north).
///
/// # Errors
/// `coordinates-unreadable`.
pub(crate) fn pasted(text: &str, datum: Option<Datum>) -> Result<Coordinates, Refusal> {
    let refused = || Refusal::invalid("coordinates", "coordinates-unreadable");
    let parts = text.split([',', '，', ' ', '\t', ';']).filter(|part| !part.is_empty());
    let numbers: Vec<f64> =
        parts.map(|part| part.parse().map_err(|_| refused())).collect::<Result<_, _>>()?;
    let datum = datum.unwrap_or(Datum::Wgs84);
    match numbers.as_slice() {
        [one, other] if one.is_finite() && other.is_finite() => {
            Ok(Coordinates { datum, lng: one.max(*other), lat: one.min(*other) })
        }
        _ => Err(refused()),
    }
}

/// The point that they name.
///
/// # Errors
/// `coordinates-unreadable`, `position-impossible`.
pub(crate) fn pasted_position(text: &str, datum: Option<Datum>) -> Result<Position, Refusal> {
    let refused = |_| Refusal::invalid("coordinates", "position-impossible");
    pasted(text, datum)?.to_position().map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_copied_from_any_map_are_read() {
        let there = Coordinates { datum: Datum::Wgs84, lng: 118.752, lat: 34.542 };
        for text in ["118.752,34.542", "34.542, 118.752", " 118.752，34.542 ", "118.752 34.542"] {
            assert_eq!(pasted(text, None), Ok(there), "{text}");
        }
        for text in ["", "118.752", "118.752,34.542,3", "东经118", "NaN,1"] {
            assert_eq!(pasted(text, None).unwrap_err().code, "coordinates-unreadable", "{text}");
        }
        assert_eq!(pasted_position("200,34", None).unwrap_err().code, "position-impossible");
        let shifted = pasted_position("118.75746731,34.54089814", Some(Datum::Gcj02)).unwrap();
        assert!((shifted.lng() - 118.752).abs() < 1e-6 && (shifted.lat() - 34.542).abs() < 1e-6);
    }
}

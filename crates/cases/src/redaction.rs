//! How exactly others may know: what a unit reads about time, what strangers see of a place.

use qige_kernel::{Position, Timestamp};

/// Units see times to the half hour: to the minute they could tell which rider had just come by (domain.md
/// §2.7).
const UNIT_MICROS: i64 = 30 * Timestamp::MINUTE;
/// Strangers see places to about this many metres.
const STRANGER_METRES: u16 = 100;

/// The half hour in which something happened.
#[must_use]
pub const fn to_half_hour(at: Timestamp) -> Timestamp {
    Timestamp::from_micros(at.micros() - at.micros().rem_euclid(UNIT_MICROS))
}

/// About where something is.
#[must_use]
pub fn for_strangers(position: Position) -> Position {
    position.coarsened(STRANGER_METRES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_fall_back_to_the_half_hour() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(to_half_hour(at("2026-11-24T08:59:59Z")), at("2026-11-24T08:30:00Z"));
        assert_eq!(to_half_hour(at("2026-11-24T09:00:00Z")), at("2026-11-24T09:00:00Z"));
    }

    #[test]
    fn places_stay_within_a_street() {
        let here = Position::new(118.766, 34.5335).unwrap();
        assert!(here.distance_metres(for_strangers(here)) < 75.0);
    }
}

//! A place as it is kept.

use std::fmt;
use std::str::FromStr;

use qige_db::{column_text, from_row};
use qige_kernel::{PlaceId, Position, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{BadCode, Bounds, DivisionCode, DivisionLevel, GridCode, Shape};

/// What kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceKind {
    /// 县、区: its border is the fence that imports are held against.
    County,
    /// 街道、镇.
    Subdistrict,
    /// 社区.
    Community,
    /// 村.
    Village,
    /// 网格.
    Grid,
    /// 驿站.
    Station,
    /// 场所: where sessions are held and desks stand.
    Venue,
}

impl PlaceKind {
    /// All of them, the wider first.
    pub const ALL: [Self; 7] = [
        Self::County,
        Self::Subdistrict,
        Self::Community,
        Self::Village,
        Self::Grid,
        Self::Station,
        Self::Venue,
    ];

    /// The code as it is kept, if it is one of this kind.
    ///
    /// # Errors
    /// [`BadCode`].
    pub fn checked_code(self, text: &str) -> Result<String, BadCode> {
        let wanted = match self {
            Self::County => DivisionLevel::County,
            Self::Subdistrict => DivisionLevel::Subdistrict,
            Self::Community | Self::Village => DivisionLevel::Community,
            Self::Grid | Self::Station | Self::Venue => {
                return text.parse().map(|code: GridCode| code.into());
            }
        };
        let code: DivisionCode = text.parse()?;
        if code.level() == wanted { Ok(code.into()) } else { Err(BadCode) }
    }

    /// The kinds that share one set of codes with this one: a village may become a community (村改居) and
    /// keeps its id.
    #[must_use]
    pub const fn siblings(self) -> &'static [Self] {
        match self {
            Self::County => &[Self::County],
            Self::Subdistrict => &[Self::Subdistrict],
            Self::Community | Self::Village => &[Self::Community, Self::Village],
            Self::Grid => &[Self::Grid],
            Self::Station => &[Self::Station],
            Self::Venue => &[Self::Venue],
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::County => "county",
            Self::Subdistrict => "subdistrict",
            Self::Community => "community",
            Self::Village => "village",
            Self::Grid => "grid",
            Self::Station => "station",
            Self::Venue => "venue",
        }
    }
}

impl fmt::Display for PlaceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of place")]
pub struct UnknownPlaceKind;

impl FromStr for PlaceKind {
    type Err = UnknownPlaceKind;
    fn from_str(text: &str) -> Result<Self, UnknownPlaceKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(UnknownPlaceKind)
    }
}

column_text!(PlaceKind);

from_row! {
    /// A place without its drawing, which only maps need.
    #[derive(PartialEq, Serialize, Deserialize, JsonSchema)]
    pub struct Place {
        /// Its id, which outlives imports.
        pub id: PlaceId,
        /// What kind of place.
        pub kind: PlaceKind,
        /// Unique among places of its kind.
        pub code: String,
        /// As people call it.
        pub name: String,
        /// The place that it lies in.
        pub parent: Option<PlaceId>,
        /// Area in square metres, where it was drawn.
        pub area_m2: Option<f64>,
        /// False: kept for what happened there, offered no more.
        pub active: bool,
        /// When it was first known.
        pub created_at: Timestamp,
        /// When anything of it last changed.
        pub updated_at: Timestamp,
    }
}

/// A place with its drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnPlace {
    /// What is known of it.
    pub place: Place,
    /// Its outline, where it was drawn.
    pub shape: Option<Shape>,
    /// Where it is, where that is a point: stations and venues.
    pub spot: Option<Position>,
}

/// A place to be kept, new or changed.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPlace {
    /// Its id.
    pub id: PlaceId,
    /// What kind of place.
    pub kind: PlaceKind,
    /// Fit for its kind.
    pub code: String,
    /// As people call it.
    pub name: String,
    /// The place that it lies in.
    pub parent: Option<PlaceId>,
    /// Its outline.
    pub shape: Option<Shape>,
}

impl NewPlace {
    /// The rectangle around it.
    pub(crate) fn bounds(&self) -> Option<Bounds> {
        self.shape.as_ref().map(Shape::bounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_what_they_write() {
        for kind in PlaceKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
            assert!(kind.siblings().contains(&kind));
        }
        assert_eq!("person".parse::<PlaceKind>(), Err(UnknownPlaceKind));
    }

    #[test]
    fn each_kind_has_its_codes() {
        assert!(PlaceKind::Community.checked_code("320722001001").is_ok());
        assert_eq!(PlaceKind::Community.checked_code("320722001"), Err(BadCode));
        assert_eq!(PlaceKind::County.checked_code("320722001"), Err(BadCode));
        assert_eq!(PlaceKind::Grid.checked_code("NS-7"), Ok("NS-7".to_owned()));
    }
}

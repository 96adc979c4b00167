//! What the person who imports decides.

use qige_kernel::Datum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Columns;
use crate::PlaceKind;

/// What the file draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// The county's border, one feature.
    County,
    /// The subdistrict's border.
    Subdistricts,
    /// Communities and villages.
    Communities,
    /// Grids.
    Grids,
}

impl Layer {
    /// The kinds of places that such a file speaks of.
    #[must_use]
    pub const fn kinds(self) -> &'static [PlaceKind] {
        match self {
            Self::County => &[PlaceKind::County],
            Self::Subdistricts => &[PlaceKind::Subdistrict],
            Self::Communities => PlaceKind::Community.siblings(),
            Self::Grids => &[PlaceKind::Grid],
        }
    }

    /// The kinds of places that such places lie in.
    #[must_use]
    pub const fn parent_kinds(self) -> &'static [PlaceKind] {
        match self {
            Self::County => &[],
            Self::Subdistricts => &[PlaceKind::County],
            Self::Communities => &[PlaceKind::Subdistrict],
            Self::Grids => PlaceKind::Community.siblings(),
        }
    }
}

/// What happens to a grid without a code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CodeRule {
    /// It is an error.
    #[default]
    FromFile,
    /// It gets the next free code of its community, or one of the tenant's own.
    Make,
}

/// What happens to places that the file no longer has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MissingRule {
    /// They stay: the file may be a part.
    #[default]
    Keep,
    /// They are switched off, and come back with their ids when a later file has them again.
    SwitchOff,
}

/// What happens when features have errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FaultyRule {
    /// Nothing is imported.
    #[default]
    Stop,
    /// They are left out, each by name; the others are imported.
    LeaveOut,
}

/// All that is decided about an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportOptions {
    /// What the file draws.
    pub layer: Layer,
    /// The datum of its coordinates; none: to be detected.
    #[serde(default)]
    pub datum: Option<Datum>,
    /// Properties to read, where the usual names do not do.
    #[serde(default)]
    pub columns: Columns,
    /// Features without a code.
    #[serde(default)]
    pub codes: CodeRule,
    /// Places that the file does not have.
    #[serde(default)]
    pub missing: MissingRule,
    /// Features with errors.
    #[serde(default)]
    pub faulty: FaultyRule,
}

impl ImportOptions {
    /// The careful choice throughout.
    #[must_use]
    pub fn new(layer: Layer) -> Self {
        Self {
            layer,
            datum: None,
            columns: Columns::default(),
            codes: CodeRule::default(),
            missing: MissingRule::default(),
            faulty: FaultyRule::default(),
        }
    }
}

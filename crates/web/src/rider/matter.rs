//! What a matter is called.

use qige_cases::MatterKey;
use qige_cases::catalogue::Catalogue;
use schemars::JsonSchema;
use serde::Serialize;

use crate::Locale;

/// A matter by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Matter {
    /// Its key in the catalogue.
    pub(crate) key: MatterKey,
    /// As people call it, in the language of the answer.
    pub(crate) name: String,
}

impl Matter {
    /// The matter of that key; its code where the catalogue has lost it.
    pub(crate) fn of(key: MatterKey, locale: Locale) -> Self {
        let known = Catalogue::standard().get(key);
        let name = known.map_or_else(|| key.code(), |matter| matter.label_in(locale.tag()).to_owned());
        Self { key, name }
    }

    /// For sample pages.
    pub(crate) fn sample() -> Option<Self> {
        "matter-06-012".parse().ok().map(|key| Self::of(key, Locale::default()))
    }
}

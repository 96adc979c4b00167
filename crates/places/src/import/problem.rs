//! What is wrong with a file or with one feature of it.

use std::collections::BTreeMap;

use qige_kernel::Position;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The feature cannot be taken (or, about the file: nothing can) before this is settled.
    Error,
    /// It can be taken; what was mended or is odd is said.
    Warn,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $severity:ident $text:literal;)*) => {
        /// What is wrong. Its sentence is `place-problem-<code>` in the locale files.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(rename_all = "kebab-case")]
        pub enum ProblemCode { $($(#[$doc])* $name),* }

        impl ProblemCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// How bad it is.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity),* }
            }

            /// Kebab-case.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}
codes! {
    /// The datum could not be told and was not chosen.
    DatumUnsure Error "datum-unsure";
    /// The chosen datum is not the one that fits.
    DatumContradicted Warn "datum-contradicted";
    /// The file says Beijing 1954 or Xi'an 1980, up to 150 m away from WGS-84.
    DatumOld Warn "datum-old";
    /// Most of the file lies outside the known border, in whatever datum.
    FileElsewhere Warn "file-elsewhere";
    /// The file ends in the middle of a feature.
    FileCutShort Error "file-cut-short";
    /// There are fewer rows of attributes than drawings.
    RowsMissing Warn "rows-missing";
    /// The texts were read in an encoding that the file does not name.
    EncodingGuessed Warn "encoding-guessed";
    /// The feature has no geometry.
    GeometryMissing Error "geometry-missing";
    /// The geometry is a point or a line.
    NotAnArea Error "not-an-area";
    /// No ring has an area.
    GeometryEmpty Error "geometry-empty";
    /// The geometry has more rings than the limit.
    GeometryTooFine Error "geometry-too-fine";
    /// A coordinate is no number or no degrees.
    CoordinateBad Error "coordinate-bad";
    /// A `type` was missing and was told from the nesting.
    TypeMissing Warn "type-missing";
    /// Coordinates are nested otherwise than their type says.
    NestingMended Warn "nesting-mended";
    /// A closed line was taken for the border of an area.
    LineTakenAsArea Warn "line-taken-as-area";
    /// Rings did not end where they began and were closed.
    RingClosed Warn "ring-closed";
    /// Rings without area were dropped.
    RingDropped Warn "ring-dropped";
    /// Repeated points were dropped.
    PointsRepeated Warn "points-repeated";
    /// A hole lies outside its polygon and was taken for a part of its own.
    HoleOutside Warn "hole-outside";
    /// Borders cross themselves or each other.
    SelfCrossing Warn "self-crossing";
    /// There is no code.
    CodeMissing Error "code-missing";
    /// There was no code, and one was made.
    CodeMade Warn "code-made";
    /// The code breaks the rules of its kind.
    CodeBad Error "code-bad";
    /// Another feature has the same code.
    CodeTwice Error "code-twice";
    /// The code belongs to another subdistrict.
    CodeElsewhere Warn "code-elsewhere";
    /// There is no name; the code stands for it.
    NameMissing Warn "name-missing";
    /// Another feature has the same name.
    NameTwice Warn "name-twice";
    /// The name is longer than the limit and was cut.
    NameLong Warn "name-long";
    /// The parent that is named is not known.
    ParentUnknown Warn "parent-unknown";
    /// No parent is named or can be told.
    ParentMissing Warn "parent-missing";
    /// The parent was told from where the feature lies.
    ParentByPlace Warn "parent-by-place";
    /// The feature lies outside the known border.
    OutsideFence Warn "outside-fence";
    /// The feature overlaps another by more than a few metres.
    Overlap Warn "overlap";
}

impl std::fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One problem, of the file or of a feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Number of the feature in the file, from 1; none: the file as a whole.
    pub feature: Option<u32>,
    /// Name or code of the feature, where it has one.
    pub label: String,
    /// What is wrong.
    pub code: ProblemCode,
    /// How bad it is.
    pub severity: Severity,
    /// Values named in the sentence.
    pub args: BTreeMap<String, String>,
    /// Where on the map.
    pub at: Option<Position>,
}

impl Problem {
    pub(crate) fn of_file(code: ProblemCode) -> Self {
        Self::new(None, code)
    }

    pub(crate) fn of_feature(number: u32, code: ProblemCode) -> Self {
        Self::new(Some(number), code)
    }

    fn new(feature: Option<u32>, code: ProblemCode) -> Self {
        let (label, args) = (String::new(), BTreeMap::new());
        Self { feature, label, code, severity: code.severity(), args, at: None }
    }

    #[expect(clippy::needless_pass_by_value, reason = "callers hand over numbers and texts as they are")]
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    pub(crate) fn at(mut self, at: Option<Position>) -> Self {
        self.at = at;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_what_they_write() {
        for code in ProblemCode::ALL {
            let text = serde_json::to_string(code).unwrap();
            assert_eq!(text, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<ProblemCode>(&text).unwrap(), *code);
        }
    }
}

//! What stands in one cell.

/// What stands in one cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// Nothing.
    Nothing,
    /// A text, also where it looks like a number or a formula.
    Text(String),
    /// A number.
    Number(f64),
    /// From 0 to 1, shown in percent.
    Share(f64),
    /// `2026-09-23 14:05:06`, by the tenant's clocks.
    Time(String),
}

impl Cell {
    /// A count, of whatever width: none of them comes near to four thousand million.
    pub(crate) fn count(count: impl TryInto<u32>) -> Self {
        Self::Number(count.try_into().map_or(f64::NAN, f64::from))
    }
}

impl Cell {
    /// A number that may be below zero.
    pub(crate) fn signed(number: impl TryInto<i32>) -> Self {
        Self::Number(number.try_into().map_or(f64::NAN, f64::from))
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        text.filter(|text| !text.is_empty()).map_or(Self::Nothing, Self::Text)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Some(text).into()
    }
}

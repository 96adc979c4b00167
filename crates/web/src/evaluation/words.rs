//! What indicators and rows are called.

use std::collections::BTreeMap;

use qige_cases::catalogue::Catalogue;
use qige_cases::evaluation::{DefinedThen, Dimension, Indicator, Key, Share};
use qige_cases::{MatterKey, MatterKind};

use crate::centre::names::{Choice, Directory};
use crate::locale::Texts;
use crate::sheet::Cell;
use crate::{Cx, Locale, Text};

/// The indicators in the words of now, in every language: what a report of a month keeps.
#[must_use]
pub fn definitions(texts: &Texts) -> Vec<DefinedThen> {
    let in_all = |key: &str| -> BTreeMap<String, String> {
        let said = |locale: &Locale| (locale.tag().to_owned(), texts.plain(*locale, key));
        Locale::ALL.iter().map(said).collect()
    };
    let defined = |indicator: &Indicator| DefinedThen {
        indicator: *indicator,
        name: in_all(&format!("indicator-{indicator}")),
        means: in_all(&format!("means-{indicator}")),
    };
    Indicator::ALL.iter().map(defined).collect()
}

pub(super) fn indicator(cx: &Cx, indicator: Indicator) -> String {
    cx.say(&Text::of(format!("indicator-{indicator}")))
}

/// What the three columns of a share are called: its value, what is counted, and of what.
pub(super) fn of_share(cx: &Cx, name: String) -> [String; 3] {
    let [part, of] = ["evaluation-part-of", "evaluation-of-of"]
        .map(|key| cx.say(&Text::of(key).with("name", name.clone())));
    [name, part, of]
}

/// The cells of these columns.
pub(super) fn share_cells(share: Share) -> [Cell; 3] {
    [share.value().map_or(Cell::Nothing, Cell::Share), Cell::count(share.part), Cell::count(share.of)]
}

/// How long something took.
pub(super) fn minutes(minutes: Option<i64>) -> Cell {
    minutes.map_or(Cell::Nothing, Cell::count)
}

/// Points of a score, to one decimal.
pub(super) fn points(points: Option<f64>) -> Cell {
    points.map_or(Cell::Nothing, |points| Cell::Number((points * 10.0).round() / 10.0))
}

/// Columns of a table of figures: what a row is of, and its figures.
pub(super) fn columns(of: String, figures: impl Iterator<Item = String>) -> Vec<(String, u8)> {
    const WIDTHS_CHARS: [u8; 2] = [30, 16];
    let [first, other] = WIDTHS_CHARS;
    std::iter::once((of, first)).chain(figures.map(|heading| (heading, other))).collect()
}

/// What a row is called.
pub(super) fn row(cx: &Cx, directory: &Directory, by: Dimension, key: Key) -> String {
    let name = match key {
        Key::Unit(id) => directory.unit(id),
        Key::Place(id) if by == Dimension::Grid => directory.grid(id),
        Key::Place(id) => directory.community(id),
        Key::Class(kind, major) => class(kind, major, cx.locale()),
        Key::Matter(matter) => Some(matter_name(matter, cx.locale())),
        Key::None => return without(cx, by),
    };
    name.unwrap_or_else(|| cx.say(&Text::of("evaluation-gone")))
}

/// What has none of these.
pub(super) fn without(cx: &Cx, by: Dimension) -> String {
    cx.say(&Text::of(format!("evaluation-without-{by}")))
}

pub(super) fn class(kind: MatterKind, major: u8, locale: Locale) -> Option<String> {
    let known = Catalogue::standard().majors().find(|class| (class.kind, class.major) == (kind, major))?;
    Some(if locale == Locale::En { &known.english } else { &known.name }.clone())
}

pub(super) fn matter_name(key: MatterKey, locale: Locale) -> String {
    let known = Catalogue::standard().get(key);
    known.map_or_else(|| key.code(), |matter| matter.label_in(locale.tag()).to_owned())
}

/// The major classes to choose from.
pub(super) fn classes(locale: Locale) -> Vec<Choice> {
    let name = |kind, major| class(kind, major, locale).unwrap_or_default();
    let majors = Catalogue::standard().majors();
    majors
        .map(|one| Choice::of(&format!("{}-{:02}", one.kind, one.major), name(one.kind, one.major)))
        .collect()
}

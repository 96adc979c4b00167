//! The tables of `data/`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::matter::{MajorClass, Matter, PhotoRule};
use super::pattern::Pattern;
use super::{Catalogue, DEFAULT_RADIUS_METRES};
use crate::spelling::Spelled;
use crate::{MatterKey, MatterKind, Urgency};

const STANDARD: &str = include_str!("../../data/matters-gbt47678.csv");
const LOCAL: &str = include_str!("../../data/local-matters.csv");
const MAJORS: &str = include_str!("../../data/major-classes.csv");
const FAMILIES: &str = include_str!("../../data/families.csv");
const PLAIN: &str = include_str!("../../data/plain-names.csv");
const ENGLISH: &str = include_str!("../../data/english-names.csv");

/// The last major class in which a component and what is the matter with it have the same digits.
const LAST_PAIRED_MAJOR: u8 = 5;

/// A table that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// Not the columns or values that are expected.
    #[error("{0}")]
    Csv(#[from] csv::Error),
    /// A key or range of numbers is not one, or names nothing.
    #[error("{0:?} names no matter")]
    NoSuchMatter(String),
}

#[derive(Deserialize)]
struct Listed {
    kind: MatterKind,
    major: u8,
    minor: u16,
    major_name: String,
    minor_name: String,
}

#[derive(Deserialize)]
struct MajorRow {
    kind: MatterKind,
    major: u8,
    english: String,
    radius_metres: u16,
}

#[derive(Deserialize)]
struct FamilyRow {
    family: String,
    urgency: Urgency,
    kind: MatterKind,
    major: u8,
    minors: String,
}

#[derive(Deserialize)]
struct PlainRow {
    key: MatterKey,
    common: Option<u8>,
    urgency: Urgency,
    photo: PhotoRule,
    offered: String,
    plain: String,
    words: String,
}

#[derive(Deserialize)]
struct EnglishRow {
    key: MatterKey,
    english: String,
}

pub(super) fn standard() -> Result<Catalogue, CatalogueError> {
    let majors: Vec<MajorRow> = rows(MAJORS)?;
    let english: Vec<EnglishRow> = rows(ENGLISH)?;
    let english: BTreeMap<MatterKey, String> =
        english.into_iter().map(|row| (row.key, row.english)).collect();
    let mut catalogue = Catalogue::default();
    for table in [STANDARD, LOCAL] {
        for row in rows::<Listed>(table)? {
            list(&mut catalogue, &majors, &english, row)?;
        }
    }
    for row in rows::<FamilyRow>(FAMILIES)? {
        join(&mut catalogue, &row)?;
    }
    for row in rows::<PlainRow>(PLAIN)? {
        name(&mut catalogue, row)?;
    }
    Ok(catalogue)
}

fn rows<T: DeserializeOwned>(table: &str) -> Result<Vec<T>, csv::Error> {
    csv::Reader::from_reader(table.as_bytes()).deserialize().collect()
}

fn list(
    catalogue: &mut Catalogue,
    majors: &[MajorRow],
    english: &BTreeMap<MatterKey, String>,
    row: Listed,
) -> Result<(), CatalogueError> {
    let no_matter = || CatalogueError::NoSuchMatter(format!("{} {} {}", row.kind, row.major, row.minor));
    let key = MatterKey::new(row.kind, row.major, row.minor).ok_or_else(no_matter)?;
    let major = majors.iter().find(|major| major.kind == row.kind && major.major == row.major);
    catalogue.majors.entry((row.kind, row.major)).or_insert_with(|| MajorClass {
        kind: row.kind,
        major: row.major,
        name: row.major_name.clone(),
        english: major.map(|major| major.english.clone()).unwrap_or_default(),
        radius_metres: major.map_or(DEFAULT_RADIUS_METRES, |major| major.radius_metres),
    });
    let is_matter = row.kind == MatterKind::Matter;
    let matter = Matter {
        key,
        // The bare name too: people say what it is, not that it is abnormal.
        patterns: Pattern::read(row.minor_name.trim_end_matches("异常")).into_iter().collect(),
        spelled: vec![Spelled::of(&row.minor_name)],
        english: in_english(english, key),
        name: row.minor_name,
        plain: None,
        common: None,
        urgency: Urgency::Normal,
        photo: PhotoRule::Needed,
        offered: is_matter,
        families: Vec::new(),
    };
    catalogue.matters.insert(key, matter);
    Ok(())
}

/// The matters of the first major classes are faults of the components with the same digits.
fn in_english(names: &BTreeMap<MatterKey, String>, key: MatterKey) -> String {
    if let Some(name) = names.get(&key) {
        return name.clone();
    }
    let component = (key.major() <= LAST_PAIRED_MAJOR)
        .then(|| MatterKey::new(MatterKind::Component, key.major(), key.minor()))
        .flatten();
    component
        .and_then(|component| names.get(&component))
        .map(|name| format!("{name} fault"))
        .unwrap_or_default()
}

fn join(catalogue: &mut Catalogue, row: &FamilyRow) -> Result<(), CatalogueError> {
    for range in row.minors.split('|') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (Ok(first), Ok(last)) = (first.parse::<u16>(), last.parse::<u16>()) else {
            return Err(CatalogueError::NoSuchMatter(row.minors.clone()));
        };
        let members = (first..=last).filter_map(|minor| MatterKey::new(row.kind, row.major, minor));
        let mut found = false;
        for key in members {
            // The standard leaves out some numbers.
            if let Some(matter) = catalogue.matters.get_mut(&key) {
                found = true;
                matter.urgency = row.urgency;
                matter.families.push(row.family.clone());
            }
        }
        if !found {
            return Err(CatalogueError::NoSuchMatter(format!("{} {range}", row.family)));
        }
    }
    Ok(())
}

fn name(catalogue: &mut Catalogue, row: PlainRow) -> Result<(), CatalogueError> {
    let no_matter = || CatalogueError::NoSuchMatter(row.key.to_string());
    let matter = catalogue.matters.get_mut(&row.key).ok_or_else(no_matter)?;
    matter.common = row.common;
    matter.urgency = row.urgency;
    matter.photo = row.photo;
    matter.offered = row.offered == "yes";
    matter.patterns.extend(row.words.split('|').filter_map(Pattern::read));
    matter.spelled.push(Spelled::of(&row.plain));
    let words = row.words.split('|').filter(|word| !word.contains('+'));
    matter.spelled.extend(words.map(Spelled::of));
    matter.plain = Some(row.plain);
    Ok(())
}

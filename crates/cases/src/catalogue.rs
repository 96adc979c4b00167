//! The catalogue of matters (管理事项): what can be reported, under which names, and what the names imply.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `matter.rs` | [`Matter`]: one entry; [`PhotoRule`] |
//! | `read.rs` | the tables of `data/` |
//! | `search.rs` | [`Catalogue::search`]: by code, words, everyday words, pinyin and its initials, English |
//! | `pattern.rs` | everyday words and how they are found in a sentence |
//!
//! Never here: a matter about a person that is offered to a reporter (domain.md §2.1).

mod matter;
mod pattern;
mod read;
mod search;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::{MatterKey, MatterKind};
pub use matter::{MajorClass, Matter, PhotoRule};
pub use read::CatalogueError;

/// Entries that are shown without being asked for (domain.md §3).
pub const MOST_COMMON: usize = 12;

/// Radius within which two cases may be the same where a class says nothing (domain.md §3).
const DEFAULT_RADIUS_METRES: u16 = 50;

/// All matters, by key.
#[derive(Debug, Default)]
pub struct Catalogue {
    matters: BTreeMap<MatterKey, Matter>,
    majors: BTreeMap<(MatterKind, u8), MajorClass>,
}

impl Catalogue {
    /// GB/T 47678.5-2026 with the local extensions of major class 90.
    #[must_use]
    pub fn standard() -> &'static Self {
        // A test reads the tables; what ships can be read.
        static STANDARD: LazyLock<Catalogue> = LazyLock::new(|| read::standard().unwrap_or_default());
        &STANDARD
    }

    /// The matter of a key.
    #[must_use]
    pub fn get(&self, key: MatterKey) -> Option<&Matter> {
        self.matters.get(&key)
    }

    /// All matters in the order of their keys, components first.
    pub fn iter(&self) -> impl Iterator<Item = &Matter> {
        self.matters.values()
    }

    /// The matters that a reporter may choose.
    pub fn offered(&self) -> impl Iterator<Item = &Matter> {
        self.iter().filter(|matter| matter.offered)
    }

    /// What most reports are about, most often first: the first [`MOST_COMMON`] entries of the list of
    /// everyday names.
    #[must_use]
    pub fn common(&self) -> Vec<&Matter> {
        let mut common: Vec<&Matter> = self.offered().filter(|matter| matter.common.is_some()).collect();
        common.sort_by_key(|matter| (matter.common, matter.key));
        common.truncate(MOST_COMMON);
        common
    }

    /// The major classes in order, components first.
    pub fn majors(&self) -> impl Iterator<Item = &MajorClass> {
        self.majors.values()
    }

    /// The major class of a matter.
    #[must_use]
    pub fn major_of(&self, key: MatterKey) -> Option<&MajorClass> {
        self.majors.get(&(key.kind(), key.major()))
    }

    /// Metres within which two cases of this matter may be the same.
    #[must_use]
    pub fn radius_metres(&self, key: MatterKey) -> u16 {
        self.major_of(key).map_or(DEFAULT_RADIUS_METRES, |major| major.radius_metres)
    }

    /// Whether a photo may be kept of a case with this matter, which may not be known yet. Where somebody
    /// needs help, none is (domain.md §2.1).
    #[must_use]
    pub fn may_be_photographed(&self, key: Option<MatterKey>) -> bool {
        key.and_then(|key| self.get(key)).is_none_or(|matter| matter.photo != PhotoRule::Never)
    }

    /// Whether two matters can be two words for one thing: the same entry, a component and what is the matter
    /// with it, or two of one declared family such as the well covers.
    #[must_use]
    pub fn are_siblings(&self, one: MatterKey, other: MatterKey) -> bool {
        if (one.major(), one.minor()) == (other.major(), other.minor()) && one.major() <= 5 {
            return true;
        }
        let families = |key| self.get(key).map_or(&[][..], |matter| &matter.families);
        one == other || families(one).iter().any(|family| families(other).contains(family))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_of_the_standard_are_all_there() {
        let read = read::standard().unwrap();
        let count = |kind: MatterKind, local: bool| {
            read.iter()
                .filter(|matter| matter.key.kind() == kind && (matter.key.major() == 90) == local)
                .count()
        };
        assert_eq!(count(MatterKind::Component, false), 153);
        assert_eq!(count(MatterKind::Matter, false), 250);
        assert_eq!(count(MatterKind::Matter, true), 5);
        assert_eq!(read.common().len(), MOST_COMMON);
        for matter in read.iter() {
            assert!(!matter.english.is_empty(), "{}", matter.key);
            let major = read.major_of(matter.key).unwrap();
            assert!(!major.english.is_empty() && (20..=200).contains(&major.radius_metres), "{}", matter.key);
        }
    }

    #[test]
    fn nothing_about_a_person_is_offered_or_photographed() {
        let catalogue = Catalogue::standard();
        let without: Vec<String> = catalogue
            .iter()
            .filter(|matter| matter.photo == PhotoRule::Never)
            .map(|matter| format!("{} {} {}", matter.key, matter.label(), matter.offered))
            .collect();
        assert_eq!(
            without,
            [
                "matter-09-003 街头有人需要帮助 true",
                "matter-90-004 这里有人需要帮助 true",
                "matter-90-005 矛盾线索 false",
            ]
        );
        // Words for kinds of people; the words of `流浪乞讨 09003` lead to help, and are no label.
        let labels = ["精神", "上访", "信访", "刑满", "吸毒", "宗教", "重点人员", "可疑", "乞讨", "流浪"];
        for matter in catalogue.offered() {
            let shown = matter.label();
            assert!(labels.iter().all(|label| !shown.contains(label)), "{shown}");
        }
    }

    #[test]
    fn families_join_what_people_mix_up() {
        let catalogue = Catalogue::standard();
        let siblings =
            |one: &str, other: &str| catalogue.are_siblings(one.parse().unwrap(), other.parse().unwrap());
        assert!(siblings("matter-01-002", "matter-01-003"));
        assert!(siblings("component-01-037", "matter-01-037"));
        assert!(siblings("matter-06-010", "matter-06-042"));
        assert!(siblings("matter-90-001", "matter-90-002"));
        assert!(!siblings("matter-06-010", "matter-09-010"));
        assert!(!siblings("matter-01-013", "matter-01-037"));
    }
}

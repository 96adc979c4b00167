//! Kinds of things that go wrong in the town, and the units that put them right: `data/kinds.csv` and
//! `data/units.csv`.

use std::sync::LazyLock;

const KINDS: &str = include_str!("../../data/kinds.csv");
const UNITS: &str = include_str!("../../data/units.csv");

/// A kind of thing that goes wrong.
#[derive(Debug)]
pub struct Kind {
    /// Key of the matter, for example `matter-06-010`.
    pub matter: &'static str,
    /// How often, against the others.
    pub weight: f64,
    /// What its photo shows; `none` where there is no photo.
    pub scene: &'static str,
    /// `critical`, `urgent`, `normal` or `complex`.
    pub urgency: &'static str,
    /// Key of the unit that is responsible.
    pub unit: &'static str,
    /// What riders say of it.
    pub words: Vec<&'static str>,
}

/// A unit of the town.
#[derive(Debug)]
pub struct UnitPlan {
    /// As in [`Kind::unit`].
    pub key: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// Every kind.
#[must_use]
pub fn kinds() -> &'static [Kind] {
    static ALL: LazyLock<Vec<Kind>> = LazyLock::new(|| KINDS.lines().skip(1).filter_map(kind).collect());
    &ALL
}

/// Every unit.
#[must_use]
pub fn units() -> &'static [UnitPlan] {
    static ALL: LazyLock<Vec<UnitPlan>> = LazyLock::new(|| UNITS.lines().skip(1).filter_map(unit).collect());
    &ALL
}

fn kind(line: &'static str) -> Option<Kind> {
    let mut fields = line.trim().splitn(6, ',');
    Some(Kind {
        matter: fields.next()?,
        weight: fields.next()?.parse().ok()?,
        scene: fields.next()?,
        urgency: fields.next()?,
        unit: fields.next()?,
        words: fields.next()?.split('|').collect(),
    })
}

fn unit(line: &'static str) -> Option<UnitPlan> {
    let mut fields = line.trim().split(',');
    Some(UnitPlan { key: fields.next()?, name: fields.next()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_every_unit_is_there() {
        assert_eq!(kinds().len(), KINDS.trim().lines().count() - 1);
        assert_eq!(units().len(), UNITS.trim().lines().count() - 1);
        assert!(kinds().iter().all(|kind| units().iter().any(|unit| unit.key == kind.unit)));
        assert!(kinds().iter().all(|kind| kind.weight > 0.0 && !kind.words.is_empty()));
    }
}

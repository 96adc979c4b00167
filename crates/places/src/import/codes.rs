//! Codes and names of candidates: checked, told apart, and where wished made.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::candidate::Candidate;
use super::options::{CodeRule, Layer};
use super::preview::Existing;
use super::problem::ProblemCode;
use crate::{Bounds, DivisionCode, DrawnPlace, PlaceKind, Shape};

/// What codes of the tenant's own begin with, where a grid's community is not known.
const OWN_PREFIX: &str = "G";
/// Three digits follow a community's code.
const MOST_IN_COMMUNITY: u32 = 999;

/// Gives every candidate a code of its kind or an error.
pub(crate) fn settle(candidates: &mut [Candidate], existing: &Existing, layer: Layer, rule: CodeRule) {
    for candidate in candidates.iter_mut() {
        check(candidate, existing, layer);
    }
    take_the_only_one(candidates, existing, layer);
    if layer == Layer::Grids && rule == CodeRule::Make {
        make(candidates, existing);
    }
    for candidate in candidates.iter_mut().filter(|candidate| candidate.code.is_empty()) {
        candidate.note(ProblemCode::CodeMissing, &[]);
    }
    each_twin(candidates, |candidate| candidate.code.clone(), ProblemCode::CodeTwice);
    each_twin(candidates, |candidate| candidate.name.clone(), ProblemCode::NameTwice);
    for candidate in candidates.iter_mut() {
        if candidate.name.is_empty() && !candidate.code.is_empty() {
            candidate.note(ProblemCode::NameMissing, &[("name", &candidate.code.clone())]);
        }
    }
}

fn check(candidate: &mut Candidate, existing: &Existing, layer: Layer) {
    if candidate.code.is_empty() {
        return;
    }
    let code = without_padding(&candidate.code, layer);
    match candidate.kind.checked_code(&code) {
        Ok(code) => candidate.code = code,
        Err(_) => return candidate.note(ProblemCode::CodeBad, &[("code", &candidate.code.clone())]),
    }
    if layer == Layer::Communities {
        let known = existing.by_code(PlaceKind::Community.siblings(), &candidate.code);
        let usual = || candidate.code.parse().map(|code: DivisionCode| code.usual_kind());
        let kind = known.map(|known| known.place.kind).or_else(|| usual().ok());
        candidate.kind = kind.unwrap_or(candidate.kind);
    }
    let subdistricts: Vec<&str> =
        existing.of(&[PlaceKind::Subdistrict]).map(|place| place.place.code.as_str()).collect();
    let numbered = candidate.code.len() >= 12 && candidate.code.bytes().all(|byte| byte.is_ascii_digit());
    if numbered
        && !subdistricts.is_empty()
        && !subdistricts.iter().any(|code| candidate.code.starts_with(code))
    {
        candidate.note(ProblemCode::CodeElsewhere, &[("code", &candidate.code.clone())]);
    }
}

/// Statistical codes are often filled up to 12 digits with zeros.
fn without_padding(code: &str, layer: Layer) -> String {
    let digits = match layer {
        Layer::County => 6,
        Layer::Subdistricts => 9,
        Layer::Communities | Layer::Grids => return code.to_owned(),
    };
    match code.split_at_checked(digits) {
        Some((front, zeros)) if zeros.bytes().all(|byte| byte == b'0') => front.to_owned(),
        _ => code.to_owned(),
    }
}

/// A border that comes alone and without a code is that of the only county or subdistrict there is.
fn take_the_only_one(candidates: &mut [Candidate], existing: &Existing, layer: Layer) {
    if let ([candidate], Layer::County | Layer::Subdistricts) = (candidates, layer)
        && candidate.code.is_empty()
    {
        let mut known = existing.of(layer.kinds());
        if let (Some(only), None) = (known.next(), known.next()) {
            candidate.code.clone_from(&only.place.code);
            candidate.note(ProblemCode::CodeMade, &[("code", &only.place.code)]);
        }
    }
}

/// Codes for those that have none: the code of the place that it evidently is, so that importing twice makes
/// nothing twice; else the next free one.
fn make(candidates: &mut [Candidate], existing: &Existing) {
    let said = candidates.iter().map(|candidate| candidate.code.clone()).filter(|code| !code.is_empty());
    let mut maker = Maker::new(existing, said.collect());
    for candidate in candidates.iter_mut().filter(|candidate| candidate.code.is_empty()) {
        candidate.code = maker.code(candidate);
        candidate.note(ProblemCode::CodeMade, &[("code", &candidate.code.clone())]);
    }
}

struct Maker<'a> {
    existing: &'a Existing,
    /// Grids that are drawn, by their rectangles.
    drawn: HashMap<[u64; 4], Vec<&'a DrawnPlace>>,
    /// Codes that no new grid may have.
    taken: BTreeSet<String>,
    /// Codes that a feature of the file has.
    claimed: BTreeSet<String>,
    /// The last number tried behind each beginning.
    last: HashMap<String, u32>,
}

impl<'a> Maker<'a> {
    fn new(existing: &'a Existing, claimed: BTreeSet<String>) -> Self {
        let mut drawn: HashMap<[u64; 4], Vec<&DrawnPlace>> = HashMap::new();
        let mut taken = claimed.clone();
        for grid in existing.of(&[PlaceKind::Grid]) {
            taken.insert(grid.place.code.clone());
            if let Some(shape) = &grid.shape {
                drawn.entry(rectangle(shape)).or_default().push(grid);
            }
        }
        Self { existing, drawn, taken, claimed, last: HashMap::new() }
    }

    fn code(&mut self, candidate: &Candidate) -> String {
        let near =
            candidate.shape.as_ref().and_then(|shape| Some((shape, self.drawn.get(&rectangle(shape))?)));
        let same = near.and_then(|(shape, grids)| {
            let drawn_alike =
                |grid: &&&DrawnPlace| grid.shape.as_ref().is_some_and(|drawn| drawn.is_same(shape));
            let free = |grid: &&&DrawnPlace| !self.claimed.contains(&grid.place.code);
            grids.iter().filter(free).find(drawn_alike).map(|grid| grid.place.code.clone())
        });
        let code = same.unwrap_or_else(|| self.next_free(candidate));
        self.taken.insert(code.clone());
        self.claimed.insert(code.clone());
        code
    }

    fn next_free(&mut self, candidate: &Candidate) -> String {
        let community = super::parents::said(candidate, self.existing).map(|place| place.place.code.clone());
        let numbered = community.and_then(|community| self.numbered(&community, 3, MOST_IN_COMMUNITY));
        numbered.or_else(|| self.numbered(OWN_PREFIX, 4, u32::MAX)).unwrap_or_default()
    }

    fn numbered(&mut self, front: &str, digits: usize, most: u32) -> Option<String> {
        let last = self.last.entry(front.to_owned()).or_default();
        while *last < most {
            *last += 1;
            let code = format!("{front}{last:0digits$}");
            if !self.taken.contains(&code) {
                return Some(code);
            }
        }
        None
    }
}

fn rectangle(shape: &Shape) -> [u64; 4] {
    let Bounds { west, south, east, north } = shape.bounds();
    [west, south, east, north].map(f64::to_bits)
}

/// Notes every candidate whose text another has too, with the number of the first other.
fn each_twin(candidates: &mut [Candidate], text: impl Fn(&Candidate) -> String, code: ProblemCode) {
    let mut holders: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for candidate in candidates.iter() {
        holders.entry(text(candidate)).or_default().push(candidate.number);
    }
    for candidate in candidates.iter_mut() {
        let text = text(candidate);
        let others = holders.get(&text).map(Vec::as_slice).unwrap_or_default();
        let other = others.iter().find(|number| **number != candidate.number);
        if let Some(other) = other.filter(|_| !text.is_empty()) {
            candidate.note(code, &[("text", &text), ("other", other)]);
        }
    }
}

//! Which community a grid lies in, which subdistrict a community.

use geo::Coord;

use super::candidate::Candidate;
use super::options::Layer;
use super::preview::Existing;
use super::problem::{Problem, ProblemCode};
use crate::index::outline::Side;
use crate::index::shapes::ShapeIndex;
use crate::{DivisionCode, DrawnPlace, GridCode};

/// Parents by where they lie, for candidates that do not say theirs.
pub(crate) struct Parents<'a> {
    existing: &'a Existing,
    layer: Layer,
    drawn: Vec<&'a DrawnPlace>,
    shapes: ShapeIndex,
}

impl<'a> Parents<'a> {
    pub(crate) fn new(existing: &'a Existing, layer: Layer) -> Self {
        let active = existing.of(layer.parent_kinds()).filter(|place| place.place.active);
        let drawn: Vec<&DrawnPlace> = active.filter(|place| place.shape.is_some()).collect();
        let shapes = ShapeIndex::new(drawn.iter().filter_map(|place| place.shape.as_ref()));
        Self { existing, layer, drawn, shapes }
    }

    /// Whether there is anything to lie in.
    pub(crate) fn none_known(&self) -> bool {
        self.existing.of(self.layer.parent_kinds()).next().is_none()
    }

    /// Said once where nothing to lie in is known at all.
    pub(crate) fn file_problem(&self) -> Option<Problem> {
        let wanted = !self.layer.parent_kinds().is_empty();
        (wanted && self.none_known()).then(|| Problem::of_file(ProblemCode::ParentMissing))
    }

    /// The parent of a candidate; what is odd about it is noted.
    pub(crate) fn of(&self, candidate: &mut Candidate) -> Option<&'a DrawnPlace> {
        if self.none_known() {
            return None;
        }
        let parent_kinds = self.layer.parent_kinds();
        let found = candidate
            .parents
            .iter()
            .find_map(|text| named(text, self.existing, self.layer))
            .or_else(|| self.existing.by_code(parent_kinds, &front(candidate, self.layer)?));
        if found.is_some() {
            return found;
        }
        if let Some(text) = candidate.parents.first().cloned() {
            candidate.note(ProblemCode::ParentUnknown, &[("parent", &text)]);
        }
        let by_place = self.by_place(candidate);
        match by_place {
            Some(place) => candidate.note(ProblemCode::ParentByPlace, &[("parent", &place.place.name)]),
            None if candidate.parents.is_empty() => candidate.note(ProblemCode::ParentMissing, &[]),
            None => {}
        }
        by_place
    }

    fn by_place(&self, candidate: &Candidate) -> Option<&'a DrawnPlace> {
        let inner = candidate.shape.as_ref()?.inner_point()?;
        let at = Coord { x: inner.lng(), y: inner.lat() };
        let (number, side) = self.shapes.first_at(at)?;
        self.drawn.get(number).copied().filter(|_| side == Side::Inside)
    }
}

/// The community that a grid says it lies in, by code or name.
pub(crate) fn said<'a>(candidate: &Candidate, existing: &'a Existing) -> Option<&'a DrawnPlace> {
    candidate.parents.iter().find_map(|text| named(text, existing, Layer::Grids))
}

fn named<'a>(text: &str, existing: &'a Existing, layer: Layer) -> Option<&'a DrawnPlace> {
    let kinds = layer.parent_kinds();
    existing.by_code(kinds, text).or_else(|| {
        let mut same = existing.of(kinds).filter(|place| place.place.name == text);
        // Two of the same name tell nothing.
        same.next().filter(|_| same.next().is_none())
    })
}

/// The parent's code as the candidate's own begins with.
fn front(candidate: &Candidate, layer: Layer) -> Option<String> {
    let code = match layer {
        Layer::Grids => candidate.code.parse::<GridCode>().ok()?.community()?,
        _ => candidate.code.parse::<DivisionCode>().ok()?.parent()?,
    };
    Some(code.into())
}

//! A feature becomes a place that might be.

use qige_kernel::Datum;
use qige_kernel::text::is_unfit_for_a_line;

use super::columns::{ColumnsFound, first};
use super::drawing::draw;
use super::options::Layer;
use super::problem::{Problem, ProblemCode, Severity};
use super::read::RawFeature;
use crate::{PlaceKind, Shape};

/// Longest name, in characters: longer ones are descriptions that got into the wrong column.
pub(crate) const MAX_NAME_CHARS: usize = 60;

/// A feature with what it says of itself. What is wrong is noted; a candidate with an error is not imported.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) number: u32,
    pub(crate) kind: PlaceKind,
    /// As the file has it, or made; empty when there is none.
    pub(crate) code: String,
    /// As the file has it; empty when there is none.
    pub(crate) name: String,
    /// What the file says of the parent, most telling first.
    pub(crate) parents: Vec<String>,
    pub(crate) shape: Option<Shape>,
    pub(crate) problems: Vec<Problem>,
}

impl Candidate {
    pub(crate) fn new(mut feature: RawFeature, columns: &ColumnsFound, layer: Layer, datum: Datum) -> Self {
        let shape = draw(&mut feature, datum);
        let RawFeature { number, properties, problems, .. } = feature;
        let text = |columns: &[String]| first(&properties, columns).unwrap_or_default().to_owned();
        let mut candidate = Self {
            number,
            kind: layer.kinds().first().copied().unwrap_or(PlaceKind::Grid),
            code: text(&columns.code),
            name: text(&columns.name),
            parents: columns
                .parent
                .iter()
                .filter_map(|column| Some(properties.get(column)?.trim().to_owned()))
                .filter(|text| !text.is_empty())
                .collect(),
            shape,
            problems,
        };
        candidate.cut_name();
        candidate
    }

    fn cut_name(&mut self) {
        self.name.retain(|letter| !is_unfit_for_a_line(letter));
        if let Some((at, _)) = self.name.char_indices().nth(MAX_NAME_CHARS) {
            self.name.truncate(at);
            self.note(ProblemCode::NameLong, &[("limit", &MAX_NAME_CHARS)]);
        }
    }

    pub(crate) fn note(&mut self, code: ProblemCode, args: &[(&str, &dyn ToString)]) {
        let problem = Problem::of_feature(self.number, code);
        let said = args.iter().fold(problem, |problem, (name, value)| problem.with(name, value.to_string()));
        self.problems.push(said);
    }

    pub(crate) fn is_faulty(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// What a person knows it by.
    pub(crate) fn label(&self) -> &str {
        if self.name.is_empty() { &self.code } else { &self.name }
    }
}

//! What an import would do, before it does it.

use geo::Coord;
use qige_kernel::{Datum, PlaceId, Position, Refusal, RefusalKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::candidate::Candidate;
use super::columns::{ColumnsFound, first};
use super::compare::{Changes, Placed, compare};
use super::detect::{Confidence, DatumBasis, DatumFinding, Known, Pair, detect};
use super::options::{FaultyRule, ImportOptions, Layer};
use super::parents::Parents;
use super::problem::{Problem, ProblemCode, Severity};
use super::read::{RawFeature, Reading};
use super::{codes, metres, overlaps};
use crate::index::outline::{Outline, Side};
use crate::index::window_drawn;
use crate::{Bounds, DrawnPlace, PlaceKind, Shape};

/// Places as they stood when the preview was made. See [`crate::store::existing`].
#[derive(Clone, Debug, Default)]
pub struct Existing {
    /// The revision of the tenant's places.
    pub revision: i64,
    /// All divisions and grids, active or not.
    pub places: Vec<DrawnPlace>,
    /// The border that files are held against; none: that of the county, else of the only subdistrict.
    pub fence: Option<Shape>,
}

impl Existing {
    pub(crate) fn of(&self, kinds: &'static [PlaceKind]) -> impl Iterator<Item = &DrawnPlace> {
        self.places.iter().filter(|place| kinds.contains(&place.place.kind))
    }

    pub(crate) fn by_code(&self, kinds: &'static [PlaceKind], code: &str) -> Option<&DrawnPlace> {
        self.of(kinds).find(|place| place.place.code == code)
    }

    pub(crate) fn by_id(&self, id: PlaceId) -> Option<&DrawnPlace> {
        self.places.iter().find(|place| place.place.id == id)
    }

    /// All communities and villages that are drawn, as one shape.
    fn mosaic(&self) -> Option<Shape> {
        let active = self.of(PlaceKind::Community.siblings()).filter(|place| place.place.active);
        let shapes = active.filter_map(|place| place.shape.as_ref());
        Shape::new(shapes.flat_map(|shape| shape.polygons().0.iter().cloned()).collect()).ok()
    }

    /// The border that files are held against.
    #[must_use]
    pub fn border(&self) -> Option<&Shape> {
        let drawn =
            |kinds| self.of(kinds).filter(|place| place.place.active).find_map(|place| place.shape.as_ref());
        self.fence
            .as_ref()
            .or_else(|| drawn(&[PlaceKind::County]))
            .or_else(|| drawn(&[PlaceKind::Subdistrict]))
    }
}

/// A place by its name and id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    /// Its id.
    pub id: PlaceId,
    /// Its name.
    pub name: String,
}

/// A place that would be new.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Added {
    /// Number of its feature in the file.
    pub feature: u32,
    /// What kind of place.
    pub kind: PlaceKind,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The place that it lies in.
    pub parent: Option<Link>,
    /// Its outline.
    pub shape: Shape,
}

/// A place that would change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// Its id, which stays.
    pub id: PlaceId,
    /// Number of its feature in the file.
    pub feature: u32,
    /// Its code, which stays.
    pub code: String,
    /// Its name until now.
    pub name_was: String,
    /// Its new name, if that changes.
    pub name: Option<String>,
    /// The place that it lay in until now.
    pub parent_was: Option<Link>,
    /// The place that it lies in, if that changes.
    pub parent: Option<Link>,
    /// Its new outline, if that changes.
    pub redrawn: Option<Shape>,
    /// It was switched off and comes back.
    pub back: bool,
}

/// A place that would stay as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unchanged {
    /// Its id.
    pub id: PlaceId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A place that the file does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Removed {
    /// Its id.
    pub id: PlaceId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it would be switched off, as asked.
    pub switched_off: bool,
}

/// What an import would do. The same file, options and places give the same preview.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Preview {
    /// What the file draws.
    pub layer: Layer,
    /// The revision that it was compared with: a later one makes the preview stale.
    pub base_revision: i64,
    /// The datum that the file is read in.
    pub datum: DatumFinding,
    /// The properties that were read.
    pub columns: ColumnsFound,
    /// New places.
    pub added: Vec<Added>,
    /// Changed places.
    pub changed: Vec<Changed>,
    /// Places that stay as they are.
    pub unchanged: Vec<Unchanged>,
    /// Places that the file does not have.
    pub removed: Vec<Removed>,
    /// Numbers of the features that have errors: not imported.
    pub faulty: Vec<u32>,
    /// What was decided about those.
    pub faulty_rule: FaultyRule,
    /// All problems, of the file first, then by feature.
    pub problems: Vec<Problem>,
    /// SHA-256 of everything above, in hexadecimal.
    pub fingerprint: String,
}

/// Compares a file with what is there.
///
/// # Errors
/// Where the file as a whole is not in degrees; see the codes `import-metres-*` and `import-axes-swapped`.
pub fn preview(reading: Reading, options: &ImportOptions, existing: &Existing) -> Result<Preview, Refusal> {
    let border = existing.border();
    metres::refuse(&reading, border.map(|border| border.bounds().centre().0))?;
    let columns = ColumnsFound::find(&reading.features, &options.columns, options.layer);
    let detected = datum_of(&reading, &columns, options, existing, border);
    let Reading { features, mut problems, projection } = reading;
    let old = projection.as_deref().and_then(metres::old_datum);
    problems.extend(old.map(|name| Problem::of_file(ProblemCode::DatumOld).with("name", name)));
    problems.extend(datum_problems(&detected, options.datum));
    let datum = chosen_or(detected, options.datum);
    let mut candidates: Vec<Candidate> = features
        .into_iter()
        .map(|feature| Candidate::new(feature, &columns, options.layer, datum.datum))
        .collect();
    codes::settle(&mut candidates, existing, options.layer, options.codes);
    if let Some(border) = border.filter(|_| !datum.elsewhere && options.layer != Layer::County) {
        note_outside(&mut candidates, border);
    }
    overlaps::note(&mut candidates);
    let parents = Parents::new(existing, options.layer);
    problems.extend(parents.file_problem());
    let mut placed: Vec<Placed<'_>> = Vec::new();
    let mut faulty = Vec::new();
    for mut candidate in candidates {
        let parent = parents.of(&mut candidate);
        let label = candidate.label().to_owned();
        let said = candidate.problems.iter().cloned();
        problems.extend(said.map(|problem| Problem { label: label.clone(), ..problem }));
        faulty.extend(candidate.is_faulty().then_some(candidate.number));
        placed.push((candidate, parent));
    }
    let changes = compare(placed, existing, options.layer, options.missing);
    let Changes { added, changed, unchanged, removed } = changes;
    let preview = Preview {
        layer: options.layer,
        base_revision: existing.revision,
        datum,
        columns,
        added,
        changed,
        unchanged,
        removed,
        faulty,
        faulty_rule: options.faulty,
        problems,
        fingerprint: String::new(),
    };
    let fingerprint = hex::encode(Sha256::digest(serde_json::to_vec(&preview).unwrap_or_default()));
    Ok(Preview { fingerprint, ..preview })
}

fn datum_of(
    reading: &Reading,
    columns: &ColumnsFound,
    options: &ImportOptions,
    existing: &Existing,
    border: Option<&Shape>,
) -> DatumFinding {
    let points: Vec<Coord<f64>> = reading.coordinates().collect();
    let kinds = options.layer.kinds();
    let pair = |feature: &RawFeature| -> Option<Pair> {
        let known = existing.by_code(kinds, first(&feature.properties, &columns.code)?)?;
        let (lng, lat) = known.shape.as_ref()?.bounds().centre();
        let rings = feature.polygons.iter().flat_map(|polygon| &polygon.rings).flatten();
        let (x, y) = Bounds::around(rings.map(|at| (at.x, at.y)))?.centre();
        Some((Coord { x, y }, Position::new(lng, lat).ok()?))
    };
    let pairs: Vec<Pair> = reading.features.iter().filter_map(pair).collect();
    let communities = existing.mosaic().filter(|_| options.layer == Layer::Grids);
    detect(&points, Known { same_places: &pairs, communities: communities.as_ref(), fence: border })
}

/// What somebody chose goes before what was found.
fn chosen_or(detected: DatumFinding, chosen: Option<Datum>) -> DatumFinding {
    match chosen {
        Some(datum) => {
            DatumFinding { datum, basis: DatumBasis::Chosen, confidence: Confidence::Certain, ..detected }
        }
        None => detected,
    }
}

fn datum_problems(finding: &DatumFinding, chosen: Option<Datum>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if finding.elsewhere {
        problems.push(Problem::of_file(ProblemCode::FileElsewhere));
    }
    match chosen {
        None if finding.confidence == Confidence::Unsure => {
            problems.push(Problem::of_file(ProblemCode::DatumUnsure));
        }
        Some(chosen)
            if chosen != finding.datum
                && finding.confidence == Confidence::Certain
                && finding.basis != DatumBasis::Abroad =>
        {
            let problem = Problem::of_file(ProblemCode::DatumContradicted);
            problems.push(problem.with("chosen", chosen).with("fitting", finding.datum));
        }
        _ => {}
    }
    problems
}

fn note_outside(candidates: &mut [Candidate], border: &Shape) {
    let outline = Outline::new(border);
    for candidate in candidates {
        let inner = candidate.shape.as_ref().and_then(Shape::inner_point);
        let Some(inner) = inner else { continue };
        if outline.side(Coord { x: inner.lng(), y: inner.lat() }) == Side::Outside {
            candidate.note(ProblemCode::OutsideFence, &[]);
        }
    }
}

impl Preview {
    /// How many problems are of this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.problems.iter().filter(|problem| problem.severity == severity).count()
    }

    /// Whether it would change anything.
    #[must_use]
    pub fn changes_anything(&self) -> bool {
        let switched_off = self.removed.iter().any(|removed| removed.switched_off);
        !self.added.is_empty() || !self.changed.is_empty() || switched_off
    }

    /// Whether it can be applied.
    ///
    /// # Errors
    /// `import-file-has-errors` when something is wrong with the file as a whole, `import-has-errors` when
    /// features have errors and are not to be left out.
    pub fn check(&self) -> Result<(), Refusal> {
        let errors = |problem: &&Problem| problem.severity == Severity::Error;
        let of_file = self.problems.iter().filter(errors).any(|problem| problem.feature.is_none());
        if of_file {
            return Err(Refusal::new(RefusalKind::Invalid, "import-file-has-errors"));
        }
        if self.faulty_rule == FaultyRule::Stop && !self.faulty.is_empty() {
            let refusal = Refusal::new(RefusalKind::Invalid, "import-has-errors");
            return Err(refusal.with("count", self.faulty.len()));
        }
        Ok(())
    }

    /// The map of the preview: a GeoJSON FeatureCollection whose features have `change` (`added`, `redrawn`,
    /// `changed`, `unchanged`, `removed`), `code` and `name`, drawn no finer than `tolerance_degrees`.
    #[must_use]
    pub fn map(&self, existing: &Existing, tolerance_degrees: f64) -> Value {
        let feature = |change: &str, code: &str, name: &str, shape: &Shape| {
            json!({
                "type": "Feature",
                "properties": { "change": change, "code": code, "name": name },
                "geometry": window_drawn(shape.polygons(), tolerance_degrees),
            })
        };
        let known = |id: PlaceId| existing.by_id(id).and_then(|place| place.shape.as_ref());
        let mut features = Vec::new();
        for Removed { id, code, name, .. } in &self.removed {
            features.extend(known(*id).map(|shape| feature("removed", code, name, shape)));
        }
        for Unchanged { id, code, name } in &self.unchanged {
            features.extend(known(*id).map(|shape| feature("unchanged", code, name, shape)));
        }
        for changed in &self.changed {
            let name = changed.name.as_ref().unwrap_or(&changed.name_was);
            let change = if changed.redrawn.is_some() { "redrawn" } else { "changed" };
            let shape = changed.redrawn.as_ref().or_else(|| known(changed.id));
            features.extend(shape.map(|shape| feature(change, &changed.code, name, shape)));
        }
        features
            .extend(self.added.iter().map(|added| feature("added", &added.code, &added.name, &added.shape)));
        json!({ "type": "FeatureCollection", "features": features })
    }
}

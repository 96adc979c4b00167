//! Which datum a file's degrees are in.
//!
//! GCJ-02 and BD-09 lie 300 to 1,200 m from WGS-84: too little to see in a number, enough to put a case into
//! the next grid. What can tell are places that we have drawn already under the same codes, and a border that
//! the file must keep within or runs along. Where neither decides, the person who imports must.

use geo::Coord;
use qige_kernel::{Coordinates, Datum, Position};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::drawing::converted;
use crate::index::outline::{Outline, Side};
use crate::index::shapes::metres_to_edge;
use crate::{Bounds, Shape};

/// Vertices and places that are looked at: enough for a share in percent.
const SAMPLE: usize = 400;
/// Drawings of the same border agree to this much.
const SAME_BORDER_METRES: f64 = 30.0;
/// A place drawn twice is at the same spot to this much; datums are ten times as far apart.
const SAME_PLACE_METRES: f64 = 60.0;
/// The runner-up must be so many times worse for certainty.
const CLEARLY: f64 = 3.0;
/// Shares within the border that differ by less are no difference.
const SHARE_DIFFERENCE: f64 = 0.01;
/// So many vertices along the border are no accident.
const BORDER_VERTICES: usize = 8;
/// A file with less than this share inside the border is of another place.
const ELSEWHERE_SHARE: f64 = 0.5;

/// How sure the finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Only this datum fits.
    Certain,
    /// It fits best.
    Likely,
    /// It could be any: somebody has to choose.
    Unsure,
}

/// What the finding rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DatumBasis {
    /// Somebody chose it.
    Chosen,
    /// Here no datum shifts anything.
    Abroad,
    /// Places of the same codes that are drawn already.
    SamePlaces,
    /// The communities that the grids lie in, and whose borders they share.
    Communities,
    /// The known border.
    Fence,
    /// There was nothing to hold it against.
    Nothing,
}

/// How well one datum fits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DatumEvidence {
    /// Which.
    pub datum: Datum,
    /// Median distance in metres to places of the same codes.
    pub same_places_metres: Option<f64>,
    /// Share of vertices within the known border, 0 to 1.
    pub inside_share: Option<f64>,
    /// Share of vertices that run along it, 0 to 1.
    pub border_share: Option<f64>,
}

/// The datum that a file is read in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DatumFinding {
    /// Which.
    pub datum: Datum,
    /// How sure.
    pub confidence: Confidence,
    /// On what ground.
    pub basis: DatumBasis,
    /// How well each fits, where that could be asked.
    pub evidence: Vec<DatumEvidence>,
    /// Most of the file lies outside the known border in every datum.
    pub elsewhere: bool,
}

/// A feature and a place of the same code: the middle of the one as the file has it, of the other as we do.
pub(crate) type Pair = (Coord<f64>, Position);

/// What a file is held against.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known<'a> {
    /// Places of the same codes.
    pub(crate) same_places: &'a [Pair],
    /// Communities that are drawn, as one shape.
    pub(crate) communities: Option<&'a Shape>,
    /// The border around everything.
    pub(crate) fence: Option<&'a Shape>,
}

pub(crate) fn detect(points: &[Coord<f64>], known: Known<'_>) -> DatumFinding {
    let points: Vec<Coord<f64>> = sample(points);
    let mut finding = DatumFinding {
        datum: Datum::Wgs84,
        confidence: Confidence::Unsure,
        basis: DatumBasis::Nothing,
        evidence: Vec::new(),
        elsewhere: false,
    };
    if points.iter().all(|at| !is_shifted(*at)) {
        return DatumFinding { confidence: Confidence::Certain, basis: DatumBasis::Abroad, ..finding };
    }
    finding.evidence = evidence(&points, known.same_places, None);
    by_same_places(&mut finding);
    let borders = [(DatumBasis::Communities, known.communities), (DatumBasis::Fence, known.fence)];
    for (basis, shape) in borders {
        let Some(shape) = shape.filter(|_| finding.confidence == Confidence::Unsure) else { continue };
        finding.evidence = evidence(&points, known.same_places, Some(&Fence::new(shape)));
        finding.basis = basis;
        by_fence(&mut finding, points.len());
    }
    // Not all communities need be drawn: only the border around everything can say that.
    finding.elsewhere &= finding.basis == DatumBasis::Fence;
    finding
}

fn evidence(points: &[Coord<f64>], same_places: &[Pair], fence: Option<&Fence<'_>>) -> Vec<DatumEvidence> {
    let of = |datum| {
        let held = fence.map(|fence| fence.hold(points, datum));
        DatumEvidence {
            datum,
            same_places_metres: median_metres(same_places, datum),
            inside_share: held.map(|(inside, _)| share(inside, points.len())),
            border_share: held.map(|(_, border)| share(border, points.len())),
        }
    };
    Datum::ALL.into_iter().map(of).collect()
}

fn by_same_places(finding: &mut DatumFinding) {
    let metres = |evidence: &DatumEvidence| evidence.same_places_metres;
    let mut ranked: Vec<(f64, Datum)> =
        finding.evidence.iter().filter_map(|evidence| Some((metres(evidence)?, evidence.datum))).collect();
    ranked.sort_by(|(one, _), (two, _)| one.total_cmp(two));
    if let [(best, datum), (second, _), ..] = ranked.as_slice()
        && *best <= SAME_PLACE_METRES
        && *second >= best * CLEARLY
    {
        (finding.datum, finding.basis) = (*datum, DatumBasis::SamePlaces);
        finding.confidence = Confidence::Certain;
    }
}

fn by_fence(finding: &mut DatumFinding, points: usize) {
    let inside = |evidence: &DatumEvidence| evidence.inside_share.unwrap_or(0.0);
    let border = |evidence: &DatumEvidence| evidence.border_share.unwrap_or(0.0);
    finding.elsewhere = false;
    let best = finding.evidence.iter().map(inside).fold(0.0, f64::max);
    if best < ELSEWHERE_SHARE {
        finding.elsewhere = true;
        return;
    }
    let mut fitting: Vec<&DatumEvidence> =
        finding.evidence.iter().filter(|evidence| inside(evidence) >= best - SHARE_DIFFERENCE).collect();
    fitting.sort_by(|one, two| border(two).total_cmp(&border(one)));
    let enough = share(BORDER_VERTICES.min(points), points);
    let (datum, confidence) = match fitting.as_slice() {
        // Nothing else keeps within the border; that it also runs along it leaves no doubt.
        [only] if border(only) >= enough => (only.datum, Confidence::Certain),
        [only] => (only.datum, Confidence::Likely),
        [first, second, ..] if border(first) >= enough && border(first) >= border(second) * CLEARLY => {
            (first.datum, Confidence::Likely)
        }
        _ => return,
    };
    (finding.datum, finding.confidence) = (datum, confidence);
}

/// The known border, ready to be asked.
struct Fence<'a> {
    shape: &'a Shape,
    outline: Outline,
    bounds: Bounds,
}

impl<'a> Fence<'a> {
    fn new(shape: &'a Shape) -> Self {
        Self { shape, outline: Outline::new(shape), bounds: shape.bounds() }
    }

    /// How many points lie within, and how many of those run along the border.
    fn hold(&self, points: &[Coord<f64>], datum: Datum) -> (usize, usize) {
        let (mut inside, mut along) = (0, 0);
        for at in points.iter().filter_map(|at| converted(*at, datum)) {
            let Ok(position) = Position::new(at.x, at.y) else { continue };
            let margin = Bounds::near(position, SAME_BORDER_METRES);
            let far = margin.east < self.bounds.west
                || margin.west > self.bounds.east
                || margin.north < self.bounds.south
                || margin.south > self.bounds.north;
            if far {
                continue;
            }
            let border = metres_to_edge(self.shape, position) <= SAME_BORDER_METRES;
            along += usize::from(border);
            inside += usize::from(border || self.outline.side(at) == Side::Inside);
        }
        (inside, along)
    }
}

fn is_shifted(at: Coord<f64>) -> bool {
    Position::new(at.x, at.y).is_ok_and(|here| {
        let there = here.in_datum(Datum::Gcj02);
        (there.lng, there.lat) != (at.x, at.y)
    })
}

fn median_metres(same_places: &[Pair], datum: Datum) -> Option<f64> {
    let metres = |(at, place): &Pair| {
        let here = Coordinates { datum, lng: at.x, lat: at.y }.to_position().ok()?;
        Some(here.distance_metres(*place))
    };
    let mut all: Vec<f64> = sample(same_places).iter().filter_map(metres).collect();
    all.sort_unstable_by(f64::total_cmp);
    all.get(all.len() / 2).copied()
}

fn sample<T: Copy>(all: &[T]) -> Vec<T> {
    all.iter().step_by((all.len() / SAMPLE).max(1)).copied().collect()
}

fn share(part: usize, whole: usize) -> f64 {
    let real = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
    if whole == 0 { 0.0 } else { real(part) / real(whole) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fence() -> Shape {
        // A rough county, 40 km wide, with a vertex every kilometre or so.
        let ring: Vec<String> = (0..=120)
            .map(|at| {
                let angle = f64::from(at % 120) * std::f64::consts::TAU / 120.0;
                let radius = 0.2 + 0.02 * (angle * 9.0).sin();
                format!("[{},{}]", 118.75 + radius * angle.cos(), 34.54 + radius * angle.sin())
            })
            .collect();
        format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, ring.join(",")).parse().unwrap()
    }

    fn fenced(fence: &Shape) -> Known<'_> {
        Known { fence: Some(fence), ..Known::default() }
    }

    fn in_datum(points: &[Coord<f64>], datum: Datum) -> Vec<Coord<f64>> {
        let shifted = points.iter().map(|at| {
            let there = Position::new(at.x, at.y).unwrap().in_datum(datum);
            Coord { x: there.lng, y: there.lat }
        });
        shifted.collect()
    }

    #[test]
    fn a_file_that_runs_along_the_border_is_certain_in_each_datum() {
        let fence = fence();
        let points: Vec<Coord<f64>> = fence.vertices().collect();
        for datum in Datum::ALL {
            let finding = detect(&in_datum(&points, datum), fenced(&fence));
            assert_eq!((finding.datum, finding.confidence), (datum, Confidence::Certain), "{finding:?}");
            assert_eq!(finding.basis, DatumBasis::Fence);
        }
    }

    #[test]
    fn a_file_in_the_middle_of_the_county_could_be_any() {
        let middle = [Coord { x: 118.75, y: 34.54 }, Coord { x: 118.76, y: 34.55 }];
        let finding = detect(&middle, fenced(&fence()));
        assert_eq!((finding.datum, finding.confidence), (Datum::Wgs84, Confidence::Unsure));
        assert!(!finding.elsewhere);
        let finding = detect(&middle, Known::default());
        assert_eq!((finding.confidence, finding.basis), (Confidence::Unsure, DatumBasis::Nothing));
    }

    #[test]
    fn places_drawn_before_settle_it() {
        let here: Vec<Coord<f64>> =
            (0..5).map(|at| Coord { x: 118.7 + f64::from(at) * 0.01, y: 34.54 }).collect();
        for datum in Datum::ALL {
            let pairs: Vec<Pair> = in_datum(&here, datum)
                .into_iter()
                .zip(&here)
                // Redrawn a little differently since.
                .map(|(raw, at)| (raw, Position::new(at.x, at.y).unwrap().moved_metres(8.0, -5.0)))
                .collect();
            let raw: Vec<Coord<f64>> = pairs.iter().map(|(raw, _)| *raw).collect();
            let finding = detect(&raw, Known { same_places: &pairs, ..Known::default() });
            assert_eq!((finding.datum, finding.confidence), (datum, Confidence::Certain));
            assert_eq!(finding.basis, DatumBasis::SamePlaces);
        }
    }

    #[test]
    fn abroad_there_is_nothing_to_tell_and_elsewhere_is_said() {
        let chicago = [Coord { x: -87.6, y: 41.9 }];
        let finding = detect(&chicago, fenced(&fence()));
        assert_eq!((finding.confidence, finding.basis), (Confidence::Certain, DatumBasis::Abroad));
        let beijing = [Coord { x: 116.4, y: 39.9 }];
        let finding = detect(&beijing, fenced(&fence()));
        assert!(finding.elsewhere && finding.confidence == Confidence::Unsure);
    }
}

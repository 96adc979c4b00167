//! A file's bytes become raw features.

use std::collections::BTreeMap;

use geo::Coord;
use qige_kernel::{Refusal, RefusalKind};

use super::archive::{self, Found};
use super::problem::{Problem, ProblemCode};
use super::{geojson, shapefile, text};

/// Largest file: a district of 3,000 finely drawn grids is 12 MB of GeoJSON.
pub const MAX_FILE_BYTES: usize = 32 * 1024 * 1024;
/// Most features in a file: several times what the largest district has.
pub const MAX_FEATURES: usize = 20_000;
/// Most vertices in a file, so that a preview stays a matter of seconds.
pub const MAX_VERTICES: usize = 2_000_000;

/// What a file says, before anything is decided.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub(crate) features: Vec<RawFeature>,
    pub(crate) problems: Vec<Problem>,
    /// The coordinate system's own description (WKT), where the file has one.
    pub(crate) projection: Option<String>,
}

impl Reading {
    /// How many features the file has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether it has none. A file that was read has at least one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// All vertices as the file has them.
    pub(crate) fn coordinates(&self) -> impl Iterator<Item = Coord<f64>> {
        let polygons = self.features.iter().flat_map(|feature| &feature.polygons);
        polygons.flat_map(|polygon| &polygon.rings).flatten().copied()
    }
}

/// One feature as the file has it.
#[derive(Clone, Debug)]
pub(crate) struct RawFeature {
    /// Its place in the file, from 1.
    pub(crate) number: u32,
    /// Scalar properties as text.
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) polygons: Vec<RawPolygon>,
    pub(crate) problems: Vec<Problem>,
}

/// Rings as the file has them.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawPolygon {
    pub(crate) rings: Vec<Vec<Coord<f64>>>,
    /// Which ring is a hole of which is not said and must be told from how they lie.
    pub(crate) loose: bool,
}

impl RawFeature {
    pub(crate) const fn new(number: u32) -> Self {
        Self { number, properties: BTreeMap::new(), polygons: Vec::new(), problems: Vec::new() }
    }

    /// Notes a problem, or that it occurred once more.
    pub(crate) fn note(&mut self, code: ProblemCode) {
        self.note_times(code, 1);
    }

    pub(crate) fn note_times(&mut self, code: ProblemCode, times: usize) {
        if times == 0 {
            return;
        }
        let known = self.problems.iter_mut().find(|problem| problem.code == code);
        if let Some(problem) = known {
            let before: usize = problem.args.get("count").and_then(|count| count.parse().ok()).unwrap_or(1);
            problem.args.insert("count".to_owned(), (before + times).to_string());
        } else {
            self.problems.push(Problem::of_feature(self.number, code).with("count", times));
        }
    }
}

/// Reads GeoJSON, or a ZIP archive of a Shapefile or of GeoJSON.
///
/// # Errors
/// `import-too-large`, `import-too-many-features`, `import-too-many-points`, `import-empty`, and where it is
/// no such file, what it seems to be: `import-is-archive` (RAR, 7z), `import-is-xml` (KML, GML),
/// `import-is-office`, `import-is-topojson`, `import-not-json`, `import-not-geojson`; from archives
/// `archive-*`; from Shapefiles `shapefile-*`.
pub fn read(bytes: &[u8]) -> Result<Reading, Refusal> {
    if bytes.len() > MAX_FILE_BYTES {
        let refusal = Refusal::new(RefusalKind::TooLarge, "import-too-large");
        return Err(refusal.with("megabytes", MAX_FILE_BYTES / 1024 / 1024));
    }
    let reading = match bytes {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => match archive::open(bytes)? {
            Found::Json(bytes) => json(&bytes)?,
            Found::Shapefile(files) => shapefile::read(&files)?,
        },
        [b'R', b'a', b'r', b'!', ..] | [b'7', b'z', 0xbc, 0xaf, ..] | [0x1f, 0x8b, ..] => {
            return Err(unsupported("import-is-archive"));
        }
        [0xd0, 0xcf, 0x11, 0xe0, ..] => return Err(unsupported("import-is-office")),
        [0x00, 0x00, 0x27, 0x0a, ..] => return Err(unsupported("shapefile-bare")),
        _ => json(bytes)?,
    };
    if reading.features.is_empty() {
        return Err(Refusal::invalid("file", "import-empty"));
    }
    if reading.features.len() > MAX_FEATURES {
        return Err(Refusal::invalid("file", "import-too-many-features").with("limit", MAX_FEATURES));
    }
    if reading.coordinates().nth(MAX_VERTICES).is_some() {
        return Err(Refusal::invalid("file", "import-too-many-points").with("limit", MAX_VERTICES));
    }
    Ok(reading)
}

pub(crate) const fn unsupported(code: &'static str) -> Refusal {
    let mut refusal = Refusal::new(RefusalKind::Unsupported, code);
    refusal.field = Some("file");
    refusal
}

fn json(bytes: &[u8]) -> Result<Reading, Refusal> {
    let decoded = text::decode(bytes);
    let start = decoded.text.trim_start();
    if start.is_empty() {
        return Err(Refusal::invalid("file", "import-empty"));
    }
    if start.starts_with('<') {
        return Err(unsupported("import-is-xml"));
    }
    let mut reading = geojson::read(start)?;
    if let Some(encoding) = decoded.guessed {
        reading.problems.push(Problem::of_file(ProblemCode::EncodingGuessed).with("encoding", encoding));
    }
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> &'static str {
        read(bytes).err().unwrap().code
    }

    #[test]
    fn what_is_no_map_is_refused_by_what_it_is() {
        for (bytes, code) in [
            (&b""[..], "import-empty"),
            (b" \n", "import-empty"),
            (b"[]", "import-empty"),
            (b"{\"type\":\"FeatureCollection\",\"features\":[]}", "import-empty"),
            (b"<kml/>", "import-is-xml"),
            (b"\xef\xbb\xbf<?xml", "import-is-xml"),
            (b"Rar!\x1a\x07", "import-is-archive"),
            (b"7z\xbc\xaf\x27\x1c", "import-is-archive"),
            (b"\x1f\x8b\x08", "import-is-archive"),
            (b"\xd0\xcf\x11\xe0", "import-is-office"),
            (b"\x00\x00\x27\x0a", "shapefile-bare"),
            (b"PK\x05\x06", "archive-unreadable"),
            (b"code,name", "import-not-json"),
        ] {
            assert_eq!(refused(bytes), code, "{bytes:?}");
        }
    }

    #[test]
    fn a_mark_at_the_start_does_not_matter() {
        let marked = b"\xef\xbb\xbf{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}";
        let reading = read(marked).unwrap();
        assert_eq!((reading.len(), reading.problems.len()), (1, 0));
    }

    #[test]
    fn a_file_has_its_limits() {
        let padded = |bytes: usize| {
            let mut file = b"[{}".to_vec();
            file.resize(bytes - 1, b' ');
            file.push(b']');
            file
        };
        assert!(read(&padded(MAX_FILE_BYTES)).is_ok());
        assert_eq!(refused(&padded(MAX_FILE_BYTES + 1)), "import-too-large");
        let features = |count: usize| format!("[{}]", vec!["{}"; count].join(","));
        assert_eq!(read(features(MAX_FEATURES).as_bytes()).unwrap().len(), MAX_FEATURES);
        assert_eq!(refused(features(MAX_FEATURES + 1).as_bytes()), "import-too-many-features");
        assert_eq!(refused(features(MAX_FEATURES * 2).as_bytes()), "import-too-many-features");
        let points = |count: usize| {
            format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, vec!["[1,2]"; count].join(","))
        };
        assert!(read(points(MAX_VERTICES).as_bytes()).is_ok());
        assert_eq!(refused(points(MAX_VERTICES + 1).as_bytes()), "import-too-many-points");
    }
}

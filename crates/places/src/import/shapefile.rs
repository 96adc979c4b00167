//! Shapefiles (ESRI Shapefile Technical Description, 1998): polygons from `.shp`, their rows from `.dbf`.
//!
//! Read here and not by a library, because a feature that is broken must be named and the others still read,
//! and because names come in encodings that only all of them together tell.

use geo::Coord;
use qige_kernel::Refusal;

use super::archive::ShapefileParts;
use super::dbf;
use super::problem::{Problem, ProblemCode};
use super::read::{MAX_FEATURES, RawFeature, RawPolygon, Reading, unsupported};
use super::text;

const FILE_CODE: u32 = 9994;
const HEADER_BYTES: usize = 100;
const RECORD_HEADER_BYTES: usize = 8;
const POINT_BYTES: usize = 16;
/// Type, bounding box, number of parts, number of points.
const POLYGON_HEADER_BYTES: usize = 44;

/// Shape types: none; polygons, plain, with heights, with measures (which follow the points and are left
/// unread).
const NULL_SHAPE: u32 = 0;
const POLYGON_TYPES: [u32; 3] = [5, 15, 25];

pub(crate) fn read(files: &ShapefileParts) -> Result<Reading, Refusal> {
    let shp = files.shp.as_slice();
    if big_u32(shp, 0) != Some(FILE_CODE) || shp.len() < HEADER_BYTES {
        return Err(unsupported("shapefile-unreadable"));
    }
    let shape_type = little_u32(shp, 32).unwrap_or(NULL_SHAPE);
    if shape_type != NULL_SHAPE && !POLYGON_TYPES.contains(&shape_type) {
        return Err(unsupported("shapefile-no-areas"));
    }
    let mut reading = Reading {
        projection: files.prj.as_deref().map(|bytes| text::decode(bytes).text.trim().to_owned()),
        ..Reading::default()
    };
    shapes(shp, &mut reading)?;
    match &files.dbf {
        Some(bytes) => attach(bytes, files.cpg.as_deref(), &mut reading)?,
        None => reading.problems.push(rows_missing(0, reading.features.len())),
    }
    Ok(reading)
}

fn rows_missing(rows: usize, features: usize) -> Problem {
    Problem::of_file(ProblemCode::RowsMissing).with("rows", rows).with("features", features)
}

fn shapes(shp: &[u8], reading: &mut Reading) -> Result<(), Refusal> {
    let mut at = HEADER_BYTES;
    let mut number = 0_u32;
    while at < shp.len() {
        if reading.features.len() > MAX_FEATURES {
            return Err(Refusal::invalid("file", "import-too-many-features").with("limit", MAX_FEATURES));
        }
        let words = big_u32(shp, at + 4).and_then(|words| usize::try_from(words).ok());
        let bytes = words.and_then(|words| words.checked_mul(2));
        let from = at + RECORD_HEADER_BYTES;
        let record = bytes.and_then(|bytes| shp.get(from..from.checked_add(bytes)?));
        let Some(record) = record else {
            reading.problems.push(Problem::of_file(ProblemCode::FileCutShort).with("feature", number + 1));
            return Ok(());
        };
        number += 1;
        reading.features.push(shape(number, record));
        at = from + record.len();
    }
    Ok(())
}

fn shape(number: u32, record: &[u8]) -> RawFeature {
    let mut feature = RawFeature::new(number);
    match little_u32(record, 0) {
        Some(kind) if POLYGON_TYPES.contains(&kind) => match rings(record) {
            Some(rings) => feature.polygons.push(RawPolygon { rings, loose: true }),
            None => feature.note(ProblemCode::GeometryEmpty),
        },
        Some(NULL_SHAPE) | None => feature.note(ProblemCode::GeometryMissing),
        Some(_) => feature.note(ProblemCode::NotAnArea),
    }
    feature
}

/// All rings; none when the record contradicts itself.
fn rings(record: &[u8]) -> Option<Vec<Vec<Coord<f64>>>> {
    let count = |at| little_u32(record, at).and_then(|count| usize::try_from(count).ok());
    let (parts, points) = (count(36)?, count(40)?);
    let points_at = parts.checked_mul(4)?.checked_add(POLYGON_HEADER_BYTES)?;
    let points_end = points.checked_mul(POINT_BYTES)?.checked_add(points_at)?;
    // Also bounds what is allocated: neither count can exceed the record.
    let coordinates = record.get(points_at..points_end)?;
    let (pairs, _rest) = coordinates.as_chunks::<POINT_BYTES>();
    let mut starts: Vec<usize> =
        (0..parts).map(|part| count(POLYGON_HEADER_BYTES + part * 4)).collect::<Option<_>>()?;
    starts.push(points);
    let bounds = starts.windows(2).map(|pair| match pair {
        [from, to] => pairs.get(*from..*to),
        _ => None,
    });
    bounds.map(|pairs| pairs.map(|pairs| pairs.iter().map(point).collect())).collect()
}

fn point(bytes: &[u8; POINT_BYTES]) -> Coord<f64> {
    let number = |at| little_f64(bytes, at).unwrap_or(f64::NAN);
    Coord { x: number(0), y: number(8) }
}

fn attach(bytes: &[u8], cpg: Option<&[u8]>, reading: &mut Reading) -> Result<(), Refusal> {
    let table = dbf::read(bytes, cpg).ok_or_else(|| unsupported("shapefile-table-unreadable"))?;
    if table.rows.len() < reading.features.len() {
        reading.problems.push(rows_missing(table.rows.len(), reading.features.len()));
    }
    if let Some(encoding) = table.guessed {
        reading.problems.push(Problem::of_file(ProblemCode::EncodingGuessed).with("encoding", encoding));
    }
    let mut rows = table.rows.into_iter();
    let mut kept = Vec::new();
    for mut feature in reading.features.drain(..) {
        // A row that was deleted stands for a drawing that was deleted.
        match rows.next() {
            Some(Some(row)) => feature.properties = row,
            Some(None) => continue,
            None => {}
        }
        kept.push(feature);
    }
    reading.features = kept;
    Ok(())
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn big_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes_at(bytes, at).map(u32::from_be_bytes)
}

fn little_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes_at(bytes, at).map(u32::from_le_bytes)
}

fn little_f64(bytes: &[u8], at: usize) -> Option<f64> {
    bytes_at(bytes, at).map(f64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(shape_type: u32) -> Vec<u8> {
        let mut bytes = vec![0; HEADER_BYTES];
        bytes[..4].copy_from_slice(&FILE_CODE.to_be_bytes());
        bytes[32..36].copy_from_slice(&shape_type.to_le_bytes());
        bytes
    }

    fn record(content: &[u8]) -> Vec<u8> {
        let words = u32::try_from(content.len() / 2).unwrap();
        [&1_u32.to_be_bytes()[..], &words.to_be_bytes(), content].concat()
    }

    fn polygon(parts: u32, points: u32) -> Vec<u8> {
        let mut content = vec![0; POLYGON_HEADER_BYTES];
        content[..4].copy_from_slice(&5_u32.to_le_bytes());
        content[36..40].copy_from_slice(&parts.to_le_bytes());
        content[40..44].copy_from_slice(&points.to_le_bytes());
        content
    }

    fn problems(shp: Vec<u8>) -> Vec<ProblemCode> {
        let reading = read(&ShapefileParts { shp, ..ShapefileParts::default() }).unwrap();
        let of_features = reading.features.iter().flat_map(|feature| &feature.problems);
        of_features.chain(&reading.problems).map(|problem| problem.code).collect()
    }

    #[test]
    fn counts_that_contradict_the_record_are_said() {
        use ProblemCode::{FileCutShort, GeometryEmpty, GeometryMissing, RowsMissing};
        let file = |content: &[u8]| [header(5), record(content)].concat();
        assert_eq!(problems(file(&polygon(1, u32::MAX))), [GeometryEmpty, RowsMissing]);
        assert_eq!(problems(file(&polygon(u32::MAX, 0))), [GeometryEmpty, RowsMissing]);
        assert_eq!(problems(file(&[0; 4])), [GeometryMissing, RowsMissing]);
        assert_eq!(problems(file(&[])), [GeometryMissing, RowsMissing]);
        let mut short = file(&polygon(0, 0));
        short.truncate(short.len() - 1);
        assert_eq!(problems(short), [FileCutShort, RowsMissing]);
    }

    #[test]
    fn what_has_no_areas_is_refused() {
        let refused = |shp| read(&ShapefileParts { shp, ..ShapefileParts::default() }).err().unwrap().code;
        assert_eq!(refused(header(1)), "shapefile-no-areas");
        assert_eq!(refused(b"junk".to_vec()), "shapefile-unreadable");
        assert_eq!(refused(header(5)[..50].to_vec()), "shapefile-unreadable");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(
            body in proptest::collection::vec(any::<u8>(), 0..600),
            dbf in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let shp = [header(5), record(&body[..body.len() / 2 * 2]), body].concat();
            let _any = read(&ShapefileParts { shp, dbf: Some(dbf), ..ShapefileParts::default() });
        }
    }
}

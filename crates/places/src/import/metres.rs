//! Coordinates that are no degrees: refused, with what they probably are.
//!
//! National grids (GB 22021-2008; EPSG 4491–4554) are Gauss–Krüger strips of 3° or 6°, with 500 km added
//! to the east and, often, the strip's number written before that.

use qige_kernel::Refusal;

use super::read::Reading;

/// How wide eastings are without the strip's number: half a strip of 6° to both sides of 500 km, and some.
const EASTING_METRES: std::ops::Range<f64> = 150_000.0..850_000.0;
/// China's northings: from the Paracel Islands to the Amur.
const NORTHING_METRES: std::ops::Range<f64> = 1_700_000.0..6_000_000.0;
/// Strips of 3° that China lies in, by number: central meridian = 3 × number.
const STRIPS_3: std::ops::RangeInclusive<u32> = 25..=45;
/// Strips of 6°: central meridian = 6 × number − 3.
const STRIPS_6: std::ops::RangeInclusive<u32> = 13..=23;
/// EPSG codes of CGCS2000 strips: 3° by number, 6° by number, 3° by meridian from 75° on.
const EPSG_3: u32 = 4488;
const EPSG_6: u32 = 4478;
const EPSG_3_MERIDIAN_75: u32 = 4534;
const FIRST_MERIDIAN: u32 = 75;
/// Half the earth's circumference in Web Mercator (EPSG 3857).
const MERCATOR_METRES: f64 = 20_037_508.4;
/// China in degrees, roughly: to see that latitude was written first.
const CHINA_EAST: std::ops::RangeInclusive<f64> = 73.0..=136.0;
const CHINA_NORTH: std::ops::RangeInclusive<f64> = 3.0..=54.0;

/// Refuses a file that is not in degrees, east first.
///
/// # Errors
/// `import-metres-named` (the file names its projection), `import-metres-gauss3`, `import-metres-gauss6`,
/// `import-metres-gauss`, `import-metres-mercator`, `import-metres-unknown`, `import-axes-swapped`.
pub(crate) fn refuse(reading: &Reading, tenant_longitude: Option<f64>) -> Result<(), Refusal> {
    if let Some(name) = reading.projection.as_deref().and_then(projected_name) {
        return Err(Refusal::invalid("file", "import-metres-named").with("name", name));
    }
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    let (mut swapped, mut beyond) = (0_usize, 0_usize);
    for at in reading.coordinates().filter(|at| at.x.is_finite() && at.y.is_finite()) {
        swapped += usize::from(CHINA_NORTH.contains(&at.x) && CHINA_EAST.contains(&at.y));
        beyond += usize::from(at.x.abs() > 180.0 || at.y.abs() > 90.0);
        xs.push(at.x);
        ys.push(at.y);
    }
    // A few bad numbers are a matter of their features; most of them are a matter of the file.
    let most = |count: usize| count > 0 && count * 2 > xs.len();
    if most(swapped) {
        return Err(Refusal::invalid("file", "import-axes-swapped"));
    }
    if !most(beyond) {
        return Ok(());
    }
    let (x, y) = (middle(&mut xs), middle(&mut ys));
    Err(guess(x, y, tenant_longitude).or_else(|| guess(y, x, tenant_longitude)).unwrap_or_else(|| {
        Refusal::invalid("file", "import-metres-unknown")
            .with("x", format!("{x:.0}"))
            .with("y", format!("{y:.0}"))
    }))
}

fn middle(numbers: &mut [f64]) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

fn guess(easting: f64, northing: f64, tenant_longitude: Option<f64>) -> Option<Refusal> {
    let strip = whole_number(easting / 1_000_000.0);
    let lng = easting / MERCATOR_METRES * 180.0;
    let lat = (northing / MERCATOR_METRES * std::f64::consts::PI).exp().atan().to_degrees() * 2.0 - 90.0;
    // Strips of 6° in the far west have numbers that Web Mercator has for all of China: then where the tenant
    // is decides, and else what people send more often.
    let nearer = |tenant: f64| (tenant - lng).abs() <= (tenant - f64::from(strip) * 6.0 + 3.0).abs();
    let mercator = CHINA_EAST.contains(&lng) && CHINA_NORTH.contains(&lat);
    if mercator && tenant_longitude.is_none_or(nearer) {
        return Some(Refusal::invalid("file", "import-metres-mercator"));
    }
    let within = easting - f64::from(strip) * 1_000_000.0;
    if NORTHING_METRES.contains(&northing) && EASTING_METRES.contains(&within) {
        if STRIPS_3.contains(&strip) {
            return Some(strip_refusal("import-metres-gauss3", strip, strip * 3, EPSG_3 + strip));
        }
        if STRIPS_6.contains(&strip) {
            return Some(strip_refusal("import-metres-gauss6", strip, strip * 6 - 3, EPSG_6 + strip));
        }
        if strip == 0 {
            let refusal = Refusal::invalid("file", "import-metres-gauss");
            let Some(meridian) = tenant_longitude.map(|lng| whole_number((lng / 3.0).round()) * 3) else {
                return Some(refusal.with("meridian", "?").with("epsg", "?"));
            };
            let epsg = EPSG_3_MERIDIAN_75 + meridian.saturating_sub(FIRST_MERIDIAN) / 3;
            return Some(refusal.with("meridian", meridian).with("epsg", epsg));
        }
    }
    None
}

fn strip_refusal(code: &'static str, strip: u32, meridian: u32, epsg: u32) -> Refusal {
    Refusal::invalid("file", code).with("strip", strip).with("meridian", meridian).with("epsg", epsg)
}

/// The whole part of a small number that is not negative; 0 for anything else.
fn whole_number(number: f64) -> u32 {
    (0..200).take_while(|whole| f64::from(*whole) <= number).last().unwrap_or(0)
}

/// The name of a projected coordinate system in WKT.
fn projected_name(wkt: &str) -> Option<&str> {
    let rest = ["PROJCS[\"", "PROJCRS[\""].iter().find_map(|start| wkt.strip_prefix(start))?;
    rest.split('"').next()
}

/// Whether a geographic coordinate system in WKT is one of the old national ones.
pub(crate) fn old_datum(wkt: &str) -> Option<&'static str> {
    let name = wkt.to_ascii_lowercase();
    if name.contains("beijing") && name.contains("1954") {
        Some("Beijing 1954")
    } else if name.contains("xian") && name.contains("1980") {
        Some("Xi'an 1980")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::read::{RawFeature, RawPolygon};
    use geo::Coord;

    fn reading(points: &[(f64, f64)]) -> Reading {
        let ring = points.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect();
        let polygons = vec![RawPolygon { rings: vec![ring], loose: false }];
        Reading { features: vec![RawFeature { polygons, ..RawFeature::new(1) }], ..Reading::default() }
    }

    fn said(x: f64, y: f64) -> Option<String> {
        let points = [(x, y), (x + 100.0, y), (x, y + 100.0)];
        refuse(&reading(&points), Some(118.76)).err().map(|refusal| refusal.to_string())
    }

    #[test]
    fn the_guess_is_said() {
        for (x, y, guess) in [
            (40_385_400.0, 3_824_000.0, "import-metres-gauss3 epsg=4528 meridian=120 strip=40"),
            (20_661_000.0, 3_824_000.0, "import-metres-gauss6 epsg=4498 meridian=117 strip=20"),
            (385_400.0, 3_824_000.0, "import-metres-gauss epsg=4549 meridian=120"),
            (3_824_000.0, 385_400.0, "import-metres-gauss epsg=4549 meridian=120"),
            (3_824_000.0, 40_385_400.0, "import-metres-gauss3 epsg=4528 meridian=120 strip=40"),
            (13_219_000.0, 4_101_000.0, "import-metres-mercator"),
            (123_456.0, 99.0, "import-metres-unknown x=123456 y=99"),
        ] {
            assert_eq!(said(x, y).as_deref(), Some(guess));
        }
        let kashgar = refuse(&reading(&[(13_553_000.0, 4_370_000.0)]), Some(76.0)).err().unwrap();
        assert_eq!(kashgar.to_string(), "import-metres-gauss6 epsg=4491 meridian=75 strip=13");
        let unplaced = refuse(&reading(&[(385_400.0, 3_824_000.0)]), None).err().unwrap();
        assert_eq!(unplaced.to_string(), "import-metres-gauss epsg=? meridian=?");
    }

    #[test]
    fn degrees_pass_even_with_a_few_bad_numbers() {
        assert_eq!(refuse(&reading(&[(118.7, 34.5), (118.8, 34.5), (500.0, 34.6)]), None), Ok(()));
        assert_eq!(refuse(&reading(&[(-87.6, 41.9)]), None), Ok(()));
        assert_eq!(refuse(&reading(&[]), None), Ok(()));
        assert_eq!(refuse(&reading(&[(f64::NAN, 1.0)]), None), Ok(()));
    }

    #[test]
    fn latitude_first_is_said() {
        let refusal = refuse(&reading(&[(34.5, 118.7), (34.6, 118.7), (34.5, 118.8)]), None).err().unwrap();
        assert_eq!(refusal.code, "import-axes-swapped");
    }

    #[test]
    fn a_projection_is_named() {
        let wkt = r#"PROJCS["CGCS2000_3_Degree_GK_CM_120E",GEOGCS["GCS_China"]]"#;
        let named = Reading { projection: Some(wkt.to_owned()), ..reading(&[(1.0, 1.0)]) };
        let refusal = refuse(&named, None).err().unwrap();
        assert_eq!(refusal.to_string(), "import-metres-named name=CGCS2000_3_Degree_GK_CM_120E");
        assert_eq!(old_datum(r#"GEOGCS["GCS_Beijing_1954",…"#), Some("Beijing 1954"));
        assert_eq!(old_datum(r#"GEOGCS["GCS_WGS_1984",…"#), None);
    }
}

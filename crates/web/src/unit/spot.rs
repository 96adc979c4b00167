//! Where something is, for somebody who has to go there.

use qige_cases::catalogue::{Catalogue, PhotoRule};
use qige_cases::{MatterKey, PhotoRole, views::Photo};
use qige_kernel::{Datum, ObjectId, Position, Timestamp};
use qige_places::{Bounds, GridIndex};
use schemars::JsonSchema;
use serde::Serialize;

use crate::centre::names::Directory;
use crate::render::encoded;

/// How far around a point its map reaches, in metres: the next corners in every direction.
const AROUND_METRES: f64 = 300.0;

/// Where something is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Spot {
    /// Community and grid by name.
    pub(crate) place: Option<String>,
    /// `west,south,east,north` of what the map begins with.
    pub(crate) bbox: Option<String>,
    /// `lng,lat` in WGS-84 degrees.
    pub(crate) marker: Option<String>,
    /// Links to map applications, each with the point in its own datum.
    pub(crate) ways: Vec<Way>,
}

/// A link that opens a map application at the point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Way {
    /// Which: `phone` (whatever the phone has), `amap`, `baidu`, `tencent`.
    pub(crate) map: &'static str,
    /// The link.
    pub(crate) href: String,
}

impl Spot {
    /// What is called `name` and lies at `position`.
    pub(crate) fn of(
        position: Option<Position>,
        name: &str,
        grids: &GridIndex,
        directory: &Directory,
    ) -> Self {
        let Some(position) = position else { return Self::default() };
        let Bounds { west, south, east, north } = Bounds::near(position, AROUND_METRES);
        Self {
            place: place(position, grids, directory),
            bbox: Some(format!("{west:.6},{south:.6},{east:.6},{north:.6}")),
            marker: Some(format!("{:.6},{:.6}", position.lng(), position.lat())),
            ways: ways(position, name),
        }
    }
}

/// Community and grid in which a point lies, by name.
pub(crate) fn place(position: Position, grids: &GridIndex, directory: &Directory) -> Option<String> {
    let located = grids.locate(position)?;
    directory.place(located.community, Some(located.grid))
}

/// The ways there. `geo:` is RFC 5870; the others as each maker documents its links: Amap's
/// `uri.amap.com/navigation` and Tencent's `apis.map.qq.com/uri/v1/routeplan` take GCJ-02, Baidu's
/// `api.map.baidu.com/marker` takes BD-09 when it is told so.
fn ways(position: Position, name: &str) -> Vec<Way> {
    let name = encoded(&name.replace(['/', ',', ';', ':', '|'], " "));
    let pair = |datum| {
        let there = position.in_datum(datum);
        (format!("{:.6}", there.lng), format!("{:.6}", there.lat))
    };
    let (lng, lat) = pair(Datum::Wgs84);
    let (gcj_lng, gcj_lat) = pair(Datum::Gcj02);
    let (bd_lng, bd_lat) = pair(Datum::Bd09);
    let way = |map, href| Way { map, href };
    vec![
        way("phone", format!("geo:{lat},{lng}?q={lat},{lng}({name})")),
        way(
            "amap",
            format!(
                "https://uri.amap.com/navigation?to={gcj_lng},{gcj_lat},{name}&mode=car&coordinate=gaode\
                 &src=qige&callnative=1"
            ),
        ),
        way(
            "baidu",
            format!(
                "https://api.map.baidu.com/marker?location={bd_lat},{bd_lng}&title={name}&content={name}\
                 &coord_type=bd09ll&output=html&src=qige"
            ),
        ),
        way(
            "tencent",
            format!(
                "https://apis.map.qq.com/uri/v1/routeplan?type=drive&to={name}&tocoord={gcj_lat},{gcj_lng}\
                 &referer=qige"
            ),
        ),
    ]
}

/// Minutes until `due`; negative: minutes since.
pub(crate) fn left_minutes(now: Timestamp, due: Option<Timestamp>) -> Option<i64> {
    due.map(|due| due.since(now).div_euclid(Timestamp::MINUTE))
}

/// Whether photos come with the work. Where nobody knows yet what it is about, it is a thing.
pub(crate) fn photo_rule(matter: Option<MatterKey>) -> PhotoRule {
    let known = matter.and_then(|key| Catalogue::standard().get(key));
    known.map_or(PhotoRule::Needed, |matter| matter.photo)
}

/// The first photo of before and the last one of after, where both have arrived.
pub(crate) fn pair(photos: &[Photo]) -> Option<[ObjectId; 2]> {
    let ready = || photos.iter().filter(|photo| photo.ready);
    let before = ready().find(|photo| photo.role == PhotoRole::Before)?;
    let after = ready().rfind(|photo| matches!(photo.role, PhotoRole::After | PhotoRole::Check))?;
    Some([before.id, after.id])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_map_gets_the_point_in_its_own_datum() {
        let ways = ways(Position::new(118.752, 34.542).unwrap(), "占道经营/流动");
        let href = |map| ways.iter().find(|way| way.map == map).unwrap().href.clone();
        let name = "%E5%8D%A0%E9%81%93%E7%BB%8F%E8%90%A5%20%E6%B5%81%E5%8A%A8";
        assert_eq!(href("phone"), format!("geo:34.542000,118.752000?q=34.542000,118.752000({name})"));
        let there = Position::new(118.752, 34.542).unwrap().in_datum(Datum::Gcj02);
        assert!((there.lng - 118.752).abs() > 0.003, "a shift that one walks astray by");
        let amap = format!("to={:.6},{:.6},{name}", there.lng, there.lat);
        assert!(href("amap").contains(&amap), "{}", href("amap"));
        let tencent = format!("tocoord={:.6},{:.6}&", there.lat, there.lng);
        assert!(href("tencent").contains(&tencent), "{}", href("tencent"));
        let there = Position::new(118.752, 34.542).unwrap().in_datum(Datum::Bd09);
        let baidu = format!("location={:.6},{:.6}&", there.lat, there.lng);
        assert!(href("baidu").contains(&baidu), "{}", href("baidu"));
    }
}

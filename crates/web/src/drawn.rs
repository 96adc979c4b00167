//! The town as a drawing: outlines in whole units of a small canvas, a class for how much happens there,
//! dots. Drawn by the server, so that it needs neither script nor graphics card.

use std::fmt::Write;

use qige_kernel::{PlaceId, Position};
use qige_places::{Bounds, Shape};
use schemars::JsonSchema;
use serde::Serialize;

/// The longer side of the canvas. An outline is drawn to within half a unit: a pixel of a large screen.
const SIDE: f64 = 1000.0;
/// Classes of those places in which anything happens.
pub(crate) const CLASSES: usize = 5;

/// A place, before it is drawn.
pub(crate) struct Place<'a> {
    pub(crate) id: PlaceId,
    pub(crate) name: String,
    pub(crate) count: i64,
    pub(crate) shapes: Vec<&'a Shape>,
}

/// The town.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Drawing {
    /// Of the canvas, in units.
    pub(crate) width: i64,
    /// Of the canvas, in units.
    pub(crate) height: i64,
    pub(crate) areas: Vec<Area>,
    pub(crate) dots: Vec<Dot>,
    /// What each class stands for, the lightest first.
    pub(crate) classes: Vec<Class>,
}

/// A place as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Area {
    pub(crate) name: String,
    pub(crate) count: i64,
    /// 0 where nothing happens, up to 5.
    pub(crate) class: usize,
    /// An SVG path.
    pub(crate) path: String,
}

/// So much at a spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Dot {
    pub(crate) x: i64,
    pub(crate) y: i64,
    /// Its radius: its surface is as large as the number.
    pub(crate) radius: i64,
    /// None where it is too small to be told.
    pub(crate) count: Option<u64>,
}

/// From so many to so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Class {
    pub(crate) class: usize,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// Draws places; none where there are none.
pub(crate) fn drawing(places: &[Place<'_>]) -> Option<Drawing> {
    let corners = places.iter().flat_map(|place| &place.shapes).flat_map(|shape| corners(shape));
    let canvas = Canvas::around(Bounds::around(corners)?)?;
    let classes = classes(places.iter().map(|place| place.count));
    let areas = places.iter().map(|place| Area {
        name: place.name.clone(),
        count: place.count,
        class: classes.iter().find(|class| (class.from..=class.to).contains(&place.count)).map_or(0, of),
        path: canvas.path(&place.shapes),
    });
    let areas = areas.collect();
    Some(Drawing { width: canvas.width, height: canvas.height, areas, dots: Vec::new(), classes })
}

/// The outlines of a town with dots on it; none where there are no outlines.
pub(crate) fn dotted(town: &[&Shape], spots: &[(Position, Option<u64>)]) -> Option<Drawing> {
    let canvas = Canvas::around(Bounds::around(town.iter().flat_map(|shape| corners(shape)))?)?;
    let most = spots.iter().filter_map(|(_, count)| *count).max().unwrap_or(1).max(1);
    let dot = |(at, count): &(Position, Option<u64>)| Dot {
        x: whole((at.lng() - canvas.west) * canvas.across),
        y: whole((canvas.north - at.lat()) * canvas.down),
        radius: radius(*count, most),
        count: *count,
    };
    let ground = Area { name: String::new(), count: 0, class: 0, path: canvas.path(town) };
    Some(Drawing {
        width: canvas.width,
        height: canvas.height,
        areas: vec![ground],
        dots: spots.iter().map(dot).collect(),
        classes: Vec::new(),
    })
}

/// Radius of the largest dot and of one whose number is not told, in units.
const DOTS: (f64, i64) = (26.0, 5);

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "counts of cases are far below 2⁵³")]
fn radius(count: Option<u64>, most: u64) -> i64 {
    let (largest, untold) = DOTS;
    count.map_or(untold, |count| whole(largest * (count as f64 / most as f64).sqrt()).max(untold + 1))
}

fn corners(shape: &Shape) -> [(f64, f64); 2] {
    let bounds = shape.bounds();
    [(bounds.west, bounds.south), (bounds.east, bounds.north)]
}

const fn of(class: &Class) -> usize {
    class.class
}

/// Parts the numbers above nothing into classes of about as many places each. Equal numbers are in one class.
fn classes(counts: impl Iterator<Item = i64>) -> Vec<Class> {
    let mut counts: Vec<i64> = counts.filter(|count| *count > 0).collect();
    counts.sort_unstable();
    let mut parted: Vec<Class> = Vec::new();
    let (size, mut places) = (counts.len().div_ceil(CLASSES), 0);
    for count in counts {
        match parted.last_mut() {
            Some(class) if places < size || class.to == count => class.to = count,
            _ => {
                parted.push(Class { class: parted.len() + 1, from: count, to: count });
                places = 0;
            }
        }
        places += 1;
    }
    parted
}

/// Where degrees lie on the canvas: lengths as on the ground in the middle of the town.
struct Canvas {
    west: f64,
    north: f64,
    across: f64,
    down: f64,
    width: i64,
    height: i64,
}

impl Canvas {
    fn around(bounds: Bounds) -> Option<Self> {
        let Bounds { west, south, east, north } = bounds;
        let narrowed = f64::midpoint(south, north).to_radians().cos();
        let (wide, high) = ((east - west) * narrowed, north - south);
        let longer = wide.max(high);
        if longer <= 0.0 {
            return None;
        }
        let unit = SIDE / longer;
        let (width, height) = (whole(wide * unit).max(1), whole(high * unit).max(1));
        Some(Self { west, north, across: narrowed * unit, down: unit, width, height })
    }

    fn path(&self, shapes: &[&Shape]) -> String {
        let mut path = String::new();
        for ring in shapes.iter().flat_map(|shape| shape.rings()) {
            let mut last = None;
            for at in &ring.0 {
                let point = (whole((at.x - self.west) * self.across), whole((self.north - at.y) * self.down));
                if last == Some(point) {
                    continue;
                }
                let step = if last.is_none() { 'M' } else { 'L' };
                // Writing into a text does not fail.
                let _ = write!(path, "{step}{} {}", point.0, point.1);
                last = Some(point);
            }
            path.push('Z');
        }
        path
    }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "a float conversion stops at the ends of the range"
)]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// A drawing to try templates with.
pub(crate) fn sample() -> Drawing {
    let area = |class: usize| Area {
        name: "晶都社区".to_owned(),
        count: 4,
        class,
        path: "M0 0L100 0L100 100Z".to_owned(),
    };
    let class = |class| Class { class, from: 3, to: if class == 1 { 3 } else { 9 } };
    let dot = |count: Option<u64>| Dot { x: 40, y: 40, radius: 12, count };
    Drawing {
        width: 1000,
        height: 800,
        areas: (0..=CLASSES).map(area).collect(),
        dots: vec![dot(Some(12)), dot(None)],
        classes: (1..=CLASSES).map(class).collect(),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn shape(text: &str) -> Shape {
        format!(r#"{{"type":"Polygon","coordinates":[[{text}]]}}"#).parse().unwrap()
    }

    fn place(shapes: Vec<&Shape>, count: i64) -> Place<'_> {
        Place { id: PlaceId(Uuid::from_u128(1)), name: "晶都社区".to_owned(), count, shapes }
    }

    #[test]
    fn a_town_at_the_equator_is_as_wide_as_it_is_high() {
        let square = shape("[0,-1],[2,-1],[2,1],[0,1],[0,-1]");
        let drawn = drawing(&[place(vec![&square], 3)]).unwrap();
        assert_eq!((drawn.width, drawn.height), (1000, 1000));
        assert_eq!(drawn.areas[0].path, "M0 1000L1000 1000L1000 0L0 0L0 1000Z");
        assert_eq!((drawn.areas[0].class, drawn.areas[0].count), (1, 3));
    }

    #[test]
    fn in_the_north_it_is_narrower_and_points_that_fall_together_are_one() {
        let square = shape("[0,59],[2,59],[2,61],[1.00001,61],[1,61],[0,61],[0,59]");
        let drawn = drawing(&[place(vec![&square], 0)]).unwrap();
        assert_eq!((drawn.width, drawn.height), (500, 1000));
        assert_eq!(drawn.areas[0].path, "M0 1000L500 1000L500 0L250 0L0 0L0 1000Z");
        assert_eq!((drawn.areas[0].class, drawn.classes.len()), (0, 0));
    }

    #[test]
    fn without_grids_there_is_no_drawing() {
        assert_eq!(drawing(&[]), None);
    }

    #[test]
    fn dots_are_as_large_as_their_numbers_and_the_untold_are_the_smallest() {
        let square = shape("[0,-1],[2,-1],[2,1],[0,1],[0,-1]");
        let spot = |lng, lat, count| (Position::new(lng, lat).unwrap(), count);
        let spots = [spot(1.0, 0.0, Some(100)), spot(0.0, 1.0, Some(25)), spot(2.0, -1.0, None)];
        let drawn = dotted(&[&square], &spots).unwrap();
        let seen: Vec<_> = drawn.dots.iter().map(|dot| (dot.x, dot.y, dot.radius)).collect();
        assert_eq!(seen, [(500, 500, 26), (0, 0, 13), (1000, 1000, 5)]);
        assert_eq!(dotted(&[], &spots), None);
    }

    #[test]
    fn classes_hold_about_as_many_places_each_and_never_part_equals() {
        let parted = |counts: &[i64]| -> Vec<(i64, i64)> {
            classes(counts.iter().copied()).iter().map(|class| (class.from, class.to)).collect()
        };
        assert_eq!(parted(&[0, 0]), []);
        assert_eq!(parted(&[0, 7]), [(7, 7)]);
        assert_eq!(parted(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10)]);
        assert_eq!(parted(&[1, 1, 1, 1, 1, 1, 9]), [(1, 1), (9, 9)]);
        assert_eq!(parted(&[1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4]), [(1, 1), (2, 2), (3, 4)]);
    }
}

//! A canvas with the few strokes that a street scene needs.

use tiny_skia::{Color, FillRule, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

use crate::chance::Chance;

/// Grey levels by which the grain of a small sensor moves a pixel.
const GRAIN: f64 = 9.0;
/// How much darker the corners are than the middle.
const VIGNETTE: f64 = 0.22;

/// Colours are red, green, blue from 0 to 255; places are pixels from the top left.
pub(super) struct Brush {
    canvas: Option<Pixmap>,
}

impl Brush {
    pub(super) fn new(width: u32, height: u32) -> Self {
        Self { canvas: Pixmap::new(width, height) }
    }

    pub(super) fn polygon(&mut self, points: &[[f64; 2]], colour: [f64; 3]) {
        let mut path = PathBuilder::new();
        for (at, point) in points.iter().enumerate() {
            let [x, y] = point.map(single);
            if at == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
        path.close();
        self.fill(path.finish(), colour);
    }

    pub(super) fn rectangle(&mut self, [left, top, right, bottom]: [f64; 4], colour: [f64; 3]) {
        self.polygon(&[[left, top], [right, top], [right, bottom], [left, bottom]], colour);
    }

    pub(super) fn ellipse(&mut self, [x, y]: [f64; 2], [across, down]: [f64; 2], colour: [f64; 3]) {
        let oval = tiny_skia::Rect::from_ltrb(
            single(x - across),
            single(y - down),
            single(x + across),
            single(y + down),
        );
        self.fill(oval.and_then(PathBuilder::from_oval), colour);
    }

    pub(super) fn line(&mut self, ends: [[f64; 2]; 2], width: f64, colour: [f64; 3]) {
        self.curve(ends[0], ends[0], ends[1], width, colour);
    }

    /// From one end to the other, drawn towards a third point.
    pub(super) fn curve(
        &mut self,
        from: [f64; 2],
        towards: [f64; 2],
        to: [f64; 2],
        width: f64,
        colour: [f64; 3],
    ) {
        let mut path = PathBuilder::new();
        let ([fx, fy], [cx, cy], [tx, ty]) = (from.map(single), towards.map(single), to.map(single));
        path.move_to(fx, fy);
        path.quad_to(cx, cy, tx, ty);
        let stroke = Stroke { width: single(width), ..Stroke::default() };
        if let (Some(path), Some(canvas)) = (path.finish(), &mut self.canvas) {
            canvas.stroke_path(&path, &paint(colour), &stroke, Transform::identity(), None);
        }
    }

    fn fill(&mut self, path: Option<Path>, colour: [f64; 3]) {
        if let (Some(path), Some(canvas)) = (path, &mut self.canvas) {
            canvas.fill_path(&path, &paint(colour), FillRule::Winding, Transform::identity(), None);
        }
    }

    /// The picture as RGB bytes, with grain and darker corners.
    pub(super) fn finish(self, chance: &mut Chance) -> Vec<u8> {
        let Some(canvas) = self.canvas else { return Vec::new() };
        let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
        let columns = usize::try_from(canvas.width()).unwrap_or(1).max(1);
        let mut bytes = Vec::with_capacity(canvas.pixels().len() * 3);
        for (row, line) in (0_u32..).zip(canvas.pixels().chunks(columns)) {
            for (column, pixel) in (0_u32..).zip(line) {
                let x = f64::from(column) / width - 0.5;
                let y = f64::from(row) / height - 0.5;
                let dim = 1.0 - VIGNETTE * 2.0 * (x * x + y * y);
                let grain = chance.between(-GRAIN, GRAIN);
                for level in [pixel.red(), pixel.green(), pixel.blue()] {
                    bytes.push(level_of(f64::from(level) * dim + grain));
                }
            }
        }
        bytes
    }
}

fn paint([red, green, blue]: [f64; 3]) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(Color::from_rgba8(level_of(red), level_of(green), level_of(blue), 255));
    paint
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the byte's range just before"
)]
fn level_of(value: f64) -> u8 {
    value.clamp(0.0, 255.0) as u8
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "pixels need no more precision")]
fn single(value: f64) -> f32 {
    value as f32
}

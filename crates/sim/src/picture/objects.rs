//! What can be wrong on a street, and what it looks like afterwards.

use super::brush::Brush;
use crate::chance::Chance;

/// Every scene there is.
#[cfg(test)]
pub(super) const NAMES: &[&str] = &[
    "rubbish", "bin", "bikes", "car", "firelane", "wires", "manhole", "grate", "pothole", "lamp", "signal",
    "tree", "water", "locker", "stall", "fence", "junk", "hydrant", "railing", "wall", "lift",
];

const DARK: [f64; 3] = [34.0, 34.0, 36.0];
const STEEL: [f64; 3] = [120.0, 124.0, 130.0];
const RED: [f64; 3] = [190.0, 46.0, 40.0];
const YELLOW: [f64; 3] = [226.0, 186.0, 60.0];
const GREEN: [f64; 3] = [64.0, 128.0, 74.0];
const WATER: [f64; 3] = [104.0, 122.0, 134.0];
const BAGS: [[f64; 3]; 4] =
    [[36.0, 38.0, 44.0], [190.0, 60.0, 54.0], [222.0, 222.0, 216.0], [60.0, 96.0, 160.0]];

/// The scene as it was found.
pub(super) fn wrong(name: &str, brush: &mut Brush, chance: &mut Chance) {
    let x = chance.between(220.0, 420.0);
    match name {
        "rubbish" => heap(brush, chance, x, 280.0),
        "bin" => {
            bin(brush, x);
            heap(brush, chance, x, 288.0);
        }
        "bikes" => (0..4).for_each(|n| bike(brush, x - 150.0 + f64::from(n) * 74.0, 268.0)),
        "car" => car(brush, chance, x, 330.0),
        "firelane" => {
            lane(brush);
            car(brush, chance, x, 360.0);
        }
        "wires" => hanging(brush, chance, x),
        "manhole" => {
            brush.ellipse([x, 385.0], [64.0, 24.0], STEEL);
            brush.ellipse([x + 6.0, 388.0], [54.0, 19.0], DARK);
        }
        "grate" => grate(brush, x, &[1, 4]),
        "pothole" => {
            brush.ellipse([x, 390.0], [92.0, 28.0], [70.0, 68.0, 66.0]);
            brush.ellipse([x + 10.0, 394.0], [66.0, 18.0], WATER);
        }
        "lamp" => lamp(brush, x, [70.0, 70.0, 72.0]),
        "signal" => signal(brush, x, [DARK, DARK, DARK]),
        "tree" => fallen(brush, chance, x),
        "water" => {
            brush.ellipse([x, 360.0], [170.0, 40.0], WATER);
            brush.ellipse([x, 332.0], [36.0, 26.0], [198.0, 208.0, 214.0]);
        }
        "locker" => locker(brush, x, true),
        "stall" => stall(brush, chance, x),
        "fence" => trench(brush, x),
        "junk" => boxes(brush, chance, x),
        "hydrant" => {
            hydrant(brush, x);
            brush.ellipse([x, 304.0], [90.0, 16.0], WATER);
        }
        "railing" => railing(brush, 60.0),
        "wall" => leaflets(brush, chance),
        "lift" => bike(brush, x, 276.0),
        _ => {}
    }
}

/// The same scene put right.
pub(super) fn right(name: &str, brush: &mut Brush, chance: &mut Chance) {
    let x = chance.between(220.0, 420.0);
    match name {
        "bin" => bin(brush, x),
        "firelane" => lane(brush),
        "manhole" => {
            brush.ellipse([x, 385.0], [64.0, 24.0], STEEL);
            brush.ellipse([x, 385.0], [56.0, 20.0], [98.0, 101.0, 106.0]);
            brush.line([[x - 40.0, 385.0], [x + 40.0, 385.0]], 2.0, STEEL);
        }
        "grate" => grate(brush, x, &[]),
        "pothole" => brush.ellipse([x, 390.0], [96.0, 30.0], [58.0, 58.0, 60.0]),
        "lamp" => lamp(brush, x, [255.0, 236.0, 170.0]),
        "signal" => signal(brush, x, [DARK, DARK, [80.0, 210.0, 110.0]]),
        "locker" => locker(brush, x, false),
        "hydrant" => hydrant(brush, x),
        "railing" => railing(brush, 0.0),
        _ => brush.ellipse([x, 300.0], [60.0, 8.0], [118.0, 116.0, 114.0]),
    }
}

fn heap(brush: &mut Brush, chance: &mut Chance, x: f64, y: f64) {
    for _ in 0..9 {
        let place = [x + chance.between(-110.0, 110.0), y + chance.between(-16.0, 26.0)];
        let colour = chance.pick(&BAGS).copied().unwrap_or(DARK);
        brush.ellipse(place, [chance.between(18.0, 40.0), chance.between(14.0, 26.0)], colour);
    }
}

fn bin(brush: &mut Brush, x: f64) {
    brush.rectangle([x - 40.0, 196.0, x + 40.0, 290.0], GREEN);
    brush.rectangle([x - 46.0, 186.0, x + 46.0, 200.0], [48.0, 98.0, 58.0]);
}

fn bike(brush: &mut Brush, x: f64, y: f64) {
    for wheel in [x - 30.0, x + 30.0] {
        brush.ellipse([wheel, y], [19.0, 19.0], DARK);
        brush.ellipse([wheel, y], [12.0, 12.0], STEEL);
    }
    brush
        .polygon(&[[x - 34.0, y - 22.0], [x + 8.0, y - 30.0], [x + 30.0, y - 8.0], [x - 12.0, y - 2.0]], RED);
    brush.line([[x + 30.0, y], [x + 20.0, y - 52.0]], 4.0, DARK);
    brush.line([[x + 8.0, y - 54.0], [x + 34.0, y - 52.0]], 4.0, DARK);
}

fn car(brush: &mut Brush, chance: &mut Chance, x: f64, y: f64) {
    let paints = [[224.0, 224.0, 226.0], [40.0, 44.0, 52.0], [150.0, 34.0, 36.0], [70.0, 92.0, 130.0]];
    let paint = chance.pick(&paints).copied().unwrap_or(STEEL);
    brush.polygon(
        &[[x - 90.0, y - 40.0], [x - 50.0, y - 84.0], [x + 56.0, y - 84.0], [x + 96.0, y - 40.0]],
        paint,
    );
    let glass = [84.0, 104.0, 116.0];
    brush.polygon(
        &[[x - 74.0, y - 42.0], [x - 44.0, y - 76.0], [x + 50.0, y - 76.0], [x + 80.0, y - 42.0]],
        glass,
    );
    brush.rectangle([x - 140.0, y - 42.0, x + 140.0, y + 8.0], paint);
    for wheel in [x - 86.0, x + 86.0] {
        brush.ellipse([wheel, y + 8.0], [26.0, 26.0], DARK);
        brush.ellipse([wheel, y + 8.0], [13.0, 13.0], STEEL);
    }
}

fn lane(brush: &mut Brush) {
    for stripe in 0..9 {
        let x = f64::from(stripe) * 80.0 - 40.0;
        brush.polygon(&[[x, 440.0], [x + 26.0, 440.0], [x + 64.0, 330.0], [x + 44.0, 330.0]], YELLOW);
    }
}

fn hanging(brush: &mut Brush, chance: &mut Chance, x: f64) {
    for _ in 0..3 {
        let end = [x + chance.between(-120.0, 120.0), chance.between(250.0, 330.0)];
        brush.curve([x - 60.0, 40.0], [x, chance.between(200.0, 300.0)], end, 3.5, DARK);
    }
}

fn grate(brush: &mut Brush, x: f64, broken: &[u32]) {
    brush.rectangle([x - 70.0, 300.0, x + 70.0, 344.0], DARK);
    for bar in (0..7).filter(|bar| !broken.contains(bar)) {
        let at = x - 62.0 + f64::from(bar) * 20.0;
        brush.rectangle([at, 302.0, at + 9.0, 342.0], STEEL);
    }
}

fn lamp(brush: &mut Brush, x: f64, light: [f64; 3]) {
    brush.rectangle([x - 5.0, 40.0, x + 5.0, 290.0], STEEL);
    brush.curve([x, 46.0], [x + 20.0, 20.0], [x + 78.0, 30.0], 7.0, STEEL);
    brush.ellipse([x + 84.0, 38.0], [26.0, 11.0], light);
}

fn signal(brush: &mut Brush, x: f64, lights: [[f64; 3]; 3]) {
    brush.rectangle([x - 5.0, 110.0, x + 5.0, 290.0], STEEL);
    brush.rectangle([x - 26.0, 30.0, x + 26.0, 150.0], [24.0, 26.0, 28.0]);
    for (n, light) in (0_u32..).zip(lights) {
        brush.ellipse([x, 50.0 + f64::from(n) * 38.0], [16.0, 16.0], light.map(|level| level + 14.0));
    }
}

fn fallen(brush: &mut Brush, chance: &mut Chance, x: f64) {
    brush.line([[x - 180.0, 380.0], [x + 90.0, 330.0]], 20.0, [98.0, 74.0, 54.0]);
    for _ in 0..22 {
        let leaf = [x + chance.between(40.0, 200.0), chance.between(280.0, 370.0)];
        let green = chance.between(84.0, 140.0);
        brush.ellipse(leaf, [chance.between(16.0, 36.0), chance.between(12.0, 24.0)], [52.0, green, 58.0]);
    }
}

fn locker(brush: &mut Brush, x: f64, broken: bool) {
    brush.rectangle([x - 130.0, 110.0, x + 130.0, 280.0], YELLOW);
    for door in 0..12_u32 {
        let (left, top) = (x - 124.0 + f64::from(door % 4) * 63.0, 116.0 + f64::from(door / 4) * 54.0);
        let colour = if broken && door == 6 { DARK } else { [214.0, 214.0, 206.0] };
        brush.rectangle([left, top, left + 58.0, top + 48.0], colour);
    }
}

fn stall(brush: &mut Brush, chance: &mut Chance, x: f64) {
    brush.polygon(&[[x - 130.0, 150.0], [x + 130.0, 150.0], [x + 150.0, 184.0], [x - 150.0, 184.0]], RED);
    brush.rectangle([x - 130.0, 236.0, x + 130.0, 290.0], [148.0, 112.0, 76.0]);
    for _ in 0..30 {
        let fruit = [x + chance.between(-120.0, 120.0), chance.between(218.0, 238.0)];
        let ripe = chance.between(90.0, 220.0);
        brush.ellipse(fruit, [10.0, 9.0], [220.0, ripe, 50.0]);
    }
}

fn trench(brush: &mut Brush, x: f64) {
    brush.polygon(
        &[[x - 160.0, 330.0], [x + 150.0, 320.0], [x + 170.0, 390.0], [x - 150.0, 400.0]],
        [88.0, 66.0, 48.0],
    );
    brush.polygon(&[[x - 130.0, 345.0], [x + 120.0, 337.0], [x + 132.0, 370.0], [x - 120.0, 380.0]], DARK);
    brush.rectangle([x - 200.0, 250.0, x - 120.0, 320.0], [70.0, 120.0, 170.0]);
}

fn boxes(brush: &mut Brush, chance: &mut Chance, x: f64) {
    for _ in 0..7 {
        let (left, top) = (x + chance.between(-130.0, 90.0), chance.between(200.0, 256.0));
        let shade = chance.between(0.7, 1.0);
        let card = [182.0 * shade, 142.0 * shade, 96.0 * shade];
        brush.rectangle([left, top, left + chance.between(40.0, 80.0), 290.0], card);
        brush.line([[left, top + 12.0], [left + 38.0, top + 12.0]], 3.0, [120.0, 92.0, 60.0]);
    }
}

fn hydrant(brush: &mut Brush, x: f64) {
    brush.rectangle([x - 16.0, 206.0, x + 16.0, 292.0], RED);
    brush.ellipse([x, 206.0], [22.0, 14.0], RED);
    brush.ellipse([x, 240.0], [26.0, 10.0], [150.0, 36.0, 32.0]);
}

fn railing(brush: &mut Brush, lean: f64) {
    for post in 0..14 {
        let x = f64::from(post) * 48.0 + 8.0;
        let lean = if (5..9).contains(&post) { lean } else { 0.0 };
        brush.line([[x, 300.0], [x + lean, 226.0 + lean]], 5.0, [226.0, 228.0, 230.0]);
    }
    if lean <= 0.0 {
        brush.line([[0.0, 236.0], [640.0, 236.0]], 5.0, [226.0, 228.0, 230.0]);
    }
}

fn leaflets(brush: &mut Brush, chance: &mut Chance) {
    for _ in 0..16 {
        let (x, y) = (chance.between(60.0, 560.0), chance.between(110.0, 210.0));
        let paper = chance.pick(&[[236.0, 232.0, 214.0], [240.0, 214.0, 120.0], [226.0, 150.0, 150.0]]);
        brush.rectangle([x, y, x + 26.0, y + 34.0], paper.copied().unwrap_or([230.0; 3]));
        for line in 1..4 {
            let y = y + f64::from(line) * 8.0;
            brush.line([[x + 4.0, y], [x + 22.0, y]], 1.5, [90.0, 90.0, 90.0]);
        }
    }
}

//! Decoded pictures, how they are turned upright and painted over.

use super::Area;

/// Pixels in rows from the top, each red, green, blue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Raster {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rgb: Vec<u8>,
}

/// How a camera was held: what to do to the stored picture to see it upright (EXIF 2.32 §4.6.4, tag 0x0112).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orientation {
    /// 1: as stored.
    #[default]
    Upright,
    /// 2: mirrored left to right.
    Mirrored,
    /// 3: upside down.
    HalfTurn,
    /// 4: mirrored top to bottom.
    Flipped,
    /// 5: rows are columns.
    Transposed,
    /// 6: turn it a quarter clockwise.
    QuarterTurn,
    /// 7: rows are columns, upside down.
    Transversed,
    /// 8: turn it a quarter anticlockwise.
    ThreeQuarterTurn,
}

impl Orientation {
    /// From the number in the file; anything but 2 to 8 means as stored.
    #[must_use]
    pub const fn from_exif(number: u32) -> Self {
        match number {
            2 => Self::Mirrored,
            3 => Self::HalfTurn,
            4 => Self::Flipped,
            5 => Self::Transposed,
            6 => Self::QuarterTurn,
            7 => Self::Transversed,
            8 => Self::ThreeQuarterTurn,
            _ => Self::Upright,
        }
    }

    /// Whether width and height change places.
    #[must_use]
    pub const fn swaps_sides(self) -> bool {
        matches!(self, Self::Transposed | Self::QuarterTurn | Self::Transversed | Self::ThreeQuarterTurn)
    }
}

impl Raster {
    /// Every orientation is an optional exchange of rows and columns, then at most two mirrors.
    pub(crate) fn upright(self, orientation: Orientation) -> Self {
        let straight = if orientation.swaps_sides() { self.transposed() } else { self };
        match orientation {
            Orientation::Upright | Orientation::Transposed => straight,
            Orientation::Mirrored | Orientation::QuarterTurn => straight.mirrored(),
            Orientation::HalfTurn | Orientation::Transversed => straight.half_turned(),
            Orientation::Flipped | Orientation::ThreeQuarterTurn => straight.half_turned().mirrored(),
        }
    }

    /// Paints a part of it over.
    pub(crate) fn blacken(&mut self, area: Area) {
        let (rows, columns) = area.pixels(self.width, self.height);
        let step = self.row_pixels();
        let (pixels, _) = self.rgb.as_chunks_mut::<3>();
        for row in pixels.chunks_mut(step).skip(rows.start).take(rows.len()) {
            row.get_mut(columns.clone()).unwrap_or_default().fill([0; 3]);
        }
    }

    fn row_pixels(&self) -> usize {
        usize::try_from(self.width).unwrap_or(usize::MAX).max(1)
    }

    fn transposed(self) -> Self {
        let (pixels, _) = self.rgb.as_chunks::<3>();
        let step = self.row_pixels();
        let columns = (0..step).flat_map(|column| pixels.iter().skip(column).step_by(step));
        Self { width: self.height, height: self.width, rgb: columns.flatten().copied().collect() }
    }

    fn mirrored(mut self) -> Self {
        let step = self.row_pixels();
        let (pixels, _) = self.rgb.as_chunks_mut::<3>();
        pixels.chunks_mut(step).for_each(<[_]>::reverse);
        self
    }

    fn half_turned(mut self) -> Self {
        self.rgb.as_chunks_mut::<3>().0.reverse();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a b c` over `d e f`.
    fn letters(width: u32, height: u32, text: &str) -> Raster {
        Raster { width, height, rgb: text.bytes().flat_map(|letter| [letter; 3]).collect() }
    }

    #[test]
    fn a_part_is_painted_over_and_nothing_else() {
        let mut picture = letters(3, 2, "abcdef");
        picture.blacken("34,0,33,50".parse().unwrap());
        assert_eq!(picture, letters(3, 2, "a\0\0def"));
        picture.blacken("0,0,100,100".parse().unwrap());
        assert_eq!(picture, letters(3, 2, "\0\0\0\0\0\0"));
    }

    #[test]
    fn all_eight_ways_of_holding_a_camera() {
        let expected = [
            (1, 3, 2, "abcdef"),
            (2, 3, 2, "cbafed"),
            (3, 3, 2, "fedcba"),
            (4, 3, 2, "defabc"),
            (5, 2, 3, "adbecf"),
            (6, 2, 3, "daebfc"),
            (7, 2, 3, "fcebda"),
            (8, 2, 3, "cfbead"),
            (0, 3, 2, "abcdef"),
            (9, 3, 2, "abcdef"),
        ];
        for (number, width, height, text) in expected {
            let turned = letters(3, 2, "abcdef").upright(Orientation::from_exif(number));
            assert_eq!(turned, letters(width, height, text), "orientation {number}");
        }
    }
}

//! `cargo bench -p qige-blobs`: what a phone's photo costs the server.

use divan::Bencher;
use jpeg_encoder::{ColorType, Encoder};
use qige_blobs::photo::{Limits, prepare};

fn main() {
    divan::main();
}

/// A picture with detail everywhere, as a street has it.
fn phone_photo(width: u16, height: u16) -> Vec<u8> {
    let mut state = 1u32;
    let pixels: Vec<u8> = (0..u32::from(width) * u32::from(height) * 3)
        .map(|at| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let slope = (at / 97) % 200;
            u8::try_from(slope + (state >> 27)).unwrap_or(u8::MAX)
        })
        .collect();
    let mut jpeg = Vec::new();
    let _written = Encoder::new(&mut jpeg, 85).encode(&pixels, width, height, ColorType::Rgb);
    jpeg
}

#[divan::bench]
fn twelve_megapixels(bencher: Bencher<'_, '_>) {
    let photo = phone_photo(4000, 3000);
    bencher.bench(|| prepare(&photo, &Limits::STANDARD));
}

#[divan::bench]
fn shrunk_on_the_phone(bencher: Bencher<'_, '_>) {
    let photo = phone_photo(2048, 1536);
    bencher.bench(|| prepare(&photo, &Limits::STANDARD));
}

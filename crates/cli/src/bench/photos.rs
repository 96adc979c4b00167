//! The photo pipeline: what a phone's photo costs the server.

use std::sync::Arc;
use std::time::Instant;

use futures_util::future::try_join_all;
use jpeg_encoder::{ColorType, Encoder};
use qige_app::{App, Settings};
use qige_kernel::{Entropy, SystemClock};
use qige_sim::chance::Chance;

use super::table::{Spread, Table, per_second};
use super::{Run, SEED, note, said};

/// Sizes of photos, pixels: as a camera of twelve megapixels writes them, and as our form shrinks them.
const SIZES: [(u16, u16); 2] = [(4_000, 3_000), (2_048, 1_536)];
/// JPEG quality of phones, about.
const QUALITY: u8 = 85;
/// Photos measured one by one at most.
const PHOTOS: usize = 40;
/// Photos waiting at once where the darkroom is full.
const AT_ONCE: usize = 8;

pub(super) async fn measure(run: &Run<'_>, table: &mut Table) -> Result<(), String> {
    note("photos");
    table.part(
        "(e) the photo pipeline: decode, turn upright, shrink to 2048 and 320, encode without metadata",
    );
    let url = run.scratch.database("photos").await?;
    let settings = Settings::standard(run.scratch.folder_of("photos")?);
    let app = App::open(&url, settings, Arc::new(SystemClock), Entropy::seeded(SEED)).await.map_err(said)?;
    for (width, height) in SIZES {
        let photo = photo(width, height)?;
        let what = format!("{width} × {height}, {} KB", photo.len() / 1_000);
        let mut times = Vec::new();
        let until = Instant::now() + run.duration;
        while times.len() < PHOTOS && Instant::now() < until {
            let begun = Instant::now();
            app.darkroom.prepare(photo.clone()).await.map_err(said)?;
            times.push(begun.elapsed());
        }
        table.line(format!("{what}, one at a time"), Spread::of(times).to_string());
        let speed = crowd(&app, &photo, run).await?;
        table.line(format!("{what}, {AT_ONCE} waiting"), format!("{speed:.1} photos/s"));
    }
    Ok(())
}

/// Photos a second where more wait than there is room for.
async fn crowd(app: &App, photo: &[u8], run: &Run<'_>) -> Result<f64, String> {
    let begun = Instant::now();
    let work = (0..AT_ONCE).map(|_| async {
        let mut done = 0;
        while begun.elapsed() < run.duration {
            app.darkroom.prepare(photo.to_vec()).await.map_err(said)?;
            done += 1;
        }
        Ok::<usize, String>(done)
    });
    let done = try_join_all(work).await?.into_iter().sum();
    Ok(per_second(done, begun.elapsed()))
}

/// A picture with detail everywhere, as a street has it.
fn photo(width: u16, height: u16) -> Result<Vec<u8>, String> {
    let mut chance = Chance::new(SEED);
    let bytes = usize::from(width) * usize::from(height) * 3;
    let pixel = |at: usize, grain: usize| u8::try_from(at / 97 % 200 + grain).unwrap_or(u8::MAX);
    let pixels: Vec<u8> = (0..bytes).map(|at| pixel(at, chance.below(32))).collect();
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, QUALITY).encode(&pixels, width, height, ColorType::Rgb).map_err(said)?;
    Ok(jpeg)
}

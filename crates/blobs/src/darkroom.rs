//! Where photos are prepared.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::photo::{Area, Limits, PhotoRefused, Prepared, inspect, prepare_covered};

/// Memory that all photos being decoded may take together: 320 MB, so that two of the largest can be
/// worked on
/// at once, or eight of an ordinary phone.
const MEGABYTES_MAX: u32 = 320;

/// Bytes in a megabyte.
const MEGABYTE: u64 = 1_000_000;

/// Prepares photos on threads of their own, as many at once as there are cores for it and memory.
#[derive(Clone, Debug)]
pub struct Darkroom {
    places: Arc<Semaphore>,
    megabytes: Arc<Semaphore>,
    limits: Limits,
}

impl Darkroom {
    /// A darkroom with `places` for photos at once; at least one.
    #[must_use]
    pub fn new(places: usize, limits: Limits) -> Self {
        let megabytes = usize::try_from(MEGABYTES_MAX).unwrap_or(usize::MAX);
        Self {
            places: Arc::new(Semaphore::new(places.max(1))),
            megabytes: Arc::new(Semaphore::new(megabytes)),
            limits,
        }
    }

    /// Prepares a photo when its turn has come.
    ///
    /// # Errors
    /// Every [`PhotoRefused`].
    pub async fn prepare(&self, bytes: Vec<u8>) -> Result<Prepared, PhotoRefused> {
        self.prepare_covered(bytes, Vec::new()).await
    }

    /// Prepares a photo with parts of it painted over when its turn has come.
    ///
    /// # Errors
    /// Every [`PhotoRefused`].
    pub async fn prepare_covered(&self, bytes: Vec<u8>, areas: Vec<Area>) -> Result<Prepared, PhotoRefused> {
        let headers = inspect(&bytes, &self.limits)?;
        let needed = u32::try_from(headers.decode_bytes().div_ceil(MEGABYTE)).unwrap_or(MEGABYTES_MAX);
        // Neither semaphore is ever closed; if it were, nothing could be decoded safely.
        let memory = self.megabytes.clone().acquire_many_owned(needed.clamp(1, MEGABYTES_MAX)).await;
        let place = self.places.clone().acquire_owned().await;
        let (Ok(memory), Ok(place)) = (memory, place) else { return Err(PhotoRefused::Broken) };
        let limits = self.limits;
        // The permits go along: they are given back when the work ends, even if nobody waits for it any more.
        let work = tokio::task::spawn_blocking(move || {
            let prepared = prepare_covered(&bytes, &limits, &areas);
            drop((memory, place));
            prepared
        });
        work.await.unwrap_or(Err(PhotoRefused::Broken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn more_photos_than_places_all_get_done() {
        let mut jpeg = Vec::new();
        let encoder = jpeg_encoder::Encoder::new(&mut jpeg, 80);
        encoder.encode(&[120; 40 * 40 * 3], 40, 40, jpeg_encoder::ColorType::Rgb).unwrap();
        let room = Darkroom::new(2, Limits::STANDARD);
        let all = (0..10).map(|_| {
            tokio::spawn({
                let (room, jpeg) = (room.clone(), jpeg.clone());
                async move { room.prepare(jpeg).await.unwrap().width }
            })
        });
        for one in all.collect::<Vec<_>>() {
            assert_eq!(one.await.unwrap(), 40);
        }
        assert_eq!(room.prepare(Vec::new()).await, Err(PhotoRefused::Empty));
    }
}

//! Photos: each scene is drawn once for each of a few seeds, and handed in as phones do.

use std::collections::HashMap;

use qige_app::{App, PhotoOf};
use qige_db::{Asker, DbError, Failure};
use qige_kernel::ObjectId;

use crate::picture::{Moment, draw};

/// What was drawn already.
#[derive(Debug, Default)]
pub(super) struct Camera(HashMap<(&'static str, Moment, u64), Vec<u8>>);

impl Camera {
    /// The file of a photo.
    pub(super) fn take(
        &mut self,
        scene: &'static str,
        moment: Moment,
        seed: u64,
    ) -> Result<Vec<u8>, Failure> {
        if let Some(drawn) = self.0.get(&(scene, moment, seed)) {
            return Ok(drawn.clone());
        }
        let drawn = draw(scene, moment, seed).map_err(|error| DbError::Engine(error.to_string()))?;
        self.0.insert((scene, moment, seed), drawn.clone());
        Ok(drawn)
    }

    /// Keeps a photo with what it is of.
    pub(super) async fn keep(
        &mut self,
        app: &App,
        asker: Asker,
        of: PhotoOf,
        (scene, moment, seed): (&'static str, Moment, u64),
    ) -> Result<ObjectId, Failure> {
        let file = self.take(scene, moment, seed)?;
        app.keep_photo(asker, of, file).await
    }
}

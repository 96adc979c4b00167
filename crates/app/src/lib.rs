//! Composition: everything the product runs on, put together once.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `settings.rs` | [`Settings`]: what whoever runs the server decides |
//! | `lib.rs` | [`App`]: database, object store, darkroom, clock, chance, settings |
//!
//! Never here: HTTP, HTML, the environment (the command line reads it), a rule of a capability.

mod settings;

use std::sync::Arc;

use qige_blobs::{Darkroom, ObjectStore};
use qige_db::Db;
use qige_kernel::{Clock, Entropy, Timestamp};

pub use settings::Settings;

/// Everything the product runs on. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// Where the bytes of photos are kept.
    pub store: ObjectStore,
    /// Where photos are prepared.
    pub darkroom: Darkroom,
    /// Where "now" comes from.
    pub clock: Arc<dyn Clock>,
    /// Where ids, salts and secrets come from.
    pub entropy: Entropy,
    /// What whoever runs the server decided.
    pub settings: Settings,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

//! Composition: everything the product runs on, put together once.
//!
//! | file | what lives there |
//! | --- | --- |
//! | `settings.rs` | [`Settings`]: what whoever runs the server decides |
//! | `open.rs` | [`App::open`]: from an address of a database and a folder to something that runs |
//! | `reporting.rs` | a report on its way in: placed, given its code, taken |
//! | `acting.rs` | a command on a case on its way in |
//! | `reactions/` | what follows from an event: notices, what is erased |
//! | `worker.rs` | jobs and schedules, each with its handler |
//!
//! Never here: HTTP, HTML, the environment (the command line reads it), a rule of a capability.

mod open;
mod settings;

use std::sync::Arc;

use qige_blobs::{Darkroom, ObjectStore};
use qige_db::Db;
use qige_kernel::{Clock, Entropy, Timestamp};
use qige_places::{CalendarCache, IndexCache};
use qige_sync::Uploads;

pub use open::OpenError;
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
    /// Files in pieces, on their way to the store.
    pub uploads: Uploads,
    /// Which grid a point lies in, for each tenant.
    pub grids: IndexCache,
    /// Working hours and working days of each tenant.
    pub calendars: CalendarCache,
    /// Where "now" comes from.
    pub clock: Arc<dyn Clock>,
    /// Where ids, salts and secrets come from.
    pub entropy: Entropy,
    /// What whoever runs the server decided.
    pub settings: Settings,
}

impl App {
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

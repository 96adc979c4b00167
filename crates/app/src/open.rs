//! From an address of a database and a folder to something that runs.

use std::io;
use std::sync::{Arc, OnceLock};

use qige_blobs::photo::Limits;
use qige_blobs::{Darkroom, ObjectStore, StoreError};
use qige_channels::Outbound;
use qige_channels::application::Tokens;
use qige_db::{Db, DbError};
use qige_identity::Vault;
use qige_kernel::{Clock, Entropy};
use qige_places::{CalendarCache, IndexCache};
use qige_sync::{Staging, Uploads};

use crate::{App, KeySourceError, Parts, Providers, Rulebooks, Settings};

/// Folder of stored objects, inside the data folder.
const OBJECTS: &str = "objects";
/// Folder of uploads under way, inside the data folder.
const STAGING: &str = "uploads";

/// Why the product cannot run.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database cannot be opened or brought up to date.
    #[error("the database: {0}")]
    Db(#[from] DbError),
    /// The folder of stored objects cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There are no master keys.
    #[error("the master keys: {0}")]
    Keys(#[from] KeySourceError),
    /// The data folder cannot be used.
    #[error("the data folder: {0}")]
    Folder(#[from] io::Error),
}

impl App {
    /// Opens the database, brings its schema up to date, and puts everything together.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(
        database_url: &str,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Entropy,
    ) -> Result<Self, OpenError> {
        let db = Db::open(database_url).await?;
        db.migrate().await?;
        Self::over(db, settings, clock, entropy)
    }

    /// Puts everything together over a database that is open and up to date.
    ///
    /// # Errors
    /// [`OpenError::Store`], [`OpenError::Keys`] and [`OpenError::Folder`].
    pub fn over(
        db: Db,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Entropy,
    ) -> Result<Self, OpenError> {
        let store = ObjectStore::folder(&settings.data_folder.join(OBJECTS))?;
        let staging = Staging::folder(&settings.data_folder.join(STAGING))?;
        let places = std::thread::available_parallelism().map_or(1, usize::from);
        let darkroom = Darkroom::new(places, Limits::STANDARD);
        let uploads = Uploads { db: db.clone(), store: store.clone(), darkroom: darkroom.clone(), staging };
        let (grids, calendars) = (IndexCache::default(), CalendarCache::default());
        let masters = settings.master_keys.resolve(&settings.data_folder, &entropy)?;
        let vault = Vault::new(db.clone(), masters, settings.algorithm, clock.clone(), entropy.clone());
        let rulebooks = Rulebooks::new(&db, grids, calendars, vault.clone());
        let outbound = Outbound::new(settings.outbound.clone());
        let providers = Providers::new(settings.providers.clone(), settings.outbound.clone());
        let parts = Parts {
            db,
            store,
            darkroom,
            uploads,
            vault,
            outbound,
            tokens: Tokens::default(),
            providers,
            words: OnceLock::new(),
            push_key: OnceLock::new(),
            rulebooks,
            clock,
            entropy,
            settings,
        };
        Ok(Self(Arc::new(parts)))
    }
}

//! From arguments to an application over a database.

use std::sync::Arc;

use qige_app::{App, BaseMap, Ground, Settings};
use qige_kernel::{Entropy, SystemClock};
use tracing_subscriber::EnvFilter;

use crate::arguments::{BaseMapOptions, Common};

/// Begins to write the log to the standard error stream.
pub(crate) fn log(filter: &str, json: bool) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // An error would only mean that a log is being written already.
    let _begun = if json { builder.json().try_init() } else { builder.try_init() };
}

/// The base map that was named, looked into: whoever starts the server is the one who can mend it.
pub(crate) fn base_map(named: &BaseMapOptions, public_url: &str) -> Result<BaseMap, String> {
    // A variable that is set to nothing names nothing.
    let said = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let ground = match (said(&named.tile_template), said(&named.pmtiles)) {
        (Some(template), _) => BaseMap::tiles(&template),
        (None, Some(archive)) => BaseMap::archive(&archive),
        (None, None) => Ok(Ground::Plain),
    };
    let map = ground.map(|ground| BaseMap { ground, attribution: said(&named.map_attribution) });
    let map = map.and_then(|map| map.fits(public_url).map(|()| map));
    map.map_err(|error| error.to_string())
}

/// The application over the database that was named, with nothing but standard settings.
pub(crate) async fn open(common: &Common) -> Result<App, String> {
    open_with(&common.database_url, Settings::standard(common.data.clone())).await
}

/// The application with these settings.
pub(crate) async fn open_with(database_url: &str, settings: Settings) -> Result<App, String> {
    let entropy = Entropy::from_system().map_err(|error| format!("no random bytes: {error}"))?;
    App::open(database_url, settings, Arc::new(SystemClock), entropy).await.map_err(|error| error.to_string())
}

//! From arguments to an application over a database.

use std::process::Stdio;
use std::sync::Arc;

use qige_app::{App, BaseMap, Ground, KeySource, Settings};
use qige_identity::MasterKeysError;
use qige_kernel::{Entropy, SystemClock};
use tracing_subscriber::EnvFilter;

use crate::arguments::{BaseMapOptions, Common, KeyOptions};
use crate::one_line::OneLine;

/// The variable that holds master keys.
const KEYS: &str = "QIGE_KEYS";

/// Begins to write the log to the standard error stream.
pub(crate) fn log(filter: &str, json: bool) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| OneLine(std::io::stderr()));
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
    open_with(&common.database_url, settings(common)?).await
}

/// The same, with every key that is needed: for whoever is going to read what is sealed.
pub(crate) async fn open_unlocked(database_url: &str, settings: Settings) -> Result<App, String> {
    let app = open_with(database_url, settings).await?;
    app.unlock().await.map_err(|error| error.to_string())?;
    Ok(app)
}

/// Standard settings, with the data folder and the keys that were named.
pub(crate) fn settings(common: &Common) -> Result<Settings, String> {
    let standard = Settings::standard(common.data.clone());
    let KeyOptions { key_file, key_command, seal_with } = &common.keys;
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the command line, and what stands on it is seen by everybody on the machine"
    )]
    let keys = std::env::var(KEYS).ok().filter(|text| !text.trim().is_empty());
    let algorithm =
        seal_with.parse().map_err(|_| format!("--seal-with is aes-256-gcm or sm4-gcm, not {seal_with}"))?;
    let (from, text) = match (key_file, key_command, keys) {
        (Some(file), ..) => {
            let text =
                std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
            (file.display().to_string(), text)
        }
        (None, Some(command), _) => ("--key-command".to_owned(), printed(command)?),
        (None, None, Some(text)) => (KEYS.to_owned(), text),
        (None, None, None) => return Ok(Settings { algorithm, ..standard }),
    };
    let keys = text.parse().map_err(|error: MasterKeysError| format!("{from}: {error}"))?;
    Ok(Settings { algorithm, master_keys: KeySource::Given(keys), ..standard })
}

/// What a command prints; an error says how it ended, never what it printed.
fn printed(command: &str) -> Result<String, String> {
    let output = std::process::Command::new("sh").arg("-c").arg(command).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("--key-command: {error}"))?;
    if !output.status.success() {
        return Err(format!("--key-command ended with {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| "--key-command printed no text".to_owned())
}

/// The application with these settings.
pub(crate) async fn open_with(database_url: &str, settings: Settings) -> Result<App, String> {
    let entropy = Entropy::from_system().map_err(|error| format!("no random bytes: {error}"))?;
    App::open(database_url, settings, Arc::new(SystemClock), entropy).await.map_err(|error| error.to_string())
}

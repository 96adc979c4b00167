//! The master keys of a running server, and bringing what is sealed under the newest keys.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use qige_db::{Asker, Command, Failure, Tx};
use qige_identity::{
    CONSENT_GUARDIAN, CONTACT_PHONE, FOLLOW_KEY, HOME_PLACE, KeyClass, MasterKeys, MasterKeysError,
    PEOPLE_PHONE, SECOND_STEP_SECRET, SealedColumn, Stamp, WAY_ADDRESS, holds_unsealed, tenants,
};
use qige_jobs::{NewJob, enqueue};
use qige_kernel::uuid::Uuid;
use qige_kernel::{Entropy, TenantId, Timestamp};
use serde_json::json;

use crate::App;
use crate::reactions::sealing::RESEAL;

/// The file of master keys in the data folder, where none are named.
const FILE: &str = "master.keys";
/// Every column that is sealed.
pub static SEALED: [&SealedColumn; 7] = [
    &PEOPLE_PHONE,
    &SECOND_STEP_SECRET,
    &CONTACT_PHONE,
    &CONSENT_GUARDIAN,
    &WAY_ADDRESS,
    &HOME_PLACE,
    &FOLLOW_KEY,
];

/// Where the master keys come from.
#[derive(Clone, Debug, Default)]
pub enum KeySource {
    /// A file in the data folder; made, with one new key, where it is not there.
    #[default]
    DataFolder,
    /// They were named elsewhere: a file, a variable, a command.
    Given(MasterKeys),
}

/// Why there are no master keys.
#[derive(Debug, thiserror::Error)]
pub enum KeySourceError {
    /// The file cannot be read or made.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// What is in it is no key.
    #[error("{0}: {1}")]
    Text(PathBuf, MasterKeysError),
}

impl KeySource {
    pub(crate) fn resolve(&self, data: &Path, entropy: &Entropy) -> Result<MasterKeys, KeySourceError> {
        let file = match self {
            Self::Given(keys) => return Ok(keys.clone()),
            Self::DataFolder => data.join(FILE),
        };
        match std::fs::read_to_string(&file) {
            Ok(text) => text.parse().map_err(|error| KeySourceError::Text(file, error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let [first, second] = entropy.bytes();
                let keys = MasterKeys::draw(&format!("own-{first:02x}{second:02x}"), entropy);
                keep(&file, &keys).map_err(|error| KeySourceError::File(file.clone(), error))?;
                tracing::warn!(
                    file = %file.display(),
                    "made the master key: keep a copy of it apart from the copies of the database; whoever \
                     has both reads everything, and without it nobody reads phone numbers again"
                );
                Ok(keys)
            }
            Err(error) => Err(KeySourceError::File(file, error)),
        }
    }
}

/// For whoever runs the server alone.
fn keep(file: &Path, keys: &MasterKeys) -> io::Result<()> {
    let head = "# Qige master keys. The first one locks, all of them open.\n";
    keep_text(file, format!("{head}{}", keys.to_text()).as_bytes())
}

/// The same for any secret: a new file, which nobody else may read.
pub(crate) fn keep_text(file: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut made = options.open(file)?;
    made.write_all(text)?;
    made.sync_all()
}

/// Master keys that are needed and not at hand.
#[derive(Debug, thiserror::Error)]
#[error(
    "the master key {} is not here: phone numbers and other sensitive fields in this database are sealed \
     under it and cannot be read. Put its line into the file of master keys ({}); if it is lost for good, \
     nothing brings those fields back, and copies of the database that were sealed under it are as lost",
    names.join(", "),
    from
)]
pub struct KeysLost {
    /// What they are called.
    pub names: Vec<String>,
    from: String,
}

/// Why a server cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// A key is missing.
    #[error(transparent)]
    Lost(#[from] KeysLost),
    /// The database.
    #[error("{0}")]
    Failure(#[from] Failure),
}

impl App {
    /// Opens the keys of every tenant, locks them under the first master key, and seals what is not sealed
    /// yet.
    ///
    /// # Errors
    /// [`UnlockError::Lost`] when a key cannot be opened.
    pub async fn unlock(&self) -> Result<(), UnlockError> {
        let nobody = Asker::system(TenantId(Uuid::nil()));
        let all = self.db.read(nobody, |tx| Box::pin(async move { Ok(tenants(tx).await?) })).await?;
        let mut names = Vec::new();
        for tenant in &all {
            names.extend(self.vault.relock(tenant.id).await?);
        }
        names.sort();
        names.dedup();
        if !names.is_empty() {
            let from = match &self.settings.master_keys {
                KeySource::DataFolder => self.settings.data_folder.join(FILE).display().to_string(),
                KeySource::Given(keys) => format!("it names {}", keys.names().join(", ")),
            };
            return Err(KeysLost { names, from }.into());
        }
        for tenant in all {
            let asker = Asker::system(tenant.id);
            if self.db.read(asker, |tx| Box::pin(async move { Ok(holds_unsealed(tx).await?) })).await? {
                let sealed = self.vault.reseal(tenant.id, &SEALED).await?;
                tracing::info!(tenant = %tenant.slug, sealed, "sealed what was kept in clear before");
            }
        }
        Ok(())
    }

    /// Makes a new key of a class; a job brings what is sealed under it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn renew_key(&self, asker: Asker, class: KeyClass, stamp: Stamp) -> Result<i64, Failure> {
        let version = self.vault.renew(asker, class, stamp).await?;
        self.db.write(asker, ResealNow { at: self.now() }).await?;
        Ok(version)
    }
}

/// Has everything brought under the newest keys now, and not only at night.
#[derive(Clone, Copy, Debug)]
struct ResealNow {
    at: Timestamp,
}

impl Command for ResealNow {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        enqueue(tx, NewJob::new(RESEAL.kind, json!({}), self.at)).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_made_once_and_for_whoever_runs_the_server_alone() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let entropy = Entropy::seeded(1);
        let made = KeySource::DataFolder.resolve(&data, &entropy).unwrap();
        let read = KeySource::DataFolder.resolve(&data, &entropy).unwrap();
        assert_eq!(read.to_text(), made.to_text());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(data.join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(data.join(FILE), "nothing of use").unwrap();
        let error = KeySource::DataFolder.resolve(&data, &entropy).unwrap_err().to_string();
        assert!(error.ends_with("line 1 is not a name, a colon and 32 bytes in base64"), "{error}");
    }
}

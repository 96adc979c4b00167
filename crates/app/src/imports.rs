//! Files of places between being shown and being applied: kept for a day in the data folder, for whoever sent
//! them. They are drawings of an area, not of people.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use qige_db::{DbError, Failure};
use qige_kernel::{PersonId, TenantId};
use qige_places::import::ImportOptions;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::App;

/// Folder inside the data folder.
const FOLDER: &str = "imports";
/// How long a file is kept: an afternoon's work and the morning after.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// A file of places that somebody is looking at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldImport {
    /// Who sent it; nobody else may see or apply it.
    pub person: PersonId,
    /// What the sender calls the file.
    pub file_name: String,
    /// What was decided about it.
    pub options: ImportOptions,
}

impl App {
    /// Keeps a file.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] when the folder cannot be written to.
    pub async fn hold_import(
        &self,
        tenant: TenantId,
        id: Uuid,
        held: &HeldImport,
        bytes: Vec<u8>,
    ) -> Result<(), Failure> {
        let path = self.import_path(tenant, id);
        off_thread(move || {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
                drop_old(folder)?;
            }
            std::fs::write(path.with_extension("file"), bytes)
        })
        .await?;
        self.decide_import(tenant, id, held).await
    }

    /// Decides otherwise about a file that is kept.
    ///
    /// # Errors
    /// As [`App::hold_import`].
    pub async fn decide_import(&self, tenant: TenantId, id: Uuid, held: &HeldImport) -> Result<(), Failure> {
        let path = self.import_path(tenant, id).with_extension("json");
        let text = serde_json::to_vec(held).map_err(|error| DbError::Engine(error.to_string()))?;
        off_thread(move || std::fs::write(path, text)).await
    }

    /// A file that is kept, with its bytes; none when there is none any more, or it is another's.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] when the folder cannot be read.
    pub async fn held_import(
        &self,
        tenant: TenantId,
        id: Uuid,
        person: PersonId,
    ) -> Result<Option<(HeldImport, Vec<u8>)>, Failure> {
        let path = self.import_path(tenant, id);
        let found = off_thread(move || {
            let text = match std::fs::read(path.with_extension("json")) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                other => other?,
            };
            Ok(Some((text, std::fs::read(path.with_extension("file"))?)))
        });
        let Some((text, bytes)) = found.await? else { return Ok(None) };
        let held: Option<HeldImport> = serde_json::from_slice(&text).ok();
        Ok(held.filter(|held| held.person == person).map(|held| (held, bytes)))
    }

    /// Lets go of a file. Nothing there is no error.
    ///
    /// # Errors
    /// As [`App::held_import`].
    pub async fn drop_import(&self, tenant: TenantId, id: Uuid) -> Result<(), Failure> {
        let path = self.import_path(tenant, id);
        off_thread(move || {
            for extension in ["json", "file"] {
                match std::fs::remove_file(path.with_extension(extension)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            Ok(())
        })
        .await
    }

    fn import_path(&self, tenant: TenantId, id: Uuid) -> PathBuf {
        self.settings.data_folder.join(FOLDER).join(tenant.to_string()).join(id.to_string())
    }
}

/// Lets go of what was kept long enough.
fn drop_old(folder: &std::path::Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let age = entry.metadata()?.modified().ok().and_then(|at| SystemTime::elapsed(&at).ok());
        if age.is_some_and(|age| age > KEPT) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await.map_err(io::Error::other).and_then(|done| done);
    done.map_err(|error| DbError::Unavailable(error.to_string()).into())
}

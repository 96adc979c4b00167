//! Whether the roots that were kept of a journal hold: whether it still comes to the newest, and whether
//! all of them are signed, follow each other, and are where they should be.

use std::fmt;
use std::path::{Path, PathBuf};

use qige_db::journal::{self, Root};
use qige_db::{Asker, DbError, Failure};
use qige_identity::{
    KeptRoot, RootFault, RootFile, RootKey, RootsKept, Seal, roots_kept, seals, tenant_by_id,
};
use qige_kernel::Timestamp;

use crate::App;

/// Folder of the roots, inside the data folder; in it, one of each tenant.
const FOLDER: &str = "roots";

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rooted {
    /// Up to when the newest root reaches; none where none was kept yet.
    pub until: Option<Timestamp>,
    /// How many were kept.
    pub kept: usize,
    /// How many of them lie beside the database as files that say the same.
    pub files: usize,
    /// From which root on each key signed.
    pub signers: Vec<(i64, RootKey)>,
    /// What is wrong with them.
    pub faults: Vec<RootFault>,
}

impl fmt::Display for Rooted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { until, kept, files, signers, .. } = self;
        match until {
            None => {
                f.write_str("no root was kept yet: what is cut off at the end of a journal is not seen")?;
            }
            Some(until) => {
                write!(f, "{kept} roots up to {until}, {files} of them as files beside the database")?;
            }
        }
        signers.iter().try_for_each(|(number, key)| write!(f, "; from root {number} on signed by {key}"))
    }
}

/// What is read before anything is compared.
struct Read {
    roots: Vec<KeptRoot>,
    seals: Vec<Seal>,
    keys: Vec<RootKey>,
    files: Vec<RootFile>,
}

impl Read {
    fn all(&self, asker: Asker) -> RootsKept<'_> {
        RootsKept { tenant: asker.tenant, roots: &self.roots, seals: &self.seals, keys: &self.keys }
    }
}

impl App {
    /// Holds the tenant's journal against the roots that were kept. They must be signed by one of `keys`;
    /// where there are none, by one that the tenant has.
    ///
    /// # Errors
    /// Those of the database and of reading files.
    pub async fn rooted(&self, asker: Asker, keys: &[RootKey]) -> Result<Rooted, Failure> {
        Ok(self.rooted_at(asker, keys, None).await?.0)
    }

    /// The same, and what the journal comes to at an instant, in the same reading.
    pub(crate) async fn rooted_at(
        &self,
        asker: Asker,
        keys: &[RootKey],
        at: Option<Timestamp>,
    ) -> Result<(Rooted, Option<Root>), Failure> {
        let read = self.read_roots(asker, keys).await?;
        let newest = read.roots.last().map(|root| root.until);
        let instants: Vec<Timestamp> = newest.into_iter().chain(at).collect();
        let mut came_to = self.comes_to(asker, instants).await?;
        let last = at.and_then(|_| came_to.pop());
        let now = newest.and_then(|_| came_to.pop());
        let faults = read.all(asker).faults(now.as_ref(), &read.files);
        let good = |file: &&RootFile| !faults.iter().any(|fault| fault.file.as_ref() == Some(&file.name));
        let rooted = Rooted {
            until: newest,
            kept: read.roots.len(),
            files: read.files.iter().filter(good).count(),
            signers: read.all(asker).signers(),
            faults,
        };
        Ok((rooted, last))
    }

    /// Holds the tenant's journal against a root that was kept outside.
    ///
    /// # Errors
    /// Those of the database and of reading files.
    pub async fn holds_against(
        &self,
        asker: Asker,
        keys: &[RootKey],
        file: &RootFile,
    ) -> Result<Vec<RootFault>, Failure> {
        let read = self.read_roots(asker, keys).await?;
        let until = file.said.iter().map(|(_, root)| root.until).collect();
        let now = self.comes_to(asker, until).await?.pop();
        Ok(read.all(asker).outside(file, now.as_ref()))
    }

    async fn comes_to(&self, asker: Asker, instants: Vec<Timestamp>) -> Result<Vec<Root>, Failure> {
        self.db.read(asker, |tx| Box::pin(async move { Ok(journal::roots(tx, &instants).await?) })).await
    }

    async fn read_roots(&self, asker: Asker, keys: &[RootKey]) -> Result<Read, Failure> {
        let keys = if keys.is_empty() { self.vault.root_keys(asker.tenant).await? } else { keys.to_vec() };
        let read = self.db.read(asker, |tx| {
            Box::pin(async move { Ok((roots_kept(tx, u32::MAX).await?, seals(tx).await?)) })
        });
        let (mut roots, seals) = read.await?;
        roots.reverse();
        let folder = self.roots_folder(asker).await?;
        let files = tokio::task::spawn_blocking(move || files_in(&folder)).await;
        let files = files.map_err(|error| unreadable(&error))?.map_err(|error| unreadable(&error))?;
        Ok(Read { roots, seals, keys, files })
    }

    /// Where the files of a tenant's roots lie.
    pub(crate) async fn roots_folder(&self, asker: Asker) -> Result<PathBuf, Failure> {
        let tenant = self
            .db
            .read(asker, move |tx| Box::pin(async move { Ok(tenant_by_id(tx, asker.tenant).await?) }))
            .await?;
        let slug = tenant.map_or_else(|| asker.tenant.to_string(), |tenant| tenant.slug);
        Ok(self.settings.data_folder.join(FOLDER).join(slug))
    }
}

/// What lies in the folder, by name; nothing where it is not there.
fn files_in(folder: &Path) -> std::io::Result<Vec<RootFile>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            files.push(root_file(&path)?);
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

/// A file that should be a root.
///
/// # Errors
/// When it cannot be read.
pub fn root_file(path: &Path) -> std::io::Result<RootFile> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let said = String::from_utf8(std::fs::read(path)?).ok().and_then(|text| KeptRoot::read(&text));
    Ok(RootFile { name, said })
}

fn unreadable(error: &impl fmt::Display) -> DbError {
    DbError::Unavailable(format!("the roots beside the database cannot be read: {error}"))
}

//! Bytes, kept in a folder: `<root>/<tenant>/<last two digits of the object>/<object>.<variant>`.
//!
//! Names are made of ids alone, so no name can lead out of the folder.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use qige_kernel::{ObjectId, TenantId, Timestamp};

/// Which of an object's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    /// The whole thing; of a photo, the picture of at most 2048 pixels.
    Full,
    /// The small picture of a photo.
    Thumb,
}

impl Variant {
    /// Every variant.
    pub const ALL: [Self; 2] = [Self::Full, Self::Thumb];

    /// As in file names and URLs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Thumb => "thumb",
        }
    }

    /// The variant of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|variant| variant.as_str() == name)
    }
}

/// Under what bytes are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ObjectKey {
    /// Whose.
    pub tenant: TenantId,
    /// Which object.
    pub object: ObjectId,
    /// Which of its files.
    pub variant: Variant,
}

/// The store could not do it: no room, no right, broken disk.
#[derive(Debug, thiserror::Error)]
#[error("object store: {0}")]
pub struct StoreError(#[from] io::Error);

/// Where the bytes of objects are kept.
#[derive(Clone, Debug)]
pub struct ObjectStore {
    root: Arc<Path>,
}

/// Where bytes lie until they are whole.
const ASIDE: &str = "aside";

impl ObjectStore {
    /// The store in the folder `root`, which is made if it is not there.
    ///
    /// # Errors
    /// [`StoreError`] when the folder cannot be made.
    pub fn folder(root: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(root.join(ASIDE))?;
        Ok(Self { root: root.into() })
    }

    /// Keeps `bytes` under `key`. They are durable when this returns; until then nothing, or what was there
    /// before, is seen under the key.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing has changed under the key.
    pub async fn put(&self, key: ObjectKey, bytes: Vec<u8>) -> Result<(), StoreError> {
        let store = self.clone();
        off_thread(move || store.write(key, &bytes)).await
    }

    /// The bytes under `key`, if there are any.
    ///
    /// # Errors
    /// [`StoreError`] when they are there and cannot be read.
    pub async fn get(&self, key: ObjectKey) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.path(key);
        off_thread(move || match fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    /// The first bytes under `key`, at most `count` of them, if there are any.
    ///
    /// # Errors
    /// [`StoreError`] when they are there and cannot be read.
    pub async fn head(&self, key: ObjectKey, count: usize) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.path(key);
        let most = u64::try_from(count).unwrap_or(u64::MAX);
        off_thread(move || {
            let file = match File::open(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                opened => opened?,
            };
            let mut head = Vec::new();
            file.take(most).read_to_end(&mut head)?;
            Ok(Some(head))
        })
        .await
    }

    /// Deletes every file of an object. Nothing there is no error.
    ///
    /// # Errors
    /// [`StoreError`] when something is there and stays.
    pub async fn delete(&self, tenant: TenantId, object: ObjectId) -> Result<(), StoreError> {
        let paths = Variant::ALL.map(|variant| self.path(ObjectKey { tenant, object, variant }));
        off_thread(move || {
            for path in paths {
                match fs::remove_file(path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            Ok(())
        })
        .await
    }

    /// The tenant's objects whose files were last written before `before`, in no order, each at most twice.
    ///
    /// # Errors
    /// [`StoreError`] when the folder cannot be read.
    pub async fn written_before(
        &self,
        tenant: TenantId,
        before: Timestamp,
    ) -> Result<Vec<ObjectId>, StoreError> {
        let folder = self.root.join(tenant.to_string());
        off_thread(move || old_objects(&folder, before)).await
    }

    fn path(&self, key: ObjectKey) -> PathBuf {
        let object = key.object.to_string();
        // The last digits are chance; the first of a UUID version 7 are time, the same for months.
        let shard = object.get(object.len().saturating_sub(2)..).unwrap_or_default();
        let name = format!("{object}.{}", key.variant.as_str());
        self.root.join(key.tenant.to_string()).join(shard).join(name)
    }

    fn write(&self, key: ObjectKey, bytes: &[u8]) -> io::Result<()> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}.{}.{}.{number}", key.object, key.variant.as_str(), std::process::id());
        let aside = self.root.join(ASIDE).join(name);
        let path = self.path(key);
        let put = || {
            let mut file = File::create(&aside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            let folder = path.parent().unwrap_or(&self.root);
            if !folder.exists() {
                fs::create_dir_all(folder)?;
                sync_folder(folder.parent().unwrap_or(&self.root))?;
                sync_folder(&self.root)?;
            }
            fs::rename(&aside, &path)?;
            sync_folder(folder)
        };
        put().inspect_err(|_| {
            let _best_effort = fs::remove_file(&aside);
        })
    }
}

/// A rename is durable only when the folder that holds the name is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn old_objects(folder: &Path, before: Timestamp) -> io::Result<Vec<ObjectId>> {
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    for shard in fs::read_dir(folder)? {
        for file in fs::read_dir(shard?.path())? {
            let file = file?;
            let name = file.file_name();
            let object =
                name.to_str().and_then(|name| name.split_once('.')).map(|(object, _)| object.parse());
            let Some(Ok(object)) = object else { continue };
            if written_at(&file.metadata()?) < before {
                found.push(object);
            }
        }
    }
    Ok(found)
}

/// When a file was last written; one whose time cannot be told counts as new, and stays.
fn written_at(metadata: &fs::Metadata) -> Timestamp {
    let since = metadata.modified().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    let micros = since.and_then(|since| i64::try_from(since.as_micros()).ok());
    Timestamp::from_micros(micros.unwrap_or(i64::MAX))
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(io::Error::other)??)
}

#[cfg(test)]
mod tests {
    use qige_kernel::Entropy;

    use super::*;

    #[tokio::test]
    async fn keeps_replaces_and_deletes() {
        let folder = tempfile::tempdir().unwrap();
        let store = ObjectStore::folder(folder.path()).unwrap();
        let (entropy, now) = (Entropy::seeded(1), Timestamp::from_micros(1_790_000_000_000_000));
        let (tenant, object) = (entropy.id(now), entropy.id(now));
        let key = ObjectKey { tenant, object, variant: Variant::Full };
        assert_eq!(store.get(key).await.unwrap(), None);
        store.put(key, b"one".to_vec()).await.unwrap();
        store.put(key, b"two".to_vec()).await.unwrap();
        assert_eq!(store.get(key).await.unwrap().unwrap(), b"two");
        assert_eq!(store.head(key, 2).await.unwrap().unwrap(), b"tw");
        assert_eq!(store.head(key, 9).await.unwrap().unwrap(), b"two");
        assert_eq!(store.head(ObjectKey { variant: Variant::Thumb, ..key }, 2).await.unwrap(), None);
        let other = ObjectKey { tenant: entropy.id(now), ..key };
        assert_eq!(store.get(other).await.unwrap(), None, "another tenant's folder is another");
        let end = Timestamp::from_micros(i64::MAX);
        assert_eq!(store.written_before(tenant, end).await.unwrap(), [object]);
        assert_eq!(store.written_before(tenant, Timestamp::from_micros(0)).await.unwrap(), []);
        store.delete(tenant, object).await.unwrap();
        store.delete(tenant, object).await.unwrap();
        assert_eq!(store.get(key).await.unwrap(), None);
        assert_eq!(fs::read_dir(folder.path().join(ASIDE)).unwrap().count(), 0);
    }
}

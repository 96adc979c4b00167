//! Bytes that are not whole yet: `<root>/<tenant>/<upload>.part`, appended to and never read by anybody else.
//!
//! Pieces are not forced to disk one by one: after a crash a file may be shorter than what was said, and the
//! phone asks for the length before it goes on.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use qige_kernel::{TenantId, UploadId};

/// A folder for files that are on their way.
#[derive(Clone, Debug)]
pub struct Staging {
    root: Arc<Path>,
}

/// Why bytes could not be added.
#[derive(Debug, thiserror::Error)]
pub enum StagingError {
    /// The file is longer or shorter than the sender thought.
    #[error("{held} bytes are held")]
    Offset {
        /// Bytes that are held.
        held: u64,
    },
    /// Somebody else is adding to the same file just now.
    #[error("another piece of the same file is being written")]
    Busy,
    /// More bytes than were announced.
    #[error("longer than announced")]
    TooLong,
    /// No room, no right, broken disk.
    #[error("staging folder: {0}")]
    Io(#[from] io::Error),
}

impl Staging {
    /// The staging area in the folder `root`, which is made if it is not there.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn folder(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        Ok(Self { root: root.into() })
    }

    /// How many bytes are held of an upload; 0 when none.
    ///
    /// # Errors
    /// [`StagingError::Io`].
    pub async fn held(&self, tenant: TenantId, upload: UploadId) -> Result<u64, StagingError> {
        let path = self.path(tenant, upload);
        off_thread(move || match fs::metadata(path) {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error.into()),
        })
        .await
    }

    /// Adds a piece at `offset` and says how many bytes are held then. Nothing is added on error, except that
    /// a full disk may leave part of the piece: the phone asks again.
    ///
    /// # Errors
    /// Every [`StagingError`].
    pub async fn append(
        &self,
        tenant: TenantId,
        upload: UploadId,
        offset: u64,
        piece: Vec<u8>,
        length: u64,
    ) -> Result<u64, StagingError> {
        let path = self.path(tenant, upload);
        off_thread(move || {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
            lock(&file)?;
            let held = file.metadata()?.len();
            if held != offset {
                return Err(StagingError::Offset { held });
            }
            let after = held.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            if after > length {
                return Err(StagingError::TooLong);
            }
            file.write_all(&piece)?;
            Ok(after)
        })
        .await
    }

    /// All bytes that are held.
    ///
    /// # Errors
    /// [`StagingError::Io`], also when there are none.
    pub async fn read(&self, tenant: TenantId, upload: UploadId) -> Result<Vec<u8>, StagingError> {
        let path = self.path(tenant, upload);
        off_thread(move || Ok(fs::read(path)?)).await
    }

    /// Lets go of what is held. Nothing there is no error.
    ///
    /// # Errors
    /// [`StagingError::Io`].
    pub async fn remove(&self, tenant: TenantId, upload: UploadId) -> Result<(), StagingError> {
        let path = self.path(tenant, upload);
        off_thread(move || match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        })
        .await
    }

    fn path(&self, tenant: TenantId, upload: UploadId) -> PathBuf {
        self.root.join(tenant.to_string()).join(format!("{upload}.part"))
    }
}

fn lock(file: &File) -> Result<(), StagingError> {
    file.try_lock().map_err(|error| match error {
        fs::TryLockError::WouldBlock => StagingError::Busy,
        fs::TryLockError::Error(error) => StagingError::Io(error),
    })
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StagingError> + Send + 'static,
) -> Result<T, StagingError> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use qige_kernel::{Entropy, Timestamp};

    use super::*;

    #[tokio::test]
    async fn pieces_are_added_where_the_last_ended() {
        let folder = tempfile::tempdir().unwrap();
        let staging = Staging::folder(folder.path()).unwrap();
        let (entropy, now) = (Entropy::seeded(1), Timestamp::from_micros(1_790_000_000_000_000));
        let (tenant, upload) = (entropy.id(now), entropy.id(now));
        assert_eq!(staging.held(tenant, upload).await.unwrap(), 0);
        assert_eq!(staging.append(tenant, upload, 0, b"abc".to_vec(), 5).await.unwrap(), 3);
        let again = staging.append(tenant, upload, 0, b"abc".to_vec(), 5).await;
        assert!(matches!(again, Err(StagingError::Offset { held: 3 })));
        let ahead = staging.append(tenant, upload, 4, b"e".to_vec(), 5).await;
        assert!(matches!(ahead, Err(StagingError::Offset { held: 3 })));
        let long = staging.append(tenant, upload, 3, b"def".to_vec(), 5).await;
        assert!(matches!(long, Err(StagingError::TooLong)));
        assert_eq!(staging.append(tenant, upload, 3, b"de".to_vec(), 5).await.unwrap(), 5);
        assert_eq!(staging.read(tenant, upload).await.unwrap(), b"abcde");
        staging.remove(tenant, upload).await.unwrap();
        staging.remove(tenant, upload).await.unwrap();
        assert_eq!(staging.held(tenant, upload).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn two_pieces_at_once_never_mix() {
        let folder = tempfile::tempdir().unwrap();
        let staging = Staging::folder(folder.path()).unwrap();
        let (entropy, now) = (Entropy::seeded(2), Timestamp::from_micros(1_790_000_000_000_000));
        let (tenant, upload) = (entropy.id(now), entropy.id(now));
        let tries = (0..8_u8).map(|number| {
            let staging = staging.clone();
            tokio::spawn(async move { staging.append(tenant, upload, 0, vec![number; 1000], 1000).await })
        });
        let mut added = 0;
        for one in tries.collect::<Vec<_>>() {
            added += u32::from(one.await.unwrap().is_ok());
        }
        let bytes = staging.read(tenant, upload).await.unwrap();
        assert_eq!((added, bytes.len()), (1, 1000));
        assert!(bytes.iter().all(|byte| *byte == bytes[0]));
    }
}

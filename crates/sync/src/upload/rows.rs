//! The SQL of uploads.

use qige_db::{DbError, Json, Tx, column_text, from_row, params, statements};
use qige_kernel::{ReportId, Timestamp, UploadId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

statements! {
    /// Nothing happens if the id is there already.
    BEGIN = "INSERT INTO uploads
        (tenant, id, owner, report, kind, length, sha256, state, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'receiving', $8, $9) ON CONFLICT (tenant, id) DO NOTHING";
    /// One upload; none if it never began.
    UPLOAD = "SELECT id, owner, report, kind, length, sha256, state, refusal, expires_at FROM uploads
        WHERE tenant = $1 AND id = $2";
    /// No row is touched when it has ended before.
    END = "UPDATE uploads SET state = $3, refusal = $4, finished_at = $5
        WHERE tenant = $1 AND id = $2 AND state = 'receiving'";
    /// Begun and never ended, or ended for a report that never came.
    EXPIRED = "SELECT id, owner, report, kind, length, sha256, state, refusal, expires_at FROM uploads
        WHERE tenant = $1 AND state = $2 AND expires_at < $3 ORDER BY expires_at LIMIT $4";
    /// Forgets an upload.
    FORGET = "DELETE FROM uploads WHERE tenant = $1 AND id = $2";
    /// Bytes announced by one owner that have not all come.
    UNDER_WAY = "SELECT CAST(COALESCE(SUM(length), 0) AS BIGINT), COUNT(*) FROM uploads
        WHERE tenant = $1 AND owner = $2 AND state = 'receiving'";
}

/// What an upload will become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// A photo.
    Photo,
    /// A voice note.
    Voice,
}

/// How far an upload has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// Bytes are coming.
    Receiving,
    /// It is an object now.
    Done,
    /// What came cannot be kept.
    Refused,
}

/// A name that stands for nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown name")]
pub struct UnknownName;

impl std::fmt::Display for FileKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Photo => "photo",
            Self::Voice => "voice",
        })
    }
}

impl std::str::FromStr for FileKind {
    type Err = UnknownName;
    fn from_str(name: &str) -> Result<Self, UnknownName> {
        [Self::Photo, Self::Voice].into_iter().find(|kind| kind.to_string() == name).ok_or(UnknownName)
    }
}

impl std::fmt::Display for UploadState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Receiving => "receiving",
            Self::Done => "done",
            Self::Refused => "refused",
        })
    }
}

impl std::str::FromStr for UploadState {
    type Err = UnknownName;
    fn from_str(name: &str) -> Result<Self, UnknownName> {
        [Self::Receiving, Self::Done, Self::Refused]
            .into_iter()
            .find(|state| state.to_string() == name)
            .ok_or(UnknownName)
    }
}

column_text!(FileKind, UploadState);

from_row! {
    /// An upload as it is known.
    pub struct Upload {
        /// The photo's own id, and later the object's.
        pub id: UploadId,
        /// The device or person that began it.
        pub owner: Uuid,
        /// For which report.
        pub report: ReportId,
        /// What it will become.
        pub kind: FileKind,
        /// Bytes in all.
        pub length: i64,
        /// SHA-256 of all bytes.
        pub sha256: [u8; 32],
        /// How far it has come.
        pub state: UploadState,
        /// Why it was refused.
        pub refusal: Option<Json<Said>>,
        /// When it is forgotten.
        pub expires_at: Timestamp,
    }
}

/// A refusal as it is kept, so that asking again gets the same answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Its code.
    pub code: String,
    /// The values in its sentence.
    pub args: std::collections::BTreeMap<String, String>,
}

/// What is announced of a new upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUpload {
    /// The photo's own id.
    pub id: UploadId,
    /// The device or person that begins it.
    pub owner: Uuid,
    /// For which report.
    pub report: ReportId,
    /// What it will become.
    pub kind: FileKind,
    /// Bytes in all.
    pub length: i64,
    /// SHA-256 of all bytes.
    pub sha256: [u8; 32],
}

/// One upload; none if it never began or was forgotten.
///
/// # Errors
/// [`DbError`].
pub async fn upload(tx: &mut Tx<'_>, id: UploadId) -> Result<Option<Upload>, DbError> {
    tx.optional(UPLOAD, params![tx.tenant(), id]).await
}

pub(super) async fn begin(
    tx: &mut Tx<'_>,
    new: &NewUpload,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    let tenant = tx.tenant();
    let values =
        params![tenant, new.id, new.owner, new.report, new.kind, new.length, new.sha256, now, expires_at];
    tx.execute(BEGIN, values).await.map(drop)
}

/// Ends an upload; false when it had ended before.
pub(super) async fn end(
    tx: &mut Tx<'_>,
    id: UploadId,
    state: UploadState,
    refusal: Option<&Said>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let refusal = refusal.cloned().map(Json);
    Ok(tx.execute(END, params![tx.tenant(), id, state, refusal, now]).await? > 0)
}

/// Bytes announced by one owner that have not all come, and in how many uploads.
pub(super) async fn under_way(tx: &mut Tx<'_>, owner: Uuid) -> Result<(i64, i64), DbError> {
    tx.one(UNDER_WAY, params![tx.tenant(), owner]).await
}

/// Uploads in a state whose time has come, oldest first.
pub(crate) async fn expired(
    tx: &mut Tx<'_>,
    state: UploadState,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Upload>, DbError> {
    tx.all(EXPIRED, params![tx.tenant(), state, now, limit]).await
}

/// Forgets an upload.
pub(crate) async fn forget(tx: &mut Tx<'_>, id: UploadId) -> Result<(), DbError> {
    tx.execute(FORGET, params![tx.tenant(), id]).await.map(drop)
}

//! One piece of a file as it arrives: put aside bit by bit, so that what came before the wire broke is not
//! sent again.

use axum::body::Body;
use http_body_util::BodyExt;
use qige_kernel::UploadId;
use qige_sync::Progress;
use uuid::Uuid;

use super::uploads::fault;
use crate::{Cx, Fault};

/// Bytes that are put aside at once: at one bar of signal (some 4 KB/s) a broken wire costs 16 seconds.
const PORTION_BYTES: usize = 64 * 1024;

/// Where a piece belongs.
#[derive(Clone, Copy, Debug)]
pub(super) struct From {
    pub(super) id: UploadId,
    pub(super) owner: Uuid,
    /// Bytes before it.
    pub(super) offset: u64,
}

/// Takes a piece, and says how far the file is then.
pub(super) async fn take(cx: &Cx, mut from: From, mut body: Body) -> Result<Progress, Fault> {
    let mut held = Vec::with_capacity(PORTION_BYTES);
    let mut progress = None;
    loop {
        match body.frame().await {
            None => break,
            Some(Ok(frame)) => {
                let Ok(data) = frame.into_data() else { continue };
                held.extend_from_slice(&data);
                if held.len() >= PORTION_BYTES {
                    progress = Some(append(cx, &mut from, std::mem::take(&mut held)).await?);
                }
            }
            Some(Err(error)) => {
                append(cx, &mut from, held).await?;
                return Err(Fault::unreadable("broken-off", error));
            }
        }
    }
    match progress {
        Some(progress) if held.is_empty() => Ok(progress),
        _ => append(cx, &mut from, held).await,
    }
}

async fn append(cx: &Cx, from: &mut From, bytes: Vec<u8>) -> Result<Progress, Fault> {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let uploads = &cx.app().uploads;
    let (owner, id) = (from.owner, from.id);
    let progress =
        uploads.append(cx.asker()?, owner, id, (from.offset, bytes), cx.now()).await.map_err(fault)?;
    from.offset = from.offset.saturating_add(length);
    Ok(progress)
}

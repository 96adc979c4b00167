//! The base map of the pages: what their islands are told of it, and the archive on this machine, by ranges.

use std::io::SeekFrom;
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::UNIX_EPOCH;

use axum::body::Body;
use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use qige_app::{BaseMap, Ground};
use serde::Serialize;
use tokio::fs::File;
use tokio::io::{self, AsyncReadExt, AsyncSeekExt};

use crate::{Access, Fault, Routes, State};

/// Where the archive lies for browsers, whatever its own name is: a folder's names are nobody's business.
pub(crate) const ADDRESS: &str = "/tiles/town.pmtiles";
/// Read at once; an answer of any length needs no more memory than this.
const PIECE_BYTES: usize = 64 * 1024;
/// A phone that looks at the same street tomorrow asks again; `ETag` says when the file was exchanged.
const CACHED: &str = "public, max-age=86400";

/// What the islands of a page are told.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct GroundOfPages {
    tiles: Option<String>,
    pmtiles: Option<String>,
    attribution: Option<String>,
}

/// What the islands of a page are told of this base map.
pub(crate) fn of_pages(map: &BaseMap) -> GroundOfPages {
    let (tiles, pmtiles) = match &map.ground {
        Ground::Plain => (None, None),
        Ground::Tiles(outside) => (Some(outside.address.clone()), None),
        Ground::Archive(_) => (None, Some(ADDRESS.to_owned())),
        Ground::FarArchive(outside) => (None, Some(outside.address.clone())),
    };
    GroundOfPages { tiles, pmtiles, attribution: map.attribution.clone() }
}

pub(crate) fn routes() -> Routes {
    Routes::of("assets").get(
        ADDRESS,
        Access::Public,
        "The base map under the grids (PMTiles), by ranges",
        archive,
    )
}

async fn archive(AxumState(state): AxumState<State>, headers: HeaderMap) -> Result<Response, Fault> {
    let Ground::Archive(path) = &state.settings().base_map.ground else { return Err(Fault::missing()) };
    answer(path, &headers).await.map_err(|error| {
        tracing::error!(%error, path = %path.display(), "the base map cannot be read");
        Fault::missing()
    })
}

async fn answer(path: &Path, headers: &HeaderMap) -> io::Result<Response> {
    let mut file = File::open(path).await?;
    let facts = file.metadata().await?;
    let changed = facts.modified()?.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
    let (length, tag) = (facts.len(), format!("\"{:x}-{changed:x}\"", facts.len()));
    let said = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    // Of a file that is another by now, a part would be put to parts of the old one (RFC 9110 §13.1.5).
    let same = said(header::IF_RANGE).is_none_or(|known| known == tag);
    let wanted =
        said(header::RANGE).filter(|_| same).map_or(Wanted::Whole, |range| Wanted::of(range, length));
    let (status, part) = match wanted {
        Wanted::Whole => (StatusCode::OK, 0..=length.saturating_sub(1)),
        Wanted::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Wanted::Beyond => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            put(&mut response, header::CONTENT_RANGE, &format!("bytes */{length}"));
            return Ok(response);
        }
    };
    let (first, last) = (*part.start(), *part.end());
    let bytes = last.saturating_sub(first).saturating_add(1).min(length);
    file.seek(SeekFrom::Start(first)).await?;
    let mut response = (status, Body::from_stream(pieces(file, bytes))).into_response();
    if status == StatusCode::PARTIAL_CONTENT {
        put(&mut response, header::CONTENT_RANGE, &format!("bytes {first}-{last}/{length}"));
    }
    for (name, value) in [
        (header::CONTENT_LENGTH, bytes.to_string().as_str()),
        (header::ACCEPT_RANGES, "bytes"),
        (header::ETAG, &tag),
        (header::CACHE_CONTROL, CACHED),
        // Its tiles are packed already, and a part of it must stay as it lies in the file.
        (header::CONTENT_TYPE, "application/octet-stream"),
    ] {
        put(&mut response, name, value);
    }
    Ok(response)
}

fn put(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// So many bytes from where the file stands.
pub(crate) fn pieces(file: File, bytes: u64) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(file.take(bytes), |mut rest| async move {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        let read = rest.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| (Bytes::from(piece), rest)))
    })
}

/// What of the file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part(RangeInclusive<u64>),
    /// Nothing of it is there.
    Beyond,
}

impl Wanted {
    /// One range in bytes. Several at once, or another unit, are answered with the whole, as RFC 9110 §14.2
    /// allows: no map asks so.
    fn of(range: &str, length: u64) -> Self {
        let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-'))
        else {
            return Self::Whole;
        };
        let part = match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(first), Ok(last)) if first <= last => (first, last),
            (Ok(first), Err(_)) if last.is_empty() => (first, u64::MAX),
            (Err(_), Ok(0)) if first.is_empty() => return Self::Beyond,
            (Err(_), Ok(from_end)) if first.is_empty() => (length.saturating_sub(from_end), u64::MAX),
            _ => return Self::Whole,
        };
        match length.checked_sub(1) {
            Some(end) if part.0 <= end => Self::Part(part.0..=part.1.min(end)),
            _ => Self::Beyond,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood_and_anything_else_is_the_whole() {
        for (range, wanted) in [
            ("bytes=0-9", Wanted::Part(0..=9)),
            ("bytes=90-", Wanted::Part(90..=99)),
            ("bytes=99-99", Wanted::Part(99..=99)),
            ("bytes=90-1000", Wanted::Part(90..=99)),
            ("bytes=-10", Wanted::Part(90..=99)),
            ("bytes=-1000", Wanted::Part(0..=99)),
            ("bytes=100-", Wanted::Beyond),
            ("bytes=100-200", Wanted::Beyond),
            ("bytes=-0", Wanted::Beyond),
            ("bytes=9-0", Wanted::Whole),
            ("bytes=0-9,20-29", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("lines=0-9", Wanted::Whole),
            ("", Wanted::Whole),
        ] {
            assert_eq!(Wanted::of(range, 100), wanted, "{range}");
        }
        assert_eq!(Wanted::of("bytes=0-", 0), Wanted::Beyond);
    }
}

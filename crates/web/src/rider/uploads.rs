//! Files in pieces: the HTTP of tus 1.0.0 with its extension `creation`
//! (<https://tus.io/protocols/resumable-upload>). What an upload is and when it is over, `qige-sync` knows.

use std::collections::HashMap;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use qige_blobs::photo::FILE_BYTES_MAX;
use qige_db::Failure;
use qige_kernel::{Refusal, RefusalKind, ReportId, UploadId};
use qige_sync::{FileKind, NewUpload, Progress, StagingError, UploadError};
use uuid::Uuid;

use super::piece;
use crate::{Access, BearerOnly, Cx, Fault, Path, Routes};

/// The protocol's version.
const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
/// Every answer and every request but `OPTIONS` names the version (§"Tus-Resumable").
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
/// "Checksum mismatch" in tus, beyond the statuses of HTTP.
const CHECKSUM_MISMATCH: u16 = 460;

pub(super) fn routes() -> Routes {
    Routes::of("outbox")
        .on(Method::OPTIONS, "/uploads", Access::Public, "What of tus is spoken here", options)
        .post("/uploads", Access::Device, "Begin the upload of a photo or voice note (tus 1.0.0)", create)
        .on(Method::HEAD, "/uploads/{id}", Access::Device, "How much of a file is here", head)
        .on(Method::PATCH, "/uploads/{id}", Access::Device, "The next piece of a file", patch)
}

async fn options() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(RESUMABLE, VERSION);
    headers.insert("tus-version", VERSION);
    headers.insert("tus-extension", HeaderValue::from_static("creation"));
    headers.insert("tus-max-size", HeaderValue::from(FILE_BYTES_MAX));
    response
}

async fn create(cx: Cx, _bearer: BearerOnly, headers: HeaderMap) -> Response {
    answered(begin(&cx, &headers).await)
}

async fn head(cx: Cx, Path(id): Path<UploadId>, headers: HeaderMap) -> Response {
    answered(look(&cx, id, &headers).await)
}

async fn patch(cx: Cx, _bearer: BearerOnly, Path(id): Path<UploadId>, request: Request) -> Response {
    answered(go_on(&cx, id, request).await)
}

/// The answer, or why not, with the protocol's header on either.
fn answered(answer: Result<Response, Fault>) -> Response {
    let mut response = answer.unwrap_or_else(Fault::into_response);
    response.headers_mut().insert(RESUMABLE, VERSION);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn begin(cx: &Cx, headers: &HeaderMap) -> Result<Response, Fault> {
    speaks_tus(headers)?;
    let new = announced(headers, owner(cx)?)?;
    let id = new.id;
    let progress = cx.app().uploads.begin(cx.asker()?, new, cx.now()).await.map_err(fault)?;
    let status = if progress.known { StatusCode::OK } else { StatusCode::CREATED };
    let mut response = told(status, &progress);
    if let Ok(location) = HeaderValue::from_str(&format!("/uploads/{id}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn look(cx: &Cx, id: UploadId, headers: &HeaderMap) -> Result<Response, Fault> {
    speaks_tus(headers)?;
    let uploads = &cx.app().uploads;
    let progress = uploads.progress(cx.asker()?, owner(cx)?, id, cx.now()).await.map_err(fault)?;
    Ok(told(StatusCode::OK, &progress))
}

async fn go_on(cx: &Cx, id: UploadId, request: Request) -> Result<Response, Fault> {
    let headers = request.headers();
    speaks_tus(headers)?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind != "application/offset+octet-stream" {
        return Err(Refusal::new(RefusalKind::Unsupported, "piece-of-another-kind").into());
    }
    let offset = number(headers, &OFFSET)?;
    let from = piece::From { id, owner: owner(cx)?, offset };
    let progress = piece::take(cx, from, request.into_body()).await?;
    Ok(told(StatusCode::NO_CONTENT, &progress))
}

/// To whom an upload belongs: a person, whichever phone goes on with it; else the phone.
fn owner(cx: &Cx) -> Result<Uuid, Fault> {
    let device = cx.device().ok_or_else(Fault::sign_in)?;
    Ok(device.person.map_or(device.device, |person| person.0))
}

fn speaks_tus(headers: &HeaderMap) -> Result<(), Fault> {
    if headers.get(&RESUMABLE) == Some(&VERSION) {
        return Ok(());
    }
    let refusal = Refusal::new(RefusalKind::Invalid, "tus-version-unknown");
    Err(Fault::new(StatusCode::PRECONDITION_FAILED, refusal))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Fault> {
    let value = headers.get(name).and_then(|value| value.to_str().ok()?.parse().ok());
    value.ok_or_else(|| Fault::unreadable("upload-header-odd", format!("{name} takes a number of bytes")))
}

/// What a phone says of a file before it sends it.
fn announced(headers: &HeaderMap, owner: Uuid) -> Result<NewUpload, Fault> {
    let length = i64::try_from(number(headers, &LENGTH)?).unwrap_or(i64::MAX);
    let metadata = headers.get("upload-metadata").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let metadata = metadata_of(metadata);
    let odd = |name: &'static str| {
        Fault::unreadable(
            "upload-header-odd",
            format!("Upload-Metadata needs {name}, and what it says is odd"),
        )
    };
    let text = |name: &'static str| metadata.get(name).map(String::as_str).ok_or_else(|| odd(name));
    let mut sha256 = [0; 32];
    hex::decode_to_slice(text("sha256")?, &mut sha256).map_err(|_| odd("sha256"))?;
    let spoken = metadata.get("filetype").is_some_and(|kind| kind.starts_with("audio/"));
    Ok(NewUpload {
        id: text("id")?.parse::<UploadId>().map_err(|_| odd("id"))?,
        owner,
        report: text("report")?.parse::<ReportId>().map_err(|_| odd("report"))?,
        kind: if spoken { FileKind::Voice } else { FileKind::Photo },
        length,
        sha256,
    })
}

/// Pairs of name and base64, separated by commas; what is no such pair is left out.
fn metadata_of(text: &str) -> HashMap<String, String> {
    let pairs = text.split(',').filter_map(|pair| {
        let (name, value) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
        let bytes = STANDARD.decode(value.trim()).ok()?;
        Some((name.to_owned(), String::from_utf8(bytes).ok()?))
    });
    pairs.collect()
}

fn told(status: StatusCode, progress: &Progress) -> Response {
    let mut response = status.into_response();
    response.headers_mut().insert(OFFSET, HeaderValue::from(progress.offset));
    response.headers_mut().insert(LENGTH, HeaderValue::from(progress.length));
    response
}

/// Why an upload did not go on, as tus says it.
pub(super) fn fault(error: UploadError) -> Fault {
    let unavailable = || Fault::from(Refusal::new(RefusalKind::Unavailable, "unavailable"));
    match error {
        UploadError::Failed(Failure::Refused(refusal)) if refusal.code == "upload-checksum" => {
            let status = StatusCode::from_u16(CHECKSUM_MISMATCH).unwrap_or(StatusCode::BAD_REQUEST);
            Fault::new(status, refusal)
        }
        UploadError::Failed(failure) => failure.into(),
        UploadError::Staging(StagingError::Offset { held }) => {
            Refusal::new(RefusalKind::Conflict, "upload-offset-other").with("held", held).into()
        }
        UploadError::Staging(StagingError::Busy) => {
            Fault::new(StatusCode::LOCKED, Refusal::new(RefusalKind::Conflict, "upload-busy"))
        }
        UploadError::Staging(StagingError::TooLong) => {
            Refusal::new(RefusalKind::TooLarge, "upload-longer-than-announced").into()
        }
        UploadError::Staging(StagingError::Io(error)) => {
            tracing::error!(%error, "the staging folder could not take a piece");
            unavailable()
        }
        UploadError::Store(error) => {
            tracing::error!(%error, "the object store could not take a file");
            unavailable()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap()));
        HeaderMap::from_iter(pairs)
    }

    fn encoded(pairs: &[(&str, &str)]) -> String {
        let pairs = pairs.iter().map(|(name, value)| format!("{name} {}", STANDARD.encode(value)));
        pairs.collect::<Vec<_>>().join(",")
    }

    #[test]
    fn an_announcement_is_read_or_says_what_is_odd() {
        let id = "019a0000-0000-7000-8000-000000000001";
        let sum = "ab".repeat(32);
        let full = [("id", id), ("sha256", &sum), ("filetype", "audio/webm"), ("report", id)];
        let said = headers(&[("upload-length", "9"), ("upload-metadata", &encoded(&full))]);
        let new = announced(&said, Uuid::nil()).unwrap();
        assert_eq!((new.kind, new.length, new.sha256[0]), (FileKind::Voice, 9, 0xab));
        for missing in ["id", "sha256", "report"] {
            let pairs: Vec<_> = full.iter().copied().filter(|(name, _)| *name != missing).collect();
            let said = headers(&[("upload-length", "9"), ("upload-metadata", &encoded(&pairs))]);
            assert_eq!(
                announced(&said, Uuid::nil()).unwrap_err().status,
                StatusCode::BAD_REQUEST,
                "{missing}"
            );
        }
        for length in ["", "-1", "many"] {
            let said = headers(&[("upload-length", length), ("upload-metadata", &encoded(&full))]);
            assert!(announced(&said, Uuid::nil()).is_err(), "{length}");
        }
        assert!(!metadata_of("id !!!, x").contains_key("id"));
    }

    #[test]
    fn whatever_a_phone_announces_is_read_or_refused() {
        let seeds = || {
            let id = "019a0000-0000-7000-8000-000000000001";
            let sum = "ab".repeat(32);
            let said = [("id", id), ("sha256", &sum), ("filetype", "audio/webm"), ("report", id)];
            vec![encoded(&said).into_bytes()]
        };
        let read = |bytes: &[u8]| {
            let Ok(metadata) = HeaderValue::from_bytes(bytes) else { return false };
            let headers =
                [(LENGTH, HeaderValue::from_static("9")), ("upload-metadata".parse().unwrap(), metadata)];
            announced(&HeaderMap::from_iter(headers), Uuid::nil()).is_ok()
        };
        let tried = qige_fuzz::for_a_while(&qige_fuzz::Target { name: "upload", seeds, read });
        println!("upload: {tried} texts in {} s", qige_fuzz::seconds());
    }

    #[test]
    fn each_no_has_its_status() {
        let status = |error: UploadError| fault(error).status.as_u16();
        let refused = |kind, code| UploadError::from(Refusal::new(kind, code));
        assert_eq!(status(refused(RefusalKind::Missing, "upload-missing")), 404);
        assert_eq!(status(refused(RefusalKind::Invalid, "upload-checksum")), 460);
        assert_eq!(status(refused(RefusalKind::Unsupported, "photo-heic")), 415);
        assert_eq!(status(StagingError::Offset { held: 3 }.into()), 409);
        assert_eq!(status(StagingError::Busy.into()), 423);
        assert_eq!(status(StagingError::TooLong.into()), 413);
        assert_eq!(status(StagingError::Io(std::io::Error::other("full")).into()), 503);
    }
}

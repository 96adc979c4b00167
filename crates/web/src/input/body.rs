//! Bodies as bytes: what kind, how large, from whom.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use qige_kernel::{Refusal, RefusalKind};
use serde_json::{Map, Value};

use super::reader;
use crate::{Cx, Face, Fault, State};

/// Bytes of a form or of JSON at most: a pasted table of a subdistrict's communities and grids fits ten
/// times.
pub const FORM_BYTES_MAX: usize = 256 * 1024;
/// Bytes of one file at most: what a 108-megapixel camera writes, before the phone has shrunk it.
pub const FILE_BYTES_MAX: usize = 25 * 1024 * 1024;
/// Files in one request at most.
pub const FILES_MAX: usize = 9;
/// Bytes of one request with files at most.
pub const UPLOAD_BYTES_MAX: usize = 60 * 1024 * 1024;
/// Fields beside the files at most.
const FIELDS_MAX: usize = 200;

/// One file of a multipart form.
#[derive(Clone, Debug)]
pub struct FilePart {
    /// The field's name.
    pub name: String,
    /// What the sender calls the file; never used as a path.
    pub file_name: String,
    /// What the sender says it is; what it is, its bytes tell.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A body that has been read, not yet of a type.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) tree: Value,
    pub(super) form: bool,
    pub(super) csrf: Option<String>,
    pub(super) key: Option<String>,
    pub(super) files: Vec<FilePart>,
}

enum Kind {
    Form,
    Json,
    Multipart,
    Nothing,
}

/// Reads a form or JSON.
pub(super) async fn plain(cx: &Cx, request: Request) -> Result<Sent, Fault> {
    let (parts, body) = request.into_parts();
    let mut sent = match kind(&parts.headers)? {
        Kind::Form => form(pairs(&whole(&parts.headers, body).await?)?, Vec::new()),
        Kind::Json => json(&whole(&parts.headers, body).await?)?.into(),
        Kind::Nothing => form(Vec::new(), Vec::new()),
        Kind::Multipart => return Err(unsupported(parts.headers.get(header::CONTENT_TYPE))),
    };
    sent.csrf = sent.csrf.or_else(|| header_text(&parts.headers, "x-csrf-token"));
    sent.key = header_text(&parts.headers, "idempotency-key").or(sent.key);
    checked(cx, sent)
}

/// Reads a form, JSON, or a form with files.
pub(super) async fn with_files(cx: &Cx, request: Request, state: &State) -> Result<Sent, Fault> {
    if !matches!(kind(request.headers())?, Kind::Multipart) {
        return plain(cx, request).await;
    }
    let (csrf, key) =
        (header_text(request.headers(), "x-csrf-token"), header_text(request.headers(), "idempotency-key"));
    refuse_large(request.headers(), UPLOAD_BYTES_MAX)?;
    let mut request = request;
    // Else two megabytes are all that is taken, which no phone's photo keeps to.
    DefaultBodyLimit::max(UPLOAD_BYTES_MAX).apply(&mut request);
    let multipart = Multipart::from_request(request, state).await;
    let mut multipart = multipart.map_err(|e| Fault::unreadable("malformed-multipart", e.body_text()))?;
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    // A file that is too large is refused only when the rest has been read: what was written beside it is
    // shown again then.
    let mut refused = None;
    while let Some(field) = multipart.next_field().await.map_err(|e| broken_off(&e))? {
        let name = field.name().unwrap_or_default().to_owned();
        if field.file_name().is_some() {
            match file(name, field).await {
                Ok(file) => files.extend(file),
                Err(fault) if fault.status == StatusCode::PAYLOAD_TOO_LARGE => {
                    refused = refused.or(Some(fault));
                }
                Err(fault) => return Err(fault),
            }
        } else {
            let bytes = limited(field, FORM_BYTES_MAX).await?;
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| not_utf8())?;
            fields.push((name, text));
        }
        if files.len() > FILES_MAX {
            return Err(Refusal::new(RefusalKind::TooLarge, "too-many-files").with("max", FILES_MAX).into());
        }
        if fields.len() > FIELDS_MAX {
            return Err(too_large(FORM_BYTES_MAX));
        }
    }
    let mut sent = form(fields, files);
    sent.csrf = sent.csrf.or(csrf);
    sent.key = key.or(sent.key);
    let sent = checked(cx, sent)?;
    refused.map_or(Ok(sent), Err)
}

fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// A session's request must show that it came from one of our pages; who has no session has nothing to forge.
fn checked(cx: &Cx, sent: Sent) -> Result<Sent, Fault> {
    // A program is not shown its form again.
    if cx.face() == Face::Html {
        cx.note_sent(&sent.tree);
    }
    if cx.csrf_holds(sent.csrf.as_deref()) {
        return Ok(sent);
    }
    Err(Refusal::new(RefusalKind::Forbidden, "page-too-old").into())
}

fn kind(headers: &HeaderMap) -> Result<Kind, Fault> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        // A bare POST (a button without fields, `curl -X POST`) says nothing and has no type.
        let empty = headers.get(header::CONTENT_LENGTH).is_none_or(|length| length == "0")
            && !headers.contains_key(header::TRANSFER_ENCODING);
        return if empty { Ok(Kind::Nothing) } else { Err(unsupported(None)) };
    };
    let text = value.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let odd_charset = text
        .to_ascii_lowercase()
        .split_once("charset=")
        .is_some_and(|(_, charset)| !matches!(charset.trim_matches(['"', ' ']), "utf-8" | "utf8"));
    match essence.as_str() {
        _ if odd_charset && essence != "multipart/form-data" => Err(unsupported(Some(value))),
        "application/x-www-form-urlencoded" => Ok(Kind::Form),
        "multipart/form-data" => Ok(Kind::Multipart),
        "application/json" => Ok(Kind::Json),
        other if other.starts_with("application/") && other.ends_with("+json") => Ok(Kind::Json),
        _ => Err(unsupported(Some(value))),
    }
}

fn unsupported(kind: Option<&HeaderValue>) -> Fault {
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let shown: String = kind.chars().filter(|c| !c.is_control()).take(60).collect();
    Fault::from(Refusal::new(RefusalKind::Unsupported, "unsupported-type"))
        .because(format!("content type {shown:?} is not taken here"))
}

fn too_large(max: usize) -> Fault {
    let kilobytes = max / 1024;
    Refusal::new(RefusalKind::TooLarge, "too-large").with("kilobytes", kilobytes).into()
}

fn not_utf8() -> Fault {
    Fault::unreadable("not-utf8", "text is UTF-8 here")
}

/// What says beforehand that it is too large need not be sent at all.
fn refuse_large(headers: &HeaderMap, max: usize) -> Result<(), Fault> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > max) { Err(too_large(max)) } else { Ok(()) }
}

async fn whole(headers: &HeaderMap, body: axum::body::Body) -> Result<Bytes, Fault> {
    refuse_large(headers, FORM_BYTES_MAX)?;
    match Limited::new(body, FORM_BYTES_MAX).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(FORM_BYTES_MAX)),
        Err(error) => Err(Fault::unreadable("broken-off", error)),
    }
}

/// The pairs of a form or a query.
pub(super) fn pairs(bytes: &[u8]) -> Result<Vec<(String, String)>, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| not_utf8())?;
    let parts = text.split('&').filter(|part| !part.is_empty());
    let pairs = parts.map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        Ok((decoded(name)?, decoded(value)?))
    });
    let pairs: Vec<_> = pairs.collect::<Result<_, Fault>>()?;
    if pairs.len() > FIELDS_MAX { Err(too_large(FORM_BYTES_MAX)) } else { Ok(pairs) }
}

/// Undoes percent-encoding (WHATWG URL §5.1), but refuses what the standard would silently replace.
fn decoded(text: &str) -> Result<String, Fault> {
    let malformed = || Fault::unreadable("malformed-form", "a % must be followed by two hexadecimal digits");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
                    return Err(malformed());
                };
                u8::try_from(high * 16 + low).map_err(|_| malformed())?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| not_utf8())
}

fn json(bytes: &[u8]) -> Result<Value, Fault> {
    if std::str::from_utf8(bytes).is_err() {
        return Err(not_utf8());
    }
    serde_json::from_slice(bytes).map_err(|error| Fault::unreadable("malformed-json", error))
}

fn form(pairs: Vec<(String, String)>, files: Vec<FilePart>) -> Sent {
    let mut sent = Sent { tree: Value::Null, form: true, csrf: None, key: None, files };
    let mut rest = Vec::with_capacity(pairs.len());
    for (name, text) in pairs {
        match name.as_str() {
            "_csrf" => sent.csrf = Some(text),
            "_key" if !text.is_empty() => sent.key = Some(text),
            // Other names of that kind are the page's own.
            _ if name.starts_with('_') => {}
            _ => rest.push((name, text)),
        }
    }
    sent.tree = reader::tree(rest);
    if sent.tree.is_null() {
        sent.tree = Value::Object(Map::new());
    }
    sent
}

async fn file(name: String, field: Field<'_>) -> Result<Option<FilePart>, Fault> {
    let file_name: String =
        field.file_name().unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect();
    let content_type = field.content_type().unwrap_or_default().to_owned();
    let large = |fault: Fault| match fault.status {
        StatusCode::PAYLOAD_TOO_LARGE if fault.refusal.code == "too-large" => {
            let refusal = Refusal::new(RefusalKind::TooLarge, "file-too-large");
            Fault::from(refusal.with("megabytes", FILE_BYTES_MAX / (1024 * 1024)))
        }
        _ => fault,
    };
    let bytes = limited(field, FILE_BYTES_MAX).await.map_err(|fault| large(fault).at(name.clone()))?;
    // A file field that nobody filled is sent with no name and no bytes; a named file without bytes is one
    // that a phone could not read.
    Ok((!bytes.is_empty() || !file_name.is_empty()).then_some(FilePart {
        name,
        file_name,
        content_type,
        bytes,
    }))
}

async fn limited(mut field: Field<'_>, max: usize) -> Result<Bytes, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|e| broken_off(&e))? {
        if bytes.len().saturating_add(chunk.len()) > max {
            return Err(too_large(max));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}

fn broken_off(error: &MultipartError) -> Fault {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return too_large(UPLOAD_BYTES_MAX);
        }
        cause = error.source();
    }
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large(UPLOAD_BYTES_MAX);
    }
    Fault::unreadable("malformed-multipart", error.body_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_exactly_or_refused() {
        let found = pairs("a=%E4%BD%A0+b&c&=&a=2".as_bytes()).unwrap();
        let found: Vec<_> = found.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(found, [("a", "你 b"), ("c", ""), ("", ""), ("a", "2")]);
        for (text, code) in [("a=%f", "malformed-form"), ("a=%zz", "malformed-form"), ("a=%ff", "not-utf8")] {
            assert_eq!(pairs(text.as_bytes()).unwrap_err().refusal.code, code, "{text}");
        }
        assert_eq!(pairs(&[0xff]).unwrap_err().refusal.code, "not-utf8");
        let many = "a=1&".repeat(FIELDS_MAX + 1);
        assert_eq!(pairs(many.as_bytes()).unwrap_err().status, StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[test]
    fn the_page_s_own_fields_are_not_the_type_s() {
        let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let sent = form(vec![pair("_csrf", "x"), pair("_key", "k"), pair("name", "n")], Vec::new());
        assert_eq!(sent.tree, serde_json::json!({"name": "n"}));
        assert_eq!((sent.csrf.as_deref(), sent.key.as_deref()), (Some("x"), Some("k")));
    }

    #[test]
    fn kinds_are_told_by_their_header() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, text.parse().unwrap());
            kind(&headers).map(|_| ()).map_err(|fault| fault.status.as_u16())
        };
        assert_eq!(of("application/json; charset=utf-8"), Ok(()));
        assert_eq!(of("application/merge-patch+json"), Ok(()));
        assert_eq!(of("application/json; charset=gbk"), Err(415));
        assert_eq!(of("text/plain"), Err(415));
    }
}

//! A file that is made while it is sent.

use std::io;
use std::marker::PhantomData;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use http::{HeaderValue, header};

use crate::render::encoded;

/// What sort of file it is.
pub(crate) trait FileKind {
    /// Its media type, as in RFC 6838.
    const MEDIA_TYPE: &'static str;
    /// What its name ends with.
    const ENDING: &'static str;
}

/// Comma-separated values (RFC 4180).
pub(crate) struct Csv;

impl FileKind for Csv {
    const MEDIA_TYPE: &'static str = "text/csv; charset=utf-8";
    const ENDING: &'static str = "csv";
}

/// A workbook (ECMA-376).
pub(crate) struct Xlsx;

impl FileKind for Xlsx {
    const MEDIA_TYPE: &'static str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    const ENDING: &'static str = "xlsx";
}

/// A file on its way out. Its length is not known before its end: where it cannot be finished, the
/// connection is cut without the sign of an end (RFC 9112 §8), so that nobody takes a part for the whole.
pub(crate) struct Download<K> {
    /// Its name without ending, as people read it.
    name: String,
    /// Its name in ASCII, for what reads no other.
    plain_name: String,
    body: Body,
    kind: PhantomData<fn() -> K>,
}

impl<K: FileKind> Download<K> {
    pub(crate) fn of<S>(name: String, plain_name: String, pieces: S) -> Self
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let pieces = pieces.inspect_err(|error| tracing::error!(%error, "a file could not be finished"));
        Self { name, plain_name, body: Body::from_stream(pieces), kind: PhantomData }
    }
}

impl<K: FileKind> IntoResponse for Download<K> {
    fn into_response(self) -> Response {
        let ending = K::ENDING;
        let (plain, name) = (format!("{}.{ending}", self.plain_name), format!("{}.{ending}", self.name));
        let mut response = self.body.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(K::MEDIA_TYPE));
        headers.insert(header::CONTENT_DISPOSITION, attachment_name(&plain, &name));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Language, Cookie, Authorization"));
        response
    }
}

/// To be saved under `name`; `plain` is an ASCII name for what reads no other (RFC 6266 §5).
pub(crate) fn attachment_name(plain: &str, name: &str) -> HeaderValue {
    let said = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encoded(name));
    HeaderValue::from_str(&said).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, stream};

    use super::*;

    #[tokio::test]
    async fn what_breaks_off_has_no_end() {
        let pieces = [Ok(Bytes::from_static(b"a,b\r\n")), Err(io::Error::other("the database went away"))];
        let file = Download::<Csv>::of("案卷".to_owned(), "cases".to_owned(), stream::iter(pieces));
        let response = file.into_response();
        let said = response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert_eq!(said, "attachment; filename=\"cases.csv\"; filename*=UTF-8''%E6%A1%88%E5%8D%B7.csv");
        let mut sent = response.into_body().into_data_stream();
        assert_eq!(sent.next().await.unwrap().unwrap(), "a,b\r\n");
        assert!(sent.next().await.unwrap().is_err(), "hyper cuts the connection on this");
    }
}

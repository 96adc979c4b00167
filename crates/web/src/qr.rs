//! Codes to be scanned, drawn as SVG.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use crate::Fault;

/// The drawing of a text, so many CSS pixels to a side at least.
///
/// # Errors
/// When the text is too long for any code, which is our fault.
pub(crate) fn drawn(text: &str, pixels: u32) -> Result<String, Fault> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|error| {
        tracing::error!(%error, "a text does not fit into a code");
        Fault::broken()
    })?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(pixels, pixels).build())
}

/// The picture of a text, so many CSS pixels to a side at least, with how long browsers may keep it
/// (`Cache-Control`).
///
/// # Errors
/// As [`drawn`].
pub(crate) fn picture(text: &str, pixels: u32, kept: &'static str) -> Result<Response, Fault> {
    let mut response = drawn(text, pixels)?.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    Ok(response)
}

//! Codes to be scanned, drawn as SVG.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use crate::Fault;

/// The picture of a text, so many CSS pixels to a side at least, with how long browsers may keep it
/// (`Cache-Control`).
///
/// # Errors
/// When the text is too long for any code, which is our fault.
pub(crate) fn picture(text: &str, pixels: u32, kept: &'static str) -> Result<Response, Fault> {
    let drawn = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|error| {
        tracing::error!(%error, "a text does not fit into a code");
        Fault::broken()
    })?;
    let mut response =
        drawn.render::<svg::Color<'_>>().min_dimensions(pixels, pixels).build().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    Ok(response)
}

//! Scripts, styles, icons: what the front end's build leaves, put into the binary.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;

use crate::{Access, Cx, Fault, Locale, Path, Routes, State};

/// A build without the front end has no files here, and its pages stay plain.
#[derive(RustEmbed)]
#[folder = "../../frontend/dist/"]
#[allow_missing = true]
struct Files;

/// Hashed names never change what they mean.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Unhashed names are asked for again each time, and mostly answered with 304.
const ASK_AGAIN: &str = "no-cache";

/// Where each logical name lies.
#[derive(Clone, Debug)]
pub struct Assets {
    names: Arc<BTreeMap<String, String>>,
    workshop: bool,
}

impl Assets {
    /// Reads the build's list; in a workshop it is read again each time.
    #[must_use]
    pub fn load(workshop: bool) -> Self {
        Self { names: Arc::new(names()), workshop }
    }

    /// The address of a logical name such as `app.css`; the name itself where the build did not list it.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        let fresh;
        let names = if self.workshop {
            fresh = names();
            &fresh
        } else {
            &*self.names
        };
        format!("/assets/{}", names.get(name).map_or(name, String::as_str))
    }

    /// The addresses of every script that must be there before the island `name` can run.
    #[must_use]
    pub fn preload(&self, name: &str) -> Vec<String> {
        let lists: BTreeMap<String, Vec<String>> = listed("preload.json");
        let files = lists.get(name).cloned().unwrap_or_default();
        files.iter().map(|file| format!("/assets/{file}")).collect()
    }

    /// Whether `file` is the hashed name of something in the list.
    fn is_hashed(&self, file: &str) -> bool {
        // Chunks that the list does not name are hashed too: `name-HASH.ext`.
        let stem = file.split('.').next().unwrap_or_default();
        let hash = stem.rsplit('-').next().unwrap_or_default();
        let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let looks_hashed = hash.len() == 8 && stem.len() > hash.len() + 1 && hash.bytes().all(upper);
        looks_hashed || self.names.iter().any(|(name, hashed)| hashed == file && name != file)
    }
}

fn names() -> BTreeMap<String, String> {
    listed("manifest.json")
}

/// A list that the build left.
fn listed<T: serde::de::DeserializeOwned + Default>(file: &str) -> T {
    Files::get(file).and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default()
}

/// The endpoints of this module.
pub(crate) fn routes() -> Routes {
    Routes::of("assets")
        .get("/assets/{file}", Access::Public, "A script, a style or a picture of the product", asset)
        .get("/sw.js", Access::Public, "The service worker", service_worker)
        .get("/manifest.webmanifest", Access::Public, "What an installed app is called", manifest)
        .get("/icon.svg", Access::Public, "The product's sign", icon)
        .get("/icon-192.png", Access::Public, "The product's sign, 192 pixels", icon_192)
        .get("/icon-512.png", Access::Public, "The product's sign, 512 pixels", icon_512)
        .get("/icon-maskable-512.png", Access::Public, "The product's sign, for masks", icon_maskable)
        .get("/apple-touch-icon.png", Access::Public, "The product's sign, for iOS", apple_icon)
        .get("/favicon.ico", Access::Public, "The product's sign, for old browsers", favicon)
}

async fn asset(
    AxumState(state): AxumState<State>,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Result<Response, Fault> {
    let cached = if state.assets().is_hashed(&file) { FOREVER } else { ASK_AGAIN };
    serve(&file, cached, &headers)
}

async fn service_worker(headers: HeaderMap) -> Result<Response, Fault> {
    serve("sw.js", ASK_AGAIN, &headers)
}

async fn manifest(cx: Cx, headers: HeaderMap) -> Result<Response, Fault> {
    let file = match cx.locale() {
        Locale::ZhHans => "manifest.webmanifest",
        Locale::En => "manifest.en.webmanifest",
    };
    let mut response = serve(file, ASK_AGAIN, &headers)?;
    let vary = HeaderValue::from_static("Accept-Encoding, Accept-Language, Cookie");
    response.headers_mut().insert(header::VARY, vary);
    Ok(response)
}

async fn icon(headers: HeaderMap) -> Result<Response, Fault> {
    serve("icon.svg", ASK_AGAIN, &headers)
}

async fn icon_192(headers: HeaderMap) -> Result<Response, Fault> {
    serve("icon-192.png", ASK_AGAIN, &headers)
}

async fn icon_512(headers: HeaderMap) -> Result<Response, Fault> {
    serve("icon-512.png", ASK_AGAIN, &headers)
}

async fn icon_maskable(headers: HeaderMap) -> Result<Response, Fault> {
    serve("icon-maskable-512.png", ASK_AGAIN, &headers)
}

async fn apple_icon(headers: HeaderMap) -> Result<Response, Fault> {
    serve("apple-touch-icon.png", ASK_AGAIN, &headers)
}

async fn favicon(headers: HeaderMap) -> Result<Response, Fault> {
    serve("favicon.ico", ASK_AGAIN, &headers)
}

/// Ways in which the build packs files, the smaller first: what goes into the header, and how the name ends.
const PACKINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// The file in the smallest form that the browser takes, and how that is packed.
fn smallest(file: &str, headers: &HeaderMap) -> Option<(rust_embed::EmbeddedFile, Option<&'static str>)> {
    // What lies there packed is a form of its file, and has no address of its own.
    if PACKINGS.iter().any(|(_, ending)| file.rsplit('.').next() == Some(ending)) {
        return None;
    }
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let accepted: Vec<&str> = accepted.flat_map(|value| value.split(',')).map(str::trim).collect();
    let packed = PACKINGS.into_iter().filter(|(name, _)| takes(&accepted, name));
    let mut packed =
        packed.filter_map(|(name, ending)| Some((Files::get(&format!("{file}.{ending}"))?, Some(name))));
    packed.next().or_else(|| Some((Files::get(file)?, None)))
}

/// Whether the browser names this packing, and not only to refuse it (RFC 9110 §12.5.3).
fn takes(accepted: &[&str], name: &str) -> bool {
    accepted.iter().any(|one| {
        let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        coding.trim().eq_ignore_ascii_case(name) && weight > 0.0
    })
}

/// A file as it is; 304 when the browser has it.
fn serve(file: &str, cached: &'static str, headers: &HeaderMap) -> Result<Response, Fault> {
    let (found, packing) = smallest(file, headers).ok_or_else(Fault::missing)?;
    let tag = format!("\"{}\"", hex::encode(found.metadata.sha256_hash().get(..12).unwrap_or_default()));
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match found.data {
            Cow::Borrowed(bytes) => bytes.into_response(),
            Cow::Owned(bytes) => bytes.into_response(),
        }
    };
    let put = |response: &mut Response, name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    put(&mut response, header::CONTENT_TYPE, content_type(file));
    put(&mut response, header::CACHE_CONTROL, cached);
    put(&mut response, header::VARY, "Accept-Encoding");
    if let Some(packing) = packing {
        put(&mut response, header::CONTENT_ENCODING, packing);
    }
    put(&mut response, header::ETAG, &tag);
    Ok(response)
}

fn content_type(file: &str) -> &'static str {
    match file.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "html" => "text/html; charset=utf-8",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names_are_known_by_their_look_and_by_the_list() {
        let names = BTreeMap::from([("app.css".to_owned(), "app-7H2K9QX1.css".to_owned())]);
        let assets = Assets { names: Arc::new(names), workshop: false };
        assert_eq!(assets.url("app.css"), "/assets/app-7H2K9QX1.css");
        assert_eq!(assets.url("icon.svg"), "/assets/icon.svg");
        assert!(assets.is_hashed("app-7H2K9QX1.css") && assets.is_hashed("chunk-AAAA1111.js"));
        assert!(!assets.is_hashed("icon.svg") && !assets.is_hashed("icon-maskable-512.png"));
    }

    #[test]
    fn the_smallest_form_that_a_browser_takes_is_sent() {
        let asked = |accepts: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepts));
            headers
        };
        // Without the front end's build there is nothing to send.
        let Ok(plain) = serve("sw.js", ASK_AGAIN, &HeaderMap::new()) else { return };
        assert_eq!(plain.headers().get(header::CONTENT_ENCODING), None);
        let mut tags = vec![plain.headers().get(header::ETAG).unwrap().clone()];
        for (accepts, packing) in
            [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip")]
        {
            let response = serve("sw.js", ASK_AGAIN, &asked(accepts)).unwrap();
            assert_eq!(response.headers().get(header::CONTENT_ENCODING).unwrap(), packing, "{accepts}");
            assert_eq!(
                response.headers().get(header::CONTENT_TYPE).unwrap(),
                "text/javascript; charset=utf-8"
            );
            tags.push(response.headers().get(header::ETAG).unwrap().clone());
        }
        assert!(
            tags[0] != tags[1] && tags[1] != tags[2] && tags[2] == tags[3],
            "a form has a tag of its own"
        );
        assert!(
            serve("sw.js", ASK_AGAIN, &asked("identity"))
                .unwrap()
                .headers()
                .get(header::CONTENT_ENCODING)
                .is_none()
        );
        assert!(serve("sw.js.br", ASK_AGAIN, &HeaderMap::new()).is_err());
    }

    #[test]
    fn a_name_with_folders_in_it_is_nothing() {
        for file in ["../Cargo.toml", "/etc/passwd", ".."] {
            assert!(serve(file, ASK_AGAIN, &HeaderMap::new()).is_err(), "{file}");
        }
    }
}

//! Headers that every answer carries.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use qige_app::Settings;

/// How long a browser that saw us with HTTPS insists on it: two years, what the preload lists ask for.
const HSTS: &str = "max-age=63072000; includeSubDomains";
/// Position, camera and microphone for our own pages, and nothing for anybody else's.
const PERMISSIONS: &str = "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()";

/// The headers, made once.
#[derive(Debug)]
pub(crate) struct Security(Vec<(HeaderName, HeaderValue)>);

impl Security {
    pub(crate) fn new(settings: &Settings) -> Self {
        let fixed = |name: HeaderName, value: &'static str| (name, HeaderValue::from_static(value));
        let mut headers = vec![
            fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            fixed(header::X_FRAME_OPTIONS, "DENY"),
            fixed(header::REFERRER_POLICY, "same-origin"),
            fixed(HeaderName::from_static("permissions-policy"), PERMISSIONS),
            fixed(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            fixed(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        ];
        if let Ok(policy) = HeaderValue::from_str(&policy(settings)) {
            headers.push((header::CONTENT_SECURITY_POLICY, policy));
        }
        Self(headers)
    }

    /// Puts what is missing.
    pub(crate) fn add(&self, headers: &mut HeaderMap, secure: bool) {
        for (name, value) in &self.0 {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        if secure {
            let insists = HeaderValue::from_static(HSTS);
            headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(insists);
        }
    }
}

/// What a page may load: our own, and the tiles of the configured host.
fn policy(settings: &Settings) -> String {
    let tiles = settings.tile_template.as_deref().and_then(origin).map(|origin| format!(" {origin}"));
    let tiles = tiles.unwrap_or_default();
    format!(
        "default-src 'self'; img-src 'self' data: blob:{tiles}; worker-src 'self' blob:; \
         connect-src 'self'{tiles}; media-src 'self' blob:; object-src 'none'; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self'"
    )
}

/// Scheme and host of a URL; none when it is of another kind, or would end the directive.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split('/').next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '*');
    let host = host.replace("{s}", "*");
    (matches!(scheme, "http" | "https") && !host.is_empty() && host.chars().all(plain))
        .then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_host_is_let_in_and_nothing_else() {
        let mut settings = Settings::standard("/nowhere".into());
        assert!(policy(&settings).contains("connect-src 'self';"));
        settings.tile_template = Some("https://{s}.tiles.example/{z}/{x}/{y}.png".to_owned());
        assert!(policy(&settings).contains("connect-src 'self' https://*.tiles.example;"));
        assert!(policy(&settings).contains("img-src 'self' data: blob: https://*.tiles.example;"));
        settings.tile_template = Some("https://x; script-src *".to_owned());
        assert!(!policy(&settings).contains("script-src"));
    }
}

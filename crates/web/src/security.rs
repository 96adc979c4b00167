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

/// What a page may load: our own, and the base map of the one host that whoever runs the server named.
fn policy(settings: &Settings) -> String {
    let tiles = settings.base_map.outside().map(|outside| format!(" {}", outside.origin)).unwrap_or_default();
    format!(
        "default-src 'self'; img-src 'self' data: blob:{tiles}; worker-src 'self' blob:; \
         connect-src 'self'{tiles}; media-src 'self' blob:; object-src 'none'; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self'"
    )
}

#[cfg(test)]
mod tests {
    use qige_app::{BaseMap, Ground};

    use super::*;

    #[test]
    fn a_tile_host_is_let_in_and_nothing_else() {
        let mut settings = Settings::standard("/nowhere".into());
        let nobody = policy(&settings);
        assert!(nobody.contains("connect-src 'self';") && nobody.contains("img-src 'self' data: blob:;"));
        settings.base_map.ground = BaseMap::tiles("https://tiles.example:8443/{z}/{x}/{y}.png").unwrap();
        let host = " https://tiles.example:8443;";
        assert!(policy(&settings).contains(&format!("connect-src 'self'{host}")));
        assert!(policy(&settings).contains(&format!("img-src 'self' data: blob:{host}")));
        assert_eq!(policy(&settings).replace(" https://tiles.example:8443", ""), nobody);
        settings.base_map.ground = Ground::Archive("/maps/town.pmtiles".into());
        assert_eq!(policy(&settings), nobody, "our own file needs nobody let in");
    }
}

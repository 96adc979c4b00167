//! Who is at the other end of the wire, as far as our own proxies can be believed.

use std::net::{IpAddr, Ipv4Addr};

use http::request::Parts;
use http::{HeaderMap, header};
use qige_app::Settings;

use super::{OverTls, connected, host};

/// The client's address: the one that the outermost of our proxies saw. Each of them appends to
/// `X-Forwarded-For` whom it saw, so what stands further left was made up by somebody else.
pub(super) fn address(request: &Parts, settings: &Settings) -> IpAddr {
    let direct = connected(request).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let hops = usize::from(settings.trusted_hops);
    if hops == 0 {
        return direct;
    }
    let lines = request.headers.get_all("x-forwarded-for");
    let seen: Vec<&str> =
        lines.iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).collect();
    seen.len().checked_sub(hops).and_then(|at| seen.get(at)?.trim().parse().ok()).unwrap_or(direct)
}

/// Whether the browser speaks HTTPS with us, or with our outermost proxy.
pub(super) fn is_secure(request: &Parts, settings: &Settings) -> bool {
    if request.extensions.get::<OverTls>().is_some() {
        return true;
    }
    let forwarded = request.headers.get("x-forwarded-proto").and_then(|proto| proto.to_str().ok());
    settings.trusted_hops > 0 && forwarded.is_some_and(|proto| proto.trim().starts_with("https"))
}

/// Whether a browser says that the request comes from one of our pages. A program that says nothing is
/// believed: it has no cookie to be misused.
pub(super) fn is_own_origin(request: &Parts) -> bool {
    let headers = &request.headers;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin_host(origin) == Some(host(request)),
        (None, None) => true,
    }
}

fn origin_host(origin: &str) -> Option<String> {
    let authority = origin.split_once("://")?.1;
    let name = authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    Some(name.map_or(authority, |(name, _)| name).to_ascii_lowercase())
}

/// Path and query of the page of ours that the request came from.
pub(super) fn referring_page(headers: &HeaderMap, host: &str) -> Option<String> {
    let referrer = headers.get(header::REFERER)?.to_str().ok()?;
    let authority = referrer.split_once("://")?.1;
    let (found, path) = authority.split_once('/')?;
    let found = origin_host(&format!("x://{found}"))?;
    let path = path.split('#').next().unwrap_or_default();
    // `//elsewhere` would be another host.
    (found == host && !path.starts_with(['/', '\\'])).then(|| format!("/{path}"))
}

#[cfg(test)]
mod tests {
    use axum::extract::ConnectInfo;
    use http::Request;
    use std::net::SocketAddr;

    use super::*;

    fn request(headers: &[(&str, &str)]) -> Parts {
        let builder =
            headers.iter().fold(Request::builder(), |builder, (name, value)| builder.header(*name, *value));
        let mut request = builder.body(()).unwrap().into_parts().0;
        let peer: SocketAddr = "10.0.0.1:5000".parse().unwrap();
        request.extensions.insert(ConnectInfo(peer));
        request
    }

    #[test]
    fn only_as_many_proxies_are_believed_as_are_ours() {
        let mut settings = Settings::standard("/nowhere".into());
        let asked = request(&[("x-forwarded-for", "1.1.1.1, 2.2.2.2"), ("x-forwarded-for", "3.3.3.3")]);
        let found = |hops: u8, settings: &mut Settings| {
            settings.trusted_hops = hops;
            address(&asked, settings).to_string()
        };
        for (hops, seen) in [(0, "10.0.0.1"), (1, "3.3.3.3"), (2, "2.2.2.2"), (3, "1.1.1.1"), (4, "10.0.0.1")]
        {
            assert_eq!(found(hops, &mut settings), seen);
        }
    }

    #[test]
    fn another_site_is_told_by_what_the_browser_says() {
        let own = |headers: &[(&str, &str)]| is_own_origin(&request(headers));
        assert!(own(&[("host", "qige.example:8080"), ("origin", "http://qige.example:8080")]));
        assert!(!own(&[("host", "qige.example"), ("origin", "https://evil.example")]));
        assert!(!own(&[("host", "qige.example"), ("origin", "null")]));
        assert!(!own(&[("sec-fetch-site", "cross-site")]) && !own(&[("sec-fetch-site", "same-site")]));
        assert!(own(&[("sec-fetch-site", "same-origin")]) && own(&[]));
    }

    #[test]
    fn the_page_before_is_ours_or_nothing() {
        let page = |referrer: &str| {
            let headers = HeaderMap::from_iter([(header::REFERER, referrer.parse().unwrap())]);
            referring_page(&headers, "qige.example")
        };
        assert_eq!(page("https://qige.example/cases?state=filed#x").as_deref(), Some("/cases?state=filed"));
        assert_eq!(page("https://qige.example:8443/").as_deref(), Some("/"));
        assert_eq!(page("https://evil.example/cases"), None);
        assert_eq!(page("https://qige.example//evil.example/cases"), None);
    }
}

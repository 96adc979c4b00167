//! Where a call goes.

use std::fmt;
use std::str::FromStr;

use http::Uri;
use http::uri::Scheme;

/// Characters of an address at most, as web servers take them.
const ADDRESS_CHARS_MAX: usize = 2_048;

/// An address of HTTP or HTTPS: a host, without a user in front. Path and query may hold a key, so they are
/// shown nowhere but to whom the call goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Destination(Uri);

/// Text that is no such address. Does not repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no address that begins with https:// or http:// and then names a host")]
pub struct DestinationError;

impl Destination {
    /// The host: a name, or an address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port_u16().unwrap_or(if self.is_tls() { 443 } else { 80 })
    }

    /// Whether the connection is encrypted.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.0.scheme() == Some(&Scheme::HTTPS)
    }

    /// Scheme, host and port, as the origin of RFC 6454.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = if self.is_tls() { "https" } else { "http" };
        format!("{scheme}://{}", self.authority())
    }

    /// What stands in `Host`.
    pub(super) fn authority(&self) -> &str {
        self.0.authority().map_or("", http::uri::Authority::as_str)
    }

    /// What stands in the request's first line.
    pub(super) fn path(&self) -> &str {
        self.0.path_and_query().map_or("/", http::uri::PathAndQuery::as_str)
    }

    /// The whole of it, secrets too: to be kept under lock.
    #[must_use]
    pub fn reveal(&self) -> String {
        self.0.to_string()
    }
}

impl FromStr for Destination {
    type Err = DestinationError;

    fn from_str(text: &str) -> Result<Self, DestinationError> {
        let text = text.trim();
        if text.len() > ADDRESS_CHARS_MAX {
            return Err(DestinationError);
        }
        // Without what stands behind `#`, which is never sent.
        let text = text.split('#').next().unwrap_or_default();
        let uri: Uri = text.parse().map_err(|_| DestinationError)?;
        let is_web = [Scheme::HTTP, Scheme::HTTPS].iter().any(|scheme| uri.scheme() == Some(scheme));
        let authority = uri.authority().ok_or(DestinationError)?;
        if !is_web || authority.host().is_empty() || authority.as_str().contains('@') {
            return Err(DestinationError);
        }
        Ok(Self(uri))
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Destination({}/…)", self.origin())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart_and_not_shown() {
        for (text, host, port, path) in [
            ("https://sms.example/send?key=secret", "sms.example", 443, "/send?key=secret"),
            ("http://10.0.0.1:8080", "10.0.0.1", 8080, "/"),
            (" https://[2400:3200::1]/x#y ", "2400:3200::1", 443, "/x"),
        ] {
            let to: Destination = text.parse().unwrap();
            assert_eq!((to.host(), to.port(), to.path()), (host, port, path));
            assert!(!format!("{to:?}").contains("secret"));
        }
        let long = format!("https://a.example/{}", "x".repeat(ADDRESS_CHARS_MAX));
        for wrong in [
            "",
            "sms.example",
            "ftp://sms.example",
            "https://",
            "https:///x",
            "https://u:p@host.example/",
            "file:///etc/passwd",
            "https://a b/",
            "//host/",
            &long,
        ] {
            assert!(wrong.parse::<Destination>().is_err(), "{wrong}");
        }
    }
}

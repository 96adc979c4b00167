//! How long a connection may do nothing, and how many come from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::limits::By;

/// What a connection may take. A slow client holds a connection, not a thread; these say for how long.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionBounds {
    /// Connections from one address at once, of IPv6 from one /64 network; 0: as many as there are places.
    pub per_address: usize,
    /// From the connection to the end of its TLS handshake.
    pub handshake: Duration,
    /// From there to the end of the first request's headers.
    pub headers: Duration,
    /// Between an answer and the next request.
    pub idle: Duration,
    /// For as long nothing of an answer may be taken by whoever asked for it.
    pub stalled: Duration,
    /// After such a silence whoever speaks HTTP/2 is asked whether they are there, and has as long to answer.
    pub ping: Duration,
}

impl Default for ConnectionBounds {
    fn default() -> Self {
        Self {
            // An eighth of all places: a mobile network's or a hall's address stands for hundreds of phones.
            per_address: 512,
            handshake: Duration::from_secs(10),
            headers: Duration::from_secs(15),
            idle: Duration::from_secs(75),
            // At the edge of a network a phone takes some kilobytes a second, and the system says that there
            // is room only once a third of its buffer is free.
            stalled: Duration::from_secs(60),
            ping: Duration::from_secs(30),
        }
    }
}

/// Connections by where they come from.
pub(super) struct Addresses {
    most: usize,
    /// Whether a proxy of one's own stands in front, whose address then stands for everybody.
    behind_proxy: bool,
    open: Open,
}

/// The place of one connection among those of its address, where these are counted.
pub(super) struct Place(Option<(By, Open)>);

type Open = Arc<Mutex<HashMap<By, usize>>>;

impl Addresses {
    pub(super) fn new(most: usize, behind_proxy: bool) -> Self {
        Self { most, behind_proxy, open: Arc::default() }
    }

    /// A place, if there is one.
    pub(super) fn place(&self, address: IpAddr) -> Option<Place> {
        let proxy = self.behind_proxy && is_near(address.to_canonical());
        if self.most == 0 || proxy {
            return Some(Place(None));
        }
        let by = By::address(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(by).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place(Some((by, self.open.clone()))))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((by, open)) = &self.0 else { return };
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        match open.get_mut(by) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(open.remove(by)),
        }
    }
}

/// Where one's own proxies stand: this machine and networks that the internet does not reach (RFC 1918,
/// RFC 4193, RFC 3927, RFC 4291).
fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_places_and_gets_them_back() {
        let all = Addresses::new(2, false);
        let at = |address: &str| all.place(address.parse().unwrap());
        let (first, second) = (at("10.0.0.1"), at("::ffff:10.0.0.1"));
        assert!(first.is_some() && second.is_some() && at("10.0.0.1").is_none());
        assert!(at("10.0.0.2").is_some(), "another address has its own");
        drop(first);
        assert!(at("10.0.0.1").is_some());
        let held = [at("2001:db8::1"), at("2001:db8::2")];
        assert!(at("2001:db8::3").is_none(), "one network of IPv6 is one subscriber");
        drop((held, second));
        assert!(all.open.lock().unwrap().is_empty(), "what nobody holds is forgotten");
    }

    #[test]
    fn a_proxy_of_ones_own_stands_for_everybody() {
        let all = Addresses::new(1, true);
        for address in ["127.0.0.1", "::1", "192.168.3.4", "fd00::1"] {
            let places: Vec<_> = (0..3).map(|_| all.place(address.parse().unwrap())).collect();
            assert!(places.iter().all(Option::is_some), "{address}");
        }
        let held = all.place("203.0.113.7".parse().unwrap());
        assert!(held.is_some() && all.place("203.0.113.7".parse().unwrap()).is_none(), "who comes past it");
        let without = Addresses::new(0, false);
        let places: Vec<_> = (0..9).map(|_| without.place("203.0.113.7".parse().unwrap())).collect();
        assert!(places.iter().all(Option::is_some));
    }
}

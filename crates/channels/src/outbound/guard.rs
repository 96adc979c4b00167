//! Which addresses may be spoken to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Networks of IPv4 that are nobody's on the internet: the special-purpose registry of IANA (RFC 6890), with
/// multicast (RFC 5771) and what is reserved (RFC 1112).
const CLOSED_V4: [(Ipv4Addr, u8); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];
/// What of IPv6 is anybody's on the internet (RFC 4291 §2.4): all else is loopback, link-local, unique local,
/// multicast, mapped or translated.
const OPEN_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// Within that: protocol assignments with Teredo (RFC 2928, RFC 4380), documentation (RFC 3849, RFC 9637) and
/// 6to4, which hides an address of IPv4 (RFC 3056).
const CLOSED_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// What may be spoken to besides public addresses: hosts by name and networks, as whoever runs the server
/// names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    hosts: Vec<String>,
    networks: Vec<(IpAddr, u8)>,
}

/// Text that names neither a host nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither the name of a host nor a network such as 10.1.0.0/16")]
pub struct AllowedError(String);

impl Allowed {
    /// What these allow and what those do.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.hosts.extend(others.hosts);
        self.networks.extend(others.networks);
        self
    }

    /// Whether that host may be spoken to at that address.
    pub(super) fn lets(&self, host: &str, ip: IpAddr) -> bool {
        is_public(ip.to_canonical()) || self.names(host, ip)
    }

    /// Whether that host or that address is one of those that were named.
    pub(super) fn names(&self, host: &str, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.networks.iter().any(|(network, bits)| within(ip, *network, *bits))
            || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    /// Whether a host may be spoken to in clear as it is written: this machine, and what was named. What a
    /// name stands for is not asked.
    #[must_use]
    pub fn takes_in_clear(&self, host: &str) -> bool {
        let ip = host.parse().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        host.eq_ignore_ascii_case("localhost") || ip.is_loopback() || self.names(host, ip)
    }
}

impl FromStr for Allowed {
    type Err = AllowedError;

    /// Reads names, addresses and networks with commas between them.
    fn from_str(text: &str) -> Result<Self, AllowedError> {
        let mut allowed = Self::default();
        for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
            let wrong = || AllowedError(one.to_owned());
            if let Some((network, bits)) = one.split_once('/') {
                let network: IpAddr = network.parse().map_err(|_| wrong())?;
                let bits = bits.parse().ok().filter(|bits| *bits <= width(network)).ok_or_else(wrong)?;
                allowed.networks.push((network, bits));
            } else if let Ok(ip) = one.parse::<IpAddr>() {
                allowed.networks.push((ip, width(ip)));
            } else if one.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')) {
                allowed.hosts.push(one.to_ascii_lowercase());
            } else {
                return Err(wrong());
            }
        }
        Ok(allowed)
    }
}

const fn width(ip: IpAddr) -> u8 {
    match ip {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// Whether an address belongs to somebody on the internet.
fn is_public(ip: IpAddr) -> bool {
    let among = |closed: &[(IpAddr, u8)]| closed.iter().any(|(network, bits)| within(ip, *network, *bits));
    match ip {
        IpAddr::V4(_) => !among(&CLOSED_V4.map(|(network, bits)| (network.into(), bits))),
        IpAddr::V6(_) => {
            within(ip, OPEN_V6.0.into(), OPEN_V6.1)
                && !among(&CLOSED_V6.map(|(network, bits)| (network.into(), bits)))
        }
    }
}

fn within(ip: IpAddr, network: IpAddr, bits: u8) -> bool {
    let bits = u32::from(bits);
    match (ip, network) {
        (IpAddr::V4(ip), IpAddr::V4(network)) => {
            let differing = u32::from(ip) ^ u32::from(network);
            differing.checked_shr(32_u32.saturating_sub(bits)).unwrap_or_default() == 0
        }
        (IpAddr::V6(ip), IpAddr::V6(network)) => {
            let differing = u128::from(ip) ^ u128::from(network);
            differing.checked_shr(128_u32.saturating_sub(bits)).unwrap_or_default() == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_spoken_to() {
        let none = Allowed::default();
        for closed in [
            "0.0.0.0",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.0.1",
            "198.19.0.1",
            "224.0.0.251",
            "239.255.255.255",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fec0::1",
            "100::1",
        ] {
            assert!(!none.lets("host.example", closed.parse().unwrap()), "{closed}");
        }
        for open in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.0.0.1",
            "128.0.0.1",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.1.1",
            "198.17.0.1",
            "223.255.255.254",
            "::ffff:114.114.114.114",
            "2400:3200::1",
            "2606:4700::1111",
            "2001:4860:4860::8888",
        ] {
            assert!(none.lets("host.example", open.parse().unwrap()), "{open}");
        }
    }

    #[test]
    fn what_was_named_is_spoken_to_besides() {
        let allowed: Allowed = "sms.intranet, 10.1.0.0/16,127.0.0.1,fd00::/8".parse().unwrap();
        for (host, ip, lets) in [
            ("sms.intranet", "192.168.3.4", true),
            ("SMS.intranet", "192.168.3.4", true),
            ("evil.sms.intranet", "192.168.3.4", false),
            ("any", "10.1.255.255", true),
            ("any", "::ffff:10.1.2.3", true),
            ("any", "10.2.0.0", false),
            ("any", "127.0.0.1", true),
            ("any", "127.0.0.2", false),
            ("any", "fd12::1", true),
            ("any", "fe80::1", false),
        ] {
            assert_eq!(allowed.lets(host, ip.parse().unwrap()), lets, "{host} {ip}");
        }
        assert_eq!("".parse::<Allowed>().unwrap(), Allowed::default());
        let all: Allowed = "0.0.0.0/0".parse().unwrap();
        assert!(all.lets("any", "10.0.0.1".parse().unwrap()));
        for wrong in ["10.0.0.0/33", "::/129", "10.0.0/8", "http://host", "*", "a b", "10.0.0.0/x"] {
            assert!(wrong.parse::<Allowed>().is_err(), "{wrong}");
        }
    }
}

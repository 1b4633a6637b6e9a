//! Which addresses are for everybody in the world, and which are somebody's own.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// What is nobody's public address (IANA's registry of special-purpose addresses of IPv4).
const PRIVATE_V4: [(Ipv4Addr, u8, &str); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8, "this machine"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "a private network"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "the network of a carrier"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "this machine"),
    // Clouds tell their machines keys there.
    (Ipv4Addr::new(169, 254, 0, 0), 16, "the local link"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "a private network"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "a reserved address"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "an address of documentation"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "a reserved address"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "a private network"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "an address of benchmarks"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "an address of documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "an address of documentation"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "a multicast address"),
    (Ipv4Addr::BROADCAST, 32, "a broadcast address"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "a reserved address"),
];

/// The same of IPv6; what is not in here is public only within `2000::/3`, of which alone addresses are given out.
const PRIVATE_V6: [(Ipv6Addr, u8, &str); 10] = [
    (Ipv6Addr::LOCALHOST, 128, "this machine"),
    (Ipv6Addr::UNSPECIFIED, 128, "this machine"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "a private network"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, "the local link"),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, "a private network"),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "a multicast address"),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, "an address of documentation"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "an address of documentation"),
    (Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, 0, 0), 48, "an address of benchmarks"),
    (Ipv6Addr::new(0x2001, 0x10, 0, 0, 0, 0, 0, 0), 28, "a reserved address"),
];

/// Of which part of IPv6 addresses are given out.
const GIVEN_OUT: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Ways to write an address of IPv4 within one of IPv6 in its last 32 bits: mapped, translated, compatible, NAT64. A gateway
/// or the system itself takes them for what is within.
const EMBEDDING: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96),
    (Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, 0, 0), 96),
    (Ipv6Addr::UNSPECIFIED, 96),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96),
];

/// 6to4, which has it after the first 16 bits.
const SIX_TO_FOUR: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16);
/// Teredo, which has it in the last 32 bits with every bit turned.
const TEREDO: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32);

/// What an address is where it is not a public one.
pub(crate) fn private(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => private_v4(address),
        IpAddr::V6(address) => private_v6(address),
    }
}

fn private_v4(address: Ipv4Addr) -> Option<&'static str> {
    let found = PRIVATE_V4.iter().find(|(network, prefix, _)| within_v4(address, *network, *prefix));
    found.map(|(.., what)| *what)
}

fn private_v6(address: Ipv6Addr) -> Option<&'static str> {
    let found = PRIVATE_V6.iter().find(|(network, prefix, _)| within_v6(address, (*network, *prefix)));
    if let Some((.., what)) = found {
        return Some(what);
    }
    match embedded(address) {
        Some(inner) => private_v4(inner),
        None if within_v6(address, GIVEN_OUT) => None,
        None => Some("a reserved address"),
    }
}

/// The address of IPv4 in one of IPv6.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let bits = address.to_bits();
    #[expect(clippy::cast_possible_truncation, reason = "the last 32 bits are what is wanted")]
    let (last, after_prefix) = (bits as u32, (bits >> 80) as u32);
    if EMBEDDING.iter().any(|network| within_v6(address, *network)) {
        Some(Ipv4Addr::from_bits(last))
    } else if within_v6(address, SIX_TO_FOUR) {
        Some(Ipv4Addr::from_bits(after_prefix))
    } else if within_v6(address, TEREDO) {
        Some(Ipv4Addr::from_bits(!last))
    } else {
        None
    }
}

fn within_v4(address: Ipv4Addr, network: Ipv4Addr, prefix: u8) -> bool {
    let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
    (address.to_bits() ^ network.to_bits()) & mask == 0
}

fn within_v6(address: Ipv6Addr, (network, prefix): (Ipv6Addr, u8)) -> bool {
    let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
    (address.to_bits() ^ network.to_bits()) & mask == 0
}

/// Addresses that begin alike: `10.0.0.0/8`, or a single one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether an address is one of them. One of IPv4 is the same however it is written.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => within_v4(address, network, self.prefix),
            (IpAddr::V6(network), IpAddr::V6(address)) => within_v6(address, (network, self.prefix)),
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let error = || format!("{text:?} is no address, and no network such as 10.0.0.0/8 or fd00::/8");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| error())?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let plain = |prefix: &&str| !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix = match prefix {
            None => bits,
            Some(prefix) => Some(prefix)
                .filter(plain)
                .and_then(|prefix| prefix.parse().ok())
                .filter(|prefix| *prefix <= bits)
                .ok_or_else(error)?,
        };
        if address.to_canonical() != address {
            return Err(format!("write {} for {text:?}", address.to_canonical()));
        }
        let first = first(address, prefix);
        if first == address {
            Ok(Self { address, prefix })
        } else {
            Err(format!("write {first}/{prefix} for {text:?}"))
        }
    }
}

/// The first address of those that have this beginning.
fn first(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            Ipv4Addr::from_bits(address.to_bits() & mask).into()
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_private(address: &str) -> bool {
        private(address.parse().unwrap()).is_some()
    }

    #[test]
    fn what_is_somebodys_own_is_private() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.255.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "3fff:fff::1",
            "2001:2::1",
            "2001:10::1",
            "100::1",
            "64:ff9b:1::1",
            "4000::1",
            "5f00::1",
        ] {
            assert!(is_private(address), "{address}");
        }
    }

    #[test]
    fn a_private_address_within_another_one_is_private() {
        for address in [
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:10.0.0.1",
            "::127.0.0.1",
            "::10.0.0.1",
            "64:ff9b::192.168.0.1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            // 127.0.0.1 with its bits turned.
            "2001:0:102:304::80ff:fffe",
        ] {
            assert!(is_private(address), "{address}");
        }
    }

    #[test]
    fn what_is_for_everybody_is_not_private() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450::1",
            "::ffff:1.1.1.1",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
            "2001:0:102:304::f7f7:f7f7",
        ] {
            assert!(!is_private(address), "{address}");
        }
    }

    #[test]
    fn a_network_is_what_begins_alike() {
        let network: Network = "10.0.0.0/8".parse().unwrap();
        assert!(network.contains("10.1.2.3".parse().unwrap()));
        assert!(network.contains("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!network.contains("11.0.0.0".parse().unwrap()) && !network.contains("::1".parse().unwrap()));
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("1.2.3.4".parse().unwrap()) && !all.contains("::2".parse().unwrap()));
        let one: Network = "fd00::7".parse().unwrap();
        assert!(one.contains("fd00::7".parse().unwrap()) && !one.contains("fd00::8".parse().unwrap()));
    }

    #[test]
    fn what_is_no_network_is_said_so() {
        for (text, reason) in [
            ("10.1.0.0/8", "write 10.0.0.0/8 for \"10.1.0.0/8\""),
            ("fd01::/8", "write fd00::/8 for"),
            ("::ffff:10.0.0.1", "write 10.0.0.1 for"),
            ("10.0.0.0/33", "is no address"),
            ("10.0.0.0/", "is no address"),
            ("10.0.0.0/+8", "is no address"),
            ("127.1", "is no address"),
            ("", "is no address"),
        ] {
            let error = text.parse::<Network>().unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_network_or_an_error(text in "[0-9a-f:./]{0,24}|\\PC{0,12}") {
            if let Ok(network) = text.parse::<Network>() {
                prop_assert_eq!(network.to_string().parse::<Network>(), Ok(network));
                prop_assert!(network.contains(network.address));
            }
        }

        #[test]
        fn a_network_is_read_for_each_of_its_addresses(bits in any::<u32>(), prefix in 0_u8..=32) {
            let address = Ipv4Addr::from_bits(bits);
            let first = first(address.into(), prefix);
            let network: Network = format!("{first}/{prefix}").parse().unwrap();
            prop_assert!(network.contains(address.into()));
            let outside = Ipv4Addr::from_bits(bits ^ (1_u32.checked_shl(32 - u32::from(prefix)).unwrap_or(0)));
            prop_assert_eq!(network.contains(outside.into()), prefix == 0);
        }

        #[test]
        fn an_address_within_another_one_is_as_private_as_by_itself(bits in any::<u32>()) {
            let inner = Ipv4Addr::from_bits(bits);
            let alone = private(inner.into()).is_some();
            let [high, low] = [bits >> 16, bits & 0xffff];
            for outer in [
                format!("::ffff:{inner}"),
                format!("64:ff9b::{inner}"),
                format!("2002:{high:x}:{low:x}::1"),
                format!("2001:0:1:2:3:4:{:x}:{:x}", high ^ 0xffff, low ^ 0xffff),
            ] {
                prop_assert_eq!(is_private(&outer), alone, "{}", outer);
            }
        }
    }
}

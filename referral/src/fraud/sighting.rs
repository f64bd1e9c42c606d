//! Whether two people came from one network and one browser, without keeping either.
//!
//! What is kept is a hash of the network (the first 24 bits of an IPv4 address, the first 48 of an IPv6 one), and one
//! of network and browser, under a salt that is random, another one in every program, made anew every day and destroyed
//! within 48 hours of its day's beginning. After that nobody can tell whose hash it was.

use alloc::format;
use alloc::string::String;
use core::net::IpAddr;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Where somebody was seen, as hashes under one day's salt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Of the network.
    pub network: String,
    /// Of network and browser; none where the browser was not told.
    pub browser: Option<String>,
}

/// How closely a friend was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meeting {
    /// In the network.
    Network,
    /// In the network, with the same browser.
    Browser,
}

/// Hashes an address and a browser under a salt; none where the address is not one of the public internet: a private
/// address is a proxy's or a test's, and says nothing about who was there.
pub fn see(salt: &[u8; 32], address: &str, user_agent: Option<&str>) -> Option<Sighting> {
    let network = network(address)?;
    let browser = user_agent.filter(|browser| !browser.is_empty());
    Some(Sighting {
        network: hash(salt, &["network", &network]),
        browser: browser.map(|browser| hash(salt, &["browser", &network, browser])),
    })
}

impl Sighting {
    /// How closely this and another sighting under the same salt meet.
    pub fn meets(&self, other: &Self) -> Option<Meeting> {
        let browser = self.browser.is_some() && self.browser == other.browser;
        (self.network == other.network).then_some(if browser { Meeting::Browser } else { Meeting::Network })
    }
}

/// The network of an address, as text.
fn network(address: &str) -> Option<String> {
    match address.trim().parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            // 100.64.0.0/10 lies behind a carrier's NAT (RFC 6598).
            let private = address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || a == 0
                || (a == 100 && b & 0xc0 == 64);
            (!private).then(|| format!("{a}.{b}.{c}"))
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            let global = a & 0xe000 == 0x2000;
            global.then(|| format!("{a:x}:{b:x}:{c:x}"))
        }
    }
}

/// The first 8 bytes of an HMAC-SHA-256, in hexadecimal digits: enough to tell two apart, and few enough to prove little.
fn hash(salt: &[u8; 32], parts: &[&str]) -> String {
    let mut block = [0; 64];
    block[..32].copy_from_slice(salt);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    let head = mac.finalize().into_bytes().first_chunk().map_or(0, |head| u64::from_be_bytes(*head));
    format!("{head:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(one: (&str, &str), other: (&str, &str), meeting: Option<Meeting>) {
        let see = |(address, browser): (&str, &str)| {
            see(&[7; 32], address, Some(browser).filter(|browser| !browser.is_empty()))
        };
        let met = see(one).zip(see(other)).and_then(|(one, other)| one.meets(&other));
        assert_eq!(met, meeting, "{one:?} {other:?}");
    }

    #[test]
    fn networks_meet_at_24_and_48_bits_and_browsers_within_them() {
        use Meeting::{Browser, Network};
        check(("203.0.113.7", "Firefox"), ("203.0.113.9", "Firefox"), Some(Browser));
        check(("203.0.113.7", "Firefox"), ("203.0.113.9", "Chrome"), Some(Network));
        check(("203.0.113.7", ""), ("203.0.113.9", ""), Some(Network));
        check(("203.0.113.7", "Firefox"), ("::ffff:203.0.113.9", "Firefox"), Some(Browser));
        check(("2001:db8:1:2::1", "Firefox"), ("2001:db8:1:9::5", "Firefox"), Some(Browser));
        // A traveller: the same browser elsewhere is not met.
        check(("203.0.113.7", "Firefox"), ("203.0.114.7", "Firefox"), None);
        check(("2001:db8:1::1", "Firefox"), ("2001:db8:2::1", "Firefox"), None);
        // What is not of the public internet, and what is no address.
        for private in
            ["10.0.0.1", "192.168.1.1", "127.0.0.1", "100.64.1.1", "fe80::1", "fd00::1", "::1", "x", ""]
        {
            check((private, "Firefox"), (private, "Firefox"), None);
        }
    }

    #[test]
    fn under_another_salt_nothing_is_the_same() {
        let see = |salt: u8| see(&[salt; 32], "203.0.113.7", Some("Firefox")).unwrap();
        assert_ne!(see(1).network, see(2).network);
        assert_ne!(see(1).browser, see(2).browser);
        assert_ne!(Some(see(1).network), see(1).browser);
    }
}

//! Telling visitors apart for an hour, without knowing who they are.
//!
//! A visitor is an address, a browser and its languages. What is kept is a hash of these, of the code they followed and
//! of the hour, under a salt that is random, another one in every program, made anew every day and destroyed within 48
//! hours: after that nobody can find out whether a hash belongs to a visitor, not even by trying every address there is.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::code::Code;

/// A day's salt of one program, prepared for hashing.
#[derive(Clone)]
pub struct VisitorSalt(Hmac<Sha256>);

/// What tells one visitor from another. Never stored.
#[derive(Clone, Copy)]
pub struct Visitor<'a> {
    /// The client's address as text; empty where it is not known.
    pub address: &'a str,
    /// [`browser`] of the `User-Agent`.
    pub browser: u64,
    /// `Accept-Language`.
    pub languages: &'a str,
}

/// A number for a user agent. User agents are long and few: whoever meets one often may remember its number.
pub fn browser(user_agent: &str) -> u64 {
    Sha256::digest(user_agent.as_bytes()).first_chunk().map_or(0, |head| u64::from_be_bytes(*head))
}

impl VisitorSalt {
    /// From the day's random bytes, 32 of them.
    pub fn new(random: &[u8; 32]) -> Self {
        let mut block = [0; 64];
        block[..32].copy_from_slice(random);
        Self(Hmac::new(&block.into()))
    }

    /// The same for the same visitor, code and hour (hours since 1970), and for nothing else.
    pub fn hash(&self, visitor: Visitor<'_>, code: &Code, hour: i64) -> i64 {
        let mut mac = self.0.clone();
        mac.update(&hour.to_be_bytes());
        mac.update(&visitor.browser.to_be_bytes());
        // None of these contains a line feed: headers cannot, and a code does not.
        for part in [code.as_str(), visitor.address, visitor.languages] {
            mac.update(part.as_bytes());
            mac.update(b"\n");
        }
        mac.finalize().into_bytes().first_chunk().map_or(0, |head| i64::from_be_bytes(*head))
    }
}

impl fmt::Debug for VisitorSalt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VisitorSalt")
    }
}

impl fmt::Debug for Visitor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Visitor")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_tells_visitors_apart_changes_the_hash() {
        let hash = |salt: u8, address, user_agent, languages, code, hour| {
            let code = Code::parse(code).unwrap();
            VisitorSalt::new(&[salt; 32]).hash(
                Visitor { address, browser: browser(user_agent), languages },
                &code,
                hour,
            )
        };
        let one = hash(1, "192.0.2.1", "Firefox", "de", "ada", 7);
        assert_eq!(one, hash(1, "192.0.2.1", "Firefox", "de", "ada", 7));
        for other in [
            hash(2, "192.0.2.1", "Firefox", "de", "ada", 7),
            hash(1, "192.0.2.2", "Firefox", "de", "ada", 7),
            hash(1, "192.0.2.1", "Chrome", "de", "ada", 7),
            hash(1, "192.0.2.1", "Firefox", "en", "ada", 7),
            hash(1, "192.0.2.1", "Firefox", "de", "bob", 7),
            hash(1, "192.0.2.1", "Firefox", "de", "ada", 8),
            hash(1, "192.0.2.1d", "Firefox", "e", "ada", 7),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn a_visitor_is_never_printed() {
        let visitor = Visitor { address: "192.0.2.1", browser: browser("Firefox"), languages: "de" };
        assert_eq!(alloc::format!("{visitor:?} {:?}", VisitorSalt::new(&[1; 32])), "Visitor VisitorSalt");
    }
}

//! Telling visitors apart for a day, without knowing who they are.
//!
//! A visitor is an address, a browser and its languages. What is kept is a hash of these under a salt that is random,
//! made anew every day and destroyed within 48 hours: after that nobody can find out whether a hash belongs to a visitor,
//! not even by trying every address there is.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A day's salt, prepared for hashing.
#[derive(Clone)]
pub struct VisitorSalt(Hmac<Sha256>);

impl VisitorSalt {
    /// From the day's random bytes, 32 of them.
    pub fn new(random: &[u8; 32]) -> Self {
        let mut block = [0; 64];
        block[..32].copy_from_slice(random);
        Self(Hmac::new(&block.into()))
    }

    /// The visitor's hash in one program; different in every other.
    pub fn hash(&self, visitor: &str, program_uid: &str) -> i64 {
        let mut mac = self.0.clone();
        mac.update(program_uid.as_bytes());
        mac.update(b"\n");
        mac.update(visitor.as_bytes());
        mac.finalize().into_bytes().first_chunk().map_or(0, |head| i64::from_be_bytes(*head))
    }
}

impl fmt::Debug for VisitorSalt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VisitorSalt")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_program_and_visitor_all_change_the_hash() {
        let hash =
            |salt: u8, visitor: &str, program: &str| VisitorSalt::new(&[salt; 32]).hash(visitor, program);
        let one = hash(1, "192.0.2.1\nFirefox\nde", "aaaa");
        assert_eq!(one, hash(1, "192.0.2.1\nFirefox\nde", "aaaa"));
        for other in [
            hash(2, "192.0.2.1\nFirefox\nde", "aaaa"),
            hash(1, "192.0.2.2\nFirefox\nde", "aaaa"),
            hash(1, "192.0.2.1\nFirefox\nen", "aaaa"),
            hash(1, "192.0.2.1\nFirefox\nde", "bbbb"),
        ] {
            assert_ne!(one, other);
        }
    }
}

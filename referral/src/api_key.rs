//! API keys: `{pk|sk}_{live|test}_` and 50 characters that carry the program, 128 random bits and a tag.
//!
//! The tag is an HMAC by a key derived from the deployment's root keys, so a made-up key is refused without looking
//! anything up. What makes a key a key is its SHA-256 in the program's ledger; the tag only keeps strangers out of
//! storage.

use crate::root_keys::{RootKey, RootKeys};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use data_encoding::{Encoding, Specification};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

const UID: usize = 10;
const RANDOM: usize = 16;
const TAG: usize = 5;
/// Characters after the prefix.
const BODY: usize = 50;

/// Whose hands a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// `pk_`: stands in pages; reads public facts, makes unverified claims.
    Publishable,
    /// `sk_`: for the merchant's server.
    Secret,
}

impl KeyKind {
    /// The word in JSON and SQL.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Publishable => "publishable",
            Self::Secret => "secret",
        }
    }
}

/// Which ledger a key reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The ledger that counts.
    Live,
    /// Its twin for trying things.
    Test,
}

impl Mode {
    /// The word in keys, object names and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

/// A key whose tag is ours.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Publishable or secret.
    pub kind: KeyKind,
    /// Live or test.
    pub mode: Mode,
    /// The program's uid: 16 characters.
    pub uid: String,
    text: String,
}

/// Why a text is not a key of ours. Callers answer all of them alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAKey;

/// Lower-case Crockford base32. Sixteen characters are ten bytes.
fn base32() -> Option<Encoding> {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    specification.encoding().ok()
}

/// A program's uid as text, from ten random bytes.
pub fn uid(random: [u8; UID]) -> String {
    base32().map(|base32| base32.encode(&random)).unwrap_or_default()
}

fn prefix(kind: KeyKind, mode: Mode) -> String {
    let kind = match kind {
        KeyKind::Publishable => "pk",
        KeyKind::Secret => "sk",
    };
    format!("{kind}_{}_", mode.word())
}

fn tag(key: &RootKey, prefix: &str, body: &[u8]) -> Option<[u8; TAG]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.derive("api key", b"")).ok()?;
    mac.update(prefix.as_bytes());
    mac.update(body);
    mac.finalize().into_bytes().first_chunk().copied()
}

impl ApiKey {
    /// Makes a key for the program of this uid. `None` where the uid is not one.
    pub fn mint(kind: KeyKind, mode: Mode, uid: &str, random: [u8; RANDOM], root: &RootKeys) -> Option<Self> {
        let base32 = base32()?;
        let mut bytes = base32.decode(uid.as_bytes()).ok()?;
        bytes.extend(random);
        let prefix = prefix(kind, mode);
        bytes.extend(tag(root.signing(), &prefix, &bytes)?);
        let text = format!("{prefix}{}", base32.encode(&bytes));
        Some(Self { kind, mode, uid: uid.to_string(), text })
    }

    /// Reads a key as a caller sent it.
    ///
    /// # Errors
    /// It is not a key that this deployment made. Whether it is still good, only its ledger knows.
    pub fn parse(text: &str, root: &RootKeys) -> Result<Self, NotAKey> {
        let kinds = [KeyKind::Publishable, KeyKind::Secret];
        let modes = [Mode::Live, Mode::Test];
        let (kind, mode) = kinds
            .into_iter()
            .flat_map(|kind| modes.map(|mode| (kind, mode)))
            .find(|(kind, mode)| text.starts_with(&prefix(*kind, *mode)))
            .ok_or(NotAKey)?;
        let prefix = prefix(kind, mode);
        let body = text.get(prefix.len()..).filter(|body| body.len() == BODY).ok_or(NotAKey)?;
        let bytes = base32().and_then(|base32| base32.decode(body.as_bytes()).ok()).ok_or(NotAKey)?;
        let (signed, given) = bytes.split_at_checked(UID + RANDOM).ok_or(NotAKey)?;
        let ours =
            root.iter().filter_map(|key| tag(key, &prefix, signed)).any(|tag| bool::from(tag.ct_eq(given)));
        let uid = body.get(..UID * 8 / 5).ok_or(NotAKey)?.to_string();
        if ours { Ok(Self { kind, mode, uid, text: text.to_string() }) } else { Err(NotAKey) }
    }

    /// The whole key, to be shown once.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is kept of it.
    pub fn hash(&self) -> String {
        sha256_hex(self.text.as_bytes())
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", prefix(self.kind, self.mode))
    }
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

/// Whether two secrets are the same, in a time that does not depend on where they differ.
pub fn same_secret(one: &str, other: &str) -> bool {
    bool::from(Sha256::digest(one.as_bytes()).ct_eq(&Sha256::digest(other.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn root(id: u8) -> RootKeys {
        RootKeys::parse(&format!("{id}:{}", format!("{id:02x}").repeat(32))).expect("well formed")
    }

    fn key() -> ApiKey {
        ApiKey::mint(KeyKind::Secret, Mode::Live, &uid([7; 10]), [9; 16], &root(1)).expect("a uid")
    }

    #[test]
    fn a_key_is_read_as_it_was_made() {
        let key = key();
        assert!(key.text().starts_with("sk_live_"));
        assert_eq!(key.text().len(), 58);
        assert_eq!(ApiKey::parse(key.text(), &root(1)), Ok(key.clone()));
        assert_eq!(key.text().get(8..24), Some(key.uid.as_str()));
        assert_eq!(format!("{key:?}"), "sk_live_…", "debug output holds no secret");
    }

    #[test]
    fn every_changed_character_is_refused() {
        let key = key();
        for at in 0..key.text().len() {
            for with in "0123456789abcdefghjkmnpqrstvwxyz_-AZ".chars() {
                let mut text: alloc::vec::Vec<char> = key.text().chars().collect();
                if text[at] == with {
                    continue;
                }
                text[at] = with;
                let text: String = text.into_iter().collect();
                assert_eq!(ApiKey::parse(&text, &root(1)), Err(NotAKey), "{text}");
            }
        }
    }

    #[test]
    fn a_key_of_another_deployment_is_refused_and_a_rotated_root_still_reads_it() {
        let key = key();
        assert_eq!(ApiKey::parse(key.text(), &root(2)), Err(NotAKey));
        let both = format!("2:{},1:{}", "02".repeat(32), "01".repeat(32));
        assert!(ApiKey::parse(key.text(), &RootKeys::parse(&both).expect("well formed")).is_ok());
    }

    proptest! {
        #[test]
        fn nothing_makes_reading_panic(text in ".{0,120}", tail in "[0-9a-z]{50}") {
            prop_assert!(ApiKey::parse(&text, &root(1)).is_err());
            let _ = ApiKey::parse(&format!("sk_live_{tail}"), &root(1));
        }
    }
}

//! API keys: `{pk|sk|ik}_{live|test}_` and 50 characters that carry the program, 128 random bits and a tag.
//!
//! The tag is an HMAC by a key derived from the deployment's root keys, so a made-up key is refused without looking
//! anything up. What makes a key a key is its SHA-256 in the program's ledger; the tag only keeps strangers out of
//! storage.

use crate::root_keys::{RootKey, RootKeys};
use crate::tagged::{BASE32, Live, NAME, RANDOM, Tags};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What the tags of API keys are derived for.
const PURPOSE: &str = "api key";

/// Whose hands a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// `pk_`: stands in pages; reads public facts, makes unverified claims.
    Publishable,
    /// `sk_`: for the merchant's server.
    Secret,
    /// `ik_`: for the merchant's server, which signs with it who is signed in. It is never sent.
    Identity,
}

impl KeyKind {
    /// The word in JSON and SQL.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Publishable => "publishable",
            Self::Secret => "secret",
            Self::Identity => "identity",
        }
    }

    /// The kind of this word.
    pub fn named(word: &str) -> Option<Self> {
        [Self::Publishable, Self::Secret, Self::Identity].into_iter().find(|kind| kind.word() == word)
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
    /// The mode of this word.
    pub fn named(word: &str) -> Option<Self> {
        [Self::Live, Self::Test].into_iter().find(|mode| mode.word() == word)
    }

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
    /// Whose hands it is for.
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

/// A program's uid as text, from ten random bytes.
pub fn uid(random: [u8; NAME]) -> String {
    BASE32.encode(&random)
}

fn prefix(kind: KeyKind, mode: Mode) -> String {
    let kind = match kind {
        KeyKind::Publishable => "pk",
        KeyKind::Secret => "sk",
        KeyKind::Identity => "ik",
    };
    format!("{kind}_{}_", mode.word())
}

/// The deployment's keys for the tags of API keys, prepared once.
#[derive(Clone)]
pub struct ApiKeys(Live);

fn mint(tags: &Tags, kind: KeyKind, mode: Mode, uid: &str, random: [u8; RANDOM]) -> Option<ApiKey> {
    let text = tags.seal(&prefix(kind, mode), uid, random)?;
    Some(ApiKey { kind, mode, uid: uid.to_string(), text })
}

impl ApiKeys {
    /// From the deployment's root keys.
    pub fn derive(root: &RootKeys) -> Self {
        Self(Live::derive(root, PURPOSE))
    }

    /// Makes a key for the program of this uid. `None` where the uid is not one.
    pub fn mint(&self, kind: KeyKind, mode: Mode, uid: &str, random: [u8; RANDOM]) -> Option<ApiKey> {
        mint(&self.0.signing, kind, mode, uid, random)
    }

    /// Reads a key as a caller sent it.
    ///
    /// # Errors
    /// It is not a key that this deployment made. Whether it is still good, only its ledger knows.
    pub fn parse(&self, text: &str) -> Result<ApiKey, NotAKey> {
        let kinds = [KeyKind::Publishable, KeyKind::Secret, KeyKind::Identity];
        let modes = [Mode::Live, Mode::Test];
        let (kind, mode) = kinds
            .into_iter()
            .flat_map(|kind| modes.map(|mode| (kind, mode)))
            .find(|(kind, mode)| text.starts_with(&prefix(*kind, *mode)))
            .ok_or(NotAKey)?;
        let uid = self.0.open(&prefix(kind, mode), text).ok_or(NotAKey)?;
        Ok(ApiKey { kind, mode, uid, text: text.to_string() })
    }
}

impl fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeys")
    }
}

impl ApiKey {
    /// The key that belongs to an id: its random part follows from the id and a root key, so that it can be made again
    /// without anybody keeping it. `None` where the uid is not one.
    pub fn of_id(root: &RootKey, kind: KeyKind, mode: Mode, uid: &str, id: &str) -> Option<Self> {
        let random = root.derive("api key random part", id.as_bytes());
        mint(&Tags::of(root, PURPOSE), kind, mode, uid, *random.first_chunk()?)
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
        ApiKeys::derive(&root(1)).mint(KeyKind::Secret, Mode::Live, &uid([7; 10]), [9; 16]).expect("a uid")
    }

    #[test]
    fn a_key_is_read_as_it_was_made() {
        let key = key();
        assert!(key.text().starts_with("sk_live_"));
        assert_eq!(key.text().len(), 58);
        assert_eq!(ApiKeys::derive(&root(1)).parse(key.text()), Ok(key.clone()));
        assert_eq!(key.text().get(8..24), Some(key.uid.as_str()));
        assert_eq!(format!("{key:?}"), "sk_live_…", "debug output holds no secret");
    }

    #[test]
    fn a_key_that_belongs_to_an_id_is_made_again_by_the_same_root_key_only() {
        let uid = uid([7; 10]);
        let of = |root: &RootKeys, kind, id| {
            ApiKey::of_id(root.signing(), kind, Mode::Live, &uid, id).expect("a uid")
        };
        let key = of(&root(1), KeyKind::Identity, "key_1");
        assert!(key.text().starts_with("ik_live_"));
        assert_eq!(key, of(&root(1), KeyKind::Identity, "key_1"));
        assert_eq!(ApiKeys::derive(&root(1)).parse(key.text()), Ok(key.clone()));
        for other in [
            of(&root(2), KeyKind::Identity, "key_1"),
            of(&root(1), KeyKind::Identity, "key_2"),
            of(&root(1), KeyKind::Secret, "key_1"),
        ] {
            assert_ne!(key, other);
        }
        for kind in [KeyKind::Publishable, KeyKind::Secret, KeyKind::Identity] {
            assert_eq!(KeyKind::named(kind.word()), Some(kind));
        }
    }

    #[test]
    fn every_changed_character_is_refused() {
        let key = key();
        let keys = ApiKeys::derive(&root(1));
        for at in 0..key.text().len() {
            for with in "0123456789abcdefghjkmnpqrstvwxyz_-AZ".chars() {
                let mut text: alloc::vec::Vec<char> = key.text().chars().collect();
                if text[at] == with {
                    continue;
                }
                text[at] = with;
                let text: String = text.into_iter().collect();
                assert_eq!(keys.parse(&text), Err(NotAKey), "{text}");
            }
        }
    }

    #[test]
    fn a_key_of_another_deployment_is_refused_and_a_rotated_root_still_reads_it() {
        let key = key();
        assert_eq!(ApiKeys::derive(&root(2)).parse(key.text()), Err(NotAKey));
        let both = format!("2:{},1:{}", "02".repeat(32), "01".repeat(32));
        assert!(ApiKeys::derive(&RootKeys::parse(&both).expect("well formed")).parse(key.text()).is_ok());
    }

    proptest! {
        #[test]
        fn nothing_makes_reading_panic(text in ".{0,120}", tail in "[0-9a-z]{50}") {
            prop_assert!(ApiKeys::derive(&root(1)).parse(&text).is_err());
            let _ = ApiKeys::derive(&root(1)).parse(&format!("sk_live_{tail}"));
        }
    }
}

//! Secrets that carry a tag: a prefix and 50 characters for ten bytes of name, sixteen of chance, and five of an HMAC by a
//! key derived from the deployment's root keys. A made-up one is refused without looking anything up.
//!
//! The tag only keeps strangers out of storage. What makes a secret good is its SHA-256 where it was given out.

use crate::root_keys::{RootKey, RootKeys};
use alloc::format;
use alloc::string::{String, ToString};
use data_encoding::Encoding;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Bytes of the name: a program's uid.
pub(crate) const NAME: usize = 10;
/// Bytes of chance.
pub(crate) const RANDOM: usize = 16;
const TAG: usize = 5;
/// Characters after the prefix.
const BODY: usize = 50;

/// Lower-case Crockford base32. Sixteen characters are ten bytes.
pub(crate) const BASE32: Encoding =
    data_encoding_macro::new_encoding! { symbols: "0123456789abcdefghjkmnpqrstvwxyz", };

/// One root key's tags for one purpose, prepared once.
#[derive(Clone)]
pub(crate) struct Tags(Hmac<Sha256>);

impl Tags {
    pub(crate) fn of(root: &RootKey, purpose: &str) -> Self {
        // HMAC fills a short key with zeros up to its block; doing so here makes `new` infallible.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&root.derive(purpose, b""));
        Self(Hmac::new(&block.into()))
    }

    fn tag(&self, prefix: &str, body: &[u8]) -> [u8; TAG] {
        let mut mac = self.0.clone();
        mac.update(prefix.as_bytes());
        mac.update(body);
        let mut tag = [0; TAG];
        tag.copy_from_slice(&mac.finalize().into_bytes()[..TAG]);
        tag
    }

    /// The whole secret. `None` where the name is not sixteen characters of a uid.
    pub(crate) fn seal(&self, prefix: &str, name: &str, random: [u8; RANDOM]) -> Option<String> {
        let mut bytes = BASE32.decode(name.as_bytes()).ok().filter(|bytes| bytes.len() == NAME)?;
        bytes.extend(random);
        bytes.extend(self.tag(prefix, &bytes));
        Some(format!("{prefix}{}", BASE32.encode(&bytes)))
    }
}

/// The tags of all live root keys; the first signs.
#[derive(Clone)]
pub(crate) struct Live {
    pub(crate) signing: Tags,
    other: Option<Tags>,
}

impl Live {
    pub(crate) fn derive(root: &RootKeys, purpose: &str) -> Self {
        let signing = root.signing();
        let other = root.iter().find(|key| key.id() != signing.id());
        Self { signing: Tags::of(signing, purpose), other: other.map(|key| Tags::of(key, purpose)) }
    }

    /// The name in a secret that starts with this prefix, if this deployment made it.
    pub(crate) fn open(&self, prefix: &str, text: &str) -> Option<String> {
        let body = text.strip_prefix(prefix).filter(|body| body.len() == BODY)?;
        let bytes = BASE32.decode(body.as_bytes()).ok()?;
        let (signed, given) = bytes.split_at_checked(NAME + RANDOM)?;
        let mut live = core::iter::once(&self.signing).chain(&self.other);
        let ours = live.any(|tags| bool::from(tags.tag(prefix, signed).ct_eq(given)));
        let name = body.get(..NAME * 8 / 5)?.to_string();
        ours.then_some(name)
    }
}

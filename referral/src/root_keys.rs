//! The deployment's root secrets, from which every other key is derived.
//!
//! One or two are live at a time, each with a small id that travels in the open: the first signs,
//! both verify. Rotating means putting a new one in front, waiting until nothing signed with the old
//! one is still of use, and dropping it.
//!
//! Nothing is ever signed with a root secret itself. [`RootKey::derive`] is HKDF-SHA256 (RFC 5869)
//! with a purpose and a context, so that a key for one purpose or program says nothing about another.

use core::fmt;

use hkdf::Hkdf;
use sha2::Sha256;

/// The highest key id: ids are three bits of a click id's first byte.
pub const MAX_KEY_ID: u8 = 7;

const SECRET_LEN: usize = 32;

/// Separates our derivations from any other use somebody makes of the same secret.
const SALT: &[u8] = b"goodword root key v1";

/// One root secret and its id.
#[derive(Clone, PartialEq, Eq)]
pub struct RootKey {
    id: u8,
    secret: [u8; SECRET_LEN],
}

/// The live root secrets: the one that signs and, during a rotation, the one before or after it.
#[derive(Clone, PartialEq, Eq)]
pub struct RootKeys {
    signing: RootKey,
    other: Option<RootKey>,
}

/// Why a list of root keys cannot be used. The secrets themselves are never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootKeysError {
    /// Nothing but white space.
    Empty,
    /// More than two keys.
    TooMany,
    /// Not `id:secret`.
    Shape,
    /// The id is not one digit from 0 to 7.
    Id,
    /// The secret is not 64 hexadecimal digits.
    Secret,
    /// Both keys have the same id.
    SameId,
}

impl RootKeys {
    /// Reads `2:<64 hex digits>,1:<64 hex digits>`: one or two keys, the first one signs.
    ///
    /// White space around keys is ignored, hexadecimal digits may be of either case.
    pub fn parse(text: &str) -> Result<Self, RootKeysError> {
        if text.trim().is_empty() {
            return Err(RootKeysError::Empty);
        }
        let mut parts = text.split(',').map(RootKey::parse);
        let signing = parts.next().ok_or(RootKeysError::Empty)??;
        let other = parts.next().transpose()?;
        if parts.next().is_some() {
            return Err(RootKeysError::TooMany);
        }
        if other.as_ref().is_some_and(|other| other.id == signing.id) {
            return Err(RootKeysError::SameId);
        }
        Ok(Self { signing, other })
    }

    /// The key that signs from now on.
    pub fn signing(&self) -> &RootKey {
        &self.signing
    }

    /// Every live key, the signing one first.
    pub fn iter(&self) -> impl Iterator<Item = &RootKey> {
        core::iter::once(&self.signing).chain(&self.other)
    }

    /// [`RootKey::derive`] with the key of this id, or `None` when no live key has it.
    pub fn derive(&self, key_id: u8, purpose: &str, context: &[u8]) -> Option<[u8; 32]> {
        let key = self.iter().find(|key| key.id == key_id)?;
        Some(key.derive(purpose, context))
    }
}

impl RootKey {
    fn parse(text: &str) -> Result<Self, RootKeysError> {
        let (id, secret) = text.trim().split_once(':').ok_or(RootKeysError::Shape)?;
        let id = match id.as_bytes() {
            [digit @ b'0'..=b'7'] => digit - b'0',
            _ => return Err(RootKeysError::Id),
        };
        let secret = from_hex(secret.as_bytes()).ok_or(RootKeysError::Secret)?;
        Ok(Self { id, secret })
    }

    /// 0 to [`MAX_KEY_ID`].
    pub fn id(&self) -> u8 {
        self.id
    }

    /// A key for one purpose (say `"click"`) and one context (say a program's uid).
    ///
    /// The purpose is length-prefixed, so no purpose and context run into one another.
    #[expect(
        clippy::missing_panics_doc,
        reason = "32 bytes are one block of HKDF-SHA256, at most 255 are allowed"
    )]
    pub fn derive(&self, purpose: &str, context: &[u8]) -> [u8; 32] {
        let mut key = [0; 32];
        let length = u64::try_from(purpose.len()).unwrap_or(u64::MAX).to_be_bytes();
        Hkdf::<Sha256>::new(Some(SALT), &self.secret)
            .expand_multi_info(&[&length, purpose.as_bytes(), context], &mut key)
            .expect("32 bytes are one block");
        key
    }
}

fn from_hex(text: &[u8]) -> Option<[u8; SECRET_LEN]> {
    let mut secret = [0; SECRET_LEN];
    if text.len() != 2 * SECRET_LEN {
        return None;
    }
    for (byte, pair) in secret.iter_mut().zip(text.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(secret)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RootKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for RootKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Display for RootKeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "no root key is set",
            Self::TooMany => "at most two root keys can be live",
            Self::Shape => "a root key is written id:secret",
            Self::Id => "a root key's id is one digit from 0 to 7",
            Self::Secret => "a root key's secret is 64 hexadecimal digits",
            Self::SameId => "two root keys need two ids",
        })
    }
}

impl core::error::Error for RootKeysError {}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use proptest::prelude::*;

    use super::*;

    fn hex(byte: u8) -> String {
        format!("{byte:02x}").repeat(32)
    }

    #[test]
    fn one_or_two_keys_are_read_and_the_first_signs() {
        let one = RootKeys::parse(&format!("1:{}", hex(7))).unwrap();
        assert_eq!(one.signing().id(), 1);
        assert_eq!(one.iter().count(), 1);
        let two = RootKeys::parse(&format!(" 2:{} ,\n1:{} ", hex(0xAB), hex(7).to_uppercase())).unwrap();
        assert_eq!(two.signing().id(), 2);
        assert_eq!(two.iter().map(RootKey::id).collect::<alloc::vec::Vec<_>>(), [2, 1]);
        assert_eq!(two.derive(1, "click", b"x"), one.derive(1, "click", b"x"));
        assert_eq!(two.derive(3, "click", b"x"), None);
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        let check = |text: &str, expected| assert_eq!(RootKeys::parse(text), Err(expected), "{text}");
        let hex = hex(1);
        check("", RootKeysError::Empty);
        check("  ", RootKeysError::Empty);
        check(&hex, RootKeysError::Shape);
        check(&format!("8:{hex}"), RootKeysError::Id);
        check(&format!("10:{hex}"), RootKeysError::Id);
        check(&format!(":{hex}"), RootKeysError::Id);
        check(&format!("1:{}", &hex[1..]), RootKeysError::Secret);
        check(&format!("1:{hex}0"), RootKeysError::Secret);
        check(&format!("1:g{}", &hex[1..]), RootKeysError::Secret);
        check(&format!("1:{hex},"), RootKeysError::Shape);
        check(&format!("1:{hex},1:{hex}"), RootKeysError::SameId);
        check(&format!("1:{hex},2:{hex},3:{hex}"), RootKeysError::TooMany);
    }

    #[test]
    fn purpose_context_and_key_all_change_what_is_derived() {
        let keys = RootKeys::parse(&format!("2:{},1:{}", hex(2), hex(1))).unwrap();
        let all = [
            keys.derive(2, "click", b"one"),
            keys.derive(1, "click", b"one"),
            keys.derive(2, "clic", b"kone"),
            keys.derive(2, "click", b"two"),
            keys.derive(2, "", b"clickone"),
            keys.derive(2, "clickone", b""),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(one.is_some());
            assert!(all.iter().skip(at + 1).all(|other| other != one));
        }
    }

    /// Computed independently with Python's hmac and hashlib.
    #[test]
    fn derivation_is_hkdf_sha256() {
        let keys = RootKeys::parse(&format!("1:{}", hex(1))).unwrap();
        let key = keys.signing().derive("click", &[9; 10]);
        assert_eq!(
            data_encoding::HEXLOWER.encode(&key),
            "28df6f719b7be71ae732ad9f18b2fde6512183089fd8e1d5010bcf4b00351933"
        );
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let keys = RootKeys::parse(&format!("2:{},1:{}", hex(0xAB), hex(0xCD))).unwrap();
        let text = format!("{keys:?} {:#?}", keys.signing()).to_lowercase();
        assert_eq!(text.matches("ab").count() + text.matches("cd").count() + text.matches("171").count(), 0);
    }

    proptest! {
        #[test]
        fn nothing_makes_reading_panic(text in ".{0,200}") {
            let _ = RootKeys::parse(&text);
        }
    }
}

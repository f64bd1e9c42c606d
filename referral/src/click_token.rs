//! The click id: a signed token that proves, months later and without any storage, that a person
//! followed a certain link of a certain program at a certain time.
//!
//! `gwc_` and unpadded base64url (RFC 4648 §5) of
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version (4 bits, now 1) · whether the code is a vanity code (1 bit) · key id (3 bits) |
//! | 5 | seconds since 1970, big endian |
//! | 6 | nonce |
//! | 1 | share channel |
//! | 7, or 3–32 | the code: 50 bits of a minted one, or a vanity code as it is |
//! | 16 | HMAC-SHA256 of all that, truncated, under the program's key |
//!
//! A minted code makes 52 characters, the longest vanity code 86; both fit where 120 are allowed. There
//! is exactly one way to write a click id: whatever differs in a bit, in length or in alphabet is refused.
//! The program is not written in it; it is bound through the key, which is derived per program.

use core::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};
use sha2::Sha256;

use crate::channel::Channel;
use crate::code::Code;
use crate::root_keys::{MAX_KEY_ID, RootKeys};

/// Days after which a click id is of no use to anybody, whatever a program's window says.
pub const MAX_AGE_DAYS: i64 = 400;

/// Seconds a click may lie in the future: clocks of two machines differ.
pub const MAX_SKEW_SECONDS: i64 = 300;

/// No click id is longer than this; it fits where payment providers allow 120 or more.
pub const MAX_CLICK_ID_LEN: usize = PREFIX.len() + encoded_len(MAX_BYTES);

/// What click keys are derived for. Another purpose never verifies as a click.
const PURPOSE: &str = "click";
const PREFIX: &str = "gwc_";
const VERSION: u8 = 1;
const VANITY_BIT: u8 = 0b1000;
const TIME: core::ops::Range<usize> = 1..6;
const NONCE: core::ops::Range<usize> = 6..12;
const CHANNEL: usize = 12;
const CODE_AT: usize = 13;
const MINTED_BYTES: usize = 7;
const TAG_LEN: usize = 16;
const MAX_BYTES: usize = CODE_AT + 32 + TAG_LEN;
const MAX_SECONDS: i64 = (1 << 40) - 1;

const fn encoded_len(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// One follow of a link by a person, as its click id tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Click {
    /// The code in the link. It was well formed; whether it belongs to anybody, the ledger knows.
    pub code: Code,
    /// Seconds since 1970.
    pub clicked_at: i64,
    /// Tells two clicks of one second apart.
    pub nonce: [u8; 6],
    /// How the link had been passed on.
    pub channel: Channel,
}

/// A signed click id in its one canonical form. Small and `Copy`: following a link allocates nothing for it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClickId {
    bytes: [u8; MAX_CLICK_ID_LEN],
    len: u8,
}

/// The click id is not one of ours, or not of this program, or too old, or from the future. Why is nobody's
/// business: answers that differ help only whoever forges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejected;

/// The keys of one program's click ids, prepared so that signing clones a state instead of hashing a key.
#[derive(Clone)]
pub struct ClickKeys {
    signing: ClickKey,
    other: Option<ClickKey>,
}

#[derive(Clone)]
struct ClickKey {
    id: u8,
    prepared: Hmac<Sha256>,
}

impl ClickKeys {
    /// Derives the keys of the program with this uid from every live root key.
    pub fn derive(root: &RootKeys, program_uid: &[u8]) -> Self {
        let mut keys = root.iter().map(|key| {
            // HMAC fills a short key with zeros up to its block; doing so here makes `new` infallible.
            let mut block = [0; 64];
            block[..32].copy_from_slice(&key.derive(PURPOSE, program_uid));
            ClickKey { id: key.id(), prepared: Hmac::new(&block.into()) }
        });
        let signing = keys.next();
        let other = keys.next();
        match signing {
            Some(signing) => Self { signing, other },
            None => unreachable!("there is always a signing root key"),
        }
    }

    /// Signs a click. `clicked_at` is in seconds since 1970; the nonce must be unpredictable.
    pub fn mint(&self, code: &Code, clicked_at: i64, nonce: [u8; 6], channel: Channel) -> ClickId {
        let mut bytes = [0; MAX_BYTES];
        bytes[0] = VERSION << 4 | self.signing.id;
        bytes[TIME].copy_from_slice(&clicked_at.clamp(0, MAX_SECONDS).to_be_bytes()[3..]);
        bytes[NONCE].copy_from_slice(&nonce);
        bytes[CHANNEL] = channel.number();
        let code_len = if let Some(random) = code.minted_bytes() {
            bytes[CODE_AT..CODE_AT + MINTED_BYTES].copy_from_slice(&random);
            MINTED_BYTES
        } else {
            bytes[0] |= VANITY_BIT;
            let text = code.as_str().as_bytes();
            bytes[CODE_AT..CODE_AT + text.len()].copy_from_slice(text);
            text.len()
        };
        let signed = CODE_AT + code_len;
        let mut mac = self.signing.prepared.clone();
        mac.update(&bytes[..signed]);
        bytes[signed..signed + TAG_LEN].copy_from_slice(&mac.finalize().into_bytes()[..TAG_LEN]);
        ClickId::encode(&bytes[..signed + TAG_LEN])
    }

    /// Reads and checks a click id. `now` is in seconds since 1970.
    ///
    /// Good for any string from anywhere: never panics, compares in constant time, and gives one answer for
    /// everything that is wrong.
    pub fn verify(&self, text: &str, now: i64) -> Result<Click, Rejected> {
        let mut buffer = [0; MAX_BYTES + 3];
        let bytes = decode(text, &mut buffer).ok_or(Rejected)?;
        if bytes.len() <= CODE_AT + TAG_LEN || bytes[0] >> 4 != VERSION {
            return Err(Rejected);
        }
        let (signed, tag) = bytes.split_at(bytes.len() - TAG_LEN);
        let mut mac = self.by_id(signed[0] & MAX_KEY_ID).ok_or(Rejected)?.prepared.clone();
        mac.update(signed);
        mac.verify_truncated_left(tag).map_err(|_| Rejected)?;
        let click = Click::read(signed).ok_or(Rejected)?;
        let age = now.saturating_sub(click.clicked_at);
        if (-MAX_SKEW_SECONDS..=MAX_AGE_DAYS * 86_400).contains(&age) { Ok(click) } else { Err(Rejected) }
    }

    fn by_id(&self, id: u8) -> Option<&ClickKey> {
        core::iter::once(&self.signing).chain(&self.other).find(|key| key.id == id)
    }
}

impl Click {
    /// Reads what has been signed; still careful, because an earlier version may have signed it.
    fn read(signed: &[u8]) -> Option<Self> {
        let written = signed.get(CODE_AT..)?;
        let code = if signed[0] & VANITY_BIT == 0 {
            let code = Code::mint(written.try_into().ok()?);
            code.minted_bytes().filter(|bytes| bytes == written).map(|_| code)?
        } else {
            let code = Code::parse(core::str::from_utf8(written).ok()?).ok()?;
            Some(code).filter(|code| code.as_str().as_bytes() == written && !code.is_minted())?
        };
        let time = signed[TIME].iter().fold(0, |time, byte| time << 8 | i64::from(*byte));
        Some(Self {
            code,
            clicked_at: time,
            nonce: signed[NONCE].try_into().ok()?,
            channel: Channel::from_number(signed[CHANNEL])?,
        })
    }

    /// The public name of the click in lists and traces, `clk_…`: time and nonce, so that names sort by time.
    pub fn name(&self) -> ClickName {
        ClickName::new(self.clicked_at, self.nonce)
    }
}

/// `clk_` and 18 characters of Crockford base32: the click's second and nonce. Sorts by time; says nothing that
/// a click id does not, and proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClickName([u8; 22]);

/// Crockford's, lower case, in ascending order.
const NAME_ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl ClickName {
    /// From the click's second since 1970 and its nonce.
    pub fn new(clicked_at: i64, nonce: [u8; 6]) -> Self {
        let mut name = *b"clk_000000000000000000";
        let time = clicked_at.clamp(0, MAX_SECONDS).to_be_bytes();
        let mut bits =
            time[3..].iter().chain(&nonce).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        // 88 bits in 18 characters of 5.
        for symbol in name[4..].iter_mut().rev() {
            *symbol = NAME_ALPHABET[usize::from(bits.to_le_bytes()[0] & 31)];
            bits >>= 5;
        }
        Self(name)
    }

    /// Reads a name; `None` for anything that is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let name: [u8; 22] = text.as_bytes().try_into().ok()?;
        let (prefix, symbols) = name.split_at(4);
        (prefix == b"clk_" && symbols.iter().all(|symbol| NAME_ALPHABET.contains(symbol)))
            .then_some(Self(name))
    }

    /// Seconds since 1970.
    pub fn clicked_at(&self) -> i64 {
        let value = |symbol: &u8| {
            NAME_ALPHABET.binary_search(symbol).ok().and_then(|at| u128::try_from(at).ok()).unwrap_or(0)
        };
        let bits = self.0[4..].iter().fold(0_u128, |bits, symbol| bits << 5 | value(symbol));
        i64::try_from(bits >> 48 & 0xFF_FFFF_FFFF).unwrap_or(0)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        // Always ASCII by construction.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Serialize for ClickName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ClickName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        Self::parse(text).ok_or_else(|| de::Error::custom("not the name of a click"))
    }
}

impl fmt::Display for ClickName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

fn decode<'a>(text: &str, buffer: &'a mut [u8; MAX_BYTES + 3]) -> Option<&'a [u8]> {
    if text.len() > MAX_CLICK_ID_LEN {
        return None;
    }
    let text = text.strip_prefix(PREFIX)?;
    // This engine wants no padding and refuses a last character with bits to spare.
    let len = URL_SAFE_NO_PAD.decode_slice(text, buffer).ok()?;
    buffer.get(..len)
}

impl ClickId {
    fn encode(token: &[u8]) -> Self {
        let mut bytes = [0; MAX_CLICK_ID_LEN];
        bytes[..PREFIX.len()].copy_from_slice(PREFIX.as_bytes());
        // The buffer is made for the longest token, so there is always room.
        let len = URL_SAFE_NO_PAD.encode_slice(token, &mut bytes[PREFIX.len()..]).unwrap_or_default();
        Self { bytes, len: u8::try_from(PREFIX.len() + len).unwrap_or_default() }
    }

    /// The click id as it goes into links and cookies: only `[A-Za-z0-9_-]`.
    pub fn as_str(&self) -> &str {
        // Always ASCII by construction.
        core::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl fmt::Display for ClickId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ClickId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClickId").field(&self.as_str()).finish()
    }
}

impl fmt::Debug for ClickKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClickKeys").field("signing", &self.signing.id).finish_non_exhaustive()
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this click id is not valid here")
    }
}

impl core::error::Error for Rejected {}

#[cfg(test)]
mod tests;

//! The short token in a link that says whose link it is.
//!
//! Two kinds live side by side and can never be mistaken for one another:
//!
//! - a **minted** code is 11 characters of lower-case [Crockford base32][1]: 50 bits and a check
//!   character, so that a mistyped code is known to be wrong without asking any storage;
//! - a **vanity** code is chosen by a person: 3–32 of `[a-z0-9-]`, and never of minted shape.
//!
//! Reading is forgiving the way Crockford meant it: case does not matter, and in a minted code `i`
//! and `l` are read as `1`, `o` as `0`.
//!
//! The check character is a weighted sum over GF(32), the weights being the powers of a primitive
//! element: H. P. Gumm, *A New Class of Check-Digit Methods for Arbitrary Number Systems*, IEEE
//! Transactions on Information Theory 31 (1985); the same construction as `x ∘ y = αx + y` in
//! H. M. Damm, *Totally anti-symmetric quasigroups for all orders n ≠ 2, 6*, Discrete Mathematics
//! 307 (2007). It catches every single substitution and every swap of two characters, adjacent or
//! not, because no two of the 11 weights are equal (α has order 31).
//!
//! [1]: https://www.crockford.com/base32.html

use core::fmt;
use core::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

/// Crockford's alphabet, lower case: no `i`, `l`, `o` (look-alikes) and no `u`.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Characters in a minted code, the check character included.
pub const MINTED_LEN: usize = 11;

/// Fewest and most characters in a vanity code.
pub const VANITY_LEN: core::ops::RangeInclusive<usize> = 3..=MAX_LEN;

const MAX_LEN: usize = 32;

/// Hashed before a link secret, so that the same secret hashed for another purpose says nothing
/// about its code.
const SECRET_LABEL: &[u8] = b"goodword code v1";

/// Words a person cannot take as a code: they are, or may become, paths of the host that follows
/// links, or would let one person speak for the merchant. Sorted.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "about", "account", "admin", "administrator", "api", "app", "apple-app-site-association",
    "assets", "auth", "billing", "dashboard", "docs", "favicon", "goodword", "guide", "health",
    "healthz", "help", "login", "logout", "manifest", "null", "official", "payout", "payouts",
    "privacy", "robots", "root", "security", "shop", "sign-in", "sign-up", "signin", "signup",
    "sitemap", "static", "status", "support", "system", "terms", "undefined", "webhook",
    "webhooks", "well-known", "widget", "www",
];

/// A code in its one canonical form: lower case, look-alikes folded, known to be well formed.
///
/// Small and `Copy`, so that following a link allocates nothing for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// ASCII, padded with zeros.
    bytes: [u8; MAX_LEN],
    len: u8,
}

/// Why a string is not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeError {
    /// Shorter than 3 or longer than 32 characters.
    Length,
    /// Something other than letters `a`–`z`, digits and hyphens.
    Character,
    /// A hyphen at the start, at the end, or next to another.
    Hyphen,
    /// The shape of a minted code, with the wrong check character: somebody mistyped it.
    Check,
    /// A vanity code that would be read as a minted one.
    MintedShape,
    /// A vanity code that is kept for the host itself.
    Reserved,
}

impl Code {
    /// Reads a code as it comes out of a link, a form or a mouth.
    ///
    /// Never panics, whatever the input; reading [`Code::as_str`] gives the same code back.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        match fold_minted(text.as_bytes()) {
            Some(symbols) if checks(&symbols) => Ok(Self::from_symbols(&symbols)),
            Some(_) => Err(CodeError::Check),
            None => Self::parse_chosen(text.as_bytes()),
        }
    }

    /// A code chosen by a person, at the moment it is chosen.
    ///
    /// Stricter than [`Code::parse`]: reserved words and strings of minted shape are refused, even
    /// when their check character happens to be right.
    pub fn vanity(text: &str) -> Result<Self, CodeError> {
        if fold_minted(text.as_bytes()).is_some() {
            return Err(CodeError::MintedShape);
        }
        let code = Self::parse_chosen(text.as_bytes())?;
        // One letter is a path too (`/r/…`, `/w/…`, `/v1/…`), but three characters are the least.
        match RESERVED.binary_search(&code.as_str()) {
            Ok(_) => Err(CodeError::Reserved),
            Err(_) => Ok(code),
        }
    }

    /// The code that belongs to a link secret made in a browser: whoever shows the secret owns the
    /// code. SHA-256 of a label and the secret, first 50 bits.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        let digest = Sha256::new().chain_update(SECRET_LABEL).chain_update(secret).finalize();
        let mut head = [0; 7];
        head.copy_from_slice(&digest[..7]);
        Self::mint(&head)
    }

    /// A minted code from random bytes; the first 50 bits are used.
    pub fn mint(random: &[u8; 7]) -> Self {
        let mut bits = random.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte)) >> 6;
        let mut symbols = [0; MINTED_LEN];
        for symbol in symbols[..MINTED_LEN - 1].iter_mut().rev() {
            *symbol = bits.to_le_bytes()[0] & 31;
            bits >>= 5;
        }
        symbols[MINTED_LEN - 1] = times_alpha(weigh(&symbols[..MINTED_LEN - 1]));
        Self::from_symbols(&symbols)
    }

    /// The canonical form: what goes into links, storage and JSON.
    pub fn as_str(&self) -> &str {
        // Always ASCII by construction.
        core::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }

    /// Whether the code was made by us rather than chosen by a person.
    pub fn is_minted(&self) -> bool {
        fold_minted(self.as_str().as_bytes()).is_some()
    }

    /// The 50 bits of a minted code as [`Code::mint`] takes them, the last six bits zero; `None` for a vanity code.
    pub fn minted_bytes(&self) -> Option<[u8; 7]> {
        let symbols = fold_minted(self.as_str().as_bytes())?;
        let bits =
            symbols[..MINTED_LEN - 1].iter().fold(0_u64, |bits, symbol| bits << 5 | u64::from(*symbol));
        let mut random = [0; 7];
        random.copy_from_slice(&(bits << 6).to_be_bytes()[1..]);
        Some(random)
    }

    fn from_symbols(symbols: &[u8; MINTED_LEN]) -> Self {
        let mut code = Self { bytes: [0; MAX_LEN], len: 0 };
        for symbol in symbols {
            code.push(ALPHABET[usize::from(*symbol & 31)]);
        }
        code
    }

    fn parse_chosen(text: &[u8]) -> Result<Self, CodeError> {
        if !VANITY_LEN.contains(&text.len()) {
            return Err(CodeError::Length);
        }
        let mut code = Self { bytes: [0; MAX_LEN], len: 0 };
        // A hyphen is also wrong at the very start: begin as if one had just been read.
        let mut last = b'-';
        for byte in text {
            let byte = byte.to_ascii_lowercase();
            match byte {
                b'-' if last == b'-' => return Err(CodeError::Hyphen),
                b'a'..=b'z' | b'0'..=b'9' | b'-' => {}
                _ => return Err(CodeError::Character),
            }
            code.push(byte);
            last = byte;
        }
        if last == b'-' { Err(CodeError::Hyphen) } else { Ok(code) }
    }

    /// Both callers have bounded the length before.
    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(usize::from(self.len)) {
            *slot = byte;
            self.len += 1;
        }
    }
}

/// The 11 symbols (0–31) of a string of minted shape, or `None` when it has another shape.
fn fold_minted(text: &[u8]) -> Option<[u8; MINTED_LEN]> {
    let text: &[u8; MINTED_LEN] = text.try_into().ok()?;
    let mut symbols = [0; MINTED_LEN];
    for (symbol, byte) in symbols.iter_mut().zip(text) {
        *symbol = fold(*byte)?;
    }
    Some(symbols)
}

/// The value of a character, look-alikes folded as Crockford prescribes.
fn fold(byte: u8) -> Option<u8> {
    Some(match byte.to_ascii_lowercase() {
        b'o' => 0,
        b'i' | b'l' => 1,
        digit @ b'0'..=b'9' => digit - b'0',
        letter @ b'a'..=b'h' => letter - b'a' + 10,
        letter @ b'j'..=b'k' => letter - b'j' + 18,
        letter @ b'm'..=b'n' => letter - b'm' + 20,
        letter @ b'p'..=b't' => letter - b'p' + 22,
        letter @ b'v'..=b'z' => letter - b'v' + 27,
        _ => return None,
    })
}

fn checks(symbols: &[u8; MINTED_LEN]) -> bool {
    weigh(symbols) == 0
}

/// `Σ αᵏ·symbol` over GF(32), k counted from the right.
fn weigh(symbols: &[u8]) -> u8 {
    symbols.iter().fold(0, |sum, symbol| times_alpha(sum) ^ symbol)
}

/// Multiplies by α = x in GF(2)[x] / (x⁵ + x² + 1); the polynomial is primitive.
fn times_alpha(value: u8) -> u8 {
    let carry = value >> 4 & 1;
    (value << 1 & 31) ^ (carry * 0b00101)
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Code").field(&self.as_str()).finish()
    }
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl FromStr for Code {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::parse(text)
    }
}

impl CodeError {
    /// Stable code, with the word for its sentence.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length => "not_a_code.length",
            Self::Character => "not_a_code.character",
            Self::Hyphen => "not_a_code.hyphen",
            Self::Check => "not_a_code.check",
            Self::MintedShape => "not_a_code.minted",
            Self::Reserved => "not_a_code.reserved",
        }
    }
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "a code has 3 to 32 characters",
            Self::Character => "a code is made of letters a-z, digits and hyphens",
            Self::Hyphen => "a hyphen stands between two other characters",
            Self::Check => "this code is mistyped: its check character is wrong",
            Self::MintedShape => "a chosen code may not look like a generated one; add a hyphen",
            Self::Reserved => "this word is kept for the service itself",
        })
    }
}

impl core::error::Error for CodeError {}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FromText;
        impl Visitor<'_> for FromText {
            type Value = Code;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a referral code")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Code, E> {
                Code::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(FromText)
    }
}

#[cfg(test)]
mod tests;

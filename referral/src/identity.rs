//! Signed identity: a token in which the merchant's server says who is signed in.
//!
//! It is a JWT (RFC 7519) in compact form, signed with HMAC-SHA256 and nothing else: the algorithm is ours to say, not
//! the token's. Whatever is wrong with one, the refusal is the same, so that it teaches a forger nothing.
//!
//! What follows from an identity for a link made before is in [`joining`].

pub mod joining;

use crate::input::LONGEST_NAME;
use alloc::string::{String, ToString};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

/// Longest token that is looked at, in bytes.
pub const LONGEST: usize = 4096;

/// Longest life of a token, in seconds.
pub const LONGEST_LIFE: i64 = 3600;

/// How far the merchant's clock may be off, in seconds, in either direction.
pub const SKEW: i64 = 60;

/// Whom a token must be made for.
pub const AUDIENCE: &str = "goodword";

/// Longest `sub` and `email`, in characters, as in the API.
const LONGEST_SUB: usize = 200;
const LONGEST_EMAIL: usize = 254;

/// Who is signed in, by the merchant's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The merchant's own id of this person: the referrer's `external_id`.
    pub sub: String,
    /// E-mail, where told and well formed.
    pub email: Option<String>,
    /// Name, where told and presentable.
    pub name: Option<String>,
}

/// A token that proves nothing, for whichever reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidIdentity;

/// Nothing but these may stand in a header: what it does not name (`crit`, `jku`, `jwk`, `x5c`…) cannot be asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: Option<String>,
    #[expect(dead_code, reason = "allowed and of no use: every live key is tried")]
    kid: Option<String>,
}

/// Claims we do not know are left alone, as RFC 7519 wants it.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    exp: i64,
    email: Option<String>,
    name: Option<String>,
}

/// Reads a token signed with `key`, in the second `now` since 1970. `issuers` are the names of the program the key
/// belongs to.
///
/// # Errors
/// It is malformed, not signed with this key, made for somebody else, expired, from the future or too long-lived.
pub fn verify(key: &[u8], token: &str, now: i64, issuers: &[&str]) -> Result<Identity, InvalidIdentity> {
    if token.len() > LONGEST {
        return Err(InvalidIdentity);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(InvalidIdentity)?;
    let (header, claims) = signed.split_once('.').ok_or(InvalidIdentity)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| InvalidIdentity)?;
    // Before anything inside is believed, or even parsed.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| InvalidIdentity)?;
    mac.update(signed.as_bytes());
    mac.verify_slice(&signature).map_err(|_| InvalidIdentity)?;
    let header: Header = json(header)?;
    if header.alg != "HS256" || header.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(InvalidIdentity);
    }
    let claims: Claims = json(claims)?;
    let for_us = claims.aud == AUDIENCE && issuers.contains(&claims.iss.as_str());
    let life = claims.exp.checked_sub(claims.iat).ok_or(InvalidIdentity)?;
    let lives = (1..=LONGEST_LIFE).contains(&life)
        && claims.iat <= now.saturating_add(SKEW)
        && now < claims.exp.saturating_add(SKEW);
    if !for_us || !lives || !plain(&claims.sub, LONGEST_SUB) {
        return Err(InvalidIdentity);
    }
    Ok(Identity {
        sub: claims.sub,
        email: claims.email.filter(|email| plain(email, LONGEST_EMAIL) && is_email(email)),
        name: claims.name.filter(|name| plain(name, LONGEST_NAME)),
    })
}

/// One JSON object in base64url, in its one canonical form. An object only: serde would read a list into a struct too.
fn json<T: DeserializeOwned>(part: &str) -> Result<T, InvalidIdentity> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidIdentity)?;
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(InvalidIdentity);
    }
    serde_json::from_slice(&bytes).map_err(|_| InvalidIdentity)
}

/// A text that can be kept: something, not too long, no control characters.
fn plain(text: &str, longest: usize) -> bool {
    !text.is_empty() && text.chars().count() <= longest && !text.chars().any(char::is_control)
}

fn is_email(text: &str) -> bool {
    let mut fields = serde_json::Map::new();
    fields.insert("email".to_string(), text.into());
    crate::input::Input::new("", &fields).email("email").is_some()
}

#[cfg(test)]
mod tests;

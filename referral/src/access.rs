//! Cloudflare Access: who stands before the dashboard, by the word of the merchant's own sign-on.
//!
//! What comes with a request is a JWT (RFC 7519) in compact form, signed with RSASSA-PKCS1-v1_5 and SHA-256 and nothing
//! else: the algorithm is ours to say, not the token's. Here it is taken apart and its claims are judged; the signature
//! is checked by the platform in between, and no claim can be read before: [`Token::claims`] takes the proof. Whatever is
//! wrong, the refusal is the same.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Longest assertion that is looked at, in bytes: such a token carries groups, too.
pub const LONGEST: usize = 16_384;
/// Longest answer with keys that is read, in bytes.
pub const LONGEST_KEYS: usize = 65_536;
/// How far the two clocks may differ, in seconds, in either direction.
pub const SKEW: i64 = 60;
/// Most keys of a team; it has two at a time.
const MOST_KEYS: usize = 20;
/// Longest e-mail address, in bytes (RFC 5321).
const LONGEST_EMAIL: usize = 254;

/// An assertion that proves nothing, for whichever reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidAssertion;

/// Whose assertions are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// `https://team.cloudflareaccess.com`: who issues them, and where the keys are.
    issuer: String,
    /// The tag of the application they are made for.
    audience: String,
}

impl Policy {
    /// Reads a team's domain, with its scheme or without, and the tag of the application: 64 hex digits.
    ///
    /// Plain http is taken from this very machine only, for tests and development.
    pub fn new(team: &str, audience: &str) -> Option<Self> {
        let team = team.trim().trim_end_matches('/');
        let issuer = if team.contains("://") { team.to_owned() } else { alloc::format!("https://{team}") };
        let (scheme, host) = issuer.split_once("://")?;
        let local = host == "127.0.0.1" || host.starts_with("127.0.0.1:");
        let known = scheme == "https" || (scheme == "http" && local);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':');
        let audience = audience.trim();
        let tag = audience.len() == 64 && audience.bytes().all(|byte| byte.is_ascii_hexdigit());
        (known && !host.is_empty() && host.bytes().all(plain) && tag)
            .then(|| Self { issuer, audience: audience.to_owned() })
    }

    /// Where the team's keys are.
    pub fn keys_url(&self) -> String {
        alloc::format!("{}/cdn-cgi/access/certs", self.issuer)
    }
}

/// A public key of the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Its name in assertions.
    pub kid: String,
    /// As the platform imports it: a JWK (RFC 7517) with nothing but what an RSA key needs.
    pub jwk: String,
}

/// The keys of an answer that can have signed anything; keys of another kind or for another use are left out.
///
/// # Errors
/// It is no list of keys, or has more than anybody needs.
pub fn read_keys(text: &str) -> Result<Vec<PublicKey>, InvalidAssertion> {
    let body: Value = serde_json::from_str(text).map_err(|_| InvalidAssertion)?;
    let list = body.get("keys").and_then(Value::as_array).ok_or(InvalidAssertion)?;
    if list.len() > MOST_KEYS {
        return Err(InvalidAssertion);
    }
    let key = |key: &Value| {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let able = text("kty") == Some("RSA")
            && text("alg").is_none_or(|alg| alg == "RS256")
            && text("use").is_none_or(|purpose| purpose == "sig");
        let jwk = json!({ "kty": "RSA", "alg": "RS256", "n": text("n")?, "e": text("e")? });
        let kid = text("kid").filter(|kid| !kid.is_empty())?;
        able.then(|| PublicKey { kid: kid.to_owned(), jwk: jwk.to_string() })
    };
    Ok(list.iter().filter_map(key).collect())
}

/// Nothing but these may stand in a header: what it does not name (`crit`, `jku`, `jwk`, `x5c`…) cannot be asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: Option<String>,
}

/// The platform's word that a key has signed what [`Token::signed`] gives.
#[derive(Clone, Copy, Debug)]
pub struct Signed;

/// An assertion taken apart. Nothing in it is believed yet.
#[derive(Clone, Debug)]
pub struct Token<'a> {
    /// Which key is said to have signed it.
    pub kid: String,
    /// The bytes under the signature.
    pub signed: &'a str,
    /// The signature.
    pub signature: Vec<u8>,
    claims: &'a str,
}

/// Claims we do not know are left alone, as RFC 7519 wants it.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Value,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    email: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl<'a> Token<'a> {
    /// Takes an assertion apart.
    ///
    /// # Errors
    /// It is not one JWT that says it is signed with RS256.
    pub fn parse(text: &'a str) -> Result<Self, InvalidAssertion> {
        if text.len() > LONGEST {
            return Err(InvalidAssertion);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(InvalidAssertion)?;
        let (header, claims) = signed.split_once('.').ok_or(InvalidAssertion)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| InvalidAssertion)?;
        let header: Header = object(header)?;
        let typ = header.typ.is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
        let parts = !signature.is_empty() && !claims.contains('.');
        if header.alg != "RS256" || !typ || header.kid.is_empty() || !parts {
            return Err(InvalidAssertion);
        }
        Ok(Self { kid: header.kid, signed, signature, claims })
    }

    /// Whose assertion it is, in the second `now` since 1970: an e-mail address in lower case.
    ///
    /// # Errors
    /// It was made for somebody else, by somebody else, is over, not yet good, or names no person: the token of a service
    /// has no e-mail, and a session that is not of the application is of another type.
    pub fn claims(&self, _: Signed, policy: &Policy, now: i64) -> Result<String, InvalidAssertion> {
        let claims: Claims = object(self.claims)?;
        let audience = match &claims.aud {
            Value::String(one) => *one == policy.audience,
            Value::Array(many) => many.iter().any(|one| one.as_str() == Some(policy.audience.as_str())),
            _ => false,
        };
        let begun = claims.iat <= now.saturating_add(SKEW)
            && claims.nbf.is_none_or(|begin| begin <= now.saturating_add(SKEW));
        let lives = claims.iat < claims.exp && begun && now < claims.exp.saturating_add(SKEW);
        let application = claims.kind.is_none_or(|kind| kind == "app");
        if claims.iss != policy.issuer || !audience || !lives || !application {
            return Err(InvalidAssertion);
        }
        let email = claims.email.filter(|email| email.len() <= LONGEST_EMAIL).ok_or(InvalidAssertion)?;
        let mut fields = Map::new();
        fields.insert("email".to_string(), Value::String(email));
        let email = crate::input::Input::new("", &fields).email("email").ok_or(InvalidAssertion)?;
        Ok(email.to_lowercase())
    }
}

/// One JSON object in base64url, in its one canonical form. An object only: serde would read a list into a struct too.
fn object<T: DeserializeOwned>(part: &str) -> Result<T, InvalidAssertion> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidAssertion)?;
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(InvalidAssertion);
    }
    serde_json::from_slice(&bytes).map_err(|_| InvalidAssertion)
}

#[cfg(test)]
mod tests;

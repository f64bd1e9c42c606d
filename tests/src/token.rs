//! Identity tokens that we sign as a merchant's server does, or not quite, and secrets as browsers make them.

use crate::chance::now_ms;
use crate::program::Program;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use referral::code::Code;
use serde_json::{Value, json};
use sha2::Sha256;

/// The header of an ordinary token.
pub const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// A token of these two texts, signed with a key, whatever they say.
pub fn sign(key: &str, header: &str, claims: &str) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any length of key");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// The claims of a token that a program accepts: of this person, made now, good for ten minutes.
pub fn claims(program: &Program, sub: &str) -> Value {
    let now = now_ms().div_euclid(1000);
    json!({"iss": program.slug, "aud": "goodword", "sub": sub, "iat": now, "exp": now + 600})
}

/// A token of these claims, signed with the program's live identity key.
pub fn of(program: &Program, claims: &Value) -> String {
    sign(program.key("identity_live"), HEADER, &claims.to_string())
}

/// A token that says no more than who it is.
pub fn identity(program: &Program, sub: &str) -> String {
    of(program, &claims(program, sub))
}

/// The proof of a link secret that is this byte over and over, and the code that belongs to it.
pub fn secret(byte: u8) -> (String, String) {
    let bytes = [byte; 32];
    (format!("gws_{}", URL_SAFE_NO_PAD.encode(bytes)), Code::from_secret(&bytes).as_str().to_owned())
}

//! Names that cannot be guessed: sessions, customers, orders.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::fault::Fault;

/// Crockford's alphabet: no I, L, O, U, so that an order number can be read out on the telephone.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A session's secret: 256 bits, for a cookie. Only its [`digest`] is stored.
pub fn secret() -> Result<String, Fault> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

/// `cus_…`, 80 bits: the name Goodword knows a customer by.
pub fn customer_id() -> Result<String, Fault> {
    Ok(format!("cus_{}", letters(bytes::<16>()?).to_ascii_lowercase()))
}

/// `FF-XXXX-XXXX`, 40 bits: an order's number, on the receipt and at Goodword. Not a secret.
pub fn order_id() -> Result<String, Fault> {
    let drawn = letters(bytes::<8>()?);
    Ok(format!("FF-{}-{}", &drawn[..4], &drawn[4..]))
}

/// What is kept of a secret.
#[must_use]
pub fn digest(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret))
}

fn letters<const N: usize>(bytes: [u8; N]) -> String {
    bytes.iter().map(|b| char::from(LETTERS[usize::from(b & 31)])).collect()
}

#[expect(clippy::disallowed_methods, reason = "the shop is a native server; this is its one draw of entropy")]
fn bytes<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Fault::Entropy(e.to_string()))?;
    Ok(bytes)
}

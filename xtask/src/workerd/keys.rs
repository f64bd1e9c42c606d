//! Fresh keys for an edge on this machine.

use anyhow::{Context, Result};
use std::fmt::Write as _;

/// A fresh root key with its id (0..=7), `id:<64 hex>`. Several joined by commas make `ROOT_KEYS`.
pub fn root_key(id: u8) -> Result<String> {
    Ok(format!("{id}:{}", random_hex(32)?))
}

/// A fresh operator's key, `ak_` and 128 random bits.
pub fn admin_key() -> Result<String> {
    Ok(format!("ak_{}", random_hex(16)?))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the keys of a developer's own edge are made here, not in a decision"
)]
fn random_hex(bytes: usize) -> Result<String> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random).context("the system gave no randomness")?;
    Ok(random.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_form_and_never_repeat() {
        let key = root_key(1).unwrap();
        assert!(key.starts_with("1:") && key.len() == 66);
        assert_ne!(key, root_key(1).unwrap());
        assert!(admin_key().unwrap().starts_with("ak_"));
    }
}

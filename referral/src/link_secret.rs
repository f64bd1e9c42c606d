//! The secret that owns a link: 32 random bytes made in the browser, written `gws_` and base64url. The ledger keeps its
//! hash only; the code of the link follows from it, see [`crate::code::Code::from_secret`].

use crate::api_key::sha256_hex;
use alloc::string::String;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::fmt;

const PREFIX: &str = "gws_";

/// A link's secret.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkSecret([u8; 32]);

impl LinkSecret {
    /// Reads the written form. `None` for anything that is not its one canonical form.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What the ledger keeps: SHA-256 in hexadecimal.
    pub fn hash(&self) -> String {
        sha256_hex(&self.0)
    }
}

impl fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("gws_…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_a_secret() {
        let text = "gws_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
        assert_eq!(LinkSecret::parse(text).map(|secret| *secret.bytes()), Some([1; 32]));
        for refused in [
            "",
            "gws_",
            "AQEB",
            &text[..46],
            &alloc::format!("{text}="),
            &text.replace("QE", "Q/"),
            &text.replace("AQE", "AQF"),
            "gws_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQF",
        ] {
            let parsed = LinkSecret::parse(refused);
            assert!(parsed.is_none() || parsed != LinkSecret::parse(text), "{refused}");
        }
    }
}

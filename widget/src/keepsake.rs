//! What a browser keeps between visits: the secret that owns the link, whether it has joined the
//! program, and the address its links begin with.

use alloc::string::String;

use referral::code::Code;

/// Length of a proof: `gws_` and 32 bytes in base64url.
const PROOF_LEN: usize = 47;

/// 32 random bytes; whoever shows them owns the link made from them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// A new secret, or `None` where the browser has no randomness to give.
    pub fn draw() -> Option<Self> {
        let mut bytes = [0; 32];
        #[expect(clippy::disallowed_methods, reason = "the one place where the widget draws entropy")]
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// `gws_` and 43 characters of base64url, as the edge wants to see it.
    pub fn proof(&self) -> String {
        let mut proof = String::from("gws_");
        for three in self.0.chunks(3) {
            let bits =
                three.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
            for place in 0..=three.len() {
                proof.push(letter((bits >> (18 - 6 * place) & 63) as u8));
            }
        }
        proof
    }

    /// Reads a proof back.
    pub fn from_proof(proof: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let letters = proof.strip_prefix("gws_")?;
        let (mut bits, mut waiting, mut filled) = (0_u32, 0, 0);
        for byte in letters.bytes() {
            let value = (0..64).find(|value| letter(*value) == char::from(byte))?;
            bits = bits << 6 | u32::from(value);
            waiting += 6;
            if waiting >= 8 {
                waiting -= 8;
                *bytes.get_mut(filled)? = (bits >> waiting).to_le_bytes()[0];
                filled += 1;
            }
        }
        let secret = Self(bytes);
        // Whatever does not come out the same again was cut short, padded or otherwise not ours.
        (secret.proof() == proof).then_some(secret)
    }

    /// The code that belongs to the secret.
    pub fn code(&self) -> Code {
        Code::from_secret(&self.0)
    }
}

/// One character of base64url (RFC 4648, section 5). A library brings 1.2 KB of tables and padding.
fn letter(value: u8) -> char {
    char::from(match value {
        0..26 => b'A' + value,
        26..52 => b'a' + value - 26,
        52..62 => b'0' + value - 52,
        62 => b'-',
        _ => b'_',
    })
}

/// How far the owner of a secret has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The link has not left the browser; nobody else knows of it.
    New,
    /// The link was copied or shared; the edge has yet to hear of it.
    Wanted,
    /// The edge knows whose link it is.
    Joined,
}

/// Everything that is kept: as text the proof, a sign for the standing, and the base.
#[derive(Clone, PartialEq, Eq)]
pub struct Keepsake {
    /// Owns the link.
    pub secret: Secret,
    /// Whether the edge knows the secret.
    pub standing: Standing,
    /// What links begin with, `https://…/`; empty until the edge has said.
    pub base: String,
}

impl Keepsake {
    /// Reads what was kept; `None` when it was never written or has been damaged.
    pub fn read(text: &str) -> Option<Self> {
        let base = text.get(PROOF_LEN + 1..)?;
        Some(Self {
            secret: Secret::from_proof(text.get(..PROOF_LEN)?)?,
            standing: match text.as_bytes()[PROOF_LEN] {
                b'+' => Standing::Joined,
                b'?' => Standing::Wanted,
                _ => Standing::New,
            },
            base: if is_base(base) { base.into() } else { String::new() },
        })
    }

    /// A keepsake for a browser that has none.
    pub fn draw() -> Option<Self> {
        Some(Self { secret: Secret::draw()?, standing: Standing::New, base: String::new() })
    }

    /// The text to keep.
    pub fn write(&self) -> String {
        let mut text = self.secret.proof();
        text.push(match self.standing {
            Standing::New => '.',
            Standing::Wanted => '?',
            Standing::Joined => '+',
        });
        text.push_str(&self.base);
        text
    }
}

/// Whether links may begin with this: an address of the web that a code can be put behind.
pub fn is_base(base: &str) -> bool {
    (base.starts_with("https://") || base.starts_with("http://"))
        && base.ends_with('/')
        && base.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn secret() -> Secret {
        Secret(core::array::from_fn(|index| u8::try_from(index * 7 % 256).unwrap()))
    }

    #[test]
    fn a_proof_reads_back_as_the_same_secret() {
        let proof = secret().proof();
        assert_eq!(proof.len(), 47);
        assert!(Secret::from_proof(&proof) == Some(secret()));
    }

    #[test]
    fn damaged_proofs_are_refused() {
        let proof = secret().proof();
        for damaged in [
            "",
            "gws_",
            &proof[4..],
            &proof[..46],
            &format!("{proof}A"),
            &format!("{proof}="),
            &proof.replace("gws_", "gws-"),
            &format!("gws_{}", "!".repeat(43)),
        ] {
            assert!(Secret::from_proof(damaged).is_none(), "{damaged}");
        }
    }

    #[test]
    fn what_is_kept_is_what_is_found() {
        for (standing, base) in [
            (Standing::New, ""),
            (Standing::Wanted, ""),
            (Standing::Joined, "https://go.shop.example/r/demo/"),
        ] {
            let kept = Keepsake { secret: secret(), standing, base: base.into() };
            assert!(Keepsake::read(&kept.write()) == Some(kept));
        }
        assert!(Keepsake::read("").is_none());
        assert!(Keepsake::read("{}").is_none());
    }

    #[test]
    fn links_begin_with_a_web_address_or_not_at_all() {
        for good in ["https://go.shop.example/r/demo/", "http://localhost:8787/r/0123456789abcdef/"] {
            assert!(is_base(good), "{good}");
        }
        for bad in [
            "",
            "javascript:alert(1)/",
            "//x/",
            "https://x",
            "https://x/?a=/",
            "https://x/ /",
            "https://x/#/",
        ] {
            assert!(!is_base(bad), "{bad}");
        }
    }
}

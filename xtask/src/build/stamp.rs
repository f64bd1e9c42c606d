//! Knows whether an output folder was made from exactly these inputs.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A fingerprint of everything an output depends on, kept beside the output.
#[derive(Debug)]
pub(super) struct Stamp {
    digest: Sha256,
}

impl Stamp {
    /// Begins with the words that name the tools and their options.
    pub(super) fn of(words: &[&str]) -> Self {
        let mut digest = Sha256::new();
        for word in words {
            digest.update(word.as_bytes());
            digest.update([0]);
        }
        Self { digest }
    }

    /// Adds a file's content.
    pub(super) fn file(mut self, path: &Path) -> Result<Self> {
        let content = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        self.digest.update(u64::try_from(content.len())?.to_le_bytes());
        self.digest.update(content);
        Ok(self)
    }

    /// The fingerprint as hex.
    pub(super) fn finish(self) -> String {
        self.digest.finalize().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

fn path(output: &Path) -> PathBuf {
    output.join(".made-from")
}

/// Whether `output` was made from `fingerprint`.
pub(super) fn is(output: &Path, fingerprint: &str) -> bool {
    fs::read_to_string(path(output)).is_ok_and(|made_from| made_from == fingerprint)
}

/// Remembers what `output` was made from. Call it last.
pub(super) fn set(output: &Path, fingerprint: &str) -> Result<()> {
    fs::write(path(output), fingerprint).with_context(|| format!("{} cannot be written", output.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_do_not_run_into_each_other() {
        assert_ne!(Stamp::of(&["ab", "c"]).finish(), Stamp::of(&["a", "bc"]).finish());
    }

    #[test]
    fn an_output_is_known_by_its_fingerprint_only() {
        let folder = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        assert!(!is(&folder, "one"));
        set(&folder, "one").unwrap();
        assert!(is(&folder, "one"));
        assert!(!is(&folder, "two"));
    }
}

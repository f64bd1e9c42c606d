//! What wasm-bindgen writes beside a module, made smaller without changing what it does.

use anyhow::{Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What the glue keeps to itself: the imports of its wasm, and what is to be done with the instance.
/// With these the scripts start wasm in two lines, and esbuild leaves the glue's own ways out.
const BARE: &str = "\nexport { __wbg_get_imports as imports, __wbg_finalize_init as begin };\n";

/// Hexadecimal digits at the end of an import's name; they compress to half their length and no less.
const HASH_LEN: usize = 16;

/// Rewrites a module's glue and its wasm, which name the same imports.
pub(super) fn shrink(glue: &Path, wasm: &Path) -> Result<()> {
    let (text, module) = without_hashes(&fs::read_to_string(glue)?, fs::read(wasm)?)?;
    fs::write(glue, text + BARE)?;
    fs::write(wasm, module)?;
    Ok(())
}

/// Puts zeros in the place of hashes on both sides: no length changes, so the wasm stays well-formed.
fn without_hashes(glue: &str, mut wasm: Vec<u8>) -> Result<(String, Vec<u8>)> {
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '$');
    let hashed: BTreeSet<&str> = glue.split(word).filter(|name| hash(name).is_some()).collect();
    let mut text = glue.to_owned();
    let mut plain = BTreeSet::new();
    for name in hashed {
        let short = name[..name.len() - HASH_LEN].to_owned() + &"0".repeat(HASH_LEN);
        text = text.replace(name, &short);
        while let Some(at) = wasm.windows(name.len()).position(|bytes| bytes == name.as_bytes()) {
            wasm[at..at + name.len()].copy_from_slice(short.as_bytes());
        }
        if !plain.insert(short) {
            bail!("two imports of the widget differ in nothing but their hashes: {name}");
        }
    }
    Ok((text, wasm))
}

/// The hash of an import's name, if it is one.
fn hash(name: &str) -> Option<&str> {
    let (before, hash) = name.rsplit_once('_')?;
    let whole = hash.len() == HASH_LEN && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
    (whole && before.starts_with("__wbg_") && hash.bytes().any(|digit| digit != b'0')).then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_lose_the_same_hashes_and_no_length_changes() {
        let glue = "imports = { __wbg_ask_c801b50371604869: f, __wbg___wbindgen_throw_41e9ee4f547fc59a: g, __wbg_free: h }";
        let wasm = b"\x1a__wbg_ask_c801b50371604869\x00\x2b__wbg___wbindgen_throw_41e9ee4f547fc59a".to_vec();
        let (text, module) = without_hashes(glue, wasm.clone()).unwrap();
        assert_eq!(
            text,
            "imports = { __wbg_ask_0000000000000000: f, __wbg___wbindgen_throw_0000000000000000: g, __wbg_free: h }"
        );
        assert_eq!(module.len(), wasm.len());
        assert_eq!(&module[..28], b"\x1a__wbg_ask_0000000000000000\x00");
        assert_eq!(without_hashes(&text, module.clone()).unwrap(), (text, module), "nothing is left to do");
    }

    #[test]
    fn imports_that_would_become_the_same_are_refused() {
        let glue = "__wbg_get_c801b50371604869 __wbg_get_41e9ee4f547fc59a";
        assert!(without_hashes(glue, Vec::new()).unwrap_err().to_string().contains("hashes"));
    }
}

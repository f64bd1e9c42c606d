//! What every published file must be, bit by bit: its SHA-384 as browsers take it in `integrity`
//! attributes (W3C Subresource Integrity), beside its size.

use crate::size;
use crate::workspace;
use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha384};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The list of sums, beside the files.
pub const FILE: &str = "integrity.json";

/// One file of the list.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Sum {
    /// `sha384-` and the sum in base64.
    integrity: String,
    /// As built.
    bytes: usize,
    /// As a CDN sends it.
    brotli: usize,
}

/// By path below the published folder.
type Sums = BTreeMap<String, Sum>;

/// The sum of a file, as an `integrity` attribute has it.
pub(super) fn sha384(file: &Path) -> Result<String> {
    let content = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(format!("sha384-{}", STANDARD.encode(Sha384::digest(content))))
}

/// Writes [`FILE`] into a folder that has everything else.
pub(super) fn write(folder: &Path) -> Result<Sums> {
    let mut sums = Sums::new();
    collect(folder, "", &mut sums)?;
    fs::write(folder.join(FILE), serde_json::to_string_pretty(&sums)? + "\n")?;
    Ok(sums)
}

fn collect(folder: &Path, prefix: &str, sums: &mut Sums) -> Result<()> {
    for entry in folder.read_dir().with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = entry?.path();
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), sums)?;
        } else {
            let part = size::measure(&path)?;
            sums.insert(name, Sum { integrity: sha384(&path)?, bytes: part.raw, brotli: part.brotli });
        }
    }
    Ok(())
}

/// The guide's page about versions, from its template.
pub(super) fn page(template: &str, sums: &Sums) -> Result<String> {
    let mut rows = String::new();
    for (name, Sum { integrity, brotli, .. }) in sums {
        let _ = writeln!(
            rows,
            "<tr><td><code>{name}</code></td><td>{brotli}</td><td><code>{integrity}</code></td></tr>"
        );
    }
    let loader = sums.get("goodword.js").context("the loader is not among the published files")?;
    let page = template
        .replace("{{version}}", workspace::VERSION)
        .replace("{{loader}}", &loader.integrity)
        .replace("{{rows}}", rows.trim_end());
    if page.contains("{{") {
        bail!("the page about versions asks for something that is not there");
    }
    Ok(page)
}

/// Prints the sums of the built widget to stdout.
pub fn print() -> Result<()> {
    let file = super::published().join(FILE);
    let text = fs::read_to_string(&file)
        .with_context(|| format!("{} is not there: run `cargo xtask build`", file.display()))?;
    let sums: Sums = serde_json::from_str(&text)?;
    println!("{:<20} {:>7}  integrity", format!("/w/{}/", workspace::VERSION), "brotli");
    for (name, Sum { integrity, brotli, .. }) in &sums {
        println!("{name:<20} {brotli:>7}  {integrity}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-integrity-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("words")).unwrap();
        fs::write(folder.join("goodword.js"), "abc").unwrap();
        fs::write(folder.join("words/en.js"), "abd").unwrap();
        folder
    }

    #[test]
    fn sums_are_those_of_the_standard() {
        // FIPS 180-4, the example "abc", in base64.
        let sums = write(&folder("sums")).unwrap();
        assert_eq!(
            sums["goodword.js"].integrity,
            "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn"
        );
        assert_ne!(sums["words/en.js"].integrity, sums["goodword.js"].integrity);
        assert_eq!(sums["goodword.js"].bytes, 3);
    }

    #[test]
    fn the_page_names_the_loaders_sum_and_nothing_is_left_open() {
        let sums = write(&folder("page")).unwrap();
        let page = page("{{version}} {{loader}} {{rows}}", &sums).unwrap();
        assert!(page.contains(&sums["goodword.js"].integrity));
        assert!(page.contains("words/en.js"));
        assert!(super::page("{{unknown}}", &sums).is_err());
    }
}

//! Bytes of everything a visitor downloads until the share panel can be used.

use crate::build;
use crate::workspace;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// Brotli bytes of the loader, which every page of a shop downloads.
pub const LOADER_BUDGET: usize = 1_300;
/// Brotli bytes of everything together.
pub const TOTAL_BUDGET: usize = 22_000;
/// What a CDN uses for files that are compressed once and sent a million times.
const QUALITY: i32 = 11;
/// Brotli's largest standard window, 4 MiB.
const WINDOW_BITS: i32 = 22;

/// One downloaded file.
#[derive(Debug)]
pub struct Part {
    /// Its file name.
    pub name: String,
    /// Bytes as built.
    pub raw: usize,
    /// Bytes as sent.
    pub brotli: usize,
}

/// Every downloaded file of the built widget, the loader first.
pub fn parts() -> Result<Vec<Part>> {
    let mut parts = vec![measure(&workspace::at("www/goodword.js"))?];
    for file in panel_files()? {
        parts.push(measure(&file)?);
    }
    Ok(parts)
}

/// Measures the built widget, prints a table or one line of JSON, fails over budget.
pub fn run(json: bool) -> Result<()> {
    let parts = parts()?;
    let total: usize = parts.iter().map(|part| part.brotli).sum();
    let loader = parts[0].brotli;
    if json {
        let list: Vec<_> =
            parts.iter().map(|p| json!({"name": p.name, "bytes": p.raw, "brotli": p.brotli})).collect();
        println!(
            "{}",
            json!({
                "parts": list,
                "loader": {"brotli": loader, "budget": LOADER_BUDGET},
                "total": {"brotli": total, "budget": TOTAL_BUDGET},
                "within_budget": loader <= LOADER_BUDGET && total <= TOTAL_BUDGET,
            })
        );
    } else {
        println!("{:<20} {:>10} {:>10} {:>10}", "part", "bytes", "brotli", "budget");
        for (index, part) in parts.iter().enumerate() {
            let budget = if index == 0 { LOADER_BUDGET.to_string() } else { String::new() };
            println!("{:<20} {:>10} {:>10} {budget:>10}", part.name, part.raw, part.brotli);
        }
        let raw: usize = parts.iter().map(|part| part.raw).sum();
        println!("{:<20} {raw:>10} {total:>10} {TOTAL_BUDGET:>10}", "total");
    }
    within("the loader", loader, LOADER_BUDGET)?;
    within("everything a visitor downloads", total, TOTAL_BUDGET)
}

fn within(what: &str, bytes: usize, budget: usize) -> Result<()> {
    if bytes > budget {
        bail!("{what} is {bytes} bytes, {} over the budget of {budget}", bytes - budget);
    }
    Ok(())
}

/// Everything published beside the loader's versioned copy.
fn panel_files() -> Result<Vec<PathBuf>> {
    let folder = build::published();
    let mut files = Vec::new();
    for entry in folder.read_dir().context("the widget is not built: run `cargo xtask build`")? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // QR codes are drawn by files of their own, fetched when somebody wants one.
        let later = name.starts_with("qr");
        if path.is_file() && name != "goodword.js" && !later && !name.starts_with('.') {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn measure(file: &Path) -> Result<Part> {
    let content = fs::read(file)
        .with_context(|| format!("{} is not built: run `cargo xtask build`", file.display()))?;
    let brotli = compressed(&content)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Part { name, raw: content.len(), brotli })
}

fn compressed(content: &[u8]) -> Result<usize> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: QUALITY,
        lgwin: WINDOW_BITS,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut out, &parameters).context("brotli failed")?;
    Ok(out.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_over_the_budget_is_refused_and_the_budget_itself_is_not() {
        assert!(within("it", 100, 100).is_ok());
        let message = within("it", 101, 100).unwrap_err().to_string();
        assert_eq!(message, "it is 101 bytes, 1 over the budget of 100");
    }

    #[test]
    fn repetition_compresses_and_the_bytes_come_back() {
        let text = "goodword ".repeat(1_000);
        assert!(compressed(text.as_bytes()).unwrap() < 60);
    }
}

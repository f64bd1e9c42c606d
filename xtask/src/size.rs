//! Bytes of everything a visitor downloads until the share panel can be used, and of what comes
//! later, if somebody asks for it.

use crate::build;
use crate::workspace;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Brotli bytes of the loader, which every page of a shop downloads.
pub const LOADER_BUDGET: usize = 1_300;
/// Brotli bytes of everything until the panel can be used.
pub const TOTAL_BUDGET: usize = 22_000;
/// What a CDN uses for files that are compressed once and sent a million times.
const QUALITY: i32 = 11;
/// Brotli's largest standard window, 4 MiB.
const WINDOW_BITS: i32 = 22;

/// What a page with a panel downloads, beside the loader and one language: the element with its
/// glue and style sheet inside, and the wasm.
const PANEL: [&str; 2] = ["widget.js", "widget_bg.wasm"];

/// One downloaded file.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its path below `www/w/{version}`.
    pub name: String,
    /// Bytes as built.
    pub raw: usize,
    /// Bytes as sent.
    pub brotli: usize,
}

/// Everything that is published, by when it is downloaded.
#[derive(Debug)]
pub struct Parts {
    /// Until the panel can be used: the loader first, and of the languages the largest.
    pub first: Vec<Part>,
    /// When somebody asks for it; of the languages the largest.
    pub later: Vec<Part>,
    /// How many languages there are; each is about as large as the one in `first`.
    pub languages: usize,
}

impl Parts {
    /// Brotli bytes until the panel can be used.
    pub fn total(&self) -> usize {
        self.first.iter().map(|part| part.brotli).sum()
    }

    /// Brotli bytes of the loader.
    pub fn loader(&self) -> usize {
        self.first[0].brotli
    }
}

/// Measures the built widget.
pub fn parts() -> Result<Parts> {
    let folder = build::published();
    let measured = |files: Vec<PathBuf>| files.iter().map(|file| measure(file)).collect::<Result<Vec<_>>>();
    let (mut panel, mut later): (Vec<Part>, Vec<Part>) = measured(files(&folder)?)?
        .into_iter()
        .filter(|part| part.name != "goodword.js")
        .partition(|part| PANEL.contains(&part.name.as_str()));
    let mut first = vec![measure(&workspace::at("www/goodword.js"))?];
    first.append(&mut panel);
    let texts = measured(files(&folder.join("words"))?)?;
    // `pl.js` is seen by everybody, `pl.details.js` by whoever unfolds something.
    let kind = |part: &Part| part.name.split_once('.').map(|(_, kind)| kind.to_owned()).unwrap_or_default();
    let largest = |of: &str| {
        let part = texts.iter().filter(|part| kind(part) == of).max_by_key(|part| part.brotli)?;
        Some(Part { name: format!("words/{}", part.name), ..part.clone() })
    };
    first.extend(largest("js"));
    let more: BTreeSet<String> = texts.iter().map(kind).filter(|kind| kind != "js").collect();
    later.extend(more.iter().filter_map(|kind| largest(kind)));
    let languages = texts.iter().filter(|part| kind(part) == "js").count();
    Ok(Parts { first, later, languages })
}

/// Prints a table or one line of JSON, fails over budget.
pub fn run(json: bool) -> Result<()> {
    let parts = parts()?;
    if json {
        println!("{}", report(&parts));
    } else {
        print(&parts);
    }
    check(&parts)
}

/// Fails over budget.
pub fn check(parts: &Parts) -> Result<()> {
    within("the loader", parts.loader(), LOADER_BUDGET)?;
    within("everything until the panel can be used", parts.total(), TOTAL_BUDGET)
}

fn print(parts: &Parts) {
    let line = |name: &str, raw: usize, brotli: usize, budget: &str| {
        println!("{}", format!("{name:<28} {raw:>10} {brotli:>10} {budget:>10}").trim_end());
    };
    println!("{:<28} {:>10} {:>10} {:>10}", "part", "bytes", "brotli", "budget");
    for (index, part) in parts.first.iter().enumerate() {
        let budget = if index == 0 { LOADER_BUDGET.to_string() } else { String::new() };
        line(&part.name, part.raw, part.brotli, &budget);
    }
    let raw = parts.first.iter().map(|part| part.raw).sum();
    line("until the panel can be used", raw, parts.total(), &TOTAL_BUDGET.to_string());
    for part in &parts.later {
        line(&format!("later: {}", part.name), part.raw, part.brotli, "");
    }
    println!("{} languages, one of which is fetched; counted is the largest", parts.languages);
}

fn report(parts: &Parts) -> Value {
    let list = |parts: &[Part]| {
        let part = |p: &Part| json!({"name": p.name, "bytes": p.raw, "brotli": p.brotli});
        parts.iter().map(part).collect::<Vec<_>>()
    };
    json!({
        "parts": list(&parts.first),
        "later": list(&parts.later),
        "languages": parts.languages,
        "loader": {"brotli": parts.loader(), "budget": LOADER_BUDGET},
        "total": {"brotli": parts.total(), "budget": TOTAL_BUDGET},
        "within_budget": check(parts).is_ok(),
    })
}

fn within(what: &str, bytes: usize, budget: usize) -> Result<()> {
    if bytes > budget {
        bail!("{what} is {bytes} bytes, {} over the budget of {budget}", bytes - budget);
    }
    Ok(())
}

/// The files of a folder that a page may download, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in folder.read_dir().context("the widget is not built: run `cargo xtask build`")? {
        let path = entry?.path();
        if path.is_file() && path.extension().is_some_and(|ending| ending == "js" || ending == "wasm") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Weighs one file, named without its folder.
pub(crate) fn measure(file: &Path) -> Result<Part> {
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

    fn part(name: &str, brotli: usize) -> Part {
        Part { name: name.to_owned(), raw: 3 * brotli, brotli }
    }

    #[test]
    fn one_byte_over_the_budget_is_refused_and_the_budget_itself_is_not() {
        let parts = |loader, panel| Parts {
            first: vec![part("goodword.js", loader), part("widget.js", panel)],
            later: vec![part("qr.js", 1_000_000)],
            languages: 1,
        };
        let rest = TOTAL_BUDGET - LOADER_BUDGET;
        assert!(check(&parts(LOADER_BUDGET, rest)).is_ok());
        let message = |parts: &Parts| check(parts).unwrap_err().to_string();
        assert_eq!(
            message(&parts(LOADER_BUDGET + 1, 0)),
            "the loader is 1301 bytes, 1 over the budget of 1300"
        );
        assert!(message(&parts(LOADER_BUDGET, rest + 1)).ends_with("1 over the budget of 22000"));
        assert_eq!(report(&parts(LOADER_BUDGET, rest + 1))["within_budget"], false);
    }

    #[test]
    fn repetition_compresses_and_the_bytes_come_back() {
        let text = "goodword ".repeat(1_000);
        assert!(compressed(text.as_bytes()).unwrap() < 60);
    }
}

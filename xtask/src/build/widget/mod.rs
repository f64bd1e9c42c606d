//! The widget: a loader in plain JavaScript, and behind an address that names the version, so that
//! it can be cached for ever, everything the loader fetches.
//!
//! | file of `www/w/{version}` | made from |
//! |---|---|
//! | `goodword.js`, also `www/goodword.js` | the loader |
//! | `widget_bg.wasm`, `qr_bg.wasm` | the crates in `widget/` and `widget/qr/` |
//! | `widget.js` and the other modules | `widget/loader`, with glue, style sheets and texts inside |
//! | `words/{locale}.js`, `words/{locale}.{part}.js` | `widget/words/{locale}.txt`, see [`words`] |
//! | `integrity.json` | all of the above, see [`integrity`] |
//!
//! Scripts may mention, and the build fills in: `VERSION`, `INTEGRITY` (of `widget.js`, for the
//! loader), `INTEGRITY_WASM` and `INTEGRITY_QR` (of the two wasm files). They may import, besides
//! each other: `panel` and `outline` (the glue of the two crates), `styles` (the panel's style
//! sheet) and `styles/{name}.css` (any style sheet), the latter as minified text.

mod glue;
mod integrity;
mod scripts;
mod words;

pub use integrity::{FILE as INTEGRITY_FILE, print as print_integrity};

use super::stamp::{self, Stamp};
use super::{exclusive, remove, wasm, wasm_command};
use crate::progress::Step;
use crate::{setup, workspace};
use anyhow::{Context, Result};
use scripts::Scripts;
use std::fs;
use std::path::{Path, PathBuf};

/// Where scripts, style sheets and texts are written by people.
const SOURCES: [&str; 3] = ["widget/loader", "widget/styles", "widget/words"];
/// What `www/guide/versions` is made from.
const VERSIONS: &str = "xtask/templates/versions.html";

/// The folder of the published widget: `www/w/{version}`.
pub fn published() -> PathBuf {
    workspace::at("www/w").join(workspace::VERSION)
}

/// The loader as a person reads it.
pub fn loader_source() -> PathBuf {
    workspace::at("widget/loader/goodword.js")
}

/// Builds the widget into [`published`], the loader into `www/goodword.js` and the guide's page
/// about versions. Set-up must have run.
pub fn widget() -> Result<()> {
    let _lock = exclusive()?;
    let mut step = Step::begin("widget")?;
    let panel = wasm(&mut step, "widget", "widget", &[])?;
    let qr = wasm(&mut step, "widget/qr", "widget", &[])?;
    let output = published();
    let loader = workspace::at("www/goodword.js");
    let page = workspace::at("www/guide/versions/index.html");
    let fingerprint = fingerprint(&panel, &qr)?;
    if loader.is_file() && page.is_file() && stamp::is(&output, &fingerprint) {
        step.nothing_to_do();
        return Ok(());
    }
    remove(&output)?;
    fs::create_dir_all(&output).with_context(|| format!("{} cannot be created", output.display()))?;
    let work = workspace::target().join("xtask/widget");
    remove(&work)?;

    optimised(&mut step, "widget", &panel, &work, &output)?;
    optimised(&mut step, "qr", &qr, &work, &output)?;
    words::write(&workspace::at("widget/words"), &output.join("words"))?;
    let mut scripts = Scripts::new(&work, &output)?;
    scripts.styles(&mut step)?;
    scripts.modules(&mut step)?;
    scripts.loader(&mut step)?;
    fs::copy(output.join("goodword.js"), &loader)?;

    let sums = integrity::write(&output)?;
    let template = fs::read_to_string(workspace::at(VERSIONS))?;
    fs::create_dir_all(page.parent().unwrap_or(&page))?;
    fs::write(&page, integrity::page(&template, &sums)?)?;
    stamp::set(&output, &fingerprint)?;
    step.done();
    Ok(())
}

/// Everything the output depends on.
fn fingerprint(panel: &Path, qr: &Path) -> Result<String> {
    let mut sources = Vec::new();
    for folder in SOURCES {
        let folder = workspace::at(folder);
        for entry in folder.read_dir().with_context(|| format!("{} cannot be read", folder.display()))? {
            sources.push(entry?.path());
        }
    }
    sources.sort();
    let names: Vec<_> = sources.iter().map(|path| path.to_string_lossy()).collect();
    let bindgen = setup::wasm_bindgen();
    let mut words: Vec<&str> = vec![workspace::VERSION];
    words.extend(names.iter().map(AsRef::as_ref));
    let bindgen = bindgen.to_string_lossy();
    words.push(&bindgen);
    let mut stamp = Stamp::of(&words)
        .file(panel)?
        .file(qr)?
        .file(&workspace::at("package-lock.json"))?
        .file(&workspace::at(VERSIONS))?;
    for source in &sources {
        stamp = stamp.file(source)?;
    }
    Ok(stamp.finish())
}

/// Writes a module's glue into `work` as `{name}.js` and its wasm into `output` as `{name}_bg.wasm`.
fn optimised(step: &mut Step, name: &str, module: &Path, work: &Path, output: &Path) -> Result<()> {
    let mut bindgen = wasm_command(setup::wasm_bindgen());
    bindgen
        .args(["--target", "web", "--no-typescript", "--out-name", name, "--out-dir"])
        .arg(work)
        .arg(module);
    step.run(bindgen, "wasm-bindgen could not write the widget's glue")?;
    let file = format!("{name}_bg.wasm");
    glue::shrink(&work.join(format!("{name}.js")), &work.join(&file))?;

    let mut optimise = wasm_command(workspace::npm_program("wasm-opt"));
    // The features rustc turns on for this target; every browser since 2021 has them.
    optimise
        .args(["--flatten", "--rereloop", "-Oz", "-Oz", "--converge"])
        // Found by trying: what is a little longer and the same everywhere compresses better.
        .args(["-aimfs", "8", "-fimfs", "20"])
        .args(["--strip-debug", "--strip-producers", "--strip-target-features"])
        .args(["--enable-mutable-globals", "--enable-sign-ext", "--enable-nontrapping-float-to-int"])
        .args(["--enable-bulk-memory", "--enable-multivalue", "--enable-reference-types"])
        .arg(work.join(&file))
        .arg("-o")
        .arg(output.join(&file));
    step.run(optimise, "wasm-opt could not shrink the widget")
}

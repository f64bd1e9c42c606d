//! The widget: a loader in plain JavaScript, and wasm with its glue behind an address that names
//! the version, so that it can be cached for ever.

use super::stamp::{self, Stamp};
use super::{exclusive, remove, wasm, wasm_command};
use crate::progress::Step;
use crate::{setup, workspace};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

/// Defines the element; imports the glue as `panel` and the style sheet's text as `styles`.
const ELEMENT: &str = "widget/loader/widget.js";
const STYLES: &str = "widget/styles/panel.css";

/// What [`ELEMENT`] imports besides.
const IMPORTED: [&str; 4] =
    ["widget/loader/edge.js", "widget/loader/language.js", "widget/loader/sketch.js", "widget/words/en.txt"];

/// The folder of the published widget: `www/w/{version}`.
pub fn published() -> PathBuf {
    workspace::at("www/w").join(workspace::VERSION)
}

/// The loader as a person reads it.
pub fn loader_source() -> PathBuf {
    workspace::at("widget/loader/goodword.js")
}

/// Builds the widget into [`published`] and the loader into `www/goodword.js`. Set-up must have
/// run.
pub fn widget() -> Result<()> {
    let _lock = exclusive()?;
    let mut step = Step::begin("widget")?;
    let module = wasm(&mut step, "widget", "widget", &[])?;
    let output = published();
    let loader = workspace::at("www/goodword.js");
    let mut stamp = Stamp::of(&[&setup::wasm_bindgen().to_string_lossy(), workspace::VERSION])
        .file(&module)?
        .file(&loader_source())?
        .file(&workspace::at("package-lock.json"))?;
    for source in [ELEMENT, STYLES].iter().chain(&IMPORTED) {
        stamp = stamp.file(&workspace::at(source))?;
    }
    let fingerprint = stamp.finish();
    if loader.is_file() && stamp::is(&output, &fingerprint) {
        step.nothing_to_do();
        return Ok(());
    }
    remove(&output)?;
    fs::create_dir_all(&output).with_context(|| format!("{} cannot be created", output.display()))?;

    let work = workspace::target().join("xtask/widget");
    remove(&work)?;
    let mut bindgen = wasm_command(setup::wasm_bindgen());
    bindgen
        .args(["--target", "web", "--no-typescript", "--out-name", "widget", "--out-dir"])
        .arg(&work)
        .arg(&module);
    step.run(bindgen, "wasm-bindgen could not write the widget's glue")?;

    let mut optimise = wasm_command(workspace::npm_program("wasm-opt"));
    // The features rustc turns on for this target; every browser since 2021 has them.
    optimise
        .args(["-Oz", "--converge", "--strip-debug", "--strip-producers", "--strip-target-features"])
        .args(["--enable-mutable-globals", "--enable-sign-ext", "--enable-nontrapping-float-to-int"])
        .args(["--enable-bulk-memory", "--enable-multivalue", "--enable-reference-types"])
        .arg(work.join("widget_bg.wasm"))
        .arg("-o")
        .arg(output.join("widget_bg.wasm"));
    step.run(optimise, "wasm-opt could not shrink the widget")?;

    let mut styles = wasm_command(workspace::npm_program("esbuild"));
    styles
        .arg(workspace::at(STYLES))
        .args(["--minify", "--log-level=warning"])
        .arg(format!("--outfile={}", work.join("panel.css").display()));
    step.run(styles, "esbuild could not minify the style sheet")?;

    let mut element = wasm_command(workspace::npm_program("esbuild"));
    element
        .arg(workspace::at(ELEMENT))
        .args([
            "--bundle",
            "--minify",
            "--format=esm",
            "--target=es2022",
            "--loader:.css=text",
            "--loader:.txt=text",
            "--log-level=warning",
        ])
        .arg(format!("--alias:panel={}", work.join("widget.js").display()))
        .arg(format!("--alias:styles={}", work.join("panel.css").display()))
        .arg(format!("--outfile={}", output.join("widget.js").display()));
    step.run(element, "esbuild could not bundle the element")?;

    let mut minify = wasm_command(workspace::npm_program("esbuild"));
    minify
        .arg(loader_source())
        .args(["--minify", "--target=es2022", "--log-level=warning"])
        .arg(format!("--define:VERSION=\"{}\"", workspace::VERSION))
        .arg(format!("--outfile={}", loader.display()));
    step.run(minify, "esbuild could not minify the loader")?;
    fs::copy(&loader, output.join("goodword.js"))?;

    stamp::set(&output, &fingerprint)?;
    step.done();
    Ok(())
}

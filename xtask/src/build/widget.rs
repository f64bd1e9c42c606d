//! The widget: a loader in plain JavaScript, and wasm with its glue behind an address that names
//! the version, so that it can be cached for ever.

use super::stamp::{self, Stamp};
use super::{exclusive, remove, wasm, wasm_command};
use crate::progress::Step;
use crate::{setup, workspace};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Defines the element; imports the glue as `panel` and the style sheet's text as `styles`.
const ELEMENT: &str = "widget/loader/widget.js";
const STYLES: &str = "widget/styles/panel.css";

/// Draws QR codes, fetched when somebody wants one; imports its glue as `outline`.
const QR: &str = "widget/loader/qr.js";
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
    let panel = wasm(&mut step, "widget", "widget", &[])?;
    let qr = wasm(&mut step, "widget/qr", "widget", &[])?;
    let output = published();
    let loader = workspace::at("www/goodword.js");
    let mut stamp = Stamp::of(&[&setup::wasm_bindgen().to_string_lossy(), workspace::VERSION])
        .file(&panel)?
        .file(&qr)?
        .file(&loader_source())?
        .file(&workspace::at("package-lock.json"))?;
    for source in [ELEMENT, QR, STYLES].iter().chain(&IMPORTED) {
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
    for (name, module) in [("widget", &panel), ("qr", &qr)] {
        optimised(&mut step, name, module, &work, &output)?;
    }

    let mut styles = wasm_command(workspace::npm_program("esbuild"));
    styles
        .arg(workspace::at(STYLES))
        .args(["--minify", "--log-level=warning"])
        .arg(format!("--outfile={}", work.join("panel.css").display()));
    step.run(styles, "esbuild could not minify the style sheet")?;

    let (glue, css) = (work.join("widget.js"), work.join("panel.css"));
    bundle(&mut step, ELEMENT, &[("panel", &glue), ("styles", &css)], &output.join("widget.js"))?;
    bundle(&mut step, QR, &[("outline", &work.join("qr.js"))], &output.join("qr.js"))?;

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

/// Writes a module's glue into `work` as `{name}.js` and its wasm into `output` as `{name}_bg.wasm`.
fn optimised(step: &mut Step, name: &str, module: &Path, work: &Path, output: &Path) -> Result<()> {
    let mut bindgen = wasm_command(setup::wasm_bindgen());
    bindgen
        .args(["--target", "web", "--no-typescript", "--out-name", name, "--out-dir"])
        .arg(work)
        .arg(module);
    step.run(bindgen, "wasm-bindgen could not write the widget's glue")?;

    let file = format!("{name}_bg.wasm");
    let mut optimise = wasm_command(workspace::npm_program("wasm-opt"));
    // The features rustc turns on for this target; every browser since 2021 has them.
    optimise
        .args(["-Oz", "--converge", "--strip-debug", "--strip-producers", "--strip-target-features"])
        .args(["--enable-mutable-globals", "--enable-sign-ext", "--enable-nontrapping-float-to-int"])
        .args(["--enable-bulk-memory", "--enable-multivalue", "--enable-reference-types"])
        .arg(work.join(&file))
        .arg("-o")
        .arg(output.join(&file));
    step.run(optimise, "wasm-opt could not shrink the widget")
}

/// Bundles a script with what it imports; `aliases` say which file a bare name stands for.
fn bundle(step: &mut Step, entry: &str, aliases: &[(&str, &Path)], outfile: &Path) -> Result<()> {
    let mut esbuild = wasm_command(workspace::npm_program("esbuild"));
    esbuild.arg(workspace::at(entry)).args([
        "--bundle",
        "--minify",
        "--format=esm",
        "--target=es2022",
        "--loader:.css=text",
        "--loader:.txt=text",
        "--log-level=warning",
    ]);
    for (name, file) in aliases {
        esbuild.arg(format!("--alias:{name}={}", file.display()));
    }
    esbuild.arg(format!("--outfile={}", outfile.display()));
    step.run(esbuild, &format!("esbuild could not bundle {entry}"))
}

//! The edge: one wasm module and the script that starts it.

use super::stamp::{self, Stamp};
use super::{exclusive, wasm, wasm_command};
use crate::children::bound;
use crate::progress::Step;
use crate::{setup, workspace};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the runtime calls; it calls what worker-build has made.
const ENTRY: &str = "edge/entry.js";

/// Which edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// What is deployed, in `edge/build`.
    Release,
    /// The same with the `failpoints` feature, in `edge/build-failpoints`: tests only.
    Failpoints,
}

impl Flavour {
    /// The folder worker-build writes, relative to `edge/`.
    fn folder(self) -> &'static str {
        match self {
            Self::Release => "build",
            Self::Failpoints => "build-failpoints",
        }
    }

    /// The cargo profile. Two profiles are two folders, so one build leaves the other's alone.
    fn profile(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Failpoints => "failpoints",
        }
    }

    fn features(self) -> &'static [&'static str] {
        match self {
            Self::Release => &[],
            Self::Failpoints => &["failpoints"],
        }
    }

    /// The finished build.
    pub fn output(self) -> PathBuf {
        workspace::at("edge").join(self.folder())
    }
}

/// Builds one flavour of the edge. Set-up must have run.
pub fn edge(flavour: Flavour) -> Result<()> {
    let _lock = exclusive()?;
    let label = match flavour {
        Flavour::Release => "edge",
        Flavour::Failpoints => "edge with failpoints",
    };
    let mut step = Step::begin(label)?;
    let module = wasm(&mut step, "edge", flavour.profile(), flavour.features())?;
    let output = flavour.output();
    let worker_build = setup::worker_build();
    let fingerprint = Stamp::of(&[&worker_build.to_string_lossy(), flavour.folder()])
        .file(&module)?
        .file(&workspace::at("package-lock.json"))?
        .file(&workspace::at(ENTRY))?
        .finish();
    if output.join("index.js").is_file() && stamp::is(&output, &fingerprint) {
        step.nothing_to_do();
        return Ok(());
    }
    super::remove(&output)?;
    let mut bundle = wasm_command(&worker_build);
    bundle
        .args(["--profile", flavour.profile(), "--out-dir", flavour.folder()])
        .current_dir(workspace::at("edge"))
        .env("WASM_BINDGEN_BIN", setup::wasm_bindgen())
        .env("WASM_OPT_BIN", workspace::npm_program("wasm-opt"))
        .env("ESBUILD_BIN", workspace::npm_program("esbuild"));
    if flavour == Flavour::Failpoints {
        // Minutes, for a build that no time is measured of.
        bundle.arg("--no-opt");
    }
    if !flavour.features().is_empty() {
        bundle.args(["--features", &flavour.features().join(",")]);
    }
    step.run(bundle, "worker-build could not bundle the edge")?;
    let script = output.join("index.js");
    script.metadata().context("worker-build left no index.js")?;
    step.run(entry(&script), "the edge's entry could not be bundled")?;
    stamp::set(&output, &fingerprint)?;
    step.done();
    Ok(())
}

/// Puts our entry and worker-build's script into one, in the place of the latter.
fn entry(script: &Path) -> Command {
    let script = script.display();
    let mut bundle = bound(workspace::npm_program("esbuild"));
    bundle
        .arg(workspace::at(ENTRY))
        .args(["--bundle", "--format=esm", "--minify", "--external:*.wasm", "--external:cloudflare:*"])
        .args([format!("--alias:worker-build-output={script}"), format!("--outfile={script}")])
        .args(["--allow-overwrite", "--log-level=warning"]);
    bundle
}

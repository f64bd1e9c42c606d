//! The standard library for wasm32.
//!
//! The usual way is `rustup target add`. Where that cannot download, Debian's own Rust does it:
//! see [`super::debian_wasm`]. `GOODWORD_WASM_TARGET=debian` takes that way on purpose.

use super::debian_wasm;
use crate::children::{self, bound};
use crate::progress::{Step, say};
use crate::workspace;
use anyhow::{Context, Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// Whether wasm is built with Debian's Rust.
pub fn is_debian() -> bool {
    static CHOSEN: OnceLock<bool> = OnceLock::new();
    *CHOSEN.get_or_init(|| {
        forced() || (debian_wasm::is_there() && (!usual_is_there() || debian_wasm::is_usual()))
    })
}

/// Environment variables for every command that builds wasm.
pub fn wasm_environment() -> Vec<(&'static str, &'static str)> {
    if is_debian() { debian_wasm::environment() } else { Vec::new() }
}

pub(super) fn install() -> Result<()> {
    if forced() {
        return debian_wasm::install();
    }
    if usual_is_there() || debian_wasm::is_there() {
        return Ok(());
    }
    let Some(rustup) = workspace::on_path(&["rustup"]) else {
        return debian_wasm::install();
    };
    let mut step = Step::begin(&format!("Rust's {TARGET} target"))?;
    let mut add = bound(rustup);
    add.args(["target", "add", TARGET]).current_dir(workspace::root());
    match step.run(add, "rustup could not download the wasm target") {
        Ok(()) => {
            step.done();
            Ok(())
        }
        Err(error) => {
            say("      rustup could not download the wasm target, trying Debian's Rust");
            debian_wasm::install().with_context(|| format!("{error:#}"))
        }
    }
}

fn forced() -> bool {
    env::var("GOODWORD_WASM_TARGET").is_ok_and(|way| way == "debian")
}

fn usual_is_there() -> bool {
    library_folder(None).is_ok_and(|folder| has_std(&folder))
}

/// Where a toolchain keeps its wasm libraries, whether or not they are there.
pub(super) fn library_folder(rustc: Option<&Path>) -> Result<PathBuf> {
    let mut command = Command::new(rustc.unwrap_or(Path::new("rustc")));
    command.args(["--print", "target-libdir", "--target", TARGET]).current_dir(workspace::root());
    let output =
        children::output(command).context("rustc is missing: install Rust from https://rustup.rs")?;
    if !output.status.success() {
        bail!(
            "rustc does not say where its libraries are: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim()))
}

pub(super) fn has_std(folder: &Path) -> bool {
    folder.read_dir().is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("libstd-") && name.ends_with(".rlib")
        })
    })
}

//! Builds what runs: the edge for workerd and Cloudflare, the widget for the browser.
//!
//! Each build first lets cargo bring the wasm up to date, then skips everything after it when
//! neither the wasm nor the tools have changed.

mod edge;
mod stamp;
mod widget;

pub use edge::{Flavour, edge};
pub use widget::{INTEGRITY_FILE, loader_source, print_integrity, published, widget};

use crate::children::bound;
use crate::progress::Step;
use crate::{setup, workspace};
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds everything a deployment needs: `edge/build`, `www/w/{version}`, `www/goodword.js`.
pub fn release() -> Result<()> {
    widget()?;
    edge(Flavour::Release)
}

/// A command that runs in the clone with the toolchain wasm is built with.
fn wasm_command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = bound(program);
    command.current_dir(workspace::root());
    let variables = setup::wasm_environment();
    if !variables.is_empty() {
        // `cargo run` put its own toolchain's libraries there.
        command.env_remove("LD_LIBRARY_PATH").envs(variables);
    }
    command
}

/// Compiles the crate in a room's folder, which is named after it, to wasm with a profile and
/// returns the path of the result.
fn wasm(step: &mut Step, room: &str, profile: &str, features: &[&str]) -> Result<PathBuf> {
    let krate = room.rsplit('/').next().unwrap_or(room);
    let mut cargo = wasm_command("cargo");
    // In the room's own folder, so that its `.cargo/config.toml` counts: the widget has one.
    cargo.current_dir(workspace::at(room));
    cargo.args(["build", "--lib", "-p", krate, "--profile", profile, "--target", "wasm32-unknown-unknown"]);
    if !features.is_empty() {
        cargo.args(["--features", &features.join(",")]);
    }
    step.run(cargo, &format!("{krate} does not compile"))?;
    Ok(workspace::target().join("wasm32-unknown-unknown").join(profile).join(format!("{krate}.wasm")))
}

/// Held while one process builds: two would write the same output folders.
fn exclusive() -> Result<File> {
    let path = workspace::target().join("xtask");
    fs::create_dir_all(&path)?;
    let file = File::create(path.join("build.lock")).context("the build lock cannot be created")?;
    file.lock().context("the build lock cannot be taken")?;
    Ok(file)
}

/// Removes a folder and what is in it; a missing one is fine.
fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", folder.display()))
        }
        _ => Ok(()),
    }
}

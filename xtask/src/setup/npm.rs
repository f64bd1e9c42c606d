//! The npm parts, exactly as the lock file has them.

use crate::children::bound;
use crate::progress::Step;
use crate::workspace;
use anyhow::{Context, Result, bail};
use std::fs;

pub(super) fn install() -> Result<()> {
    let lock = fs::read(workspace::at("package-lock.json")).context("package-lock.json is missing")?;
    let stamp = workspace::at("node_modules/.goodword-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if workspace::on_path(&["npm"]).is_none() {
        bail!("npm is missing: install Node.js 20 or newer with npm (Debian: apt-get install nodejs npm)");
    }
    let mut step = Step::begin("npm parts")?;
    let mut npm = bound("npm");
    npm.arg("ci").current_dir(workspace::root());
    step.run(
        npm,
        "The npm parts could not be installed: check that npm reaches its registry, then start again",
    )?;
    fs::write(&stamp, lock)?;
    step.done();
    Ok(())
}

//! The npm parts, exactly as the lock file has them.

use crate::children::{self, bound};
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
    require_node()?;
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

/// The oldest Node.js all parts run on.
const OLDEST_NODE: u32 = 20;

fn require_node() -> Result<()> {
    if workspace::on_path(&["node"]).is_none() || workspace::on_path(&["npm"]).is_none() {
        bail!("Node.js is missing: install version {OLDEST_NODE} or newer with npm, from https://nodejs.org");
    }
    let mut node = bound("node");
    node.arg("--version");
    let said = children::output(node).context("node could not be started")?;
    let version = String::from_utf8_lossy(&said.stdout);
    match major(&version) {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => bail!(
            "Node.js {} is too old: install version {OLDEST_NODE} or newer, from https://nodejs.org",
            version.trim()
        ),
    }
}

/// 20 of `v20.1.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_version_is_read_from_its_own_words() {
        for (said, expected) in [("v20.1.2\n", Some(20)), ("v8.0.0", Some(8)), ("node", None), ("", None)] {
            assert_eq!(major(said), expected, "{said}");
        }
    }
}

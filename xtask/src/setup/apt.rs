//! Debian packages, where we are root on a Debian; a clear sentence everywhere else.

use crate::children::bound;
use crate::progress::Step;
use crate::workspace;
use anyhow::{Result, bail};

/// Makes sure one of `programs` is on the PATH, installing `package` if need be. `otherwise` says
/// what a person must do where that cannot be done for them.
pub(super) fn program(programs: &[&str], package: &str, otherwise: &str) -> Result<()> {
    if workspace::on_path(programs).is_some() {
        return Ok(());
    }
    install(&[package], otherwise)?;
    if workspace::on_path(programs).is_none() {
        bail!("{otherwise} (Debian's package {package} did not bring it)");
    }
    Ok(())
}

/// Installs Debian packages.
pub(super) fn install(packages: &[&str], otherwise: &str) -> Result<()> {
    let list = packages.join(" ");
    if workspace::on_path(&["apt-get"]).is_none() {
        bail!("{otherwise}");
    }
    if !rustix::process::geteuid().is_root() {
        bail!("{otherwise} (on this system: sudo apt-get install -y --no-install-recommends {list})");
    }
    let mut step = Step::begin(&format!("apt-get install {list}"))?;
    let advice = format!("{otherwise} (apt-get install {list} failed)");
    let apt = |arguments: &[&str]| {
        let mut command = bound("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    step.run(apt(&["update", "-q"]), &advice)?;
    let mut arguments = vec!["install", "-y", "-q", "--no-install-recommends"];
    arguments.extend(packages);
    step.run(apt(&arguments), &advice)?;
    step.done();
    Ok(())
}

//! What is checked without running the code: formatting, lints, dependencies.

use super::count::Count;
use super::targets;
use crate::children::bound;
use crate::progress::{Step, say};
use crate::{setup, workspace};
use anyhow::Result;
use std::process::Command;

/// Runs every check; each that fails counts as one failure and is told at once.
pub(super) fn run(count: &mut Count) -> Result<()> {
    check(
        count,
        "rustfmt",
        cargo(&["fmt", "--all", "--check", "--", "-l"]),
        "these files are not formatted: run `cargo fmt --all`",
    )?;
    let mut native = cargo(&["clippy"]);
    native.args(targets::packages(&targets::PACKAGES)).args(["--all-targets", "--", "-D", "warnings"]);
    check(count, "clippy", native, "clippy has objections")?;
    if setup::is_debian() {
        say("      clippy for wasm is left out: Debian's Rust has none");
    } else {
        // One at a time: together they would share features, and the widget must do without std.
        for (label, package, features) in [
            ("clippy, edge", "edge", ""),
            ("clippy, edge with failpoints", "edge", "failpoints"),
            ("clippy, widget", "widget", ""),
            ("clippy, QR codes", "qr", ""),
        ] {
            let mut wasm = cargo(&["clippy", "-p", package, "--target", "wasm32-unknown-unknown"]);
            wasm.args(["--features", features, "--", "-D", "warnings"]);
            check(count, label, wasm, "clippy has objections")?;
        }
    }
    if workspace::on_path(&["cargo-deny"]).is_some() {
        check(count, "cargo deny", cargo(&["deny", "check"]), "a dependency breaks deny.toml")?;
    } else {
        say("      cargo-deny is not installed: advisories and licences of dependencies are not checked");
    }
    Ok(())
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = bound("cargo");
    command.args(arguments).current_dir(workspace::root());
    command
}

fn check(count: &mut Count, label: &str, command: Command, advice: &str) -> Result<()> {
    let mut step = Step::begin(label)?;
    match step.run(command, advice) {
        Ok(()) => step.done(),
        Err(error) => {
            drop(step);
            count.failed += 1;
            say(&format!("FAIL  {label}: {error:#}"));
        }
    }
    Ok(())
}

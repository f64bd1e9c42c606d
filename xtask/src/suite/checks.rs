//! What is checked without running the code: formatting, lints, dependencies.

use super::count::Count;
use super::targets;
use crate::children::bound;
use crate::progress::{Step, say};
use crate::{fuzz, setup, size, workspace};
use anyhow::{Error, Result};
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
    dependencies(count)
}

/// deny.toml, where cargo-deny is installed. Advisories are news: where they cannot be fetched,
/// that is said, and is no failure of the code.
fn dependencies(count: &mut Count) -> Result<()> {
    if workspace::on_path(&["cargo-deny"]).is_none() {
        say("      cargo-deny is not installed: licences and advisories of dependencies are not checked");
        return Ok(());
    }
    let advice = "a dependency breaks deny.toml";
    check(count, "cargo deny", cargo(&["deny", "check", "licenses", "bans", "sources"]), advice)?;
    let mut step = Step::begin("cargo deny, advisories")?;
    match step.run(cargo(&["deny", "check", "advisories"]), advice) {
        Ok(()) => step.done(),
        Err(error) if error.to_string().contains("failed to fetch advisory database") => {
            step.nothing_to_do();
            say("      advisories cannot be fetched here: not checked");
        }
        Err(error) => {
            step.nothing_to_do();
            fail(count, "cargo deny, advisories", &error);
        }
    }
    Ok(())
}

/// The bytes a visitor downloads, against their budget; over it counts as one failure. The widget
/// must be built.
pub(super) fn size(count: &mut Count) {
    if let Err(error) = size::run(false) {
        fail(count, "size", &error);
    }
}

/// How long each fuzz target is run, in seconds; `cargo xtask fuzz` takes longer.
const FUZZED: u32 = 10;

/// Every fuzz target for a short while; what is found counts as one failure.
pub(super) fn fuzz(count: &mut Count) {
    match fuzz::run(&fuzz::FuzzOptions { seconds: FUZZED, only: None }) {
        Ok(targets) => count.passed += targets,
        Err(error) => fail(count, "fuzz", &error),
    }
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
            step.nothing_to_do();
            fail(count, label, &error);
        }
    }
    Ok(())
}

fn fail(count: &mut Count, label: &str, error: &Error) {
    count.failed += 1;
    say(&format!("FAIL  {label}: {error:#}"));
}

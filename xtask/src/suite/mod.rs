//! `cargo xtask test`: every check there is, each step with its time, one line of sums at the end.

mod checks;
mod count;
mod failures;
mod targets;
mod wasm;

use crate::build::{self, Flavour};
use crate::children::{self, bound};
use crate::progress::{say, seconds};
use crate::{setup, workspace};
use anyhow::{Context, Result, anyhow, bail};
use count::Count;
use failures::Failures;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;
use targets::Targets;

/// A part of the tests that can be run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Unit and property tests, formatting, lints.
    Unit,
    /// The architecture's invariants.
    Tidy,
    /// Journeys over HTTP.
    Http,
    /// kill -9, floods, hostile input.
    Attack,
    /// Journeys in Chromium.
    Browser,
    /// Hostile input, guided by coverage, for a short while.
    Fuzz,
}

impl Part {
    /// Every part, quickest first: a mistake shows early.
    const ALL: [Self; 6] = [Self::Unit, Self::Tidy, Self::Fuzz, Self::Http, Self::Browser, Self::Attack];

    /// The part of this name on the command line.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Tidy => "tidy",
            Self::Http => "http",
            Self::Attack => "attack",
            Self::Browser => "browser",
            Self::Fuzz => "fuzz",
        }
    }

    /// Whether the part talks to a running edge.
    fn needs_builds(self) -> bool {
        matches!(self, Self::Http | Self::Attack | Self::Browser)
    }
}

/// Runs all parts, or one. Goes on after a failure so that one run shows them all; fails in the
/// end if anything did.
pub fn run(only: Option<Part>) -> Result<()> {
    let started = Instant::now();
    let parts: Vec<Part> =
        Part::ALL.into_iter().filter(|part| only.is_none_or(|only| only == *part)).collect();
    if parts.contains(&Part::Browser) {
        setup::for_tests()?;
    } else {
        setup::for_build()?;
    }
    if parts.contains(&Part::Http) {
        setup::languages()?;
    }
    let mut count = Count::default();
    let mut failures = Failures::default();
    // Half of a build is one processor's work: what needs none goes on beside it.
    let mut builds = Some(thread::spawn({
        let parts = parts.clone();
        move || build_for(&parts)
    }));
    if parts.contains(&Part::Unit) {
        checks::run(&mut count)?;
    }
    let targets = Targets::of_this_clone()?;
    for part in parts {
        if part == Part::Fuzz {
            checks::fuzz(&mut count);
        }
        if part.needs_builds()
            && let Some(builds) = builds.take()
        {
            // Without these nothing after them means anything.
            builds.join().map_err(|_| anyhow!("the builds have panicked"))??;
        }
        if part == Part::Browser {
            checks::size(&mut count);
        }
        for command in commands(part, &targets)? {
            let began = Instant::now();
            let before = count;
            say(&format!("      {} tests", part.name()));
            stream(command, &mut count, &mut failures)?;
            let (passed, failed) = (count.passed - before.passed, count.failed - before.failed);
            let verdict = if failed == 0 { "  ok  " } else { "FAIL  " };
            let time = seconds(began.elapsed());
            say(&format!("{verdict}{} tests: {passed} passed, {failed} failed ({time})", part.name()));
        }
    }
    say(&format!("      everything took {}", seconds(started.elapsed())));
    if !failures.lines().is_empty() {
        say("      what failed, once more:");
        failures.lines().iter().for_each(|line| println!("{line}"));
    }
    println!("{count}");
    if count.failed > 0 {
        bail!("there were failures, see above");
    }
    Ok(())
}

/// Builds what these parts talk to.
fn build_for(parts: &[Part]) -> Result<()> {
    if parts.iter().any(|part| part.needs_builds()) {
        build::release()?;
    }
    if parts.contains(&Part::Attack) {
        build::edge(Flavour::Failpoints)?;
    }
    Ok(())
}

/// Takes the pictures of the README and the guide anew.
pub fn pictures() -> Result<()> {
    setup::for_tests()?;
    build::release()?;
    let mut count = Count::default();
    let mut command = browser_tests(&[workspace::at("tests/browser/pictures.test.mjs")])?;
    command.env("GOODWORD_PICTURES", "1");
    stream(command, &mut count, &mut Failures::default())?;
    if count.failed > 0 || count.passed == 0 {
        bail!("not every picture could be taken, see above");
    }
    Ok(())
}

/// Tests in a browser, written in JavaScript; two files at a time, since each waits as much as it works.
fn browser_tests(files: &[PathBuf]) -> Result<Command> {
    let mut node = bound("node");
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=2"])
        .args(files)
        .current_dir(workspace::root())
        .env("GOODWORD_CHROMIUM", setup::shell()?);
    Ok(node)
}

/// The programs that run one part.
fn commands(part: Part, targets: &Targets) -> Result<Vec<Command>> {
    let mut commands = Vec::new();
    let names = targets.of(part);
    if part == Part::Unit {
        let mut unit = cargo_test(&targets::PACKAGES);
        unit.args(["--lib", "--bins"]).args(targets::arguments(names));
        let mut examples = cargo_test(&targets::PACKAGES);
        examples.arg("--doc");
        commands.extend([unit, examples]);
    } else if !names.is_empty() {
        let mut tests = cargo_test(&targets::PACKAGES);
        tests.args(targets::arguments(names));
        if part == Part::Attack {
            // Each attack wants the machine for itself.
            tests.args(["--", "--test-threads=1"]);
        }
        commands.push(tests);
    }
    if part == Part::Browser {
        commands.push(wasm::tests()?);
        let files = targets::browser_files()?;
        if !files.is_empty() {
            commands.push(browser_tests(&files)?);
        }
    }
    Ok(commands)
}

/// `cargo test` over the packages that run on this machine. Always the same packages, so that
/// cargo resolves the same features and compiles nothing twice.
fn cargo_test(packages: &[&str]) -> Command {
    let mut command = bound("cargo");
    command.args(["test", "--no-fail-fast"]).args(targets::packages(packages)).current_dir(workspace::root());
    if let Some((name, value)) = children::test_runner() {
        command.env(name, value);
    }
    command
}

/// Runs a test program, passes on what it prints and counts its results. A program that fails
/// without naming a failed test (it did not compile, it crashed) counts as one failure.
fn stream(mut command: Command, count: &mut Count, failures: &mut Failures) -> Result<()> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = children::spawn(command).context("the tests could not be started")?;
    let failed_before = count.failed;
    failures.begin();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            count.read(&line);
            failures.read(&line);
            println!("{line}");
        }
    }
    let status = child.wait().context("the tests could not be waited for")?;
    if !status.success() && count.failed == failed_before {
        count.failed += 1;
    }
    Ok(())
}

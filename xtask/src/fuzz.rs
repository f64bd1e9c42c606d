//! `cargo xtask fuzz`: coverage-guided fuzzing of what strangers send. The targets are those of cargo-fuzz; they are built
//! here by the stable compiler, whose LLVM has the counters, so that nothing must be installed.

use crate::children::{self, bound};
use crate::progress::{say, seconds};
use crate::workspace;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

/// What libFuzzer needs of the compiler: counters at edges, their places, and what is compared with what.
const COUNTERS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";

/// What of fuzzing is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FuzzOptions {
    /// How long each target is run, in seconds.
    pub seconds: u32,
    /// One target alone.
    pub only: Option<String>,
}

impl Default for FuzzOptions {
    fn default() -> Self {
        Self { seconds: 60, only: None }
    }
}

/// The targets, by their files.
pub fn targets() -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for file in fs::read_dir(workspace::at("fuzz/fuzz_targets")).context("fuzz/fuzz_targets is missing")? {
        let path = file?.path();
        targets.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    targets.sort();
    Ok(targets)
}

/// Runs the targets one after the other, and says how many there were.
///
/// # Errors
/// A target did not build, or found something; the input is kept and named.
pub fn run(options: &FuzzOptions) -> Result<usize> {
    let mut targets = targets()?;
    if let Some(only) = &options.only {
        targets.retain(|target| target == only);
        if targets.is_empty() {
            bail!("there is no fuzz target {only}; see fuzz/fuzz_targets");
        }
    }
    let host = host()?;
    let folder = workspace::at("target/fuzz");
    let mut build = bound("cargo");
    build
        .args(["build", "--release", "--locked", "--target", &host, "--manifest-path"])
        .arg(workspace::at("fuzz/Cargo.toml"))
        .env("RUSTFLAGS", COUNTERS)
        .env("CARGO_TARGET_DIR", &folder);
    for target in &targets {
        build.args(["--bin", target]);
    }
    if !children::spawn(build)
        .and_then(|mut cargo| cargo.wait())
        .context("cargo could not be started")?
        .success()
    {
        bail!("the fuzz targets do not build");
    }
    let mut found = Vec::new();
    for target in &targets {
        let began = Instant::now();
        let program = folder.join(&host).join("release").join(target);
        if one(target, program, &folder, options.seconds)? {
            say(&format!("  ok  fuzz {target} ({})", seconds(began.elapsed())));
        } else {
            found.push(target.clone());
        }
    }
    if !found.is_empty() {
        bail!(
            "fuzzing found something in {}; the input is in {}",
            found.join(", "),
            folder.join("found").display()
        );
    }
    Ok(targets.len())
}

/// Runs one target; whether it found nothing. What it learns beside the kept corpus stays below `target`.
fn one(target: &str, program: PathBuf, folder: &std::path::Path, seconds: u32) -> Result<bool> {
    let learnt = folder.join("corpus").join(target);
    let found = folder.join("found");
    fs::create_dir_all(&learnt)?;
    fs::create_dir_all(&found)?;
    let mut fuzz = bound(program);
    fuzz.arg(&learnt)
        .arg(workspace::at("fuzz/corpus").join(target))
        .args([
            format!("-max_total_time={seconds}"),
            "-timeout=5".to_owned(),
            "-rss_limit_mb=1024".to_owned(),
        ])
        .args(["-print_final_stats=1".to_owned(), format!("-artifact_prefix={}/{target}-", found.display())]);
    let output =
        children::output(fuzz).with_context(|| format!("the fuzz target {target} could not be started"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let of =
        |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).map_or("", str::trim).to_owned();
    let seed = said.lines().find_map(|line| line.strip_prefix("INFO: Seed: ")).unwrap_or("").to_owned();
    say(&format!("      fuzz {target}: {} inputs, seed {seed}", of("stat::number_of_executed_units:")));
    if !output.status.success() {
        let last: Vec<&str> = said.lines().rev().take(40).collect();
        for line in last.into_iter().rev() {
            say(line);
        }
    }
    Ok(output.status.success())
}

/// The triple of this machine.
fn host() -> Result<String> {
    let mut rustc = Command::new("rustc");
    rustc.arg("-vV");
    let output = children::output(rustc).context("rustc could not be started")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say its host")?.to_owned())
}

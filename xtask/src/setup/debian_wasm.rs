//! Debian's Rust as a compiler for wasm32, for places where rustup cannot download.
//!
//! Debian's security suite carries a recent rustc for browsers (`rustc-web`) and its library
//! source, but no compiled wasm library: that is compiled here once, about a minute, and laid
//! where rustc looks. The usual toolchain is not touched; ours is linked beside it.

use super::apt;
use super::wasm_target::{TARGET, has_std, library_folder};
use crate::children::{self, bound};
use crate::progress::Step;
use crate::workspace;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// The name Debian's Rust has among rustup's toolchains.
const TOOLCHAIN: &str = "goodword-debian";
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const RUSTC: &str = "/usr/bin/rustc";
const OTHERWISE: &str =
    "The wasm target is missing: run `rustup target add wasm32-unknown-unknown` where the network allows it";

const LINKER: &str = "wasm-ld-22";
const LINKER_VARIABLE: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";

/// Whether Debian's Rust is the only one: there is no rustup, and `rustc` is Debian's.
pub(super) fn is_usual() -> bool {
    let debian = library_folder(Some(Path::new(RUSTC))).ok();
    debian.is_some() && debian == library_folder(None).ok()
}

/// What a build with Debian's Rust needs to know: which Rust, and the linker it comes without.
pub(super) fn environment() -> Vec<(&'static str, &'static str)> {
    let mut variables = Vec::new();
    if workspace::on_path(&["rustup"]).is_some() {
        variables.push(("RUSTUP_TOOLCHAIN", TOOLCHAIN));
    }
    if workspace::on_path(&[LINKER]).is_some() {
        variables.push((LINKER_VARIABLE, LINKER));
    }
    variables
}

/// Whether this way was taken before.
pub(super) fn is_there() -> bool {
    Path::new(RUSTC).is_file() && library_folder(Some(Path::new(RUSTC))).is_ok_and(|folder| has_std(&folder))
}

pub(super) fn install() -> Result<()> {
    if !is_there() {
        if PACKAGES.iter().any(|package| !has_package(package)) {
            apt::install(&PACKAGES, OTHERWISE)?;
        }
        compile_std()?;
    }
    link()
}

fn has_package(name: &str) -> bool {
    Path::new("/var/lib/dpkg/info").join(format!("{name}.list")).is_file()
}

/// Compiles std in an empty crate and copies the libraries into Debian's sysroot.
fn compile_std() -> Result<()> {
    let krate = workspace::cache().join("wasm-std");
    fs::create_dir_all(krate.join("src"))?;
    fs::write(
        krate.join("Cargo.toml"),
        "[package]\nname = \"wasm-std\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"rlib\"]\n[workspace]\n",
    )?;
    fs::write(krate.join("src/lib.rs"), "")?;
    let mut step = Step::begin("Rust's standard library for wasm, from Debian's source")?;
    let mut cargo = bound("/usr/bin/cargo");
    cargo
        .args(["build", "--release", "--target", TARGET, "-Zbuild-std=std,panic_abort"])
        .current_dir(&krate)
        .env("RUSTC", RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env(LINKER_VARIABLE, LINKER)
        .env("CARGO_TARGET_DIR", krate.join("target"));
    step.run(cargo, OTHERWISE)?;
    let from = krate.join("target").join(TARGET).join("release/deps");
    let to = library_folder(Some(Path::new(RUSTC)))?;
    fs::create_dir_all(&to).with_context(|| format!("{} cannot be created", to.display()))?;
    for entry in from.read_dir()? {
        let path = entry?.path();
        let Some(name) = path.file_name() else {
            continue;
        };
        let ours = name.to_string_lossy().starts_with("libwasm_std");
        if path.extension().is_some_and(|ext| ext == "rlib") && !ours {
            fs::copy(&path, to.join(name))?;
        }
    }
    step.done();
    Ok(())
}

/// Gives Debian's Rust a name among rustup's toolchains, where there is a rustup.
fn link() -> Result<()> {
    let Some(rustup) = workspace::on_path(&["rustup"]) else {
        return Ok(());
    };
    let mut list = bound(&rustup);
    list.args(["toolchain", "list"]);
    let listed = children::output(list)?;
    if String::from_utf8_lossy(&listed.stdout).lines().any(|line| line.starts_with(TOOLCHAIN)) {
        return Ok(());
    }
    let mut step = Step::begin("Debian's Rust beside the others")?;
    let mut command = bound(rustup);
    command.args(["toolchain", "link", TOOLCHAIN, "/usr"]);
    step.run(command, "rustup could not link Debian's Rust")?;
    step.done();
    Ok(())
}

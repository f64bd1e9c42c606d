//! Installs what is missing, pinned; says nothing about what is there.

mod apt;
mod browser;
mod cargo_tools;
mod debian_wasm;
mod npm;
mod wasm_target;

pub use browser::{chromedriver, chromium, shell};
pub use cargo_tools::{wasm_bindgen, wasm_bindgen_test_runner, worker_build};
pub use wasm_target::{is_debian, wasm_environment};

use anyhow::Result;

/// What a build needs: the wasm target, two cargo tools, the npm parts.
pub fn for_build() -> Result<()> {
    npm::install()?;
    wasm_target::install()?;
    cargo_tools::install()
}

/// What the tests need beyond a build: a browser and its driver.
pub fn for_tests() -> Result<()> {
    for_build()?;
    browser::install()
}

/// What the tests of the guide's examples need: the languages they are written in. Rust and Node.js are there already.
pub fn languages() -> Result<()> {
    for (program, package, name) in [
        ("python3", "python3", "Python 3"),
        ("php", "php-cli", "PHP"),
        ("ruby", "ruby", "Ruby"),
        ("go", "golang-go", "Go"),
    ] {
        let otherwise = format!(
            "The guide's examples are tried in every language: install {name} and have {program} on the PATH"
        );
        apt::program(&[program], package, &otherwise)?;
    }
    Ok(())
}

/// What the bench needs beyond a build: `wrk`, which loads a server from outside.
pub fn for_bench() -> Result<()> {
    for_build()?;
    apt::program(&["wrk"], "wrk", "Install wrk, the HTTP load generator, and have it on the PATH")
}

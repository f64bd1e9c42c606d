//! The two command line tools that turn Rust into something a browser and workerd can load.
//!
//! They take minutes to compile, so they live in the cache outside the clone, one folder per
//! version.

use crate::children::bound;
use crate::progress::{Step, say};
use crate::workspace;
use anyhow::Result;
use std::path::PathBuf;

/// Name of the crate, of its program, version. The versions equal those in the root manifest.
const TOOLS: [(&str, &str, &str); 2] =
    [("wasm-bindgen-cli", "wasm-bindgen", "0.2.129"), ("worker-build", "worker-build", "0.8.7")];

/// The wasm-bindgen program.
pub fn wasm_bindgen() -> PathBuf {
    program(TOOLS[0])
}

/// Runs tests that were compiled to wasm; comes with wasm-bindgen.
pub fn wasm_bindgen_test_runner() -> PathBuf {
    wasm_bindgen().with_file_name("wasm-bindgen-test-runner")
}

/// The worker-build program.
pub fn worker_build() -> PathBuf {
    program(TOOLS[1])
}

fn folder((_, program, version): (&str, &str, &str)) -> PathBuf {
    workspace::cache().join(format!("{program}-{version}"))
}

fn program(tool: (&str, &str, &str)) -> PathBuf {
    folder(tool).join("bin").join(tool.1)
}

pub(super) fn install() -> Result<()> {
    let scratch = workspace::cache().join("build");
    for tool in TOOLS {
        if workspace::is_executable(&program(tool)) {
            continue;
        }
        let (krate, name, version) = tool;
        say(&format!("      {name} is compiled once for this machine, about two minutes on two cores"));
        let mut step = Step::begin(&format!("{name} {version}"))?;
        let mut cargo = bound("cargo");
        cargo
            .args(["install", "--locked", krate, "--version", version, "--root"])
            .arg(folder(tool))
            .current_dir(workspace::root())
            // They run for a second at a time: compiling them quickly is worth more.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            // Not into the clone's own output folder: these are other people's crates.
            .env("CARGO_TARGET_DIR", &scratch);
        step.run(
            cargo,
            &format!("{name} could not be installed: check that cargo reaches crates.io and a C linker is there (Debian: build-essential), then start again"),
        )?;
        step.done();
        // Half a gigabyte nobody needs again.
        let _ = std::fs::remove_dir_all(&scratch);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_and_libraries_have_the_same_versions() {
        let manifest = std::fs::read_to_string(workspace::at("Cargo.toml")).unwrap();
        for (library, (_, _, version)) in [("wasm-bindgen", TOOLS[0]), ("worker", TOOLS[1])] {
            assert!(manifest.contains(&format!("{library} = \"={version}\"")), "{library} {version}");
        }
    }
}

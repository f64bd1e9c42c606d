//! The widget's own tests, compiled to wasm and run in Chromium: what a browser's randomness and
//! elements do cannot be seen elsewhere.

use crate::{children, setup, workspace};
use anyhow::{Context, Result};
use serde_json::json;
use std::fs;
use std::process::Command;

/// Seconds until a browser that does not start, or tests that do not end, are given up. The machine
/// may be busy with the other tests' builds.
const PATIENCE: &str = "120";

/// The command that runs them. Set-up must have run.
pub(super) fn tests() -> Result<Command> {
    let capabilities = workspace::target().join("xtask/webdriver.json");
    // As the other tests start it: without the sandbox, which root has none of.
    let browser = json!({
        "goog:chromeOptions": {
            "binary": setup::chromium()?,
            "args": ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"],
        }
    });
    fs::write(&capabilities, browser.to_string())
        .with_context(|| format!("{} cannot be written", capabilities.display()))?;
    let mut cargo = children::bound("cargo");
    let variables = setup::wasm_environment();
    if !variables.is_empty() {
        // `cargo run` put its own toolchain's libraries there.
        cargo.env_remove("LD_LIBRARY_PATH").envs(variables);
    }
    cargo
        .args(["test", "--lib", "-p", "widget", "--target", "wasm32-unknown-unknown"])
        // In the room's own folder, so that its `.cargo/config.toml` counts.
        .current_dir(workspace::at("widget"))
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", setup::wasm_bindgen_test_runner())
        .env("CHROMEDRIVER", setup::chromedriver()?)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities)
        .env("WASM_BINDGEN_TEST_TIMEOUT", PATIENCE);
    Ok(cargo)
}

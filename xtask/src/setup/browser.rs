//! A Chromium for the tests.

use super::apt;
use crate::workspace;
use anyhow::{Result, bail};
use std::env;
use std::path::PathBuf;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const OTHERWISE: &str = "The tests need Chromium: install it, or name one in GOODWORD_CHROMIUM";

/// `GOODWORD_CHROMIUM`, or the first Chromium or Chrome on the PATH.
pub fn chromium() -> Result<PathBuf> {
    if let Some(named) = env::var_os("GOODWORD_CHROMIUM").filter(|v| !v.is_empty()).map(PathBuf::from) {
        if workspace::is_executable(&named) {
            return Ok(named);
        }
        bail!("GOODWORD_CHROMIUM names {}, which is not a program", named.display());
    }
    match workspace::on_path(&NAMES) {
        Some(found) => Ok(found),
        None => bail!("{OTHERWISE}"),
    }
}

pub(super) fn install() -> Result<()> {
    if env::var_os("GOODWORD_CHROMIUM").is_some_and(|v| !v.is_empty()) {
        return chromium().map(drop);
    }
    apt::program(&NAMES, "chromium", OTHERWISE)
}

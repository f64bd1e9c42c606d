//! A Chromium for the tests, and the driver that hands it to those written in Rust.

use super::apt;
use crate::progress::say;
use crate::workspace;
use anyhow::{Context, Result, bail};
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

/// The same Chromium without what is around a page: half the work.
const SHELLS: [&str; 2] = ["chromium-headless-shell", "chrome-headless-shell"];

/// What journeys run in: `GOODWORD_CHROMIUM`, or a shell of Chromium's on the PATH, or else Chromium itself.
pub fn shell() -> Result<PathBuf> {
    if env::var_os("GOODWORD_CHROMIUM").is_some_and(|v| !v.is_empty()) {
        return chromium();
    }
    workspace::on_path(&SHELLS).map_or_else(chromium, Ok)
}

const DRIVER: &str = "chromedriver";
const NO_DRIVER: &str =
    "The tests need Chromium's driver: install chromedriver of the same version, or name one in CHROMEDRIVER";

/// `CHROMEDRIVER`, or the driver on the PATH. It must be of Chromium's own version.
pub fn chromedriver() -> Result<PathBuf> {
    match env::var_os("CHROMEDRIVER").filter(|v| !v.is_empty()).map(PathBuf::from) {
        Some(named) if workspace::is_executable(&named) => Ok(named),
        Some(named) => bail!("CHROMEDRIVER names {}, which is not a program", named.display()),
        None => workspace::on_path(&[DRIVER]).context(NO_DRIVER),
    }
}

pub(super) fn install() -> Result<()> {
    if env::var_os("GOODWORD_CHROMIUM").is_some_and(|v| !v.is_empty()) {
        chromium()?;
    } else {
        apt::program(&NAMES, "chromium", OTHERWISE)?;
        if apt::program(&SHELLS, SHELLS[0], "").is_err() {
            say(
                "      there is no chromium-headless-shell: the journeys run in Chromium itself, more slowly",
            );
        }
    }
    if env::var_os("CHROMEDRIVER").is_some_and(|v| !v.is_empty()) {
        return chromedriver().map(drop);
    }
    apt::program(&[DRIVER], "chromium-driver", NO_DRIVER)
}

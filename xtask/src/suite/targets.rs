//! Which test programs there are, asked of cargo, so that a new file under `tests/` is run without
//! being listed here.

use super::Part;
use crate::{children, workspace};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// The packages with tests that run on this machine; `edge` exists only as wasm.
pub(super) const PACKAGES: [&str; 6] = ["referral", "widget", "qr", "xtask", "shop", "tests"];

/// `-p` for each package.
pub(super) fn packages<'a>(names: &[&'a str]) -> impl Iterator<Item = &'a str> {
    names.iter().flat_map(|name| ["-p", name])
}

/// `--test` for each name.
pub(super) fn arguments(names: &[String]) -> impl Iterator<Item = &str> {
    names.iter().flat_map(|name| ["--test", name.as_str()])
}

/// Names of integration tests, by part.
#[derive(Debug, Default)]
pub(super) struct Targets {
    unit: Vec<String>,
    tidy: Vec<String>,
    http: Vec<String>,
    attack: Vec<String>,
    browser: Vec<String>,
    /// Fuzz targets are no tests of cargo.
    fuzz: Vec<String>,
}

impl Targets {
    /// Asks cargo.
    pub(super) fn of_this_clone() -> Result<Self> {
        let mut cargo = Command::new("cargo");
        cargo.args(["metadata", "--no-deps", "--format-version=1"]).current_dir(workspace::root());
        let output = children::output(cargo).context("cargo could not be started")?;
        if !output.status.success() {
            bail!("cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(Self::read(&serde_json::from_slice(&output.stdout)?))
    }

    /// A room's own integration tests belong to its unit tests, except ours, which run servers;
    /// those of `tests` say by their first word what they are, and are journeys over HTTP
    /// otherwise.
    fn read(metadata: &Value) -> Self {
        let mut targets = Self::default();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        for package in list(&metadata["packages"]) {
            let own = package["name"] != "tests" && package["name"] != "xtask";
            for target in list(&package["targets"]) {
                let (Some(name), true) = (target["name"].as_str(), target["kind"][0] == "test") else {
                    continue;
                };
                let part = match name.split('_').next().unwrap_or(name) {
                    _ if own => &mut targets.unit,
                    "tidy" => &mut targets.tidy,
                    "attack" => &mut targets.attack,
                    "browser" => &mut targets.browser,
                    _ => &mut targets.http,
                };
                part.push(name.to_owned());
            }
        }
        targets
    }

    /// The names of one part.
    pub(super) fn of(&self, part: Part) -> &[String] {
        match part {
            Part::Unit => &self.unit,
            Part::Tidy => &self.tidy,
            Part::Http => &self.http,
            Part::Attack => &self.attack,
            Part::Browser => &self.browser,
            Part::Fuzz => &self.fuzz,
        }
    }
}

/// `tests/browser/*.test.mjs`, in order.
pub(super) fn browser_files() -> Result<Vec<PathBuf>> {
    let folder = workspace::at("tests/browser");
    let mut files = Vec::new();
    if folder.is_dir() {
        for entry in folder.read_dir()? {
            let path = entry?.path();
            if path.to_string_lossy().ends_with(".test.mjs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_test_program_belongs_to_the_part_its_first_word_names() {
        let test = |name: &str| json!({"name": name, "kind": ["test"]});
        let metadata = json!({"packages": [
            {"name": "shop", "targets": [test("orders"), {"name": "shop", "kind": ["bin"]}]},
            {"name": "xtask", "targets": [test("dev")]},
            {"name": "tests", "targets": [
                test("tidy"), test("attack_crash"), test("journeys"), test("follow"), {"name": "tests", "kind": ["lib"]},
            ]},
        ]});
        let targets = Targets::read(&metadata);
        for (part, expected) in [
            (Part::Unit, vec!["orders"]),
            (Part::Tidy, vec!["tidy"]),
            (Part::Http, vec!["dev", "journeys", "follow"]),
            (Part::Attack, vec!["attack_crash"]),
            (Part::Browser, vec![]),
        ] {
            assert_eq!(targets.of(part), expected, "{part:?}");
        }
    }

    #[test]
    fn every_package_named_here_exists() {
        let output = Targets::of_this_clone();
        assert!(output.is_ok(), "{output:?}");
        let manifest = std::fs::read_to_string(workspace::at("Cargo.toml")).unwrap();
        for package in PACKAGES {
            assert!(
                manifest.contains(&format!("\"{package}\"")) || manifest.contains(&format!("/{package}\""))
            );
        }
    }
}

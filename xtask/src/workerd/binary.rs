//! Finding the workerd that npm installed for this system.

use crate::workspace;
use anyhow::{Result, bail};
use std::env::consts::{ARCH, OS};
use std::path::PathBuf;

/// The pinned workerd of this clone. Fails in one sentence when it is not installed or is not
/// made for this system.
pub fn workerd_binary() -> Result<PathBuf> {
    let Some(package) = package(OS, ARCH) else {
        bail!("workerd is not made for {OS} on {ARCH}: use Linux or macOS on x86-64 or arm64");
    };
    let binary = workspace::at("node_modules/@cloudflare").join(package).join("bin/workerd");
    if !workspace::is_executable(&binary) {
        bail!("workerd is not installed: run `cargo xtask build` or `npm ci`");
    }
    Ok(binary)
}

/// npm's name for a system's build of workerd.
fn package(os: &str, arch: &str) -> Option<&'static str> {
    Some(match (os, arch) {
        ("linux", "x86_64") => "workerd-linux-64",
        ("linux", "aarch64") => "workerd-linux-arm64",
        ("macos", "x86_64") => "workerd-darwin-64",
        ("macos", "aarch64") => "workerd-darwin-arm64",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_package_is_in_the_lock_file() {
        let lock = std::fs::read_to_string(workspace::at("package-lock.json")).unwrap();
        for (os, arch) in
            [("linux", "x86_64"), ("linux", "aarch64"), ("macos", "x86_64"), ("macos", "aarch64")]
        {
            let name = package(os, arch).unwrap();
            assert!(lock.contains(&format!("node_modules/@cloudflare/{name}\"")), "{name}");
        }
        assert_eq!(package("plan9", "x86_64"), None);
    }

    #[test]
    fn the_lock_file_names_no_registry() {
        let lock = std::fs::read_to_string(workspace::at("package-lock.json")).unwrap();
        assert!(!lock.contains("\"resolved\""));
    }
}

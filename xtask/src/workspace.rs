//! Where things are: the clone, the tool cache outside it, programs on the PATH.

use std::env;
use std::path::{Path, PathBuf};

/// The version every room shares; also the folder name of the published widget.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The root of the clone.
pub fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

/// A path inside the clone.
pub fn at(path: impl AsRef<Path>) -> PathBuf {
    root().join(path)
}

/// Cargo's output folder, which `CARGO_TARGET_DIR` may have moved.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) if !dir.is_empty() => root().join(dir),
        _ => at("target"),
    }
}

/// Pinned tools that are slow to compile live here, shared by every clone:
/// `$GOODWORD_CACHE`, or `goodword` in the user's cache folder.
pub fn cache() -> PathBuf {
    let set = |name: &str| env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    set("GOODWORD_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|dir| dir.join("goodword")))
        .or_else(|| set("HOME").map(|dir| dir.join(".cache/goodword")))
        .unwrap_or_else(|| target().join("tools"))
}

/// The first of `names` that is an executable file on the PATH.
pub fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    names
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |dir| dir.join(name)))
        .find(|candidate| is_executable(candidate))
}

/// Whether `path` is a file somebody may execute.
pub fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// A program of the npm parts, as `node_modules/.bin` names it.
pub fn npm_program(name: &str) -> PathBuf {
    at("node_modules/.bin").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_folder_of_the_workspace_manifest() {
        let manifest = std::fs::read_to_string(at("Cargo.toml")).unwrap();
        assert!(manifest.contains("[workspace]"));
    }

    #[test]
    fn a_program_is_found_on_the_path_and_a_missing_one_is_not() {
        assert!(on_path(&["no-such-program-anywhere", "sh"]).is_some());
        assert!(on_path(&["no-such-program-anywhere"]).is_none());
    }
}

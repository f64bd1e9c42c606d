//! The folder in which everything that is measured keeps its files.

use crate::workspace;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// A file system in memory. A disk's time to sync is the same for both sides and would hide what they differ in.
const IN_MEMORY: &str = "/dev/shm";
/// What a million referrers and clicks take, with room.
const NEEDED_BYTES: u64 = 6 << 30;
const NAME: &str = "goodword-bench-";

/// A folder that is removed when this value is dropped.
#[derive(Debug)]
pub(super) struct Scratch {
    path: PathBuf,
    in_memory: bool,
}

impl Scratch {
    /// Makes the folder in `parent`, else in memory, else in cargo's output folder. Removes what runs that were killed
    /// left behind.
    pub(super) fn make(parent: Option<&Path>) -> Result<Self> {
        let in_memory = parent.is_none() && roomy(Path::new(IN_MEMORY));
        let parent = match parent {
            Some(parent) => parent.to_owned(),
            None if in_memory => PathBuf::from(IN_MEMORY),
            None => workspace::target().join("xtask"),
        };
        fs::create_dir_all(&parent).with_context(|| format!("{} cannot be created", parent.display()))?;
        remove_left_over(&parent);
        let path = parent.join(format!("{NAME}{}", std::process::id()));
        fs::create_dir_all(&path).with_context(|| format!("{} cannot be created", path.display()))?;
        let path = path.canonicalize()?;
        Ok(Self { path, in_memory })
    }

    /// A folder in it.
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// What it lies on, for the report.
    pub(super) fn kind(&self) -> &'static str {
        if self.in_memory { "files in memory" } else { "files on disk" }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn roomy(path: &Path) -> bool {
    rustix::fs::statvfs(path).is_ok_and(|room| room.f_bavail.saturating_mul(room.f_frsize) >= NEEDED_BYTES)
}

fn remove_left_over(parent: &Path) {
    let Ok(entries) = parent.read_dir() else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(NAME)).and_then(|pid| pid.parse().ok());
        let gone = owner
            .and_then(rustix::process::Pid::from_raw)
            .is_some_and(|pid| rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH));
        if gone {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_goes_and_what_a_killed_run_left_goes_at_the_next() {
        let parent = std::env::temp_dir().join(format!("xtask-scratch-{}", std::process::id()));
        // No process has the highest number there can be.
        let left = parent.join(format!("{NAME}{}", i32::MAX));
        fs::create_dir_all(&left).unwrap();
        let scratch = Scratch::make(Some(&parent)).unwrap();
        assert!(!left.exists());
        let path = scratch.at("");
        assert!(path.exists());
        drop(scratch);
        assert!(!path.exists());
        fs::remove_dir_all(parent).unwrap();
    }
}

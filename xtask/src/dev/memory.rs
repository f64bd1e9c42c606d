//! `{data}/dev.json`: the keys of this developer's edge and of its demo program, so that a restart
//! finds everything again.

use crate::workerd::{admin_key, root_key};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// What is kept. Readable by its owner only.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) root_keys: String,
    pub(super) admin_key: String,
    /// The demo program once it has been created.
    pub(super) program: Option<DemoProgram>,
    #[serde(skip)]
    file: PathBuf,
}

/// The demo program's keys, which the API shows only once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct DemoProgram {
    pub(super) publishable_key: String,
    pub(super) secret_key: String,
    /// Signs who is logged in; empty where the folder is from before there were such keys.
    #[serde(default)]
    pub(super) identity_key: String,
    /// The shop's origin it sends visitors to; changes with `--port`.
    pub(super) destination: String,
}

impl Memory {
    /// What the data folder remembers; fresh keys for a new one, written before they are used.
    pub(super) fn load_or_new(data: &Path) -> Result<Self> {
        let file = data.join("dev.json");
        match fs::read(&file) {
            Ok(text) => {
                let mut memory: Self = serde_json::from_slice(&text).with_context(|| {
                    format!("{} is damaged: restore it, or remove the folder to start anew", file.display())
                })?;
                memory.file = file;
                Ok(memory)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let memory = Self { root_keys: root_key(1)?, admin_key: admin_key()?, program: None, file };
                memory.save()?;
                Ok(memory)
            }
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
        }
    }

    /// Writes a new file and puts it in the old one's place.
    pub(super) fn save(&self) -> Result<()> {
        let fresh = self.file.with_extension("json.new");
        let mut file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .mode(0o600)
            .open(&fresh)
            .with_context(|| format!("{} cannot be written", fresh.display()))?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&fresh, &self.file).with_context(|| format!("{} cannot be written", self.file.display()))
    }

    /// The file, for messages.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_was_saved_is_found_again_and_is_nobody_elses_to_read() {
        let data = std::env::temp_dir().join(format!("xtask-memory-{}", std::process::id()));
        fs::create_dir_all(&data).unwrap();
        let mut first = Memory::load_or_new(&data).unwrap();
        first.program = Some(DemoProgram {
            publishable_key: "pk".into(),
            secret_key: "sk".into(),
            identity_key: "ik".into(),
            destination: "http://localhost:1/".into(),
        });
        first.save().unwrap();
        let second = Memory::load_or_new(&data).unwrap();
        assert_eq!(first.root_keys, second.root_keys);
        assert_eq!(first.program, second.program);
        assert_eq!(first.file().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(first.file(), "{").unwrap();
        assert!(Memory::load_or_new(&data).unwrap_err().to_string().contains("damaged"));
        fs::remove_dir_all(&data).unwrap();
    }
}

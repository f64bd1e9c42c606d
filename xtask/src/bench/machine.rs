//! The machine a bench ran on.

use super::scratch::Scratch;
use crate::children;
use crate::workerd::workerd_binary;
use serde::Serialize;
use std::fs;
use std::process::Command;
use std::thread;

/// What figures depend on. Fields that the system does not tell are empty.
#[derive(Debug, Serialize)]
pub(super) struct Machine {
    pub(super) cpu: String,
    pub(super) cores: usize,
    pub(super) memory_mib: u64,
    pub(super) system: String,
    pub(super) workerd: String,
    pub(super) rustc: String,
    /// Where databases lay.
    pub(super) storage: &'static str,
    /// Processes that wanted to run in the minute before we began: above 0.5 per core, figures are rough.
    pub(super) load_before: String,
}

impl Machine {
    pub(super) fn look(scratch: &Scratch) -> Self {
        let kibibytes = field("/proc/meminfo", "MemTotal");
        let kibibytes = kibibytes.split(' ').next().and_then(|number| number.parse::<u64>().ok());
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            cpu: field("/proc/cpuinfo", "model name"),
            cores: thread::available_parallelism().map_or(0, usize::from),
            memory_mib: kibibytes.unwrap_or_default() / 1024,
            system: format!("{} {} {}", std::env::consts::OS, release.trim(), std::env::consts::ARCH),
            workerd: workerd_binary().map(|path| version(Command::new(path))).unwrap_or_default(),
            rustc: version(Command::new("rustc")),
            storage: scratch.kind(),
            load_before: load.split(' ').next().unwrap_or_default().to_owned(),
        }
    }
}

/// The value of the first line `name : value`.
fn field(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

/// The first line of what `--version` says.
fn version(mut command: Command) -> String {
    command.arg("--version");
    let output = children::output(command).map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).lines().next().unwrap_or_default().to_owned()
}

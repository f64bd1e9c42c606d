//! A Worker in plain JavaScript on the same workerd as the edge: what the edge is measured against, and what fills it.

use crate::children::{self, Guard};
use crate::workerd::{COMPATIBILITY_DATE, workerd_binary};
use crate::workspace;
use anyhow::{Context, Result, bail};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

/// workerd alone is up within half a second; a busy machine takes its time.
const READY_WITHIN: Duration = Duration::from_secs(30);
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// Class, storage key and binding of a kind of objects.
pub(crate) type Objects = (&'static str, &'static str, &'static str);

/// What to run.
#[derive(Debug)]
pub(crate) struct Script<'a> {
    /// A file of `xtask/bench`.
    pub(crate) file: &'a str,
    /// Files that it imports as texts, by their last name.
    pub(crate) texts: Vec<PathBuf>,
    pub(crate) objects: &'a [Objects],
    /// Where the configuration and the log go.
    pub(crate) folder: PathBuf,
    /// Where the objects keep their files.
    pub(crate) storage: PathBuf,
}

/// It runs until this value is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    process: Guard,
    port: u16,
    log: PathBuf,
}

impl Running {
    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// The end of what workerd said.
    pub(crate) fn said(&self) -> String {
        children::tail(&self.log, 10)
    }

    /// Lets it finish what it does: SQLite puts its files in order.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.process.stop(STOP_WITHIN)
    }
}

impl Script<'_> {
    /// Starts workerd and waits until it listens.
    pub(crate) fn start(&self) -> Result<Running> {
        fs::create_dir_all(&self.storage).context("no folder for the objects")?;
        fs::create_dir_all(&self.folder).context("no folder for the configuration")?;
        let port = children::free_port()?;
        let config = self.folder.join("script.capnp");
        fs::write(&config, self.config(port)?)?;
        let log = self.folder.join("script.log");
        let output = File::create(&log)?;
        let mut command = children::bound(workerd_binary()?);
        command.arg("serve").arg(&config).stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let mut running = Running { process: Guard::start(command, self.file)?, port, log };
        let deadline = Instant::now() + READY_WITHIN;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if running.process.ended()?.is_some() || Instant::now() > deadline {
                bail!("workerd did not start {}; it said:\n{}", self.file, running.said());
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(running)
    }

    fn config(&self, port: u16) -> Result<String> {
        // `embed` looks relative paths up from the configuration: everything it takes stands beside it.
        let mut modules = String::new();
        fs::copy(workspace::at("xtask/bench").join(self.file), self.folder.join(self.file))
            .with_context(|| format!("xtask/bench/{} is missing", self.file))?;
        let _ = writeln!(modules, "    (name = \"{0}\", esModule = embed \"{0}\"),", self.file);
        for text in &self.texts {
            let name = text.file_name().and_then(|name| name.to_str()).context("a text without a name")?;
            fs::copy(text, self.folder.join(name))
                .with_context(|| format!("{} is missing", text.display()))?;
            let _ = writeln!(modules, "    (name = \"{name}\", text = embed \"{name}\"),");
        }
        let mut namespaces = String::new();
        let mut bindings = String::new();
        for (class, key, binding) in self.objects {
            let _ = writeln!(
                namespaces,
                "    (className = \"{class}\", uniqueKey = \"{key}\", enableSql = true),"
            );
            let _ = writeln!(bindings, "    (name = \"{binding}\", durableObjectNamespace = \"{class}\"),");
        }
        let storage = path_text(&self.storage)?;
        Ok(format!(
            r#"using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "script", worker = .script),
    (name = "storage", disk = (path = "{storage}", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "script")],
);

const script :Workerd.Worker = (
  modules = [
{modules}  ],
  compatibilityDate = "{COMPATIBILITY_DATE}",
  durableObjectNamespaces = [
{namespaces}  ],
  durableObjectStorage = (localDisk = "storage"),
  bindings = [
{bindings}  ],
);
"#
        ))
    }
}

/// The path as it may stand in a configuration.
fn path_text(path: &Path) -> Result<&str> {
    let text = path.to_str().filter(|text| !text.contains(['"', '\\', '\n']));
    text.with_context(|| format!("{} cannot be written into workerd's configuration", path.display()))
}

//! One edge running on the real `workerd`, its objects in SQLite files on disk.
//!
//! ```no_run
//! # fn main() -> anyhow::Result<()> {
//! use xtask::workerd::{Edge, EdgeOptions};
//! let mut edge = Edge::start(EdgeOptions::new("/tmp/somewhere")?)?;
//! println!("{} is process {}", edge.origin(), edge.pid());
//! edge.kill9()?;
//! edge.restart()?; // same data, same port, same keys
//! # Ok(()) }
//! ```

mod binary;
mod config;
mod keys;
mod wrangler;

pub use binary::workerd_binary;
pub use config::COMPATIBILITY_DATE;
pub use keys::{admin_key, root_key};

use crate::children::{self, Guard};
use crate::workspace;
use anyhow::{Context, Result, bail};
use config::Config;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use wrangler::Start;

/// From spawn to the first 200 of `/healthz`: about 0.3 s alone, many seconds on a machine busy
/// compiling.
const READY_WITHIN: Duration = Duration::from_mins(1);
/// workerd lets requests in flight finish before it ends.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// Which program runs an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// Plain workerd, as on a machine of one's own.
    Workerd,
    /// Cloudflare's tool, from `wrangler.toml`: the nearest to Cloudflare that a machine of one's own can run.
    Wrangler,
}

/// How an edge is to run. Clone it to start a second edge with the same keys.
#[derive(Clone, Debug)]
pub struct EdgeOptions {
    /// Where worker-build left the edge: `edge/build` or `edge/build-failpoints`.
    pub build: PathBuf,
    /// Static files behind the `ASSETS` binding.
    pub www: PathBuf,
    /// Holds the objects' databases, the configuration and the log. Created if missing.
    pub data: PathBuf,
    /// The port on 127.0.0.1; a free one is chosen when `None`.
    pub port: Option<u16>,
    /// `1:<64 hex>` or `2:<64 hex>,1:<64 hex>`: the first signs, all verify.
    pub root_keys: String,
    /// The operator's key, `ak_…`.
    pub admin_key: String,
    /// The origin written into links; the edge's own when `None`.
    pub public_origin: Option<String>,
    /// Further text bindings (`CLICK_SHARDS`, `CLIENT_IP_HEADER`, …); they win over the defaults.
    pub vars: Vec<(String, String)>,
    /// The edge may call servers on this machine and its network, which plain workerd closes to it otherwise. For tests.
    pub private_network: bool,
    /// Which program runs it.
    pub host: Host,
}

impl EdgeOptions {
    /// The release build of this clone with fresh keys, data in `data`, any free port.
    pub fn new(data: impl Into<PathBuf>) -> Result<Self> {
        Ok(Self {
            build: workspace::at("edge/build"),
            www: workspace::at("www"),
            data: data.into(),
            port: None,
            root_keys: root_key(1)?,
            admin_key: admin_key()?,
            public_origin: None,
            vars: Vec::new(),
            private_network: false,
            host: Host::Workerd,
        })
    }

    /// The test build, in which a header makes the n-th statement of a command fail.
    #[must_use]
    pub fn failpoints(mut self) -> Self {
        self.build = workspace::at("edge/build-failpoints");
        self
    }

    /// Lets the edge call servers on this machine.
    #[must_use]
    pub fn reaching_this_machine(mut self) -> Self {
        self.private_network = true;
        self
    }

    /// Runs as at Cloudflare. A failing or killed edge is better looked at on plain workerd.
    #[must_use]
    pub fn by_wrangler(mut self) -> Self {
        self.host = Host::Wrangler;
        self
    }

    /// Sets a text binding.
    #[must_use]
    pub fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.retain(|(known, _)| known != name);
        self.vars.push((name.to_owned(), value.to_owned()));
        self
    }

    fn text_bindings(&self, port: u16) -> Vec<(String, String)> {
        let origin = self.public_origin.clone().unwrap_or_else(|| origin(port));
        let own = [
            ("ROOT_KEYS", self.root_keys.clone()),
            ("ADMIN_KEY", self.admin_key.clone()),
            ("PUBLIC_ORIGIN", origin),
            ("CLICK_SHARDS", "1".to_owned()),
        ];
        own.into_iter()
            .filter(|(name, _)| self.vars.iter().all(|(given, _)| given != name))
            .map(|(name, value)| (name.to_owned(), value))
            .chain(self.vars.iter().cloned())
            .collect()
    }
}

/// A running edge. It ends when this value is dropped, and when this process is killed.
#[derive(Debug)]
pub struct Edge {
    options: EdgeOptions,
    port: u16,
    process: Guard,
}

impl Edge {
    /// Starts workerd and waits until `GET /healthz` answers 200.
    ///
    /// Fails in one sentence when the port is busy or the build is missing, and with the end of
    /// workerd's log when it does not come up.
    pub fn start(options: EdgeOptions) -> Result<Self> {
        let mut attempts = if options.port.is_some() { 1 } else { 5 };
        loop {
            attempts -= 1;
            let port = match options.port {
                Some(port) => port,
                None => children::free_port()?,
            };
            match launch(&options, port) {
                Ok(process) => {
                    return Ok(Self { options, port, process });
                }
                // Somebody else may take a free port between our look and workerd's.
                Err(_) if attempts > 0 && children::require_free(port).is_err() => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The origin to send requests to, such as `http://localhost:8787`.
    pub fn origin(&self) -> String {
        origin(self.port)
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// workerd's process id.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// What it was started with.
    pub fn options(&self) -> &EdgeOptions {
        &self.options
    }

    /// The folder of the objects' SQLite databases.
    pub fn storage(&self) -> PathBuf {
        storage(&self.options.data)
    }

    /// The file everything workerd says is appended to.
    pub fn log(&self) -> PathBuf {
        log(&self.options.data)
    }

    /// Whether workerd still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.process.ended(), Ok(None))
    }

    /// Kills workerd with SIGKILL, as a crash would, and waits until it is gone.
    pub fn kill9(&mut self) -> Result<()> {
        self.process.kill9()
    }

    /// Lets workerd finish what it does and end.
    pub fn stop(&mut self) -> Result<()> {
        self.process.stop(STOP_WITHIN)
    }

    /// Ends workerd if it runs and starts it again: same data, same port, same keys.
    pub fn restart(&mut self) -> Result<()> {
        self.stop()?;
        self.process = launch(&self.options, self.port)?;
        Ok(())
    }
}

fn origin(port: u16) -> String {
    format!("http://localhost:{port}")
}

fn storage(data: &Path) -> PathBuf {
    data.join("storage")
}

fn log(data: &Path) -> PathBuf {
    data.join("workerd.log")
}

fn launch(options: &EdgeOptions, port: u16) -> Result<Guard> {
    children::require_free(port)?;
    let storage = storage(&options.data);
    fs::create_dir_all(&storage).with_context(|| format!("{} cannot be created", storage.display()))?;
    let data = real(&options.data)?;
    let mut command = program(options, &data, &real(&storage)?, port)?;

    let log = log(&data);
    let output = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&log)
        .with_context(|| format!("{} cannot be written", log.display()))?;
    let said_before = output.metadata()?.len();
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
    let mut process = Guard::start(command, "workerd")?;
    if let Err(error) = wait_until_ready(&mut process, port) {
        let said = fs::read(&log).unwrap_or_default();
        let said = said.get(usize::try_from(said_before)?..).unwrap_or_default();
        bail!("{error}; workerd said:\n{}", String::from_utf8_lossy(said).trim());
    }
    Ok(process)
}

/// The program that runs the edge, its configuration written.
fn program(options: &EdgeOptions, data: &Path, storage: &Path, port: u16) -> Result<Command> {
    let www = real(&options.www)?;
    let vars = options.text_bindings(port);
    match options.host {
        Host::Workerd => {
            let binary = workerd_binary()?;
            let file = data.join("edge.capnp");
            let config = Config {
                folder: data,
                build: &options.build,
                www: &www,
                storage,
                port,
                vars: &vars,
                private_network: options.private_network,
            };
            write_private(&file, &config.text()?, 0o600)?;
            let mut command = children::bound(binary);
            command.arg("serve").arg(file);
            Ok(command)
        }
        Host::Wrangler => {
            let file = data.join("wrangler.json");
            let build = real(&options.build)?;
            let start = Start { folder: data, build: &build, www: &www, storage, port, vars: &vars };
            write_private(&file, &start.text()?, 0o600)?;
            start.command(&file)
        }
    }
}

fn real(path: &Path) -> Result<PathBuf> {
    path.canonicalize().with_context(|| format!("{} is missing", path.display()))
}

/// Such a file holds keys: nobody else may read it.
fn write_private(path: &Path, text: &str, mode: u32) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(mode)
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    file.write_all(text.as_bytes())?;
    Ok(())
}

fn wait_until_ready(process: &mut Guard, port: u16) -> Result<()> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(5)))
        .http_status_as_error(false)
        .build()
        .into();
    let address = format!("http://127.0.0.1:{port}/healthz");
    let started = Instant::now();
    let mut last = String::from("nothing listened");
    while started.elapsed() < READY_WITHIN {
        if let Some(status) = process.ended()? {
            bail!("workerd ended before it was ready ({status})");
        }
        match agent.get(&address).call() {
            Ok(answer) if answer.status().as_u16() == 200 => return Ok(()),
            Ok(answer) => last = format!("GET /healthz answered {}", answer.status()),
            Err(error) => last = error.to_string(),
        }
        thread::sleep(Duration::from_millis(10));
    }
    bail!("workerd was not ready within {} s ({last})", READY_WITHIN.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_binding_wins_over_the_default_and_is_written_once() {
        let options =
            EdgeOptions::new("/nowhere").unwrap().var("CLICK_SHARDS", "4").var("CLIENT_IP_HEADER", "x-ip");
        let vars = options.text_bindings(9000);
        let of =
            |name: &str| vars.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect::<Vec<_>>();
        assert_eq!(of("CLICK_SHARDS"), ["4"]);
        assert_eq!(of("CLIENT_IP_HEADER"), ["x-ip"]);
        assert_eq!(of("PUBLIC_ORIGIN"), ["http://localhost:9000"]);
    }

    #[test]
    fn a_busy_port_is_refused_before_anything_is_written() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let data = std::env::temp_dir().join(format!("xtask-busy-{}", std::process::id()));
        let mut options = EdgeOptions::new(&data).unwrap();
        options.port = Some(port);
        let message = Edge::start(options).unwrap_err().to_string();
        assert!(message.contains("already in use"), "{message}");
        assert!(!data.exists());
    }
}

//! `cargo xtask dev`: the edge, the demo shop on its own origin, and a demo program between them.

mod demo;
mod greeting;
mod memory;
pub mod seed;

use crate::children::{self, Guard, bound};
use crate::progress::{Step, say};
use crate::workerd::{Edge, EdgeOptions};
use crate::{build, setup, workspace};
use anyhow::{Context, Result, bail};
use memory::Memory;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// From spawn to the shop's first page.
const SHOP_READY_WITHIN: Duration = Duration::from_secs(30);
const SHOP_STOPS_WITHIN: Duration = Duration::from_secs(3);

/// Options of `cargo xtask dev`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevOptions {
    /// The edge's port; the shop takes the next.
    pub port: u16,
    /// Where everything that is written is kept.
    pub data: PathBuf,
    /// One line of JSON on stdout when ready, everything else on stderr.
    pub json: bool,
}

impl Default for DevOptions {
    fn default() -> Self {
        Self { port: 8787, data: workspace::at(".goodword"), json: false }
    }
}

/// What runs, for the greeting and for the line of JSON.
#[derive(Debug)]
struct Running {
    edge: String,
    shop: String,
    publishable_key: String,
    secret_key: String,
    identity_key: String,
    admin_key: String,
    data: PathBuf,
}

/// Runs until ctrl-C, `kill`, or the end of one of the two servers, which is an error.
pub fn run(options: &DevOptions) -> Result<()> {
    let shop_port = options.port + 1;
    children::require_free(options.port)?;
    children::require_free(shop_port)?;
    let data = folder(&options.data)?;
    let _lock = only_one(&data)?;
    setup::for_build()?;
    build::release()?;
    let shop_binary = build_shop()?;

    let asked_to_stop = signals()?;
    let mut memory = Memory::load_or_new(&data)?;
    let shop_origin = format!("http://localhost:{shop_port}");
    let mut edge_options = EdgeOptions::new(&data)?;
    edge_options.port = Some(options.port);
    edge_options.root_keys.clone_from(&memory.root_keys);
    edge_options.admin_key.clone_from(&memory.admin_key);
    let mut edge = Edge::start(edge_options)?;
    let program = demo::program(&edge.origin(), &shop_origin, &mut memory)?;
    let running = Running {
        edge: edge.origin(),
        shop: shop_origin,
        publishable_key: program.publishable_key,
        secret_key: program.secret_key,
        identity_key: program.identity_key,
        admin_key: memory.admin_key.clone(),
        data: data.clone(),
    };
    let mut shop = start_shop(&shop_binary, shop_port, &running, &asked_to_stop)?;
    if !asked_to_stop.load(Ordering::Relaxed) {
        greeting::print(&running, options.json)?;
    }
    let outcome = watch(&asked_to_stop, &mut edge, &mut shop, &data);
    shop.stop(SHOP_STOPS_WITHIN)?;
    edge.stop()?;
    outcome
}

fn folder(data: &Path) -> Result<PathBuf> {
    fs::create_dir_all(data)
        .with_context(|| format!("the data folder {} cannot be created", data.display()))?;
    data.canonicalize().with_context(|| format!("the data folder {} cannot be read", data.display()))
}

/// Two workerds over the same databases would damage them.
fn only_one(data: &Path) -> Result<File> {
    let file = File::create(data.join("lock")).context("the data folder cannot be written")?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!(
                "another `cargo xtask dev` uses {}: stop it or choose another folder with --data",
                data.display()
            )
        }
        Err(TryLockError::Error(error)) => Err(error).context("the data folder cannot be locked"),
    }
}

/// Set by ctrl-C, `kill` and a closed terminal; the second ctrl-C does not wait any longer.
fn signals() -> Result<Arc<AtomicBool>> {
    let asked = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        flag::register_conditional_shutdown(signal, 130, Arc::clone(&asked))?;
        flag::register(signal, Arc::clone(&asked))?;
    }
    Ok(asked)
}

fn build_shop() -> Result<PathBuf> {
    let mut step = Step::begin("demo shop")?;
    let mut cargo = bound("cargo");
    cargo.args(["build", "-p", "shop", "--bin", "shop"]).current_dir(workspace::root());
    let binary = workspace::target().join("debug/shop");
    let before = changed(&binary);
    step.run(cargo, "the demo shop does not compile")?;
    if changed(&binary) == before {
        step.nothing_to_do();
    } else {
        step.done();
    }
    Ok(binary)
}

fn changed(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|meta| meta.modified()).ok()
}

fn start_shop(binary: &Path, port: u16, running: &Running, asked_to_stop: &AtomicBool) -> Result<Guard> {
    let log = shop_log(&running.data);
    let output = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&log)
        .with_context(|| format!("{} cannot be written", log.display()))?;
    let mut command = bound(binary);
    command
        .env("SHOP_ADDR", format!("127.0.0.1:{port}"))
        .env("SHOP_ORIGIN", &running.shop)
        .env("SHOP_DATA", running.data.join("shop"))
        .env("GOODWORD_EDGE", &running.edge)
        .env("GOODWORD_PUBLISHABLE_KEY", &running.publishable_key)
        .env("GOODWORD_SECRET_KEY", &running.secret_key)
        .env("GOODWORD_IDENTITY_KEY", &running.identity_key)
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output);
    let mut shop = Guard::start(command, "the demo shop")?;
    let address = format!("http://127.0.0.1:{port}/");
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(5)))
        .max_redirects(0)
        .build()
        .into();
    let started = Instant::now();
    while started.elapsed() < SHOP_READY_WITHIN && !asked_to_stop.load(Ordering::Relaxed) {
        if let Some(status) = shop.ended()? {
            bail!("the demo shop ended at once ({status}); it said:\n{}", children::tail(&log, 20));
        }
        if agent.get(&address).call().is_ok() {
            return Ok(shop);
        }
        thread::sleep(Duration::from_millis(10));
    }
    if asked_to_stop.load(Ordering::Relaxed) {
        return Ok(shop);
    }
    bail!(
        "the demo shop did not answer within {} s; it said:\n{}",
        SHOP_READY_WITHIN.as_secs(),
        children::tail(&log, 20)
    )
}

fn shop_log(data: &Path) -> PathBuf {
    data.join("shop.log")
}

/// Sleeps until there is a reason to stop.
fn watch(asked_to_stop: &AtomicBool, edge: &mut Edge, shop: &mut Guard, data: &Path) -> Result<()> {
    loop {
        if asked_to_stop.load(Ordering::Relaxed) {
            say("stopping");
            return Ok(());
        }
        if !edge.is_running() {
            bail!("workerd has ended by itself; the end of its log:\n{}", children::tail(&edge.log(), 20));
        }
        if let Some(status) = shop.ended()? {
            let said = children::tail(&shop_log(data), 20);
            bail!("the demo shop has ended by itself ({status}); the end of its log:\n{said}");
        }
        thread::sleep(Duration::from_millis(100));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_folder_serves_one_at_a_time() {
        let data = folder(&std::env::temp_dir().join(format!("xtask-lock-{}", std::process::id()))).unwrap();
        let first = only_one(&data).unwrap();
        let message = only_one(&data).unwrap_err().to_string();
        assert!(message.contains("--data"), "{message}");
        drop(first);
        only_one(&data).unwrap();
        fs::remove_dir_all(&data).unwrap();
    }
}

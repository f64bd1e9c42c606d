//! `cargo xtask dev` from outside: what it prints, what it keeps, and that nothing of it is left.
//! Looks into `/proc`, hence Linux only.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A running `dev --json` and the line it printed.
struct Dev {
    process: Child,
    line: Value,
}

impl Dev {
    fn start(port: u16, data: &Path) -> Self {
        let mut command = command(port, data);
        command.stdout(Stdio::piped());
        let mut process = xtask::children::spawn(command).unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { process, line: serde_json::from_str(&line).unwrap() }
    }

    fn word(&self, name: &str) -> String {
        self.line[name].as_str().unwrap().to_owned()
    }

    /// workerd and the shop.
    fn servers(&self) -> Vec<u32> {
        let servers = children_of(self.process.id());
        assert_eq!(servers.len(), 2, "{servers:?}");
        servers
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(self.process.id().cast_signed()).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }
}

fn command(port: u16, data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["dev", "--json", "--port", &port.to_string(), "--data"]).arg(data);
    command
}

fn refused(port: u16, data: &Path) -> String {
    let Output { status, stdout, stderr } = xtask::children::output(command(port, data)).unwrap();
    assert!(!status.success());
    assert!(stdout.is_empty());
    String::from_utf8(stderr).unwrap()
}

/// The parent and the state of a process, from the part of `/proc/{pid}/stat` after the name.
fn parent_and_state(pid: u32) -> Option<(u32, char)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?.chars().next()?;
    Some((fields.next()?.parse().ok()?, state))
}

fn children_of(parent: u32) -> Vec<u32> {
    let pids = fs::read_dir("/proc").unwrap().flatten().filter_map(|e| e.file_name().to_str()?.parse().ok());
    pids.filter(|pid| parent_and_state(*pid).is_some_and(|(of, _)| of == parent)).collect()
}

/// Dead, though perhaps not yet collected by the process that inherited it.
fn is_gone(pid: u32) -> bool {
    parent_and_state(pid).is_none_or(|(_, state)| state == 'Z')
}

fn wait_until_gone(pids: &[u32]) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !pids.iter().copied().all(is_gone) {
        assert!(Instant::now() < deadline, "still running: {pids:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A process whose first thread is dead may have others that still hold its sockets.
fn wait_until_free(port: u16) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while [port, port + 1].into_iter().any(|port| xtask::children::require_free(port).is_err()) {
        assert!(Instant::now() < deadline, "port {port} or the next one is still in use");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Two neighbouring ports that are free now.
fn port_pair() -> u16 {
    loop {
        let port = xtask::children::free_port().unwrap();
        if port < u16::MAX && xtask::children::require_free(port + 1).is_ok() {
            return port;
        }
    }
}

fn data() -> PathBuf {
    std::env::temp_dir().join(format!("goodword-dev-{}", std::process::id()))
}

fn status(address: &str, key: &str) -> u16 {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    agent.get(address).header("Authorization", format!("Bearer {key}")).call().unwrap().status().as_u16()
}

#[test]
fn everything_starts_is_found_again_and_leaves_no_process_behind() {
    let (port, data) = (port_pair(), data());

    let mut first = Dev::start(port, &data);
    assert_eq!(first.line["pid"], first.process.id());
    assert_eq!(first.word("edge"), format!("http://localhost:{port}"));
    assert_eq!(first.word("shop"), format!("http://localhost:{}", port + 1));
    let secret = first.word("secret_key");
    assert_eq!(status(&format!("{}/v1/program", first.word("edge")), &secret), 200);
    assert_eq!(status(&first.word("shop"), ""), 200);

    // While it runs, neither its ports nor its data are anybody else's.
    assert!(refused(port, &data).contains("already in use"));
    assert!(refused(port - 1, &data).contains("already in use"));
    assert!(refused(port_pair(), &data).contains("--data"));

    let servers = first.servers();
    first.signal(rustix::process::Signal::TERM);
    assert!(first.process.wait().unwrap().success());
    wait_until_gone(&servers);

    // Elsewhere, later: the same program with the same keys, and links lead to the shop's new port.
    let elsewhere = port_pair();
    let mut second = Dev::start(elsewhere, &data);
    assert_eq!(second.word("secret_key"), secret);
    let mut program = ureq::get(format!("{}/v1/program", second.word("edge")))
        .header("Authorization", format!("Bearer {secret}"))
        .call()
        .unwrap();
    let program: Value = program.body_mut().read_json().unwrap();
    assert_eq!(program["destination"], format!("http://localhost:{}/", elsewhere + 1));

    let servers = second.servers();
    second.signal(rustix::process::Signal::INT);
    assert!(second.process.wait().unwrap().success());
    wait_until_gone(&servers);

    // Killed without a chance to clean up.
    wait_until_free(elsewhere);
    let mut third = Dev::start(elsewhere, &data);
    let servers = third.servers();
    third.process.kill().unwrap();
    third.process.wait().unwrap();
    wait_until_gone(&servers);

    // One server dies: the other goes too, and the reason is told.
    wait_until_free(elsewhere);
    let mut fourth = Dev::start(elsewhere, &data);
    let servers = fourth.servers();
    for server in &servers {
        let name = fs::read_to_string(format!("/proc/{server}/comm")).unwrap();
        if name.starts_with("workerd") {
            let pid = rustix::process::Pid::from_raw(server.cast_signed()).unwrap();
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        }
    }
    assert!(!fourth.process.wait().unwrap().success());
    wait_until_gone(&servers);
    fs::remove_dir_all(&data).unwrap();
}

#[test]
fn a_busy_port_of_the_edge_or_of_the_shop_is_named() {
    let edge = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let busy = edge.local_addr().unwrap().port();
    let nowhere = data().join("never");
    for port in [busy, busy - 1] {
        let said = refused(port, &nowhere);
        assert!(said.starts_with("error: port "), "{said}");
        assert!(said.contains("already in use"), "{said}");
        assert_eq!(said.trim().lines().count(), 1, "{said}");
    }
    assert!(!nowhere.exists());
}

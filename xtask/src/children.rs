//! Child processes that do not outlive us.
//!
//! Three nets, one under the other: whoever holds a [`Guard`] ends the child on drop; the child
//! sits in a process group of its own, so ctrl-C reaches only us and we decide the order; and on
//! Linux the kernel kills the child when we are killed with -9 (`PR_SET_PDEATHSIG`, set by
//! util-linux's `setpriv`, which then becomes the child without changing its pid).

use crate::workspace;
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::env::consts::ARCH;
use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A command whose process the kernel ends together with ours, where the system can do that.
pub fn bound(program: impl AsRef<OsStr>) -> Command {
    match setpriv() {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(BINDING).arg(program);
            command
        }
        None => Command::new(program),
    }
}

/// The environment variable that makes `cargo test` bind its test programs to itself.
pub(crate) fn test_runner() -> Option<(String, String)> {
    let name = format!("CARGO_TARGET_{}_UNKNOWN_LINUX_GNU_RUNNER", ARCH.to_uppercase());
    setpriv().map(|path| (name, format!("{} {}", path.display(), BINDING.join(" "))))
}

/// A shell script that becomes this program, bound to whoever starts the script as [`bound`] is to us.
pub(crate) fn bound_script(program: &Path) -> Result<String> {
    let quoted = |path: &Path| {
        let text = path.to_str().with_context(|| format!("{} is not valid UTF-8", path.display()))?;
        Ok::<_, anyhow::Error>(format!("'{}'", text.replace('\'', r"'\''")))
    };
    let binding = match setpriv() {
        Some(setpriv) => format!("{} {} ", quoted(setpriv)?, BINDING.join(" ")),
        None => String::new(),
    };
    Ok(format!("#!/bin/sh\nexec {binding}{} \"$@\"\n", quoted(program)?))
}

const BINDING: [&str; 3] = ["--pdeathsig", "KILL", "--"];

fn setpriv() -> Option<&'static Path> {
    static SETPRIV: OnceLock<Option<PathBuf>> = OnceLock::new();
    SETPRIV.get_or_init(|| workspace::on_path(&["setpriv"]).filter(|path| knows_pdeathsig(path))).as_deref()
}

/// Busybox has a `setpriv` too, without the option.
fn knows_pdeathsig(setpriv: &Path) -> bool {
    let mut command = Command::new(setpriv);
    command.args(BINDING).arg("true");
    output(command).is_ok_and(|output| output.status.success())
}

/// Held while a child is made and while a port is looked at. Until a child becomes its program it has a copy of every
/// socket of ours, and a look at a port is one: the port would stay busy after we have closed it.
static SOCKETS: Mutex<()> = Mutex::new(());

type Order = (Command, Sender<io::Result<Child>>);

/// Spawns `command` from a thread that lives as long as the process.
///
/// The kernel's "parent died" is about the *thread* that forked: a child spawned by a test's own
/// thread would be killed when that test ends, though another test still uses it.
pub fn spawn(command: Command) -> io::Result<Child> {
    static KEEPER: OnceLock<Mutex<Sender<Order>>> = OnceLock::new();
    let keeper = KEEPER.get_or_init(|| {
        let (orders, queue) = channel::<Order>();
        thread::spawn(move || {
            for (mut command, answer) in queue {
                let quiet = SOCKETS.lock().unwrap_or_else(PoisonError::into_inner);
                #[expect(clippy::disallowed_methods, reason = "the one place that makes children")]
                let child = command.spawn();
                drop(quiet);
                let _ = answer.send(child);
            }
        });
        Mutex::new(orders)
    });
    let gone = || io::Error::other("the thread that keeps children is gone");
    let (answer, reply) = channel();
    keeper.lock().unwrap_or_else(PoisonError::into_inner).send((command, answer)).map_err(|_| gone())?;
    reply.recv().map_err(|_| gone())?
}

/// Runs `command` to its end without input and gives what it said.
pub fn output(mut command: Command) -> io::Result<Output> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    spawn(command)?.wait_with_output()
}

/// A running child that ends when this value does.
#[derive(Debug)]
pub struct Guard {
    child: Child,
    name: String,
}

impl Guard {
    /// Starts `command` in a process group of its own. `name` is for messages.
    pub fn start(mut command: Command, name: &str) -> Result<Self> {
        command.process_group(0);
        let child = spawn(command).with_context(|| format!("{name} could not be started"))?;
        Ok(Self { child, name: name.to_owned() })
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The exit status if the child has ended.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("{} could not be watched", self.name))
    }

    /// Asks the child to end (SIGTERM), waits up to `patience`, then kills it.
    pub fn stop(&mut self, patience: Duration) -> Result<()> {
        if self.ended()?.is_some() {
            return Ok(());
        }
        if let Some(pid) = Pid::from_raw(self.child.id().cast_signed()) {
            // An error here means the child has just ended by itself.
            let _ = kill_process(pid, Signal::TERM);
        }
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if self.ended()?.is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(5));
        }
        self.kill9()
    }

    /// Kills the child with SIGKILL and waits until it is gone.
    pub fn kill9(&mut self) -> Result<()> {
        if self.ended()?.is_none() {
            let _ = self.child.kill();
            self.child.wait().with_context(|| format!("{} could not be waited for", self.name))?;
        }
        Ok(())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.kill9();
    }
}

/// The last `lines` lines of a log file, for an error message.
pub fn tail(log: &Path, lines: usize) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// Fails in one sentence when something already listens on this port of the loopback interface.
pub fn require_free(port: u16) -> Result<()> {
    let _alone = SOCKETS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Err(error) = std::net::TcpListener::bind(("127.0.0.1", port)) {
        if error.kind() == io::ErrorKind::AddrInUse {
            bail!("port {port} is already in use: stop what listens there or choose another with --port");
        }
        return Err(error).with_context(|| format!("port {port} cannot be listened on"));
    }
    Ok(())
}

/// A port nobody listens on at this moment.
pub fn free_port() -> Result<u16> {
    for _ in 0..200 {
        let port = PORTS.start + u16::try_from(random() % u64::from(PORTS.end - PORTS.start)).unwrap_or(0);
        if require_free(port).is_ok() {
            return Ok(port);
        }
    }
    anyhow::bail!("no free port on 127.0.0.1 from {} to {}", PORTS.start, PORTS.end)
}

/// Below what systems give to outgoing connections (Linux: from 32,768): a port that is free stays so while a process
/// that listens on it is started again.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A random number: the seed of a fresh hasher.
fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_was_looked_at_is_not_kept_busy_by_a_child_being_made() {
        let making = thread::spawn(|| {
            for _ in 0..300 {
                spawn(Command::new("true")).unwrap().wait().unwrap();
            }
        });
        let mut looks = 0_u32;
        while !making.is_finished() {
            let port = free_port().unwrap();
            for _ in 0..20 {
                require_free(port).unwrap();
                looks += 1;
            }
        }
        making.join().unwrap();
        assert!(looks > 100, "{looks} looks prove nothing");
    }

    #[test]
    fn a_busy_port_is_named_in_one_sentence() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let message = require_free(port).unwrap_err().to_string();
        assert!(message.starts_with(&format!("port {port} is already in use")), "{message}");
        assert!(!message.contains('\n'));
    }

    #[test]
    fn a_port_that_was_free_can_be_listened_on() {
        let port = free_port().unwrap();
        require_free(port).unwrap();
    }

    #[test]
    fn dropping_the_guard_ends_the_child() {
        let mut command = bound("sleep");
        command.arg("600");
        let guard = Guard::start(command, "sleep").unwrap();
        let pid = Pid::from_raw(guard.pid().cast_signed()).unwrap();
        drop(guard);
        assert!(rustix::process::test_kill_process(pid).is_err());
    }

    #[test]
    fn a_child_outlives_the_thread_that_asked_for_it() {
        let mut guard = thread::spawn(|| {
            let mut command = bound("sleep");
            command.arg("600");
            Guard::start(command, "sleep").unwrap()
        })
        .join()
        .unwrap();
        thread::sleep(Duration::from_millis(100));
        assert!(guard.ended().unwrap().is_none());
        guard.stop(Duration::from_secs(5)).unwrap();
        assert!(guard.ended().unwrap().is_some());
    }

    #[test]
    fn the_tail_of_a_missing_log_is_empty() {
        assert_eq!(tail(Path::new("/no/such/log"), 5), "");
    }
}

//! One real edge on workerd with a data folder of its own, removed when the test is over.

use crate::http::{Answer, Client, Request};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use xtask::history::{self, Counts};
use xtask::workerd::{Edge, EdgeOptions};

/// The request header in which a test says which address it comes from.
pub const CLIENT_IP: &str = "x-test-address";

/// A running edge, its client and its folder.
#[derive(Debug)]
pub struct House {
    edge: Mutex<Edge>,
    /// Calls this edge.
    pub client: Client,
    /// The port on 127.0.0.1.
    pub port: u16,
    /// `ADMIN_KEY`.
    pub admin_key: String,
    /// `ROOT_KEYS`.
    pub root_keys: String,
    // After the edge: it is dropped last.
    folder: Folder,
}

#[derive(Debug)]
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("what the edge stored and said is kept in {}", self.0.display());
        } else {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

impl House {
    /// Starts an edge; `change` may alter how.
    pub fn start(change: impl FnOnce(EdgeOptions) -> EdgeOptions) -> Arc<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("goodword-tests-{}-{number}", std::process::id()));
        let folder = Folder(path.clone());
        let options = EdgeOptions::new(path).expect("options of an edge");
        let options = change(options.var("CLIENT_IP_HEADER", CLIENT_IP));
        let edge = Edge::start(options).expect("the edge starts");
        Arc::new(Self {
            port: edge.port(),
            client: Client::new(edge.port()),
            admin_key: edge.options().admin_key.clone(),
            root_keys: edge.options().root_keys.clone(),
            edge: Mutex::new(edge),
            folder,
        })
    }

    /// The edge that tests of one program share while any of them runs.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<House>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let house = Self::start(|options| options);
            *shared = Arc::downgrade(&house);
            house
        })
    }

    fn edge(&self) -> MutexGuard<'_, Edge> {
        self.edge.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The edge's origin, as links have it.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Calls the edge.
    #[track_caller]
    pub fn call(&self, request: &Request) -> Answer {
        self.client.call(request)
    }

    /// Writes years into a program while the edge is stopped, and starts it again.
    pub fn write_history(&self, secret_key: &str, counts: Counts) {
        history::write(&mut self.edge(), secret_key, self.beside("history"), counts)
            .expect("the history is written");
    }

    /// Adds to such years what people have to look at.
    pub fn write_doubts(&self, secret_key: &str, counts: Counts) {
        history::doubt(&self.edge(), secret_key, counts).expect("the doubts are told");
    }

    /// Kills the edge with SIGKILL and waits until it is gone.
    pub fn crash(&self) {
        self.edge().kill9().expect("the edge is killed");
        self.client.reset();
    }

    /// Starts the edge again on the same data, the same port, with the same keys.
    pub fn restart(&self) {
        self.edge().restart().expect("the edge starts again");
        self.client.reset();
    }

    /// Ends the edge and starts it again on the same data and port with other options.
    pub fn reopen(&self, change: impl FnOnce(EdgeOptions) -> EdgeOptions) {
        let mut edge = self.edge();
        edge.stop().expect("the edge ends");
        let mut options = change(edge.options().clone());
        options.port = Some(self.port);
        *edge = Edge::start(options).expect("the edge starts with other options");
        self.client.reset();
    }

    /// Whether the process still runs and answers.
    pub fn is_alive(&self) -> bool {
        let running = self.edge().is_running();
        running && self.client.try_call(&Request::get("/healthz")).is_ok_and(|answer| answer.status == 200)
    }

    /// The folder of the objects' databases.
    pub fn storage(&self) -> PathBuf {
        self.edge().storage()
    }

    /// A path beside the objects' databases that goes when the house goes.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.0.join(name)
    }

    /// What workerd has said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.edge().log()).unwrap_or_default()
    }
}

/// Number and total bytes of all files below a folder.
pub fn extent(folder: &Path) -> (usize, u64) {
    let Ok(entries) = fs::read_dir(folder) else { return (0, 0) };
    let mut sum = (0, 0);
    for entry in entries.flatten() {
        let Ok(meta) = entry.metadata() else { continue };
        let (files, bytes) = if meta.is_dir() { extent(&entry.path()) } else { (1, meta.len()) };
        sum = (sum.0 + files, sum.1 + bytes);
    }
    sum
}

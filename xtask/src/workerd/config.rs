//! The configuration workerd reads: one worker, three kinds of objects, files on disk.

use anyhow::{Context, Result, bail};
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

/// Old enough for the pinned workerd (2026-04-26), new enough that evicted Rust objects give
/// their memory back (2025-05-05).
pub const COMPATIBILITY_DATE: &str = "2026-04-01";

/// Class, storage key, binding. The storage key names the folder of an object's database: to
/// change one is to lose what was written under the old name.
const OBJECTS: [(&str, &str, &str); 3] = [
    ("Ledger", "goodword-ledger", "LEDGER"),
    ("ClickShard", "goodword-click-shard", "CLICK_SHARD"),
    ("Directory", "goodword-directory", "DIRECTORY"),
];

/// What goes into one configuration file.
#[derive(Debug)]
pub(super) struct Config<'a> {
    /// The folder the file is written to; module paths are relative to it.
    pub(super) folder: &'a Path,
    /// Where worker-build left `index.js` and its wasm.
    pub(super) build: &'a Path,
    /// Static files, served through the `ASSETS` binding.
    pub(super) www: &'a Path,
    /// Where objects keep their databases.
    pub(super) storage: &'a Path,
    /// The port on 127.0.0.1.
    pub(super) port: u16,
    /// Text bindings, in the order they are written.
    pub(super) vars: &'a [(String, String)],
    /// Whether servers on this machine and its network may be called.
    pub(super) private_network: bool,
}

impl Config<'_> {
    /// The text of the file. Fails when the build is not there.
    pub(super) fn text(&self) -> Result<String> {
        let mut modules = String::new();
        for (name, kind) in modules_of(self.build)? {
            let path = relative(self.folder, &self.build.join(&name))?;
            let _ = writeln!(modules, "    (name = {}, {kind} = embed {}),", quote(&name), quote(&path));
        }
        let mut namespaces = String::new();
        let mut bindings = String::new();
        for (class, key, binding) in OBJECTS {
            let _ = writeln!(
                namespaces,
                "    (className = \"{class}\", uniqueKey = \"{key}\", enableSql = true),"
            );
            let _ = writeln!(bindings, "    (name = \"{binding}\", durableObjectNamespace = \"{class}\"),");
        }
        let _ = writeln!(bindings, "    (name = \"ASSETS\", service = \"www\"),");
        for (name, value) in self.vars {
            let _ = writeln!(bindings, "    (name = {}, text = {}),", quote(name), quote(value));
        }
        // Without this service workerd makes one that reaches public addresses only.
        let internet = if self.private_network {
            "    (name = \"internet\", network = (allow = [\"public\", \"private\"], tlsOptions = (trustBrowserCas = true))),\n"
        } else {
            ""
        };
        Ok(format!(
            r#"# Written by xtask at every start.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "edge", worker = .edge),
    (name = "storage", disk = (path = {storage}, writable = true)),
    (name = "www", disk = {www}),
{internet}  ],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "edge")],
);

const edge :Workerd.Worker = (
  modules = [
{modules}  ],
  compatibilityDate = "{COMPATIBILITY_DATE}",
  durableObjectNamespaces = [
{namespaces}  ],
  durableObjectStorage = (localDisk = "storage"),
  bindings = [
{bindings}  ],
);
"#,
            storage = quote(&text(self.storage)?),
            www = quote(&text(self.www)?),
            port = self.port,
        ))
    }
}

/// `index.js` first, because workerd starts the first module; then the wasm beside it.
fn modules_of(build: &Path) -> Result<Vec<(String, &'static str)>> {
    if !build.join("index.js").is_file() {
        bail!(
            "the edge is not built: {} is missing, run `cargo xtask build`",
            build.join("index.js").display()
        );
    }
    let mut modules = vec![("index.js".to_owned(), "esModule")];
    let mut wasm = Vec::new();
    for entry in build.read_dir().with_context(|| format!("{} cannot be read", build.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_some_and(|ext| ext == "wasm") {
            wasm.push((name, "wasm"));
        }
    }
    wasm.sort();
    modules.extend(wasm);
    Ok(modules)
}

/// Cap'n Proto's text format: C-like strings.
fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_ascii_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

pub(super) fn text(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).with_context(|| format!("{} is not valid UTF-8", path.display()))
}

/// `embed` takes relative paths only: an absolute one is looked up on the import path.
fn relative(folder: &Path, file: &Path) -> Result<String> {
    let folder = folder.canonicalize().with_context(|| format!("{} is missing", folder.display()))?;
    let file = file.canonicalize().with_context(|| format!("{} is missing", file.display()))?;
    text(&between(&folder, &file))
}

fn between(folder: &Path, file: &Path) -> PathBuf {
    let shared = folder.components().zip(file.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(file.components().skip(shared)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(vars: &[(String, String)]) -> String {
        let folder = std::env::temp_dir().join(format!("xtask-config-{}", std::process::id()));
        let build = folder.join("build");
        std::fs::create_dir_all(&build).unwrap();
        std::fs::write(build.join("index.js"), "").unwrap();
        std::fs::write(build.join("index_bg.wasm"), "").unwrap();
        let config = Config {
            folder: &folder,
            build: &build,
            www: Path::new("/site"),
            storage: &folder,
            port: 8787,
            vars,
            private_network: false,
        };
        config.text().unwrap()
    }

    #[test]
    fn the_entry_module_comes_first_and_the_wasm_after_it() {
        let text = written(&[]);
        let js = text.find(r#"(name = "index.js", esModule = embed "build/index.js")"#).unwrap();
        let wasm = text.find(r#"(name = "index_bg.wasm", wasm = embed "build/index_bg.wasm")"#).unwrap();
        assert!(js < wasm);
        assert!(text.contains("127.0.0.1:8787"));
    }

    #[test]
    fn a_value_cannot_break_out_of_its_string() {
        let text = written(&[("A".into(), "x\"), (name = \"B\" \\\n".into())]);
        assert!(text.contains(r#"(name = "A", text = "x\"), (name = \"B\" \\\n")"#), "{text}");
    }

    #[test]
    fn a_folder_without_a_build_is_named_with_what_to_do() {
        let nowhere = Path::new("/nowhere");
        let config = Config {
            folder: nowhere,
            build: nowhere,
            www: nowhere,
            storage: nowhere,
            port: 1,
            vars: &[],
            private_network: false,
        };
        let message = config.text().unwrap_err().to_string();
        assert!(message.contains("cargo xtask build"), "{message}");
    }

    #[test]
    fn paths_between_folders_climb_and_descend() {
        for (folder, file, expected) in [
            ("/a/b", "/a/b/c.js", "c.js"),
            ("/a/b", "/a/c/d.js", "../c/d.js"),
            ("/tmp/x/y", "/a/d.js", "../../../a/d.js"),
        ] {
            assert_eq!(between(Path::new(folder), Path::new(file)), Path::new(expected));
        }
    }
}

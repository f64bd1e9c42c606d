//! The edge as Cloudflare's own tool runs it on this machine: what `wrangler.toml` says, and static files by the program
//! that serves them at Cloudflare. What a deploy would change shows here.

use super::config::text;
use crate::{children, workspace};
use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What differs between a deploy and this start; everything else is as `wrangler.toml` has it.
#[derive(Debug)]
pub(super) struct Start<'a> {
    /// Where the tool keeps its configuration and what it writes. Absolute.
    pub(super) folder: &'a Path,
    /// The finished build. Absolute.
    pub(super) build: &'a Path,
    /// Static files. Absolute.
    pub(super) www: &'a Path,
    /// Where objects keep their databases. Absolute.
    pub(super) storage: &'a Path,
    /// The port on 127.0.0.1.
    pub(super) port: u16,
    /// Variables and secrets.
    pub(super) vars: &'a [(String, String)],
}

impl Start<'_> {
    /// The configuration, as JSON.
    pub(super) fn text(&self) -> Result<String> {
        let deployed =
            fs::read_to_string(workspace::at("wrangler.toml")).context("wrangler.toml is missing")?;
        let deployed = toml::from_str(&deployed).context("wrangler.toml is no TOML")?;
        Ok(serde_json::to_string_pretty(&self.changed(deployed)?)?)
    }

    fn changed(&self, mut config: Map<String, Value>) -> Result<Map<String, Value>> {
        // The build is finished, and another clone may have made it.
        config.remove("build");
        config.insert("main".to_owned(), text(&self.build.join("index.js"))?.into());
        let Some(assets) = config.get_mut("assets") else { bail!("wrangler.toml has no [assets]") };
        assets["directory"] = text(self.www)?.into();
        let vars = config.entry("vars").or_insert_with(|| json!({}));
        for (name, value) in self.vars {
            vars[name] = value.as_str().into();
        }
        Ok(config)
    }

    /// The program that reads the configuration in `file` and stays.
    pub(super) fn command(&self, file: &Path) -> Result<Command> {
        // What `wrangler` itself starts: between the two, nobody would pass on that we ended.
        let tool = workspace::at("node_modules/wrangler/wrangler-dist/cli.js");
        if !tool.is_file() {
            bail!("wrangler is not installed: run `cargo xtask test` or `npm ci`");
        }
        let workerd = self.folder.join("workerd.sh");
        // The tool starts workerd itself; it must not outlive the tool.
        super::write_private(&workerd, &children::bound_script(&super::workerd_binary()?)?, 0o700)?;
        let mut command = children::bound("node");
        command
            .args(["--no-warnings", "--experimental-vm-modules"])
            .arg(tool)
            .arg("dev")
            .arg(format!("--config={}", file.display()))
            .arg(format!("--persist-to={}", self.storage.display()))
            .args(["--ip=127.0.0.1", &format!("--port={}", self.port), "--inspector-port=0"])
            .args(["--show-interactive-dev-session=false", "--local"])
            .current_dir(self.folder)
            .env("MINIFLARE_WORKERD_PATH", &workerd)
            // It asks nobody, tells nobody and writes nothing into a developer's own folders.
            .env("CLOUDFLARE_CF_FETCH_ENABLED", "false")
            .env("WRANGLER_SEND_METRICS", "false")
            .env("WRANGLER_HIDE_BANNER", "true") // which looks for a newer version
            .env("WRANGLER_REGISTRY_PATH", self.folder.join("registry"))
            .env("WRANGLER_LOG_PATH", self.folder.join("logs"))
            .env("XDG_CONFIG_HOME", self.folder.join("home"))
            .env("TMPDIR", self.folder)
            .env("CI", "1");
        Ok(command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_deployed_is_what_is_started_but_for_places_and_secrets() {
        let vars = [("CLICK_SHARDS".to_owned(), "2".to_owned()), ("ADMIN_KEY".to_owned(), "ak_1".to_owned())];
        let place = Path::new("/place");
        let start = Start {
            folder: place,
            build: place,
            www: Path::new("/site"),
            storage: place,
            port: 1,
            vars: &vars,
        };
        let started: Map<String, Value> = serde_json::from_str(&start.text().unwrap()).unwrap();
        let mut deployed: Map<String, Value> =
            toml::from_str(&fs::read_to_string(workspace::at("wrangler.toml")).unwrap()).unwrap();
        assert_eq!(started["main"], "/place/index.js");
        assert_eq!(started["assets"]["directory"], "/site");
        assert_eq!(
            (&started["vars"]["CLICK_SHARDS"], &started["vars"]["ADMIN_KEY"]),
            (&json!("2"), &json!("ak_1"))
        );
        assert_eq!(started["vars"]["CLIENT_IP_HEADER"], deployed["vars"]["CLIENT_IP_HEADER"]);
        assert_eq!(started["assets"]["run_worker_first"], true);
        deployed.remove("build");
        assert!(started.keys().eq(deployed.keys()), "{started:?}");
        for name in
            ["name", "compatibility_date", "no_bundle", "durable_objects", "migrations", "observability"]
        {
            assert_eq!(started[name], deployed[name], "{name}");
        }
    }
}

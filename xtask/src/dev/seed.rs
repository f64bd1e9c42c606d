//! `cargo xtask seed`: a program of its own in a developer's data folder, with years of history in it.

use super::memory::Memory;
use super::{folder, only_one};
use crate::history::{self, Counts};
use crate::progress::say;
use crate::workerd::{Edge, EdgeOptions};
use crate::{build, setup, workspace};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::PathBuf;

/// Options of `cargo xtask seed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedOptions {
    /// The data folder, as of `cargo xtask dev`.
    pub data: PathBuf,
    /// How much there shall be.
    pub counts: Counts,
}

impl Default for SeedOptions {
    fn default() -> Self {
        Self { data: workspace::at(".goodword"), counts: Counts::SMALL }
    }
}

/// Opens the program, fills it, and says with which key to sign in. Nothing else in the folder is touched.
pub fn run(options: &SeedOptions) -> Result<()> {
    let data = folder(&options.data)?;
    let _lock = only_one(&data)?;
    setup::for_build()?;
    build::release()?;
    let memory = Memory::load_or_new(&data)?;
    memory.save()?;
    let mut edge_options = EdgeOptions::new(&data)?;
    edge_options.root_keys.clone_from(&memory.root_keys);
    edge_options.admin_key.clone_from(&memory.admin_key);
    let mut edge = Edge::start(edge_options)?;
    let Counts { clicks, conversions, referrers } = options.counts;
    say(&format!("{clicks} clicks, {conversions} conversions, {referrers} referrers"));
    let slug = format!("years-{clicks}-{conversions}-{referrers}");
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    // Asked for again, the same call brings the same keys.
    let mut opened = agent
        .post(format!("http://127.0.0.1:{}/v1/programs", edge.port()))
        .header("Authorization", format!("Bearer {}", memory.admin_key))
        .header("Idempotency-Key", format!("xtask-seed-{slug}"))
        .send_json(history::program(&slug))?;
    let text = opened.body_mut().read_to_string()?;
    if !matches!(opened.status().as_u16(), 200 | 201) {
        bail!("the program could not be opened: {} {text}", opened.status());
    }
    let opened: Value = serde_json::from_str(&text)?;
    let secret_key = opened["keys"]["secret_live"].as_str().context("no secret key")?;
    history::write(&mut edge, secret_key, data.join("seed"), options.counts)?;
    edge.stop()?;
    say(&format!("Start `cargo xtask dev`, open /dashboard and sign in with {secret_key}"));
    Ok(())
}

//! `cargo xtask bench`: what the edge costs, as ratios to plain JavaScript on the same workerd, in one run.
//!
//! Both sides take turns, A B A B, so that a machine that is busy with something else is busy for both; what counts is
//! the median of the rounds' ratios. Beside the requests per second stands the CPU time of workerd per request, which
//! hardly depends on what else the machine does.
//!
//! | module | what it holds |
//! |---|---|
//! | [`follow`] | a link followed, against a constant redirect |
//! | [`sale`] | a sale, and the rewards of one, against an object in JavaScript with the same inserts |
//! | [`ledger`] | balances and the walk along the chain with a million entries |
//! | [`scale`] | both with a thousand to a million referrers behind them |
//! | [`memory`] | workerd's memory over a million follows |
//! | [`dashboard`], [`way_in`] | every page of the dashboard and of a referrer with a million clicks behind it; a referrer's session |
//! | [`bytes`] | what a visitor downloads |
//! | [`widget`] | a page with the share panel on a slow phone, against the same page without us |
//! | [`rounds`], [`load`] | turns, medians; `wrk` and CPU time |
//! | [`subject`], [`script`], [`scratch`] | the edge with a program in it; a Worker in plain JavaScript; a folder |
//! | [`report`], [`machine`] | the table, the line of JSON, the machine |

#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "rates, ratios and times of measurements; no money here"
)]

mod bytes;
mod dashboard;
mod follow;
mod ledger;
mod load;
mod machine;
mod memory;
mod report;
mod rounds;
mod sale;
mod scale;
mod scratch;
pub(crate) mod script;
mod subject;
mod way_in;
mod widget;

use crate::{build, setup};
use anyhow::{Context, Result, bail};
use report::Finding;
use scratch::Scratch;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What can be measured alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Following a link.
    Follow,
    /// Recording a sale.
    Sale,
    /// Granting rewards.
    Rewards,
    /// Following and selling, with much behind them.
    Scale,
    /// Reading a long ledger.
    Ledger,
    /// Pages of the dashboard, with much behind them.
    Dashboard,
    /// Memory over many follows.
    Memory,
    /// Bytes a visitor downloads.
    Bytes,
    /// Time until the share panel can be used.
    Widget,
}

impl Part {
    const ALL: &'static [(&'static str, Self)] = &[
        ("follow", Self::Follow),
        ("sale", Self::Sale),
        ("rewards", Self::Rewards),
        ("scale", Self::Scale),
        ("ledger", Self::Ledger),
        ("dashboard", Self::Dashboard),
        ("memory", Self::Memory),
        ("bytes", Self::Bytes),
        ("widget", Self::Widget),
    ];

    /// The part of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, part)| *part)
    }
}

/// Options of `cargo xtask bench`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BenchOptions {
    /// Only this part; all of them when `None`.
    pub only: Option<Part>,
    /// Short rounds and fewer rows: minutes become one minute, and figures rough.
    pub quick: bool,
    /// One line of JSON on stdout instead of the table.
    pub json: bool,
    /// Rounds of each side; 7, or 5 with `quick`, when `None`.
    pub rounds: Option<usize>,
    /// Seconds of one round; 4, or 1 with `quick`, when `None`.
    pub seconds: Option<u64>,
    /// Where the edges keep their files while they are measured; in memory where there is room when `None`.
    pub data: Option<PathBuf>,
}

/// What every part needs to know.
#[derive(Debug)]
struct Run {
    quick: bool,
    rounds: usize,
    /// Seconds of one round.
    seconds: u64,
    scratch: Scratch,
    interrupted: Arc<AtomicBool>,
}

impl Run {
    /// Fails once somebody has pressed ctrl-C, so that folders and processes are taken away in order.
    fn go_on(&self) -> Result<()> {
        if self.interrupted.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
        Ok(())
    }
}

/// Installs what is missing, builds, measures, prints.
pub fn run(options: &BenchOptions) -> Result<()> {
    let asked_for = |part: Part| options.only.is_none_or(|only| only == part);
    if asked_for(Part::Widget) {
        setup::for_tests()?;
    }
    if options.only != Some(Part::Widget) {
        setup::for_bench()?;
    }
    build::release()?;
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&interrupted)).context("no signal handler")?;
    }
    let run = Run {
        quick: options.quick,
        rounds: options.rounds.unwrap_or(if options.quick { 5 } else { 7 }).max(1),
        seconds: options.seconds.unwrap_or(if options.quick { 1 } else { 4 }).max(1),
        scratch: Scratch::make(options.data.as_deref())?,
        interrupted,
    };
    let machine = machine::Machine::look(&run.scratch);
    let mut findings = Vec::new();
    for (name, part) in Part::ALL.iter().copied() {
        if !asked_for(part) {
            continue;
        }
        let found = measure(part, &run).with_context(|| format!("{name} could not be measured"))?;
        findings.extend(found);
    }
    report::print(&run, &machine, &findings, options.json)
}

fn measure(part: Part, run: &Run) -> Result<Vec<Finding>> {
    match part {
        Part::Follow => follow::measure(run),
        Part::Sale => sale::measure(run),
        Part::Rewards => sale::measure_rewards(run),
        Part::Scale => scale::measure(run),
        Part::Ledger => ledger::measure(run),
        Part::Dashboard => dashboard::measure(run),
        Part::Memory => memory::measure(run),
        Part::Bytes => bytes::measure(),
        Part::Widget => widget::measure(run),
    }
}

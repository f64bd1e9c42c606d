//! A ledger with a million entries: what a balance costs, and the walk along its chain, against one with ten thousand.

use super::Run;
use super::report::{Bound, Finding, Quantity};
use super::rounds::Spread;
use super::subject::Subject;
use crate::progress::{say, seconds};
use anyhow::{Context, Result, bail};
use std::time::Instant;

/// A referrer of the large ledger has a hundred times the rewards of one of the small ledger; a balance may take at most
/// so many times as long.
const BALANCE: f64 = 150.0;
/// At least this much of the small ledger's speed, link by link.
const WALK: f64 = 0.7;
const SMALL: u64 = 10_000;
const LARGE: u64 = 1_000_000;
const QUICK_LARGE: u64 = 100_000;
/// How often a balance is asked for.
const ASKED: usize = 30;

/// What one ledger came to.
struct Read {
    /// Milliseconds of a balance.
    balance: Spread,
    /// Links a second.
    walked: f64,
    /// Milliseconds of the longest call of the walk.
    longest: f64,
}

pub(super) fn measure(run: &Run) -> Result<Vec<Finding>> {
    let large = if run.quick { QUICK_LARGE } else { LARGE };
    let (small, read) = (one(run, SMALL)?, one(run, large)?);
    let weighed =
        |name: String, value: f64, unit, bound| Finding::Weighed(Quantity { name, value, unit, bound });
    Ok(vec![
        weighed(format!("balance of a referrer, {SMALL} entries"), small.balance.median, "ms", None),
        weighed(format!("balance of a referrer, {large} entries"), read.balance.median, "ms", None),
        weighed(
            format!("balance, {large} entries against {SMALL}"),
            read.balance.median / small.balance.median,
            "times",
            Some(Bound::AtMost(BALANCE)),
        ),
        weighed(format!("walk along the chain, {SMALL} entries"), small.walked, "links/s", None),
        weighed(format!("walk along the chain, {large} entries"), read.walked, "links/s", None),
        weighed(
            format!("walk, {large} entries against {SMALL}"),
            read.walked / small.walked,
            "times",
            Some(Bound::AtLeast(WALK)),
        ),
        weighed(format!("longest call of the walk, {large} entries"), read.longest, "ms", None),
    ])
}

fn one(run: &Run, entries: u64) -> Result<Read> {
    let mut subject = Subject::open(run, &format!("ledger-{entries}"))?;
    let started = Instant::now();
    subject.seed_entries(run, entries / 2)?;
    say(&format!("seeded {entries} entries ({})", seconds(started.elapsed())));
    let started = Instant::now();
    subject.read("/v1/program")?;
    say(&format!(
        "chained {entries} entries that were there before the chain ({})",
        seconds(started.elapsed())
    ));
    let mut balances = Vec::new();
    for at in 0..ASKED {
        run.go_on()?;
        let began = Instant::now();
        let shown = subject.read(&format!("/v1/referrers/rfr_{:016}", 7 + at))?;
        balances.push(began.elapsed().as_secs_f64() * 1e3);
        if shown["balances"][0]["pending"] != entries / 2_000 * 499 {
            bail!("a balance is not the sum of what was seeded: {shown}");
        }
    }
    let (mut links, mut longest, mut after) = (0, 0.0_f64, 0);
    let started = Instant::now();
    loop {
        run.go_on()?;
        let began = Instant::now();
        let verdict = subject.read(&format!("/v1/ledger/verify?after={after}"))?;
        longest = longest.max(began.elapsed().as_secs_f64() * 1e3);
        if verdict["ok"] != true {
            bail!("the chain does not hold: {verdict}");
        }
        after = verdict["seq"].as_u64().context("a walk comes to a link")?;
        links += verdict["entries"].as_u64().unwrap_or(0) + verdict["decisions"].as_u64().unwrap_or(0);
        if verdict["has_more"] != true {
            break;
        }
    }
    if links != entries {
        bail!("the walk met {links} links, and there are {entries}");
    }
    Ok(Read {
        balance: Spread::of(balances),
        walked: links as f64 / started.elapsed().as_secs_f64(),
        longest,
    })
}

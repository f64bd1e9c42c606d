//! Follow and sale with a thousand to a million referrers, clicks and people behind them.
//!
//! The same requests in every size, so that only what lies behind them grows: a thousand links and four hundred click
//! ids, spread evenly over all referrers. One more line shows, without a target, what it costs when every click of a
//! second is on another link.

use super::Run;
use super::report::{Bound, Finding, Growth};
use super::rounds::{Series, Side, take_turns};
use super::subject::Subject;
use crate::progress::{say, seconds};
use anyhow::{Context, Result};
use std::time::Instant;

/// At most this many times as long as with a thousand.
const TARGET: f64 = 1.2;
const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
const QUICK_SIZES: [u64; 3] = [1_000, 10_000, 100_000];
/// Ends the name of the side that follows another link each time.
const IN_TURN: &str = " in turn";
/// Links that are followed.
const LINKS: u64 = 1_000;
/// Links whose clicks the sales present, spread over all referrers.
const CLICK_IDS: u64 = 400;

pub(super) fn measure(run: &Run) -> Result<Vec<Finding>> {
    let sizes: &[u64] = if run.quick { &QUICK_SIZES } else { &SIZES };
    let mut subjects = Vec::new();
    for size in sizes {
        let started = Instant::now();
        let mut subject = Subject::open(run, &format!("scale-{size}"))?;
        subject.seed(run, *size)?;
        say(&format!("seeded {size} referrers and clicks ({})", seconds(started.elapsed())));
        subjects.push((*size, subject));
    }
    let mut follows = Vec::new();
    let mut sales = Vec::new();
    for (size, subject) in &subjects {
        let step = (size / CLICK_IDS).max(1);
        let numbers: Vec<u64> = (1..=CLICK_IDS).map(|at| at * step).collect();
        let click_ids = subject.click_ids(&numbers)?;
        subject.try_sale(click_ids.first().context("no click id")?)?;
        follows.push(Side { name: size.to_string(), load: subject.follows(true, LINKS, *size) });
        sales.push(Side { name: size.to_string(), load: subject.sales(&click_ids) });
    }
    if let Some((size, subject)) = subjects.last() {
        let name = format!("{size}{IN_TURN}");
        follows.push(Side { name, load: subject.follows(true, *size, *size) });
    }
    let follows = take_turns(run, "follow, by referrers", &follows)?;
    let sales = take_turns(run, "sale, by referrers", &sales)?;
    let mut findings = growth("follow", &follows);
    findings.extend(growth("sale", &sales));
    Ok(findings)
}

/// Each size against the smallest.
fn growth(what: &str, series: &[Series]) -> Vec<Finding> {
    let Some((small, larger)) = series.split_first() else { return Vec::new() };
    let finding = |large: &Series| {
        let (name, target) = match large.name.strip_suffix(IN_TURN) {
            Some(size) => (format!("{what}, {size} referrers, each click on another link"), None),
            None => (
                format!("{what}, {} referrers against {}", large.name, small.name),
                Some(Bound::AtMost(TARGET)),
            ),
        };
        Finding::Grown(Growth::new(&name, large, small, target))
    };
    larger.iter().map(finding).collect()
}

//! Memory of workerd before and after many follows.

use super::Run;
use super::report::{Finding, Quantity};
use super::rounds::next_run;
use super::subject::Subject;
use crate::progress::say;
use anyhow::{Context, Result};
use std::fs;

const FOLLOWS: u64 = 1_000_000;
const QUICK_FOLLOWS: u64 = 100_000;
const REFERRERS: u64 = 100;
/// Seconds of load between two looks.
const STRETCH: u64 = 4;

pub(super) fn measure(run: &Run) -> Result<Vec<Finding>> {
    let follows = if run.quick { QUICK_FOLLOWS } else { FOLLOWS };
    let subject = Subject::open(run, "memory")?;
    subject.join(REFERRERS)?;
    let load = subject.follows(true, REFERRERS, REFERRERS);
    let mut findings = vec![resident("memory of workerd, before the first follow", subject.pid())?];
    let mut done = 0;
    say(&format!("memory: {follows} follows, a new visitor each time"));
    for goal in [follows / 10, follows] {
        while done < goal {
            run.go_on()?;
            done += load.round(next_run(), STRETCH.min(run.seconds))?.requests;
        }
        // Counting goes on after the last answer.
        subject.wait_for_clicks(done)?;
        findings.push(resident(&format!("memory of workerd, after {done} follows"), subject.pid())?);
    }
    Ok(findings)
}

/// The resident set of a process, as Linux tells it.
fn resident(name: &str, pid: u32) -> Result<Finding> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))
        .context("the memory of a process is read from /proc, which this system does not have")?;
    let kibibytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<f64>().ok())
        .context("/proc tells no resident set")?;
    Ok(Finding::Weighed(Quantity {
        name: name.to_owned(),
        value: kibibytes / 1024.0,
        unit: "MiB",
        bound: None,
    }))
}

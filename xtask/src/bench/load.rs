//! Load from outside: one round of `wrk`, and the CPU time that a process took for it.

use crate::{children, workspace};
use anyhow::{Context, Result, bail};
use std::fs;

/// What the published baselines were measured with.
const CONNECTIONS: u32 = 16;
/// One thread makes more requests than workerd answers, and leaves it the other core.
const THREADS: u32 = 1;

/// Where requests go and who makes them up.
#[derive(Clone, Debug)]
pub(super) struct Load {
    /// The process that answers.
    pub(super) pid: u32,
    /// Everything after this is the script's business.
    pub(super) url: String,
    /// A file of `xtask/bench`.
    pub(super) script: &'static str,
    /// What the script is told. `{run}` stands for a number that no other round has.
    pub(super) arguments: Vec<String>,
}

/// What one round came to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) requests: u64,
    pub(super) per_second: f64,
    /// Microseconds of CPU per request; none where the system does not tell.
    pub(super) cpu_us: Option<f64>,
}

impl Load {
    /// Loads for so many seconds. Fails when an answer was an error or a connection broke: such a round says nothing.
    pub(super) fn round(&self, run: u64, seconds: u64) -> Result<Sample> {
        let before = cpu_ns(self.pid);
        let mut wrk = children::bound("wrk");
        wrk.arg(format!("-t{THREADS}"))
            .arg(format!("-c{CONNECTIONS}"))
            .arg(format!("-d{seconds}s"))
            // By itself wrk calls an answer failed that takes two seconds, as the first one of a round may on a busy
            // machine. A slow answer shows in the rate.
            .args(["--timeout", "30s"])
            .arg("-s")
            .arg(workspace::at("xtask/bench").join(self.script))
            .arg(&self.url)
            .arg("--")
            .args(self.arguments.iter().map(|argument| argument.replace("{run}", &run.to_string())));
        let output = children::output(wrk).context("wrk could not be started")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let (requests, microseconds, wrong) = read(&text).with_context(|| {
            format!("wrk did not report; it said:\n{text}{}", String::from_utf8_lossy(&output.stderr))
        })?;
        if wrong > 0 {
            let kinds: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("WRONG ")).collect();
            bail!("{wrong} of {requests} requests to {} failed ({})", self.url, kinds.join(", "));
        }
        if requests == 0 || microseconds == 0 {
            bail!("{} answered nothing", self.url);
        }
        let cpu_us = before
            .zip(cpu_ns(self.pid))
            .map(|(before, after)| after.saturating_sub(before) as f64 / 1000.0 / requests as f64);
        Ok(Sample { requests, per_second: requests as f64 * 1e6 / microseconds as f64, cpu_us })
    }
}

/// Requests, microseconds and failures, from the line that our scripts print at the end.
fn read(output: &str) -> Option<(u64, u64, u64)> {
    let line = output.lines().find_map(|line| line.strip_prefix("GOODWORD "))?;
    let mut numbers = line.split(' ').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some((next()?, next()?, next()?))
}

/// Nanoseconds that all threads of a process have run, as Linux tells them.
fn cpu_ns(pid: u32) -> Option<u64> {
    let mut sum = 0;
    for thread in fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten() {
        let text = fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        sum += text.split(' ').next().and_then(|first| first.parse::<u64>().ok()).unwrap_or(0);
    }
    (sum > 0).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scripts_line_is_found_among_what_wrk_says() {
        assert_eq!(read("Running 4s test\nGOODWORD 1200 4000123 0\n"), Some((1200, 4_000_123, 0)));
        assert_eq!(read("unable to connect"), None);
    }
}

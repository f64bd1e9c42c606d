//! A page with the share panel against the same page without us, on a slow phone: time until the
//! panel can be used, main-thread time, load event. `xtask/bench/widget.mjs` is the stopwatch.

use super::Run;
use super::report::{Finding, Timing};
use super::rounds::Spread;
use super::subject::Subject;
use crate::children::{self, bound};
use crate::progress::say;
use crate::{setup, workspace};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::json;
use std::process::{Child, Stdio};

/// What one visit took, in milliseconds.
#[derive(Debug, Deserialize)]
struct Visit {
    /// From the navigation's start to the end of the load event.
    load: f64,
    /// All tasks of the page's main thread, loading and a look at the panel.
    main_thread: f64,
    /// From the element in view to the link in its field.
    shown: Option<f64>,
    /// From the element in view to the copied link.
    copied: Option<f64>,
}

/// One visit of each page.
#[derive(Debug, Deserialize)]
struct Round {
    with: Visit,
    without: Visit,
}

pub(super) fn measure(run: &Run) -> Result<Vec<Finding>> {
    let subject = Subject::open(run, "widget")?;
    let rounds = rounds(run, &subject)?;
    let spread = |of: fn(&Round) -> f64| Spread::of(rounds.iter().map(of));
    let compared = |name: &str, of: fn(&Visit) -> f64| {
        Finding::Timed(Timing {
            name: name.to_owned(),
            ms: Spread::of(rounds.iter().map(|round| of(&round.with))),
            without_ms: Some(Spread::of(rounds.iter().map(|round| of(&round.without)))),
            more_ms: Some(Spread::of(rounds.iter().map(|round| of(&round.with) - of(&round.without)))),
            ratio: Some(Spread::of(rounds.iter().map(|round| of(&round.with) / of(&round.without)))),
            rounds: rounds.len(),
        })
    };
    let alone = |name: &str, ms: Spread| {
        Finding::Timed(Timing {
            name: name.to_owned(),
            ms,
            without_ms: None,
            more_ms: None,
            ratio: None,
            rounds: rounds.len(),
        })
    };
    Ok(vec![
        alone("panel in view → link shown", spread(|round| round.with.shown.unwrap_or_default())),
        alone("panel in view → link copied", spread(|round| round.with.copied.unwrap_or_default())),
        compared("page with a panel, main thread", |visit| visit.main_thread),
        compared("page with a panel, load event", |visit| visit.load),
    ])
}

fn rounds(run: &Run, subject: &Subject) -> Result<Vec<Round>> {
    run.go_on()?;
    say(&format!("widget: {} rounds, CPU 4 times slower, fast 3G", run.rounds));
    let what = json!({
        "edge": subject.origin(),
        "key": subject.publishable_key(),
        "rounds": run.rounds,
        "chromium": setup::chromium()?,
    });
    let mut node = bound("node");
    node.arg(workspace::at("xtask/bench/widget.mjs"))
        .arg(what.to_string())
        .current_dir(workspace::root())
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let output =
        children::spawn(node).and_then(Child::wait_with_output).context("node could not be started")?;
    run.go_on()?;
    if !output.status.success() {
        bail!("xtask/bench/widget.mjs failed ({})", output.status);
    }
    let rounds: Vec<Round> = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("not what was expected: {}", String::from_utf8_lossy(&output.stdout)))?;
    if rounds.len() != run.rounds
        || rounds.iter().any(|round| round.with.shown.is_none() || round.with.copied.is_none())
    {
        bail!("xtask/bench/widget.mjs measured less than it was asked for");
    }
    Ok(rounds)
}

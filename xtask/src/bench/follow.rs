//! Following a link, with its token, its cookie and its click counted, against a constant redirect.

use super::Run;
use super::report::{Bound, Comparison, Finding};
use super::rounds::{Side, take_turns};
use super::script::Script;
use super::subject::Subject;
use anyhow::{Result, bail};

/// At least this much of the constant redirect's speed.
const TARGET: f64 = 0.67;
const REFERRERS: u64 = 100;

pub(super) fn measure(run: &Run) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (name, new_visitors) in
        [("follow, one visitor", false), ("follow, a new visitor each time, 100 links", true)]
    {
        findings.push(compare(run, name, new_visitors)?);
    }
    Ok(findings)
}

fn compare(run: &Run, name: &str, new_visitors: bool) -> Result<Finding> {
    let folder = if new_visitors { "follow-new" } else { "follow-one" };
    let subject = Subject::open(run, folder)?;
    subject.join(REFERRERS)?;
    let constant = Script {
        file: "follow.js",
        texts: Vec::new(),
        objects: &[],
        folder: run.scratch.at(&format!("{folder}-js")),
        storage: run.scratch.at(&format!("{folder}-js/storage")),
    }
    .start()?;
    // The same requests to both.
    let edge = subject.follows(new_visitors, REFERRERS, REFERRERS);
    let mut javascript = edge.clone();
    javascript.pid = constant.pid();
    javascript.url = constant.origin();
    let sides = [
        Side { name: "edge".to_owned(), load: edge },
        Side { name: "javascript".to_owned(), load: javascript },
    ];
    let series = take_turns(run, name, &sides)?;
    let [edge, javascript] = &series[..] else { bail!("two sides make two series") };
    let expected = if new_visitors { edge.requests() } else { 1 };
    let counted = subject.wait_for_clicks(expected)?;
    if counted < expected {
        bail!("{expected} people were sent on but only {counted} clicks are counted");
    }
    let note = if new_visitors {
        format!("every click is in the database: {counted} of at least {expected}")
    } else {
        "one click an hour is counted of one visitor".to_owned()
    };
    Ok(Finding::Compared(Comparison::new(name, edge, javascript, Bound::AtLeast(TARGET), note)))
}

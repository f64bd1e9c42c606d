//! Recording a sale against an object in JavaScript that does the same look-ups and inserts.

use super::Run;
use super::report::{Bound, Comparison, Finding};
use super::rounds::{Side, take_turns};
use super::script::Script;
use super::subject::{self, Subject};
use crate::workspace;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::fs;

/// At least this much of the object's speed.
const TARGET: f64 = 0.8;
const REFERRERS: u64 = 100;

pub(super) fn measure(run: &Run) -> Result<Vec<Finding>> {
    compare(run, "sale", 0)
}

/// Rewards granted: a sale with eight of them.
pub(super) fn measure_rewards(run: &Run) -> Result<Vec<Finding>> {
    compare(run, "rewards", 6)
}

fn compare(run: &Run, title: &str, extra: u64) -> Result<Vec<Finding>> {
    let subject = Subject::open_with(run, title, extra)?;
    subject.join(REFERRERS)?;
    let click_ids = subject.click_ids(&(1..=REFERRERS).collect::<Vec<_>>())?;
    subject.try_sale(click_ids.first().context("no click id")?)?;
    let object = Script {
        file: "sale.js",
        texts: imported("sale.js")?
            .into_iter()
            .map(|name| workspace::at("edge/sql/ledger").join(name))
            .collect(),
        objects: &[("Ledger", "bench-ledger", "LEDGER")],
        folder: run.scratch.at(&format!("{title}-js")),
        storage: run.scratch.at(&format!("{title}-js/storage")),
    }
    .start()?;
    let agent = subject::agent();
    for number in 1..=REFERRERS {
        let joined = agent
            .post(format!("{}/referrers", object.origin()))
            .send_json(json!({"code": subject::code(number)}))?;
        if joined.status().as_u16() != 201 {
            bail!("sale.js did not take a referrer: {}", joined.status());
        }
    }
    // The same requests to both.
    let edge = subject.sales(&click_ids);
    let mut javascript = edge.clone();
    javascript.pid = object.pid();
    javascript.url = format!("{}/v1/sales?extra={extra}", object.origin());
    let sides = [
        Side { name: "edge".to_owned(), load: edge },
        Side { name: "javascript".to_owned(), load: javascript },
    ];
    let series = take_turns(run, title, &sides)?;
    let [edge, javascript] = &series[..] else { bail!("two sides make two series") };
    let (_, stored) = subject.counted()?;
    if stored < edge.requests() {
        bail!("{} sales were acknowledged but only {stored} are in the ledger", edge.requests());
    }
    let note = format!("every sale is in the ledger: {stored} of at least {}", edge.requests());
    let rewards = 2 + extra;
    let (name, edge, javascript) = match extra {
        0 => ("sale, credited, two rewards".to_owned(), edge.clone(), javascript.clone()),
        // What is counted is rewards, not sales.
        _ => (
            format!("reward granted, {rewards} of each sale"),
            edge.times(rewards),
            javascript.times(rewards),
        ),
    };
    Ok(vec![Finding::Compared(Comparison::new(&name, &edge, &javascript, Bound::AtLeast(TARGET), note))])
}

/// The texts that a script imports, `import name from "file.sql";` each.
fn imported(file: &str) -> Result<Vec<String>> {
    let text = fs::read_to_string(workspace::at("xtask/bench").join(file))?;
    let names =
        text.lines().filter_map(|line| line.strip_prefix("import ")?.split('"').nth(1).map(str::to_owned));
    Ok(names.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_object_in_javascript_uses_the_ledgers_own_files() {
        let names = imported("sale.js").unwrap();
        assert!(names.len() > 10, "{names:?}");
        for name in names {
            assert!(workspace::at("edge/sql/ledger").join(&name).is_file(), "{name}");
        }
    }

    #[test]
    fn the_object_in_javascript_takes_every_step_of_the_schema() {
        let taken = imported("sale.js").unwrap();
        for file in fs::read_dir(workspace::at("edge/sql/ledger")).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let is_step = name.starts_with("schema_") || name == "views.sql";
            assert!(!is_step || taken.contains(&name), "{name}");
        }
    }
}

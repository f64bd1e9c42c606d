//! What was found, as a table for people and as one line of JSON.

use super::Run;
use super::machine::Machine;
use super::rounds::{Series, Spread};
use anyhow::Result;
use serde::Serialize;
use serde_json::json;
use std::fmt::Write as _;

/// What a figure must reach or not exceed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }

    fn words(self) -> String {
        let (sign, value) = match self {
            Self::AtLeast(least) => ('≥', least),
            Self::AtMost(most) => ('≤', most),
        };
        if value < 100.0 { format!("{sign} {value:.2}") } else { format!("{sign} {value:.0}") }
    }
}

/// The edge against JavaScript.
#[derive(Debug, Serialize)]
pub(super) struct Comparison {
    name: String,
    edge_per_second: Spread,
    javascript_per_second: Spread,
    /// Of speeds, by round: 1 is as fast.
    ratio: Spread,
    /// Microseconds of workerd's CPU per request.
    edge_cpu_us: Option<Spread>,
    javascript_cpu_us: Option<Spread>,
    /// Of CPU times, by round, the other way round: 1 costs as much, less costs more.
    cpu_ratio: Option<Spread>,
    target: Bound,
    met: bool,
    rounds: usize,
    note: String,
}

impl Comparison {
    pub(super) fn new(name: &str, edge: &Series, javascript: &Series, target: Bound, note: String) -> Self {
        let ratio = edge.ratio_to(javascript);
        Self {
            name: name.to_owned(),
            edge_per_second: edge.per_second(),
            javascript_per_second: javascript.per_second(),
            ratio,
            edge_cpu_us: edge.cpu_us(),
            javascript_cpu_us: javascript.cpu_us(),
            cpu_ratio: edge.cpu_ratio_to(javascript),
            target,
            met: target.holds(ratio.median),
            rounds: edge.samples.len(),
            note,
        }
    }
}

/// A request with more behind it against the same with less.
#[derive(Debug, Serialize)]
pub(super) struct Growth {
    name: String,
    per_second: Spread,
    small_per_second: Spread,
    /// Of times, by round: 2 is twice as long.
    ratio: Spread,
    cpu_us: Option<Spread>,
    small_cpu_us: Option<Spread>,
    cpu_ratio: Option<Spread>,
    /// None where the figure is only shown.
    target: Option<Bound>,
    met: Option<bool>,
    rounds: usize,
}

impl Growth {
    pub(super) fn new(name: &str, large: &Series, small: &Series, target: Option<Bound>) -> Self {
        let ratio = small.ratio_to(large);
        Self {
            name: name.to_owned(),
            per_second: large.per_second(),
            small_per_second: small.per_second(),
            ratio,
            cpu_us: large.cpu_us(),
            small_cpu_us: small.cpu_us(),
            cpu_ratio: small.cpu_ratio_to(large),
            target,
            met: target.map(|target| target.holds(ratio.median)),
            rounds: large.samples.len(),
        }
    }
}

/// What a page with the panel takes, and where that can be said, the same page without us.
#[derive(Debug, Serialize)]
pub(super) struct Timing {
    pub(super) name: String,
    pub(super) ms: Spread,
    pub(super) without_ms: Option<Spread>,
    /// By round, what it takes more than without us.
    pub(super) more_ms: Option<Spread>,
    /// By round: 1 is as long.
    pub(super) ratio: Option<Spread>,
    pub(super) rounds: usize,
}

/// A figure that stands alone.
#[derive(Debug, Serialize)]
pub(super) struct Quantity {
    pub(super) name: String,
    pub(super) value: f64,
    pub(super) unit: &'static str,
    #[serde(rename = "target", skip_serializing_if = "Option::is_none")]
    pub(super) bound: Option<Bound>,
}

/// One line of the report.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Finding {
    Compared(Comparison),
    Grown(Growth),
    Timed(Timing),
    Weighed(Quantity),
}

/// Prints everything to stdout.
pub(super) fn print(run: &Run, machine: &Machine, findings: &[Finding], as_json: bool) -> Result<()> {
    if as_json {
        let all = json!({
            "machine": machine,
            "rounds": run.rounds,
            "seconds_per_round": run.seconds,
            "quick": run.quick,
            "findings": findings,
        });
        println!("{}", serde_json::to_string(&all)?);
    } else {
        println!("{}", table(run, machine, findings));
    }
    Ok(())
}

fn table(run: &Run, machine: &Machine, findings: &[Finding]) -> String {
    let mut text = String::new();
    let Machine { cpu, cores, memory_mib, system, workerd, rustc, storage, load_before } = machine;
    let _ = writeln!(text, "\n{cpu}, {cores} cores, {memory_mib} MiB, {system}");
    let _ = writeln!(text, "{workerd}, {rustc}; {storage}; load average before: {load_before}");
    let _ = writeln!(text, "medians (least–most) of {} rounds of {} s in turns\n", run.rounds, run.seconds);
    let rows: Vec<[String; 6]> = findings.iter().map(row).collect();
    let head = ["what", "requests/s or time", "against", "ratio", "CPU ratio", "target"].map(str::to_owned);
    let all: Vec<&[String; 6]> = std::iter::once(&head).chain(&rows).collect();
    let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; 6] = std::array::from_fn(width);
    for row in &all {
        let mut line = format!("{:<1$}", row[0], widths[0]);
        for (cell, width) in row.iter().zip(widths).skip(1) {
            let _ = write!(line, "  {cell:>width$}");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    for finding in findings {
        if let Finding::Compared(Comparison { name, note, .. }) = finding {
            let _ = write!(text, "\n{name}: {note}");
        }
    }
    text
}

fn row(finding: &Finding) -> [String; 6] {
    let met = |target: Bound, met: bool| format!("{} {}", target.words(), if met { "met" } else { "MISSED" });
    match finding {
        Finding::Compared(it) => [
            it.name.clone(),
            speed(it.edge_per_second),
            speed(it.javascript_per_second),
            ratio(it.ratio),
            it.cpu_ratio.map(ratio).unwrap_or_default(),
            met(it.target, it.met),
        ],
        Finding::Grown(it) => [
            it.name.clone(),
            speed(it.per_second),
            speed(it.small_per_second),
            ratio(it.ratio),
            it.cpu_ratio.map(ratio).unwrap_or_default(),
            it.target.zip(it.met).map(|(target, holds)| met(target, holds)).unwrap_or_default(),
        ],
        Finding::Timed(it) => [
            it.name.clone(),
            milliseconds(it.ms),
            it.without_ms.map(milliseconds).unwrap_or_default(),
            it.ratio.map(ratio).unwrap_or_default(),
            String::new(),
            String::new(),
        ],
        Finding::Weighed(it) => [
            it.name.clone(),
            format!("{:.0} {}", it.value, it.unit),
            String::new(),
            String::new(),
            String::new(),
            it.bound.map(|bound| met(bound, bound.holds(it.value))).unwrap_or_default(),
        ],
    }
}

fn speed(spread: Spread) -> String {
    format!("{:.0} ({:.0}–{:.0})", spread.median, spread.min, spread.max)
}

fn milliseconds(spread: Spread) -> String {
    format!("{:.0} ({:.0}–{:.0}) ms", spread.median, spread.min, spread.max)
}

fn ratio(spread: Spread) -> String {
    format!("{:.2} ({:.2}–{:.2})", spread.median, spread.min, spread.max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::load::Sample;

    fn series(per_second: f64) -> Series {
        let sample = Sample { requests: 100, per_second, cpu_us: None };
        Series { name: "x".to_owned(), samples: vec![sample; 3] }
    }

    #[test]
    fn a_missed_target_says_so_and_a_met_one_too() {
        let comparison =
            |edge| Comparison::new("it", &series(edge), &series(100.0), Bound::AtLeast(0.8), String::new());
        assert!(row(&Finding::Compared(comparison(80.0)))[5].ends_with("met"));
        assert!(row(&Finding::Compared(comparison(79.0)))[5].ends_with("MISSED"));
    }

    #[test]
    fn growth_is_a_ratio_of_times() {
        let growth = Growth::new("it", &series(50.0), &series(100.0), Some(Bound::AtMost(1.2)));
        assert!((growth.ratio.median - 2.0).abs() < 1e-9);
        assert_eq!(growth.met, Some(false));
    }

    #[test]
    fn a_timing_stands_with_the_page_without_us_where_there_is_one() {
        let spread = |median| Spread { median, min: median, max: median };
        let timing = |other: Option<f64>| {
            row(&Finding::Timed(Timing {
                name: "load event".to_owned(),
                ms: spread(90.0),
                without_ms: other.map(spread),
                more_ms: other.map(|other| spread(90.0 - other)),
                ratio: other.map(|other| spread(90.0 / other)),
                rounds: 1,
            }))
        };
        assert_eq!(timing(Some(60.0))[1..4], ["90 (90–90) ms", "60 (60–60) ms", "1.50 (1.50–1.50)"]);
        assert_eq!(timing(None)[1..4], ["90 (90–90) ms", "", ""]);
    }

    #[test]
    fn json_names_the_kind_of_each_finding() {
        let quantity = Quantity {
            name: "loader".to_owned(),
            value: 1.0,
            unit: "bytes",
            bound: Some(Bound::AtMost(2.0)),
        };
        let text = serde_json::to_string(&Finding::Weighed(quantity)).unwrap();
        assert_eq!(
            text,
            r#"{"kind":"weighed","name":"loader","value":1.0,"unit":"bytes","target":{"at_most":2.0}}"#
        );
    }
}

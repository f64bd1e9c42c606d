//! Turns and medians.

use super::Run;
use super::load::{Load, Sample};
use crate::progress::say;
use anyhow::Result;
use serde::Serialize;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// The middle, the least and the most of several figures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) min: f64,
    pub(super) max: f64,
}

impl Spread {
    /// Of at least one figure; zeros of none.
    pub(super) fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let at = |index: usize| figures.get(index).copied().unwrap_or_default();
        let half = figures.len() / 2;
        let median = if figures.len().is_multiple_of(2) && half > 0 {
            f64::midpoint(at(half - 1), at(half))
        } else {
            at(half)
        };
        Self { median, min: at(0), max: at(figures.len().saturating_sub(1)) }
    }
}

/// One side of a comparison.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) name: String,
    pub(super) load: Load,
}

/// The rounds of one side.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) samples: Vec<Sample>,
}

impl Series {
    pub(super) fn per_second(&self) -> Spread {
        Spread::of(self.samples.iter().map(|sample| sample.per_second))
    }

    /// Microseconds of CPU per request, where the system tells.
    pub(super) fn cpu_us(&self) -> Option<Spread> {
        let figures: Vec<f64> = self.samples.iter().filter_map(|sample| sample.cpu_us).collect();
        (figures.len() == self.samples.len()).then(|| Spread::of(figures))
    }

    /// As if every request had done so many things, which are counted one by one.
    pub(super) fn times(&self, things: u64) -> Self {
        let counted = |sample: &Sample| Sample {
            requests: sample.requests * things,
            per_second: sample.per_second * things as f64,
            cpu_us: sample.cpu_us.map(|cpu_us| cpu_us / things as f64),
        };
        Self { name: self.name.clone(), samples: self.samples.iter().map(counted).collect() }
    }

    /// Requests that were answered, the warm-up's not among them.
    pub(super) fn requests(&self) -> u64 {
        self.samples.iter().map(|sample| sample.requests).sum()
    }

    /// This side's speed as a part of the other's, round by round.
    pub(super) fn ratio_to(&self, other: &Self) -> Spread {
        let pairs = self.samples.iter().zip(&other.samples);
        Spread::of(pairs.map(|(ours, theirs)| ours.per_second / theirs.per_second))
    }

    /// The other's CPU time as a part of this side's: like [`Series::ratio_to`], more is better.
    pub(super) fn cpu_ratio_to(&self, other: &Self) -> Option<Spread> {
        let pairs: Option<Vec<_>> = self
            .samples
            .iter()
            .zip(&other.samples)
            .map(|(ours, theirs)| ours.cpu_us.zip(theirs.cpu_us))
            .collect();
        Some(Spread::of(pairs?.into_iter().map(|(ours, theirs)| theirs / ours)))
    }
}

/// A number that no other round of this process has, and hardly one of another process.
pub(super) fn next_run() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// All sides take turns, `rounds` times, after one short turn each that is not counted.
pub(super) fn take_turns(run: &Run, title: &str, sides: &[Side]) -> Result<Vec<Series>> {
    say(&format!("{title}: {} rounds of {} s", run.rounds, run.seconds));
    for side in sides {
        run.go_on()?;
        side.load.round(next_run(), run.seconds.min(2))?;
    }
    let mut all: Vec<Series> =
        sides.iter().map(|side| Series { name: side.name.clone(), samples: Vec::new() }).collect();
    for round in 1..=run.rounds {
        let mut line = format!("  {round}/{}", run.rounds);
        for (side, series) in sides.iter().zip(&mut all) {
            run.go_on()?;
            let sample = side.load.round(next_run(), run.seconds)?;
            let _ = write!(line, "  {} {:.0}/s", side.name, sample.per_second);
            series.samples.push(sample);
        }
        say(&line);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(figures: &[f64]) -> Series {
        let sample = |per_second: &f64| Sample {
            requests: 1,
            per_second: *per_second,
            cpu_us: Some(1e6 / per_second),
        };
        Series { name: String::new(), samples: figures.iter().map(sample).collect() }
    }

    #[test]
    fn the_median_is_the_middle_one_or_between_the_middle_two() {
        for (figures, median) in
            [(vec![3.0], 3.0), (vec![1.0, 9.0, 2.0], 2.0), (vec![4.0, 1.0, 2.0, 9.0], 3.0)]
        {
            assert!((Spread::of(figures).median - median).abs() < 1e-9);
        }
    }

    #[test]
    fn a_ratio_is_taken_within_a_round_so_that_a_slow_moment_counts_for_both() {
        let (edge, other) = (series(&[80.0, 40.0, 85.0]), series(&[100.0, 50.0, 100.0]));
        assert!((edge.ratio_to(&other).median - 0.8).abs() < 1e-9);
        assert!((edge.cpu_ratio_to(&other).unwrap().median - 0.8).abs() < 1e-9);
    }
}

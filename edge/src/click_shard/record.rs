//! Counting a batch of clicks: each visitor once per code and hour.

use super::Shard;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// Clicks as they come from an isolate.
pub(crate) type Batch = Vec<Click>;

/// One click, as a JSON array: batches are long.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Click(
    /// Its public id, `clk_…`.
    pub(crate) String,
    /// Seconds since 1970.
    pub(crate) i64,
    /// Code.
    pub(crate) String,
    /// Channel.
    pub(crate) String,
    /// Device class.
    pub(crate) String,
    /// Country, two letters, or empty.
    pub(crate) String,
    /// Referring host, or empty.
    pub(crate) String,
    /// Salted hash of the visitor; none where the visitor's browser asks for privacy.
    pub(crate) Option<i64>,
);

impl Click {
    fn seen(&self) -> Option<(i64, i64, &str)> {
        Some((self.1.div_euclid(3_600), self.7?, &self.2))
    }
}

impl Shard {
    /// Counts the clicks of visitors who have not been counted; how many those were.
    pub(super) fn record(&self, batch: Batch) -> Result<usize, Problem> {
        self.sweep_hourly()?;
        let fresh = self.fresh(batch)?;
        if fresh.is_empty() {
            return Ok(0);
        }
        let mut rollup = HashMap::new();
        let mut totals = HashMap::new();
        for Click(_, at, code, channel, device, country, host, _) in &fresh {
            *rollup.entry((at.div_euclid(86_400), code, country, device, host, channel)).or_insert(0_u32) +=
                1;
            *totals.entry(code).or_insert(0_u32) += 1;
        }
        let rollup: Vec<_> = rollup
            .into_iter()
            .map(|((day, code, country, device, host, channel), clicks)| {
                (day, code, country, device, host, channel, clicks)
            })
            .collect();
        let totals: Vec<_> = totals.into_iter().collect();
        let seen: Vec<_> = fresh.iter().filter_map(Click::seen).collect();
        let mut writes = Writes::default();
        writes.add(sql!("click_shard/seen_insert"), &[serde_json::to_string(&seen)?])?;
        writes.add(sql!("click_shard/click_insert"), &[serde_json::to_string(&fresh)?])?;
        writes.add(sql!("click_shard/rollup_add"), &[serde_json::to_string(&rollup)?])?;
        writes.add(sql!("click_shard/total_add"), &[serde_json::to_string(&totals)?])?;
        self.database.commit(writes, None)?;
        Ok(fresh.len())
    }

    fn fresh(&self, batch: Batch) -> Result<Batch, Problem> {
        let mut met = HashSet::new();
        let mut keep: Vec<bool> =
            batch.iter().map(|click| click.seen().is_none_or(|seen| met.insert(seen))).collect();
        let asked: Vec<_> = batch.iter().map(|click| click.seen().unwrap_or_default()).collect();
        let known: Vec<(usize,)> =
            self.database.rows(sql!("click_shard/seen_find"), &[serde_json::to_string(&asked)?])?;
        for (at,) in known {
            if let Some(keep) = keep.get_mut(at) {
                *keep = false;
            }
        }
        Ok(batch.into_iter().zip(keep).filter_map(|(click, keep)| keep.then_some(click)).collect())
    }
}

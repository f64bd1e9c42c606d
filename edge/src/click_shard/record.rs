//! Counting a batch of clicks: each visitor once per code and hour. Rolling up what has been counted is put off until
//! somebody asks or much has gathered: a batch touches only the ends of its tables, however many codes there are.

use super::Shard;
use crate::platform;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::click_token::ClickName;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

/// Visitors of an hour that an object keeps in memory. More than that and the earliest may be counted twice.
const MOST_SEEN: usize = 200_000;

const HOUR_MS: i64 = 3_600_000;

/// Clicks waiting to be rolled up at most.
const MOST_WAITING: usize = 50_000;

/// Clicks that came the same way on the same day.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Group<'a> {
    /// Days since 1970.
    pub(crate) day: i64,
    pub(crate) channel: &'a str,
    pub(crate) device: &'a str,
    /// Two capital letters, or empty.
    pub(crate) country: &'a str,
    /// Empty where there was none.
    pub(crate) referring_host: &'a str,
    #[serde(borrow)]
    pub(crate) clicks: Vec<Counted<'a>>,
}

/// One click: its public id, the code, and the hash of visitor, code and hour; none where the visitor asks for privacy.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Counted<'a>(pub(crate) ClickName, pub(crate) &'a str, pub(crate) Option<i64>);

/// Who has been counted in this hour and the one before. Held in memory, so that counting touches no page of the
/// database but the last; stored by the batch, so that a restart does not forget.
#[derive(Default)]
pub(super) struct Seen {
    hour: i64,
    now: HashSet<i64>,
    before: HashSet<i64>,
}

impl Seen {
    fn contains(&self, visitor: i64) -> bool {
        self.now.contains(&visitor) || self.before.contains(&visitor)
    }

    fn turn_to(&mut self, hour: i64) {
        if hour != self.hour {
            let before = std::mem::take(&mut self.now);
            self.before = if hour == self.hour + 1 { before } else { HashSet::new() };
            self.hour = hour;
        }
    }

    fn extend(&mut self, visitors: &[i64]) {
        if self.now.len() + visitors.len() > MOST_SEEN {
            self.before = std::mem::take(&mut self.now);
        }
        self.now.extend(visitors);
    }
}

impl Shard {
    /// Counts the clicks of visitors who have not been counted; how many those were.
    pub(super) fn record(&self, groups: Vec<Group<'_>>) -> Result<usize, Problem> {
        self.sweep_hourly()?;
        let hour = platform::now_ms().div_euclid(HOUR_MS);
        let (groups, visitors) = self.fresh(groups, hour)?;
        if groups.is_empty() {
            return Ok(0);
        }
        let mut writes = Writes::default();
        for Group { day, channel, device, country, referring_host, clicks } in &groups {
            let codes: BTreeMap<&str, &str> =
                clicks.iter().map(|click| (click.0.as_str(), click.1)).collect();
            let row = (serde_json::to_string(&codes)?, day, channel, device, country, referring_host);
            writes.add(sql!("click_shard/clicks_insert"), &row)?;
        }
        if !visitors.is_empty() {
            writes.add(sql!("click_shard/seen_insert"), &(hour, hexadecimal(&visitors)))?;
        }
        self.database.commit(writes, None)?;
        self.seen.borrow_mut().extend(&visitors);
        let counted = groups.iter().map(|group| group.clicks.len()).sum();
        self.rolled_up.set(false);
        self.waiting.set(self.waiting.get() + counted);
        if self.waiting.get() > MOST_WAITING {
            self.roll_up()?;
        }
        Ok(counted)
    }

    /// Brings the numbers up to the last click.
    pub(super) fn roll_up(&self) -> Result<(), Problem> {
        if self.rolled_up.get() {
            return Ok(());
        }
        let mut writes = Writes::default();
        writes.add(sql!("click_shard/rollup_add"), &[(); 0])?;
        writes.add(sql!("click_shard/share_add"), &[(); 0])?;
        writes.add(sql!("click_shard/total_add"), &[(); 0])?;
        writes.add(sql!("click_shard/rolled_up"), &[(); 0])?;
        self.database.commit(writes, None)?;
        self.rolled_up.set(true);
        self.waiting.set(0);
        Ok(())
    }

    /// Leaves out who has been counted, also earlier in the same batch; and the visitors who are counted now.
    fn fresh<'a>(
        &self,
        mut groups: Vec<Group<'a>>,
        hour: i64,
    ) -> Result<(Vec<Group<'a>>, Vec<i64>), Problem> {
        self.remember(hour)?;
        let seen = self.seen.borrow();
        let mut met = HashSet::new();
        for group in &mut groups {
            group.clicks.retain(|Counted(_, _, visitor)| {
                visitor.is_none_or(|visitor| !seen.contains(visitor) && met.insert(visitor))
            });
        }
        groups.retain(|group| !group.clicks.is_empty());
        Ok((groups, met.into_iter().collect()))
    }

    /// Reads who has been counted, when the object has just woken.
    fn remember(&self, hour: i64) -> Result<(), Problem> {
        let mut seen = self.seen.borrow_mut();
        if seen.hour == 0 {
            for (at, visitors) in
                self.database.rows::<(i64, String)>(sql!("click_shard/seen"), &[hour - 1])?
            {
                seen.turn_to(at);
                let visitors: Vec<i64> = visitors.as_bytes().chunks(16).filter_map(number).collect();
                seen.extend(&visitors);
            }
        }
        seen.turn_to(hour);
        Ok(())
    }
}

/// Sixteen digits each.
fn hexadecimal(visitors: &[i64]) -> String {
    let mut text = String::with_capacity(visitors.len() * 16);
    for visitor in visitors {
        let _ = write!(text, "{visitor:016x}");
    }
    text
}

fn number(digits: &[u8]) -> Option<i64> {
    let digits = std::str::from_utf8(digits).ok()?;
    u64::from_str_radix(digits, 16).ok().map(u64::cast_signed)
}

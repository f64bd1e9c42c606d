//! What a shard can tell: totals per code, a list, numbers of a span of days, the widget's counters.

use super::Shard;
use super::client::Place;
use crate::problem::Problem;
use crate::sql::{SqlError, Statement, Writes, sql};
use serde::{Deserialize, Serialize};

/// Numbers of days, counted from 1970.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Days {
    /// Day and clicks.
    pub(super) clicks: Vec<(i64, u64)>,
    /// Day, type of event, how often.
    pub(super) events: Vec<(i64, String, u64)>,
}

/// Clicks of a span of days, apart by what was clicked and from where: the hundred most frequent of each.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Breakdown {
    pub(crate) codes: Vec<(String, u64)>,
    pub(crate) channels: Vec<(String, u64)>,
    /// Two capital letters; empty where it is not known.
    pub(crate) countries: Vec<(String, u64)>,
    pub(crate) devices: Vec<(String, u64)>,
    /// Empty where there was none.
    pub(crate) referring_hosts: Vec<(String, u64)>,
}

/// Id, code, channel, device, country, referring host.
pub(super) type Listed = (String, String, String, String, String, String);

impl Shard {
    pub(super) fn totals(&self, codes: &[String]) -> Result<Vec<(String, u64)>, Problem> {
        self.roll_up()?;
        Ok(self.database.rows(sql!("click_shard/totals"), &[serde_json::to_string(codes)?])?)
    }

    /// From the cursor on, in the direction of travel; newest first without one.
    pub(super) fn list(&self, cursor: Option<&Place>, limit: u32) -> Result<Vec<Listed>, Problem> {
        Ok(match cursor {
            None => self.database.rows(sql!("click_shard/clicks_older"), &("clk_~", limit))?,
            Some(Place::After(id)) => self.database.rows(sql!("click_shard/clicks_older"), &(id, limit))?,
            Some(Place::Before(id)) => self.database.rows(sql!("click_shard/clicks_newer"), &(id, limit))?,
        })
    }

    pub(super) fn days(&self, from: i64, to: i64) -> Result<Days, Problem> {
        self.roll_up()?;
        Ok(Days {
            clicks: self.database.rows(sql!("click_shard/clicks_by_day"), &(from, to))?,
            events: self.database.rows(sql!("click_shard/events_by_day"), &(from, to))?,
        })
    }

    pub(super) fn breakdown(&self, from: i64, to: i64) -> Result<Breakdown, Problem> {
        self.roll_up()?;
        let by = |statement: Statement| -> Result<Vec<(String, u64)>, SqlError> {
            self.database.rows(statement, &(from, to))
        };
        Ok(Breakdown {
            codes: by(sql!("click_shard/clicks_by_code"))?,
            channels: by(sql!("click_shard/clicks_by_channel"))?,
            countries: by(sql!("click_shard/clicks_by_country"))?,
            devices: by(sql!("click_shard/clicks_by_device"))?,
            referring_hosts: by(sql!("click_shard/clicks_by_referring_host"))?,
        })
    }

    pub(super) fn add_events(&self, events: &[(i64, String, String, u64)]) -> Result<usize, Problem> {
        let mut writes = Writes::default();
        writes.add(sql!("click_shard/widget_event_add"), &[serde_json::to_string(events)?])?;
        self.database.commit(writes, None)?;
        Ok(events.len())
    }
}

//! What a shard can tell: totals per code, a list, numbers of a span of days, the widget's counters.

use super::Shard;
use super::client::Place;
use crate::problem::Problem;
use crate::sql::{SqlError, Writes, sql};
use serde::{Deserialize, Serialize};

/// Numbers of days, counted from 1970.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Days {
    /// Day and clicks.
    pub(super) clicks: Vec<(i64, u64)>,
    /// Day, type of event, how often.
    pub(super) events: Vec<(i64, String, u64)>,
}

/// What clicks can be told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum By {
    Code,
    Channel,
    /// Two capital letters; empty where it is not known.
    Country,
    Device,
    /// Empty where there was none.
    ReferringHost,
}

impl By {
    pub(crate) const ALL: [Self; 5] =
        [Self::Code, Self::Channel, Self::Country, Self::Device, Self::ReferringHost];

    /// Its word in reports and in the shard's tables.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Channel => "channel",
            Self::Country => "country",
            Self::Device => "device",
            Self::ReferringHost => "referring_host",
        }
    }
}

/// Clicks of a span of days, apart by what was asked for: the hundred most frequent of each.
pub(crate) type Breakdown = Vec<(By, Vec<(String, u64)>)>;

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

    /// Day and clicks of these codes; days without any are left out.
    pub(super) fn days_of(&self, codes: &[String], days: &[i64]) -> Result<Vec<(i64, u64)>, Problem> {
        self.roll_up()?;
        let (days, codes) = (serde_json::to_string(days)?, serde_json::to_string(codes)?);
        Ok(self.database.rows(sql!("click_shard/clicks_of_codes"), &(days, codes))?)
    }

    pub(super) fn breakdown(&self, from: i64, to: i64, by: &[By]) -> Result<Breakdown, Problem> {
        self.roll_up()?;
        let clicks = |by: By| -> Result<(By, Vec<(String, u64)>), SqlError> {
            Ok((
                by,
                match by {
                    By::Code => self.database.rows(sql!("click_shard/clicks_by_code"), &(from, to))?,
                    by => self.database.rows(sql!("click_shard/shares"), &(by.word(), from, to))?,
                },
            ))
        };
        Ok(by.iter().map(|by| clicks(*by)).collect::<Result<_, _>>()?)
    }

    /// Counted clicks since the beginning.
    pub(super) fn number(&self) -> Result<u64, Problem> {
        let number: Option<(u64,)> = self.database.row(sql!("click_shard/counted"), &[(); 0])?;
        Ok(number.map_or(0, |(number,)| number))
    }

    pub(super) fn add_events(&self, events: &[(i64, String, String, u64)]) -> Result<usize, Problem> {
        let mut writes = Writes::default();
        writes.add(sql!("click_shard/widget_event_add"), &[serde_json::to_string(events)?])?;
        self.database.commit(writes, None)?;
        Ok(events.len())
    }
}

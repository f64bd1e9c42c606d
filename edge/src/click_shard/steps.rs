//! Steps of the funnel, as widgets report them.

use crate::problem::Problem;
use referral::channel::Channel;
use referral::input::{self, Input};
use serde_json::Value;
use std::collections::BTreeMap;

/// Most events a widget reports at once.
const MOST_EVENTS: usize = 50;

/// What a widget may report.
const EVENT_TYPES: [(&str, &str); 5] = [
    ("seen", "seen"),
    ("joined", "joined"),
    ("shared", "shared"),
    ("copied", "copied"),
    ("opened", "opened"),
];

/// What widgets report, each with how often: what happened, over which channel.
pub(crate) struct Steps(BTreeMap<(&'static str, &'static str), u64>);

impl Steps {
    pub(crate) fn read(body: &str) -> Result<Self, Problem> {
        let fields = input::object(body).map_err(Problem::invalid)?;
        let mut input = Input::new("", &fields);
        input.require("events");
        let list = input.value("events");
        let mut counts = BTreeMap::new();
        match list.map(Value::as_array) {
            None => {}
            Some(None) => input.refuse("events", "wrong_type", "must be a list"),
            Some(Some(list)) if list.len() > MOST_EVENTS => {
                input.refuse("events", "too_long", format!("takes at most {MOST_EVENTS} events at once"));
            }
            Some(Some(list)) => {
                for (at, event) in list.iter().enumerate() {
                    match read_event(at, event) {
                        Ok(event) => *counts.entry(event).or_insert(0_u64) += 1,
                        Err(errors) => input.absorb(errors),
                    }
                }
            }
        }
        input.finish().map_err(Problem::invalid)?;
        Ok(Self(counts))
    }

    /// How many.
    pub(super) fn number(&self) -> u64 {
        self.0.values().sum()
    }

    /// As the shard counts them, on a day (days since 1970).
    pub(super) fn on(&self, day: i64) -> Vec<(i64, String, String, u64)> {
        let row = |((kind, channel), count): (&(&str, &str), &u64)| {
            (day, (*kind).to_owned(), (*channel).to_owned(), *count)
        };
        self.0.iter().map(row).collect()
    }

    /// Whether a link left the browser in one of them.
    pub(crate) fn have_shared(&self) -> bool {
        self.0.keys().any(|(kind, _)| matches!(*kind, "shared" | "copied"))
    }
}

fn read_event(at: usize, event: &Value) -> Result<(&'static str, &'static str), Vec<input::FieldError>> {
    let path = format!("events[{at}]");
    let empty = serde_json::Map::new();
    let mut input = Input::new(&path, event.as_object().unwrap_or(&empty));
    input.require("type");
    let kind = input.choice("type", &EVENT_TYPES).unwrap_or_default();
    let channel =
        input.text("channel", 0..=40).map_or(Channel::Direct, |channel| Channel::from_link(&channel));
    input.finish()?;
    Ok((kind, channel.as_str()))
}

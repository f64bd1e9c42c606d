//! Moments of a conversion's story, in the order in which they happened: what the timelines of both sides are made of.

use super::words::Words;
use crate::ledger::lead_stage;
use serde_json::Value;

/// Something that happened.
pub(super) struct Moment {
    /// The instant, for machines.
    pub(super) at: String,
    pub(super) when: String,
    pub(super) title: String,
    pub(super) detail: String,
    /// `won`, `lost`, `here`, `doubt` or nothing.
    pub(super) kind: &'static str,
}

/// Moments that are being gathered.
pub(super) struct Moments<'a> {
    words: &'a Words,
    all: Vec<Moment>,
}

impl<'a> Moments<'a> {
    pub(super) fn new(words: &'a Words) -> Self {
        Self { words, all: Vec::new() }
    }

    /// Adds one; what has no instant has not happened.
    pub(super) fn add(&mut self, at: &str, title: &str, detail: String, kind: &'static str) {
        if !at.is_empty() {
            let (at, when, title) = (at.to_owned(), self.words.time(at), title.to_owned());
            self.all.push(Moment { at, when, title, detail, kind });
        }
    }

    /// Adds the steps of a lead with what was said of them, under the words of this group.
    pub(super) fn stages(&mut self, story: &Value, group: &str) {
        for step in list_of(story, "stages") {
            let said = match (text(step, "decided_by"), text(step, "reason")) {
                // What a rule says is stored in English.
                ("rule", _) => self.words.t("moment.stage.rule"),
                (_, lead_stage::UNSAID) => "",
                (_, reason) => reason,
            };
            let title = self.words.of(group, text(step, "stage"));
            self.add(text(step, "decided_at"), &title, said.to_owned(), "");
        }
    }

    /// All of them, the oldest first.
    pub(super) fn in_order(mut self) -> Vec<Moment> {
        // RFC 3339 in UTC with the same digits sorts as text; what happened at once keeps its order.
        self.all.sort_by(|one, other| one.at.cmp(&other.at));
        self.all
    }
}

/// A text of a story; empty where it has none.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A list of a story; empty where it has none.
pub(super) fn list_of<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

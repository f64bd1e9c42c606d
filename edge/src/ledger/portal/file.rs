//! A referrer's lists as files: what their pages show of each row, in the ledger's words.

use super::list::{self, Placed};
use crate::ledger::book::Book;
use crate::ledger::desk::Wanted;
use crate::problem::Problem;
use referral::table::{Column, Format, Kind, column};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A list that is one referrer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Own {
    Conversions,
    Rewards,
    Disputes,
}

const LISTS: [Own; 3] = [Own::Conversions, Own::Rewards, Own::Disputes];

impl Own {
    /// The word in paths and file names.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Conversions => "conversions",
            Self::Rewards => "rewards",
            Self::Disputes => "disputes",
        }
    }

    /// The list of a word.
    pub(crate) fn named(word: &str) -> Option<Self> {
        LISTS.into_iter().find(|list| list.word() == word)
    }

    /// The list and the format of a file's name, `rewards.csv`.
    pub(crate) fn file(name: &str) -> Option<(Self, Format)> {
        let (word, ending) = name.split_once('.')?;
        Some((Self::named(word)?, Format::named(ending)?))
    }

    /// The columns of the file.
    pub(crate) const fn columns(self) -> &'static [Column] {
        match self {
            Self::Conversions => CONVERSIONS,
            Self::Rewards => REWARDS,
            Self::Disputes => DISPUTES,
        }
    }

    /// At most so many rows of a referrer's, as wanted, newest first.
    pub(crate) fn rows(
        self,
        book: &Book,
        id: &str,
        filter: &Value,
        most: usize,
    ) -> Result<Vec<Placed>, Problem> {
        let wanted = Wanted::deserialize(filter)?;
        match self {
            Self::Conversions => {
                let mut rows = list::conversions(book, id, &wanted, most)?;
                for (_, row) in &mut rows {
                    shown(row);
                }
                Ok(rows)
            }
            Self::Rewards => list::rewards(book, id, &wanted, most),
            Self::Disputes => list::disputes(book, id, &wanted, most),
        }
    }
}

/// Says of a conversion whether it is credited to them, and of its rewards what the page does.
fn shown(row: &mut Value) {
    let Some(fields) = row.as_object_mut() else { return };
    let is_credited = fields.get("rule").is_some_and(Value::is_string);
    fields.insert("credited".to_owned(), json!(is_credited));
    let rewards = fields.get("rewards").and_then(Value::as_array).into_iter().flatten();
    let of_page = |reward: &Value| -> Map<String, Value> {
        let field = |name: &&str| ((*name).to_owned(), reward.get(*name).cloned().unwrap_or_default());
        REWARD.iter().map(field).collect()
    };
    let rewards: Vec<Map<String, Value>> = rewards.map(of_page).collect();
    fields.insert("rewards".to_owned(), json!(rewards));
}

const fn text(name: &'static str) -> Column {
    column(name, Kind::Text)
}

const fn money(name: &'static str) -> Column {
    column(name, Kind::Money("currency"))
}

/// What is said of a reward in the row of its conversion.
const REWARD: [&str; 7] =
    ["amount", "currency", "perk", "reversed_amount", "state", "reason", "available_at"];

const CONVERSIONS: &[Column] = &[
    text("id"),
    text("kind"),
    text("event"),
    text("occurred_at"),
    column("credited", Kind::Flag),
    text("rule"),
    text("reason"),
    text("stage"),
    column("rewards", Kind::Json),
    text("dispute"),
];
const REWARDS: &[Column] = &[
    text("id"),
    text("conversion_id"),
    money("amount"),
    text("currency"),
    money("reversed_amount"),
    text("perk"),
    text("coupon"),
    text("state"),
    text("reason"),
    column("needs_approval", Kind::Flag),
    text("available_at"),
    text("created_at"),
];
const DISPUTES: &[Column] = &[
    text("id"),
    text("about"),
    text("message"),
    text("status"),
    text("note"),
    text("due_at"),
    text("created_at"),
    text("decided_at"),
];

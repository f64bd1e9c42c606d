//! Why something was not done, in the words of the page. The ledger tells pages the code and what is filled into its
//! sentence; `refusal.{code}` says the whole, `fault.{code}` what is wrong with one field, which stands before it by its
//! label.

use super::words::Words;
use crate::problem::Problem;
use referral::input::{FieldError, Put};
use referral::money::Currency;
use serde::Deserialize;

/// Why the ledger, or the page itself, would not.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Refusal {
    #[serde(default)]
    pub(super) status: u16,
    pub(super) code: String,
    put: Vec<Put>,
    pub(super) errors: Vec<Fault>,
    /// In words.
    #[serde(skip)]
    pub(super) detail: String,
}

/// What is wrong with one field.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Fault {
    /// Its path in the call.
    pub(super) field: String,
    pub(super) code: String,
    put: Vec<Put>,
    /// What it is called on the page.
    #[serde(skip)]
    pub(super) label: String,
    /// In words.
    #[serde(skip)]
    pub(super) detail: String,
}

impl Refusal {
    /// As the ledger told it.
    pub(super) fn read(status: u16, text: &str) -> Result<Self, Problem> {
        Ok(Self { status, ..serde_json::from_str(text)? })
    }

    /// What a page refuses itself, in its words.
    pub(super) fn own(status: u16, detail: &str) -> Self {
        Self { status, detail: detail.to_owned(), ..Self::default() }
    }

    /// Fields that were filled in wrongly.
    pub(super) fn of(errors: Vec<Fault>) -> Self {
        Self { status: 422, errors, ..Self::default() }
    }

    /// With its fields called as this page calls them: pairs of the ledger's name and ours. `hosts[1]` is of `hosts`.
    pub(super) fn called(mut self, names: &[(&str, &str)]) -> Self {
        for fault in &mut self.errors {
            let field = fault.field.split(['[', '.']).next().unwrap_or_default();
            if let Some((_, ours)) = names.iter().find(|(theirs, _)| *theirs == field) {
                (*ours).clone_into(&mut fault.label);
            }
        }
        self
    }

    /// With words for all that has none yet; `label` knows what fields are called.
    pub(super) fn said(
        mut self,
        words: &Words,
        currency: Currency,
        label: impl Fn(&Words, &str) -> Option<String>,
    ) -> Self {
        if self.detail.is_empty() {
            self.detail = say(words, "refusal", &self.code, &self.put, Some(currency));
        }
        for fault in &mut self.errors {
            if fault.label.is_empty() {
                let named = label(words, &fault.field);
                fault.label = named.unwrap_or_else(|| words.t("field.other").to_owned());
            }
            if fault.detail.is_empty() {
                fault.detail = fault_words(words, &fault.code, &fault.put, currency);
            }
        }
        self
    }
}

impl Fault {
    /// What a page finds itself, in its words.
    pub(super) fn own(label: impl Into<String>, detail: &str) -> Self {
        Self { label: label.into(), detail: detail.to_owned(), ..Self::default() }
    }

    /// In the field of this name.
    pub(super) fn at(self, field: impl Into<String>) -> Self {
        Self { field: field.into(), ..self }
    }
}

impl From<FieldError> for Fault {
    fn from(error: FieldError) -> Self {
        Self { field: error.field, code: error.code.to_owned(), put: error.put, ..Self::default() }
    }
}

/// What is wrong with a field.
pub(super) fn fault_words(words: &Words, code: &str, put: &[Put], currency: Currency) -> String {
    say(words, "fault", code, put, Some(currency))
}

/// A refusal outside of any program.
pub(super) fn said(words: &Words, problem: &Problem) -> String {
    say(words, "refusal", problem.code, &[], None)
}

/// The sentence of a code. One that has none, or is told too little, is said in general.
fn say(words: &Words, group: &str, code: &str, put: &[Put], currency: Option<Currency>) -> String {
    let key = format!("{group}.{code}");
    let count = put.iter().find_map(|one| match one {
        Put::Number(number) => u64::try_from(*number).ok(),
        _ => None,
    });
    let filled: Vec<String> = put.iter().map(|one| written(words, group, one, currency)).collect();
    let counted = count.and_then(|count| words.filled(&format!("{key}.{}", words.number(count)), &filled));
    let text = counted.or_else(|| words.filled(&key, &filled));
    text.unwrap_or_else(|| words.t(&format!("{group}.other")).to_owned())
}

/// One thing as the language writes it.
fn written(words: &Words, group: &str, put: &Put, currency: Option<Currency>) -> String {
    match (put, currency) {
        (Put::Number(number), _) | (Put::Amount(number), None) => words.locale.whole(*number),
        (Put::Amount(amount), Some(currency)) => words.locale.balance(*amount, currency),
        (Put::Share(bps), _) => words.locale.percent(*bps),
        (Put::Day(at), _) => words.day(&at.to_string()),
        (Put::Text(text), _) => text.clone(),
        (Put::Said(code), _) => words.t(&format!("{group}.{code}")).to_owned(),
    }
}

/// Fields of the merchant's forms, with the key of their label; those of a kind stand by their group below.
const LABELS: [(&str, &str); 31] = [
    ("code", "links.code"),
    ("consent", "settings.consent"),
    ("conversion_id", "disputes.about"),
    ("csv", "roster.csv"),
    ("customer_id", "named.customer_id"),
    ("day", "calendar.day"),
    ("decision", "rewards.decide"),
    ("destination", "settings.destination"),
    ("email", "fact.email"),
    ("every", "calendar.every"),
    ("external_id", "named.external_id"),
    ("format", "roster.shape"),
    ("group_id", "referrers.group"),
    ("hosts", "settings.hosts"),
    ("ids", "bulk.which"),
    ("kind", "key.new"),
    ("line_ids", "payout.lines"),
    ("message", "disputes.answer"),
    ("minimum", "field.minimum"),
    ("name", "settings.name"),
    ("note", "note"),
    ("other_cost", "field.other_cost"),
    ("paid_ad_parameters", "fraud.paid_ad_parameters"),
    ("banned_hosts", "fraud.banned_hosts"),
    ("allowed_hosts", "fraud.allowed_hosts"),
    ("point", "ready"),
    ("referrer_id", "col.referrer"),
    ("rewards", "terms.rules"),
    ("unbind", "bulk.unbind"),
    ("retention.customers_months", "retention.months"),
    ("weights", "fraud.weight"),
];

/// What a field of the merchant's forms is called, by its path in the call.
pub(super) fn label(words: &Words, field: &str) -> Option<String> {
    let path = field.strip_prefix("settings.").unwrap_or(field);
    let path = path.split('[').next().unwrap_or(path);
    if let Some((_, key)) = LABELS.iter().find(|(known, _)| *known == path) {
        return Some(words.t(key).to_owned());
    }
    if let Some(column) = path.strip_prefix("mapping.") {
        return Some(column.to_owned());
    }
    let rule = path.strip_prefix("weights.").and_then(|rule| words.known("flag", rule));
    rule.or_else(|| words.known("fraud.limit", path)).map(str::to_owned)
}

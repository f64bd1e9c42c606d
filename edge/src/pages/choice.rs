//! What can be chosen of a list, for the merchant's pages and the referrer's alike.

use super::visit::Visit;
use super::words::Words;
use crate::ledger::desk::Wanted;

/// One choice of a filter.
pub(super) struct Choice {
    pub(super) path: String,
    pub(super) label: &'static str,
    pub(super) is_here: bool,
}

const CONVERSIONS: [(&str, Option<&str>, Option<bool>); 5] = [
    ("all", None, None),
    ("sales", Some("sale"), None),
    ("leads", Some("lead"), None),
    ("credited", None, Some(true)),
    ("uncredited", None, Some(false)),
];

/// The choice that an address asks for of conversions, and its rows.
pub(super) fn wanted_conversions(visit: &Visit) -> (&'static str, Wanted) {
    let asked = visit.asked("show").unwrap_or_default();
    let known = CONVERSIONS.into_iter().find(|(word, ..)| *word == asked);
    let (show, kind, is) = known.unwrap_or(("all", None, None));
    let wanted = Wanted { before: visit.before(), kind: kind.map(str::to_owned), is, ..Wanted::default() };
    (show, wanted)
}

/// The choices of conversions, `here` the one that is shown; their words are those of a group of keys.
pub(super) fn of_conversions(words: &Words, group: &str, here: &str) -> Vec<Choice> {
    let choice = |(word, ..): (&'static str, Option<&str>, Option<bool>)| Choice {
        path: format!("?show={word}"),
        label: words.t(&format!("{group}.{word}")),
        is_here: word == here,
    };
    CONVERSIONS.map(choice).into()
}

//! Which flags the page shows: read from its address, written into its links.

use super::super::whose;
use crate::ledger::review::Fits;
use referral::fraud::Rule;
use referral::fraud::review::Due;

/// What can be asked of a flag's state; `decided` is released or confirmed.
const STATES: [&str; 5] = ["all", "open", "decided", "released", "confirmed"];
/// How long an open flag has waited.
pub(super) const DUES: [(&str, Due); 3] =
    [("later", Due::Later), ("reminder", Due::Reminder), ("escalated", Due::Escalated)];

/// Reads a filter; what nobody could have chosen counts as not chosen.
pub(in crate::pages::dashboard) fn read(asked: impl Fn(&str) -> Option<String>) -> Fits {
    let known = |name: &str, words: &[&str]| asked(name).filter(|word| words.contains(&word.as_str()));
    let status = known("show", &STATES).unwrap_or_else(|| "open".to_owned());
    let dues = DUES.map(|(word, _)| word);
    Fits {
        rule: asked("rule").filter(|word| Rule::named(word).is_some()),
        weight: asked("weight").and_then(|text| text.parse().ok()).filter(|weight| *weight > 0),
        referrer: whose::asked(&asked),
        // What is decided waits no more.
        due: known("due", &dues).filter(|_| status == "open"),
        before: asked("before").and_then(|text| text.parse().ok()),
        status,
    }
}

/// A filter as a query, without its place in the list; `status` in the place of its own, where given.
pub(super) fn query(fits: &Fits, status: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let status = status.unwrap_or(&fits.status);
    query.append_pair("show", status);
    let weight = fits.weight.map(|weight| weight.to_string());
    let due = fits.due.clone().filter(|_| status == "open");
    let fields = [("rule", &fits.rule), ("weight", &weight), ("referrer", &fits.referrer), ("due", &due)];
    for (name, value) in fields {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    query.finish()
}

/// The filter of a query that [`query`] wrote.
pub(super) fn of(query: &str) -> Fits {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    read(|name| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()))
}

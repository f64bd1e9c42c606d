//! Fraud: rules flag and hold, a person decides. Weights add up; nobody is dropped in silence.
//!
//! | module | what it holds |
//! |---|---|
//! | [`rule`] | the rules, their words and sentences |
//! | [`facts`] | what is known of a conversion, without what names somebody |
//! | [`settings`] | what a program doubts, and how much |
//! | [`person`], [`sighting`], [`landing`] | whether two people could be one; who was where; where a friend came from |
//! | [`lists`] | disposable and public mail domains, voucher sites |
//! | [`review`] | how long a flag has waited for a person |
//! | [`suspension`] | whose record is too bad to gain more |
//!
//! [`judge`] lays facts before settings. Facts are kept with the conversion, so that other settings can be tried on them.

pub mod facts;
pub mod landing;
pub mod lists;
pub mod person;
pub mod review;
pub mod rule;
pub mod settings;
pub mod sighting;
pub mod suspension;

pub use facts::Facts;
pub use rule::Rule;
pub use settings::Settings;

use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Value, json};
use sighting::Meeting;

/// A rule that a conversion trips.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Which.
    pub rule: Rule,
    /// What it weighs in this program.
    pub weight: u32,
    /// The figures behind it: no address, no name, no IP.
    pub evidence: Value,
}

/// The rules that a conversion trips.
pub fn judge(settings: &Settings, facts: &Facts) -> Vec<Flag> {
    let flag = |rule: Rule| {
        let weight = settings.weight(rule)?;
        let evidence = evidence(rule, settings, facts)?;
        Some(Flag { rule, weight, evidence })
    };
    Rule::ALL.into_iter().filter_map(flag).collect()
}

/// Rules and weights of flags, as [`Settings::holds`] takes them.
pub fn weights(flags: &[Flag]) -> Vec<(Rule, u32)> {
    flags.iter().map(|flag| (flag.rule, flag.weight)).collect()
}

/// What speaks for a rule; none where nothing does.
fn evidence(rule: Rule, settings: &Settings, facts: &Facts) -> Option<Value> {
    let on = |rule| settings.weight(rule).is_some();
    let plainly = |trips: bool| trips.then(|| json!({}));
    // One mailbox is one domain and one person as well: that is said once.
    let one_mailbox = facts.same_mailbox && on(Rule::SameEmail);
    match rule {
        Rule::SameEmail => plainly(facts.same_mailbox),
        Rule::BrowserClaim => plainly(facts.browser_claim),
        // Found when the referrer signs in, not when the conversion is judged.
        Rule::SelfReferral => None,
        Rule::OwnBrowser => plainly(facts.own_browser),
        Rule::SharedTarget => plainly(facts.shared_target),
        Rule::SameDomain => plainly(facts.same_domain && !one_mailbox),
        Rule::SimilarPerson => plainly(facts.similar && !one_mailbox),
        Rule::SameBrowser => plainly(facts.met == Some(Meeting::Browser)),
        Rule::SameNetwork => match facts.met? {
            Meeting::Browser => plainly(!on(Rule::SameBrowser)),
            Meeting::Network => plainly(true),
        },
        Rule::Velocity => {
            let limits = settings.velocity;
            let trips = facts.in_30_minutes > limits.in_30_minutes || facts.in_24_hours > limits.in_24_hours;
            trips.then(|| json!({ "in_30_minutes": facts.in_30_minutes, "in_24_hours": facts.in_24_hours }))
        }
        Rule::TooFast => {
            let limits = settings.too_fast;
            let seconds = i64::from(if facts.sale { limits.sale_seconds } else { limits.lead_seconds });
            let age = facts.click_age_ms.filter(|age| *age < seconds * 1000)?;
            Some(json!({ "seconds": age.div_euclid(1000), "usual_from": seconds }))
        }
        Rule::LateConversions => {
            let (late, of) = (u64::from(facts.late), u64::from(facts.late_of));
            let enough = facts.late_of >= settings.late.least && facts.is_late();
            (enough && late * 100 > of * u64::from(settings.late.percent))
                .then(|| json!({ "late": late, "of": of }))
        }
        Rule::DisposableEmail => plainly(facts.disposable),
        Rule::PaidAd => {
            let known = |name: &&String| settings.paid_ad_parameters.contains(*name);
            let found: Vec<&String> = facts.parameters.iter().filter(known).collect();
            (!found.is_empty()).then(|| json!({ "parameters": found }))
        }
        Rule::BannedHost => {
            let host = facts.source_host.as_deref()?;
            let among = |list: &[String]| list.iter().any(|parent| lists::below(host, parent));
            let banned = among(&settings.banned_hosts);
            let trips = banned || (lists::coupon_host(host) && !among(&settings.allowed_hosts));
            trips.then(|| json!({ "host": host, "banned_by_program": banned }))
        }
        Rule::UnusualAmount => {
            let (amount, median) = (facts.amount?, facts.median.filter(|median| *median > 0)?);
            let most = median.saturating_mul(i64::from(settings.unusual_amount.times_median));
            (facts.median_of >= settings.unusual_amount.least && amount > most)
                .then(|| json!({ "amount": amount, "median": median, "of": facts.median_of }))
        }
    }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;

//! What a program doubts, and how much: weights, thresholds, lists. Versioned like terms; every change is audited.

use super::landing;
use super::rule::Rule;
use crate::input::{FieldError, Input, Put};
use crate::terms::Side;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Most hosts of one list.
const MOST_HOSTS: usize = 200;
/// Most parameter names.
const MOST_PARAMETERS: usize = 20;

/// The settings of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Weight from which the referrer's rewards are held.
    pub hold_referrer_from: u32,
    /// Weight from which both sides' rewards are held.
    pub hold_both_from: u32,
    /// What each rule weighs. A rule of weight 0 asks for a look and holds nothing. What only a browser claims is not
    /// here: it always holds both sides, since no page may make anything payable.
    pub weights: BTreeMap<Rule, u32>,
    /// Rules that are not applied.
    pub off: Vec<Rule>,
    /// [`Rule::Velocity`]: more conversions than this.
    pub velocity: Velocity,
    /// [`Rule::TooFast`]: sooner after the click than this.
    pub too_fast: TooFast,
    /// [`Rule::LateConversions`]: a larger share than this.
    pub late: Late,
    /// [`Rule::UnusualAmount`]: more than this.
    pub unusual_amount: UnusualAmount,
    /// [`Rule::PaidAd`]: parameters that advertising platforms add to what somebody paid for.
    pub paid_ad_parameters: Vec<String>,
    /// [`Rule::BannedHost`]: hosts beside the shipped list of voucher sites, and all below them.
    pub banned_hosts: Vec<String>,
    /// Hosts that are welcome though they stand in the shipped list, and all below them.
    pub allowed_hosts: Vec<String>,
    /// When a referrer is suspended.
    pub suspension: Limits,
}

/// Conversions of one referrer that are still usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Velocity {
    /// In 30 minutes.
    pub in_30_minutes: u32,
    /// In 24 hours.
    pub in_24_hours: u32,
}

/// Seconds after the click from which a conversion is a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TooFast {
    /// Of a lead.
    pub lead_seconds: u32,
    /// Of a sale.
    pub sale_seconds: u32,
}

/// How many of a referrer's friends may convert later than a day after the click.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// In percent.
    pub percent: u32,
    /// Of at least so many friends; of fewer nothing is said.
    pub least: u32,
}

/// How far a sale may exceed those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnusualAmount {
    /// So many times their median.
    pub times_median: u32,
    /// Of at least so many sales; of fewer nothing is said.
    pub least: u32,
}

/// When a referrer gains nothing more until a person says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// So many confirmed frauds.
    pub confirmed: u32,
    /// Or so large a share of the conversions, in percent.
    pub rejected_percent: u32,
    /// Of at least so many.
    pub rejected_of: u32,
}

impl Default for Settings {
    fn default() -> Self {
        let rules = Rule::ALL.into_iter().filter(|rule| *rule != Rule::BrowserClaim);
        Self {
            hold_referrer_from: 50,
            hold_both_from: 100,
            weights: rules.map(|rule| (rule, rule.usual_weight())).collect(),
            off: Vec::new(),
            velocity: Velocity { in_30_minutes: 3, in_24_hours: 20 },
            too_fast: TooFast { lead_seconds: 5, sale_seconds: 15 },
            late: Late { percent: 30, least: 10 },
            unusual_amount: UnusualAmount { times_median: 5, least: 10 },
            // `fbclid` stands on every link that is followed from Facebook, paid or not.
            paid_ad_parameters: ["gclid", "gad_source", "gad_campaignid", "msclkid"]
                .map(ToOwned::to_owned)
                .into(),
            banned_hosts: Vec::new(),
            allowed_hosts: Vec::new(),
            suspension: Limits { confirmed: 3, rejected_percent: 50, rejected_of: 20 },
        }
    }
}

impl Settings {
    /// What a rule weighs; none where it is not applied.
    pub fn weight(&self, rule: Rule) -> Option<u32> {
        if rule == Rule::BrowserClaim {
            return Some(self.hold_both_from);
        }
        let weight = || self.weights.get(&rule).copied().unwrap_or(rule.usual_weight());
        (!self.off.contains(&rule)).then(weight)
    }

    /// Whether open flags of these rules and weights together hold the rewards of a side.
    pub fn holds(&self, open: &[(Rule, u32)], side: Side) -> bool {
        let weight: u64 = open.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let from = match side {
            Side::Referrer => self.hold_referrer_from,
            Side::Friend => self.hold_both_from,
        };
        open.iter().any(|(rule, _)| *rule == Rule::BrowserClaim)
            || (!open.is_empty() && weight >= u64::from(from))
    }

    /// These settings with what a caller names; the rest stays. `path` is put before each field's name.
    ///
    /// # Errors
    /// All faults found.
    pub fn changed(&self, path: &str, fields: &Map<String, Value>) -> Result<Self, Vec<FieldError>> {
        let mut input = Input::new(path, fields);
        let mut new = self.clone();
        set(&mut new.hold_referrer_from, input.integer("hold_referrer_from", 1..=1000));
        set(&mut new.hold_both_from, input.integer("hold_both_from", 1..=1000));
        if new.hold_both_from < new.hold_referrer_from {
            input.refuse("hold_both_from", "out_of_range.holds", "must be at least hold_referrer_from");
        }
        nested(&mut input, "weights", |weights| {
            for rule in Rule::ALL.into_iter().filter(|rule| *rule != Rule::BrowserClaim) {
                if let Some(weight) = weights.integer(rule.word(), 0..=1000) {
                    new.weights.insert(rule, u32::try_from(weight).unwrap_or_default());
                }
            }
        });
        // A closer match must not weigh less than what it stands for.
        let weight = |rule| new.weights.get(&rule).copied().unwrap_or_default();
        if weight(Rule::SameEmail) < weight(Rule::SameDomain) + weight(Rule::SimilarPerson) {
            let detail = "of same_email must be at least those of same_domain and similar_person together";
            input.refuse("weights", "out_of_range.same_email", detail);
        }
        if weight(Rule::SameBrowser) < weight(Rule::SameNetwork) {
            let detail = "of same_browser must be at least that of same_network";
            input.refuse("weights", "out_of_range.same_browser", detail);
        }
        if let Some(off) = rules(&mut input, "off") {
            new.off = off;
        }
        nested(&mut input, "velocity", |velocity| {
            set(&mut new.velocity.in_30_minutes, velocity.integer("in_30_minutes", 1..=150));
            set(&mut new.velocity.in_24_hours, velocity.integer("in_24_hours", 1..=150));
        });
        nested(&mut input, "too_fast", |fast| {
            set(&mut new.too_fast.lead_seconds, fast.integer("lead_seconds", 0..=3600));
            set(&mut new.too_fast.sale_seconds, fast.integer("sale_seconds", 0..=3600));
        });
        nested(&mut input, "late", |late| {
            set(&mut new.late.percent, late.integer("percent", 0..=100));
            set(&mut new.late.least, late.integer("least", 1..=50));
        });
        nested(&mut input, "unusual_amount", |amount| {
            set(&mut new.unusual_amount.times_median, amount.integer("times_median", 1..=1000));
            set(&mut new.unusual_amount.least, amount.integer("least", 1..=50));
        });
        nested(&mut input, "suspension", |limits| {
            set(&mut new.suspension.confirmed, limits.integer("confirmed", 1..=1000));
            set(&mut new.suspension.rejected_percent, limits.integer("rejected_percent", 1..=100));
            set(&mut new.suspension.rejected_of, limits.integer("rejected_of", 1..=1000));
        });
        let parameter = |text: &str| {
            let names = landing::parameter_names(&format!("?{text}"));
            names.into_iter().next().filter(|name| name.eq_ignore_ascii_case(text))
        };
        if let Some(names) = texts(&mut input, "paid_ad_parameters", MOST_PARAMETERS, parameter) {
            new.paid_ad_parameters = names;
        }
        if let Some(hosts) = texts(&mut input, "banned_hosts", MOST_HOSTS, landing::host) {
            new.banned_hosts = hosts;
        }
        if let Some(hosts) = texts(&mut input, "allowed_hosts", MOST_HOSTS, landing::host) {
            new.allowed_hosts = hosts;
        }
        input.finish().map(|()| new)
    }
}

fn set(field: &mut u32, told: Option<i64>) {
    if let Some(told) = told.and_then(|told| u32::try_from(told).ok()) {
        *field = told;
    }
}

/// Reads an object inside of the settings, where it is given.
fn nested(input: &mut Input<'_>, name: &'static str, read: impl FnOnce(&mut Input<'_>)) {
    let Some(value) = input.value(name) else { return };
    let Some(fields) = value.as_object() else {
        input.refuse(name, "wrong_type", "must be an object");
        return;
    };
    let mut inner = Input::new(&input.path_of(name), fields);
    read(&mut inner);
    if let Err(errors) = inner.finish() {
        input.absorb(errors);
    }
}

/// Reads a list of texts, each as `read` takes it.
fn texts(
    input: &mut Input<'_>,
    name: &'static str,
    most: usize,
    read: impl Fn(&str) -> Option<String>,
) -> Option<Vec<String>> {
    let Some(list) = input.value(name)?.as_array().filter(|list| list.len() <= most) else {
        let put = alloc::vec![Put::number(most)];
        let detail = format!("must be a list of at most {most} texts");
        input.refuse_with(name, "out_of_range.entries", put, detail);
        return None;
    };
    let read: Option<Vec<String>> = list.iter().map(|text| text.as_str().and_then(&read)).collect();
    if read.is_none() {
        input.refuse(name, "unknown_word.entry", "holds what cannot be one");
    }
    read
}

fn rules(input: &mut Input<'_>, name: &'static str) -> Option<Vec<Rule>> {
    let able = |word: &str| Rule::named(word).filter(|rule| *rule != Rule::BrowserClaim);
    let words = texts(input, name, Rule::ALL.len(), |word| able(word).map(|rule| rule.word().to_owned()))?;
    let mut rules: Vec<Rule> = words.iter().filter_map(|word| able(word)).collect();
    rules.sort_unstable();
    rules.dedup();
    Some(rules)
}

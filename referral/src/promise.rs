//! The promise in plain words: sentences made from the same terms that are applied, so that what is shown is what holds.
//!
//! The words stand in `words/{locale}.txt`, a sentence a line. Numbers stand behind a colon rather than inside a clause, so
//! that no language needs plural forms. Amounts are printed exactly, with the digits their currency has; no float.

use crate::money::Currency;
use crate::terms::pay::{Amount, Measure, Pay, Span, Step, Tiers, When};
use crate::terms::{Approval, CapOf, CapPer, Model, Occasion, RewardRule, Side, Terms};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// A language with words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale {
    tag: &'static str,
    words: &'static str,
}

/// A locale and the file of its words.
macro_rules! locale {
    ($tag:literal) => {
        Locale { tag: $tag, words: include_str!(concat!("../words/", $tag, ".txt")) }
    };
}

/// Every locale; the first is spoken where none fits.
pub const LOCALES: [Locale; 10] = [
    locale!("en"),
    locale!("de"),
    locale!("fr"),
    locale!("es"),
    locale!("pt"),
    locale!("it"),
    locale!("nl"),
    locale!("pl"),
    locale!("ja"),
    locale!("ar"),
];

impl Locale {
    /// The locale of a language tag: `de` for `de-AT`. `None` where there are no words.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next().unwrap_or(tag);
        LOCALES.into_iter().find(|locale| locale.tag.eq_ignore_ascii_case(language))
    }

    /// The locale a browser likes best, by its `Accept-Language`; English where none is known.
    pub fn preferred(accept_language: &str) -> Self {
        Self::preferred_of(accept_language, |_| true)
    }

    /// The one it likes best of those that are `offered`, by their tags; English where there is none.
    pub fn preferred_of(accept_language: &str, offered: impl Fn(&str) -> bool) -> Self {
        let [english, ..] = LOCALES;
        let weight = |parameters: &str| -> u32 {
            let Some(text) = parameters.trim().strip_prefix("q=") else { return 1000 };
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
            if whole == "1" { 1000 } else { thousandths.parse().unwrap_or(0) }
        };
        let mut best = (0, english);
        for part in accept_language.split(',').take(20) {
            let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
            let weight = if parameters.is_empty() { 1000 } else { weight(parameters) };
            if let Some(locale) = Self::of_tag(tag.trim())
                && offered(locale.tag)
                && weight > best.0
            {
                best = (weight, locale);
            }
        }
        best.1
    }

    /// The language tag.
    pub const fn tag(self) -> &'static str {
        self.tag
    }

    /// The words of a key, empty where there are none.
    fn words(self, key: &str) -> &'static str {
        let of_line = |line: &'static str| line.split_once(" = ").filter(|(known, _)| *known == key);
        self.words.lines().find_map(of_line).map_or("", |(_, words)| words)
    }

    /// The words of a key around what stands at its `{a}`.
    pub(crate) fn say(self, key: &str, a: &str) -> String {
        self.words(key).replace("{a}", a)
    }

    /// A whole number with `decimals` digits after the point.
    pub(crate) fn number(self, value: i64, decimals: usize) -> String {
        let digits = format!("{:0>width$}", value.unsigned_abs(), width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        let group = self.words("group").replace('_', "\u{a0}");
        let mut text = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                text.push_str(&group);
            }
            text.push(digit);
        }
        if decimals > 0 {
            text.push_str(self.words("decimal"));
            text.push_str(fraction);
        }
        text
    }

    /// An amount of minor units, as `5.00 EUR`.
    pub fn money(self, amount: i64, currency: Currency) -> String {
        format!("{}\u{a0}{}", self.number(amount, usize::from(currency.exponent())), currency.code())
    }

    /// Basis points as per cent, without digits that say nothing: `10%`, `12.5%`.
    pub fn percent(self, bps: u16) -> String {
        let (value, decimals) = match bps {
            _ if bps.is_multiple_of(100) => (bps / 100, 0),
            _ if bps.is_multiple_of(10) => (bps / 10, 1),
            _ => (bps, 2),
        };
        self.say("percent", &self.number(i64::from(value), decimals))
    }
}

/// The promise of a version of the terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Promise {
    /// The language tag.
    pub locale: &'static str,
    /// What the referrer gets, a text for each rule.
    pub referrer: Vec<String>,
    /// What the friend gets.
    pub friend: Vec<String>,
    /// What holds for all of it.
    pub conditions: Vec<String>,
}

/// Says terms in a language.
pub fn say(terms: &Terms, currency: Currency, locale: Locale) -> Promise {
    let speaker = Speaker { locale, currency };
    let to = |side: Side| {
        terms.rewards.iter().filter(|rule| rule.to == side).map(|rule| speaker.rule(rule)).collect()
    };
    Promise {
        locale: locale.tag,
        referrer: to(Side::Referrer),
        friend: to(Side::Friend),
        conditions: speaker.conditions(terms),
    }
}

/// What a friend is told they get, a sentence for each rule: what, and for what. How much, where it depends on more than
/// that, is left to the terms.
pub fn say_to_friend(terms: &Terms, currency: Currency, locale: Locale) -> Vec<String> {
    let speaker = Speaker { locale, currency };
    // A prize for many conversions is none for each of them.
    let each = |rule: &&RewardRule| !rule.when.is_some_and(When::is_milestone);
    let theirs = terms.rewards.iter().filter(|rule| rule.to == Side::Friend).filter(each);
    theirs.map(|rule| speaker.gives(rule, "you")).collect()
}

struct Speaker {
    locale: Locale,
    currency: Currency,
}

impl Speaker {
    fn count(&self, number: impl Into<i64>) -> String {
        self.locale.number(number.into(), 0)
    }

    fn money(&self, amount: i64) -> String {
        self.locale.money(amount, self.currency)
    }

    fn amount(&self, amount: Amount) -> String {
        match amount {
            Amount::Flat(amount) => self.money(amount),
            Amount::ShareBps(bps) => self.locale.say("share", &self.locale.percent(bps)),
        }
    }

    /// What a rule gives on which occasion, said of `whom`: `referrer`, `friend`, or to the friend, `you`.
    fn gives(&self, rule: &RewardRule, whom: &str) -> String {
        let what = match &rule.pay {
            Pay::Flat(amount) => self.amount(Amount::Flat(*amount)),
            Pay::ShareBps(bps) => self.amount(Amount::ShareBps(*bps)),
            Pay::Perk(perk) => self.locale.say("perk", perk),
            Pay::Coupon(_) => self.locale.words("coupon").to_owned(),
            Pay::Tiers(_) | Pay::Retention { .. } => self.locale.words("reward").to_owned(),
        };
        let on = match rule.on {
            Occasion::Lead => "lead",
            Occasion::QualifiedLead => "qualified_lead",
            Occasion::Sale => "sale",
        };
        self.locale.say(&format!("{on}.{whom}"), &what)
    }

    fn rule(&self, rule: &RewardRule) -> String {
        let whom = if rule.to == Side::Referrer { "referrer" } else { "friend" };
        let mut sentences = alloc::vec![self.gives(rule, whom)];
        match &rule.pay {
            Pay::Tiers(tiers) => self.tiers(tiers, &mut sentences),
            Pay::Retention { steps } => {
                let steps = self.steps(steps, |months| self.count(months));
                sentences.push(self.locale.say("retention", &steps));
            }
            Pay::Flat(_) | Pay::ShareBps(_) | Pay::Perk(_) | Pay::Coupon(_) => {}
        }
        let (key, number) = match rule.when {
            None => return self.joined(&sentences),
            Some(When::FirstMonths(months)) => ("first_months", months),
            Some(When::FirstPayments(payments)) => ("first_payments", payments),
            Some(When::Every(every)) => ("every", every),
            Some(When::At(at)) => ("at", at),
        };
        sentences.push(self.locale.say(key, &self.count(number)));
        self.joined(&sentences)
    }

    /// Sentences in a row; Japanese has no space between them.
    fn joined(&self, sentences: &[String]) -> String {
        sentences.join(if self.locale.tag == "ja" { "" } else { " " })
    }

    fn tiers(&self, tiers: &Tiers, sentences: &mut Vec<String>) {
        let (key, counted) = match tiers.by {
            Measure::Count => ("tiers.count", true),
            Measure::AmountWhole => ("tiers.amount_whole", false),
            Measure::AmountMarginal => ("tiers.amount_marginal", false),
        };
        let steps =
            self.steps(&tiers.steps, |from| if counted { self.count(from) } else { self.money(from) });
        sentences.push(self.locale.say(key, &steps));
        if tiers.per == Span::Month {
            sentences.push(self.locale.words("per_month").to_owned());
        }
    }

    fn steps(&self, steps: &[Step], from: impl Fn(i64) -> String) -> String {
        let step =
            |step: &Step| self.locale.say("step", &from(step.from)).replace("{b}", &self.amount(step.gives));
        let steps: Vec<String> = steps.iter().map(step).collect();
        steps.join(&self.locale.words("join").replace('_', " "))
    }

    fn conditions(&self, terms: &Terms) -> Vec<String> {
        let mut said = Vec::new();
        let mut say = |key: &str, number: &str| said.push(self.locale.say(key, number));
        if terms.minimum_order > 0 {
            say("minimum_order", &self.money(terms.minimum_order));
        }
        match terms.attribution {
            Model::LastClick => say("last_click", ""),
            Model::FirstClick => say("first_click", ""),
        }
        if terms.attribution == Model::LastClick && terms.stand_down_minutes > 0 {
            say("stand_down", &self.count(terms.stand_down_minutes));
        }
        say("window", &self.count(terms.window_days));
        if terms.hold_days > 0 {
            say("hold", &self.count(terms.hold_days));
        }
        if terms.first_customer_only {
            say("first_customer_only", "");
        }
        match terms.approval {
            Approval::Automatic => {}
            Approval::Manual => say("manual", ""),
            Approval::AutomaticUpTo(most) => say("automatic_up_to", &self.money(most)),
        }
        for cap in &terms.caps {
            let of = match cap.of {
                CapOf::Conversion => "conversion",
                CapOf::Referrer => "referrer",
                CapOf::Program => "program",
            };
            let per = match cap.per {
                CapPer::Ever => "ever",
                CapPer::Day => "day",
                CapPer::Month => "month",
            };
            say(&format!("cap.{of}.{per}"), &self.money(cap.amount));
        }
        let qualification = &terms.qualification;
        if let Some(criteria) = &qualification.criteria {
            say("criteria", criteria);
        }
        for (key, names) in
            [("events", &qualification.events), ("email_domains", &qualification.email_domains)]
        {
            if !names.is_empty() {
                say(key, &names.join(", "));
            }
        }
        said
    }
}

#[cfg(test)]
mod tests;

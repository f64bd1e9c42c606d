//! A reward as the fields of a form hold it: how much, by which steps, and for which conversions.

use crate::pages::desk::Fault;
use crate::pages::form::Form;
use crate::pages::frame::Frame;
use referral::figures::{plain_money, plain_percent, read_money, read_percent, read_whole};
use referral::money::Currency;
use referral::steps::{self, Start, Wrong};
use referral::terms::RewardRule;
use referral::terms::pay::{Measure, Pay, Span, When};
use serde_json::{Value, json};

/// Kinds of reward, as the form tells them apart.
const UNITS: [&str; 8] =
    ["flat", "share", "count", "amount_whole", "amount_marginal", "retention", "perk", "coupon"];
/// The time that steps count over.
const PERS: [&str; 2] = ["ever", "month"];
/// Which conversions a reward is for.
const WHICH: [&str; 5] = ["always", "first_months", "first_payments", "every", "at"];
/// The fields behind "more", by which a form names them.
const MORE: [&str; 5] = ["unit", "per", "steps", "when", "number"];

/// A choice of a field.
pub(in crate::pages::dashboard) struct Choice {
    pub(in crate::pages::dashboard) word: &'static str,
    pub(in crate::pages::dashboard) label: String,
    pub(in crate::pages::dashboard) is_chosen: bool,
}

/// The fields of one reward.
#[derive(Default)]
pub(in crate::pages::dashboard) struct Reward {
    /// The rule's; empty of one that is to be made.
    pub(super) id: String,
    pub(in crate::pages::dashboard) label: String,
    pub(in crate::pages::dashboard) removed: bool,
    /// One of [`UNITS`].
    pub(super) unit: String,
    /// The amount, the share, the perk or the pool.
    pub(in crate::pages::dashboard) value: String,
    pub(in crate::pages::dashboard) steps: String,
    per: String,
    when: String,
    pub(in crate::pages::dashboard) number: String,
}

/// A field of a reward that cannot be read: what it is called in a form, and what is wrong.
type Unread = (&'static str, String);

impl Reward {
    /// One that nothing is said of yet.
    pub(super) fn empty(label: String) -> Self {
        let [unit, ..] = UNITS;
        let ([per, ..], [when, ..]) = (PERS, WHICH);
        let (unit, per, when) = (unit.to_owned(), per.to_owned(), when.to_owned());
        Self { label, unit, per, when, ..Self::default() }
    }

    /// The fields of a rule as it is.
    pub(super) fn of(frame: &Frame, label: String, rule: &RewardRule) -> Self {
        let currency = frame.program.currency;
        let mut fields = Self { id: rule.id.clone(), ..Self::empty(label) };
        let unit = match &rule.pay {
            Pay::Flat(amount) => {
                fields.value = plain_money(*amount, currency);
                "flat"
            }
            Pay::ShareBps(bps) => {
                fields.value = plain_percent(*bps);
                "share"
            }
            Pay::Tiers(tiers) => {
                let (unit, start) = match tiers.by {
                    Measure::Count => ("count", Start::Number),
                    Measure::AmountWhole => ("amount_whole", Start::Amount),
                    Measure::AmountMarginal => ("amount_marginal", Start::Amount),
                };
                fields.steps = steps::plain(&tiers.steps, start, currency);
                if tiers.per == Span::Month {
                    "month".clone_into(&mut fields.per);
                }
                unit
            }
            Pay::Retention { steps } => {
                fields.steps = steps::plain(steps, Start::Number, currency);
                "retention"
            }
            Pay::Perk(perk) => {
                fields.value.clone_from(perk);
                "perk"
            }
            Pay::Coupon(pool) => {
                fields.value.clone_from(pool);
                "coupon"
            }
        };
        unit.clone_into(&mut fields.unit);
        let (when, number) = match rule.when {
            None => return fields,
            Some(When::FirstMonths(number)) => ("first_months", number),
            Some(When::FirstPayments(number)) => ("first_payments", number),
            Some(When::Every(number)) => ("every", number),
            Some(When::At(number)) => ("at", number),
        };
        when.clone_into(&mut fields.when);
        fields.number = number.to_string();
        fields
    }

    /// With what a form says of it. What it does not say stays.
    pub(super) fn filled(mut self, form: &Form) -> Self {
        let names = ["rule", "steps", "unit", "per", "when", "number"].map(|field| self.name(field));
        let fields = [
            &mut self.value,
            &mut self.steps,
            &mut self.unit,
            &mut self.per,
            &mut self.when,
            &mut self.number,
        ];
        for (name, field) in names.iter().zip(fields) {
            if form.has(name) {
                form.text(name).unwrap_or_default().clone_into(field);
            }
        }
        self.removed = form.has(&self.name("remove"));
        self
    }

    /// What a field of it is called in a form.
    pub(in crate::pages::dashboard) fn name(&self, field: &str) -> String {
        match (self.id.as_str(), field) {
            ("", "rule") => "new.value".to_owned(),
            ("", field) => format!("new.{field}"),
            (id, field) => format!("{field}.{id}"),
        }
    }

    /// What stands behind the value: the currency, `%` or nothing.
    pub(in crate::pages::dashboard) fn sign(&self, frame: &Frame) -> &'static str {
        match self.unit.as_str() {
            "share" => "%",
            "perk" | "coupon" => "",
            _ => frame.program.currency.code(),
        }
    }

    pub(in crate::pages::dashboard) fn is_figure(&self) -> bool {
        !matches!(self.unit.as_str(), "perk" | "coupon")
    }

    pub(in crate::pages::dashboard) fn has_steps(&self) -> bool {
        matches!(self.unit.as_str(), "count" | "amount_whole" | "amount_marginal" | "retention")
    }

    /// Whether it says more than an amount or a share of every conversion.
    fn is_more(&self) -> bool {
        !matches!(self.unit.as_str(), "flat" | "share") || self.when != "always"
    }

    /// Whether anything was said of one that is to be made.
    pub(in crate::pages::dashboard) fn is_said(&self) -> bool {
        let [per, ..] = PERS;
        let is_typed = [&self.value, &self.steps, &self.number].into_iter().any(|text| !text.is_empty());
        self.is_more() || is_typed || self.per != per
    }

    /// Whether the fields behind "more" are to be seen: something in them is set, or wrong.
    pub(in crate::pages::dashboard) fn is_open(&self, frame: &Frame) -> bool {
        self.is_more() || MORE.iter().any(|field| frame.is_wrong(&self.name(field)))
    }

    pub(in crate::pages::dashboard) fn units(&self, frame: &Frame) -> Vec<Choice> {
        let label = |word: &str| match word {
            "flat" => frame.program.currency.code().to_owned(),
            word => frame.words.of("terms.unit", word),
        };
        choices(&UNITS, &self.unit, label)
    }

    pub(in crate::pages::dashboard) fn pers(&self, frame: &Frame) -> Vec<Choice> {
        choices(&PERS, &self.per, |word| frame.words.of("terms.per", word))
    }

    pub(in crate::pages::dashboard) fn whens(&self, frame: &Frame) -> Vec<Choice> {
        choices(&WHICH, &self.when, |word| frame.words.of("terms.which", word))
    }

    fn read_steps(&self, frame: &Frame, start: Start) -> Result<Value, Unread> {
        let read = steps::read(&self.steps, start, frame.program.currency);
        read.map(|steps| json!(steps)).map_err(|fault| {
            let key = match fault.wrong {
                Wrong::Shape => "fault.step",
                Wrong::Number => "fault.step.number",
                Wrong::Amount => "fault.step.amount",
                Wrong::Gives => "fault.step.gives",
                Wrong::Order => "fault.step.order",
            };
            ("steps", frame.words.with(key, &fault.line.to_string()))
        })
    }

    /// What was typed that its unit does not take, or was not typed anew for another unit.
    fn misfit(&self, frame: &Frame, before: &Self) -> Option<Unread> {
        let currency = frame.program.currency;
        let wrong = |field, key: &str| Some((field, frame.t(key).to_owned()));
        let [ever, ..] = PERS;
        let has_per = self.has_steps() && self.unit != "retention";
        if !self.has_steps() && is_typed(&self.steps, &before.steps) {
            return wrong("unit", "fault.unused.steps");
        }
        if self.has_steps() && is_typed(&self.value, &before.value) {
            return wrong("unit", "fault.unused.value");
        }
        if !has_per && self.per != ever && self.per != before.per {
            return wrong("per", "fault.unused.per");
        }
        let (is_other, is_as_before) = (self.unit != before.unit, self.value == before.value);
        let is_perk = self.unit == "perk" && (is_other || !is_as_before);
        if is_perk && is_figure_alone(&self.value, currency) {
            return wrong("rule", "fault.perk");
        }
        if self.has_steps() || !is_other || !is_as_before || self.value.is_empty() {
            return None;
        }
        match self.unit.as_str() {
            "flat" => Some(("rule", frame.words.with("fault.anew.money", currency.code()))),
            "share" => wrong("rule", "fault.anew.share"),
            _ => wrong("rule", "fault.anew.words"),
        }
    }

    fn read_pay(&self, frame: &Frame, before: &Self) -> Result<Value, Unread> {
        let by = self.unit.as_str();
        if UNITS.contains(&by)
            && let Some(misfit) = self.misfit(frame, before)
        {
            return Err(misfit);
        }
        let tiers = |start| {
            let steps = self.read_steps(frame, start)?;
            Ok(json!({ "tiers": { "by": by, "per": self.per, "steps": steps } }))
        };
        match by {
            "share" => match read_percent(&self.value) {
                Some(bps) => Ok(json!({ "share_bps": bps })),
                None => Err(("rule", frame.t("fault.percent").to_owned())),
            },
            "count" => tiers(Start::Number),
            "amount_whole" | "amount_marginal" => tiers(Start::Amount),
            "retention" => Ok(json!({ "retention": { "steps": self.read_steps(frame, Start::Number)? } })),
            "perk" => Ok(json!({ "perk": self.value })),
            "coupon" => Ok(json!({ "coupon": self.value })),
            "flat" => match read_amount(&self.value, frame.program.currency) {
                Some(amount) => Ok(json!({ "flat": amount })),
                None => Err(("rule", frame.t("fault.money").to_owned())),
            },
            _ => Err(("unit", frame.t("fault.unknown_word").to_owned())),
        }
    }

    fn read_when(&self, frame: &Frame, before: &Self) -> Result<Option<Value>, Unread> {
        match self.when.as_str() {
            word @ ("first_months" | "first_payments" | "every" | "at") => match read_whole(&self.number) {
                Some(number) => Ok(Some(json!({ word: number }))),
                None => Err(("number", frame.t("fault.whole").to_owned())),
            },
            "always" if is_typed(&self.number, &before.number) => {
                Err(("when", frame.t("fault.unused.number").to_owned()))
            }
            "always" => Ok(None),
            _ => Err(("when", frame.t("fault.unknown_word").to_owned())),
        }
    }

    /// Writes what the fields say into a rule, which is as it was before.
    pub(super) fn write(&self, frame: &Frame, rule: &mut Value) -> Result<(), Vec<Fault>> {
        let before = match serde_json::from_value(rule.clone()) {
            Ok(rule) => Self::of(frame, String::new(), &rule),
            Err(_) => Self::empty(String::new()),
        };
        let (pay, when) = (self.read_pay(frame, &before), self.read_when(frame, &before));
        let Some(fields) = rule.as_object_mut() else { return Ok(()) };
        match (pay, when) {
            (Ok(pay), Ok(when)) => {
                fields.insert("pay".to_owned(), pay);
                match when {
                    Some(when) => fields.insert("when".to_owned(), when),
                    None => fields.remove("when"),
                };
                Ok(())
            }
            (pay, when) => {
                let unread = [pay.err(), when.err()].into_iter().flatten();
                Err(unread.map(|(field, detail)| self.fault(frame, field, &detail)).collect())
            }
        }
    }

    fn fault(&self, frame: &Frame, field: &str, detail: &str) -> Fault {
        Fault::own(called(frame, &self.label, field), detail).at(self.name(field))
    }
}

/// What a field of a reward is called where it does not stand beside the others.
pub(super) fn called(frame: &Frame, label: &str, field: &str) -> String {
    let key = match field {
        "unit" => "terms.unit",
        "per" => "terms.per",
        "steps" => "terms.steps",
        "when" => "terms.which",
        "number" => "terms.number",
        _ => return label.to_owned(),
    };
    format!("{label} · {}", frame.t(key))
}

/// The field of a reward that a path in its rule is about: `pay.tiers.steps[1].from` about its steps.
pub(super) fn field(path: &str) -> &'static str {
    match path {
        _ if path.contains("steps") => "steps",
        _ if path.starts_with("pay.tiers.per") => "per",
        _ if path.starts_with("pay.tiers") || path.starts_with("pay.retention") => "unit",
        "when" => "when",
        _ if path.starts_with("when") => "number",
        _ => "rule",
    }
}

/// Whether something stands in a field that did not stand there before. A form ends its lines in its own way.
fn is_typed(text: &str, before: &str) -> bool {
    !text.is_empty() && !text.lines().eq(before.lines())
}

/// Reads an amount, with or without the currency behind it.
fn read_amount(text: &str, currency: Currency) -> Option<i64> {
    read_money(text.strip_suffix(currency.code()).unwrap_or(text), currency)
}

/// Whether a perk is but a figure, such as `10`, `5 %` or `10 EUR`.
fn is_figure_alone(perk: &str, currency: Currency) -> bool {
    let perk = perk.strip_suffix(currency.code()).unwrap_or(perk);
    let is_sign = |sign: char| sign.is_whitespace() || sign.is_ascii_punctuation() || "€£¥".contains(sign);
    perk.contains(char::is_numeric) && perk.chars().all(|sign| sign.is_numeric() || is_sign(sign))
}

fn choices(words: &[&'static str], chosen: &str, label: impl Fn(&str) -> String) -> Vec<Choice> {
    let choice = |word: &&'static str| Choice { word, label: label(word), is_chosen: *word == chosen };
    words.iter().map(choice).collect()
}

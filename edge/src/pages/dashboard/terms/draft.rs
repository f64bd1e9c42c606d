//! A draft of the terms as a form holds it. What a form does not say stays as it is in force.

use super::caps::{self, Cap};
use super::reward::Reward;
use crate::pages::desk::Fault;
use crate::pages::form::Form;
use crate::pages::frame::Frame;
use referral::figures::{plain_money, read_money, read_whole};
use referral::terms::RewardRule;
use serde_json::{Map, Value, json};

/// One more reward.
pub(in crate::pages::dashboard) struct Another {
    pub(in crate::pages::dashboard) on: String,
    pub(in crate::pages::dashboard) to: String,
    pub(in crate::pages::dashboard) reward: Reward,
}

/// A field that holds a whole number: its name, in the form and in the terms, and its text.
pub(in crate::pages::dashboard) struct Number {
    pub(in crate::pages::dashboard) name: &'static str,
    pub(in crate::pages::dashboard) label: &'static str,
    pub(in crate::pages::dashboard) value: String,
    /// The key of what is wrong with a text that is none.
    fault: &'static str,
}

/// When a lead is qualified: the words of it, and events and domains, one a line.
pub(in crate::pages::dashboard) struct Qualifying {
    pub(in crate::pages::dashboard) criteria: String,
    pub(in crate::pages::dashboard) events: String,
    pub(in crate::pages::dashboard) email_domains: String,
}

/// The fields of the form.
pub(in crate::pages::dashboard) struct Draft {
    pub(in crate::pages::dashboard) first_click: bool,
    pub(in crate::pages::dashboard) numbers: Vec<Number>,
    pub(in crate::pages::dashboard) minimum_order: String,
    pub(in crate::pages::dashboard) new_only: bool,
    /// `automatic`, `manual` or `up_to`.
    pub(in crate::pages::dashboard) approval: String,
    pub(in crate::pages::dashboard) up_to: String,
    pub(in crate::pages::dashboard) rules: Vec<Reward>,
    pub(in crate::pages::dashboard) another: Another,
    pub(in crate::pages::dashboard) caps: Vec<Cap>,
    pub(in crate::pages::dashboard) qualifying: Qualifying,
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What a reward is called: whose it is, and for what.
pub(super) fn label(frame: &Frame, rule: &Value) -> String {
    let to = frame.words.of("terms.to", text(rule, "to"));
    format!("{to}, {}", frame.words.of("terms.on", text(rule, "on")))
}

pub(super) fn rules(terms: &Value) -> impl Iterator<Item = &Value> {
    terms.get("rewards").and_then(Value::as_array).into_iter().flatten()
}

fn numbers(frame: &Frame, terms: &Value) -> Vec<Number> {
    let fields = [
        ("window_days", "terms.window", "fault.days"),
        ("hold_days", "terms.hold", "fault.days"),
        ("stand_down_minutes", "terms.stand_down", "fault.whole"),
        ("dispute_days", "terms.dispute_days", "fault.days"),
    ];
    let number = |(name, key, fault)| {
        let value = terms.get(name).and_then(Value::as_i64).unwrap_or(0).to_string();
        Number { name, label: frame.t(key), value, fault }
    };
    fields.map(number).into()
}

fn qualifying(terms: &Value) -> Qualifying {
    let of = terms.get("qualification").unwrap_or(&Value::Null);
    let lines = |name: &str| {
        let list = of.get(name).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
    };
    Qualifying {
        criteria: text(of, "criteria").to_owned(),
        events: lines("events"),
        email_domains: lines("email_domains"),
    }
}

impl Qualifying {
    fn wanted(&self) -> Value {
        let criteria = Some(&self.criteria).filter(|text| !text.is_empty());
        let events: Vec<&str> = self.events.split_whitespace().collect();
        // As they are compared, however they are typed.
        let domains: Vec<String> = self.email_domains.split_whitespace().map(str::to_lowercase).collect();
        json!({ "criteria": criteria, "events": events, "email_domains": domains })
    }
}

/// Puts what a form says into a field. What it does not say stays.
fn fill(form: &Form, name: &str, field: &mut String) {
    if form.has(name) {
        form.text(name).unwrap_or_default().clone_into(field);
    }
}

impl Draft {
    /// The fields of terms as they are.
    pub(in crate::pages::dashboard) fn of(frame: &Frame, terms: &Value) -> Self {
        let money = |amount: i64| plain_money(amount, frame.program.currency);
        let approval = terms.get("approval").unwrap_or(&Value::Null);
        let up_to = approval.get("automatic_up_to").and_then(Value::as_i64);
        let reward = |(at, rule): (usize, &Value)| {
            // Of several of a kind, each is told by its number.
            let number =
                rules(terms).take(at).filter(|other| label(frame, other) == label(frame, rule)).count();
            let label = match number {
                0 => label(frame, rule),
                number => format!("{} ({})", label(frame, rule), number + 1),
            };
            let rule: RewardRule = serde_json::from_value(rule.clone()).ok()?;
            Some(Reward::of(frame, label, &rule))
        };
        Self {
            first_click: text(terms, "attribution") == "first_click",
            numbers: numbers(frame, terms),
            minimum_order: money(terms.get("minimum_order").and_then(Value::as_i64).unwrap_or(0)),
            new_only: terms.get("first_customer_only").and_then(Value::as_bool).unwrap_or(true),
            approval: match (up_to, approval.as_str()) {
                (Some(_), _) => "up_to".to_owned(),
                (_, Some(word)) => word.to_owned(),
                _ => "automatic".to_owned(),
            },
            up_to: up_to.map(money).unwrap_or_default(),
            rules: rules(terms).enumerate().filter_map(reward).collect(),
            another: Another {
                on: "sale".to_owned(),
                to: "referrer".to_owned(),
                reward: Reward::empty(frame.t("terms.another").to_owned()),
            },
            caps: caps::fields(frame, terms),
            qualifying: qualifying(terms),
        }
    }

    /// Whether the fields of caps are to be seen: one is set, or wrong.
    pub(in crate::pages::dashboard) fn shows_caps(&self, frame: &Frame) -> bool {
        self.caps.iter().any(|cap| !cap.value.is_empty() || frame.is_wrong(&cap.name))
    }

    /// Whether those of what qualifies are.
    pub(in crate::pages::dashboard) fn shows_qualifying(&self) -> bool {
        let Qualifying { criteria, events, email_domains } = &self.qualifying;
        [criteria, events, email_domains].into_iter().any(|text| !text.is_empty())
    }

    /// The fields as somebody filled them in.
    pub(in crate::pages::dashboard) fn read(frame: &Frame, terms: &Value, form: &Form) -> Self {
        let mut draft = Self::of(frame, terms);
        draft.rules = draft.rules.into_iter().map(|rule| rule.filled(form)).collect();
        draft.another.reward = draft.another.reward.filled(form);
        if form.has("attribution") {
            draft.first_click = form.text("attribution") == Some("first_click");
        }
        // A box that is not ticked is not sent.
        draft.new_only = form.has("new_only");
        let Qualifying { criteria, events, email_domains } = &mut draft.qualifying;
        for (name, field) in [
            ("minimum_order", &mut draft.minimum_order),
            ("approval", &mut draft.approval),
            ("up_to", &mut draft.up_to),
            ("new.on", &mut draft.another.on),
            ("new.to", &mut draft.another.to),
            ("criteria", criteria),
            ("events", events),
            ("email_domains", email_domains),
        ] {
            fill(form, name, field);
        }
        for number in &mut draft.numbers {
            fill(form, number.name, &mut number.value);
        }
        caps::fill(&mut draft.caps, form);
        draft
    }

    /// The terms these fields make of those in force.
    pub(in crate::pages::dashboard) fn terms(
        &self,
        frame: &Frame,
        in_force: &Value,
    ) -> Result<Value, Vec<Fault>> {
        let mut faults: Vec<Fault> = Vec::new();
        let mut wanted = in_force.as_object().cloned().unwrap_or_default();
        let attribution = if self.first_click { "first_click" } else { "last_click" };
        wanted.insert("attribution".to_owned(), json!(attribution));
        wanted.insert("first_customer_only".to_owned(), json!(self.new_only));
        wanted.insert("qualification".to_owned(), self.qualifying.wanted());
        for Number { name, label, value, fault } in &self.numbers {
            match read_whole(value) {
                Some(number) => drop(wanted.insert((*name).to_owned(), json!(number))),
                None => faults.push(Fault::own(*label, frame.t(fault)).at(*name)),
            }
        }
        self.write_amounts(frame, &mut wanted, &mut faults);
        match caps::wanted(frame, &self.caps, in_force) {
            Ok(caps) => drop(wanted.insert("caps".to_owned(), caps)),
            Err(more) => faults.extend(more),
        }
        wanted.insert("rewards".to_owned(), Value::Array(self.rewards(frame, in_force, &mut faults)));
        if faults.is_empty() { Ok(Value::Object(wanted)) } else { Err(faults) }
    }

    fn write_amounts(&self, frame: &Frame, wanted: &mut Map<String, Value>, faults: &mut Vec<Fault>) {
        let currency = frame.program.currency;
        let minimum = if self.minimum_order.is_empty() { "0" } else { &self.minimum_order };
        let wrong = |key: &str, field: &str| Fault::own(frame.t(key), frame.t("fault.money")).at(field);
        match read_money(minimum, currency) {
            Some(amount) => drop(wanted.insert("minimum_order".to_owned(), json!(amount))),
            None => faults.push(wrong("terms.minimum", "minimum_order")),
        }
        let approval = match self.approval.as_str() {
            "up_to" => match read_money(&self.up_to, currency) {
                Some(amount) => json!({ "automatic_up_to": amount }),
                None => return faults.push(wrong("terms.approval", "up_to")),
            },
            word @ ("manual" | "automatic") => json!(word),
            _ => {
                let fault = Fault::own(frame.t("terms.approval"), frame.t("fault.unknown_word"));
                return faults.push(fault.at("approval"));
            }
        };
        wanted.insert("approval".to_owned(), approval);
    }

    fn rewards(&self, frame: &Frame, in_force: &Value, faults: &mut Vec<Fault>) -> Vec<Value> {
        let mut kept: Vec<Value> = Vec::new();
        for rule in rules(in_force) {
            let mut rule = rule.clone();
            match self.rules.iter().find(|fields| fields.id == text(&rule, "id")) {
                Some(fields) if fields.removed => continue,
                Some(fields) => faults.extend(fields.write(frame, &mut rule).err().into_iter().flatten()),
                None => {}
            }
            kept.push(rule);
        }
        let Another { on, to, reward } = &self.another;
        if reward.is_said() {
            let mut rule = json!({ "id": free_id(in_force, to, on), "on": on, "to": to });
            faults.extend(reward.write(frame, &mut rule).err().into_iter().flatten());
            kept.push(rule);
        }
        kept
    }
}

/// A name for a new rule that no other has, also none that this draft removes.
fn free_id(in_force: &Value, to: &str, on: &str) -> String {
    let base = format!("{to}_{on}");
    let taken = |id: &str| rules(in_force).any(|rule| text(rule, "id") == id);
    let mut id = base.clone();
    let mut number = 2;
    while taken(&id) {
        id = format!("{base}_{number}");
        number += 1;
    }
    id
}

//! A draft of the terms as a form holds it: what can be written in fields is; everything else of the terms in force stays.

use crate::pages::desk::Fault;
use crate::pages::form::Form;
use crate::pages::frame::Frame;
use referral::figures::{plain_money, plain_percent, read_money, read_percent};
use serde_json::{Value, json};

/// A reward whose amount a field can hold.
pub(in crate::pages::dashboard) struct Rule {
    pub(in crate::pages::dashboard) id: String,
    pub(in crate::pages::dashboard) label: String,
    pub(in crate::pages::dashboard) value: String,
    /// `%` or the currency.
    pub(in crate::pages::dashboard) unit: &'static str,
    is_share: bool,
    pub(in crate::pages::dashboard) removed: bool,
}

/// One more reward.
#[derive(Default)]
pub(in crate::pages::dashboard) struct Another {
    pub(in crate::pages::dashboard) on: String,
    pub(in crate::pages::dashboard) to: String,
    pub(in crate::pages::dashboard) unit: String,
    pub(in crate::pages::dashboard) value: String,
}

/// The fields of the form.
pub(in crate::pages::dashboard) struct Draft {
    pub(in crate::pages::dashboard) first_click: bool,
    pub(in crate::pages::dashboard) window_days: String,
    pub(in crate::pages::dashboard) hold_days: String,
    pub(in crate::pages::dashboard) minimum_order: String,
    pub(in crate::pages::dashboard) new_only: bool,
    /// `automatic`, `manual` or `up_to`.
    pub(in crate::pages::dashboard) approval: String,
    pub(in crate::pages::dashboard) up_to: String,
    pub(in crate::pages::dashboard) rules: Vec<Rule>,
    /// Rewards that only the API can change.
    pub(in crate::pages::dashboard) others: Vec<String>,
    pub(in crate::pages::dashboard) another: Another,
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What a reward is called: whose it is, and for what.
pub(super) fn label(frame: &Frame, rule: &Value) -> String {
    let to = frame.words.of("terms.to", text(rule, "to"));
    format!("{to}, {}", frame.words.of("terms.on", text(rule, "on")))
}

fn rules(terms: &Value) -> impl Iterator<Item = &Value> {
    terms.get("rewards").and_then(Value::as_array).into_iter().flatten()
}

impl Draft {
    /// The fields of terms as they are.
    pub(in crate::pages::dashboard) fn of(frame: &Frame, terms: &Value) -> Self {
        let whole = |name: &str| terms.get(name).and_then(Value::as_i64).unwrap_or(0);
        let money = |amount: i64| plain_money(amount, frame.program.currency);
        let approval = terms.get("approval").unwrap_or(&Value::Null);
        let up_to = approval.get("automatic_up_to").and_then(Value::as_i64);
        let mut simple = Vec::new();
        let mut others = Vec::new();
        for rule in rules(terms) {
            let label = label(frame, rule);
            let flat = rule.pointer("/pay/flat").and_then(Value::as_i64);
            let share = rule.pointer("/pay/share_bps").and_then(Value::as_u64);
            let id = text(rule, "id").to_owned();
            match (flat, share) {
                (Some(amount), _) => simple.push(Rule {
                    id,
                    label,
                    value: money(amount),
                    unit: frame.program.currency.code(),
                    is_share: false,
                    removed: false,
                }),
                (_, Some(bps)) => simple.push(Rule {
                    id,
                    label,
                    value: plain_percent(u16::try_from(bps).unwrap_or(u16::MAX)),
                    unit: "%",
                    is_share: true,
                    removed: false,
                }),
                _ => others.push(label),
            }
        }
        Self {
            first_click: text(terms, "attribution") == "first_click",
            window_days: whole("window_days").to_string(),
            hold_days: whole("hold_days").to_string(),
            minimum_order: money(whole("minimum_order")),
            new_only: terms.get("first_customer_only").and_then(Value::as_bool).unwrap_or(true),
            approval: match (up_to, approval.as_str()) {
                (Some(_), _) => "up_to".to_owned(),
                (_, Some(word)) => word.to_owned(),
                _ => "automatic".to_owned(),
            },
            up_to: up_to.map(money).unwrap_or_default(),
            rules: simple,
            others,
            another: Another::default(),
        }
    }

    /// The fields as somebody filled them in.
    pub(in crate::pages::dashboard) fn read(frame: &Frame, terms: &Value, form: &Form) -> Self {
        let typed = |name: &str| form.text(name).unwrap_or_default().to_owned();
        let mut draft = Self::of(frame, terms);
        for rule in &mut draft.rules {
            rule.value = typed(&format!("rule.{}", rule.id));
            rule.removed = form.has(&format!("remove.{}", rule.id));
        }
        Self {
            first_click: form.text("attribution") == Some("first_click"),
            window_days: typed("window_days"),
            hold_days: typed("hold_days"),
            minimum_order: typed("minimum_order"),
            new_only: form.has("new_only"),
            approval: typed("approval"),
            up_to: typed("up_to"),
            another: Another {
                on: typed("new.on"),
                to: typed("new.to"),
                unit: typed("new.unit"),
                value: typed("new.value"),
            },
            ..draft
        }
    }

    /// The terms these fields make of those in force.
    pub(in crate::pages::dashboard) fn terms(
        &self,
        frame: &Frame,
        in_force: &Value,
    ) -> Result<Value, Vec<Fault>> {
        let currency = frame.program.currency;
        let mut faults: Vec<Fault> = Vec::new();
        let mut wrong = |field: &str, key: &str| {
            faults.push(Fault::own(field, frame.t(key)));
        };
        let mut wanted = in_force.clone();
        let mut put = |name: &str, value: Value| {
            if let Some(fields) = wanted.as_object_mut() {
                fields.insert(name.to_owned(), value);
            }
        };
        put("attribution", json!(if self.first_click { "first_click" } else { "last_click" }));
        put("first_customer_only", json!(self.new_only));
        for (name, label, typed) in
            [("window_days", "terms.window", &self.window_days), ("hold_days", "terms.hold", &self.hold_days)]
        {
            match typed.parse::<i64>() {
                Ok(days) => put(name, json!(days)),
                Err(_) => wrong(frame.t(label), "fault.days"),
            }
        }
        match read_money(if self.minimum_order.is_empty() { "0" } else { &self.minimum_order }, currency) {
            Some(amount) => put("minimum_order", json!(amount)),
            None => wrong(frame.t("terms.minimum"), "fault.money"),
        }
        match (self.approval.as_str(), read_money(&self.up_to, currency)) {
            ("up_to", Some(amount)) => put("approval", json!({ "automatic_up_to": amount })),
            ("up_to", None) => wrong(frame.t("terms.approval"), "fault.money"),
            ("manual", _) => put("approval", json!("manual")),
            _ => put("approval", json!("automatic")),
        }
        let mut kept: Vec<Value> = Vec::new();
        for rule in rules(in_force) {
            let mut rule = rule.clone();
            if let Some(field) = self.rules.iter().find(|field| field.id == text(&rule, "id")) {
                if field.removed {
                    continue;
                }
                match pay(&field.value, field.is_share, currency) {
                    Some(pay) => {
                        if let Some(fields) = rule.as_object_mut() {
                            fields.insert("pay".to_owned(), pay);
                        }
                    }
                    None => wrong(&field.label, if field.is_share { "fault.percent" } else { "fault.money" }),
                }
            }
            kept.push(rule);
        }
        if !self.another.value.is_empty() {
            let is_share = self.another.unit == "share";
            match pay(&self.another.value, is_share, currency) {
                Some(pay) => kept.push(json!({
                    "id": free_id(&kept, &self.another.to, &self.another.on),
                    "on": self.another.on,
                    "to": self.another.to,
                    "pay": pay,
                })),
                None => {
                    wrong(frame.t("terms.another"), if is_share { "fault.percent" } else { "fault.money" });
                }
            }
        }
        put("rewards", Value::Array(kept));
        if faults.is_empty() { Ok(wanted) } else { Err(faults) }
    }
}

fn pay(typed: &str, is_share: bool, currency: referral::money::Currency) -> Option<Value> {
    if is_share {
        read_percent(typed).map(|bps| json!({ "share_bps": bps }))
    } else {
        read_money(typed, currency).map(|amount| json!({ "flat": amount }))
    }
}

/// A name for a new rule that no other has.
fn free_id(kept: &[Value], to: &str, on: &str) -> String {
    let base = format!("{to}_{on}");
    let taken = |id: &str| kept.iter().any(|rule| text(rule, "id") == id);
    let mut id = base.clone();
    let mut number = 2;
    while taken(&id) {
        id = format!("{base}_{number}");
        number += 1;
    }
    id
}

//! What the program doubts, and how much: each rule with what it means, tried on the past before it is saved.

use crate::pages::desk::{Desk, Fault, Refusal};
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::fraud::{Rule, Settings};
use serde_json::{Map, Value, json};

/// Thresholds: the group and the name in the settings, and the rule they belong to.
const LIMITS: [(&str, &str, Rule); 8] = [
    ("velocity", "in_30_minutes", Rule::Velocity),
    ("velocity", "in_24_hours", Rule::Velocity),
    ("too_fast", "lead_seconds", Rule::TooFast),
    ("too_fast", "sale_seconds", Rule::TooFast),
    ("late", "percent", Rule::LateConversions),
    ("late", "least", Rule::LateConversions),
    ("unusual_amount", "times_median", Rule::UnusualAmount),
    ("unusual_amount", "least", Rule::UnusualAmount),
];
const SUSPENSION: [&str; 3] = ["confirmed", "rejected_percent", "rejected_of"];
const HOLDS: [&str; 2] = ["hold_referrer_from", "hold_both_from"];

/// A number of the form.
struct Number {
    name: String,
    label: String,
    value: String,
    usual: String,
}

/// A list of the form, one entry a line.
struct List {
    name: &'static str,
    label: &'static str,
    value: String,
}

struct RuleFields {
    word: &'static str,
    label: String,
    detail: &'static str,
    weight: Number,
    is_off: bool,
    limits: Vec<Number>,
    lists: Vec<List>,
}

/// A rule's counts: as it is, and with the draft.
struct Count {
    label: String,
    now: String,
    then: String,
    differs: bool,
}

struct Difference {
    path: String,
    id: String,
    now: String,
    then: String,
}

struct Tried {
    over: String,
    counts: Vec<Count>,
    differences: Vec<Difference>,
}

#[derive(Template)]
#[template(path = "dashboard/settings_fraud.html")]
struct Page {
    version: String,
    holds: Vec<Number>,
    rules: Vec<RuleFields>,
    suspension: Vec<Number>,
    tried: Option<Tried>,
    frame: Frame,
}

fn lists(rule: Rule) -> &'static [(&'static str, &'static str)] {
    match rule {
        Rule::PaidAd => &[("paid_ad_parameters", "fraud.paid_ad_parameters")],
        Rule::BannedHost => {
            &[("banned_hosts", "fraud.banned_hosts"), ("allowed_hosts", "fraud.allowed_hosts")]
        }
        _ => &[],
    }
}

/// The settings as the form shows them: stored, or typed and not taken.
struct Shown<'a> {
    frame: &'a Frame,
    stored: &'a Value,
    usual: Value,
    form: Option<&'a Form>,
}

impl Shown<'_> {
    fn text(&self, name: &str, stored: Option<&Value>) -> String {
        match self.form {
            Some(form) => form.text(name).unwrap_or_default().to_owned(),
            None => stored.map(Value::to_string).unwrap_or_default(),
        }
    }

    fn number(&self, name: &str, pointer: &str, label: String) -> Number {
        let usual = self.usual.pointer(pointer).map(Value::to_string).unwrap_or_default();
        Number {
            value: self.text(name, self.stored.pointer(pointer)),
            usual: self.frame.words.with("fraud.usual", &usual),
            name: name.to_owned(),
            label,
        }
    }

    fn list(&self, name: &'static str, label: &'static str) -> List {
        let stored = || {
            let list = self.stored.get(name).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
        };
        let value = self.form.map_or_else(stored, |form| form.text(name).unwrap_or_default().to_owned());
        List { name, label: self.frame.t(label), value }
    }

    fn rule(&self, rule: Rule) -> RuleFields {
        let word = rule.word();
        let is_off = if let Some(form) = self.form {
            !form.has(&format!("on.{word}"))
        } else {
            let off = self.stored.get("off").and_then(Value::as_array).into_iter().flatten();
            off.filter_map(Value::as_str).any(|off| off == word)
        };
        let limits = LIMITS.iter().filter(|(.., of)| *of == rule);
        let limit = |(group, name, _): &(&str, &str, Rule)| {
            let label = self.frame.words.of("fraud.limit", &format!("{group}.{name}"));
            self.number(&format!("{group}.{name}"), &format!("/{group}/{name}"), label)
        };
        let label = self.frame.t("fraud.weight").to_owned();
        RuleFields {
            word,
            label: self.frame.words.of("flag", word),
            detail: {
                let words = &self.frame.words;
                words.known("doubt", word).or_else(|| words.known("fraud.why", word)).unwrap_or_default()
            },
            weight: self.number(&format!("weight.{word}"), &format!("/weights/{word}"), label),
            is_off,
            limits: limits.map(limit).collect(),
            lists: lists(rule).iter().map(|(name, label)| self.list(name, label)).collect(),
        }
    }
}

async fn page(
    desk: &Desk<'_>,
    frame: Frame,
    form: Option<&Form>,
    tried: Option<Tried>,
) -> Result<Reply, Problem> {
    let stored: Value = desk.get("/v1/fraud").await?;
    let usual = serde_json::to_value(Settings::default())?;
    let shown = Shown { frame: &frame, stored: &stored, usual, form };
    let number = |name: &str, pointer: String| {
        let label = frame.words.of("fraud.limit", name);
        shown.number(name, &pointer, label)
    };
    let (holds, suspension) = (
        HOLDS.map(|name| number(name, format!("/{name}"))).into(),
        SUSPENSION.map(|name| number(&format!("suspension.{name}"), format!("/suspension/{name}"))).into(),
    );
    // What only a browser tells has no weight to set: it always holds both sides.
    let rules = Rule::ALL.into_iter().filter(|rule| *rule != Rule::BrowserClaim);
    let rules = rules.map(|rule| shown.rule(rule)).collect();
    let version = stored.get("version").map(Value::to_string).unwrap_or_default();
    let version = form.and_then(|form| form.text("version")).map_or(version, str::to_owned);
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    Reply::page(status, &Page { version, holds, rules, suspension, tried, frame })
}

/// The page as it is stored.
pub(in crate::pages) async fn show(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Settings).await?;
    page(desk, frame, None, None).await
}

/// The settings a form asks for, as the API takes them.
fn wanted(frame: &Frame, form: &Form) -> Result<Value, Refusal> {
    let mut faults = Vec::new();
    let mut whole = |name: &str, label: String| {
        let number = form.text(name).unwrap_or_default().parse::<u32>();
        if number.is_err() {
            faults.push(Fault::own(label, frame.t("fault.whole")));
        }
        json!(number.unwrap_or(0))
    };
    let label = |name: &str| frame.words.of("fraud.limit", name);
    let mut body = Map::new();
    for name in HOLDS {
        body.insert(name.to_owned(), whole(name, label(name)));
    }
    let (mut weights, mut off) = (Map::new(), Vec::new());
    for rule in Rule::ALL.into_iter().filter(|rule| *rule != Rule::BrowserClaim) {
        let word = rule.word();
        weights.insert(word.to_owned(), whole(&format!("weight.{word}"), frame.words.of("flag", word)));
        if !form.has(&format!("on.{word}")) {
            off.push(word);
        }
    }
    body.insert("weights".to_owned(), Value::Object(weights));
    body.insert("off".to_owned(), json!(off));
    let limits = LIMITS.map(|(group, name, _)| (group, name));
    for (group, name) in limits.into_iter().chain(SUSPENSION.map(|name| ("suspension", name))) {
        let field = format!("{group}.{name}");
        let number = whole(&field, label(&field));
        if let Some(fields) = body.entry(group).or_insert_with(|| json!({})).as_object_mut() {
            fields.insert(name.to_owned(), number);
        }
    }
    for (name, _) in [Rule::PaidAd, Rule::BannedHost].into_iter().flat_map(lists) {
        let texts: Vec<&str> = form.text(name).unwrap_or_default().split_whitespace().collect();
        body.insert((*name).to_owned(), json!(texts));
    }
    if faults.is_empty() {
        return Ok(Value::Object(body));
    }
    Err(Refusal::of(faults))
}

/// Tries other settings on the past. Nothing is stored.
pub(in crate::pages) async fn preview(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Settings).await?;
    let settings = match wanted(&frame, form) {
        Ok(settings) => settings,
        Err(refusal) => return page(desk, frame.refused(refusal), Some(form), None).await,
    };
    let body = json!({ "settings": settings });
    match desk.tell::<Value>("POST", "/v1/fraud/backtest", None, &body).await? {
        Ok(answer) => {
            let tried = tried(&frame, &answer);
            page(desk, frame, Some(form), Some(tried)).await
        }
        Err(refusal) => page(desk, frame.refused(refusal), Some(form), None).await,
    }
}

fn tried(frame: &Frame, answer: &Value) -> Tried {
    let words = &frame.words;
    let number = |pointer: &str| answer.pointer(pointer).and_then(Value::as_u64).unwrap_or(0);
    let count = |label: String, path: &str| {
        let (now, then) = (number(&format!("/now/{path}")), number(&format!("/then/{path}")));
        Count { label, now: words.count(now), then: words.count(then), differs: now != then }
    };
    let sums = ["flagged", "holds_referrer", "holds_both"];
    let sums = sums.iter().map(|name| count(words.of("fraud.sum", name), name));
    let rules = Rule::ALL.into_iter().map(|rule| {
        let word = rule.word();
        count(words.of("flag", word), &format!("by_rule/{word}"))
    });
    let rules = rules.filter(|count| count.differs);
    let side = |difference: &Value, side: &str| {
        let rules = difference.pointer(&format!("/{side}/rules")).and_then(Value::as_array);
        let rules = rules.into_iter().flatten().filter_map(Value::as_str);
        let said: Vec<String> = rules.map(|word| words.of("flag", word)).collect();
        if said.is_empty() { frame.t("fraud.no_flag").to_owned() } else { said.join(" · ") }
    };
    let differences = answer.get("differences").and_then(Value::as_array).into_iter().flatten();
    let difference = |difference: &Value| {
        let id = difference.get("conversion_id").and_then(Value::as_str).unwrap_or_default().to_owned();
        Difference {
            path: frame.to(&format!("conversions/{id}")),
            now: side(difference, "now"),
            then: side(difference, "then"),
            id,
        }
    };
    Tried {
        over: words.counted("fraud.tried", number("/judged")),
        counts: sums.chain(rules).collect(),
        differences: differences.map(difference).collect(),
    }
}

/// Makes them the settings by which is judged from now on.
pub(in crate::pages) async fn save(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Settings).await?;
    let stored: Value = desk.get("/v1/fraud").await?;
    let known = stored.get("version").map(Value::to_string);
    let refusal = if form.text("version") == known.as_deref() {
        match wanted(&frame, form) {
            Ok(mut settings) => {
                if let (Some(fields), Some(version)) = (settings.as_object_mut(), stored.get("version")) {
                    fields.insert("version".to_owned(), version.clone());
                }
                match desk.tell::<Value>("PATCH", "/v1/fraud", form.text("once"), &settings).await? {
                    Ok(_) => return Ok(Reply::see(&frame.to("settings/fraud?done=fraud"))),
                    Err(refusal) => refusal,
                }
            }
            Err(refusal) => refusal,
        }
    } else {
        Refusal::own(409, frame.t("fraud.meanwhile"))
    };
    page(desk, frame.refused(refusal), Some(form), None).await
}

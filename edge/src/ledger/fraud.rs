//! What the program doubts, and how much: read, changed, and tried on what was recorded.

use super::book::{Book, Loaded};
use super::decision::Decision;
use super::expected;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::fraud::{self, Facts, Flag, Rule, Settings};
use referral::input::{self, Input};
use referral::instant::Instant;
use referral::terms::Side;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Settings in force. Version 1 is what a program has that never said otherwise.
pub(crate) struct InForce {
    pub(crate) settings: Settings,
    pub(crate) version: u32,
    /// When they were last changed; none in version 1.
    changed_at: Option<Instant>,
}

/// Most conversions that settings are tried on, and how many without `newest`.
const MOST: i64 = 1000;
const USUAL: i64 = 500;
/// Most conversions a backtest names.
const EXAMPLES: usize = 20;

pub(crate) fn load(database: &crate::sql::Database) -> Result<InForce, Problem> {
    let stored: Option<(u32, String, i64)> = database.row(sql!("ledger/fraud_settings_newest"), &[(); 0])?;
    Ok(match stored {
        None => InForce { settings: Settings::default(), version: 1, changed_at: None },
        Some((version, body, at)) => InForce {
            settings: serde_json::from_str(&body)?,
            version,
            changed_at: Some(Instant::from_ms(at)),
        },
    })
}

fn shown(settings: &Settings, version: u32, changed_at: Option<Instant>) -> Result<Value, Problem> {
    let mut body = serde_json::to_value(settings)?;
    if let Some(fields) = body.as_object_mut() {
        fields.insert("version".to_owned(), json!(version));
        fields.insert("changed_at".to_owned(), json!(changed_at));
    }
    Ok(body)
}

/// `GET /v1/fraud`.
pub(crate) fn show(program: &Loaded) -> Result<Answer, Problem> {
    let InForce { settings, version, changed_at } = &program.fraud;
    Answer::json(200, &shown(settings, *version, *changed_at)?)
}

/// `PATCH /v1/fraud`: what is named changes, the rest stays, and a new version begins. What was judged stays judged. A
/// `version` that is not the newest is refused.
pub(crate) fn change(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let program = book.program()?;
    let mut fields = input::object(&request.body).map_err(Problem::invalid)?;
    let old = &program.fraud;
    expected::take(&mut fields, "version", old.version, "settings")?;
    let new = old.settings.changed("", &fields).map_err(Problem::invalid)?;
    if new == old.settings {
        return Ok(Decision::answer(Answer::json(200, &shown(&new, old.version, old.changed_at)?)?));
    }
    let (version, now) = (old.version + 1, book.now());
    let mut writes = Writes::default();
    let row = (version, serde_json::to_string(&new)?, now.ms());
    writes.add(sql!("ledger/fraud_settings_insert"), &row)?;
    let answer = Answer::json(200, &shown(&new, version, Some(now))?)?;
    Ok(Decision { answer, writes, audit: Some(("fraud.changed", program.facts.id.clone())) })
}

/// How often a rule trips, and what is held.
#[derive(Default)]
struct Tally {
    flagged: u32,
    holds_referrer: u32,
    holds_both: u32,
    rules: BTreeMap<&'static str, u32>,
}

impl Tally {
    fn count(&mut self, settings: &Settings, flags: &[Flag]) {
        let weights = fraud::weights(flags);
        self.flagged += u32::from(!flags.is_empty());
        self.holds_referrer += u32::from(settings.holds(&weights, Side::Referrer));
        self.holds_both += u32::from(settings.holds(&weights, Side::Friend));
        for flag in flags {
            *self.rules.entry(flag.rule.word()).or_default() += 1;
        }
    }

    fn shown(&self) -> Value {
        let count = |rule: &Rule| (rule.word(), self.rules.get(rule.word()).copied().unwrap_or_default());
        json!({
            "flagged": self.flagged,
            "holds_referrer": self.holds_referrer,
            "holds_both": self.holds_both,
            "by_rule": Rule::ALL.iter().map(count).collect::<BTreeMap<_, _>>(),
        })
    }
}

/// `POST /v1/fraud/backtest {settings, newest?}`: what other settings would have flagged among the newest conversions, by
/// what was known when each was recorded. Nothing is written.
pub(crate) fn backtest(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let program = book.program()?;
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    input.require("settings");
    let newest = input.integer("newest", 1..=MOST).unwrap_or(USUAL);
    let old = &program.fraud.settings;
    let new = match input.value("settings").map(Value::as_object) {
        Some(Some(fields)) => old.changed("settings", fields).unwrap_or_else(|errors| {
            input.absorb(errors);
            old.clone()
        }),
        Some(None) => {
            input.refuse("settings", "wrong_type", "must be an object");
            old.clone()
        }
        None => old.clone(),
    };
    input.finish().map_err(Problem::invalid)?;
    let rows: Vec<(String, String)> = book.database.rows(sql!("ledger/backtest"), &[newest])?;
    let (mut now, mut then) = (Tally::default(), Tally::default());
    let mut examples = Vec::new();
    for (id, facts) in &rows {
        let facts: Facts = serde_json::from_str(facts)?;
        let (before, after) = (fraud::judge(old, &facts), fraud::judge(&new, &facts));
        now.count(old, &before);
        then.count(&new, &after);
        if before != after && examples.len() < EXAMPLES {
            let words = |flags: &[Flag]| flags.iter().map(|flag| flag.rule.word()).collect::<Vec<_>>();
            let weight = |flags: &[Flag]| flags.iter().map(|flag| flag.weight).sum::<u32>();
            examples.push(json!({
                "conversion_id": id,
                "now": { "rules": words(&before), "weight": weight(&before) },
                "then": { "rules": words(&after), "weight": weight(&after) },
            }));
        }
    }
    Answer::json(
        200,
        &json!({
            "newest": newest,
            "judged": rows.len(),
            "now": now.shown(),
            "then": then.shown(),
            "differences": examples,
        }),
    )
}

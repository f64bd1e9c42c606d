//! Conversions: the list with its filters, and each one with everything that was decided about it.

use super::file::Files;
use super::settings::audit;
use super::timeline;
use super::whose;
use crate::ledger::desk::{Case, Rows, Wanted};
use crate::pages::choice::{self, Choice};
use crate::pages::desk::{Desk, Names};
use crate::pages::frame::{Frame, Section};
use crate::pages::moments::{Moment, list_of, text};
use crate::pages::reply::Reply;
use crate::pages::visit::Visit;
use crate::problem::Problem;
use askama::Template;
use referral::reward::NoReward;
use referral::story;
use serde::Deserialize;
use serde_json::Value;

/// A conversion as the desk lists it.
#[derive(Deserialize)]
pub(super) struct Listed {
    id: String,
    kind: String,
    order_id: Option<String>,
    event: Option<String>,
    customer_id: String,
    amount: Option<i64>,
    currency: Option<String>,
    refunded_amount: i64,
    occurred_at: String,
    referrer_id: Option<String>,
    reason: Option<String>,
    stage: Option<String>,
    flagged: bool,
}

/// A row of the list.
pub(super) struct Row {
    pub(super) path: String,
    pub(super) what: String,
    pub(super) customer: String,
    pub(super) when: String,
    pub(super) at: String,
    pub(super) amount: String,
    pub(super) refunded: String,
    /// Path and name of who is credited.
    pub(super) credited: Option<(String, String)>,
    /// Why nobody is.
    pub(super) reason: String,
    pub(super) stage: String,
    pub(super) flagged: bool,
}

/// Rows of the list, and where it goes on.
pub(super) async fn rows(
    desk: &Desk<'_>,
    frame: &Frame,
    wanted: &Wanted,
) -> Result<(Vec<Row>, Option<i64>), Problem> {
    let found: Rows = desk.inside("desk/conversions", wanted).await?;
    let listed: Vec<Listed> = found.rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
    let names = desk.names(listed.iter().filter_map(|one| one.referrer_id.clone())).await?;
    Ok((listed.into_iter().map(|one| row(frame, &names, one)).collect(), found.next))
}

fn row(frame: &Frame, names: &Names, one: Listed) -> Row {
    let money = |amount: i64| frame.words.money(amount, one.currency.as_deref().unwrap_or_default());
    Row {
        path: frame.to(&format!("conversions/{}", one.id)),
        what: what(frame, &one.kind, one.order_id.as_deref(), one.event.as_deref()),
        when: frame.words.time(&one.occurred_at),
        amount: one.amount.map(money).unwrap_or_default(),
        refunded: if one.refunded_amount > 0 {
            frame.words.with("refunded", &money(one.refunded_amount))
        } else {
            String::new()
        },
        credited: one.referrer_id.as_ref().map(|id| (frame.to(&format!("referrers/{id}")), names.of(id))),
        reason: one.reason.map(|reason| frame.words.of("reason", &reason)).unwrap_or_default(),
        stage: one.stage.map(|stage| frame.words.of("stage", &stage)).unwrap_or_default(),
        customer: one.customer_id,
        at: one.occurred_at,
        flagged: one.flagged,
    }
}

/// `Sale FF-1001`, `Lead sign_up`.
fn what(frame: &Frame, kind: &str, order_id: Option<&str>, event: Option<&str>) -> String {
    match (kind, order_id, event) {
        ("sale", Some(order), _) => frame.words.with("sale", order),
        (_, _, Some(event)) => frame.words.with("lead", event),
        _ => kind.to_owned(),
    }
}

#[derive(Template)]
#[template(path = "dashboard/conversions.html")]
struct List {
    choices: Vec<Choice>,
    rows: Vec<Row>,
    older: Option<String>,
    is_first: bool,
    /// The choice that is shown.
    show: &'static str,
    /// All of one referrer's, who needs not be named in each row.
    own: bool,
    from: String,
    to: String,
    referrer: String,
    refunded: bool,
    /// All of these, as they go on in links.
    query: String,
    files: Files,
    frame: Frame,
}

/// The choice that is asked for, and its rows: of some days, of one referrer, of what was given back.
pub(super) fn wanted(visit: &Visit) -> (&'static str, Wanted) {
    let (show, wanted) = choice::wanted_conversions(visit);
    let wanted = Wanted {
        referrer_id: whose::asked(|name| visit.asked(name)),
        from: audit::day(visit.asked("from")),
        to: audit::day(visit.asked("to")),
        refunded: visit.asked("refunded").is_some_and(|word| word == "1"),
        ..wanted
    };
    (show, wanted)
}

/// What was asked for besides the choice, to go on with after it: `&from=2026-11-14`, or nothing.
fn query(wanted: &Wanted) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let refunded = wanted.refunded.then(|| "1".to_owned());
    let fields = [
        ("from", &wanted.from),
        ("to", &wanted.to),
        ("referrer", &wanted.referrer_id),
        ("refunded", &refunded),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { query } else { format!("&{query}") }
}

pub(in crate::pages) async fn list(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Conversions).await?;
    let (show, wanted) = wanted(desk.visit);
    let (rows, next) = rows(desk, &frame, &wanted).await?;
    let query = query(&wanted);
    let mut choices = choice::of_conversions(&frame.words, "show", show);
    for choice in &mut choices {
        choice.path.push_str(&query);
    }
    let page = List {
        choices,
        rows,
        older: next.map(|seq| format!("?show={show}{query}&before={seq}")),
        is_first: wanted.before.is_none(),
        show,
        own: false,
        from: wanted.from.unwrap_or_default(),
        to: wanted.to.unwrap_or_default(),
        referrer: wanted.referrer_id.unwrap_or_default(),
        refunded: wanted.refunded,
        files: Files::new(&frame, "conversions", &format!("?show={show}{query}")),
        query,
        frame,
    };
    Reply::page(200, &page)
}

/// A reward of the conversion.
pub(super) struct Given {
    pub(super) to: String,
    to_path: Option<String>,
    pub(super) amount: String,
    pub(super) state: String,
    state_word: String,
    note: String,
}

#[derive(Template)]
#[template(path = "dashboard/conversion.html")]
struct Page {
    what: String,
    amount: String,
    customer: String,
    id: String,
    is_credited: bool,
    verdict: String,
    because: String,
    moments: Vec<Moment>,
    rewards: Vec<Given>,
    /// Rules that gave nothing, and why.
    skipped: Vec<(String, String)>,
    facts: Vec<(&'static str, String)>,
    metadata: Vec<(String, String)>,
    is_flagged: bool,
    frame: Frame,
}

/// One conversion, by its id.
pub(in crate::pages) async fn show(desk: &Desk<'_>, id: &str) -> Result<Reply, Problem> {
    if !id.starts_with("led_") && !id.starts_with("sal_") {
        return Err(Problem::not_found());
    }
    let case: Case = desk.inside_text("desk/case", id).await?;
    let frame = desk.frame(Section::Conversions).await?;
    let (conversion, trace) = (&case.conversion, &case.trace);
    let attribution = conversion.get("attribution").unwrap_or(&Value::Null);
    let referrer_id = text(attribution, "referrer_id");
    let people = list_of(trace, "touches")
        .map(|touch| text(touch, "referrer_id"))
        .chain([referrer_id])
        .chain(
            list_of(trace, "reattributions")
                .flat_map(|moved| [text(moved, "lost_by"), text(moved, "referrer_id")]),
        )
        .chain(list_of(conversion, "rewards").map(|reward| text(reward, "person_id")));
    let names = desk.names(people.filter(|id| !id.is_empty()).map(str::to_owned)).await?;
    let is_credited = !referrer_id.is_empty();
    let currency = text(conversion, "currency");
    let kind = if id.starts_with("sal_") { "sale" } else { "lead" };
    let fact = |key: &str, value: String| (frame.t(key), value);
    let mut facts = vec![
        fact("fact.model", frame.words.of("model", text(trace, "model"))),
        fact(
            "fact.window",
            trace
                .get("window_days")
                .and_then(Value::as_u64)
                .map(|days| frame.words.counted("days", days))
                .unwrap_or_default(),
        ),
        fact(
            "fact.terms",
            trace
                .get("terms_version")
                .and_then(Value::as_u64)
                .map(|version| version.to_string())
                .unwrap_or_default(),
        ),
    ];
    if kind == "lead" {
        facts.push(fact("fact.stage", frame.words.of("stage", text(conversion, "stage"))));
    }
    let page = Page {
        what: what(
            &frame,
            kind,
            conversion.get("order_id").and_then(Value::as_str),
            conversion.get("event").and_then(Value::as_str),
        ),
        amount: conversion
            .get("amount")
            .and_then(Value::as_i64)
            .map(|amount| frame.words.money(amount, currency))
            .unwrap_or_default(),
        customer: text(conversion, "customer_id").to_owned(),
        id: id.to_owned(),
        is_credited,
        verdict: if is_credited {
            frame.words.with("credited", &names.of(referrer_id))
        } else {
            frame.t("uncredited").to_owned()
        },
        because: if is_credited {
            frame.words.of("rule", text(attribution, "rule"))
        } else {
            frame.words.of("reason", text(attribution, "reason"))
        },
        moments: timeline::of(&frame, &names, &case, kind),
        rewards: list_of(conversion, "rewards").map(|reward| given(&frame, &names, reward)).collect(),
        skipped: list_of(trace, "rules_without_reward")
            .map(|rule| (text(rule, "rule").to_owned(), nothing(&frame, rule)))
            .collect(),
        facts,
        metadata: conversion
            .get("metadata")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, value)| {
                (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            })
            .collect(),
        is_flagged: case.flags.iter().any(|flag| text(flag, "status") == "open"),
        frame,
    };
    Reply::page(200, &page)
}

/// Why a rule gave nothing, in the reader's language.
fn nothing(frame: &Frame, rule: &Value) -> String {
    let reason = rule.get("reason").and_then(|reason| NoReward::deserialize(reason).ok());
    reason.map(|reason| story::why_nothing(reason, frame.words.locale)).unwrap_or_default()
}

/// A reward in words: whose it is, how much, how it stands, and why or until when.
pub(super) fn given(frame: &Frame, names: &Names, reward: &Value) -> Given {
    let person = text(reward, "person_id");
    let is_referrer = text(reward, "to") == "referrer";
    let currency = text(reward, "currency");
    let amount = reward.get("amount").and_then(Value::as_i64).unwrap_or(0);
    let back = reward.get("reversed_amount").and_then(Value::as_i64).unwrap_or(0);
    let state = text(reward, "state");
    let until = frame.words.with("reward.until", &frame.words.day(text(reward, "available_at")));
    let mut note = match state {
        "pending" if reward.get("needs_approval") == Some(&Value::Bool(true)) => {
            frame.t("reward.needs_you").to_owned()
        }
        "pending" => until,
        "held" => frame.t("state.held.detail").to_owned(),
        _ => reward
            .get("reason")
            .and_then(Value::as_str)
            .map(|reason| frame.words.of("why", reason))
            .unwrap_or_default(),
    };
    if back > 0 && back < amount {
        note = frame.words.with("reward.taken_back", &frame.words.money(back, currency));
    }
    Given {
        to: if is_referrer { names.of(person) } else { frame.t("friend").to_owned() },
        to_path: is_referrer.then(|| frame.to(&format!("referrers/{person}"))),
        amount: reward
            .get("perk")
            .and_then(Value::as_str)
            .map_or_else(|| frame.words.money(amount, currency), str::to_owned),
        state: frame.words.of("state", state),
        state_word: state.to_owned(),
        note,
    }
}

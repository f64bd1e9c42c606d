//! Conversions their links had a part in: the list with its filter, and each one with its story, its rewards and a way to ask
//! about it.

use super::file::Files;
use super::frame::{Frame, Section};
use super::seat::Seat;
use super::timeline;
use crate::ledger::desk::Rows;
use crate::ledger::portal::file::Own;
use crate::pages::choice::{self, Choice};
use crate::pages::moments::Moment;
use crate::pages::refusal::Refusal;
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Listed {
    id: String,
    kind: String,
    event: Option<String>,
    occurred_at: String,
    rule: Option<String>,
    reason: Option<String>,
    stage: Option<String>,
    rewards: Vec<Value>,
    dispute: Option<String>,
}

/// A row of the list.
struct Row {
    path: String,
    what: String,
    at: String,
    when: String,
    is_credited: bool,
    because: String,
    stage: String,
    rewards: Vec<Given>,
    dispute: String,
}

/// A reward of theirs.
pub(super) struct Given {
    pub(super) amount: String,
    pub(super) state: String,
    pub(super) word: String,
    pub(super) note: String,
}

#[derive(Template)]
#[template(path = "portal/conversions.html")]
struct List {
    choices: Vec<Choice>,
    rows: Vec<Row>,
    older: Option<String>,
    is_first: bool,
    is_all: bool,
    /// The choice that is shown.
    show: &'static str,
    files: Files,
    frame: Frame,
}

pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn list_of<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// `Order`, `Sign-up trial`.
pub(super) fn what(frame: &Frame, kind: &str, event: Option<&str>) -> String {
    match (kind, event) {
        ("sale", _) => frame.t("portal.sale").to_owned(),
        (_, Some(event)) if !event.is_empty() => frame.words.with("portal.lead.of", event),
        _ => frame.t("portal.lead").to_owned(),
    }
}

/// A reward in words: how much, how it stands, and why or until when.
pub(super) fn given(frame: &Frame, reward: &Value) -> Given {
    let amount = |name: &str| reward.get(name).and_then(Value::as_i64).unwrap_or(0);
    let currency = text(reward, "currency");
    let (whole, back) = (amount("amount"), amount("reversed_amount"));
    let state = text(reward, "state");
    let mut note = match state {
        "pending" if reward.get("needs_approval") == Some(&Value::Bool(true)) => {
            frame.t("portal.reward.looked_at").to_owned()
        }
        "pending" => frame.words.with("reward.until", &frame.words.day(text(reward, "available_at"))),
        "held" => frame.t("portal.reward.held").to_owned(),
        _ => match text(reward, "reason") {
            "" => String::new(),
            reason => frame.words.of("portal.why", reason),
        },
    };
    if back > 0 && back < whole {
        note = frame.words.with("reward.taken_back", &frame.words.money(back, currency));
    }
    Given {
        amount: reward
            .get("perk")
            .and_then(Value::as_str)
            .map_or_else(|| frame.words.money(whole, currency), str::to_owned),
        state: frame.words.of("state", state),
        word: state.to_owned(),
        note,
    }
}

pub(super) async fn list(seat: &Seat<'_>) -> Result<Reply, Problem> {
    let frame = seat.frame(Section::Conversions).await?;
    let (show, wanted) = choice::wanted_conversions(seat.visit);
    let found: Rows = seat.inside("portal/conversions", &wanted).await?;
    let listed: Vec<Listed> = found.rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
    let row = |one: Listed| Row {
        path: frame.to(&format!("conversions/{}", one.id)),
        what: what(&frame, &one.kind, one.event.as_deref()),
        when: frame.words.time(&one.occurred_at),
        at: one.occurred_at,
        is_credited: one.rule.is_some(),
        because: match (one.rule, one.reason) {
            (Some(rule), _) => frame.words.of("portal.rule", &rule),
            (None, reason) => frame.words.of("portal.reason", &reason.unwrap_or_default()),
        },
        stage: one.stage.map(|stage| frame.words.of("stage", &stage)).unwrap_or_default(),
        rewards: one.rewards.iter().map(|reward| given(&frame, reward)).collect(),
        dispute: one
            .dispute
            .map(|status| {
                frame.words.with("portal.conversions.question", &frame.words.of("portal.dispute", &status))
            })
            .unwrap_or_default(),
    };
    let page = List {
        choices: choice::of_conversions(&frame.words, "portal.show", show),
        rows: listed.into_iter().map(row).collect(),
        older: found.next.map(|seq| format!("?show={show}&before={seq}")),
        is_first: wanted.before.is_none(),
        is_all: show == "all",
        show,
        files: Files::new(&frame, Own::Conversions, &format!("?show={show}")),
        frame,
    };
    Reply::page(200, &page)
}

#[derive(Template)]
#[template(path = "portal/conversion.html")]
struct Page {
    what: String,
    id: String,
    is_credited: bool,
    verdict: String,
    /// The story, sentence by sentence.
    sentences: Vec<String>,
    moments: Vec<Moment>,
    rewards: Vec<Given>,
    /// Disputes of theirs about it: path and state.
    disputes: Vec<(String, String)>,
    /// What was typed and refused.
    message: String,
    frame: Frame,
}

/// One conversion, by its id.
pub(super) async fn show(seat: &Seat<'_>, id: &str) -> Result<Reply, Problem> {
    page(seat, id, None, "").await
}

/// The same; `refusal` is why a dispute about it was not opened, with what was typed.
pub(super) async fn page(
    seat: &Seat<'_>,
    id: &str,
    refusal: Option<Refusal>,
    message: &str,
) -> Result<Reply, Problem> {
    let list = match id.get(..4) {
        Some("led_") => "leads",
        Some("sal_") => "sales",
        _ => return Err(Problem::not_found()),
    };
    let story: Value = seat.get(&super::target(list, id, "trace")?).await?;
    let frame = seat.frame(Section::Conversions).await?.refused(refusal);
    let attribution = story.get("attribution").unwrap_or(&Value::Null);
    let is_credited = text(attribution, "status") == "attributed";
    let sentences = story.get("words").map(|words| list_of(words, "sentences")).into_iter().flatten();
    let page = Page {
        what: what(&frame, text(&story, "kind"), story.get("event").and_then(Value::as_str)),
        id: id.to_owned(),
        is_credited,
        verdict: frame.words.of("portal.verdict", text(&story, "verdict")),
        sentences: sentences.filter_map(Value::as_str).map(str::to_owned).collect(),
        moments: timeline::of(&frame, &story),
        rewards: list_of(&story, "rewards").map(|reward| given(&frame, reward)).collect(),
        disputes: list_of(&story, "disputes")
            .map(|dispute| {
                let path = frame.to(&format!("disputes/{}", text(dispute, "id")));
                (path, frame.words.of("portal.dispute", text(dispute, "status")))
            })
            .collect(),
        message: message.to_owned(),
        frame,
    };
    Reply::page(page.frame.status(), &page)
}

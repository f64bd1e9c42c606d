//! Rewards by state, with reasons and days.

use super::conversions::{Given, given, text, what};
use super::file::Files;
use super::frame::{Frame, Section};
use super::seat::Seat;
use crate::ledger::desk::{Rows, Wanted};
use crate::ledger::portal::file::Own;
use crate::pages::choice::Choice;
use crate::pages::reply::Reply;
use crate::pages::visit::Visit;
use crate::problem::Problem;
use askama::Template;
use serde_json::Value;

/// What can be chosen: a state each, but for the first.
const CHOICES: &[&str] = &["all", "pending", "held", "approved", "paid", "voided"];

struct Row {
    conversion: String,
    what: String,
    granted: String,
    given: Given,
    /// A coupon for it.
    coupon: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/rewards.html")]
struct Page {
    choices: Vec<Choice>,
    rows: Vec<Row>,
    older: Option<String>,
    is_first: bool,
    is_all: bool,
    /// The choice that is shown.
    state: &'static str,
    files: Files,
    frame: Frame,
}

/// The choice that is asked for, and its rows.
pub(super) fn wanted(visit: &Visit) -> (&'static str, Wanted) {
    let asked = visit.asked("state").unwrap_or_default();
    let state = CHOICES.iter().find(|word| **word == asked).copied().unwrap_or("all");
    let kind = (state != "all").then(|| state.to_owned());
    (state, Wanted { before: visit.before(), kind, ..Wanted::default() })
}

pub(super) async fn list(seat: &Seat<'_>) -> Result<Reply, Problem> {
    let frame = seat.frame(Section::Rewards).await?;
    let (state, wanted) = wanted(seat.visit);
    let found: Rows = seat.inside("portal/rewards", &wanted).await?;
    let row = |reward: &Value| {
        let conversion = text(reward, "conversion_id");
        let kind = if conversion.starts_with("led_") { "lead" } else { "sale" };
        Row {
            conversion: frame.to(&format!("conversions/{conversion}")),
            what: what(&frame, kind, None),
            granted: frame.words.day(text(reward, "created_at")),
            given: given(&frame, reward),
            coupon: reward.get("coupon").and_then(Value::as_str).map(str::to_owned),
        }
    };
    let page = Page {
        choices: CHOICES
            .iter()
            .map(|word| Choice {
                path: format!("?state={word}"),
                label: frame.t(&format!("portal.rewards.{word}")),
                is_here: *word == state,
            })
            .collect(),
        rows: found.rows.iter().map(row).collect(),
        older: found.next.map(|seq| format!("?state={state}&before={seq}")),
        files: Files::new(&frame, Own::Rewards, &format!("?state={state}")),
        is_first: wanted.before.is_none(),
        is_all: state == "all",
        state,
        frame,
    };
    Reply::page(200, &page)
}

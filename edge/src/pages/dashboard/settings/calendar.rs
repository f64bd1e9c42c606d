//! The calendar of payouts: when a batch is due.

use super::super::former::{self, Field};
use super::super::not_money;
use crate::pages::desk::{Desk, Refusal};
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::figures::{plain_money, read_money};
use serde::Deserialize;
use serde_json::{Value, json};

/// What `GET /v1/payouts/schedule` says.
#[derive(Default, Deserialize)]
struct Schedule {
    every: Option<String>,
    day: Option<u32>,
    minimum_amount: i64,
    due_at: Option<String>,
    next_payout_at: Option<String>,
    version: u32,
}

#[derive(Template)]
#[template(path = "dashboard/calendar.html")]
struct Page {
    version: u32,
    every: String,
    day: String,
    minimum: String,
    /// What is stored of the three.
    was: [String; 3],
    due: Option<String>,
    next: Option<String>,
    frame: Frame,
}

impl Schedule {
    /// How often, the day and the minimum as the form holds them.
    fn fields(&self, frame: &Frame) -> [String; 3] {
        let minimum = match self.minimum_amount {
            0 => String::new(),
            amount => plain_money(amount, frame.program.currency),
        };
        let day = self.day.map(|day| day.to_string());
        [self.every.clone().unwrap_or_default(), day.unwrap_or_default(), minimum]
    }
}

async fn stored(desk: &Desk<'_>) -> Result<Schedule, Problem> {
    desk.get("/v1/payouts/schedule").await
}

async fn page(desk: &Desk<'_>, frame: Frame, form: Option<&Form>) -> Result<Reply, Problem> {
    let stored = stored(desk).await?;
    let typed = |name: &str, stored: &str| match form {
        Some(form) => former::again(form, name, stored.to_owned()),
        None => stored.to_owned(),
    };
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let was = stored.fields(&frame);
    let page = Page {
        version: stored.version,
        every: typed("every", &was[0]),
        day: typed("day", &was[1]),
        minimum: typed("minimum", &was[2]),
        was,
        due: stored.due_at.map(|at| frame.words.day(&at)),
        next: stored.next_payout_at.map(|at| frame.words.day(&at)),
        frame,
    };
    Reply::page(status, &page)
}

pub(in crate::pages) async fn show(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Settings).await?;
    page(desk, frame, None).await
}

/// Why a form is not of the calendar there is now: the parts of one say nothing apart, so it counts as a whole.
fn overtaken(frame: &Frame, form: &Form, stored: &Schedule) -> Option<Refusal> {
    if form.text("version")? == stored.version.to_string() {
        return None;
    }
    let [every, day, minimum] = stored.fields(frame);
    let said = match every.as_str() {
        "week" => frame.t("calendar.week"),
        "month" => frame.t("calendar.month"),
        _ => frame.t("calendar.never"),
    };
    let field = |name, label, stored, said| Field { name, label, stored, said };
    let fields = [
        field("every", frame.t("calendar.every"), every, said.to_owned()),
        field("day", frame.t("calendar.day"), day.clone(), day),
        field("minimum", frame.t("payouts.minimum"), minimum.clone(), minimum),
    ];
    let meanwhile = || Refusal::own(409, frame.t("refusal.changed_meanwhile"));
    Some(former::overtaken(&frame.words, form, &fields).unwrap_or_else(meanwhile))
}

/// Changes the calendar, or ends it.
pub(in crate::pages) async fn save(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Settings).await?;
    let Some(minimum) = read_money(form.text("minimum").unwrap_or("0"), frame.program.currency) else {
        let refusal = not_money(&frame, "minimum");
        return page(desk, frame.refused(refusal), Some(form)).await;
    };
    let stored = stored(desk).await?;
    if let Some(refusal) = overtaken(&frame, form, &stored) {
        return page(desk, frame.refused(refusal), Some(form)).await;
    }
    let body = match form.text("every") {
        Some(every) => {
            let day = form.text("day").and_then(|day| day.parse::<i64>().ok());
            json!({ "every": every, "day": day, "minimum": minimum, "version": stored.version })
        }
        None => json!({ "every": null, "version": stored.version }),
    };
    match desk.tell::<Value>("POST", "/v1/payouts/schedule", form.text("once"), &body).await? {
        Ok(_) => Ok(Reply::see(&frame.to("settings/calendar?done=changed"))),
        Err(refusal) => {
            let names = [("every", frame.t("calendar.every")), ("day", frame.t("calendar.day"))];
            page(desk, frame.refused(refusal.called(&names)), Some(form)).await
        }
    }
}

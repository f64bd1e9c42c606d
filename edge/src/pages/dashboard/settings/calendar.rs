//! The calendar of payouts: when a batch is due.

use super::super::not_money;
use crate::pages::desk::Desk;
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
}

#[derive(Template)]
#[template(path = "dashboard/calendar.html")]
struct Page {
    every: String,
    day: String,
    minimum: String,
    due: Option<String>,
    next: Option<String>,
    frame: Frame,
}

async fn page(desk: &Desk<'_>, frame: Frame, form: Option<&Form>) -> Result<Reply, Problem> {
    let stored: Schedule = desk.get("/v1/payouts/schedule").await?;
    let typed = |name: &str, stored: String| {
        form.map_or(stored, |form| form.text(name).unwrap_or_default().to_owned())
    };
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let minimum = if stored.minimum_amount == 0 {
        String::new()
    } else {
        plain_money(stored.minimum_amount, frame.program.currency)
    };
    let page = Page {
        every: typed("every", stored.every.unwrap_or_default()),
        day: typed("day", stored.day.map(|day| day.to_string()).unwrap_or_default()),
        minimum: typed("minimum", minimum),
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

/// Changes the calendar, or ends it.
pub(in crate::pages) async fn save(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Settings).await?;
    let Some(minimum) = read_money(form.text("minimum").unwrap_or("0"), frame.program.currency) else {
        let refusal = not_money(&frame, "minimum");
        return page(desk, frame.refused(refusal), Some(form)).await;
    };
    let body = match form.text("every") {
        Some(every) => {
            let day = form.text("day").and_then(|day| day.parse::<i64>().ok());
            json!({ "every": every, "day": day, "minimum": minimum })
        }
        None => json!({ "every": null }),
    };
    match desk.tell::<Value>("POST", "/v1/payouts/schedule", form.text("once"), &body).await? {
        Ok(_) => Ok(Reply::see(&frame.to("settings/calendar?done=changed"))),
        Err(refusal) => {
            let names = [("every", frame.t("calendar.every")), ("day", frame.t("calendar.day"))];
            page(desk, frame.refused(refusal.called(&names)), Some(form)).await
        }
    }
}

//! The tables of the overview as rows of files, of the days the page was asked for.

use super::numbers::{self, Report};
use super::{Beside, Named, asked_span, known, span, stages, target};
use crate::pages::desk::Desk;
use crate::pages::frame::Frame;
use crate::problem::Problem;
use referral::funnel::{self, Passage};
use referral::instant::DAY_MS;
use referral::period::Period;
use serde_json::{Value, json};

/// The days that are asked for.
fn period(desk: &Desk<'_>, frame: &Frame) -> Result<Period, Problem> {
    span(frame.now, asked_span(desk.visit).0)
}

/// Every number of the period and of the one before, day by day.
pub(in crate::pages::dashboard) async fn days(desk: &Desk<'_>, frame: &Frame) -> Result<Vec<Value>, Problem> {
    let (days, _) = asked_span(desk.visit);
    let mut rows = Vec::new();
    for (called, last) in [("now", frame.now), ("before", frame.now.plus_ms(-days * DAY_MS))] {
        let report: Report = desk.get(&target(span(last, days)?, "none")).await?;
        rows.extend(numbers::rows(called, &report, frame.program.currency.code()));
    }
    Ok(rows)
}

/// The steps from seen to rewarded.
pub(in crate::pages::dashboard) async fn funnel(
    desk: &Desk<'_>,
    frame: &Frame,
) -> Result<Vec<Value>, Problem> {
    let now = period(desk, frame)?;
    let report: Report = desk.get(&target(now, "none")).await?;
    let beside: Beside = desk.inside("desk/period", &(now.from(), now.to())).await?;
    let stages = stages(&report, &beside);
    let leak = funnel::leak(&stages);
    let row = |stage: &funnel::Stage| {
        let lost = match stage.passage {
            Passage::Lost(lost) => Some(lost),
            Passage::Unknown | Passage::Grew(_) => None,
        };
        let is_leak = leak == Some(stage.step);
        json!({ "step": stage.step.word(), "count": stage.count, "lost": lost, "leak": is_leak })
    };
    Ok(stages.iter().map(row).collect())
}

/// Who brought most.
pub(in crate::pages::dashboard) async fn leaders(
    desk: &Desk<'_>,
    frame: &Frame,
) -> Result<Vec<Value>, Problem> {
    let now = period(desk, frame)?;
    let beside: Beside = desk.inside("desk/period", &(now.from(), now.to())).await?;
    let names = known(desk, &beside).await?;
    let row = |(id, leads, sales, sold): &(String, u64, u64, i64)| {
        let name = names.known(id);
        json!({
            "referrer_id": id,
            "referrer_code": name.code,
            "referrer_name": name.called,
            "leads": leads,
            "sales": sales,
            "revenue": sold,
            "currency": frame.program.currency.code(),
        })
    };
    Ok(beside.leaders.iter().map(row).collect())
}

/// Where clicks came from, by `channel` or `country`: every one, also those the page adds up. No word is where that is not
/// known.
pub(in crate::pages::dashboard) async fn clicks(
    desk: &Desk<'_>,
    frame: &Frame,
    by: &str,
) -> Result<Vec<Value>, Problem> {
    let report: Report = desk.get(&target(period(desk, frame)?, by)).await?;
    let row = |one: &Named| {
        let name = Some(&one.name).filter(|name| !name.is_empty());
        json!({ by: name, "clicks": one.clicks })
    };
    Ok(report.clicks_by.get(by).into_iter().flatten().map(row).collect())
}

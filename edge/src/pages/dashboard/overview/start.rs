//! The way from an empty program to a live one.

use super::numbers::Report;
use crate::pages::desk::Desk;
use crate::pages::frame::Frame;
use crate::problem::Problem;
use serde::Deserialize;

/// One step of it.
pub(super) struct Step {
    pub(super) word: &'static str,
    pub(super) title: &'static str,
    pub(super) detail: &'static str,
    pub(super) is_done: bool,
    pub(super) path: String,
    pub(super) link: &'static str,
}

/// The steps; none once the way is gone.
pub(super) async fn steps(desk: &Desk<'_>, frame: &Frame, report: &Report) -> Result<Vec<Step>, Problem> {
    #[derive(Deserialize)]
    struct List {
        data: Vec<serde_json::Value>,
    }
    // Whoever has numbers is on the way already.
    let happened = &report.totals;
    if happened.clicks > 0 && happened.leads_attributed + happened.sales_attributed > 0 {
        return Ok(Vec::new());
    }
    let any = |list: &List| !list.data.is_empty();
    let (leads, sales): (List, List) =
        (desk.get("/v1/leads?limit=1").await?, desk.get("/v1/sales?limit=1").await?);
    let converted = any(&leads) || any(&sales);
    let seen = report.totals.seen > 0 || report.totals.clicks > 0 || converted;
    if converted && seen {
        return Ok(Vec::new());
    }
    let step = |word: &'static str, is_done: bool, path: String| Step {
        word,
        title: frame.t(&format!("start.{word}")),
        detail: frame.t(&format!("start.{word}.detail")),
        is_done,
        link: frame.t(&format!("start.{word}.link")),
        path,
    };
    let last = if frame.is_test() { "go_live" } else { "first_sale" };
    Ok(vec![
        step("offer", true, frame.to("terms")),
        step("destination", true, frame.to("settings")),
        step("snippet", seen, "/guide/page/".to_owned()),
        step("conversion", converted, "/guide/server/".to_owned()),
        step(last, false, if frame.is_test() { "/dashboard/live".to_owned() } else { "/guide/".to_owned() }),
    ])
}

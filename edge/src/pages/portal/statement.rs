//! The statement: what was granted, taken back and paid, to read and as a file.

use super::frame::{Frame, Section};
use super::seat::Seat;
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::table::Format;
use serde::Deserialize;

/// Rows on the page; the file has all of them.
const SHOWN: usize = 50;

#[derive(Deserialize)]
struct Line {
    at: String,
    kind: String,
    conversion_id: Option<String>,
    amount: i64,
    currency: String,
}

#[derive(Deserialize)]
struct Total {
    currency: String,
    open: i64,
}

#[derive(Deserialize)]
struct Statement {
    totals: Vec<Total>,
    data: Vec<Line>,
    has_more: bool,
}

struct Row {
    at: String,
    when: String,
    kind: String,
    conversion: Option<String>,
    amount: String,
}

#[derive(Template)]
#[template(path = "portal/statement.html")]
struct Page {
    rows: Vec<Row>,
    /// There is more than the page shows.
    more: bool,
    /// What is left to be paid, by currency: how much, and whether it is owed to the shop instead.
    open: Vec<(String, bool)>,
    /// Their code, and the day: on paper the sheet says whose it is.
    as_of: String,
    frame: Frame,
}

pub(super) async fn show(seat: &Seat<'_>) -> Result<Reply, Problem> {
    let frame = seat.frame(Section::Rewards).await?;
    let statement: Statement = seat.inside("portal/statement", &SHOWN).await?;
    let row = |line: &Line| Row {
        when: frame.words.time(&line.at),
        at: line.at.clone(),
        kind: frame.words.of("portal.entry", &line.kind),
        conversion: line.conversion_id.as_ref().map(|id| frame.to(&format!("conversions/{id}"))),
        amount: frame.words.money(line.amount, &line.currency),
    };
    let page = Page {
        rows: statement.data.iter().map(row).collect(),
        more: statement.has_more,
        open: (statement.totals.iter())
            .map(|total| (frame.words.money(total.open, &total.currency), total.open < 0))
            .collect(),
        as_of: frame.words.with2(
            "portal.statement.as_of",
            &frame.around.code,
            &frame.words.day(&frame.now.to_string()),
        ),
        frame,
    };
    Reply::page(200, &page)
}

pub(super) async fn file(seat: &Seat<'_>, format: Format) -> Result<Reply, Problem> {
    let body = seat.inside_file(&format!("portal/statement.{}", format.ending()), "").await?;
    let name = format!("{}-statement.{}", seat.program.facts.slug, format.ending());
    Ok(Reply::download(name, format.media(), body))
}

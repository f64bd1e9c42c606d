//! Tables as files: what a list shows, with its filters, as CSV and JSON.

use super::{conversions, disputes, referrers, review, rewards, settings};
use crate::ledger::desk::Wanted;
use crate::ledger::file::{Cursor, Table};
use crate::pages::desk::Desk;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use referral::table::Format;
use serde_json::Value;

/// Where the files of a list are.
#[derive(Clone)]
pub(super) struct Files {
    /// Which table it is, for whoever does not see what stands beside the links.
    pub(super) label: String,
    pub(super) csv: String,
    pub(super) json: String,
}

impl Files {
    /// The files of a path, with the list's filters: `?show=sales`, or nothing.
    pub(super) fn new(frame: &Frame, path: &str, filters: &str) -> Self {
        let file = |format: Format| frame.to(&format!("{path}.{}{filters}", format.ending()));
        let word = path.rsplit('/').next().unwrap_or(path);
        Self { label: frame.words.of("table", word), csv: file(Format::Csv), json: file(Format::Json) }
    }
}

/// Which rows: what the page of the list would show, from its beginning on.
fn wanted(desk: &Desk<'_>, table: Table) -> Result<Value, Problem> {
    let asked = |name: &str| desk.visit.asked(name).filter(|_| !matches!(name, "before" | "at"));
    let list = |wanted: Wanted| serde_json::to_value(Wanted { before: None, ..wanted });
    Ok(match table {
        Table::Conversions => list(conversions::wanted(desk.visit).1),
        Table::Referrers => serde_json::to_value(referrers::filter(asked)),
        Table::Flags => serde_json::to_value(review::filter::read(asked)),
        Table::Disputes => list(disputes::wanted(desk.visit).1),
        Table::Rewards => list(rewards::wanted(desk.visit).1),
        Table::Audit => serde_json::to_value(settings::audit::filter(asked)),
        _ => list(Wanted::default()),
    }?)
}

/// A table of the ledger.
pub(in crate::pages) async fn show(desk: &Desk<'_>, table: Table, format: Format) -> Result<Reply, Problem> {
    sent(desk, table, table.word(), format, wanted(desk, table)?).await
}

/// A table of the ledger under a name.
pub(super) async fn sent(
    desk: &Desk<'_>,
    table: Table,
    called: &str,
    format: Format,
    wanted: Value,
) -> Result<Reply, Problem> {
    let cursor =
        Cursor { table: table.word().to_owned(), format: format.ending().to_owned(), wanted, begun: false };
    let name = name(desk, called, format).await?;
    Ok(Reply::streamed(name, format.media(), desk.stream(&cursor, &desk.words).await?))
}

/// `fern-conversions-2026-11-21.csv`: program, table, day; a twin's say so.
pub(super) async fn name(desk: &Desk<'_>, called: &str, format: Format) -> Result<String, Problem> {
    // The section is of no account: a file has no navigation.
    Ok(named(&desk.frame(Section::Overview).await?, called, format))
}

/// The same, of a frame that is there.
pub(super) fn named(frame: &Frame, called: &str, format: Format) -> String {
    let mode = if frame.is_test() { "-test" } else { "" };
    format!("{}{mode}-{called}-{}.{}", frame.program.slug, frame.now.day(), format.ending())
}

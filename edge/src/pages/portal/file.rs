//! Their lists as files: what a page shows, with its filter, as CSV and JSON.

use super::frame::Frame;
use super::rewards;
use super::seat::Seat;
use crate::ledger::desk::Wanted;
use crate::ledger::file::Cursor;
use crate::ledger::portal::file::Own;
use crate::pages::choice;
use crate::pages::reply::Reply;
use crate::problem::Problem;
use referral::table::Format;

/// Where the files of a list are.
pub(super) struct Files {
    pub(super) csv: String,
    pub(super) json: String,
}

impl Files {
    /// The files of a list, with its filter: `?show=sales`, or nothing.
    pub(super) fn new(frame: &Frame, list: Own, filter: &str) -> Self {
        let file = |format: Format| frame.to(&format!("{}.{}{filter}", list.word(), format.ending()));
        Self { csv: file(Format::Csv), json: file(Format::Json) }
    }
}

/// A list of theirs, from its beginning on.
pub(super) async fn show(seat: &Seat<'_>, list: Own, format: Format) -> Result<Reply, Problem> {
    let wanted = match list {
        Own::Conversions => choice::wanted_conversions(seat.visit).1,
        Own::Rewards => rewards::wanted(seat.visit).1,
        Own::Disputes => Wanted::default(),
    };
    let cursor = Cursor {
        table: list.word().to_owned(),
        format: format.ending().to_owned(),
        wanted: serde_json::to_value(Wanted { before: None, ..wanted })?,
        begun: false,
    };
    let name = format!("{}-{}.{}", seat.program.facts.slug, list.word(), format.ending());
    Ok(Reply::streamed(name, format.media(), seat.stream(&cursor, &seat.words).await?))
}

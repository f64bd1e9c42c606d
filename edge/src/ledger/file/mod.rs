//! A table as a file, piece by piece: the Worker asks for the pieces as they are read and strings them together, so that
//! neither it nor the ledger ever holds more than one. Rows come in the order of their list, each as it is when it is read;
//! between two pieces the ledger goes on with its work. Reads only, but for the ranking's day, and keeps nothing.

pub(crate) mod table;

use super::book::Book;
use super::dossier;
use super::portal::file::Own;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use referral::table::Format;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
pub(crate) use table::{TABLES, Table};

/// Rows of a piece. A request to an object counts in a Worker, which may make a thousand.
const ROWS: usize = 1000;

/// Which file, and where it goes on; the Worker keeps it between two pieces.
#[derive(Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// As [`Table::named`] takes it; in a referrer's name as [`Own::named`] does.
    pub(crate) table: String,
    /// As [`Format::named`] takes it.
    pub(crate) format: String,
    /// The list's own filter, as its page asks for it; `before` in it is the row the next piece goes on from.
    pub(crate) wanted: Value,
    /// Whether rows were written already.
    pub(crate) begun: bool,
}

/// Answers with a line for the Worker, the cursor of the next piece or nothing, and a piece.
pub(crate) async fn piece(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let own = match (&request.meta.session, &request.meta.portal) {
        (Some(_), _) => None,
        (None, Some(entered)) => Some(entered.referrer_id.as_str()),
        (None, None) => return Err(Problem::not_found()),
    };
    let cursor = request.meta.cursor.as_deref().ok_or_else(Problem::not_found)?;
    if request.meta.stop {
        return Ok(Answer { status: 200, body: "\n".to_owned() });
    }
    let mut cursor: Cursor = serde_json::from_str(cursor)?;
    let format = Format::named(&cursor.format).ok_or_else(Problem::not_found)?;
    book.approve_due()?;
    let (columns, rows) = if let Some(id) = own {
        let list = Own::named(&cursor.table).ok_or_else(Problem::not_found)?;
        (list.columns(), list.rows(book, id, &cursor.wanted, ROWS)?)
    } else {
        let table = Table::named(&cursor.table).ok_or_else(Problem::not_found)?;
        (table.columns(), table.rows(book, request, &cursor.wanted, ROWS).await?)
    };
    let mut out = String::new();
    if !cursor.begun {
        format.begin(columns, &mut out);
    }
    for (_, row) in &rows {
        format.row(columns, row, !cursor.begun, &mut out);
        cursor.begun = true;
    }
    let next = match rows.last() {
        Some((seq, row)) if rows.len() == ROWS => {
            cursor.wanted["before"] = json!(seq);
            if let Some(at) = dossier::ranked(row) {
                cursor.wanted["at"] = json!(at);
            }
            serde_json::to_string(&cursor)?
        }
        _ => {
            format.end(&mut out);
            String::new()
        }
    };
    Ok(Answer { status: 200, body: format!("{next}\n{out}") })
}

//! `GET /v1/export`: the ledger as it is at one moment, page by page. The Worker asks for the pages and strings them
//! together; between two of them the ledger goes on with its work. Rows that change meanwhile are read as they were, see
//! `was` in `schema_7.sql`.

use super::super::book::{Book, new_id};
use super::super::chain;
use super::super::request::Request;
use super::{API_KEY, DISPUTE, LEDGER, SCHEMA, WORDS, tables};
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Whole, Writes, sql};
use referral::archive::{FORMAT, Head, Header, Writer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How long a page becomes, in bytes. A request to an object counts in a Worker, which may make a thousand: 4 GB.
#[cfg(not(feature = "failpoints"))]
const PAGE: usize = 4_194_304;
/// The tests' build has many pages of few rows, so that much happens between them.
#[cfg(feature = "failpoints")]
const PAGE: usize = 10_000;
/// How many rows are read at a time.
#[cfg(not(feature = "failpoints"))]
const AT_A_TIME: usize = 500;
#[cfg(feature = "failpoints")]
const AT_A_TIME: usize = 5;
/// An export that was not read to its end within this time is forgotten, in milliseconds.
const LONGEST_MS: i64 = 6 * 3_600_000;

/// Where an export goes on; the Worker keeps it between two pages.
#[derive(Serialize, Deserialize)]
struct Cursor {
    reading: String,
    writer: Writer,
    /// The table of the next row.
    table: usize,
    /// The key of the last row of that table, once there was one.
    after: Option<Vec<Value>>,
}

/// An export under way, as it is stored.
struct Reading {
    since: i64,
    /// The last row of each table that numbers its rows.
    bounds: BTreeMap<String, i64>,
    personal: bool,
}

/// Answers with a line for the Worker, the cursor of the next page or nothing, and a page.
pub(crate) fn page(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let mut out = String::new();
    let cursor = match &request.meta.cursor {
        Some(cursor) => serde_json::from_str(cursor)?,
        None => begin(book, request, &mut out)?,
    };
    if request.meta.stop {
        end(book, &cursor.reading)?;
        return Ok(Answer { status: 200, body: "\n".to_owned() });
    }
    let next = fill(book, cursor, &mut out)?;
    let next = next.map(|cursor| serde_json::to_string(&cursor)).transpose()?;
    Ok(Answer { status: 200, body: format!("{}\n{out}", next.unwrap_or_default()) })
}

fn begin(book: &Book, request: &Request, out: &mut String) -> Result<Cursor, Problem> {
    let personal = match request.query.as_str() {
        "" | "personal=true" => true,
        "personal=false" => false,
        _ => return Err(Problem::field("query", "unknown_field", "takes personal=true or personal=false")),
    };
    forget_old(book)?;
    let mut bounds = BTreeMap::new();
    for table in tables().filter(|table| table.numbered) {
        bounds.insert(table.name, book.database.last_number(table)?);
    }
    let since: Option<(i64,)> = book.database.row(sql!("ledger/was_last"), &[(); 0])?;
    let id = new_id("exp")?;
    let mut writes = Writes::default();
    let row = (
        &id,
        since.map_or(0, |(seq,)| seq),
        serde_json::to_string(&bounds)?,
        i64::from(personal),
        book.now().ms(),
    );
    writes.add(sql!("ledger/reading_insert"), &row)?;
    book.commit(writes, request.failpoint())?;
    let program = book.program()?;
    let (seq, root) = chain::end(book)?;
    let mut counts = BTreeMap::new();
    for table in LEDGER.iter().copied() {
        counts.insert(table.name.to_owned(), book.database.count(table)?);
    }
    let header = Header {
        goodword_export: FORMAT,
        schema: SCHEMA,
        mode: request.meta.mode().to_owned(),
        program_id: program.facts.id.clone(),
        slug: program.facts.slug.clone(),
        currency: program.currency.code().to_owned(),
        exported_at: book.now().to_string(),
        personal,
        head: Head { seq, root },
        retention: Some(program.facts.retention),
        counts,
    };
    let mut cursor = Cursor { reading: id, writer: Writer::default(), table: 0, after: None };
    cursor.writer.header(out, &header);
    Ok(cursor)
}

/// Writes rows until the page is full; gives where the next one begins.
fn fill(book: &Book, mut cursor: Cursor, out: &mut String) -> Result<Option<Cursor>, Problem> {
    let under_way = reading(book, &cursor.reading)?;
    let wanted = tables().count() - if under_way.personal { 0 } else { super::PERSONAL.len() };
    while let Some(table) = tables().take(wanted).nth(cursor.table) {
        let bound = under_way.bounds.get(table.name).copied();
        let rows =
            book.database.whole_rows(table, cursor.after.as_deref(), bound, under_way.since, AT_A_TIME)?;
        let mut last = None;
        let mut count = 0;
        for row in rows.lines() {
            count += 1;
            match altered(table, row, under_way.personal)? {
                Some(row) => cursor.writer.row(out, table.name, &row),
                None => cursor.writer.row(out, table.name, row),
            }
            last = Some(row);
        }
        match last {
            Some(row) if count == AT_A_TIME => cursor.after = Some(key(table, row)?),
            _ => (cursor.table, cursor.after) = (cursor.table + 1, None),
        }
        if out.len() >= PAGE {
            return Ok(Some(cursor));
        }
    }
    cursor.writer.end(out);
    end(book, &cursor.reading)?;
    Ok(None)
}

/// A row without what is not exported; none where all of it is.
fn altered(table: Whole, row: &str, personal: bool) -> Result<Option<String>, Problem> {
    let words = WORDS.iter().find(|(name, _)| *name == table.name && !personal);
    if table.name != API_KEY && words.is_none() {
        return Ok(None);
    }
    let mut fields: Map<String, Value> = serde_json::from_str(row)?;
    if table.name == API_KEY {
        fields.shift_remove("hash");
    }
    if let Some((table, column)) = words {
        let left = left_without_words(table, column, &fields);
        fields.insert((*column).to_owned(), left);
    }
    Ok(Some(serde_json::to_string(&fields)?))
}

/// What stays of a column of [`WORDS`], as an erasure leaves it.
fn left_without_words(table: &str, column: &str, fields: &Map<String, Value>) -> Value {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let of_ours = |about: &str| about.starts_with("sal_") || about.starts_with("led_");
    match (table, column) {
        (DISPUTE, _) if of_ours(text(column)) => text(column).into(),
        (DISPUTE, _) => text("id").into(),
        ("lead_stage", _) if text("decided_by") == "rule" => text(column).into(),
        ("lead_stage" | "dispute_decision", _) if fields.get(column).is_some_and(Value::is_string) => {
            "".into()
        }
        _ => Value::Null,
    }
}

fn key(table: Whole, row: &str) -> Result<Vec<Value>, Problem> {
    let mut fields: Map<String, Value> = serde_json::from_str(row)?;
    Ok(table.key.iter().map(|column| fields.remove(*column).unwrap_or_default()).collect())
}

fn reading(book: &Book, id: &str) -> Result<Reading, Problem> {
    let row: Option<(i64, String, i64)> = book.database.row(sql!("ledger/reading"), &[id])?;
    let (since, bounds, personal) = row.ok_or_else(|| {
        Problem::conflict("export_expired", "This export took longer than six hours. Begin anew.")
    })?;
    Ok(Reading { since, bounds: serde_json::from_str(&bounds)?, personal: personal == 1 })
}

fn end(book: &Book, id: &str) -> Result<(), Problem> {
    let mut writes = Writes::default();
    writes.add(sql!("ledger/reading_delete"), &[id])?;
    writes.add(sql!("ledger/was_delete"), &[(); 0])?;
    book.commit(writes, None)
}

/// Forgets exports that nobody reads any more, with what was kept for them.
pub(crate) fn forget_old(book: &Book) -> Result<(), Problem> {
    let since = book.now().ms() - LONGEST_MS;
    let old: Option<(i64,)> = book.database.row(sql!("ledger/reading_old"), &[since])?;
    if old.is_none() {
        return Ok(());
    }
    let mut writes = Writes::default();
    writes.add(sql!("ledger/reading_forget"), &[since])?;
    writes.add(sql!("ledger/was_delete"), &[(); 0])?;
    book.commit(writes, None)
}

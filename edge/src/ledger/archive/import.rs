//! `POST /v1/import`: a file of an export into a program that was never used, all of it or nothing.
//!
//! The Worker sends the body in pieces of whole lines. Lines are read, believed only if their sums say so, and staged
//! beside the ledger; after the last one all rows are stored in one transaction, in which the chain is walked to the root
//! that the first line named. What is refused or broken off leaves the program as empty as it was.

use super::super::book::Book;
use super::super::chain;
use super::super::erasure::retention;
use super::super::request::Request;
use super::{API_KEY, SCHEMA, tables};
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{SqlError, Whole, Writes, sql};
use referral::archive::{Fault, Fields, Header, Line, Reader};
use referral::chain::{Root, Walk};
use referral::facts::ProgramFacts;
use referral::input::FieldError;
use referral::retention::Retention;
use referral::terms::Terms;
use serde_json::json;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The longest piece, in bytes: a body of the Worker's pieces and one line more than they have.
pub(crate) const LONGEST: u32 = 12_582_912;
/// How long the pieces are that the Worker makes, in bytes.
pub(crate) const PIECE: u32 = 4_194_304;
/// How much is staged by one statement, in bytes. A text that is bound has at most 2 MB.
const STAGED_AT_A_TIME: usize = 400_000;
/// What was staged and never finished is forgotten after this time, in milliseconds.
const LONGEST_MS: i64 = 24 * 3_600_000;
/// How a first line begins.
const BEGINNING: &str = r#"{"goodword_export":"#;

/// Reads a piece. The facts of the program come with the answer once the file is stored: the directory must hear of them.
pub(crate) fn piece(book: &Book, request: &Request) -> Result<(Answer, Option<ProgramFacts>), Problem> {
    let piece = request.meta.piece.ok_or_else(Problem::not_found)?;
    let stored: Option<(String,)> = book.database.row(sql!("ledger/import"), &[(); 0])?;
    let anew = stored.is_none() || (piece.first && request.body.starts_with(BEGINNING));
    let mut reader = match stored {
        Some((reader,)) if !anew => serde_json::from_str(&reader)?,
        _ => Reader::default(),
    };
    let known: Option<(String, String)> = book.database.row(sql!("ledger/imported"), &[(); 0])?;
    if anew {
        discard(book)?;
    }
    if known.is_none() && !is_empty(book)? {
        discard(book)?;
        return Err(not_empty());
    }
    let mut staging = Staging { writes: Writes::default(), rows: String::new(), columns: BTreeMap::new() };
    if let Err(fault) = read(book, request, &mut reader, known.is_none().then_some(&mut staging))? {
        return refuse(book, &fault);
    }
    staging.flush()?;
    let mut writes = staging.writes;
    writes.add(sql!("ledger/import_put"), &(serde_json::to_string(&reader)?, book.now().ms()))?;
    let last = piece.last && (!piece.more || reader.ended());
    // Of the last piece, the tests' errors happen where the file is stored.
    book.commit(writes, request.failpoint().filter(|_| !last))?;
    if !last {
        let body = json!({ "complete": false, "lines": reader.lines() });
        return Ok((Answer::json(202, &body)?, None));
    }
    if let Err(fault) = reader.finish() {
        return refuse(book, &fault);
    }
    if let Some((sum, answer)) = known {
        discard(book)?;
        let same = sum == reader.sum().to_string();
        let facts = book.program()?.facts.clone();
        return if same { Ok((Answer { status: 200, body: answer }, Some(facts))) } else { Err(not_empty()) };
    }
    match store(book, request, &reader) {
        Ok((answer, facts)) => {
            retention::expect(book)?;
            Ok((answer, Some(facts)))
        }
        Err(problem) => {
            discard(book)?;
            Err(problem)
        }
    }
}

/// Lines on their way to the table they wait in.
struct Staging {
    writes: Writes,
    rows: String,
    columns: BTreeMap<usize, Vec<String>>,
}

impl Staging {
    fn add(&mut self, line: u64, row: &str) -> Result<(), SqlError> {
        self.rows.push(if self.rows.is_empty() { '[' } else { ',' });
        self.rows.push_str(&serde_json::to_string(&(line, row))?);
        if self.rows.len() > STAGED_AT_A_TIME { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), SqlError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        self.rows.push(']');
        self.writes.add(sql!("ledger/staged_insert"), &[std::mem::take(&mut self.rows)])
    }

    /// Whether a row has the columns of its table, all of them and no others.
    fn fits(&mut self, book: &Book, table: usize, fields: &Fields) -> Result<bool, SqlError> {
        let columns = match self.columns.entry(table) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                let whole = tables().nth(table).ok_or_else(|| SqlError("no such table".to_owned()))?;
                let mut columns = book.database.columns(whole)?;
                columns.retain(|column| whole.name != API_KEY || column != "hash");
                free.insert(columns)
            }
        };
        Ok(fields.0.len() == columns.len() && fields.0.iter().all(|(name, _)| columns.contains(name)))
    }
}

/// Reads the lines of a piece; what is not to be stored again is not staged.
fn read(
    book: &Book,
    request: &Request,
    reader: &mut Reader,
    mut staging: Option<&mut Staging>,
) -> Result<Result<(), Fault>, Problem> {
    let names: Vec<&str> = tables().map(|table| table.name).collect();
    let body = request.body.strip_suffix('\n').unwrap_or(&request.body);
    for text in body.split('\n').filter(|_| !request.body.is_empty()) {
        let line = match reader.line(text, &names) {
            Ok(line) => line,
            Err(fault) => return Ok(Err(fault)),
        };
        let why = match line {
            Line::Header(header) => foreign(book, request, &header)?,
            Line::Row(table, row, fields) => match &mut staging {
                None => None,
                Some(staging) => {
                    let fits = staging.fits(book, table, &fields)?;
                    staging.add(reader.lines(), row)?;
                    (!fits).then(|| "has not the columns of its table".to_owned())
                }
            },
            Line::End => None,
        };
        if let Some(why) = why {
            return Ok(Err(Fault { line: reader.lines(), why }));
        }
    }
    Ok(Ok(()))
}

/// Why a file cannot go into this program.
fn foreign(book: &Book, request: &Request, header: &Header) -> Result<Option<String>, Problem> {
    let program = book.program()?;
    let (mode, currency) = (request.meta.mode(), program.currency.code());
    let why = |what: &str, theirs: &str, ours: &str| {
        Some(format!("says {what} {theirs}, and this program has {ours}"))
    };
    Ok(if header.schema != SCHEMA {
        why("schema", &header.schema.to_string(), &SCHEMA.to_string())
    } else if header.mode != mode {
        why("mode", &header.mode, mode)
    } else if header.currency != currency {
        why("currency", &header.currency, currency)
    } else if !header.retention.is_none_or(Retention::is_sound) {
        Some("says for how many months customers are known, and nobody may set so many".to_owned())
    } else {
        None
    })
}

fn not_empty() -> Problem {
    Problem::conflict(
        "program_not_empty",
        "A ledger is taken in by a program that was never used. Open a new one, or send the file it was made from.",
    )
}

/// Whether nothing was ever written in the program but its opening, its keys and their log.
fn is_empty(book: &Book) -> Result<bool, Problem> {
    let opened = |table: &Whole| matches!(table.name, "terms" | "fraud_settings" | "audit" | API_KEY);
    for table in tables().filter(|table| !opened(table)) {
        if book.database.count(table)? > 0 {
            return Ok(false);
        }
    }
    let program = book.program()?;
    Ok(program.last_version == 1 && program.fraud.version == 1)
}

fn refuse<T>(book: &Book, fault: &Fault) -> Result<T, Problem> {
    discard(book)?;
    Err(damaged(&format!("line {}", fault.line), &fault.why))
}

fn damaged(place: &str, why: &str) -> Problem {
    let detail = format!("The file is refused, and nothing of it was stored: {place} {why}.");
    let error = FieldError::new(place, "not_importable", why);
    Problem {
        errors: vec![error],
        ..Problem::new(422, "import_refused", "The file is not a whole export", detail)
    }
}

/// Takes out what was staged. Overwritten first: a removed row leaves its bytes in the file.
fn discard(book: &Book) -> Result<(), Problem> {
    let mut writes = Writes::default();
    writes.add(sql!("ledger/staged_overwrite"), &(0, referral::money::LARGEST_AMOUNT))?;
    writes.add(sql!("ledger/staged_delete"), &[(); 0])?;
    writes.add(sql!("ledger/import_delete"), &[(); 0])?;
    book.commit(writes, None)
}

/// Forgets a file whose rest never came.
pub(crate) fn forget_old(book: &Book) -> Result<(), Problem> {
    let old: Option<(i64,)> =
        book.database.row(sql!("ledger/import_old"), &[book.now().ms() - LONGEST_MS])?;
    if old.is_some() { discard(book) } else { Ok(()) }
}

/// The lines of each table.
fn ranges(reader: &Reader) -> impl Iterator<Item = (Whole, (u64, u64))> + '_ {
    let mut next = 2;
    tables().map(move |table| {
        let first = next;
        next += reader.counts().get(table.name).copied().unwrap_or(0);
        (table, (first, next - 1))
    })
}

/// Stores a file that is whole.
fn store(book: &Book, request: &Request, reader: &Reader) -> Result<(Answer, ProgramFacts), Problem> {
    let header = reader.header().ok_or_else(|| Problem::internal("a whole file has a first line"))?;
    let answer = json!({
        "complete": true,
        "lines": reader.lines(),
        "entries": reader.counts().get("entry").copied().unwrap_or(0),
        "seq": header.head.seq,
        "root": header.head.root,
        "sum": reader.sum(),
        "program_id": header.program_id,
        "exported_at": header.exported_at,
    });
    let answer = Answer::json(201, &answer)?;
    let mut facts = book.program()?.facts.clone();
    // What the caller is told of a transaction that was rolled back.
    let refused: Cell<Option<Problem>> = Cell::new(None);
    let mut left = request.failpoint().map(|point| point.after);
    let mut failpoint = move || {
        let failed = left == Some(0);
        left = left.map(|left| left - 1);
        if failed { Err(SqlError("failpoint".to_owned())) } else { Ok(()) }
    };
    let outcome = book.database.transact(|| {
        let database = &book.database;
        failpoint()?;
        let audit: Vec<(i64, String, String, String, String)> =
            database.rows(sql!("ledger/audit_all"), &[(); 0])?;
        for (name, statement) in [
            ("terms_remain", sql!("ledger/terms_delete")),
            ("fraud_settings_remain", sql!("ledger/fraud_settings_delete")),
            ("audit_remain", sql!("ledger/audit_delete")),
        ] {
            database
                .without_trigger(sql!("ledger/trigger_text"), name, || database.write(statement, &[(); 0]))?;
            failpoint()?;
        }
        for (table, (first, last)) in ranges(reader).filter(|(_, (first, last))| first <= last) {
            let now = book.now().ms();
            let expires = format!("min(coalesce(body ->> '$.expires_at', {now}), {now})");
            let key = [("hash", "'imported ' || (body ->> '$.id')"), ("expires_at", expires.as_str())];
            let instead = if table.name == API_KEY { key.as_slice() } else { &[] };
            if let Err(error) = database.unstage(table, (first, last), instead) {
                if error.0.contains("SQLITE_CONSTRAINT") {
                    let place = format!("lines {first} to {last}");
                    refused.set(Some(damaged(&place, &format!("({}) do not fit together", table.name))));
                }
                return Err(error);
            }
            failpoint()?;
        }
        if let Some(why) = unproven(book, header)? {
            refused.set(Some(damaged("line 1", &why)));
            return Err(SqlError("the chain does not hold".to_owned()));
        }
        for row in &audit {
            database.write(sql!("ledger/audit_insert"), row)?;
        }
        let actor = book.caller(request).map_or_else(|| "operator".to_owned(), |key| key.id);
        let row = (book.now().ms(), actor, "ledger.imported", &header.program_id, &request.meta.request_id);
        database.write(sql!("ledger/audit_insert"), &row)?;
        failpoint()?;
        let terms: Option<(u32, String, i64, u32, u8)> =
            database.row(sql!("ledger/terms_newest"), &[(); 0])?;
        let Some((_, terms, ..)) = terms else {
            refused.set(Some(damaged("line 2", "should be terms, and there are none")));
            return Err(SqlError("no terms".to_owned()));
        };
        let terms: Terms = serde_json::from_str(&terms)?;
        facts.follow(&terms);
        facts.retention = header.retention.unwrap_or(facts.retention);
        facts.version = book.program().map_or(facts.version, |program| program.facts.version) + 1;
        database.write(sql!("ledger/program_update"), &[serde_json::to_string(&facts)?])?;
        database.write(sql!("ledger/imported_insert"), &(reader.sum().to_string(), &answer.body))?;
        for (table, (first, last)) in ranges(reader) {
            if super::may_name(&table) {
                database.write(sql!("ledger/staged_overwrite"), &(first, last))?;
            }
        }
        database.write(sql!("ledger/staged_delete"), &[(); 0])?;
        database.write(sql!("ledger/import_delete"), &[(); 0])?;
        failpoint()
    });
    book.forget();
    book.audience.note();
    match (outcome, refused.take()) {
        (Ok(()), _) => Ok((answer, facts)),
        (Err(_), Some(problem)) => Err(problem),
        (Err(error), None) => Err(error.into()),
    }
}

/// Why the rows that now stand in the ledger are not what the first line says; walks the chain from its beginning.
fn unproven(book: &Book, header: &Header) -> Result<Option<String>, SqlError> {
    let mut walk = Walk::default();
    while chain::walk_some(book, &mut walk)? {}
    if walk.bad().is_none() && chain::rows_without_a_link(book, &walk)? {
        walk.rows_without_a_link();
    }
    let expected = (header.head.seq, Root::parse(&header.head.root));
    Ok(match walk.bad() {
        Some(seq) => Some(format!("names a root that the rows do not come to: link {seq} does not hold")),
        None if (walk.seq(), Some(walk.root())) != expected => {
            Some("names a root that the rows do not come to".to_owned())
        }
        None if walk.sums().values().any(|sum| sum.people + sum.program != 0) => {
            Some("begins a file whose two sides of the book differ".to_owned())
        }
        None => None,
    })
}

//! SQL from files, rows as typed tuples, writes in one transaction.

use crate::js;
use referral::api_key::sha256_hex;
use referral::chain::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::JsValue;
use worker::worker_sys::{DurableObjectStorage, SqlStorage};

/// No end, as SQLite's `LIMIT` has it.
pub(crate) const ALL: i64 = -1;

/// One statement, from a file under `edge/sql`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement(pub(crate) &'static str);

/// Names a statement's file: `sql!("ledger/sale_insert")`.
macro_rules! sql {
    ($name:literal) => {
        $crate::sql::Statement(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/", $name, ".sql")))
    };
}
pub(crate) use sql;

thread_local! {
    static INTERNED: RefCell<HashMap<usize, u32>> = RefCell::new(HashMap::new());
}

impl Statement {
    /// The host's number for this text; the text crosses once per isolate.
    fn id(self) -> u32 {
        INTERNED.with(|known| {
            *known.borrow_mut().entry(self.0.as_ptr() as usize).or_insert_with(|| js::intern(self.0))
        })
    }
}

/// A table of the ledger whose rows are read and written whole, whatever their columns. What is done with it is put
/// together here and nowhere else, from names that stand in our own code and in the schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whole {
    pub(crate) name: &'static str,
    /// The columns that name a row and give the order.
    pub(crate) key: &'static [&'static str],
    /// Whether later rows have greater numbers, so that a number tells what was there before.
    pub(crate) numbered: bool,
}

impl Whole {
    pub(crate) const fn numbered(name: &'static str, key: &'static [&'static str]) -> Self {
        Self { name, key, numbered: true }
    }

    pub(crate) const fn keyed(name: &'static str, key: &'static [&'static str]) -> Self {
        Self { name, key, numbered: false }
    }

    /// Reads rows after a key (where `after`), up to a number or all that were there at a time, as they were then.
    fn page(self, after: bool) -> String {
        let Self { name, key, numbered } = self;
        let columns = key.join(", ");
        // With the table: `was` has a column `seq` too.
        let own: Vec<String> = key.iter().map(|column| format!("{name}.{column}")).collect();
        let named = own.join(" || ' ' || ");
        let past = format!("FROM was w WHERE w.source = '{name}' AND w.key = {named} || '' AND w.seq > ?2");
        let there = if numbered {
            "rowid <= ?3".to_owned()
        } else {
            format!("?3 IS NULL AND NOT EXISTS (SELECT 1 {past} AND w.body IS NULL)")
        };
        let start = match key.len() {
            _ if !after => String::new(),
            1 => format!("AND {columns} > ?4"),
            _ => format!("AND ({columns}) > (?4, ?5)"),
        };
        format!(
            "SELECT *, (SELECT w.body {past} AND w.body IS NOT NULL ORDER BY w.seq LIMIT 1) AS was
             FROM {name} WHERE {there} {start} ORDER BY {columns} LIMIT ?1"
        )
    }
}

/// What can go wrong between us and SQLite. Always our fault, never the caller's.
#[derive(Debug)]
pub(crate) struct SqlError(pub(crate) String);

impl From<JsValue> for SqlError {
    fn from(thrown: JsValue) -> Self {
        let text = js_sys::Error::from(thrown).message();
        Self(text.into())
    }
}

impl From<serde_json::Error> for SqlError {
    fn from(error: serde_json::Error) -> Self {
        Self(format!("row does not fit its type: {error}"))
    }
}

/// An object's database.
pub(crate) struct Database {
    storage: DurableObjectStorage,
    sql: SqlStorage,
}

/// For the tests' build: where a commit is made to fail.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failpoint {
    /// Fail after this many statements.
    pub(crate) after: i32,
    /// Keep the transaction around the statements.
    pub(crate) atomic: bool,
}

impl Database {
    pub(crate) fn new(storage: DurableObjectStorage) -> Self {
        let sql = storage.sql();
        Self { storage, sql }
    }

    pub(crate) fn storage(&self) -> &DurableObjectStorage {
        &self.storage
    }

    /// All rows of a query. Bindings: a tuple, array or `Vec` of JSON values; a row: a tuple.
    pub(crate) fn rows<T: DeserializeOwned>(
        &self,
        statement: Statement,
        bindings: &impl Serialize,
    ) -> Result<Vec<T>, SqlError> {
        let bindings = serde_json::to_string(bindings)?;
        let rows = js::rows(&self.sql, statement.id(), &bindings)?;
        Ok(serde_json::from_str(&rows)?)
    }

    /// The first row, if any.
    pub(crate) fn row<T: DeserializeOwned>(
        &self,
        statement: Statement,
        bindings: &impl Serialize,
    ) -> Result<Option<T>, SqlError> {
        Ok(self.rows(statement, bindings)?.into_iter().next())
    }

    /// Runs a text of several statements (a schema step).
    pub(crate) fn script(&self, text: &str) -> Result<(), SqlError> {
        Ok(js::script(&self.sql, text)?)
    }

    /// Whole rows of a table as JSON objects, one a line: at most so many, after a key, up to a number, as they were
    /// when `was` had come to `since`.
    pub(crate) fn whole_rows(
        &self,
        table: Whole,
        after: Option<&[serde_json::Value]>,
        bound: Option<i64>,
        since: i64,
        most: usize,
    ) -> Result<String, SqlError> {
        let mut bindings = vec![most.into(), since.into(), bound.into()];
        bindings.extend(after.into_iter().flatten().cloned());
        Ok(js::objects(&self.sql, &table.page(after.is_some()), &serde_json::to_string(&bindings)?)?)
    }

    /// The number of a table's last row.
    pub(crate) fn last_number(&self, table: Whole) -> Result<i64, SqlError> {
        self.number(&format!("SELECT coalesce(max(rowid), 0) FROM {}", table.name))
    }

    /// How many rows a table has.
    pub(crate) fn count(&self, table: Whole) -> Result<u64, SqlError> {
        Ok(self.number(&format!("SELECT count(*) FROM {}", table.name))?.unsigned_abs())
    }

    fn number(&self, query: &str) -> Result<i64, SqlError> {
        let rows: Vec<(i64,)> = serde_json::from_str(&js::rows_of(&self.sql, query, "[]")?)?;
        Ok(rows.first().map_or(0, |(number,)| *number))
    }

    /// The names of a table's columns.
    pub(crate) fn columns(&self, table: Whole) -> Result<Vec<String>, SqlError> {
        Ok(serde_json::from_str(&js::columns(&self.sql, &format!("SELECT * FROM {} LIMIT 0", table.name))?)?)
    }

    /// Fills a table from staged rows, lines `first` to `last` of a file. Columns that no file has get a value by an
    /// expression; such rows may be there already.
    pub(crate) fn unstage(
        &self,
        table: Whole,
        (first, last): (u64, u64),
        instead: &[(&str, &str)],
    ) -> Result<(), SqlError> {
        let columns = self.columns(table)?;
        let value = |column: &String| {
            let given = instead.iter().find(|(name, _)| name == column);
            given.map_or_else(|| format!("body ->> '$.{column}'"), |(_, value)| (*value).to_owned())
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        let or = if instead.is_empty() { "" } else { "OR IGNORE" };
        let insert = format!(
            "INSERT {or} INTO {} ({}) SELECT {} FROM staged WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq",
            table.name,
            columns.join(", "),
            values.join(", ")
        );
        js::rows_of(&self.sql, &insert, &serde_json::to_string(&(first, last))?)?;
        Ok(())
    }

    /// Does something that a trigger forbids, and puts the trigger back as it was. Call it in a transaction.
    pub(crate) fn without_trigger(
        &self,
        text: Statement,
        name: &str,
        run: impl FnOnce() -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        let trigger: Option<(String,)> = self.row(text, &[name])?;
        let (trigger,) = trigger.ok_or_else(|| SqlError(format!("there is no trigger {name}")))?;
        self.script(&format!("DROP TRIGGER {name}"))?;
        run()?;
        self.script(&trigger)
    }

    /// Runs one write at once; for steps of [`Database::transact`].
    pub(crate) fn write(&self, statement: Statement, bindings: &impl Serialize) -> Result<(), SqlError> {
        js::rows(&self.sql, statement.id(), &serde_json::to_string(bindings)?)?;
        Ok(())
    }

    /// Runs `steps` in one transaction: all or nothing.
    pub(crate) fn transact(&self, mut steps: impl FnMut() -> Result<(), SqlError>) -> Result<(), SqlError> {
        let mut run = || steps().map_err(|error| JsValue::from(js_sys::Error::new(&error.0)));
        Ok(js::transact(&self.storage, &mut run)?)
    }

    /// Brings the schema to the newest version: each step runs once, forwards, with its mark in the same transaction.
    /// A step that a crash cut off is run again as a whole. Views hold nothing, so no step speaks of them: they are made
    /// anew when they have changed.
    pub(crate) fn migrate(&self, steps: &[&str], views: &str) -> Result<(), SqlError> {
        const MARKS: &str = "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY) STRICT;
            CREATE TABLE IF NOT EXISTS views_version (sum TEXT PRIMARY KEY) STRICT";
        self.script(MARKS)?;
        let done: Option<(Option<usize>,)> =
            self.row(Statement("SELECT max(version) FROM schema_version"), &[(); 0])?;
        let done = done.and_then(|(version,)| version).unwrap_or(0);
        for (at, step) in steps.iter().enumerate().skip(done) {
            self.transact(|| {
                self.script(step)?;
                self.rows::<()>(Statement("INSERT INTO schema_version (version) VALUES (?)"), &[at + 1])?;
                Ok(())
            })?;
        }
        self.renew_views(views)
    }

    /// Makes the views anew where they are other ones than those there.
    fn renew_views(&self, views: &str) -> Result<(), SqlError> {
        let sum = sha256_hex(views.as_bytes());
        let made: Option<(String,)> = self.row(Statement("SELECT sum FROM views_version"), &[(); 0])?;
        if views.is_empty() || made.is_some_and(|(made,)| made == sum) {
            return Ok(());
        }
        self.transact(|| {
            let old: Vec<(String,)> =
                self.rows(Statement("SELECT name FROM sqlite_master WHERE type = 'view'"), &[(); 0])?;
            for (name,) in old {
                self.script(&format!("DROP VIEW {name}"))?;
            }
            self.script(views)?;
            self.script("DELETE FROM views_version")?;
            self.rows::<()>(Statement("INSERT INTO views_version (sum) VALUES (?)"), &[sum.as_str()])?;
            Ok(())
        })
    }

    /// Stores all writes in one transaction and one crossing.
    pub(crate) fn commit(&self, writes: Writes, failpoint: Option<Failpoint>) -> Result<(), SqlError> {
        let text = writes.finish()?;
        if text.is_empty() {
            return Ok(());
        }
        let (after, atomic) = failpoint.map_or((-1, true), |point| (point.after, point.atomic));
        Ok(js::commit(&self.storage, &text, after, atomic)?)
    }
}

/// How long the rows are that one statement takes at once, in bytes.
const GATHERED_AT_A_TIME: usize = 1_000_000;

/// The writes of one command, in order, ready for [`Database::commit`].
#[derive(Default)]
pub(crate) struct Writes {
    text: String,
    /// Rows for statements that take all of theirs at once.
    gathered: Vec<(Statement, String)>,
    /// Rows among these writes that the ledger's chain will speak for, in their order.
    pub(crate) sealed: Vec<Row>,
}

impl Writes {
    /// Adds one statement with its bindings (a tuple, array or `Vec`).
    pub(crate) fn add(&mut self, statement: Statement, bindings: &impl Serialize) -> Result<(), SqlError> {
        use std::fmt::Write as _;
        let bindings = serde_json::to_string(bindings)?;
        let separator = if self.text.is_empty() { '[' } else { ',' };
        write!(self.text, "{separator}[{},{bindings}]", statement.id())
            .map_err(|error| SqlError(error.to_string()))
    }

    /// Adds a row (a tuple) for a statement whose one binding is a JSON array of rows; it runs last, once for all, or
    /// before, once for as many as fit.
    pub(crate) fn gather(&mut self, statement: Statement, row: &impl Serialize) -> Result<(), SqlError> {
        let row = serde_json::to_string(row)?;
        match self.gathered.iter_mut().find(|(known, _)| known.0.as_ptr() == statement.0.as_ptr()) {
            // A text that is bound has at most 2 MB.
            Some((_, rows)) if rows.len() + row.len() > GATHERED_AT_A_TIME => {
                let mut full = std::mem::replace(rows, format!("[{row}"));
                full.push(']');
                self.add(statement, &[full])?;
            }
            Some((_, rows)) => {
                rows.push(',');
                rows.push_str(&row);
            }
            None => self.gathered.push((statement, format!("[{row}"))),
        }
        Ok(())
    }

    /// The text of all writes; empty where there are none.
    fn finish(mut self) -> Result<String, SqlError> {
        for (statement, mut rows) in std::mem::take(&mut self.gathered) {
            rows.push(']');
            self.add(statement, &[rows])?;
        }
        if !self.text.is_empty() {
            self.text.push(']');
        }
        Ok(self.text)
    }
}

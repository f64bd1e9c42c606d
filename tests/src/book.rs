//! A ledger's SQLite file, read behind the edge's back, and what must hold in it.

use crate::house::House;
use crate::invariants::INVARIANTS;
use crate::program::Program;
use crate::source::file;
use referral::chain::{Row, Walk};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Rows by table.
pub type Dump = BTreeMap<String, Vec<Vec<String>>>;

fn databases(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "sqlite"))
        .collect()
}

/// A copy of a ledger as it stands on disk.
#[derive(Debug)]
pub struct Book {
    database: Connection,
    from: PathBuf,
    copy: PathBuf,
}

impl Drop for Book {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.copy);
    }
}

impl Book {
    /// The ledger whose keys include this one, copied with its write-ahead log. Nothing may be written meanwhile.
    #[track_caller]
    pub fn of(program: &Program, key: &str) -> Self {
        let hash = referral::api_key::sha256_hex(program.key(key).as_bytes());
        Self::find(&program.house, |database| {
            database
                .query_row("SELECT 1 FROM api_key WHERE hash = ?", [&hash], |_| Ok(()))
                .optional()
                .is_ok_and(|row| row.is_some())
        })
        .expect("a ledger with this key")
    }

    /// The live ledger of a program.
    #[track_caller]
    pub fn live(program: &Program) -> Self {
        Self::of(program, "secret_live")
    }

    /// The file itself, to be opened while the edge is down.
    #[track_caller]
    pub fn file(program: &Program, key: &str) -> PathBuf {
        Self::of(program, key).from.clone()
    }

    fn find(house: &House, wanted: impl Fn(&Connection) -> bool) -> Option<Self> {
        databases(&house.storage().join("goodword-ledger")).iter().find_map(|path| {
            let book = Self::copy(house, path)?;
            wanted(&book.database).then_some(book)
        })
    }

    /// Every row of every database of an edge, by the name of its file, to compare two moments.
    pub fn dump_all(house: &House) -> BTreeMap<PathBuf, Dump> {
        let kinds = fs::read_dir(house.storage()).into_iter().flatten().flatten();
        let files = kinds.flat_map(|kind| databases(&kind.path()));
        files.filter_map(|path| Some((path.clone(), Self::copy(house, &path)?.dump()))).collect()
    }

    fn copy(house: &House, path: &Path) -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("copy-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let copy = house.beside(&name);
        fs::create_dir_all(&copy).ok()?;
        let database = copy.join("ledger.sqlite");
        fs::copy(path, &database).ok()?;
        let log = |path: &Path| PathBuf::from(format!("{}-wal", path.display()));
        if log(path).is_file() {
            fs::copy(log(path), log(&database)).ok()?;
        }
        Some(Self { database: Connection::open(database).ok()?, from: path.to_owned(), copy })
    }

    /// Fails where the file is damaged or an invariant is broken.
    #[track_caller]
    pub fn check(&self) {
        let verdict = self.texts("PRAGMA integrity_check", &[]);
        assert_eq!(verdict, ["ok"], "the file is damaged");
        let broken = self.broken();
        assert!(broken.is_empty(), "broken: {broken:#?}");
    }

    /// Every rule of [`INVARIANTS`] that is broken, with the rows that break it, and the chain where it does not hold.
    #[track_caller]
    pub fn broken(&self) -> Vec<(&'static str, Vec<String>)> {
        let found = INVARIANTS.iter().map(|(rule, query)| (*rule, self.texts(query, &[])));
        let mut broken: Vec<_> = found.filter(|(_, rows)| !rows.is_empty()).collect();
        if let Some(seq) = self.chain().bad() {
            broken.push(("every link of the chain holds", vec![seq.to_string()]));
        }
        broken
    }

    /// A walk along the whole chain, by the rules, not by the edge.
    #[track_caller]
    pub fn chain(&self) -> Walk {
        let links = file("edge/sql/ledger/links.sql").expect("the statement the edge walks by").text;
        let mut walk = Walk::default();
        for row in self.rows(&links, &["0", "-1"]) {
            let [seq, kind, key, hash, fields] = <[String; 5]>::try_from(row).expect("five columns");
            let fields = serde_json::from_str(&fields).ok();
            let row = fields.map(|fields| Row { kind, key, fields });
            walk.step(seq.parse().unwrap_or(0), &hash, row.as_ref());
        }
        let rows = self.number("SELECT count(*) FROM entry")
            + self.number(
                "SELECT (SELECT count(*) FROM flag_decision) + (SELECT count(*) FROM dispute_decision)
                 + (SELECT count(*) FROM lead_stage) + (SELECT count(*) FROM exchange) + (SELECT count(*) FROM reward_decision)
                 + (SELECT count(*) FROM payout_line) + (SELECT count(*) FROM suspension) + (SELECT count(*) FROM rebinding)",
            );
        if walk.bad().is_none() && walk.entries() + walk.decisions() != rows {
            walk.rows_without_a_link();
        }
        walk
    }

    /// Changes the copy, to see that [`Book::broken`] notices.
    #[track_caller]
    pub fn tamper(&self, statements: &str) {
        self.database.execute_batch(statements).expect("the copy can be tampered with");
    }

    /// The first column of every row, as text.
    #[track_caller]
    pub fn texts(&self, query: &str, bindings: &[&str]) -> Vec<String> {
        self.rows(query, bindings).into_iter().map(|row| row.first().cloned().unwrap_or_default()).collect()
    }

    /// Every row, every column as text; NULL is empty.
    #[track_caller]
    pub fn rows(&self, query: &str, bindings: &[&str]) -> Vec<Vec<String>> {
        let mut statement = self.database.prepare(query).expect("a query of the tests is valid");
        let columns = statement.column_count();
        let read = |row: &rusqlite::Row<'_>| (0..columns).map(|at| row.get_ref(at).map(as_text)).collect();
        let rows = statement.query_map(params_from_iter(bindings), read).expect("a query of the tests runs");
        rows.collect::<Result<_, _>>().expect("rows of the ledger")
    }

    /// The one number a query gives.
    #[track_caller]
    pub fn number(&self, query: &str) -> i64 {
        self.database.query_row(query, [], |row| row.get(0)).expect("a query that gives a number")
    }

    /// Every row of every table, to compare two moments.
    pub fn dump(&self) -> Dump {
        let tables = self.texts(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
            &[],
        );
        tables
            .into_iter()
            .map(|table| {
                let mut rows = self.rows(&format!("SELECT * FROM \"{table}\""), &[]);
                rows.sort();
                (table, rows)
            })
            .collect()
    }
}

fn as_text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => format!("{number}"),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

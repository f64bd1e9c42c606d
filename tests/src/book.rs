//! A ledger's SQLite file, read behind the edge's back, and what must hold in it.

use crate::house::House;
use crate::program::Program;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// What must hold in every ledger, whatever happened to it: each query gives the rows that break the rule.
pub const INVARIANTS: [(&str, &str); 15] = [
    (
        "the entries of a movement add up to nothing",
        "SELECT movement, currency, sum(amount) FROM entry GROUP BY movement, currency HAVING sum(amount) <> 0",
    ),
    (
        "a reward is taken back at most whole",
        "SELECT r.id FROM reward r JOIN entry e ON e.reward_id = r.id AND e.account = r.person_id
         GROUP BY r.id HAVING sum(e.amount) < 0 OR sum(e.amount) > r.amount",
    ),
    (
        "a reward is granted by one entry of its whole amount",
        "SELECT r.id FROM reward r WHERE 1 <> (SELECT count(*) FROM entry e
         WHERE e.reward_id = r.id AND e.account = r.person_id AND e.taken_back_by IS NULL AND e.amount = r.amount)",
    ),
    (
        "one reward per conversion, rule and person",
        "SELECT conversion_id FROM reward GROUP BY conversion_id, rule, person_id HAVING count(*) > 1",
    ),
    (
        "the rewards of a sale are at most the sale",
        "SELECT c.id FROM conversion c JOIN reward r ON r.conversion_id = c.id
         WHERE c.kind = 'sale' GROUP BY c.id HAVING sum(r.amount) > c.amount",
    ),
    (
        "every reward has its credited conversion",
        "SELECT r.id FROM reward r LEFT JOIN conversion c ON c.id = r.conversion_id WHERE c.referrer_id IS NULL",
    ),
    (
        "every conversion has its trace and its friend",
        "SELECT c.id FROM conversion c LEFT JOIN trace t ON t.conversion_id = c.id LEFT JOIN friend f ON f.id = c.friend_id
         WHERE t.conversion_id IS NULL OR f.id IS NULL",
    ),
    (
        "every entry has its reward",
        "SELECT e.seq FROM entry e LEFT JOIN reward r ON r.id = e.reward_id WHERE r.id IS NULL",
    ),
    (
        "what was refunded of a sale is at most the sale",
        "SELECT c.id FROM conversion c JOIN refund_applied a ON a.conversion_id = c.id
         GROUP BY c.id HAVING sum(a.amount) > c.amount",
    ),
    (
        "a refund whose sale is there has met it",
        "SELECT f.refund_id FROM refund f JOIN conversion c ON c.kind = 'sale' AND c.natural_key = f.order_id
         LEFT JOIN refund_applied a ON a.refund_id = f.refund_id AND a.conversion_id = c.id WHERE a.refund_id IS NULL",
    ),
    (
        "what is taken back of a reward is the refunded share of it, to the minor unit, unless it was fraud",
        "SELECT r.id FROM reward r JOIN conversion c ON c.id = r.conversion_id AND c.kind = 'sale' AND c.amount > 0
         WHERE abs(
           (SELECT coalesce(-sum(e.amount), 0) FROM entry e WHERE e.reward_id = r.id AND e.account = r.person_id AND e.taken_back_by IS NOT NULL) * c.amount
           - (SELECT coalesce(sum(a.amount), 0) FROM refund_applied a WHERE a.conversion_id = c.id) * r.amount) >= c.amount
         AND NOT EXISTS (SELECT 1 FROM flag g JOIN flag_decision d ON d.flag_id = g.id
           WHERE g.conversion_id = c.id AND d.decision = 'confirmed')",
    ),
    (
        "every command left one audit row",
        "SELECT s.subject FROM (
           SELECT c.id AS subject FROM conversion c UNION ALL SELECT f.id FROM refund f UNION ALL
           SELECT r.id FROM referrer r UNION ALL SELECT k.id FROM claim k) s
         LEFT JOIN audit a ON a.subject = s.subject AND a.action NOT IN
           ('referrer.changed', 'referrer.identified', 'referrer.link_added', 'referrer.joined_to', 'referrer.suspended', 'referrer.reinstated') GROUP BY s.subject HAVING count(a.seq) <> 1",
    ),
    (
        "whoever is joined to another is anonymous, the other is identified, and the audit log says when",
        "SELECT j.referrer_id FROM joined_to j LEFT JOIN referrer a ON a.id = j.referrer_id LEFT JOIN referrer b ON b.id = j.identified_id
         WHERE a.external_id IS NOT NULL OR b.external_id IS NULL
         OR 1 <> (SELECT count(*) FROM audit u WHERE u.subject = j.referrer_id AND u.action = 'referrer.joined_to')",
    ),
    (
        "a conversion tells everybody once whose link it met",
        "SELECT u.conversion_seq FROM runner_up u LEFT JOIN conversion c ON c.seq = u.conversion_seq
         WHERE c.seq IS NULL OR c.referrer_id = u.referrer_id",
    ),
    (
        "sequences have no gaps",
        "SELECT 'conversion ' || max(seq) FROM conversion HAVING max(seq) <> count(*) UNION ALL
         SELECT 'reward ' || max(seq) FROM reward HAVING max(seq) <> count(*) UNION ALL
         SELECT 'entry ' || max(seq) FROM entry HAVING max(seq) <> count(*) UNION ALL
         SELECT 'audit ' || max(seq) FROM audit HAVING max(seq) <> count(*)",
    ),
];

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
        Some(Self { database: Connection::open(database).ok()?, copy })
    }

    /// Fails where the file is damaged or an invariant is broken.
    #[track_caller]
    pub fn check(&self) {
        let verdict = self.texts("PRAGMA integrity_check", &[]);
        assert_eq!(verdict, ["ok"], "the file is damaged");
        let broken = self.broken();
        assert!(broken.is_empty(), "broken: {broken:#?}");
    }

    /// Every rule of [`INVARIANTS`] that is broken, with the rows that break it.
    #[track_caller]
    pub fn broken(&self) -> Vec<(&'static str, Vec<String>)> {
        let found = INVARIANTS.into_iter().map(|(rule, query)| (rule, self.texts(query, &[])));
        found.filter(|(_, rows)| !rows.is_empty()).collect()
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

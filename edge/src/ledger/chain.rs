//! The chain over entries and decisions: one link per row, written in the row's own transaction.

use super::book::Book;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{SqlError, Writes, sql};
use referral::chain::{ENTRY, Field, Root, Row, Sum, Walk};
use serde::Serialize;
use std::collections::BTreeMap;

/// Where the chain ends; kept in memory between commands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    /// The number of the last link.
    seq: i64,
    root: Root,
    /// The number of the last entry.
    entries: i64,
}

/// A link as it is written: number, kind, key, hash.
type Link = (i64, String, String, String);

impl Head {
    /// The end of the chain as it is stored.
    pub(crate) fn stored(book: &Book) -> Result<Self, Problem> {
        let last: Option<(i64, String, i64)> = book.database.row(sql!("ledger/link_last"), &[(); 0])?;
        let Some((seq, hash, entries)) = last else {
            return Ok(Self { seq: 0, root: Root::START, entries: 0 });
        };
        let root = Root::parse(&hash).ok_or_else(|| Problem::internal("the last link is no hash"))?;
        Ok(Self { seq, root, entries })
    }

    /// Chains rows in their order; an entry's key is its number, which follows from its place.
    fn chain(&mut self, rows: Vec<Row>) -> Vec<Link> {
        let link = |mut row: Row| {
            if row.kind == ENTRY {
                self.entries += 1;
                row.key = self.entries.to_string();
            }
            self.seq += 1;
            self.root = self.root.after(&row);
            (self.seq, row.kind, row.key, self.root.to_string())
        };
        rows.into_iter().map(link).collect()
    }

    /// Adds the links of what a command writes; gives the end of the chain once that is stored.
    pub(crate) fn seal(mut self, writes: &mut Writes) -> Result<Self, Problem> {
        let rows = std::mem::take(&mut writes.sealed);
        if !rows.is_empty() {
            let links = self.chain(rows);
            writes.add(sql!("ledger/links_insert"), &[serde_json::to_string(&links)?])?;
        }
        Ok(self)
    }
}

/// How many rows are read at a time.
const AT_A_TIME: i64 = 1_000;

/// A link or a row without one, as it is read: number, kind, key, hash, fields.
type Read = (i64, String, String, String, Option<String>);

/// Chains the rows that were written before there was a chain, some at a time. What a crash cuts off goes on where it
/// stopped: a row leaves the list in the transaction that writes its link.
pub(crate) fn seal_old(book: &Book) -> Result<(), Problem> {
    loop {
        let rows: Vec<(i64, String, String, String)> =
            book.database.rows(sql!("ledger/unsealed"), &[AT_A_TIME])?;
        let Some((last, ..)) = rows.last() else { return Ok(()) };
        let mut writes = Writes::default();
        writes.add(sql!("ledger/unsealed_delete"), &[*last])?;
        let mut head = Head::stored(book)?;
        // All entries stand there already; the chain has come to the one before the first of these.
        if let Some((_, _, key, _)) = rows.iter().find(|(_, kind, ..)| kind == ENTRY) {
            head.entries = key.parse::<i64>().unwrap_or(1) - 1;
        }
        for (_, kind, key, fields) in rows {
            writes.sealed.push(Row { kind, key, fields: serde_json::from_str(&fields)? });
        }
        head.seal(&mut writes)?;
        book.database.commit(writes, None)?;
    }
}

/// Most links walked in one call.
const FARTHEST: i64 = 100_000;

/// What a walk found.
#[derive(Serialize)]
struct Verdict {
    ok: bool,
    entries: i64,
    decisions: i64,
    /// The number and the hash of the last link that holds.
    seq: i64,
    root: String,
    has_more: bool,
    first_bad_seq: Option<i64>,
    sums: BTreeMap<String, Sum>,
}

/// `GET /v1/ledger/verify?after=`: walks the chain from its beginning, or on from a link that an earlier call came to.
pub(crate) fn verify(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let mut walk = match after(&request.query)? {
        0 => Walk::default(),
        seq => {
            let hash: Option<(String,)> = book.database.row(sql!("ledger/link_at"), &[seq])?;
            let root = hash.and_then(|(hash,)| Root::parse(&hash));
            let unknown = || Problem::field("after", "out_of_range", "is not the number of a link");
            Walk::resume(seq, root.ok_or_else(unknown)?)
        }
    };
    let first = walk.seq();
    let mut has_more = true;
    while has_more && walk.seq() - first < FARTHEST {
        has_more = walk_some(book, &mut walk)?;
    }
    if first == 0 && !has_more && rows_without_a_link(book, &walk)? {
        walk.rows_without_a_link();
    }
    let verdict = Verdict {
        ok: walk.bad().is_none(),
        entries: walk.entries(),
        decisions: walk.decisions(),
        seq: walk.seq(),
        root: walk.root().to_string(),
        has_more: has_more && walk.bad().is_none(),
        first_bad_seq: walk.bad(),
        sums: walk.sums().clone(),
    };
    Answer::json(200, &verdict)
}

/// Walks some links on; false at the end of the chain, or where it does not hold.
pub(crate) fn walk_some(book: &Book, walk: &mut Walk) -> Result<bool, SqlError> {
    let links: Vec<Read> = book.database.rows(sql!("ledger/links"), &(walk.seq(), AT_A_TIME))?;
    let more = links.len() > usize::try_from(AT_A_TIME - 1).unwrap_or(usize::MAX);
    for (seq, kind, key, hash, fields) in links {
        let fields: Option<Vec<Field>> = fields.and_then(|fields| serde_json::from_str(&fields).ok());
        walk.step(seq, &hash, fields.map(|fields| Row { kind, key, fields }).as_ref());
    }
    Ok(more && walk.bad().is_none())
}

/// Whether the ledger has other rows than those that a walk from the beginning to the end met.
pub(crate) fn rows_without_a_link(book: &Book, walk: &Walk) -> Result<bool, SqlError> {
    let rows: Option<(i64, i64)> = book.database.row(sql!("ledger/chained_rows"), &[(); 0])?;
    Ok(rows.is_some_and(|rows| rows != (walk.entries(), walk.decisions())))
}

/// The number of the last link, and the root.
pub(crate) fn end(book: &Book) -> Result<(i64, String), Problem> {
    let head = Head::stored(book)?;
    Ok((head.seq, head.root.to_string()))
}

fn after(query: &str) -> Result<i64, Problem> {
    match query.split_once('=') {
        None if query.is_empty() => Ok(0),
        Some(("after", seq)) => seq
            .parse()
            .ok()
            .filter(|seq| (0..=referral::money::LARGEST_AMOUNT).contains(seq))
            .ok_or_else(|| Problem::field("after", "out_of_range", "must be the number of a link")),
        _ => Err(Problem::field("query", "unknown_field", "takes after")),
    }
}

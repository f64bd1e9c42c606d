//! The chain over what moves money: each link is a hash over the link before it and one row, so that whoever keeps an
//! old root can tell whether anything before it was changed, removed or put in between.
//!
//! `link = SHA-256(previous ‖ row)`, the first with 32 zero bytes before it. A row is its kind, its key and its fields,
//! each written so that no two rows are the same bytes: a text as `{bytes}:{text},`, a number as `#{decimal},`, nothing
//! as `-,`. An entry of 9.90 € is thus `5:entry,2:17,20:rwd_…,20:rfr_…,3:EUR,#990,20:rwd_…,-,#1795262400000,`.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The kind of a line of double entry.
pub const ENTRY: &str = "entry";

/// What a chain comes to: the hash of its last link.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Root([u8; 32]);

impl Root {
    /// Before the first link.
    pub const START: Self = Self([0; 32]);

    /// Reads 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }

    /// The root after one more row.
    #[must_use]
    pub fn after(self, row: &Row) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(row.bytes());
        Self(hash.finalize().into())
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One field of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Field {
    /// Not there.
    Nothing,
    /// An amount or an instant.
    Number(i64),
    /// A word or an id.
    Text(String),
}

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Field {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Option<&str>> for Field {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Nothing, Self::from)
    }
}

/// A row of the ledger as the chain sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `entry`, `flag_decision`, …
    pub kind: String,
    /// What names it among its kind; an entry's is its number, from 1 without gaps.
    pub key: String,
    /// Its columns, in their order.
    pub fields: Vec<Field>,
}

impl Row {
    /// A row of this kind and key.
    pub fn new(kind: &str, key: &str, fields: Vec<Field>) -> Self {
        Self { kind: kind.to_owned(), key: key.to_owned(), fields }
    }

    /// The bytes that are hashed.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(192);
        write_text(&mut bytes, &self.kind);
        write_text(&mut bytes, &self.key);
        for field in &self.fields {
            match field {
                Field::Nothing => bytes.extend_from_slice(b"-,"),
                Field::Number(number) => bytes.extend_from_slice(format!("#{number},").as_bytes()),
                Field::Text(text) => write_text(&mut bytes, text),
            }
        }
        bytes
    }
}

fn write_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(text.len().to_string().as_bytes());
    bytes.push(b':');
    bytes.extend_from_slice(text.as_bytes());
    bytes.push(b',');
}

/// What the entries of one currency add up to, in minor units: both sides of the book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sum {
    /// Owed to people.
    pub people: i128,
    /// On the program's account: the same, with the other sign.
    pub program: i128,
}

/// A walk along a chain that believes nothing.
#[derive(Clone, Debug)]
pub struct Walk {
    seq: i64,
    root: Root,
    entries: i64,
    others: i64,
    sums: BTreeMap<String, Sum>,
    bad: Option<i64>,
}

impl Default for Walk {
    fn default() -> Self {
        Self::resume(0, Root::START)
    }
}

impl Walk {
    /// Goes on after link `seq`, whose hash is believed to be `root`.
    pub fn resume(seq: i64, root: Root) -> Self {
        Self { seq, root, entries: 0, others: 0, sums: BTreeMap::new(), bad: None }
    }

    /// Looks at the next link: its number, its hash and its row, as far as that is there. Nothing after a bad link is
    /// looked at.
    pub fn step(&mut self, seq: i64, hash: &str, row: Option<&Row>) {
        if self.bad.is_some() {
            return;
        }
        let expected = row.map(|row| self.root.after(row));
        if seq != self.seq + 1 || expected.is_none() || expected != Root::parse(hash) {
            // A gap is where the missing link would be.
            self.bad = Some(self.seq + 1);
            return;
        }
        self.seq = seq;
        self.root = expected.unwrap_or(self.root);
        if let Some(row) = row {
            self.count(row);
        }
    }

    fn count(&mut self, row: &Row) {
        if row.kind != ENTRY {
            self.others += 1;
            return;
        }
        self.entries += 1;
        if let [_, Field::Text(account), Field::Text(currency), Field::Number(amount), ..] =
            row.fields.as_slice()
        {
            let sum = self.sums.entry(currency.clone()).or_default();
            let side = if account == "program" { &mut sum.program } else { &mut sum.people };
            *side += i128::from(*amount);
        }
    }

    /// Notes that rows stand in the ledger which no link speaks for.
    pub fn rows_without_a_link(&mut self) {
        self.bad = self.bad.or(Some(self.seq + 1));
    }

    /// The number of the last good link.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// The hash of the last good link.
    pub fn root(&self) -> Root {
        self.root
    }

    /// Entries seen on the way.
    pub fn entries(&self) -> i64 {
        self.entries
    }

    /// Decisions seen on the way.
    pub fn decisions(&self) -> i64 {
        self.others
    }

    /// The first link that does not hold.
    pub fn bad(&self) -> Option<i64> {
        self.bad
    }

    /// What was seen on the way, by currency.
    pub fn sums(&self) -> &BTreeMap<String, Sum> {
        &self.sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    fn entry(number: usize, account: &str, amount: i64) -> Row {
        let fields = vec![
            "m".into(),
            account.into(),
            "EUR".into(),
            amount.into(),
            "rwd_1".into(),
            Field::Nothing,
            7.into(),
        ];
        Row::new(ENTRY, &number.to_string(), fields)
    }

    fn chained(rows: &[Row]) -> Vec<(i64, String)> {
        let mut root = Root::START;
        let link = |(at, row): (usize, &Row)| {
            root = root.after(row);
            (i64::try_from(at).expect("few") + 1, root.to_string())
        };
        rows.iter().enumerate().map(link).collect()
    }

    fn walk(links: &[(i64, String)], rows: &[Row]) -> Walk {
        let mut walk = Walk::default();
        for (at, (seq, hash)) in links.iter().enumerate() {
            walk.step(*seq, hash, rows.get(at));
        }
        walk
    }

    #[test]
    fn a_row_is_written_as_documented() {
        let bytes = entry(17, "rfr_é", -990).bytes();
        let text = String::from_utf8(bytes).expect("text");
        assert_eq!(text, "5:entry,2:17,1:m,6:rfr_é,3:EUR,#-990,5:rwd_1,-,#7,");
    }

    #[test]
    fn the_first_root_is_the_hash_of_zeros_and_the_row() {
        let row = Row::new("k", "1", vec![]);
        let mut bytes = vec![0_u8; 32];
        bytes.extend_from_slice(b"1:k,1:1,");
        assert_eq!(Root::START.after(&row).to_string(), crate::api_key::sha256_hex(&bytes));
    }

    #[test]
    fn a_whole_chain_is_walked_to_its_root_with_its_sums() {
        let rows =
            [entry(1, "program", -5), entry(2, "rfr_1", 5), Row::new("flag_decision", "flg_1", vec![])];
        let walk = walk(&chained(&rows), &rows);
        assert_eq!((walk.bad(), walk.seq(), walk.entries(), walk.decisions()), (None, 3, 2, 1));
        assert_eq!(walk.sums().get("EUR"), Some(&Sum { people: 5, program: -5 }));
        assert_eq!(walk.root().to_string(), chained(&rows)[2].1);
    }

    #[test]
    fn a_field_from_json_is_what_was_written() {
        let fields: Vec<Field> = serde_json::from_str(r#"["a",null,-3]"#).expect("fields");
        assert_eq!(fields, ["a".into(), Field::Nothing, Field::Number(-3)]);
    }

    fn field() -> impl Strategy<Value = Field> {
        prop_oneof![
            Just(Field::Nothing),
            any::<i64>().prop_map(Field::Number),
            "[#,:0-9a-]{0,6}".prop_map(Field::Text),
        ]
    }

    fn row() -> impl Strategy<Value = Row> {
        ("[a,:1]{0,3}", "[#1,:-]{0,4}", proptest::collection::vec(field(), 0..4))
            .prop_map(|(kind, key, fields)| Row { kind, key, fields })
    }

    proptest! {
        #[test]
        fn no_two_rows_are_the_same_bytes(one in row(), other in row()) {
            prop_assert_eq!(one == other, one.bytes() == other.bytes());
        }

        #[test]
        fn any_change_of_a_chain_is_found_at_its_link(
            amounts in proptest::collection::vec(1_i64..1000, 2..12),
            at in any::<prop::sample::Index>(),
            kind in 0..5,
        ) {
            let rows: Vec<Row> = amounts.iter().enumerate().map(|(at, amount)| entry(at + 1, "rfr_1", *amount)).collect();
            let links = chained(&rows);
            let at = at.index(rows.len());
            let (mut links, mut rows) = (links, rows);
            match kind {
                // A field is changed.
                0 => rows[at].fields[3] = Field::Number(-1),
                // A hash is changed.
                1 => links[at].1 = Root::START.to_string(),
                // A link is taken out with its row.
                2 => { links.remove(at); rows.remove(at); }
                // A row is gone.
                3 => { rows.truncate(at); }
                // Two rows change places.
                _ => { let other = (at + 1) % rows.len(); rows.swap(at, other); prop_assume!(rows[at] != rows[other]); }
            }
            let found = walk(&links, &rows).bad();
            let last = kind == 2 && at == rows.len();
            let first = if kind > 3 { at.min((at + 1) % rows.len()) } else { at };
            // What is cut off at the end leaves a shorter chain that holds; its root tells.
            prop_assert_eq!(found, if last { None } else { i64::try_from(first + 1).ok() });
        }
    }
}

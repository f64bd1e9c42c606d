//! A whole ledger as a text file, line by line: what is written, and what is believed when it is read.
//!
//! Each line is a JSON object that ends in a sum: the first 16 bytes of SHA-256 over the sum of the line before it (16
//! zero bytes before the first) and over the line up to its sum. So a changed, missing, foreign or moved line is found
//! where it stands. The first line says what the file holds, then come the rows, table by table, then one line that ends
//! the file:
//!
//! ```text
//! {"goodword_export":1,"schema":7,…,"sum":"…"}
//! {"table":"referrer","row":{"seq":1,"id":"rfr_…",…},"sum":"…"}
//! {"end":true,"lines":2,"sum":"…"}
//! ```

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use data_encoding::HEXLOWER;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::money::LARGEST_AMOUNT;
use crate::retention::Retention;

/// The format written and read here.
pub const FORMAT: u32 = 1;

/// Where a line's sum begins, and how it ends.
const SUM: &str = r#","sum":""#;
const TAIL: usize = SUM.len() + 32 + 2;

/// The sum of a line and of all lines before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum([u8; 16]);

impl Sum {
    /// The sum after one more line, given without its sum.
    #[must_use]
    pub fn after(self, line: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(line.as_bytes());
        let hash: [u8; 32] = hash.finalize().into();
        Self(hash.first_chunk().copied().unwrap_or_default())
    }

    /// Reads 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("is no sum"))
    }
}

/// The first line: what a file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`].
    pub goodword_export: u32,
    /// The step of the schema whose tables these are.
    pub schema: u32,
    /// `live` or `test`.
    pub mode: String,
    /// `prg_…` of the program it was taken from.
    pub program_id: String,
    /// Its name in links.
    pub slug: String,
    /// Its currency, ISO 4217.
    pub currency: String,
    /// When it was taken, RFC 3339.
    pub exported_at: String,
    /// Whether names, addresses, metadata and messages are in it.
    pub personal: bool,
    /// Where the chain ended when it was taken.
    pub head: Head,
    /// How long the program knows customers; none in a file that was taken before anybody could set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// Rows of each table, those with personal data left out: they may be erased while the file is written.
    pub counts: BTreeMap<String, u64>,
}

/// The end of a chain; see [`crate::chain`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The number of the last link; 0 before the first.
    pub seq: i64,
    /// Its hash.
    pub root: String,
}

/// Writes lines with their sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writer {
    lines: u64,
    sum: Sum,
}

impl Writer {
    /// The first line.
    pub fn header(&mut self, out: &mut String, header: &Header) {
        let body = serde_json::to_string(header).unwrap_or_default();
        self.line(out, &body);
    }

    /// A row, a JSON object.
    pub fn row(&mut self, out: &mut String, table: &str, row: &str) {
        self.line(out, &format!(r#"{{"table":"{table}","row":{row}}}"#));
    }

    /// The last line.
    pub fn end(&mut self, out: &mut String) {
        self.line(out, &format!(r#"{{"end":true,"lines":{}}}"#, self.lines));
    }

    fn line(&mut self, out: &mut String, object: &str) {
        let body = object.strip_suffix('}').unwrap_or(object);
        self.sum = self.sum.after(body);
        self.lines += 1;
        out.push_str(body);
        out.push_str(SUM);
        out.push_str(&HEXLOWER.encode(&self.sum.0));
        out.push_str("\"}\n");
    }
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Not there.
    Null,
    /// A whole number within ±[`LARGEST_AMOUNT`].
    Number(i64),
    /// A text.
    Text(String),
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;
        impl Visitor<'_> for Scalar {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number or null")
            }
            fn visit_unit<E: Error>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
                let fits = (-LARGEST_AMOUNT..=LARGEST_AMOUNT).contains(&number);
                if fits { Ok(Value::Number(number)) } else { Err(E::custom("a number is too large")) }
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
                self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Scalar)
    }
}

/// Columns and values of a row, in their order, none twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields(pub Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Columns;
        impl<'de> Visitor<'de> for Columns {
            type Value = Fields;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of columns")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields: Vec<(String, Value)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if fields.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom("a column stands twice"));
                    }
                    fields.push((name, value));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Columns)
    }
}

/// A line that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// The first.
    Header(Header),
    /// A row of the table of this number, as text and read.
    Row(usize, &'a str, Fields),
    /// The last.
    End,
}

/// Why a file is refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1; one more than there are where something is missing at the end.
    pub line: u64,
    /// What is wrong with it, in a sentence without its subject.
    pub why: String,
}

/// Reads a file line by line and believes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    lines: u64,
    sum: Sum,
    header: Option<Header>,
    /// The table that rows are of now.
    table: usize,
    counts: BTreeMap<String, u64>,
    ended: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    end: bool,
    lines: u64,
}

impl Reader {
    /// Reads the next line, without its line feed. `tables` are the names of all tables in the order they must come in,
    /// the same in every call.
    ///
    /// # Errors
    /// The line cannot stand there. Nothing after it is to be read.
    pub fn line<'a>(&mut self, text: &'a str, tables: &[&str]) -> Result<Line<'a>, Fault> {
        let read = self.read(text, tables);
        self.lines += 1;
        read.map_err(|why| Fault { line: self.lines, why })
    }

    fn read<'a>(&mut self, text: &'a str, tables: &[&str]) -> Result<Line<'a>, String> {
        if self.ended {
            return Err("stands after the end".to_owned());
        }
        let split = text.len().checked_sub(TAIL).and_then(|at| text.split_at_checked(at));
        let (body, tail) = split.ok_or("is no line of an export")?;
        let sum = tail.strip_prefix(SUM).and_then(|tail| tail.strip_suffix("\"}")).and_then(Sum::parse);
        let sum = sum.ok_or("does not end in a sum")?;
        if sum != self.sum.after(body) {
            let why = if self.lines == 0 {
                "was changed"
            } else {
                "was changed, or is not the line that belongs here"
            };
            return Err(why.to_owned());
        }
        let line = self.meaning(body, tables)?;
        self.sum = sum;
        Ok(line)
    }

    fn meaning<'a>(&mut self, body: &'a str, tables: &[&str]) -> Result<Line<'a>, String> {
        let Some(header) = &self.header else {
            let header: Header = serde_json::from_str(&format!("{body}}}"))
                .map_err(|_| "is not the first line of an export".to_owned())?;
            if header.goodword_export != FORMAT {
                return Err(format!("says format {}; this is format {FORMAT}", header.goodword_export));
            }
            self.header = Some(header.clone());
            return Ok(Line::Header(header));
        };
        let Some(rest) = body.strip_prefix(r#"{"table":""#) else {
            let end: End = serde_json::from_str(&format!("{body}}}"))
                .map_err(|_| "is neither a row nor the end".to_owned())?;
            if !end.end || end.lines != self.lines {
                return Err(format!("says that {} lines stand before it, and {} do", end.lines, self.lines));
            }
            // Personal rows are not counted in the first line.
            let counted = |table: &str| self.counts.get(table).copied().unwrap_or(0);
            for (table, expected) in &header.counts {
                let found = counted(table);
                if found != *expected {
                    return Err(format!(
                        "ends a file with {found} rows of {table}, and the first line says {expected}"
                    ));
                }
            }
            self.ended = true;
            return Ok(Line::End);
        };
        let (table, row) = rest.split_once(r#"","row":"#).ok_or("names no table")?;
        let at =
            tables.iter().position(|known| *known == table).ok_or("is of a table that is not known here")?;
        if at < self.table {
            return Err(format!(
                "is a row of {table} after rows of {}",
                tables.get(self.table).unwrap_or(&"")
            ));
        }
        if row.starts_with(char::is_whitespace) || row.ends_with(char::is_whitespace) {
            return Err("has blanks around its row".to_owned());
        }
        let fields: Fields =
            serde_json::from_str(row).map_err(|error| format!("holds a row that is none: {error}"))?;
        self.table = at;
        *self.counts.entry(table.to_owned()).or_default() += 1;
        Ok(Line::Row(at, row, fields))
    }

    /// Says that the file ends here.
    ///
    /// # Errors
    /// Its last line is missing.
    pub fn finish(&self) -> Result<(), Fault> {
        if self.ended {
            return Ok(());
        }
        Err(Fault { line: self.lines + 1, why: "is missing: the file ends before its end".to_owned() })
    }

    /// Lines read.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Whether the last line was read.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// The sum of all lines so far, which names the file once it ended.
    pub fn sum(&self) -> Sum {
        self.sum
    }

    /// The first line, once it was read.
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// Rows read, by table.
    pub fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }
}

#[cfg(test)]
mod tests;

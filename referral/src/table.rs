//! Tables as files: columns with stable names and types, the same ones for CSV and JSON.

use crate::csv;
use crate::money::Currency;
use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Map, Value};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words, ids, and instants as RFC 3339 in UTC.
    Text,
    /// How many, or which number.
    Count,
    /// Minor units of the currency that stands in the row's field of this name; a decimal number for people stands in a
    /// column beside it.
    Money(&'static str),
    /// Yes or no.
    Flag,
    /// Several words; in CSV with spaces between them.
    Words,
    /// Anything, as JSON.
    Json,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the file, which stays.
    pub name: &'static str,
    /// The row's field it is read from; a dot leads into a field.
    pub from: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// A column that is called as its field.
pub const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, from: name, kind }
}

/// A column of text.
pub const fn text(name: &'static str) -> Column {
    column(name, Kind::Text)
}

/// A column of numbers.
pub const fn count(name: &'static str) -> Column {
    column(name, Kind::Count)
}

/// A column of minor units of what the row's field `currency` names.
pub const fn money(name: &'static str) -> Column {
    column(name, Kind::Money("currency"))
}

/// A column of yes or no.
pub const fn flag(name: &'static str) -> Column {
    column(name, Kind::Flag)
}

/// A column of a field that is called something else.
pub const fn renamed(name: &'static str, from: &'static str, kind: Kind) -> Column {
    Column { name, from, kind }
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180 with a line of names.
    Csv,
    /// One array of objects.
    Json,
}

impl Format {
    /// By the ending of a file's name.
    pub fn named(ending: &str) -> Option<Self> {
        match ending {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The ending of a file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The media type.
    pub const fn media(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }

    /// Begins a file.
    pub fn begin(self, columns: &[Column], out: &mut String) {
        if self == Self::Json {
            return out.push('[');
        }
        let mut names = Vec::new();
        for column in columns {
            names.push(Cow::Borrowed(column.name));
            if matches!(column.kind, Kind::Money(_)) {
                names.push(Cow::Owned(format!("{}_decimal", column.name)));
            }
        }
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        csv::row(out, &names);
    }

    /// Adds a row; `first` where it is the first of the file.
    pub fn row(self, columns: &[Column], row: &Value, first: bool, out: &mut String) {
        match self {
            Self::Csv => {
                let mut cells: Vec<String> = Vec::new();
                for column in columns {
                    let value = field(row, column.from);
                    cells.push(cell(value));
                    if let Kind::Money(currency) = column.kind {
                        cells.push(decimal(value, field(row, currency)).unwrap_or_default());
                    }
                }
                let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
                csv::row(out, &cells);
            }
            Self::Json => {
                let mut fields = Map::new();
                for column in columns {
                    let value = field(row, column.from);
                    fields.insert(column.name.to_owned(), value.clone());
                    if let Kind::Money(currency) = column.kind {
                        let decimal = decimal(value, field(row, currency));
                        fields.insert(
                            format!("{}_decimal", column.name),
                            decimal.map_or(Value::Null, Value::String),
                        );
                    }
                }
                out.push_str(if first { "\n" } else { ",\n" });
                out.push_str(&Value::Object(fields).to_string());
            }
        }
    }

    /// Ends a file.
    pub fn end(self, out: &mut String) {
        if self == Self::Json {
            out.push_str("\n]\n");
        }
    }

    /// A file of a few rows, at once.
    pub fn whole(self, columns: &[Column], rows: &[Value]) -> String {
        let mut out = String::new();
        self.begin(columns, &mut out);
        for (at, row) in rows.iter().enumerate() {
            self.row(columns, row, at == 0, &mut out);
        }
        self.end(&mut out);
        out
    }
}

fn field<'a>(row: &'a Value, path: &str) -> &'a Value {
    path.split('.').try_fold(row, |value, name| value.get(name)).unwrap_or(&Value::Null)
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.iter().all(Value::is_string) => {
            list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

/// `-12.50`, of minor units and a currency's code.
fn decimal(amount: &Value, currency: &Value) -> Option<String> {
    let (amount, currency) = (amount.as_i64()?, Currency::parse(currency.as_str()?)?);
    let digits = usize::from(currency.exponent());
    let sign = if amount < 0 { "-" } else { "" };
    let mut text = format!("{:0>width$}", amount.unsigned_abs().to_string(), width = digits + 1);
    if digits > 0 {
        text.insert(text.len() - digits, '.');
    }
    Some(format!("{sign}{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::Sheet;
    use proptest::prelude::*;
    use serde_json::json;

    const COLUMNS: &[Column] = &[
        column("id", Kind::Text),
        column("amount", Kind::Money("currency")),
        column("currency", Kind::Text),
        column("flagged", Kind::Flag),
        column("codes", Kind::Words),
        renamed("referrer_id", "attribution.referrer_id", Kind::Text),
    ];

    fn written(format: Format, rows: &[Value]) -> String {
        format.whole(COLUMNS, rows)
    }

    #[test]
    fn both_formats_have_the_same_columns_in_the_same_order() {
        let rows = [
            json!({"id": "=x", "amount": 1250, "currency": "EUR", "flagged": true, "codes": ["a", "b"],
                "attribution": {"referrer_id": "rfr_1"}}),
            json!({"id": "y", "amount": -5, "currency": "JPY", "flagged": false, "codes": []}),
        ];
        assert_eq!(
            written(Format::Csv, &rows),
            "id,amount,amount_decimal,currency,flagged,codes,referrer_id\r\n\
             \"'=x\",1250,12.50,EUR,true,a b,rfr_1\r\n\
             y,-5,-5,JPY,false,,\r\n"
        );
        let read: Value = serde_json::from_str(&written(Format::Json, &rows)).expect("JSON");
        assert_eq!(
            read,
            json!([
                {"id": "=x", "amount": 1250, "amount_decimal": "12.50", "currency": "EUR", "flagged": true,
                 "codes": ["a", "b"], "referrer_id": "rfr_1"},
                {"id": "y", "amount": -5, "amount_decimal": "-5", "currency": "JPY", "flagged": false,
                 "codes": [], "referrer_id": null},
            ])
        );
        assert_eq!(written(Format::Json, &[]), "[\n]\n");
    }

    #[test]
    fn a_decimal_has_the_digits_of_its_currency() {
        for (amount, currency, expected) in [
            (0, "EUR", Some("0.00")),
            (7, "EUR", Some("0.07")),
            (-7, "EUR", Some("-0.07")),
            (-1234, "KWD", Some("-1.234")),
            (12, "JPY", Some("12")),
            (12, "nothing", None),
        ] {
            assert_eq!(decimal(&json!(amount), &json!(currency)).as_deref(), expected, "{amount} {currency}");
        }
        assert_eq!(decimal(&Value::Null, &json!("EUR")), None);
    }

    proptest! {
        #[test]
        fn a_file_reads_back_as_it_was_written(ids in proptest::collection::vec("\\PC{0,24}", 1..8)) {
            let rows: Vec<Value> = ids.iter().map(|id| json!({"id": id, "currency": "EUR"})).collect();
            let read: Vec<Map<String, Value>> =
                serde_json::from_str(&written(Format::Json, &rows)).expect("JSON");
            prop_assert_eq!(read.iter().filter_map(|row| row["id"].as_str()).collect::<Vec<_>>(), ids.clone());
            let read = Sheet::read(&written(Format::Csv, &rows)).expect("CSV");
            prop_assert_eq!(read.rows.len(), ids.len());
            for (row, id) in read.rows.iter().zip(&ids) {
                // Cells are read without the spaces around them.
                prop_assert_eq!(row[0].trim(), csv::plain(id.trim()).trim());
                prop_assert_eq!(row[3].as_str(), "EUR");
            }
        }
    }
}

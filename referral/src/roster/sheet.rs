//! Cells of a file.

use super::{LONGEST, MOST_COLUMNS, MOST_ROWS};
use crate::csv;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use csv_core::{ReadRecordResult, ReaderBuilder};

/// A file with a line of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The rows after it, as long as the header; spaces around a cell are not of it.
    pub rows: Vec<Vec<String>>,
}

/// Why a text is not such a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetError {
    /// No line, or no row after the line of names.
    Empty,
    /// More than [`LONGEST`] bytes.
    TooLong,
    /// More than [`MOST_ROWS`] rows.
    TooManyRows,
    /// More than [`MOST_COLUMNS`] columns.
    TooManyColumns,
}

impl SheetError {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "required.rows",
            Self::TooLong => "too_long.file",
            Self::TooManyRows => "too_many_rows",
            Self::TooManyColumns => "too_many_columns",
        }
    }

    /// What to do.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Empty => "must have a line with the names of the columns, and a row after it",
            Self::TooLong => "has more than 2,000,000 bytes; send it in several files",
            Self::TooManyRows => "has more than 10,000 rows; send it in several files",
            Self::TooManyColumns => "has more than 100 columns; take out those that are not needed",
        }
    }
}

/// What stands between cells: of comma, semicolon and tab whatever stands most often in the first line.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |wanted: u8| first.bytes().filter(|byte| *byte == wanted).count();
    [b';', b'\t'].into_iter().fold(b',', |best, other| if count(other) > count(best) { other } else { best })
}

impl Sheet {
    /// Reads a file. Rows without any cell are left out, but counted: [`Sheet::rows`] holds an empty row there.
    ///
    /// # Errors
    /// It holds nothing, or too much.
    pub fn read(text: &str) -> Result<Self, SheetError> {
        if text.len() > LONGEST {
            return Err(SheetError::TooLong);
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = ReaderBuilder::new().delimiter(delimiter(text)).build();
        let mut input = text.as_bytes();
        let mut header: Option<Vec<String>> = None;
        let mut rows = Vec::new();
        // No cell is longer than the file.
        let mut cells = vec![0; text.len() + 1];
        let mut ends = vec![0; MOST_COLUMNS + 1];
        let (mut written, mut ended) = (0, 0);
        loop {
            let (result, read, bytes, columns) =
                reader.read_record(input, &mut cells[written..], &mut ends[ended..]);
            input = input.get(read..).unwrap_or_default();
            written += bytes;
            ended += columns;
            match result {
                // The next call says that there is no more.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => return Err(SheetError::TooLong),
                ReadRecordResult::OutputEndsFull => return Err(SheetError::TooManyColumns),
                ReadRecordResult::End => break,
                ReadRecordResult::Record => {
                    let row = record(&cells[..written], &ends[..ended]);
                    (written, ended) = (0, 0);
                    match &header {
                        None if row.len() > MOST_COLUMNS => return Err(SheetError::TooManyColumns),
                        None => header = Some(row),
                        Some(_) if rows.len() == MOST_ROWS => return Err(SheetError::TooManyRows),
                        Some(header) => rows.push(fitted(row, header.len())),
                    }
                }
            }
        }
        match header {
            Some(header) if rows.iter().any(|row| !row.is_empty()) => Ok(Self { header, rows }),
            _ => Err(SheetError::Empty),
        }
    }
}

fn record(bytes: &[u8], ends: &[usize]) -> Vec<String> {
    let mut start = 0;
    let mut row = Vec::with_capacity(ends.len());
    for end in ends {
        let text = String::from_utf8_lossy(bytes.get(start..*end).unwrap_or_default());
        row.push(csv::plain(text.trim()).to_owned());
        start = *end;
    }
    row
}

/// As many cells as there are columns; none where all are empty.
fn fitted(mut row: Vec<String>, columns: usize) -> Vec<String> {
    if row.iter().all(String::is_empty) {
        return Vec::new();
    }
    row.resize(columns, String::new());
    row
}

//! Lists of referrers from elsewhere: CSV whose columns others named, and what becomes of each row. Nothing is guessed: a
//! row that cannot be taken as it stands is a fault that says what to do, and one fault keeps the whole file out.
//!
//! - [`sheet`]: cells of a file.
//! - [`shape`]: which column holds what, in the files of which system.
//! - [`person`]: a row, read.
//! - [`verdict`]: whether somebody is new, known already, or in the way.

pub mod person;
pub mod shape;
pub mod sheet;
pub mod verdict;

pub use person::{Person, people};
pub use shape::{Field, Shape};
pub use sheet::{Sheet, SheetError};
pub use verdict::{Known, Owner, Verdict, decide};

use crate::input::{Put, write_told};
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// Most bytes of a file.
pub const LONGEST: usize = 2_000_000;
/// Most rows of a file, without its line of names.
pub const MOST_ROWS: usize = 10_000;
/// Most columns of a file.
pub const MOST_COLUMNS: usize = 100;
/// Most codes of one person.
pub const MOST_CODES: usize = 20;

/// Why a row cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Which row, as a spreadsheet counts: the line of names is 1.
    pub row: usize,
    /// The name of its column; empty where it is about the whole row.
    pub column: String,
    /// Stable code: `required`, `too_long`, `not_an_email`, `not_a_code`, `code_taken`, `not_unique`, … As in
    /// [`crate::input::FieldError`].
    #[serde(serialize_with = "write_told")]
    pub code: &'static str,
    /// What is wrong, and what to do.
    pub detail: String,
    /// What is filled into the sentence.
    #[serde(skip)]
    pub put: Vec<Put>,
}

#[cfg(test)]
mod tests;

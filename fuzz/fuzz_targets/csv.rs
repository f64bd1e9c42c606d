//! Cells of files for spreadsheets and banks: they read back by RFC 4180, and none of them is a formula.
#![no_main]

use libfuzzer_sys::fuzz_target;
use referral::csv;

/// Reads one row by RFC 4180; believes nothing of how it was written.
fn read(text: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut chars = text.strip_suffix("\r\n").expect("a row ends").chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        let cell = cells.last_mut().expect("one at least");
        match (quoted, c) {
            (false, '"') => {
                assert!(cell.is_empty(), "a quote inside of a plain cell");
                quoted = true;
            }
            (true, '"') if chars.peek() == Some(&'"') => {
                cell.push('"');
                chars.next();
            }
            (true, '"') => {
                quoted = false;
                assert!(matches!(chars.peek(), None | Some(',')), "something after a quoted cell");
            }
            (false, ',') => cells.push(String::new()),
            (false, '\r' | '\n') => panic!("a row breaks"),
            _ => cell.push(c),
        }
    }
    assert!(!quoted, "a cell does not end");
    cells
}

fuzz_target!(|values: Vec<String>| {
    if values.is_empty() {
        return;
    }
    let cells: Vec<&str> = values.iter().map(String::as_str).collect();
    let mut text = String::new();
    csv::row(&mut text, &cells);
    let read = read(&text);
    assert_eq!(read.len(), values.len());
    for (cell, value) in read.iter().zip(&values) {
        assert!(cell == value || cell.strip_prefix('\'') == Some(value), "{value:?} became {cell:?}");
        let number = cell.strip_prefix('-').unwrap_or(cell);
        let number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?} computes");
    }
});

//! CSV by RFC 4180, with cells that no spreadsheet takes for a formula.

use alloc::string::String;

/// Adds a row.
pub fn row(text: &mut String, cells: &[&str]) {
    for (at, value) in cells.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        cell(text, value);
    }
    text.push_str("\r\n");
}

/// A number may begin with a minus; anything else that a spreadsheet would compute gets an apostrophe before it.
fn cell(text: &mut String, value: &str) {
    let number = value.strip_prefix('-').unwrap_or(value);
    let number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let formula = !number && value.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '%']);
    let quoted = formula
        || value.contains([',', '"', '\r', '\n', ';', '\t'])
        || value.starts_with(' ')
        || value.ends_with(' ');
    if quoted {
        text.push('"');
    }
    if formula {
        text.push('\'');
    }
    for c in value.chars() {
        if c == '"' {
            text.push('"');
        }
        text.push(c);
    }
    if quoted {
        text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(value: &str, expected: &str) {
        let mut text = String::new();
        cell(&mut text, value);
        assert_eq!(text, expected);
    }

    #[test]
    fn cells_are_quoted_where_they_must_be_and_never_formulas() {
        check("plain", "plain");
        check("a,b", "\"a,b\"");
        check("say \"hi\"", "\"say \"\"hi\"\"\"");
        check("=1+1", "\"'=1+1\"");
        check("-2+3", "\"'-2+3\"");
        check("@SUM(A1)", "\"'@SUM(A1)\"");
        check("-12.50", "-12.50");
        check("-", "\"'-\"");
        check("", "");
    }

    proptest! {
        #[test]
        fn a_cell_reads_back_and_begins_with_nothing_that_computes(value in ".{0,20}") {
            let mut text = String::new();
            cell(&mut text, &value);
            let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            let read = inner.map_or_else(|| text.clone(), |inner| inner.replace("\"\"", "\""));
            let number = read.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            prop_assert!(!read.starts_with(['=', '+', '@']) && (number || !read.starts_with('-')));
            prop_assert_eq!(read.strip_prefix('\'').filter(|rest| *rest == value).unwrap_or(&read), value.as_str());
        }
    }
}

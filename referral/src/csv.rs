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

/// Whether nobody sees a character: a spreadsheet may skip it before it looks for a formula.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether a spreadsheet might compute a cell. Full-width and small forms count: some are read as the plain ones.
fn computes(value: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = value.split_once('.').unwrap_or((value, "0"));
    if digits(whole.strip_prefix('-').unwrap_or(whole)) && digits(part) {
        return false;
    }
    let first = value.chars().find(|c| !is_unseen(*c));
    value.starts_with(char::is_control)
        || first.is_some_and(|c| {
            matches!(
                c,
                '=' | '+'
                    | '-'
                    | '@'
                    | '|'
                    | '%'
                    | '\u{2212}'
                    | '\u{fe62}'
                    | '\u{fe63}'
                    | '\u{fe66}'
                    | '\u{fe6b}'
                    | '\u{ff05}'
                    | '\u{ff0b}'
                    | '\u{ff0d}'
                    | '\u{ff1d}'
                    | '\u{ff20}'
                    | '\u{ff5c}'
            )
        })
}

/// A cell that was read, without the apostrophe that [`row`] puts before what a spreadsheet would compute.
pub fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| computes(rest)).unwrap_or(cell)
}

/// A number may begin with a minus; anything else that a spreadsheet would compute gets an apostrophe before it.
fn cell(text: &mut String, value: &str) {
    let formula = computes(value);
    let quoted = formula
        || value.contains([',', '"', '\r', '\n', ';', '\t', '\0'])
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
        check("-12.50.", "\"'-12.50.\"");
        check("12.", "12.");
        check("", "");
        check("\u{ff1d}1+1", "\"'\u{ff1d}1+1\"");
        check("\u{200b}=1+1", "\"'\u{200b}=1+1\"");
        check("\0=1+1", "\"'\0=1+1\"");
        check(" @x", "\"' @x\"");
        check("\u{202e}=x", "\"'\u{202e}=x\"");
        check("نور", "نور");
    }

    #[test]
    fn the_apostrophe_is_ours_only_before_what_computes() {
        assert_eq!(plain("'=1+1"), "=1+1");
        assert_eq!(plain("'til"), "'til");
        assert_eq!(plain("o'=1"), "o'=1");
        assert_eq!(plain("'-12"), "'-12");
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
            prop_assert_eq!(plain(&read), if computes(&value) { value.as_str() } else { plain(&value) });
            prop_assert_eq!(read.strip_prefix('\'').filter(|rest| *rest == value).unwrap_or(&read), value.as_str());
        }
    }
}

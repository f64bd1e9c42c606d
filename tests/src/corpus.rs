//! The hostile forms of `tests/corpora`.

use xtask::workspace;

/// One form of `redirects.txt`.
#[derive(Clone, Debug)]
pub struct Form {
    /// Its line in the file.
    pub line: usize,
    /// Where it is put: `destination`, `path`, `query`, `code` or `host`.
    pub place: String,
    /// The form, its escapes resolved.
    pub text: String,
}

/// Reads `redirects.txt`.
pub fn redirects() -> Vec<Form> {
    let path = workspace::at("tests/corpora/redirects.txt");
    let text = std::fs::read_to_string(path).expect("the corpus of redirects");
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|(at, line)| {
            let (place, form) = line.split_once(' ').unwrap_or((line, ""));
            Form { line: at + 1, place: place.to_owned(), text: unescape(form) }
        })
        .collect()
}

/// Reads `cells.txt`: cells that a spreadsheet might compute.
pub fn cells() -> Vec<String> {
    let path = workspace::at("tests/corpora/cells.txt");
    let text = std::fs::read_to_string(path).expect("the corpus of cells");
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(unescape).collect()
}

/// `\\`, `\r`, `\n`, `\t`, `\0`, `\xNN` and `\u{N}`.
fn unescape(form: &str) -> String {
    let mut text = String::new();
    let mut rest = form.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        let from_hex = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
        let meant = match rest.next() {
            Some('r') => Some('\r'),
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('0') => Some('\0'),
            Some('\\') => Some('\\'),
            Some('x') => from_hex(&rest.by_ref().take(2).collect::<String>()),
            Some('u') => from_hex(&rest.by_ref().skip(1).take_while(|c| *c != '}').collect::<String>()),
            _ => None,
        };
        text.push(meant.expect("the corpus knows these escapes only"));
    }
    text
}

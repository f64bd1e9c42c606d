//! The refusals that the source makes: their codes and sentences, and pages that must say them in another language.

use crate::desk::Desk;
use crate::http::Answer;
use crate::source::{File, file, files};

/// What makes a refusal: the call, whose words it has, and which argument the code is. More than one sentence is told
/// apart by the last argument.
const MAKERS: [(&str, &str, usize); 9] = [
    (".refuse(", "fault", 1),
    (".refuse_with(", "fault", 1),
    ("self.within(", "fault", 2),
    ("Problem::field(", "fault", 1),
    ("FieldError::new(", "fault", 1),
    ("Problem::new(", "refusal", 1),
    ("Self::new(", "refusal", 1),
    ("Err(conflict(", "refusal", 0),
    ("Problem::conflict(", "refusal", 0),
];

/// A refusal as the source makes it.
#[derive(Clone, Debug)]
pub struct Made {
    /// Where it is made.
    pub path: String,
    /// The call that makes it; empty where it stands in a fault.
    pub call: &'static str,
    /// Whose words it has, `fault` or `refusal`.
    pub group: &'static str,
    /// Its code, with what stands behind the dot.
    pub code: String,
    /// What the call is given.
    pub arguments: Vec<String>,
}

/// What stands between the brackets of a call, `rest` being what comes after the opening one.
pub fn arguments(rest: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    let mut found = vec![String::new()];
    for c in rest.chars() {
        if quoted {
            quoted = c != '"' || escaped;
            escaped = c == '\\' && !escaped;
        } else {
            match c {
                '"' => quoted = true,
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' if depth == 0 => break,
                ')' | ']' | '}' => depth -= 1,
                ',' if depth == 0 => {
                    found.push(String::new());
                    continue;
                }
                _ => {}
            }
        }
        if let Some(last) = found.last_mut() {
            last.push(c);
        }
    }
    found.iter().map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
}

/// The text of an argument that is one and looks like a code.
fn code(argument: &str) -> Option<&str> {
    let text = argument.strip_prefix('"')?.strip_suffix('"')?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'.';
    (!text.is_empty() && text.bytes().all(plain)).then_some(text)
}

fn sources() -> Vec<File> {
    let mut sources = files("edge/src", &[".rs"]);
    sources.extend(files("referral/src", &[".rs"]));
    for source in &mut sources {
        source.text = source.text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
    }
    sources.retain(|source| source.name() != "tests.rs");
    sources
}

/// All of them.
///
/// # Panics
/// There are hardly any: the source has changed its ways.
pub fn made() -> Vec<Made> {
    let mut made = Vec::new();
    for File { path, text } in sources() {
        // A row of a file has its column at hand.
        let by_row = path == "referral/src/roster/person.rs";
        for (call, group, at) in MAKERS {
            for rest in text.split(call).skip(1) {
                let arguments = arguments(rest);
                let at = if by_row { 0 } else { at };
                let Some(code) = arguments.get(at).and_then(|argument| code(argument)) else { continue };
                made.push(Made { path: path.clone(), call, group, code: code.to_owned(), arguments });
            }
        }
        // Codes that stand in a fault, and those that an error gives.
        let given = text.split("fn code(self)").skip(1).filter_map(|rest| rest.split("\n    }\n").next());
        let given = given.flat_map(|body| body.split("=> ").skip(1));
        for rest in text.split(" code: ").skip(1).chain(given) {
            let arguments = arguments(rest.split('\n').next().unwrap_or_default());
            let Some(code) = arguments.first().and_then(|argument| code(argument)) else { continue };
            let (call, group) = ("", "fault");
            made.push(Made { path: path.clone(), call, group, code: code.to_owned(), arguments });
        }
    }
    assert!(made.len() > 150, "{}", made.len());
    made
}

/// The English of callers, in pieces without what is filled in: sentences and titles that no page in another language shows.
pub fn sentences() -> Vec<String> {
    let mut sentences = Vec::new();
    for one in made() {
        for text in one.arguments.iter().flat_map(|argument| argument.split('"').skip(1).step_by(2)) {
            let pieces = text.split(['{', '}']).step_by(2).map(str::trim);
            sentences
                .extend(pieces.filter(|piece| piece.contains(' ') && piece.len() > 11).map(str::to_owned));
        }
    }
    sentences
}

/// Holds an answer against what it must say, and against all the English there is for refusals.
#[derive(Debug)]
pub struct German(Vec<String>);

impl Default for German {
    fn default() -> Self {
        let mut english = sentences();
        let words = file("edge/words/en.txt").expect("the English words").text;
        let said = words.lines().filter_map(|line| line.split_once(" = "));
        let said = said
            .filter(|(key, _)| ["fault.", "refusal.", "failed."].iter().any(|group| key.starts_with(group)));
        let pieces = said
            .flat_map(|(_, words)| words.split(['{', '}']).step_by(2).map(|piece| piece.trim().to_owned()));
        english.extend(pieces.filter(|piece| piece.contains(' ') && piece.len() > 11));
        assert!(english.len() > 250, "{}", english.len());
        Self(english)
    }
}

impl German {
    /// The page says this, in German, and nothing in English.
    ///
    /// # Panics
    /// It does not.
    #[track_caller]
    pub fn says(&self, answer: &Answer, status: u16, words: &[&str]) {
        let text = answer.text();
        assert_eq!(answer.status, status, "{text}");
        assert!(text.contains("<html lang=\"de\">"), "{text}");
        for word in words {
            assert!(text.contains(word), "{word}: {text}");
        }
        let english = self.0.iter().find(|english| text.contains(english.as_str()));
        assert_eq!(english, None, "{text}");
        for place in ["{a}", "{b}", "kann so nicht angenommen werden", "Das geht so nicht."] {
            assert!(!text.contains(place), "{place}: {text}");
        }
    }
}

/// A browser whose person chose German.
pub fn in_german(mut browser: Desk<'_>) -> Desk<'_> {
    browser.cookies.insert("goodword_language".to_owned(), "de".to_owned());
    browser
}

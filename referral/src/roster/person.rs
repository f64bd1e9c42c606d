//! A row, read.

use super::{Fault, Field, MOST_CODES, Sheet};
use crate::code::Code;
use crate::input::{LONGEST_NAME, Put, is_email};
use crate::instant::Instant;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use url::Url;

/// Somebody a file names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Which row, as a spreadsheet counts.
    pub row: usize,
    /// The shop's own id.
    pub external_id: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Their codes, the first one first.
    pub codes: Vec<Code>,
    /// Name or id of a group.
    pub group: Option<String>,
    /// When they joined.
    pub joined_at: Option<Instant>,
}

/// Longest first or last name, in characters: both and the space between them are a name.
const LONGEST_PART: usize = (LONGEST_NAME - 1) / 2;

/// Parameters of links that carry a code.
const PARAMETERS: &[&str] = &["via", "fpr", "fp_ref", "grsf", "ref"];

/// The code of a cell that may hold a whole link.
fn code_of(text: &str) -> String {
    let Ok(url) = Url::parse(text) else { return text.to_owned() };
    let given = url.query_pairs().find(|(name, _)| PARAMETERS.contains(&name.as_ref()));
    if let Some((_, code)) = given {
        return code.into_owned();
    }
    url.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty())).unwrap_or(text).to_owned()
}

/// A day or an instant: `2026-11-21`, RFC 3339, `2026-11-21 09:30:00 UTC`, seconds or milliseconds since 1970.
fn instant_of(text: &str) -> Option<Instant> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        return match text.len() {
            9 | 10 => Some(Instant::from_seconds(number)),
            12 | 13 => Some(Instant::from_ms(number)),
            _ => None,
        };
    }
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    let spaced = text.replacen(' ', "T", 1);
    [format!("{spaced}T00:00:00Z"), format!("{spaced}Z"), format!("{spaced}:00Z"), spaced]
        .iter()
        .find_map(|text| Instant::parse(text))
}

struct Row<'a> {
    number: usize,
    column: &'a str,
    faults: &'a mut Vec<Fault>,
}

impl Row<'_> {
    fn refuse(&mut self, code: &'static str, detail: impl Into<String>) {
        self.refuse_with(code, Vec::new(), detail);
    }

    fn refuse_with(&mut self, code: &'static str, put: Vec<Put>, detail: impl Into<String>) {
        let (row, column) = (self.number, self.column.chars().take(60).collect());
        self.faults.push(Fault { row, column, code, detail: detail.into(), put });
    }

    fn text(&mut self, cell: &str, longest: usize) -> Option<String> {
        if cell.chars().count() > longest {
            let detail = format!("must have at most {longest} characters; shorten it");
            self.refuse_with("too_long", vec![Put::number(longest)], detail);
        } else if cell.chars().any(char::is_control) {
            self.refuse(
                "control_character.cell",
                "holds a line break or another control character; take it out",
            );
        } else {
            return Some(cell.to_owned());
        }
        None
    }

    fn codes(&mut self, cell: &str, codes: &mut Vec<Code>) {
        for part in cell.split([' ', ',', ';', '|']).filter(|part| !part.is_empty()) {
            let wanted = code_of(part);
            match Code::parse(&wanted).ok().filter(Code::is_minted).map_or_else(|| Code::vanity(&wanted), Ok)
            {
                Ok(code) if codes.contains(&code) => {}
                Ok(_) if codes.len() == MOST_CODES => {
                    let detail = format!("one person can have {MOST_CODES} codes");
                    return self.refuse_with("too_many_codes", vec![Put::number(MOST_CODES)], detail);
                }
                Ok(code) => codes.push(code),
                Err(error) => {
                    let shown: String = wanted.chars().filter(|c| !c.is_control()).take(60).collect();
                    let detail = format!(
                        "\u{201c}{shown}\u{201d} cannot be a code here: {error}. Change it or take it out"
                    );
                    let put = vec![Put::Text(shown), Put::Said(error.code().to_owned())];
                    self.refuse_with("not_a_code.cell", put, detail);
                }
            }
        }
    }
}

/// What each row says, and every fault. Rows with a fault are among the people too, with what could be read.
pub fn people(sheet: &Sheet, fields: &[Option<Field>], now: Instant) -> (Vec<Person>, Vec<Fault>) {
    let mut people = Vec::new();
    let mut faults = Vec::new();
    for (at, cells) in sheet.rows.iter().enumerate().filter(|(_, cells)| !cells.is_empty()) {
        let number = at + 2;
        let mut person = Person { row: number, ..Person::default() };
        let (mut first, mut last) = (None, None);
        let before = faults.len();
        for ((cell, field), column) in cells.iter().zip(fields).zip(&sheet.header) {
            let Some(field) = field.filter(|_| !cell.is_empty()) else { continue };
            let mut row = Row { number, column, faults: &mut faults };
            match field {
                Field::Code => row.codes(cell, &mut person.codes),
                Field::ExternalId => keep(&mut person.external_id, row.text(cell, 200)),
                Field::Name => keep(&mut person.name, row.text(cell, LONGEST_NAME)),
                Field::FirstName => keep(&mut first, row.text(cell, LONGEST_PART)),
                Field::LastName => keep(&mut last, row.text(cell, LONGEST_PART)),
                Field::Group => keep(&mut person.group, row.text(cell, 100)),
                Field::Email if cell.chars().count() > 254 || !is_email(cell) => {
                    row.refuse(
                        "not_an_email.cell",
                        "is not an e-mail address; correct it or leave the cell empty",
                    );
                }
                Field::Email => keep(&mut person.email, row.text(cell, 254)),
                Field::JoinedAt => match instant_of(cell) {
                    Some(at) if at <= now => keep(&mut person.joined_at, Some(at)),
                    Some(_) => row.refuse("out_of_range.future", "is in the future; correct it"),
                    None => row.refuse("not_an_instant.cell", "is not a day; write it as 2026-11-21"),
                },
            }
        }
        if person.name.is_none() {
            let parts: Vec<String> = [first, last].into_iter().flatten().collect();
            person.name = Some(parts.join(" ")).filter(|name| !name.is_empty());
        }
        let nobody = person.external_id.is_none() && person.email.is_none() && person.codes.is_empty();
        if nobody && faults.len() == before {
            Row { number, column: "", faults: &mut faults }.refuse(
                "required.person",
                "has nothing to know this person by: a code, an e-mail address or your own id. Give one or take the row out",
            );
        }
        people.push(person);
    }
    find_twins(&people, &mut faults);
    faults.sort_by_key(|fault| fault.row);
    (people, faults)
}

/// The first that a person has of something counts.
fn keep<T>(known: &mut Option<T>, told: Option<T>) {
    if known.is_none() {
        *known = told;
    }
}

/// Who stands in a file twice.
fn find_twins(people: &[Person], faults: &mut Vec<Fault>) {
    let mut seen: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for person in people {
        let email = person.email.as_ref().map(|email| email.to_lowercase());
        let keys = person.codes.iter().map(|code| (Field::Code.word(), code.to_string()));
        let keys = keys.chain(email.map(|email| (Field::Email.word(), email)));
        let keys = keys.chain(person.external_id.clone().map(|id| (Field::ExternalId.word(), id)));
        for (what, value) in keys {
            let first = *seen.entry((what, value.clone())).or_insert(person.row);
            if first != person.row {
                let shown: String = value.chars().take(60).collect();
                faults.push(Fault {
                    row: person.row,
                    column: what.to_owned(),
                    code: "not_unique.row",
                    put: vec![Put::Text(shown.clone()), Put::number(first)],
                    detail: format!(
                        "\u{201c}{shown}\u{201d} stands in row {first} already. One row a person: put further codes into the same row"
                    ),
                });
            }
        }
    }
}

//! What a caller sent, read field by field: every fault is named, none is guessed around.

use crate::instant::Instant;
use crate::money::{Currency, LARGEST_AMOUNT, WHOLE_BPS};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

/// Longest name of a person, in characters, whoever tells it.
pub const LONGEST_NAME: usize = 300;

/// One field that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Path of the field, as `terms.rewards[0].pay`.
    pub field: String,
    /// Stable code: `required`, `wrong_type`, `too_long`, `out_of_range`, `unknown_field`, … Behind a dot stands which of
    /// its sentences is meant, for whoever says it in another language; callers are told what is before it.
    #[serde(serialize_with = "write_told")]
    pub code: &'static str,
    /// What to do.
    pub detail: String,
    /// What is filled into the sentence.
    #[serde(skip)]
    pub put: Vec<Put>,
}

impl FieldError {
    /// A fault whose sentence is always the same.
    pub fn new(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { field: field.into(), code, detail: detail.into(), put: Vec::new() }
    }
}

/// Something that is filled into the sentence of a refusal, to be written as the reader's language writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Put {
    /// A number.
    Number(i64),
    /// An amount of the program's currency, in minor units.
    Amount(i64),
    /// A share, in basis points.
    Share(u16),
    /// A day.
    Day(Instant),
    /// Words that stay as they are: what somebody typed, an id.
    Text(String),
    /// The sentence of another code.
    Said(String),
}

impl Put {
    /// A number of things.
    pub fn number(count: usize) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// A code as callers are told it.
pub fn told(code: &str) -> &str {
    code.split('.').next().unwrap_or_default()
}

/// Writes a code as callers are told it.
///
/// # Errors
/// Those of the serializer.
pub fn write_told<S: Serializer>(code: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(told(code))
}

/// Reads the fields of one JSON object and collects what is wrong with them.
#[derive(Debug)]
pub struct Input<'a> {
    path: String,
    fields: &'a Map<String, Value>,
    known: Vec<&'static str>,
    errors: Vec<FieldError>,
}

impl<'a> Input<'a> {
    /// Starts on an object; `path` is put before each field's name, empty for the body itself.
    pub fn new(path: &str, fields: &'a Map<String, Value>) -> Self {
        Self { path: path.to_owned(), fields, known: Vec::new(), errors: Vec::new() }
    }

    /// The path of a field of this object.
    pub fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Notes a fault of a field.
    pub fn refuse(&mut self, name: &str, code: &'static str, detail: impl Into<String>) {
        self.refuse_with(name, code, Vec::new(), detail);
    }

    /// As [`Input::refuse`], with what is filled into the sentence.
    pub fn refuse_with(&mut self, name: &str, code: &'static str, put: Vec<Put>, detail: impl Into<String>) {
        let field = self.path_of(name);
        self.errors.push(FieldError { put, ..FieldError::new(field, code, detail) });
    }

    /// Takes over the faults of a nested object.
    pub fn absorb(&mut self, errors: Vec<FieldError>) {
        self.errors.extend(errors);
    }

    /// The raw value; `null` counts as absent.
    pub fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.fields.get(name).filter(|value| !value.is_null())
    }

    /// A text of a length in characters, without control characters.
    pub fn text(&mut self, name: &'static str, length: RangeInclusive<usize>) -> Option<String> {
        self.text_with(name, length, |_| false)
    }

    /// As [`Input::text`], of several lines: what a person writes to another. Browsers end lines with two characters; one
    /// is kept.
    pub fn lines(&mut self, name: &'static str, length: RangeInclusive<usize>) -> Option<String> {
        let text = self.text_with(name, length, |one| matches!(one, '\n' | '\r'))?;
        Some(text.replace("\r\n", "\n").replace('\r', "\n"))
    }

    fn text_with(
        &mut self,
        name: &'static str,
        length: RangeInclusive<usize>,
        allowed: fn(char) -> bool,
    ) -> Option<String> {
        let value = self.value(name)?;
        let Some(text) = value.as_str() else {
            self.refuse(name, "wrong_type", "must be a text");
            return None;
        };
        let characters = text.chars().count();
        if characters < *length.start() {
            let least = *length.start();
            let detail = format!("must have at least {least} characters");
            self.refuse_with(name, "too_short", alloc::vec![Put::number(least)], detail);
        } else if characters > *length.end() {
            let most = *length.end();
            let detail = format!("must have at most {most} characters");
            self.refuse_with(name, "too_long", alloc::vec![Put::number(most)], detail);
        } else if text.chars().any(|one| one.is_control() && !allowed(one)) {
            self.refuse(name, "control_character", "must not contain control characters");
        } else {
            return Some(text.to_owned());
        }
        None
    }

    /// As [`Input::text`], and it must be there.
    pub fn required_text(&mut self, name: &'static str, length: RangeInclusive<usize>) -> String {
        let text = self.text(name, length);
        self.require(name);
        text.unwrap_or_default()
    }

    /// As [`Input::lines`], and it must be there.
    pub fn required_lines(&mut self, name: &'static str, length: RangeInclusive<usize>) -> String {
        let text = self.lines(name, length);
        self.require(name);
        text.unwrap_or_default()
    }

    /// Notes `required` where the field is absent or null.
    pub fn require(&mut self, name: &'static str) {
        if self.fields.get(name).is_none_or(Value::is_null) {
            self.refuse(name, "required", "is missing");
        }
    }

    /// A whole number within a range.
    pub fn integer(&mut self, name: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        self.within(name, range, "out_of_range.between", Put::Number)
    }

    fn within(
        &mut self,
        name: &'static str,
        range: RangeInclusive<i64>,
        code: &'static str,
        put: fn(i64) -> Put,
    ) -> Option<i64> {
        let value = self.value(name)?;
        match value.as_i64() {
            Some(number) if range.contains(&number) => Some(number),
            Some(_) => {
                let (least, most) = (*range.start(), *range.end());
                let detail = format!("must be from {least} to {most}");
                self.refuse_with(name, code, alloc::vec![put(least), put(most)], detail);
                None
            }
            None => {
                self.refuse(name, "wrong_type", "must be a whole number");
                None
            }
        }
    }

    /// An amount in minor units, from `least` up.
    pub fn amount(&mut self, name: &'static str, least: i64) -> Option<i64> {
        self.within(name, least..=LARGEST_AMOUNT, "out_of_range.amount", Put::Amount)
    }

    /// A share in basis points, of more than nothing.
    pub fn share(&mut self, name: &'static str) -> Option<u16> {
        let put = |bps| Put::Share(u16::try_from(bps).unwrap_or(u16::MAX));
        let bps = self.within(name, 1..=i64::from(WHOLE_BPS), "out_of_range.share", put)?;
        u16::try_from(bps).ok()
    }

    /// Yes or no.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        let value = self.value(name)?;
        if value.as_bool().is_none() {
            self.refuse(name, "wrong_type", "must be true or false");
        }
        value.as_bool()
    }

    /// An ISO 4217 currency.
    pub fn currency(&mut self, name: &'static str) -> Option<Currency> {
        let text = self.text(name, 0..=64)?;
        let currency = Currency::parse(&text);
        if currency.is_none() {
            self.refuse(name, "unknown_currency", "must be an ISO 4217 code in capitals, such as EUR");
        }
        currency
    }

    /// An RFC 3339 instant.
    pub fn instant(&mut self, name: &'static str) -> Option<Instant> {
        let text = self.text(name, 0..=64)?;
        let instant = Instant::parse(&text);
        if instant.is_none() {
            self.refuse(name, "not_an_instant", "must be RFC 3339, such as 2026-11-21T09:30:00Z");
        }
        instant
    }

    /// One word of a closed list.
    pub fn choice<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(name, 0..=64)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.refuse(name, "unknown_word", format!("must be one of {}", known.join(", ")));
        }
        found
    }

    /// An e-mail address: something, one `@`, a domain with a dot. Whether mail arrives is not ours to know.
    pub fn email(&mut self, name: &'static str) -> Option<String> {
        let text = self.text(name, 3..=254)?;
        if is_email(&text) {
            return Some(text);
        }
        self.refuse(name, "not_an_email", "must be an e-mail address");
        None
    }

    /// The caller's own notes: an object of at most 50 texts, numbers or flags; kept as JSON.
    pub fn metadata(&mut self, name: &'static str) -> Option<String> {
        let value = self.value(name)?;
        let Some(fields) = value.as_object() else {
            self.refuse(name, "wrong_type", "must be an object");
            return None;
        };
        let plain = fields.iter().all(|(key, value)| {
            key.chars().count() <= 40
                && match value {
                    Value::String(text) => text.chars().count() <= 500,
                    Value::Object(_) | Value::Array(_) => false,
                    _ => true,
                }
        });
        if fields.len() <= 50 && plain {
            return Some(value.to_string());
        }
        self.refuse(name, "out_of_range", "takes at most 50 keys of 40 characters with plain values of 500");
        None
    }

    /// Ends the reading: unknown fields are faults too, since a misspelt `click_id` costs somebody a reward.
    ///
    /// # Errors
    /// All faults found.
    pub fn finish(mut self) -> Result<(), Vec<FieldError>> {
        let unknown: Vec<String> =
            self.fields.keys().filter(|name| !self.known.contains(&name.as_str())).take(5).cloned().collect();
        for name in unknown {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
            self.refuse(&shown, "unknown_field", "is not a field of this call");
        }
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }
}

/// Whether a text has the form of an e-mail address: something, one `@`, a domain with a dot.
pub fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !domain.contains('@')
            && !text.chars().any(char::is_whitespace)
    })
}

/// Reads a request's body as one JSON object.
///
/// # Errors
/// It is not JSON, or not an object.
pub fn object(body: &str) -> Result<Map<String, Value>, Vec<FieldError>> {
    let refuse = |detail: &str| alloc::vec![FieldError::new("body", "not_json", detail)];
    match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(refuse("must be a JSON object")),
        Err(error) => Err(refuse(&format!("is not JSON: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn callers_are_told_a_code_and_a_sentence_and_no_more() {
        let value = json!({ "days": 400, "name": "" });
        let mut input = Input::new("", value.as_object().expect("an object"));
        assert_eq!((input.integer("days", 1..=365), input.text("name", 1..=20)), (None, None));
        let errors = input.finish().expect_err("both are refused");
        assert_eq!(errors[0].put, [Put::Number(1), Put::Number(365)]);
        assert_eq!(errors[0].code, "out_of_range.between");
        let said = json!([
            { "field": "days", "code": "out_of_range", "detail": "must be from 1 to 365" },
            { "field": "name", "code": "too_short", "detail": "must have at least 1 characters" },
        ]);
        assert_eq!(serde_json::to_value(&errors).expect("JSON"), said);
    }

    #[test]
    fn only_what_people_write_to_each_other_has_lines() {
        let check = |text: &str, plain: Option<&str>, lines: Option<&str>| {
            let value = json!({ "note": text });
            let fields = value.as_object().expect("an object");
            assert_eq!(Input::new("", fields).text("note", 1..=20).as_deref(), plain, "{text:?}");
            assert_eq!(Input::new("", fields).lines("note", 1..=20).as_deref(), lines, "{text:?}");
        };
        check("one", Some("one"), Some("one"));
        check("one\ntwo", None, Some("one\ntwo"));
        check("one\r\ntwo\rthree", None, Some("one\ntwo\nthree"));
        for refused in ["a\tb", "a\u{0}b", "a\u{85}b", "\u{1b}[0m", ""] {
            check(refused, None, None);
        }
    }
}

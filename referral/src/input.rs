//! What a caller sent, read field by field: every fault is named, none is guessed around.

use crate::instant::Instant;
use crate::money::{Currency, LARGEST_AMOUNT};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use serde::Serialize;
use serde_json::{Map, Value};

/// One field that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Path of the field, as `terms.rewards[0].pay`.
    pub field: String,
    /// Stable code: `required`, `wrong_type`, `too_long`, `out_of_range`, `unknown_field`, …
    pub code: &'static str,
    /// What to do.
    pub detail: String,
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
        let field = self.path_of(name);
        self.errors.push(FieldError { field, code, detail: detail.into() });
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
        let value = self.value(name)?;
        let Some(text) = value.as_str() else {
            self.refuse(name, "wrong_type", "must be a text");
            return None;
        };
        let characters = text.chars().count();
        if characters < *length.start() {
            self.refuse(name, "too_short", format!("must have at least {} characters", length.start()));
        } else if characters > *length.end() {
            self.refuse(name, "too_long", format!("must have at most {} characters", length.end()));
        } else if text.chars().any(char::is_control) {
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

    /// Notes `required` where the field is absent or null.
    pub fn require(&mut self, name: &'static str) {
        if self.fields.get(name).is_none_or(Value::is_null) {
            self.refuse(name, "required", "is missing");
        }
    }

    /// A whole number within a range.
    pub fn integer(&mut self, name: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.value(name)?;
        match value.as_i64() {
            Some(number) if range.contains(&number) => Some(number),
            Some(_) => {
                self.refuse(
                    name,
                    "out_of_range",
                    format!("must be from {} to {}", range.start(), range.end()),
                );
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
        self.integer(name, least..=LARGEST_AMOUNT)
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
        let well_formed = text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
                && !domain.contains('@')
                && !text.chars().any(char::is_whitespace)
        });
        if well_formed {
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

/// Reads a request's body as one JSON object.
///
/// # Errors
/// It is not JSON, or not an object.
pub fn object(body: &str) -> Result<Map<String, Value>, Vec<FieldError>> {
    let refuse = |detail: &str| {
        alloc::vec![FieldError { field: "body".to_owned(), code: "not_json", detail: detail.to_owned() }]
    };
    match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(refuse("must be a JSON object")),
        Err(error) => Err(refuse(&format!("is not JSON: {error}"))),
    }
}

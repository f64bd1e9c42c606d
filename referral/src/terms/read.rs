//! Terms as a merchant writes them: read as a whole, every fault named by its field. The rules are read in
//! [`super::rules`].

use super::qualification::Qualification;
use super::{Approval, Cap, CapOf, CapPer};
use crate::input::{Input, Put};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Map, Value};

/// Most events and domains that qualify.
const MOST_NAMED: usize = 50;

/// The items of a list, none where it is absent or refused.
pub(super) fn list<'a>(input: &mut Input<'a>, name: &'static str, most: usize) -> Option<&'a Vec<Value>> {
    let value = input.value(name)?;
    let Some(items) = value.as_array() else {
        input.refuse(name, "wrong_type", "must be a list");
        return None;
    };
    if items.len() > most {
        let put = alloc::vec![Put::number(most)];
        input.refuse_with(name, "too_long.entries", put, format!("takes at most {most}"));
        return None;
    }
    Some(items)
}

/// The fields of an object, with the path they stand under.
pub(super) fn object<'a>(
    input: &mut Input<'_>,
    name: &str,
    value: &'a Value,
    shape: &str,
) -> Option<&'a Map<String, Value>> {
    let fields = value.as_object();
    if fields.is_none() {
        input.refuse(name, "wrong_type", format!("must be {shape}"));
    }
    fields
}

/// Ends the reading of a nested object.
pub(super) fn close(input: &mut Input<'_>, nested: Input<'_>) {
    if let Err(errors) = nested.finish() {
        input.absorb(errors);
    }
}

pub(super) fn approval(input: &mut Input<'_>) -> Approval {
    let Some(value) = input.value("approval") else {
        return Approval::Automatic;
    };
    match value.as_str() {
        Some("automatic") => return Approval::Automatic,
        Some("manual") => return Approval::Manual,
        _ => {}
    }
    let shape = "\"automatic\", \"manual\" or {\"automatic_up_to\": minor units}";
    let Some(fields) = object(input, "approval", value, shape) else {
        return Approval::Automatic;
    };
    let mut nested = Input::new(&input.path_of("approval"), fields);
    let most = nested.amount("automatic_up_to", 1);
    nested.require("automatic_up_to");
    close(input, nested);
    most.map_or(Approval::Automatic, Approval::AutomaticUpTo)
}

pub(super) fn caps(input: &mut Input<'_>) -> Vec<Cap> {
    let mut caps: Vec<Cap> = Vec::new();
    for (at, value) in list(input, "caps", 7).into_iter().flatten().enumerate() {
        let name = format!("caps[{at}]");
        let Some(fields) = object(input, &name, value, "an object with of, per and amount") else { continue };
        let mut cap = Input::new(&input.path_of(&name), fields);
        cap.require("of");
        let of =
            [("conversion", CapOf::Conversion), ("referrer", CapOf::Referrer), ("program", CapOf::Program)];
        let of = cap.choice("of", &of);
        let per = [("ever", CapPer::Ever), ("day", CapPer::Day), ("month", CapPer::Month)];
        let per = cap.choice("per", &per).unwrap_or(CapPer::Ever);
        if of == Some(CapOf::Conversion) && per != CapPer::Ever {
            cap.refuse("per", "out_of_place", "a conversion happens once; leave it out");
        }
        cap.require("amount");
        let amount = cap.amount("amount", 1);
        close(input, cap);
        let (Some(of), Some(amount)) = (of, amount) else { continue };
        if caps.iter().any(|known| (known.of, known.per) == (of, per)) {
            input.refuse(&name, "not_unique", "caps the same as another one");
        }
        caps.push(Cap { of, per, amount });
    }
    caps
}

pub(super) fn qualification(input: &mut Input<'_>) -> Qualification {
    let Some(value) = input.value("qualification") else {
        return Qualification::default();
    };
    let shape = "an object with criteria, events and email_domains";
    let Some(fields) = object(input, "qualification", value, shape) else {
        return Qualification::default();
    };
    let mut nested = Input::new(&input.path_of("qualification"), fields);
    let criteria = nested.text("criteria", 1..=1000);
    let events = names(&mut nested, "events", "must be an event: letters, digits, _, - and .", |text| {
        (1..=40).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    });
    let email_domains =
        names(&mut nested, "email_domains", "must be a domain in lower case, as firm.example", |text| {
            (3..=253).contains(&text.len())
                && text.contains('.')
                && !text.starts_with('.')
                && !text.ends_with('.')
                && text.to_lowercase() == text
                && !text.chars().any(|c| c == '@' || c.is_whitespace() || c.is_control())
        });
    close(input, nested);
    Qualification { criteria, events, email_domains }
}

/// A list of words, each well-formed and named once.
fn names(input: &mut Input<'_>, name: &'static str, shape: &str, fits: fn(&str) -> bool) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (at, value) in list(input, name, MOST_NAMED).into_iter().flatten().enumerate() {
        match value.as_str().filter(|text| fits(text)) {
            None => input.refuse(&format!("{name}[{at}]"), "wrong_type", shape),
            Some(text) if names.iter().any(|known| known == text) => {
                input.refuse(&format!("{name}[{at}]"), "not_unique", "is named twice");
            }
            Some(text) => names.push(text.to_owned()),
        }
    }
    names
}

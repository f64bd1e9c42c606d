//! `POST /v1/coupons {pool, codes}`: the merchant's codes for friends. Each is given once, by a rule that pays a coupon.

use super::book::Book;
use super::decision::Decision;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::input::{self, Input};
use referral::terms::{POOL, is_pool};
use serde_json::json;
use std::collections::HashSet;

/// Most codes of one call.
const MOST_AT_ONCE: usize = 500;

pub(crate) fn upload(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let pool = input.required_text("pool", 1..=40);
    if !is_pool(&pool) {
        input.refuse("pool", "unknown_character", POOL);
    }
    let codes = codes(&mut input);
    input.finish().map_err(Problem::invalid)?;
    let known: Vec<(String, String)> =
        book.database.rows(sql!("ledger/coupons_known"), &[serde_json::to_string(&codes)?])?;
    if let Some((code, other)) = known.iter().find(|(_, other)| *other != pool) {
        let detail = format!("{code} is in the pool {other} already. A code is in one pool.");
        return Err(Problem::conflict("coupon_conflict", detail));
    }
    let new: Vec<&String> =
        codes.iter().filter(|code| known.iter().all(|(known, _)| known != *code)).collect();
    let left: Option<(usize,)> = book.database.row(sql!("ledger/coupons_left"), &[&pool])?;
    let left = left.map_or(0, |(left,)| left) + new.len();
    let answer = json!({ "pool": pool, "added": new.len(), "known": known.len(), "left": left });
    if new.is_empty() {
        return Ok(Decision::answer(Answer::json(200, &answer)?));
    }
    let mut writes = Writes::default();
    let row = (&pool, book.now().ms(), serde_json::to_string(&new)?);
    writes.add(sql!("ledger/coupons_insert"), &row)?;
    Ok(Decision { answer: Answer::json(201, &answer)?, writes, audit: Some(("coupons.uploaded", pool)) })
}

fn codes(input: &mut Input<'_>) -> Vec<String> {
    input.require("codes");
    let Some(value) = input.value("codes") else { return Vec::new() };
    let Some(list) = value.as_array().filter(|list| (1..=MOST_AT_ONCE).contains(&list.len())) else {
        input.refuse("codes", "out_of_range.list", format!("must be a list of 1 to {MOST_AT_ONCE} codes"));
        return Vec::new();
    };
    let mut seen = HashSet::new();
    let mut codes = Vec::new();
    for (at, code) in list.iter().enumerate() {
        let fits = |code: &&str| {
            (1..=100).contains(&code.len())
                && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        };
        match code.as_str().filter(fits) {
            None => input.refuse(
                &format!("codes[{at}]"),
                "wrong_type",
                "must be a text of 1 to 100 letters, digits, _, - and .",
            ),
            Some(code) if !seen.insert(code) => {
                input.refuse(&format!("codes[{at}]"), "not_unique", "is named twice");
            }
            Some(code) => codes.push(code.to_owned()),
        }
    }
    codes
}

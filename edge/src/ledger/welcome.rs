//! `GET /v1/widget/welcome?code=…`: what a friend is told who comes over somebody's link.

use super::book::Book;
use super::me;
use super::promise;
use super::request::Request;
use super::terms;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::sql;
use referral::code::Code;
use referral::first_name::first_name;
use serde_json::json;

pub(crate) fn show(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let mut written = None;
    for pair in request.query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("code", code)) if written.is_none() => written = Some(code),
            _ => return Err(Problem::field("query", "unknown_field", "takes code, once")),
        }
    }
    let written = written.ok_or_else(|| Problem::field("code", "required", "is missing"))?;
    let unknown =
        || Problem::new(404, "code_unknown", "Unknown code", "Nobody has joined the program with this code.");
    let code = Code::parse(written).map_err(|_| unknown())?;
    let known: Option<(String, Option<String>)> =
        book.database.row(sql!("ledger/welcome"), &[code.as_str()])?;
    let (referrer_id, name) = known.ok_or_else(unknown)?;
    let program = book.program()?;
    // The terms this friend's conversion would be judged by.
    let version = terms::of_referrer(book, &program, &referrer_id, book.now())?;
    Answer::json(
        200,
        &json!({
            "program": {
                "name": program.facts.name,
                "currency": program.currency,
                "minimum_order": version.terms.minimum_order,
                "offer": me::offer(&program, &version),
                "promise": promise::said_to_friend(&program, &version, request),
            },
            "code": code,
            "from": name.as_deref().and_then(first_name),
        }),
    )
}

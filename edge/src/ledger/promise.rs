//! The terms in plain words, for the merchant and in the widget.

use super::book::{Book, Loaded};
use super::program;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use referral::promise::{self, LOCALES, Locale, Promise};
use serde_json::json;

/// The language a caller wants: `locale` in the query, else what their browser likes best.
fn locale(request: &Request) -> Result<Locale, Problem> {
    let mut wanted = None;
    for pair in request.query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("locale", tag)) => wanted = Some(tag),
            _ => return Err(Problem::field("query", "unknown_field", "takes locale")),
        }
    }
    let Some(tag) = wanted else {
        return Ok(Locale::preferred(request.meta.accept_language.as_deref().unwrap_or_default()));
    };
    Locale::of_tag(tag).ok_or_else(|| {
        let known: Vec<&str> = LOCALES.iter().map(|locale| locale.tag()).collect();
        Problem::field("locale", "unknown_word", &format!("must be one of {}", known.join(", ")))
    })
}

/// The promise of the newest terms in the caller's language.
pub(crate) fn said(program: &Loaded, request: &Request) -> Result<Promise, Problem> {
    Ok(promise::say(&program.terms, program.currency, locale(request)?))
}

/// `GET /v1/terms?locale=`: the newest terms, and what they promise in words.
pub(crate) fn show(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let program = book.program()?;
    let promise = said(&program, request)?;
    let terms = program::shown(&program)?.get("terms").cloned();
    Answer::json(200, &json!({ "terms": terms, "currency": program.currency, "promise": promise }))
}

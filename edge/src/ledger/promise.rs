//! The terms in plain words, for the merchant and in the widget.

use super::book::{Book, Loaded};
use super::program;
use super::request::Request;
use super::terms::{self, Version};
use super::who::Account;
use crate::answer::Answer;
use crate::problem::Problem;
use referral::promise::{self, LOCALES, Locale, Promise};
use serde_json::json;

/// The language a caller wants: `locale` in the query, else what their browser likes best.
pub(crate) fn locale(request: &Request) -> Result<Locale, Problem> {
    let mut wanted = None;
    for pair in request.query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("locale", tag)) => wanted = Some(tag),
            _ => return Err(Problem::field("query", "unknown_field", "takes locale")),
        }
    }
    locale_named(wanted, request)
}

/// The language of a tag, else what the caller's browser likes best.
pub(crate) fn locale_named(wanted: Option<&str>, request: &Request) -> Result<Locale, Problem> {
    let Some(tag) = wanted else {
        return Ok(Locale::preferred(request.meta.accept_language.as_deref().unwrap_or_default()));
    };
    Locale::of_tag(tag).ok_or_else(|| {
        let known: Vec<&str> = LOCALES.iter().map(|locale| locale.tag()).collect();
        Problem::field("locale", "unknown_word", &format!("must be one of {}", known.join(", ")))
    })
}

/// What is in force now for a referrer; the program's own terms for nobody in particular.
pub(crate) fn in_force<'a>(
    book: &Book,
    program: &'a Loaded,
    referrer: Option<&Account>,
) -> Result<Version<'a>, Problem> {
    match referrer {
        Some(referrer) => terms::of_referrer(book, program, &referrer.id, book.now()),
        None => terms::at(book, program, book.now()),
    }
}

/// The promise of a version of the terms in the caller's language.
pub(crate) fn said(program: &Loaded, version: &Version<'_>, request: &Request) -> Result<Promise, Problem> {
    Ok(promise::say(&version.terms, program.currency, locale(request)?))
}

/// What a friend is told of it, in their browser's language.
pub(crate) fn said_to_friend(program: &Loaded, version: &Version<'_>, request: &Request) -> Vec<String> {
    let locale = Locale::preferred(request.meta.accept_language.as_deref().unwrap_or_default());
    promise::say_to_friend(&version.terms, program.currency, locale)
}

/// `GET /v1/terms?locale=`: the newest terms, and what they promise in words.
pub(crate) fn show(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let program = book.program()?;
    let promise = said(&program, &terms::at(book, &program, book.now())?, request)?;
    let terms = program::shown(&program)?.get("terms").cloned();
    Answer::json(200, &json!({ "terms": terms, "currency": program.currency, "promise": promise }))
}

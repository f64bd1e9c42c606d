//! The language of pages. Without a choice they are in the one the browser likes. A choice is made at the end of a page:
//!
//! - `POST /dashboard/language {language}` keeps it in a cookie for a year.
//! - `POST /p/{program}/language {language}` keeps it in another one until the browser is closed: nobody agreed to more
//!   there, and what was chosen in the dashboard stays.
//! - `?lang=` of `/join/{program}` keeps nothing: the address says it, and the way into a referrer's page takes it along.

use super::form::Form;
use super::reply::Reply;
use super::route::Page;
use super::visit::{Visit, without_language};
use super::{portal, session, words};
use crate::isolate::Isolate;
use crate::problem::Problem;

/// A year.
const KEPT_S: i64 = 365 * 24 * 3600;

/// The language a form names.
fn named(form: &Form) -> Result<&'static str, Problem> {
    form.text("language").and_then(words::spoken).ok_or_else(|| {
        Problem::new(
            422,
            "language_unknown",
            "No words in this language",
            "Choose one of the languages at the end of the page.",
        )
    })
}

/// Keeps the choice and leads back to where it was made.
pub(super) fn choose(isolate: &Isolate, visit: &Visit, form: &Form) -> Result<Reply, Problem> {
    let tag = named(form)?;
    let back = back(visit.came_from(isolate).unwrap_or_default());
    Ok(Reply::see(&back).with_cookie(session::LANGUAGE.lasting(isolate, tag, KEPT_S)))
}

/// The same on a referrer's pages, for this visit.
pub(super) fn choose_for_now(
    isolate: &Isolate,
    visit: &Visit,
    form: &Form,
    program: &str,
) -> Result<Reply, Problem> {
    let tag = named(form)?;
    let back = back_to(program, visit.came_from(isolate).unwrap_or_default());
    Ok(Reply::see(&back).with_cookie(session::PORTAL_LANGUAGE.passing(isolate, tag)))
}

/// The page to lead back to: the one that was left, or, where only a form leads there, the one above it.
fn back((path, query): (&str, &str)) -> String {
    match Page::at_or_above(path) {
        page if !super::are_at(page) => "/dashboard".to_owned(),
        page => with_query(page, path, query),
    }
}

/// The same among a referrer's pages of a program. An address that says a language would have it against the choice.
fn back_to(program: &str, (path, query): (&str, &str)) -> String {
    let home = format!("/p/{program}");
    let inside = path.strip_prefix(&home).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if inside { with_query(portal::at_or_above(path), path, &without_language(query)) } else { home }
}

/// A page, with what it was asked for where it is the one that was left.
fn with_query(page: &str, path: &str, query: &str) -> String {
    if page == path && !query.is_empty() { format!("{page}?{query}") } else { page.to_owned() }
}

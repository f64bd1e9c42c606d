//! `POST /dashboard/language {language}`: the language of the pages in this browser, kept in a cookie. Without one, pages
//! are in the language the browser likes.

use super::form::Form;
use super::reply::Reply;
use super::route::Page;
use super::visit::Visit;
use super::{session, words};
use crate::isolate::Isolate;
use crate::problem::Problem;

/// A year.
const KEPT_S: i64 = 365 * 24 * 3600;

/// Keeps the choice and leads back to where it was made.
pub(super) fn choose(isolate: &Isolate, visit: &Visit, form: &Form) -> Result<Reply, Problem> {
    let Some(tag) = form.text("language").and_then(words::spoken) else {
        return Err(Problem::new(
            422,
            "language_unknown",
            "No words in this language",
            "Choose one of the languages at the end of the page.",
        ));
    };
    let back = back(visit.came_from(isolate).unwrap_or_default());
    Ok(Reply::see(&back).with_cookie(session::LANGUAGE.lasting(isolate, tag, KEPT_S)))
}

/// The page to lead back to: the one that was left, or, where only a form leads there, the one above it.
fn back((path, query): (&str, &str)) -> String {
    match Page::at_or_above(path) {
        page if !super::are_at(page) => "/dashboard".to_owned(),
        page if page == path && !query.is_empty() => format!("{page}?{query}"),
        page => page.to_owned(),
    }
}

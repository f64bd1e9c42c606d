//! The referrer's page, as the ledger answers it: who is in ([`door`]), what they read beyond the calls of the API ([`list`],
//! as files in [`file`], [`numbers`]), and what they change of their own ([`own`]).

pub(crate) mod door;
pub(crate) mod file;
pub(crate) mod list;
pub(crate) mod numbers;
pub(crate) mod own;

use super::asset;
use super::book::Book;
use super::desk::ROWS;
use super::request::Request;
use super::trace;
use super::{erasure, statement};
use crate::answer::Answer;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};

/// A referrer's session that is good now.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entered {
    pub(crate) id: String,
    pub(crate) referrer_id: String,
    /// A token of the merchant's said who it is; else the secret of a link did.
    pub(crate) identified: bool,
}

/// Answers what the Worker asks in a referrer's name; `verb` is the end of the internal path.
pub(crate) fn answer(book: &Book, request: &Request, verb: &str) -> Result<Answer, Problem> {
    book.stored()?.ok_or_else(door::nobody)?;
    match verb {
        "look" => return Answer::json(200, &door::is_way_in(book, &request.body)?),
        "enter" => {
            return Answer::json(201, &door::enter(book, request, &serde_json::from_str(&request.body)?)?);
        }
        "use" => return Answer::json(200, &door::used(book, &request.body)?),
        "leave" => return door::leave(book, &request.body),
        _ => {}
    }
    let entered = request.meta.portal.as_ref().ok_or_else(Problem::not_found)?;
    let id = entered.referrer_id.as_str();
    book.approve_due()?;
    let body = request.body.as_str();
    match verb {
        "around" => Answer::json(200, &own::around(book, id)?),
        "numbers" => Answer::json(200, &numbers::of(book, id, &serde_json::from_str(body)?)?),
        "conversions" => {
            let found = list::conversions(book, id, &serde_json::from_str(body)?, ROWS + 1)?;
            Answer::json(200, &list::cut(found))
        }
        "rewards" => {
            let found = list::rewards(book, id, &serde_json::from_str(body)?, ROWS + 1)?;
            Answer::json(200, &list::cut(found))
        }
        "disputes" => {
            let found = list::disputes(book, id, &serde_json::from_str(body)?, ROWS + 1)?;
            Answer::json(200, &list::cut(found))
        }
        "assets" => Answer::json(200, &asset::shown_to(book, id, request.meta.test)?),
        "statement" => statement::begin(book, id, serde_json::from_str(body)?),
        "statement.csv" => statement::file(book, id),
        "statement.json" => statement::list(book, id),
        "export" => erasure::export_referrer(book, id),
        "profile" => Answer::json(200, &own::profile(book, id)?),
        "terms" => Answer::json(200, &own::terms(book, request, id)?),
        "target" => own::change_target(book, request, id),
        "shared" => own::share(book, request, id),
        "sessions" => Answer::json(200, &door::list(book, id)?),
        "session_end" => door::end(book, request, id),
        "erase" => own::erase(book, request, id),
        _ => Err(Problem::not_found()),
    }
}

/// The ids under which a referrer is known, in the order of [`trace::everyone`].
fn everyone(book: &Book, id: &str) -> Result<Vec<String>, Problem> {
    trace::everyone(book, id)
}

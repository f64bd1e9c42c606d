//! Pages of lists: what a caller asks for and how a page is shown.

use crate::problem::Problem;
use serde_json::{Value, json};

/// Most items of a page, and how many without a `limit`.
const MOST: u32 = 100;
const USUAL: u32 = 20;

/// Which page a caller wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) limit: u32,
    pub(crate) cursor: Option<Cursor>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// Older than this id.
    After(String),
    /// Newer than this id.
    Before(String),
}

impl Page {
    /// Reads `limit`, `starting_after`, `ending_before`; other parameters are refused.
    pub(crate) fn read(query: &str) -> Result<Self, Problem> {
        let mut page = Self { limit: USUAL, cursor: None };
        for (name, value) in query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        {
            match name {
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
                    page.limit = limit.ok_or_else(|| {
                        Problem::field("limit", "out_of_range", "must be a whole number from 1 to 100")
                    })?;
                }
                "starting_after" | "ending_before" if page.cursor.is_some() => {
                    return Err(Problem::field(name, "out_of_range", "cannot stand beside another cursor"));
                }
                "starting_after" => page.cursor = Some(Cursor::After(value.to_owned())),
                "ending_before" => page.cursor = Some(Cursor::Before(value.to_owned())),
                _ => {
                    return Err(Problem::field(
                        "query",
                        "out_of_range",
                        "takes limit, starting_after and ending_before",
                    ));
                }
            }
        }
        Ok(page)
    }
}

/// A page as the API shows it.
pub(crate) fn shown(data: &[Value], has_more: bool, last_id: Option<String>) -> Value {
    json!({ "data": data, "has_more": has_more, "next_cursor": last_id.filter(|_| has_more) })
}

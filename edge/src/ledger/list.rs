//! Lists with cursors, newest first, and single conversions with their traces.

use super::book::Book;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::route::List;
use crate::sql::{Statement, sql};
use referral::input::FieldError;
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

fn refuse(field: &str, detail: &str) -> Problem {
    Problem::invalid(vec![FieldError {
        field: field.to_owned(),
        code: "out_of_range",
        detail: detail.to_owned(),
    }])
}

impl Page {
    /// Reads `limit`, `starting_after`, `ending_before`; other parameters are refused.
    pub(crate) fn read(query: &str) -> Result<Self, Problem> {
        let mut page = Self {
            limit: USUAL,
            cursor: None,
        };
        for (name, value) in query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        {
            match name {
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
                    page.limit =
                        limit.ok_or_else(|| refuse("limit", "must be a whole number from 1 to 100"))?;
                }
                "starting_after" | "ending_before" if page.cursor.is_some() => {
                    return Err(refuse(name, "cannot stand beside another cursor"));
                }
                "starting_after" => page.cursor = Some(Cursor::After(value.to_owned())),
                "ending_before" => page.cursor = Some(Cursor::Before(value.to_owned())),
                _ => return Err(refuse("query", "takes limit, starting_after and ending_before")),
            }
        }
        Ok(page)
    }
}

/// The statements of one list.
pub(crate) struct Source {
    pub(crate) older: Statement,
    pub(crate) newer: Statement,
    pub(crate) by_id: Statement,
}

pub(crate) const LEADS: Source = Source {
    older: sql!("ledger/leads_older"),
    newer: sql!("ledger/leads_newer"),
    by_id: sql!("ledger/lead_by_id"),
};
pub(crate) const SALES: Source = Source {
    older: sql!("ledger/sales_older"),
    newer: sql!("ledger/sales_newer"),
    by_id: sql!("ledger/sale_by_id"),
};
pub(crate) const REFUNDS: Source = Source {
    older: sql!("ledger/refunds_older"),
    newer: sql!("ledger/refunds_newer"),
    by_id: sql!("ledger/refund_by_id"),
};
pub(crate) const REWARDS: Source = Source {
    older: sql!("ledger/rewards_older"),
    newer: sql!("ledger/rewards_newer"),
    by_id: sql!("ledger/reward_by_id"),
};
pub(crate) const CLAIMS: Source = Source {
    older: sql!("ledger/claims_older"),
    newer: sql!("ledger/claims_newer"),
    by_id: sql!("ledger/claim_by_id"),
};
pub(crate) const REFERRERS: Source = Source {
    older: sql!("ledger/referrers_older"),
    newer: sql!("ledger/referrers_newer"),
    by_id: sql!("ledger/referrer_by_id"),
};

pub(crate) const FLAGS: Source = Source {
    older: sql!("ledger/flags_older"),
    newer: sql!("ledger/flags_newer"),
    by_id: sql!("ledger/flag_by_id"),
};

pub(crate) const DISPUTES: Source = Source {
    older: sql!("ledger/disputes_older"),
    newer: sql!("ledger/disputes_newer"),
    by_id: sql!("ledger/dispute_by_id"),
};

type Row = (i64, String, String);

/// Rows of a page, newest first, and whether there are more in the direction of travel.
pub(crate) fn rows(book: &Book, source: &Source, page: &Page) -> Result<(Vec<Row>, bool), Problem> {
    let seq_of = |id: &str| -> Result<i64, Problem> {
        let row: Option<(i64, String)> = book.database.row(source.by_id, &[id])?;
        row.map(|(seq, _)| seq)
            .ok_or_else(|| refuse("cursor", "is not the id of an item of this list"))
    };
    let one_more = page.limit + 1;
    let wanted = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let mut rows: Vec<Row> = match &page.cursor {
        None => book
            .database
            .rows(source.older, &(referral::money::LARGEST_AMOUNT, one_more))?,
        Some(Cursor::After(id)) => book.database.rows(source.older, &(seq_of(id)?, one_more))?,
        Some(Cursor::Before(id)) => book.database.rows(source.newer, &(seq_of(id)?, one_more))?,
    };
    let has_more = rows.len() > wanted;
    rows.truncate(wanted);
    if matches!(page.cursor, Some(Cursor::Before(_))) {
        rows.reverse();
    }
    Ok((rows, has_more))
}

/// A page as the API shows it.
pub(crate) fn shown(data: Vec<Value>, has_more: bool, last_id: Option<String>) -> Value {
    json!({ "data": data, "has_more": has_more, "next_cursor": last_id.filter(|_| has_more) })
}

pub(crate) fn page(book: &Book, request: &Request, list: List) -> Result<Answer, Problem> {
    let source = match list {
        List::Leads => LEADS,
        List::Sales => SALES,
        List::Refunds => REFUNDS,
        List::Rewards => REWARDS,
        List::Claims => CLAIMS,
        List::Flags => FLAGS,
        List::Disputes => DISPUTES,
    };
    let (rows, has_more) = rows(book, &source, &Page::read(&request.query)?)?;
    let last = rows.last().map(|(_, id, _)| id.clone());
    let data = rows
        .iter()
        .map(|(_, _, body)| serde_json::from_str(body))
        .collect::<Result<_, _>>()?;
    Answer::json(200, &shown(data, has_more, last))
}

/// One lead or sale as it stands now.
pub(crate) fn one(book: &Book, id: &str) -> Result<Answer, Problem> {
    let by_id = if id.starts_with("led_") {
        LEADS.by_id
    } else {
        SALES.by_id
    };
    let row: Option<(i64, String)> = book.database.row(by_id, &[id])?;
    let (_, body) = row.ok_or_else(Problem::not_found)?;
    Ok(Answer { status: 200, body })
}

/// The trace of a conversion: with a secret key, or with the proof of the referrer who is credited.
pub(crate) fn trace(book: &Book, request: &Request, id: &str) -> Result<Answer, Problem> {
    let row: Option<(String, Option<String>)> = book.database.row(sql!("ledger/trace"), &[id])?;
    let (body, credited) = row.ok_or_else(Problem::not_found)?;
    let secret = book.caller(request).is_some_and(|key| key.kind == "secret");
    if secret {
        return Ok(Answer { status: 200, body });
    }
    let referrer = super::widget::referrer(book, request)?;
    match (referrer, credited) {
        (Some((id, _)), Some(credited)) if id == credited => Ok(Answer { status: 200, body }),
        _ => Err(Problem::not_found()),
    }
}

//! Lists with cursors, newest first, and single conversions.

use super::book::Book;
use super::request::Request;
use crate::answer::Answer;
use crate::paging::{self, Cursor, Page};
use crate::problem::Problem;
use crate::route::List;
use crate::sql::{Statement, sql};
use serde_json::Value;

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
/// Those of whom a link is known to have left, or none.
pub(crate) const REFERRERS_BY_SHARING: Source = Source {
    older: sql!("ledger/referrers_sharing_older"),
    newer: sql!("ledger/referrers_sharing_newer"),
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

pub(crate) const PAYOUTS: Source = Source {
    older: sql!("ledger/payouts_older"),
    newer: sql!("ledger/payouts_newer"),
    by_id: sql!("ledger/payout_by_id"),
};
pub(crate) const GROUPS: Source = Source {
    older: sql!("ledger/groups_older"),
    newer: sql!("ledger/groups_newer"),
    by_id: sql!("ledger/group_by_id"),
};

/// A coupon's id is its code.
pub(crate) const COUPONS: Source = Source {
    older: sql!("ledger/coupons_older"),
    newer: sql!("ledger/coupons_newer"),
    by_id: sql!("ledger/coupon_by_code"),
};
pub(crate) const AUDIT: Source = Source {
    older: sql!("ledger/audit_older"),
    newer: sql!("ledger/audit_newer"),
    by_id: sql!("ledger/audit_by_id"),
};

type Row = (i64, String, String);

/// The place of a cursor in its list.
pub(crate) fn seq_of(book: &Book, source: &Source, id: &str) -> Result<i64, Problem> {
    let row: Option<(i64, String)> = book.database.row(source.by_id, &[id])?;
    row.map(|(seq, _)| seq)
        .ok_or_else(|| Problem::field("cursor", "out_of_range", "is not the id of an item of this list"))
}

/// Rows of a page, newest first, and whether there are more in the direction of travel.
pub(crate) fn rows(book: &Book, source: &Source, page: &Page) -> Result<(Vec<Row>, bool), Problem> {
    rows_of(book, source, page, None::<&str>)
}

/// As [`rows`], from statements whose third binding says which rows are wanted.
pub(crate) fn rows_of(
    book: &Book,
    source: &Source,
    page: &Page,
    kind: Option<&(impl serde::Serialize + ?Sized)>,
) -> Result<(Vec<Row>, bool), Problem> {
    let seq_of = |id: &str| seq_of(book, source, id);
    let one_more = page.limit + 1;
    let wanted = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let (statement, seq) = match &page.cursor {
        None => (source.older, referral::money::LARGEST_AMOUNT),
        Some(Cursor::After(id)) => (source.older, seq_of(id)?),
        Some(Cursor::Before(id)) => (source.newer, seq_of(id)?),
    };
    let mut rows: Vec<Row> = match kind {
        None => book.database.rows(statement, &(seq, one_more))?,
        Some(kind) => book.database.rows(statement, &(seq, one_more, kind))?,
    };
    let has_more = rows.len() > wanted;
    rows.truncate(wanted);
    if matches!(page.cursor, Some(Cursor::Before(_))) {
        rows.reverse();
    }
    Ok((rows, has_more))
}

pub(crate) fn page(book: &Book, request: &Request, list: List) -> Result<Answer, Problem> {
    let source = match list {
        List::Disputes => return super::dispute::page(book, request),
        List::Leads => LEADS,
        List::Sales => SALES,
        List::Refunds => REFUNDS,
        List::Rewards => REWARDS,
        List::Claims => CLAIMS,
        List::Payouts => PAYOUTS,
        List::Coupons => COUPONS,
        List::Groups => GROUPS,
        List::Audit => AUDIT,
    };
    shown(rows(book, &source, &Page::read(&request.query)?)?)
}

/// A page of rows that are shown as they are stored.
pub(crate) fn shown((rows, has_more): (Vec<Row>, bool)) -> Result<Answer, Problem> {
    let last_id = rows.last().map(|(_, id, _)| id.clone());
    let data: Vec<Value> =
        rows.iter().map(|(_, _, body)| serde_json::from_str(body)).collect::<Result<_, _>>()?;
    Answer::json(200, &paging::shown(&data, has_more, last_id))
}

/// One lead or sale as it stands now.
pub(crate) fn one(book: &Book, id: &str) -> Result<Answer, Problem> {
    let by_id = if id.starts_with("led_") { LEADS.by_id } else { SALES.by_id };
    let row: Option<(i64, String)> = book.database.row(by_id, &[id])?;
    let (_, body) = row.ok_or_else(Problem::not_found)?;
    Ok(Answer { status: 200, body })
}

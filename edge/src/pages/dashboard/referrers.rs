//! Referrers: the list with its search, and each one with what they brought and are owed.

use super::conversions::{self, Row as Conversion};
use crate::ledger::desk::Wanted;
use crate::pages::desk::Desk;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use serde::Deserialize;

/// A referrer as the API shows it.
#[derive(Deserialize)]
struct Referrer {
    id: String,
    code: String,
    further_codes: Vec<String>,
    external_id: Option<String>,
    joined_to: Option<String>,
    email: Option<String>,
    name: Option<String>,
    created_at: String,
    friends: u64,
    leads: u64,
    sales: u64,
    balances: Vec<Balance>,
    link: String,
    clicks: u64,
}

#[derive(Clone, Deserialize)]
struct Balance {
    currency: String,
    pending: i64,
    approved: i64,
    paid: i64,
    held: i64,
}

#[derive(Deserialize)]
struct List {
    data: Vec<Referrer>,
    next_cursor: Option<String>,
}

struct Row {
    path: String,
    name: String,
    sub: String,
    joined: String,
    joined_at: String,
    clicks: String,
    leads: String,
    sales: String,
    /// Pending, held and approved: what was earned and not paid yet.
    owed: String,
}

impl Referrer {
    fn named(&self) -> String {
        let known = [&self.name, &self.email, &self.external_id].into_iter().flatten().next();
        known.cloned().unwrap_or_else(|| self.code.clone())
    }

    fn owed(&self, frame: &Frame) -> String {
        let sums = self.balances.iter().filter_map(|balance| {
            let owed = balance.pending + balance.approved + balance.held;
            (owed != 0).then(|| frame.words.money(owed, &balance.currency))
        });
        sums.collect::<Vec<_>>().join(", ")
    }

    fn row(&self, frame: &Frame) -> Row {
        let name = self.named();
        Row {
            path: frame.to(&format!("referrers/{}", self.id)),
            sub: if name == self.code { String::new() } else { self.code.clone() },
            name,
            joined: frame.words.day(&self.created_at),
            joined_at: self.created_at.clone(),
            clicks: frame.words.count(self.clicks),
            leads: frame.words.count(self.leads),
            sales: frame.words.count(self.sales),
            owed: self.owed(frame),
        }
    }
}

#[derive(Template)]
#[template(path = "dashboard/referrers.html")]
struct Page {
    search: String,
    rows: Vec<Row>,
    older: Option<String>,
    is_first: bool,
    frame: Frame,
}

/// Percent-encodes a text for a query.
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

pub(in crate::pages) async fn list(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Referrers).await?;
    let search: String = desk.visit.asked("q").unwrap_or_default().chars().take(100).collect();
    let after = desk.visit.asked("after").filter(|id| id.starts_with("rfr_"));
    let mut target = "/v1/referrers?limit=50".to_owned();
    if !search.is_empty() {
        target.push_str("&q=");
        target.push_str(&encoded(&search));
    } else if let Some(after) = &after {
        target.push_str("&starting_after=");
        target.push_str(&encoded(after));
    }
    let found: List = desk.get(&target).await?;
    let page = Page {
        rows: found.data.iter().map(|referrer| referrer.row(&frame)).collect(),
        older: found.next_cursor.filter(|_| search.is_empty()).map(|id| format!("?after={id}")),
        is_first: after.is_none() || !search.is_empty(),
        search,
        frame,
    };
    Reply::page(200, &page)
}

struct Sums {
    pending: String,
    approved: String,
    paid: String,
    held: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/referrer.html")]
struct One {
    name: String,
    referrer: Referrer,
    joined: String,
    joined_to: Option<String>,
    numbers: [(&'static str, String); 4],
    sums: Vec<Sums>,
    rows: Vec<Conversion>,
    older: Option<String>,
    own: bool,
    frame: Frame,
}

pub(in crate::pages) async fn show(desk: &Desk<'_>, id: &str) -> Result<Reply, Problem> {
    if !id.starts_with("rfr_") || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(Problem::not_found());
    }
    let referrer: Referrer = desk.get(&format!("/v1/referrers/{id}")).await?;
    let frame = desk.frame(Section::Referrers).await?;
    let before = desk.visit.before();
    let wanted = Wanted { before, kind: None, is: None, referrer_id: Some(id.to_owned()) };
    let (rows, next) = conversions::rows(desk, &frame, &wanted).await?;
    let number = |key: &str, count: u64| (frame.t(key), frame.words.count(count));
    let sums = referrer.balances.iter().map(|balance| {
        let money = |amount: i64| frame.words.money(amount, &balance.currency);
        Sums {
            pending: money(balance.pending),
            approved: money(balance.approved),
            paid: money(balance.paid),
            held: (balance.held != 0).then(|| money(balance.held)),
        }
    });
    let page = One {
        name: referrer.named(),
        joined: frame.words.day(&referrer.created_at),
        joined_to: referrer.joined_to.as_ref().map(|id| frame.to(&format!("referrers/{id}"))),
        numbers: [
            number("measure.clicks", referrer.clicks),
            number("friends", referrer.friends),
            number("measure.leads", referrer.leads),
            number("measure.sales", referrer.sales),
        ],
        sums: sums.collect(),
        rows,
        older: next.map(|seq| format!("?before={seq}")),
        own: true,
        referrer,
        frame,
    };
    Reply::page(200, &page)
}

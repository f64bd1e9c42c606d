//! How ready the program is: what the merchant says, point by point, and what the ledger knows by itself.

use super::book::Book;
use super::decision::Decision;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::incentive;
use referral::input::{self, Input};
use referral::instant::{DAY_MS, Instant};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The points, in the order in which they are gone through. The last is no point of the list: whether the merchant has
/// put away what new programs may expect.
pub(crate) const POINTS: &[&str] =
    &["goals", "partners", "incentive", "tracking", "materials", "legal", "review", "expectations"];

/// Days over which the usual sale is looked for.
const LATELY_DAYS: i64 = 180;

/// How often it is noted that the panel was on a page, and for how long it is remembered.
const NOTED_MS: i64 = 3_600_000;
const REMEMBERED_MS: i64 = 30 * DAY_MS;

/// Most origins remembered: a program has a few, and whoever holds a key for pages could name any.
const MOST_PAGES: u64 = 20;

/// What was said of a point.
#[expect(clippy::struct_field_names, reason = "instants end in `_at`, as everywhere in JSON")]
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Said {
    pub(crate) point: String,
    pub(crate) done: bool,
    pub(crate) note: String,
    /// What a customer costs elsewhere, in minor units; of `incentive` only.
    pub(crate) other_cost: Option<i64>,
    pub(crate) said_at: Instant,
}

/// Where the panel was seen, and when it last was.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Page {
    pub(crate) origin: String,
    pub(crate) seen_at: Instant,
}

/// What is known of a program without asking anybody.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Known {
    /// Pages with the panel, newest first.
    pub(crate) pages: Vec<Page>,
    pub(crate) assets: u64,
    /// Whether texts or colours, and whether the fraud settings, were ever set.
    pub(crate) look: bool,
    pub(crate) fraud: bool,
    /// Leads and sales of any kind, those credited, and credited sales, lately.
    pub(crate) conversions: u64,
    pub(crate) credited: u64,
    pub(crate) sold: u64,
    /// The mean sale in the program's currency, in minor units; none while nothing was sold.
    pub(crate) usual_sale: Option<i64>,
    /// What a customer costs in rewards, and whether something comes on top that has no amount.
    pub(crate) cost: i64,
    pub(crate) costs_more: bool,
}

/// What was said and what is known.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Shown {
    pub(crate) said: Vec<Said>,
    pub(crate) known: Known,
}

fn said(book: &Book) -> Result<Vec<Said>, Problem> {
    type Row = (String, u8, String, Option<i64>, i64);
    let rows: Vec<Row> =
        book.database.rows(sql!("ledger/readiness_newest"), &[serde_json::to_string(POINTS)?])?;
    let one = |(point, done, note, other_cost, at): Row| Said {
        point,
        done: done == 1,
        note,
        other_cost,
        said_at: Instant::from_ms(at),
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Conversions, those credited, credited sales; sales in the program's currency and their sum.
type Sums = (u64, u64, u64, u64, i64);

fn known(book: &Book) -> Result<Known, Problem> {
    let program = book.program()?;
    let now = book.now();
    let since = now.plus_ms(-REMEMBERED_MS).ms();
    let pages: Vec<(String, i64)> = book.database.rows(sql!("ledger/pages_seen"), &[since])?;
    let assets: Option<(u64, u64)> = book.database.row(sql!("ledger/asset_counts"), &[(); 0])?;
    let from = now.plus_ms(-LATELY_DAYS * DAY_MS).day();
    let sums: Option<Sums> = book.database.row(sql!("ledger/lately"), &(from, program.currency.code()))?;
    let (conversions, credited, sold, sales, amount) = sums.unwrap_or_default();
    let usual_sale = i64::try_from(sales).ok().filter(|sales| *sales > 0).map(|sales| amount / sales);
    let cost = incentive::cost(&program.terms, usual_sale);
    Ok(Known {
        pages: pages.into_iter().map(|(origin, at)| Page { origin, seen_at: Instant::from_ms(at) }).collect(),
        assets: assets.map_or(0, |(assets, _)| assets),
        look: program.look.version > 0,
        fraud: program.fraud.version > 1,
        conversions,
        credited,
        sold,
        usual_sale,
        cost: cost.amount,
        costs_more: cost.has_more,
    })
}

/// `GET /v1/readiness`.
pub(crate) fn show(book: &Book) -> Result<Answer, Problem> {
    Answer::json(200, &Shown { said: said(book)?, known: known(book)? })
}

/// `POST /v1/readiness {point, done, note?, other_cost?}`: what is said last of a point counts.
pub(crate) fn say(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    input.require("point");
    let words: Vec<(&str, &str)> = POINTS.iter().map(|point| (*point, *point)).collect();
    let point = input.choice("point", &words).unwrap_or_default();
    input.require("done");
    let done = input.flag("done").unwrap_or_default();
    let note = input.text("note", 0..=500).unwrap_or_default();
    let other_cost = input.amount("other_cost", 1);
    if other_cost.is_some() && point != "incentive" {
        input.refuse("other_cost", "unknown_field", "belongs to the point incentive");
    }
    input.finish().map_err(Problem::invalid)?;
    let now = book.now();
    let mut writes = Writes::default();
    let row = (point, u8::from(done), &note, other_cost, now.ms());
    writes.add(sql!("ledger/readiness_insert"), &row)?;
    let said =
        json!({ "point": point, "done": done, "note": note, "other_cost": other_cost, "said_at": now });
    let audit = Some(("readiness.said", point.to_owned()));
    Ok(Decision { answer: Answer::json(201, &said)?, writes, audit })
}

/// Notes that the panel was on a page of this origin: once an hour, for a few origins, the newest staying.
pub(crate) fn note_page(book: &Book, request: &Request) -> Result<(), Problem> {
    let Some(origin) = request.meta.origin.as_deref().filter(|origin| is_page(origin)) else {
        return Ok(());
    };
    let now = book.now().ms();
    let seen: Option<(i64,)> = book.database.row(sql!("ledger/page_seen_at"), &[origin])?;
    if seen.is_some_and(|(at,)| now - at < NOTED_MS) {
        return Ok(());
    }
    let mut writes = Writes::default();
    writes.add(sql!("ledger/pages_forget"), &[now - REMEMBERED_MS])?;
    let there: Option<(u64,)> = book.database.row(sql!("ledger/pages_count"), &[now - REMEMBERED_MS])?;
    if seen.is_none() && there.is_some_and(|(there,)| there >= MOST_PAGES) {
        return Ok(());
    }
    writes.add(sql!("ledger/page_seen_write"), &(origin, now))?;
    book.commit(writes, None)
}

/// Whether a page could say it is of this origin: a scheme of the web, and a host.
fn is_page(origin: &str) -> bool {
    let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    rest.is_some_and(|host| {
        (1..=260).contains(&host.len())
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]_".contains(&byte))
    })
}

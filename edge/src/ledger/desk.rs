//! What the dashboard's pages ask beyond the calls of the API: what waits for a person, lists with filters, names.
//! Reads only.

use super::book::Book;
use super::dossier;
use super::erasure::retention;
use super::group;
use super::key;
use super::list::{LEADS, PAYOUTS, SALES};
use super::live;
use super::payout;
use super::program;
use super::ranking;
use super::referrer;
use super::request::Request;
use super::review;
use super::statement;
use super::trace;
use super::who;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::sql;
use referral::instant::{DAY_MS, Instant};
use referral::money::LARGEST_AMOUNT;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Rows of a page.
pub(crate) const ROWS: usize = 50;

/// What every page shows around what it is about.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Around {
    /// As `GET /v1/program` shows it.
    pub(crate) program: Value,
    pub(crate) waiting: Waiting,
    /// The time in this ledger.
    pub(crate) now: Instant,
    /// How much has happened: see [`super::live`].
    pub(crate) changes: u64,
}

/// What waits for a person.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) flags: u64,
    pub(crate) disputes: u64,
    /// Rewards that a person must let pass.
    pub(crate) approvals: u64,
}

/// Which rows of a list.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Wanted {
    /// Older than this row; from the newest on where there is none.
    pub(crate) before: Option<i64>,
    /// The list's own first choice: a kind, a state.
    pub(crate) kind: Option<String>,
    /// The list's own second choice: credited, decided.
    pub(crate) is: Option<bool>,
    /// The id of a referrer, or a code of theirs.
    pub(crate) referrer_id: Option<String>,
    /// Days of UTC, both in it.
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    /// Only what was given back, wholly or in part.
    #[serde(default)]
    pub(crate) refunded: bool,
}

/// Which rows of the audit log; days are of UTC, both in it.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Logged {
    pub(crate) actor: Option<String>,
    /// The first part of the action.
    pub(crate) about: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) before: Option<i64>,
}

/// A batch with some of its lines.
#[derive(Serialize, Deserialize)]
pub(crate) struct PayoutPart {
    /// As the API lists it.
    pub(crate) payout: Value,
    pub(crate) lines: Rows,
}

/// A piece of a list.
#[derive(Serialize, Deserialize)]
pub(crate) struct Rows {
    pub(crate) rows: Vec<Value>,
    /// Where the next piece goes on.
    pub(crate) next: Option<i64>,
}

/// Who somebody is: a referrer's code, and what they are called: the name, else what else is known.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Name {
    pub(crate) id: String,
    pub(crate) code: Option<String>,
    pub(crate) called: Option<String>,
}

impl Name {
    /// A referrer's name, else their code, else the id.
    pub(crate) fn said(&self) -> String {
        self.called.as_ref().or(self.code.as_ref()).unwrap_or(&self.id).clone()
    }
}

/// Numbers of a period that reports do not have.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Period {
    pub(crate) qualified: u64,
    /// Sales and leads that earned a reward.
    pub(crate) rewarded_sales: u64,
    pub(crate) rewarded_leads: u64,
    pub(crate) leaders: Vec<Leader>,
}

/// Referrer, leads, sales, what was sold in the program's currency.
pub(crate) type Leader = (String, u64, u64, i64);

/// What payouts made now would pay.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Owed {
    pub(crate) people: u64,
    pub(crate) amount: i64,
}

/// A conversion with everything that was decided about it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) conversion: Value,
    pub(crate) trace: Value,
    pub(crate) flags: Vec<Value>,
    pub(crate) refunds: Vec<Value>,
}

/// What everybody may know of a program: its terms, its currency, its key for pages.
#[derive(Serialize, Deserialize)]
pub(crate) struct Offer {
    pub(crate) terms: Value,
    pub(crate) currency: String,
    /// None where it is not known: see [`super::key::for_pages`].
    pub(crate) key: Option<String>,
}

/// A version of the program's terms.
#[derive(Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) number: u32,
    pub(crate) terms: Value,
    pub(crate) created_at: Instant,
    /// Who made it: as the audit log names them.
    pub(crate) actor: String,
}

/// The program's terms over time.
#[derive(Serialize, Deserialize)]
pub(crate) struct History {
    /// Newest first: those of a page, and the one before them.
    pub(crate) versions: Vec<Version>,
    /// The two that are laid side by side, and the number of every one that could be.
    pub(crate) compared: Option<(Version, Version)>,
    pub(crate) numbers: Vec<u32>,
}

/// Answers a question of [`crate::pages`]; `subject` is the end of the internal path.
pub(crate) fn answer(book: &Book, request: &Request, subject: &str) -> Result<Answer, Problem> {
    if request.meta.session.is_none() {
        return Err(Problem::not_found());
    }
    book.program()?;
    book.approve_due()?;
    let body = request.body.as_str();
    match subject {
        "around" => Answer::json(200, &around(book)?),
        "owed" => Answer::json(200, &owed(book)?),
        "names" => Answer::json(200, &names(book, body)?),
        "whose" => Answer::json(200, &whose(book, body)?),
        "period" => Answer::json(200, &period(book, serde_json::from_str(body)?)?),
        "conversions" => Answer::json(200, &cut(conversions(book, &serde_json::from_str(body)?, ROWS + 1)?)?),
        "flags" => Answer::json(200, &cut(review::rows(book, &serde_json::from_str(body)?, ROWS + 1)?)?),
        "referrers" => Answer::json(200, &dossier::list(book, &serde_json::from_str(body)?)?),
        "dossier" => dossier::answer(book, body),
        "paid" => dossier::paid(book, body),
        "held" => review::held(book, body),
        "weighed" => Answer::json(200, &review::weigh(book, &serde_json::from_str(body)?)?),
        "disputes" => Answer::json(200, &cut(disputes(book, &serde_json::from_str(body)?, ROWS + 1)?)?),
        "rewards" => Answer::json(200, &cut(rewards(book, &serde_json::from_str(body)?, ROWS + 1)?)?),
        "payout" => Answer::json(200, &payout_part(book, serde_json::from_str(body)?)?),
        "case" => Answer::json(200, &case(book, body)?),
        "audit" => Answer::json(200, &cut(logged(book, &serde_json::from_str(body)?, ROWS + 1)?)?),
        "terms" => Answer::json(200, &history(book, serde_json::from_str(body)?)?),
        "group" => Answer::json(200, &group::stored(book, body)?.ok_or_else(Problem::not_found)?),
        "groups" => Answer::json(200, &group::rows(book, serde_json::from_str(body)?)?),
        "group_names" => Answer::json(200, &group::names(book)?),
        "statement" => statement::list(book, body),
        "retention" => Answer::json(200, &retention::preview(book, body)?),
        "external_id" => Answer::json(200, &who::by_external_id(book, body)?.map(|account| account.id)),
        _ => Err(Problem::not_found()),
    }
}

/// What the public page of a program shows.
pub(crate) fn offer(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let program = book.program()?;
    let terms = serde_json::to_value(&program.terms)?;
    let currency = program.currency.code().to_owned();
    Answer::json(200, &Offer { terms, currency, key: key::for_pages(book, request)? })
}

fn around(book: &Book) -> Result<Around, Problem> {
    let counts: Option<(u64, u64, u64)> = book.database.row(sql!("ledger/desk_waiting"), &[(); 0])?;
    let (flags, disputes, approvals) = counts.unwrap_or_default();
    let waiting = Waiting { flags, disputes, approvals };
    Ok(Around {
        program: program::shown(book.program()?.as_ref())?,
        waiting,
        now: book.now(),
        changes: live::number(book)?,
    })
}

fn owed(book: &Book) -> Result<Owed, Problem> {
    let (people, amount) = payout::owed(book)?;
    Ok(Owed { people, amount })
}

pub(crate) fn names(book: &Book, ids: &str) -> Result<Vec<Name>, Problem> {
    type Row = (String, Option<String>, Option<String>);
    let rows: Vec<Row> = book.database.rows(sql!("ledger/desk_names"), &[ids])?;
    Ok(rows.into_iter().map(|(id, code, called)| Name { id, code, called }).collect())
}

/// The referrer of this id or code.
fn whose(book: &Book, named: &str) -> Result<Option<Name>, Problem> {
    let Some(id) = referrer::named(book, named)? else { return Ok(None) };
    let known = names(book, &serde_json::to_string(&[id])?)?.into_iter().next();
    Ok(known.filter(|name| name.code.is_some()))
}

fn period(book: &Book, (from, to): (String, String)) -> Result<Period, Problem> {
    let counts: Option<(u64, u64, u64)> = book.database.row(sql!("ledger/desk_period"), &(&from, &to))?;
    let (qualified, rewarded_sales, rewarded_leads) = counts.unwrap_or_default();
    let leaders = ranking::leaders(book, (&from, &to))?;
    Ok(Period { qualified, rewarded_sales, rewarded_leads, leaders })
}

/// A row of a list: its place, its id, and what is shown of it as JSON.
pub(crate) type Row = (i64, String, String);

/// Cuts a list that was asked for with one row more than a page holds.
pub(super) fn cut(mut rows: Vec<Row>) -> Result<Rows, Problem> {
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let next = rows.last().map(|(seq, ..)| *seq).filter(|_| more);
    let rows = rows.iter().map(|(_, _, body)| serde_json::from_str(body)).collect::<Result<_, _>>()?;
    Ok(Rows { rows, next })
}

/// When a day begins; nothing where it is none.
fn start(day: Option<&str>) -> Option<i64> {
    Instant::parse(&format!("{}T00:00:00Z", day?)).map(Instant::ms)
}

/// Conversions, newest first; these lists are pages' and files' alike.
pub(crate) fn conversions(book: &Book, wanted: &Wanted, most: usize) -> Result<Vec<Row>, Problem> {
    let before = wanted.before.unwrap_or(LARGEST_AMOUNT);
    let from = start(wanted.from.as_deref()).unwrap_or(-LARGEST_AMOUNT);
    let to = start(wanted.to.as_deref()).map_or(LARGEST_AMOUNT, |to| to + DAY_MS);
    let refunded = u8::from(wanted.refunded);
    let Some(named) = &wanted.referrer_id else {
        let bindings = (before, most, &wanted.kind, wanted.is.map(u8::from), from, to, refunded);
        return Ok(book.database.rows(sql!("ledger/desk_conversions"), &bindings)?);
    };
    // What is credited to nobody is credited to none of them.
    let Some(referrer_id) = referrer::named(book, named)?.filter(|_| wanted.is != Some(false)) else {
        return Ok(Vec::new());
    };
    let bindings = (before, most, &wanted.kind, referrer_id, from, to, refunded);
    Ok(book.database.rows(sql!("ledger/desk_conversions_of"), &bindings)?)
}

/// Rows of the audit log, newest first.
pub(crate) fn logged(book: &Book, wanted: &Logged, most: usize) -> Result<Vec<Row>, Problem> {
    let (from, to) = (start(wanted.from.as_deref()), start(wanted.to.as_deref()).map(|to| to + DAY_MS));
    let mut start_at = 0;
    let mut before = wanted.before.unwrap_or(LARGEST_AMOUNT);
    if from.is_some() || to.is_some() {
        let row = (from.unwrap_or(0), to.unwrap_or(LARGEST_AMOUNT));
        let days: Option<(Option<i64>, Option<i64>)> = book.database.row(sql!("ledger/audit_days"), &row)?;
        let (Some(first), Some(last)) = days.unwrap_or_default() else {
            return Ok(Vec::new());
        };
        start_at = first;
        before = before.min(last + 1);
    }
    let row = (before, most, &wanted.actor, &wanted.about, start_at);
    Ok(book.database.rows(sql!("ledger/desk_audit"), &row)?)
}

/// Disputes that wait, those that were decided, or both; everybody's, or those of one referrer and whoever joined them.
pub(crate) fn disputes(book: &Book, wanted: &Wanted, most: usize) -> Result<Vec<Row>, Problem> {
    let before = wanted.before.unwrap_or(LARGEST_AMOUNT);
    let is = wanted.is.map(u8::from);
    let Some(name) = &wanted.referrer_id else {
        return Ok(book.database.rows(sql!("ledger/desk_disputes"), &(before, most, is))?);
    };
    let Some(id) = referrer::named(book, name)? else { return Ok(Vec::new()) };
    Ok(book.database.rows(sql!("ledger/desk_disputes_of"), &(before, most, is, id))?)
}

/// Rewards, of one state or of all; everybody's, or those of one referrer and whoever joined them.
pub(crate) fn rewards(book: &Book, wanted: &Wanted, most: usize) -> Result<Vec<Row>, Problem> {
    let before = wanted.before.unwrap_or(LARGEST_AMOUNT);
    if let Some(name) = &wanted.referrer_id {
        let Some(id) = referrer::named(book, name)? else { return Ok(Vec::new()) };
        let bindings = (before, most, &wanted.kind, id);
        return Ok(book.database.rows(sql!("ledger/desk_rewards_of"), &bindings)?);
    }
    Ok(match wanted.kind.as_deref() {
        Some("to_approve") => book.database.rows(sql!("ledger/desk_rewards_to_approve"), &(before, most))?,
        Some(state) => book.database.rows(sql!("ledger/desk_rewards_in"), &(before, most, state))?,
        None => book.database.rows(sql!("ledger/desk_rewards"), &(before, most))?,
    })
}

/// A batch, and a page of its lines.
fn payout_part(book: &Book, (id, before): (String, Option<i64>)) -> Result<PayoutPart, Problem> {
    let there: Option<(i64, String)> = book.database.row(PAYOUTS.by_id, &[&id])?;
    let (_, payout) = there.ok_or_else(Problem::not_found)?;
    Ok(PayoutPart {
        payout: serde_json::from_str(&payout)?,
        lines: cut(payout::lines_of(book, &id, before, ROWS + 1)?)?,
    })
}

fn case(book: &Book, id: &str) -> Result<Case, Problem> {
    let by_id = if id.starts_with("led_") { LEADS.by_id } else { SALES.by_id };
    let conversion: Option<(i64, String)> = book.database.row(by_id, &[id])?;
    let (_, conversion) = conversion.ok_or_else(Problem::not_found)?;
    let story = trace::stored(book, id)?;
    let bodies = |statement| -> Result<Vec<Value>, Problem> {
        let rows: Vec<(String,)> = book.database.rows(statement, &[id])?;
        Ok(rows.iter().map(|(body,)| serde_json::from_str(body)).collect::<Result<_, _>>()?)
    };
    Ok(Case {
        conversion: serde_json::from_str(&conversion)?,
        trace: story.map(serde_json::to_value).transpose()?.unwrap_or(json!({})),
        flags: bodies(sql!("ledger/desk_conversion_flags"))?,
        refunds: bodies(sql!("ledger/desk_conversion_refunds"))?,
    })
}

fn history(book: &Book, (before, sides): (Option<i64>, Option<(u32, u32)>)) -> Result<History, Problem> {
    let versions = versions(book, before.unwrap_or(LARGEST_AMOUNT), ROWS + 1)?;
    let numbered = |number: u32| -> Result<Option<Version>, Problem> {
        let newest = self::versions(book, i64::from(number) + 1, 1)?.into_iter().next();
        Ok(newest.filter(|version| version.number == number))
    };
    let compared = match sides {
        Some((old, new)) => numbered(old)?.zip(numbered(new)?),
        None => None,
    };
    let numbers: Vec<(u32,)> = match &compared {
        Some(_) => book.database.rows(sql!("ledger/desk_terms_numbers"), &[(); 0])?,
        None => Vec::new(),
    };
    Ok(History { versions, compared, numbers: numbers.into_iter().map(|(number,)| number).collect() })
}

/// At most so many versions before one, newest first.
fn versions(book: &Book, before: i64, most: usize) -> Result<Vec<Version>, Problem> {
    let rows: Vec<(u32, String, i64, String)> =
        book.database.rows(sql!("ledger/desk_terms"), &(before, most))?;
    let version = |(number, terms, at, actor): &(u32, String, i64, String)| {
        Ok(Version {
            number: *number,
            terms: serde_json::from_str(terms)?,
            created_at: Instant::from_ms(*at),
            actor: actor.clone(),
        })
    };
    rows.iter().map(version).collect()
}

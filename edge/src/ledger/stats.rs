//! `GET /v1/stats`: the funnel in numbers, day by day, week by week or month by month.

use super::book::Book;
use super::request::Request;
use crate::answer::Answer;
use crate::click_shard::{self, By};
use crate::problem::Problem;
use crate::sql::sql;
use referral::instant::Instant;
use referral::period::{self, Interval, Period};
use referral::resolution;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Paid amounts of one currency, in minor units.
#[derive(Clone, Debug, Default, Serialize)]
struct Revenue {
    amount: i64,
    attributed_amount: i64,
}

/// Rewards of one currency: how many were granted, and minor units less what refunds took back.
#[derive(Clone, Debug, Default, Serialize)]
struct Granted {
    count: u64,
    amount: i64,
}

/// One step of the funnel after the other.
#[derive(Clone, Debug, Default, Serialize)]
struct Funnel {
    seen: u64,
    joined: u64,
    shared: u64,
    clicks: u64,
    leads: u64,
    leads_attributed: u64,
    sales: u64,
    sales_attributed: u64,
    referrers: u64,
    revenue: BTreeMap<String, Revenue>,
    rewards: BTreeMap<String, Granted>,
}

/// A report under construction: the pieces by their first day, and the whole.
struct Report {
    interval: Interval,
    pieces: BTreeMap<String, Funnel>,
    totals: Funnel,
}

impl Report {
    /// Counts something into its piece and into the whole.
    fn add(&mut self, day: &str, count: impl Fn(&mut Funnel)) {
        if let Some(piece) = self.pieces.get_mut(&period::start_of(day, self.interval)) {
            count(piece);
            count(&mut self.totals);
        }
    }
}

/// What a caller asked for.
fn read(query: &str, now: Instant) -> Result<(Period, Interval, Vec<By>), Problem> {
    let (mut from, mut to, mut interval, mut by) = (None, None, Interval::Day, By::ALL.to_vec());
    for (name, value) in query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
    {
        match (name, value) {
            ("from", day) => from = Some(day),
            ("to", day) => to = Some(day),
            ("interval", "day") => interval = Interval::Day,
            ("interval", "week") => interval = Interval::Week,
            ("interval", "month") => interval = Interval::Month,
            ("interval", _) => {
                return Err(Problem::field("interval", "unknown_word", "must be one of day, week, month"));
            }
            ("by", words) => by = read_by(words)?,
            _ => {
                return Err(Problem::field("query", "unknown_field", "takes from, to, interval and by"));
            }
        }
    }
    let decoded = |day: Option<&str>| day.map(|day| day.replace("%3A", ":").replace("%3a", ":"));
    let (from, to) = (decoded(from), decoded(to));
    let period = Period::read(from.as_deref(), to.as_deref(), now);
    Ok((period.map_err(|error| Problem::field("to", "out_of_range", error.sentence()))?, interval, by))
}

/// What clicks are to be told apart by: some words, or `none`.
fn read_by(words: &str) -> Result<Vec<By>, Problem> {
    if words == "none" {
        return Ok(Vec::new());
    }
    let words = words.replace("%2C", ",").replace("%2c", ",");
    let named = |word: &str| By::ALL.into_iter().find(|by| by.word() == word);
    let known: Option<Vec<By>> = words.split(',').map(named).collect();
    let mut by = known.ok_or_else(|| {
        let detail =
            "must be none, or some of code, channel, country, device, referring_host, with commas between";
        Problem::field("by", "unknown_word", detail)
    })?;
    by.sort();
    by.dedup();
    Ok(by)
}

pub(crate) async fn show(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let (period, interval, by) = read(&request.query, book.now())?;
    let pieces = period.starts(interval).into_iter().map(|start| (start, Funnel::default())).collect();
    let mut report = Report { interval, pieces, totals: Funnel::default() };
    let (start, end) = period.instants();
    let between = (start.ms(), end.ms());
    add_conversions(book, &mut report, (&period.from(), &period.to()))?;
    add_referrers(book, &mut report, between)?;
    add_clicks(book, request, &mut report, between).await?;
    let isolate = book.isolate()?;
    let breakdown = click_shard::client::breakdown(
        isolate.as_ref(),
        &request.meta.uid,
        request.meta.mode(),
        between,
        &by,
    )
    .await?;
    let buckets: Vec<_> = report
        .pieces
        .into_iter()
        .map(|(start, funnel)| {
            #[derive(Serialize)]
            struct Bucket {
                start: String,
                #[serde(flatten)]
                funnel: Funnel,
            }
            Bucket { start, funnel }
        })
        .collect();
    let word = match interval {
        Interval::Day => "day",
        Interval::Week => "week",
        Interval::Month => "month",
    };
    let answer = json!({
        "from": period.from(),
        "to": period.to(),
        "interval": word,
        "totals": report.totals,
        "buckets": buckets,
        "disputes": disputes(book, between)?,
        "clicks_by": breakdown.iter().map(|(by, counts)| (by.word(), named(counts))).collect::<BTreeMap<_, _>>(),
    });
    Answer::json(200, &answer)
}

/// Disputes opened and decided in the time asked for, and how long those took; what is open is open now.
fn disputes(book: &Book, between: (i64, i64)) -> Result<serde_json::Value, Problem> {
    let (start, end) = between;
    let counts: Option<(u64, u64, u64)> =
        book.database.row(sql!("ledger/stats_disputes"), &(start, end, book.now().ms()))?;
    let (opened, open, overdue) = counts.unwrap_or_default();
    let rows: Vec<(String, i64, u8)> = book.database.rows(sql!("ledger/stats_resolutions"), &between)?;
    let of = |word: &str| rows.iter().filter(|(decision, ..)| decision == word).count();
    // By the merchant: what a referrer takes back was resolved by nobody.
    let decided = rows.iter().filter(|(decision, ..)| decision != "withdrawn");
    let seconds: Vec<i64> = decided.map(|(_, ms, _)| ms.div_euclid(1000)).collect();
    Ok(json!({
        "opened": opened,
        "upheld": of("upheld"),
        "rejected": of("rejected"),
        "withdrawn": of("withdrawn"),
        "reattributed": rows.iter().filter(|(.., moved)| *moved == 1).count(),
        "open": open,
        "overdue": overdue,
        "resolution": {
            "median_seconds": resolution::percentile(&seconds, 50),
            "p90_seconds": resolution::percentile(&seconds, 90),
        },
    }))
}

/// The most frequent first; an empty name is what is not known.
fn named(counts: &[(String, u64)]) -> Vec<serde_json::Value> {
    counts.iter().map(|(name, clicks)| json!({ "name": name, "clicks": clicks })).collect()
}

/// From the totals of each day, first and last included.
fn add_conversions(book: &Book, report: &mut Report, days: (&str, &str)) -> Result<(), Problem> {
    type Row = (String, String, u64, u64, u64, u64, i64, i64);
    let conversions: Vec<Row> = book.database.rows(sql!("ledger/stats_conversions"), &days)?;
    for (day, currency, leads, leads_attributed, sales, sales_attributed, amount, attributed) in conversions {
        report.add(&day, |funnel| {
            funnel.leads += leads;
            funnel.leads_attributed += leads_attributed;
            funnel.sales += sales;
            funnel.sales_attributed += sales_attributed;
            if sales > 0 {
                let revenue = funnel.revenue.entry(currency.clone()).or_default();
                revenue.amount += amount;
                revenue.attributed_amount += attributed;
            }
        });
    }
    let rewards: Vec<(String, String, u64, i64)> = book.database.rows(sql!("ledger/stats_rewards"), &days)?;
    for (day, currency, count, amount) in rewards {
        report.add(&day, |funnel| {
            let granted = funnel.rewards.entry(currency.clone()).or_default();
            granted.count += count;
            granted.amount += amount;
        });
    }
    Ok(())
}

fn add_referrers(book: &Book, report: &mut Report, between: (i64, i64)) -> Result<(), Problem> {
    let referrers: Vec<(String, u64)> = book.database.rows(sql!("ledger/stats_referrers"), &between)?;
    for (day, count) in referrers {
        report.add(&day, |funnel| funnel.referrers += count);
    }
    Ok(())
}

async fn add_clicks(
    book: &Book,
    request: &Request,
    report: &mut Report,
    between: (i64, i64),
) -> Result<(), Problem> {
    let isolate = book.isolate()?;
    let days = click_shard::client::rollup(
        isolate.as_ref(),
        &request.meta.uid,
        request.meta.mode(),
        between.0,
        between.1,
    )
    .await?;
    for day in days {
        report.add(&day.date, |funnel| {
            funnel.clicks += day.clicks;
            funnel.seen += day.seen;
            funnel.joined += day.joined;
            funnel.shared += day.shared;
        });
    }
    Ok(())
}

//! The overview: what waits, the numbers beside those of the period before, the funnel and where it leaks, who brings most.

use crate::ledger::desk::{Owed, Period as Beside};
use crate::pages::desk::{Desk, Names};
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::chart::{self, Bar};
use referral::funnel::{self, Passage, Stage, Step};
use referral::instant::{DAY_MS, Instant};
use referral::period::Period;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Days of a report one can choose, and how they are cut.
const SPANS: [(i64, &str); 3] = [(7, "day"), (30, "day"), (90, "week")];

/// Days without a choice.
const USUAL: i64 = 30;

#[derive(Default, Deserialize)]
struct Revenue {
    attributed_amount: i64,
}

#[derive(Default, Deserialize)]
struct Granted {
    amount: i64,
}

/// What `GET /v1/stats` says of a span.
#[derive(Default, Deserialize)]
struct Counts {
    seen: u64,
    joined: u64,
    shared: u64,
    clicks: u64,
    leads_attributed: u64,
    sales_attributed: u64,
    revenue: BTreeMap<String, Revenue>,
    rewards: BTreeMap<String, Granted>,
}

#[derive(Deserialize)]
struct Bucket {
    start: String,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    clicks: u64,
}

#[derive(Deserialize)]
struct Report {
    totals: Counts,
    buckets: Vec<Bucket>,
    clicks_by: BTreeMap<String, Vec<Named>>,
}

/// What a chart can show.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    Clicks,
    Leads,
    Sales,
    Revenue,
    Rewards,
}

const MEASURES: [Measure; 5] =
    [Measure::Clicks, Measure::Leads, Measure::Sales, Measure::Revenue, Measure::Rewards];

impl Measure {
    const fn word(self) -> &'static str {
        match self {
            Self::Clicks => "clicks",
            Self::Leads => "leads",
            Self::Sales => "sales",
            Self::Revenue => "revenue",
            Self::Rewards => "rewards",
        }
    }

    const fn is_money(self) -> bool {
        matches!(self, Self::Revenue | Self::Rewards)
    }

    fn of(self, counts: &Counts, currency: &str) -> i64 {
        let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        match self {
            Self::Clicks => whole(counts.clicks),
            Self::Leads => whole(counts.leads_attributed),
            Self::Sales => whole(counts.sales_attributed),
            Self::Revenue => counts.revenue.get(currency).map_or(0, |sum| sum.attributed_amount),
            Self::Rewards => counts.rewards.get(currency).map_or(0, |sum| sum.amount),
        }
    }
}

/// A number with the one of the period before.
struct Tile {
    path: String,
    is_here: bool,
    label: &'static str,
    value: String,
    /// How much more or less, in words.
    change: String,
    /// `up`, `down` or nothing.
    way: &'static str,
}

struct Column {
    day: String,
    value: String,
    before: String,
    bar: Bar,
    /// Left edge of its place.
    x: i64,
}

struct Chart {
    title: String,
    lines: Vec<String>,
    columns: Vec<Column>,
    before: String,
    width: i64,
    first: String,
    middle: String,
    last: String,
}

struct FunnelStep {
    word: &'static str,
    label: &'static str,
    count: String,
    width: u64,
    /// What became of those before.
    passage: String,
    is_leak: bool,
}

struct Leader {
    path: String,
    name: String,
    brought: String,
    sold: String,
}

struct Share {
    label: String,
    clicks: String,
    width: u64,
}

struct Task {
    path: String,
    text: String,
}

struct StartStep {
    word: &'static str,
    title: &'static str,
    detail: &'static str,
    is_done: bool,
    path: String,
    link: &'static str,
}

#[derive(Template)]
#[template(path = "dashboard/overview.html")]
struct Page {
    spans: Vec<(String, String, bool)>,
    tasks: Vec<Task>,
    tiles: Vec<Tile>,
    chart: Chart,
    steps: Vec<FunnelStep>,
    leak: Option<String>,
    leaders: Vec<Leader>,
    channels: Vec<Share>,
    /// The first steps, while one of them is left.
    start: Vec<StartStep>,
    snippet: String,
    frame: Frame,
}

pub(in crate::pages) async fn show(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Overview).await?;
    let asked = desk.visit.asked("days").and_then(|days| days.parse().ok());
    let (days, interval) = SPANS.into_iter().find(|(days, _)| Some(*days) == asked).unwrap_or((USUAL, "day"));
    let measure = desk.visit.asked("of").and_then(|of| MEASURES.into_iter().find(|one| one.word() == of));
    let measure = measure.unwrap_or(Measure::Clicks);
    let now = span(frame.now, days)?;
    let before = span(frame.now.plus_ms(-days * DAY_MS), days)?;
    let report: Report = desk.get(&target(&now, interval)).await?;
    let former: Report = desk.get(&target(&before, interval)).await?;
    let (start, end) = now.instants();
    let beside: Beside = desk.inside("desk/period", &(start.ms(), end.ms())).await?;
    let owed: Owed = desk.inside("desk/owed", &()).await?;
    let names = desk.names(beside.leaders.iter().map(|(id, ..)| id.clone())).await?;
    let stages = funnel::stages([
        report.totals.seen,
        report.totals.joined,
        report.totals.shared,
        report.totals.clicks,
        report.totals.leads_attributed,
        beside.qualified,
        report.totals.sales_attributed,
        beside.rewarded,
    ]);
    let leak = funnel::leak(&stages);
    let start = first_steps(desk, &frame, &report).await?;
    let snippet = if start.is_empty() { String::new() } else { super::settings::snippet(desk).await? };
    let page = Page {
        spans: SPANS.map(|(span, _)| {
            let path = format!("?days={span}&of={}", measure.word());
            (path, frame.words.with("overview.days", &span.to_string()), span == days)
        })
        .into(),
        tasks: tasks(&frame, &owed),
        tiles: MEASURES.map(|one| tile(&frame, one, one == measure, days, &report, &former)).into(),
        chart: chart(&frame, measure, &report, &former),
        steps: stages.iter().enumerate().map(|(at, stage)| step(&frame, &stages, at, stage, leak)).collect(),
        leak: leak.map(|step| frame.t(&format!("leak.{}", step.word())).to_owned()),
        leaders: leaders(&frame, &beside, &names),
        channels: channels(&frame, report.clicks_by.get("channel")),
        start,
        snippet,
        frame,
    };
    Reply::page(200, &page)
}

/// So many days that end with the day of an instant.
fn span(last: Instant, days: i64) -> Result<Period, Problem> {
    let first = last.plus_ms(-(days - 1) * DAY_MS);
    Period::read(Some(&first.day()), Some(&last.day()), last).map_err(|error| Problem::internal(error.sentence()))
}

fn target(period: &Period, interval: &str) -> String {
    format!("/v1/stats?from={}&to={}&interval={interval}", period.from(), period.to())
}

fn tasks(frame: &Frame, owed: &Owed) -> Vec<Task> {
    let waiting = frame.waiting;
    let mut tasks = Vec::new();
    for (count, key, page) in [
        (waiting.flags, "task.flags", "review"),
        (waiting.disputes, "task.disputes", "disputes"),
        (waiting.approvals, "task.approvals", "rewards?state=to_approve"),
    ] {
        if count > 0 {
            tasks.push(Task { path: frame.to(page), text: frame.words.counted(key, count) });
        }
    }
    if owed.people > 0 {
        let people = frame.words.counted("people", owed.people);
        let text = frame.words.with2("task.payout", &frame.money(owed.amount), &people);
        tasks.push(Task { path: frame.to("payouts"), text });
    }
    tasks
}

fn shown(frame: &Frame, measure: Measure, value: i64) -> String {
    if measure.is_money() { frame.money(value) } else { frame.words.locale.whole(value) }
}

fn tile(frame: &Frame, measure: Measure, is_here: bool, days: i64, now: &Report, before: &Report) -> Tile {
    let currency = frame.program.currency.code();
    let (now, before) = (measure.of(&now.totals, currency), measure.of(&before.totals, currency));
    let change = match frame.words.locale.change(now, before) {
        Some(change) => frame.words.with2("overview.change", &change, &shown(frame, measure, before)),
        None if now == 0 => frame.t("overview.nothing").to_owned(),
        None => frame.t("overview.new").to_owned(),
    };
    Tile {
        path: format!("?days={days}&of={}", measure.word()),
        is_here,
        label: frame.t(&format!("measure.{}", measure.word())),
        value: shown(frame, measure, now),
        change,
        way: match now.cmp(&before) {
            std::cmp::Ordering::Greater => "up",
            std::cmp::Ordering::Less => "down",
            std::cmp::Ordering::Equal => "",
        },
    }
}

fn chart(frame: &Frame, measure: Measure, report: &Report, former: &Report) -> Chart {
    let currency = frame.program.currency;
    let values = |report: &Report| -> Vec<i64> {
        report.buckets.iter().map(|bucket| measure.of(&bucket.counts, currency.code())).collect()
    };
    let (now, mut before) = (values(report), values(former));
    before.resize(now.len(), 0);
    let unit = if measure.is_money() { 10_i64.pow(u32::from(currency.exponent())) } else { 1 };
    let largest = now.iter().chain(&before).copied().max().unwrap_or(0);
    let lines = chart::lines(largest, unit);
    let top = lines.last().copied().unwrap_or(unit);
    let columns: Vec<Column> = report
        .buckets
        .iter()
        .zip(chart::bars(&now, top))
        .zip(now.iter().zip(&before))
        .map(|((bucket, bar), (value, before))| Column {
            day: frame.words.day(&bucket.start),
            value: shown(frame, measure, *value),
            before: shown(frame, measure, *before),
            bar,
            x: bar.x / chart::SLOT * chart::SLOT,
        })
        .collect();
    let label = |at: usize| report.buckets.get(at).map(|bucket| frame.words.short_day(&bucket.start)).unwrap_or_default();
    let count = report.buckets.len();
    let line = |value: &i64| {
        if measure.is_money() { frame.words.locale.axis_money(*value, currency) } else { frame.words.locale.whole(*value) }
    };
    let title = frame.t(&format!("measure.{}", measure.word()));
    Chart {
        title: if measure.is_money() { format!("{title}, {}", currency.code()) } else { title.to_owned() },
        lines: lines.iter().rev().map(line).collect(),
        before: chart::line(&before, top),
        width: i64::try_from(columns.len()).unwrap_or(0) * chart::SLOT,
        first: label(0),
        middle: label(count / 2),
        last: label(count.saturating_sub(1)),
        columns,
    }
}

fn step(frame: &Frame, stages: &[Stage], at: usize, stage: &Stage, leak: Option<Step>) -> FunnelStep {
    let before = at.checked_sub(1).and_then(|at| stages.get(at)).map_or(0, |stage| stage.count);
    let passage = match stage.passage {
        Passage::Unknown => String::new(),
        Passage::Grew(tenths) => frame.words.with(&format!("grew.{}", stage.step.word()), &frame.words.locale.tenths(tenths)),
        Passage::Lost(lost) => {
            let kept = frame.words.locale.part(stage.count, before);
            frame.words.with2(&format!("lost.{}", stage.step.word()), &kept, &frame.words.count(lost))
        }
    };
    FunnelStep {
        word: stage.step.word(),
        label: frame.t(&format!("step.{}", stage.step.word())),
        count: frame.words.count(stage.count),
        width: stage.width,
        passage,
        is_leak: leak == Some(stage.step),
    }
}

fn leaders(frame: &Frame, beside: &Beside, names: &Names) -> Vec<Leader> {
    let leader = |(id, leads, sales, sold): &(String, u64, u64, i64)| Leader {
        path: frame.to(&format!("referrers/{id}")),
        name: names.of(id),
        brought: frame.words.with2("leaders.brought", &frame.words.count(*leads), &frame.words.count(*sales)),
        sold: frame.money(*sold),
    };
    beside.leaders.iter().map(leader).collect()
}

fn channels(frame: &Frame, clicks: Option<&Vec<Named>>) -> Vec<Share> {
    let named: Vec<&Named> = clicks.into_iter().flatten().take(6).collect();
    let largest = named.iter().map(|one| one.clicks).max().unwrap_or(0).max(1);
    let share = |one: &Named| Share {
        label: if one.name.is_empty() { frame.t("channel.unknown").to_owned() } else { frame.words.of("channel", &one.name) },
        clicks: frame.words.count(one.clicks),
        width: (one.clicks.saturating_mul(1000) / largest).max(4),
    };
    named.into_iter().map(share).collect()
}

/// The way from an empty program to a live one; empty once it is gone.
async fn first_steps(desk: &Desk<'_>, frame: &Frame, report: &Report) -> Result<Vec<StartStep>, Problem> {
    #[derive(Deserialize)]
    struct List {
        data: Vec<serde_json::Value>,
    }
    let any = |list: &List| !list.data.is_empty();
    let (leads, sales): (List, List) =
        (desk.get("/v1/leads?limit=1").await?, desk.get("/v1/sales?limit=1").await?);
    let converted = any(&leads) || any(&sales);
    let seen = report.totals.seen > 0 || report.totals.clicks > 0 || converted;
    if converted && seen {
        return Ok(Vec::new());
    }
    let step = |word: &'static str, is_done: bool, path: String| StartStep {
        word,
        title: frame.t(&format!("start.{word}")),
        detail: frame.t(&format!("start.{word}.detail")),
        is_done,
        link: frame.t(&format!("start.{word}.link")),
        path,
    };
    let last = if frame.is_test() { "go_live" } else { "first_sale" };
    Ok(vec![
        step("offer", true, frame.to("terms")),
        step("destination", true, frame.to("settings")),
        step("snippet", seen, "/guide/page/".to_owned()),
        step("conversion", converted, "/guide/server/".to_owned()),
        step(last, false, if frame.is_test() { "/dashboard/live".to_owned() } else { "/guide/".to_owned() }),
    ])
}

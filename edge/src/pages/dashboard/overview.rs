//! The overview: what waits, the numbers beside those of the period before, the funnel and where it leaks, who brings most.

pub(super) mod file;
mod numbers;
pub(super) mod snippets;
mod start;

use self::numbers::{MEASURES, Named, Report, Tile};
use self::start::Start;
pub(in crate::pages) use self::start::trial;
use super::file::Files;
use super::short::Short;
use crate::ledger::desk::{Owed, Period as Beside};
use crate::pages::chart::Chart;
use crate::pages::desk::{Desk, Names};
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::pages::visit::Visit;
use crate::problem::Problem;
use askama::Template;
use referral::funnel::{self, Passage, Stage, Step};
use referral::instant::{DAY_MS, Instant};
use referral::period::Period;

/// Days of a report one can choose, and how many of them a column of the chart stands for.
const SPANS: [(i64, usize); 3] = [(7, 1), (30, 1), (90, 7)];

/// Days without a choice.
const USUAL: (i64, usize) = (30, 1);

struct FunnelStep {
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

#[derive(Template)]
#[template(path = "dashboard/overview.html")]
struct Page {
    spans: Vec<(String, String, bool)>,
    tasks: Vec<Task>,
    /// Anything has happened, in this period or the one before.
    has_numbers: bool,
    tiles: Vec<Tile>,
    chart: Chart,
    steps: Vec<FunnelStep>,
    leak: Option<String>,
    /// Who they are, where that is known.
    leaked: Option<String>,
    leaders: Vec<Leader>,
    channels: Vec<Share>,
    countries: Vec<Share>,
    /// The first steps, while one of them is left.
    start: Start,
    /// What new programs may expect.
    expected: Option<&'static str>,
    files: Files,
    funnel_files: Files,
    leader_files: Files,
    channel_files: Files,
    country_files: Files,
    frame: Frame,
}

/// The days that are asked for, and how they are drawn.
fn asked_span(visit: &Visit) -> (i64, usize) {
    let asked = visit.asked("days").and_then(|days| days.parse().ok());
    SPANS.into_iter().find(|(days, _)| Some(*days) == asked).unwrap_or(USUAL)
}

pub(in crate::pages) async fn show(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Overview).await?;
    page(desk, frame).await
}

async fn page(desk: &Desk<'_>, frame: Frame) -> Result<Reply, Problem> {
    let (days, length) = asked_span(desk.visit);
    let measure = desk.visit.asked("of").and_then(|of| MEASURES.into_iter().find(|one| one.word() == of));
    let now = span(frame.now, days)?;
    let before = span(frame.now.plus_ms(-days * DAY_MS), days)?;
    let report: Report = desk.get(&target(now, "channel,country")).await?;
    let former: Report = desk.get(&target(before, "none")).await?;
    // Without a choice, the first that has a number.
    let measure = measure.unwrap_or_else(|| numbers::first(&frame, &report, &former));
    let beside: Beside = desk.inside("desk/period", &(now.from(), now.to())).await?;
    let owed: Owed = desk.inside("desk/owed", &()).await?;
    let names = known(desk, &beside).await?;
    let stages = stages(&report, &beside);
    let leak = funnel::leak(&stages);
    let ready = super::readiness::stored(desk).await?;
    let start = start::start(desk, &frame, &report, &ready).await?;
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let files = |short: Short| Files::new(&frame, short.word(), &format!("?days={days}"));
    let page = Page {
        spans: SPANS
            .map(|(span, _)| {
                let path = format!("?days={span}&of={}", measure.word());
                (path, frame.words.with("overview.days", &span.to_string()), span == days)
            })
            .into(),
        tasks: tasks(&frame, &owed),
        has_numbers: start.steps.is_empty() || stages.iter().any(|stage| stage.count > 0),
        tiles: MEASURES.map(|one| numbers::tile(&frame, one, one == measure, days, &report, &former)).into(),
        chart: numbers::chart(&frame, measure, length, &report, &former),
        steps: stages.iter().enumerate().map(|(at, stage)| step(&frame, &stages, at, stage, leak)).collect(),
        leak: leak.map(|step| frame.t(&format!("leak.{}", step.word())).to_owned()),
        leaked: (leak == Some(Step::Shared)).then(|| frame.to("referrers?state=unshared")),
        leaders: leaders(&frame, &beside, &names),
        channels: shares(report.clicks_by.get("channel"), &frame, |frame, name| {
            frame.words.of("channel", name)
        }),
        countries: shares(report.clicks_by.get("country"), &frame, |frame, name| frame.words.country(name)),
        expected: super::readiness::expected(&frame, &ready),
        start,
        files: files(Short::Days),
        funnel_files: files(Short::Funnel),
        leader_files: files(Short::Leaders),
        channel_files: files(Short::Channels),
        country_files: files(Short::Countries),
        frame,
    };
    Reply::page(status, &page)
}

/// Who the leaders are.
async fn known(desk: &Desk<'_>, beside: &Beside) -> Result<Names, Problem> {
    desk.names(beside.leaders.iter().map(|(id, ..)| id.clone())).await
}

/// The steps of a period.
fn stages(report: &Report, beside: &Beside) -> Vec<Stage> {
    funnel::stages([
        report.totals.seen,
        report.totals.joined,
        report.totals.shared,
        report.totals.clicks,
        report.totals.leads_attributed,
        beside.qualified,
        report.totals.sales_attributed,
        if report.totals.sales_attributed > 0 { beside.rewarded_sales } else { beside.rewarded_leads },
    ])
}

/// So many days that end with the day of an instant.
fn span(last: Instant, days: i64) -> Result<Period, Problem> {
    let first = last.plus_ms(-(days - 1) * DAY_MS);
    Period::read(Some(&first.day()), Some(&last.day()), last)
        .map_err(|error| Problem::internal(error.sentence()))
}

fn target(period: Period, by: &str) -> String {
    format!("/v1/stats?from={}&to={}&interval=day&by={by}", period.from(), period.to())
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

fn step(frame: &Frame, stages: &[Stage], at: usize, stage: &Stage, leak: Option<Step>) -> FunnelStep {
    let before = at.checked_sub(1).and_then(|at| stages.get(at)).map_or(0, |stage| stage.count);
    let passage = match stage.passage {
        Passage::Unknown => String::new(),
        Passage::Grew(tenths) => {
            frame.words.with(&format!("grew.{}", stage.step.word()), &frame.words.locale.tenths(tenths))
        }
        Passage::Lost(lost) => {
            let kept = frame.words.locale.part(stage.count, before);
            frame.words.with2(&format!("lost.{}", stage.step.word()), &kept, &frame.words.count(lost))
        }
    };
    FunnelStep {
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

/// The most frequent, and the rest together.
fn shares(clicks: Option<&Vec<Named>>, frame: &Frame, word: impl Fn(&Frame, &str) -> String) -> Vec<Share> {
    const SHOWN: usize = 6;
    let named: Vec<&Named> = clicks.into_iter().flatten().collect();
    let (first, rest) = named.split_at(if named.len() > SHOWN { SHOWN - 1 } else { named.len() });
    let label = |one: &Named| {
        if one.name.is_empty() { frame.t("channel.unknown").to_owned() } else { word(frame, &one.name) }
    };
    let mut counts: Vec<(String, u64)> = first.iter().map(|one| (label(one), one.clicks)).collect();
    if !rest.is_empty() {
        let others: u64 = rest.iter().map(|one| one.clicks).sum();
        counts.push((frame.t("shares.others").to_owned(), others));
    }
    let largest = counts.iter().map(|(_, clicks)| *clicks).max().unwrap_or(0).max(1);
    let share = |(label, clicks): (String, u64)| Share {
        label,
        clicks: frame.words.count(clicks),
        width: (clicks.saturating_mul(1000) / largest).max(4),
    };
    counts.into_iter().map(share).collect()
}

//! The numbers of a period beside those of the one before: as tiles, and one of them as a chart.

use crate::pages::frame::Frame;
use referral::chart::{self, Bar};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Default, Deserialize)]
pub(super) struct Revenue {
    attributed_amount: i64,
}

#[derive(Default, Deserialize)]
pub(super) struct Granted {
    amount: i64,
}

/// What `GET /v1/stats` says of a span.
#[derive(Default, Deserialize)]
pub(super) struct Counts {
    pub(super) seen: u64,
    pub(super) joined: u64,
    pub(super) shared: u64,
    pub(super) clicks: u64,
    pub(super) leads_attributed: u64,
    pub(super) sales_attributed: u64,
    revenue: BTreeMap<String, Revenue>,
    rewards: BTreeMap<String, Granted>,
}

#[derive(Deserialize)]
pub(super) struct Bucket {
    start: String,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Deserialize)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) clicks: u64,
}

#[derive(Deserialize)]
pub(super) struct Report {
    pub(super) totals: Counts,
    buckets: Vec<Bucket>,
    pub(super) clicks_by: BTreeMap<String, Vec<Named>>,
}

/// What a chart can show.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Clicks,
    Leads,
    Sales,
    Revenue,
    Rewards,
}

pub(super) const MEASURES: [Measure; 5] =
    [Measure::Clicks, Measure::Leads, Measure::Sales, Measure::Revenue, Measure::Rewards];

impl Measure {
    pub(super) const fn word(self) -> &'static str {
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
pub(super) struct Tile {
    pub(super) path: String,
    pub(super) is_here: bool,
    pub(super) label: &'static str,
    pub(super) value: String,
    /// How much more or less, in words.
    pub(super) change: String,
    /// `up`, `down` or nothing.
    pub(super) way: &'static str,
}

pub(super) struct Column {
    pub(super) day: String,
    pub(super) value: String,
    pub(super) before: String,
    pub(super) bar: Bar,
    /// Left edge of its place.
    pub(super) x: i64,
}

pub(super) struct Chart {
    pub(super) title: String,
    pub(super) lines: Vec<String>,
    pub(super) columns: Vec<Column>,
    pub(super) before: String,
    pub(super) width: i64,
    pub(super) first: String,
    pub(super) middle: String,
    pub(super) last: String,
}

fn shown(frame: &Frame, measure: Measure, value: i64) -> String {
    if measure.is_money() { frame.money(value) } else { frame.words.locale.whole(value) }
}

pub(super) fn tile(
    frame: &Frame,
    measure: Measure,
    is_here: bool,
    days: i64,
    now: &Report,
    before: &Report,
) -> Tile {
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
            std::cmp::Ordering::Greater if before > 0 => "up",
            std::cmp::Ordering::Less => "down",
            std::cmp::Ordering::Greater | std::cmp::Ordering::Equal => "",
        },
    }
}

pub(super) fn chart(frame: &Frame, measure: Measure, report: &Report, former: &Report) -> Chart {
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
    let label = |at: usize| {
        report.buckets.get(at).map(|bucket| frame.words.short_day(&bucket.start)).unwrap_or_default()
    };
    let count = report.buckets.len();
    let line = |value: &i64| {
        if measure.is_money() {
            frame.words.locale.axis_money(*value, currency)
        } else {
            frame.words.locale.whole(*value)
        }
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

//! The numbers of a period beside those of the one before: as tiles, and one of them as a chart.

use crate::pages::chart::{self, Chart};
use crate::pages::frame::Frame;
use referral::money::Currency;
use serde::Deserialize;
use serde_json::{Value, json};
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

fn money(frame: &Frame, measure: Measure) -> Option<Currency> {
    measure.is_money().then_some(frame.program.currency)
}

fn shown(frame: &Frame, measure: Measure, value: i64) -> String {
    chart::shown(&frame.words, money(frame, measure), value)
}

/// The first measure that has a number, in this period or the one before.
pub(super) fn first(frame: &Frame, now: &Report, before: &Report) -> Measure {
    let currency = frame.program.currency.code();
    let any = |measure: &Measure| {
        measure.of(&now.totals, currency) != 0 || measure.of(&before.totals, currency) != 0
    };
    MEASURES.into_iter().find(any).unwrap_or(Measure::Clicks)
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

pub(super) fn chart(
    frame: &Frame,
    measure: Measure,
    length: usize,
    report: &Report,
    former: &Report,
) -> Chart {
    let currency = frame.program.currency.code();
    let values = |report: &Report| -> Vec<i64> {
        report.buckets.iter().map(|bucket| measure.of(&bucket.counts, currency)).collect()
    };
    let days: Vec<String> = report.buckets.iter().map(|bucket| bucket.start.clone()).collect();
    let title = frame.t(&format!("measure.{}", measure.word()));
    Chart::new(&frame.words, title, money(frame, measure), &days, length, &values(report), &values(former))
}

/// The numbers of a report as rows of a file, a row for each day.
pub(super) fn rows<'a>(
    period: &'a str,
    report: &'a Report,
    currency: &'a str,
) -> impl Iterator<Item = Value> + 'a {
    report.buckets.iter().map(move |bucket| {
        let mut row = json!({ "period": period, "day": bucket.start, "currency": currency });
        if let Some(fields) = row.as_object_mut() {
            for measure in MEASURES {
                fields.insert(measure.word().to_owned(), json!(measure.of(&bucket.counts, currency)));
            }
        }
        row
    })
}

//! A chart: values beside those of the period before, as bars, a line and a table. What is drawn is `referral::chart`'s.

use super::words::Words;
use referral::chart::{self, Bar};
use referral::money::Currency;
use referral::period;

pub(super) struct Column {
    /// The first day of its piece.
    pub(super) day: String,
    /// All of them.
    pub(super) days: String,
    pub(super) value: String,
    pub(super) before: String,
    pub(super) bar: Bar,
    /// Left edge of its place.
    pub(super) x: i64,
}

/// What `templates/dashboard/chart.html` draws.
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

/// A value, of a currency where it is money.
pub(super) fn shown(words: &Words, money: Option<Currency>, value: i64) -> String {
    money.map_or_else(|| words.locale.whole(value), |currency| words.locale.balance(value, currency))
}

impl Chart {
    /// Of these days, in pieces of so many; `before` are as many days, those before them.
    pub(super) fn new(
        words: &Words,
        title: &str,
        money: Option<Currency>,
        days: &[String],
        length: usize,
        now: &[i64],
        before: &[i64],
    ) -> Self {
        let sums = |values: &[i64]| -> Vec<i64> {
            period::pieces(values, length).map(|piece| piece.iter().sum()).collect()
        };
        let (now, before) = (sums(now), sums(before));
        let unit = money.map_or(1, |currency| 10_i64.pow(u32::from(currency.exponent())));
        let largest = now.iter().chain(&before).copied().max().unwrap_or(0);
        let lines = chart::lines(largest, unit);
        let top = lines.last().copied().unwrap_or(unit);
        let spans: Vec<(&String, &String)> =
            period::pieces(days, length).filter_map(|piece| piece.first().zip(piece.last())).collect();
        let columns: Vec<Column> = spans
            .iter()
            .zip(chart::bars(&now, top))
            .zip(now.iter().zip(&before))
            .map(|(((first, last), bar), (value, before))| Column {
                day: words.day(first),
                days: if first == last {
                    words.day(first)
                } else {
                    format!("{} – {}", words.short_day(first), words.day(last))
                },
                value: shown(words, money, *value),
                before: shown(words, money, *before),
                bar,
                x: bar.x / chart::SLOT * chart::SLOT,
            })
            .collect();
        let label = |at: usize| spans.get(at).map(|(day, _)| words.short_day(day)).unwrap_or_default();
        let line = |value: &i64| match money {
            Some(currency) => words.locale.axis_money(*value, currency),
            None => words.locale.whole(*value),
        };
        Self {
            title: match money {
                Some(currency) => format!("{title}, {}", currency.code()),
                None => title.to_owned(),
            },
            lines: lines.iter().rev().map(line).collect(),
            before: chart::line(&before, top),
            width: i64::try_from(columns.len()).unwrap_or(0) * chart::SLOT,
            first: label(0),
            middle: label(spans.len() / 2),
            last: label(spans.len().saturating_sub(1)),
            columns,
        }
    }
}

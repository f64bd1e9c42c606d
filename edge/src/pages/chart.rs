//! A chart: values beside those of the period before, as bars, a line and a table. What is drawn is `referral::chart`'s.

use super::words::Words;
use referral::chart::{self, Bar};
use referral::money::Currency;

pub(super) struct Column {
    pub(super) day: String,
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
    /// Of these days, each the first of its piece; `before` is the same span earlier.
    pub(super) fn new(
        words: &Words,
        title: &str,
        money: Option<Currency>,
        days: &[String],
        now: &[i64],
        mut before: Vec<i64>,
    ) -> Self {
        before.resize(now.len(), 0);
        let unit = money.map_or(1, |currency| 10_i64.pow(u32::from(currency.exponent())));
        let largest = now.iter().chain(&before).copied().max().unwrap_or(0);
        let lines = chart::lines(largest, unit);
        let top = lines.last().copied().unwrap_or(unit);
        let columns: Vec<Column> = days
            .iter()
            .zip(chart::bars(now, top))
            .zip(now.iter().zip(&before))
            .map(|((day, bar), (value, before))| Column {
                day: words.day(day),
                value: shown(words, money, *value),
                before: shown(words, money, *before),
                bar,
                x: bar.x / chart::SLOT * chart::SLOT,
            })
            .collect();
        let label = |at: usize| days.get(at).map(|day| words.short_day(day)).unwrap_or_default();
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
            middle: label(days.len() / 2),
            last: label(days.len().saturating_sub(1)),
            columns,
        }
    }
}

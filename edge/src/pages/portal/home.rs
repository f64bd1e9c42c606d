//! The first page: the link, a link to any page of the shop, what came of it, what was earned.

use super::file::{Files, Short};
use super::frame::{Frame, Section};
use super::seat::Seat;
use crate::click_shard;
use crate::ledger::portal::numbers::{Numbers, Span};
use crate::pages::chart::{self, Chart};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use crate::qr::{self, Shape};
use askama::Template;
use referral::channel::Channel;
use referral::destination::{DeepLinkError, link};
use referral::instant::{DAY_MS, Instant};
use referral::money::Currency;
use referral::period::{Interval, Period};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Days of a report one can choose, and how many of them a column of the chart stands for.
const SPANS: &[(i64, usize)] = &[(7, 1), (30, 1), (90, 7)];

/// Days without a choice.
const USUAL: (i64, usize) = (30, 1);

/// Channels that can be named in a link, in the order they are offered.
const CHANNELS: &[Channel] = &[
    Channel::Direct,
    Channel::Email,
    Channel::Sms,
    Channel::Whatsapp,
    Channel::Telegram,
    Channel::Messenger,
    Channel::Facebook,
    Channel::Linkedin,
    Channel::X,
    Channel::Reddit,
    Channel::Qr,
];

/// What a chart can show.
const MEASURES: &[&str] = &["clicks", "friends", "leads", "sales", "rewards"];

/// A number with the one of the period before.
struct Tile {
    path: String,
    is_here: bool,
    label: &'static str,
    value: String,
    change: String,
}

/// What is earned, by its state.
struct Balance {
    state: String,
    detail: &'static str,
    amount: String,
}

struct Offered {
    word: &'static str,
    label: String,
    is_here: bool,
}

#[derive(Template)]
#[template(path = "portal/home.html")]
struct Page {
    link: String,
    /// What was typed for a page, and what is wrong with it.
    typed: String,
    fault: Option<String>,
    channels: Vec<Offered>,
    /// The link that was asked for, and where it leads.
    built: Option<(String, String)>,
    picture: Option<Shape>,
    /// Where the picture is to be had.
    download: String,
    spans: Vec<(String, String, bool)>,
    tiles: Vec<Tile>,
    chart: Chart,
    balances: Vec<Balance>,
    has_numbers: bool,
    files: Files,
    frame: Frame,
}

/// A link as somebody asked for it.
struct Asked {
    page: String,
    channel: Channel,
    deep: Result<String, DeepLinkError>,
}

impl Asked {
    fn read(seat: &Seat<'_>) -> Self {
        let page = seat.visit.asked("page").unwrap_or_default();
        let wanted = seat.visit.asked("channel").unwrap_or_default();
        let channel = CHANNELS.iter().find(|channel| channel.as_str() == wanted).copied();
        let deep = seat.program.destination.deep_link(&page);
        Self { page, channel: channel.unwrap_or_default(), deep }
    }

    fn link(&self, frame: &Frame) -> Option<String> {
        let deep = self.deep.as_ref().ok()?;
        Some(link(&frame.around.link_base, &frame.around.code, deep, self.channel))
    }

    /// What a picture shows: a link that says so, where it says nothing else.
    fn pictured(&self, frame: &Frame) -> Option<String> {
        let channel = if self.channel == Channel::Direct { Channel::Qr } else { self.channel };
        let deep = self.deep.as_ref().ok()?;
        Some(link(&frame.around.link_base, &frame.around.code, deep, channel))
    }
}

/// The counts of one day.
#[derive(Clone, Default)]
struct Counts {
    clicks: i64,
    friends: i64,
    leads: i64,
    sales: i64,
    rewards: i64,
}

impl Counts {
    fn of(&self, measure: &str) -> i64 {
        match measure {
            "friends" => self.friends,
            "leads" => self.leads,
            "sales" => self.sales,
            "rewards" => self.rewards,
            _ => self.clicks,
        }
    }
}

/// A period and the one before it, each with its days, oldest first; and what there is now.
struct Report {
    current: BTreeMap<String, Counts>,
    former: BTreeMap<String, Counts>,
    /// State, currency, amount, rewards.
    balances: Vec<(String, String, i64, u64)>,
}

/// So many days that end with the day of an instant, and as many before them.
async fn report(seat: &Seat<'_>, currency: Currency, last: Instant, length: i64) -> Result<Report, Problem> {
    let first = last.plus_ms(-(2 * length - 1) * DAY_MS);
    let period = Period::read(Some(&first.day()), Some(&last.day()), last)
        .map_err(|error| Problem::internal(error.sentence()))?;
    let span = Span { first: period.from(), last: period.to() };
    let numbers: Numbers = seat.inside("portal/numbers", &span).await?;
    let mode = seat.signed.mode.word();
    let uid = &seat.program.facts.uid;
    let (from, to) = period.instants();
    let clicks =
        click_shard::client::days_of(seat.isolate, uid, mode, numbers.codes, from.ms(), to.ms() - 1).await?;
    let starts = period.starts(Interval::Day).into_iter();
    let mut days: BTreeMap<String, Counts> = starts.map(|day| (day, Counts::default())).collect();
    let mut add = |day: &str, count: &dyn Fn(&mut Counts)| {
        if let Some(counts) = days.get_mut(day) {
            count(counts);
        }
    };
    let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    for (day, count) in clicks {
        add(&day, &|counts| counts.clicks += whole(count));
    }
    for (day, friends, leads, sales) in numbers.happened {
        add(&day, &|counts| {
            counts.friends += friends;
            counts.leads += leads;
            counts.sales += sales;
        });
    }
    for (day, paid_in, amount) in numbers.rewards {
        if paid_in == currency.code() {
            add(&day, &|counts| counts.rewards += amount);
        }
    }
    let current = days.split_off(&last.plus_ms(-(length - 1) * DAY_MS).day());
    Ok(Report { current, former: days, balances: numbers.balances })
}

/// The days that are asked for, and how they are drawn.
fn asked_span(seat: &Seat<'_>) -> (i64, usize) {
    let asked = seat.visit.asked("days").and_then(|days| days.parse::<i64>().ok());
    SPANS.iter().find(|(days, _)| Some(*days) == asked).copied().unwrap_or(USUAL)
}

/// Every number of the period and of the one before as rows of a file, a row for each day.
pub(super) async fn rows(seat: &Seat<'_>) -> Result<Vec<Value>, Problem> {
    let frame = seat.frame(Section::Home).await?;
    let (days, _) = asked_span(seat);
    let currency = frame.currency;
    let mut rows = Vec::new();
    let report = report(seat, currency, frame.now, days).await?;
    for (called, period) in [("now", report.current), ("before", report.former)] {
        for (day, counts) in period {
            let mut row = json!({ "period": called, "day": day, "currency": currency.code() });
            if let Some(fields) = row.as_object_mut() {
                fields.extend(MEASURES.iter().map(|one| ((*one).to_owned(), json!(counts.of(one)))));
            }
            rows.push(row);
        }
    }
    Ok(rows)
}

pub(super) async fn show(seat: &Seat<'_>) -> Result<Reply, Problem> {
    let frame = seat.frame(Section::Home).await?;
    let asked = Asked::read(seat);
    let (days, length) = asked_span(seat);
    let currency = frame.currency;
    let Report { current, former, balances: sums } = report(seat, currency, frame.now, days).await?;
    let sum = |days: &BTreeMap<String, Counts>, measure: &str| -> i64 {
        days.values().map(|counts| counts.of(measure)).sum()
    };
    let of = seat.visit.asked("of").unwrap_or_default();
    // Without a choice the first of which there is something to see.
    let is_something = |measure: &&&str| sum(&current, measure) != 0;
    let measure = MEASURES.iter().find(|measure| **measure == of).or(MEASURES.iter().find(is_something));
    let measure = measure.copied().unwrap_or("clicks");
    let money = |measure: &str| (measure == "rewards").then_some(currency);
    let tile = |one: &&'static str| {
        let (now, before) = (sum(&current, one), sum(&former, one));
        Tile {
            path: format!("?days={days}&of={one}#numbers"),
            is_here: *one == measure,
            label: frame.t(&format!("portal.measure.{one}")),
            value: chart::shown(&frame.words, money(one), now),
            change: match frame.words.locale.change(now, before) {
                Some(change) => frame.words.with2(
                    "overview.change",
                    &change,
                    &chart::shown(&frame.words, money(one), before),
                ),
                None if now == 0 => frame.t("overview.nothing").to_owned(),
                None => frame.t("overview.new").to_owned(),
            },
        }
    };
    let values = |days: &BTreeMap<String, Counts>| -> Vec<i64> {
        days.values().map(|counts| counts.of(measure)).collect()
    };
    let starts: Vec<String> = current.keys().cloned().collect();
    let heading = frame.t(&format!("portal.measure.{measure}"));
    let tiles: Vec<Tile> = MEASURES.iter().map(tile).collect();
    let wanted = seat.visit.asked("page").is_some() || seat.visit.asked("channel").is_some();
    let built = asked.link(&frame).filter(|_| wanted).map(|link| {
        let deep = asked.deep.as_deref().unwrap_or_default();
        let (path, query) = deep.split_once('?').unwrap_or((deep, ""));
        (link, seat.program.destination.location(path, query, None, None))
    });
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("page", &asked.page).append_pair("channel", asked.channel.as_str());
    let page = Page {
        link: link(&frame.around.link_base, &frame.around.code, "", Channel::Direct),
        fault: asked.deep.as_ref().err().map(|error| {
            frame.words.with(&format!("portal.fault.{}", error.word()), seat.program.destination.host())
        }),
        channels: CHANNELS
            .iter()
            .map(|channel| Offered {
                word: channel.as_str(),
                label: match channel {
                    Channel::Direct => frame.t("portal.channel.none").to_owned(),
                    channel => frame.words.of("channel", channel.as_str()),
                },
                is_here: *channel == asked.channel,
            })
            .collect(),
        picture: asked.pictured(&frame).filter(|_| wanted).and_then(|link| qr::shape(&link)),
        download: format!("{}?{}", seat.to("link.svg"), query.finish()),
        built,
        typed: asked.page,
        spans: SPANS
            .iter()
            .map(|(span, _)| {
                let path = format!("?days={span}&of={measure}#numbers");
                (path, frame.words.with("overview.days", &span.to_string()), *span == days)
            })
            .collect(),
        files: Files::short(&frame, Short::Days, &format!("?days={days}")),
        has_numbers: MEASURES.iter().any(|one| sum(&current, one) != 0 || sum(&former, one) != 0),
        tiles,
        chart: Chart::new(
            &frame.words,
            heading,
            money(measure),
            &starts,
            length,
            &values(&current),
            &values(&former),
        ),
        balances: balances(&frame, &sums),
        frame,
    };
    let status = if page.fault.is_some() { 422 } else { 200 };
    Reply::page(status, &page)
}

/// What is earned, in the order in which rewards go; nothing of what was taken back.
fn balances(frame: &Frame, sums: &[(String, String, i64, u64)]) -> Vec<Balance> {
    let of_state = |state: &'static str| sums.iter().filter(move |(known, ..)| known == state);
    ["pending", "held", "approved", "paid"]
        .into_iter()
        .flat_map(|state| of_state(state).map(move |(_, currency, amount, _)| (state, currency, *amount)))
        .map(|(state, currency, amount)| Balance {
            state: frame.t(&format!("portal.rewards.{state}")).to_owned(),
            detail: frame.t(&format!("portal.state.{state}")),
            amount: frame.words.money(amount, currency),
        })
        .collect()
}

/// The link with a page and a channel as a picture to keep.
pub(super) async fn picture(seat: &Seat<'_>) -> Result<Reply, Problem> {
    let frame = seat.frame(Section::Home).await?;
    let shape = Asked::read(seat).pictured(&frame).and_then(|link| qr::shape(&link));
    let shape = shape.ok_or_else(Problem::not_found)?;
    let name = format!("{}-{}.svg", seat.program.facts.slug, frame.around.code);
    Ok(Reply::download(name, "image/svg+xml", shape.svg()))
}

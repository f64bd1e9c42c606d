//! Questions to a program's click shards, and the answers of all of them as one.

use super::Question;
use super::record::Group;
use super::report::{Breakdown, By, Days, Listed};
use super::steps::Steps;
use crate::answer::Answer;
use crate::isolate::Isolate;
use crate::js;
use crate::paging::{Cursor, Page};
use crate::platform;
use crate::problem::Problem;
use referral::click_token::ClickName;
use referral::instant::Instant;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

const DAY_MS: i64 = 86_400_000;

/// Where a list goes on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    /// Older than this id.
    After(String),
    /// Newer than this id.
    Before(String),
}

/// The numbers of one day.
#[derive(Debug, Default)]
pub(crate) struct Day {
    /// `YYYY-MM-DD`.
    pub(crate) date: String,
    pub(crate) clicks: u64,
    /// How often widgets were seen, joined in, shared from, and so on.
    pub(crate) seen: u64,
    pub(crate) joined: u64,
    pub(crate) shared: u64,
    pub(crate) copied: u64,
    pub(crate) opened: u64,
}

/// Clicks of each of these codes since the beginning; codes without clicks are left out.
pub(crate) async fn counts(
    isolate: &Isolate,
    uid: &str,
    mode: &str,
    codes: &[impl AsRef<str>],
) -> Result<HashMap<String, u64>, Problem> {
    let mut counts = HashMap::new();
    if codes.is_empty() {
        return Ok(counts);
    }
    let question = Question::Totals(codes.iter().map(|code| code.as_ref().to_owned()).collect());
    for answer in ask_all::<Vec<(String, u64)>>(isolate, uid, mode, &question).await? {
        for (code, clicks) in answer {
            *counts.entry(code).or_insert(0) += clicks;
        }
    }
    Ok(counts)
}

/// The numbers of each day that touches a span of instants (milliseconds since 1970, UTC days), oldest first; days on
/// which nothing happened are left out.
pub(crate) async fn rollup(
    isolate: &Isolate,
    uid: &str,
    mode: &str,
    from_ms: i64,
    to_ms: i64,
) -> Result<Vec<Day>, Problem> {
    let question = Question::Days { from: from_ms.div_euclid(DAY_MS), to: to_ms.div_euclid(DAY_MS) };
    let mut days: BTreeMap<i64, Day> = BTreeMap::new();
    for answer in ask_all::<Days>(isolate, uid, mode, &question).await? {
        for (day, clicks) in answer.clicks {
            days.entry(day).or_default().clicks += clicks;
        }
        for (day, kind, count) in answer.events {
            let day = days.entry(day).or_default();
            let counter = match kind.as_str() {
                "seen" => &mut day.seen,
                "joined" => &mut day.joined,
                "shared" => &mut day.shared,
                "copied" => &mut day.copied,
                _ => &mut day.opened,
            };
            *counter += count;
        }
    }
    let name = |day: i64| Instant::from_ms(day.saturating_mul(DAY_MS)).to_string().chars().take(10).collect();
    Ok(days.into_iter().map(|(number, day)| Day { date: name(number), ..day }).collect())
}

/// Clicks of these codes on each day of a span (milliseconds since 1970, UTC days), by the day (`YYYY-MM-DD`).
pub(crate) async fn days_of(
    isolate: &Isolate,
    uid: &str,
    mode: &str,
    codes: Vec<String>,
    from_ms: i64,
    to_ms: i64,
) -> Result<BTreeMap<String, u64>, Problem> {
    let days = (from_ms.div_euclid(DAY_MS)..=to_ms.div_euclid(DAY_MS)).collect();
    let question = Question::DaysOf { codes, days };
    let mut clicks = BTreeMap::new();
    for shard in ask_all::<Vec<(i64, u64)>>(isolate, uid, mode, &question).await? {
        for (day, count) in shard {
            let name: String =
                Instant::from_ms(day.saturating_mul(DAY_MS)).to_string().chars().take(10).collect();
            *clicks.entry(name).or_insert(0) += count;
        }
    }
    Ok(clicks)
}

/// Clicks of the days that touch a span of instants, by each of these things, most first.
pub(crate) async fn breakdown(
    isolate: &Isolate,
    uid: &str,
    mode: &str,
    (from_ms, to_ms): (i64, i64),
    by: &[By],
) -> Result<Breakdown, Problem> {
    if by.is_empty() {
        return Ok(Breakdown::new());
    }
    let (from, to) = (from_ms.div_euclid(DAY_MS), to_ms.div_euclid(DAY_MS));
    let question = Question::Breakdown { from, to, by: by.to_vec() };
    let shards: Vec<Breakdown> = ask_all(isolate, uid, mode, &question).await?;
    let counts = |by: By| shards.iter().flatten().filter(move |(known, _)| *known == by);
    Ok(by.iter().map(|by| (*by, added(counts(*by).flat_map(|(_, counts)| counts)))).collect())
}

fn added<'a>(counts: impl Iterator<Item = &'a (String, u64)>) -> Vec<(String, u64)> {
    let mut sums: HashMap<&str, u64> = HashMap::new();
    for (name, clicks) in counts {
        *sums.entry(name).or_insert(0) += clicks;
    }
    let mut sums: Vec<_> = sums.into_iter().map(|(name, clicks)| (name.to_owned(), clicks)).collect();
    sums.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    sums
}

/// How many clicks were counted since the beginning.
pub(crate) async fn number(isolate: &Isolate, uid: &str, mode: &str) -> Result<u64, Problem> {
    Ok(ask_all::<u64>(isolate, uid, mode, &Question::Number).await?.into_iter().sum())
}

/// `GET /v1/clicks`: counted clicks, newest first.
pub(crate) async fn list(isolate: &Isolate, uid: &str, mode: &str, page: &Page) -> Result<Answer, Problem> {
    let cursor = match &page.cursor {
        None => None,
        Some(Cursor::After(id)) => Some(Place::After(checked(id)?)),
        Some(Cursor::Before(id)) => Some(Place::Before(checked(id)?)),
    };
    let forwards = matches!(cursor, Some(Place::Before(_)));
    let question = Question::List { cursor, limit: page.limit.saturating_add(1) };
    let mut clicks: Vec<Listed> =
        ask_all::<Vec<Listed>>(isolate, uid, mode, &question).await?.into_iter().flatten().collect();
    clicks.sort_by(|one, other| if forwards { one.0.cmp(&other.0) } else { other.0.cmp(&one.0) });
    let wanted = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let has_more = clicks.len() > wanted;
    clicks.truncate(wanted);
    if forwards {
        clicks.reverse();
    }
    let last = clicks.last().map(|click| click.0.clone()).filter(|_| has_more);
    let data: Vec<Value> = clicks.into_iter().map(shown).collect();
    Answer::json(200, &json!({ "data": data, "has_more": has_more, "next_cursor": last }))
}

fn shown((id, code, channel, device, country, host): Listed) -> Value {
    let clicked_at = ClickName::parse(&id).map_or(0, |name| name.clicked_at());
    let known = |text: String| Some(text).filter(|text| !text.is_empty());
    json!({
        "id": id,
        "code": code,
        "clicked_at": Instant::from_ms(clicked_at.saturating_mul(1000)),
        "channel": channel,
        "device": device,
        "country": known(country),
        "referring_host": known(host),
    })
}

/// The id of a click by its looks. Ids are in order of time, so one that was never given still has its place.
fn checked(id: &str) -> Result<String, Problem> {
    if ClickName::parse(id).is_some() {
        return Ok(id.to_owned());
    }
    Err(Problem::field("cursor", "out_of_range", "is not the id of an item of this list"))
}

/// Counts steps for the funnel.
pub(crate) async fn count(
    isolate: &Isolate,
    uid: &str,
    mode: &str,
    steps: &Steps,
) -> Result<Answer, Problem> {
    let accepted = steps.number();
    if accepted > 0 {
        let day = platform::now_ms().div_euclid(DAY_MS);
        let _: usize = ask(isolate, uid, mode, 0, &Question::Events(steps.on(day))).await?;
    }
    Answer::json(202, &json!({ "accepted": accepted }))
}

/// The salt of a day (days since 1970), for visitor hashes. Every shard of a program uses the first one's.
pub(crate) async fn salt(isolate: &Isolate, uid: &str, mode: &str, day: i64) -> Result<[u8; 32], Problem> {
    ask(isolate, uid, mode, 0, &Question::Salt(day)).await
}

/// Counts clicks in one shard; how many were new.
pub(crate) async fn record(
    isolate: &Isolate,
    uid: &str,
    mode: &str,
    shard: u32,
    groups: Vec<Group<'_>>,
) -> Result<usize, Problem> {
    ask(isolate, uid, mode, shard, &Question::Record(groups)).await
}

async fn ask_all<T: DeserializeOwned>(
    isolate: &Isolate,
    uid: &str,
    mode: &str,
    question: &Question<'_>,
) -> Result<Vec<T>, Problem> {
    let mut answers = Vec::new();
    for shard in 0..isolate.click_shards {
        answers.push(ask(isolate, uid, mode, shard, question).await?);
    }
    Ok(answers)
}

async fn ask<T: DeserializeOwned>(
    isolate: &Isolate,
    uid: &str,
    mode: &str,
    shard: u32,
    question: &Question<'_>,
) -> Result<T, Problem> {
    let object = isolate.click_shard(&format!("{mode}/{uid}/{shard}"))?;
    let question = serde_json::to_string(question)?;
    let response =
        JsFuture::from(js::call(&object, "POST", "https://click-shard/", "", Some(&question))?).await?;
    let response: web_sys::Response = response.unchecked_into();
    if response.status() != 200 {
        return Err(Problem::internal(&format!("click shard {shard} answered {}", response.status())));
    }
    let text = JsFuture::from(response.text()?).await.unwrap_or(JsValue::NULL);
    Ok(serde_json::from_str(&text.as_string().unwrap_or_default())?)
}

//! Questions to a program's click shards, and the answers of all of them as one.

use super::Question;
use super::record::Group;
use super::report::{Breakdown, Days, Listed};
use crate::answer::Answer;
use crate::isolate::Isolate;
use crate::js;
use crate::paging::{Cursor, Page};
use crate::platform;
use crate::problem::Problem;
use referral::channel::Channel;
use referral::click_token::ClickName;
use referral::input::{self, Input};
use referral::instant::Instant;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Most events a widget reports at once.
const MOST_EVENTS: usize = 50;

/// What a widget may report.
const EVENT_TYPES: [(&str, &str); 5] = [
    ("seen", "seen"),
    ("joined", "joined"),
    ("shared", "shared"),
    ("copied", "copied"),
    ("opened", "opened"),
];

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

/// Clicks of the days that touch a span of instants, by code, channel, country, device and referring host, most first.
pub(crate) async fn breakdown(
    isolate: &Isolate,
    uid: &str,
    mode: &str,
    from_ms: i64,
    to_ms: i64,
) -> Result<Breakdown, Problem> {
    let question = Question::Breakdown { from: from_ms.div_euclid(DAY_MS), to: to_ms.div_euclid(DAY_MS) };
    let shards: Vec<Breakdown> = ask_all(isolate, uid, mode, &question).await?;
    Ok(Breakdown {
        codes: added(&shards, |shard| &shard.codes),
        channels: added(&shards, |shard| &shard.channels),
        countries: added(&shards, |shard| &shard.countries),
        devices: added(&shards, |shard| &shard.devices),
        referring_hosts: added(&shards, |shard| &shard.referring_hosts),
    })
}

fn added(shards: &[Breakdown], list: impl Fn(&Breakdown) -> &Vec<(String, u64)>) -> Vec<(String, u64)> {
    let mut sums: HashMap<&str, u64> = HashMap::new();
    for (name, clicks) in shards.iter().flat_map(list) {
        *sums.entry(name).or_insert(0) += clicks;
    }
    let mut sums: Vec<_> = sums.into_iter().map(|(name, clicks)| (name.to_owned(), clicks)).collect();
    sums.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    sums
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
    let field = input::FieldError {
        field: "cursor".to_owned(),
        code: "out_of_range",
        detail: "is not the id of an item of this list".to_owned(),
    };
    Err(Problem::invalid(vec![field]))
}

/// `POST /v1/widget/events`: what happened in widgets, for the funnel. Counted, never payable.
pub(crate) async fn events(isolate: &Isolate, uid: &str, mode: &str, body: &str) -> Result<Answer, Problem> {
    let fields = input::object(body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    input.require("events");
    let list = input.value("events");
    let mut counts = BTreeMap::new();
    match list.map(Value::as_array) {
        None => {}
        Some(None) => input.refuse("events", "wrong_type", "must be a list"),
        Some(Some(list)) if list.len() > MOST_EVENTS => {
            input.refuse("events", "too_long", format!("takes at most {MOST_EVENTS} events at once"));
        }
        Some(Some(list)) => {
            for (at, event) in list.iter().enumerate() {
                match read_event(at, event) {
                    Ok(event) => *counts.entry(event).or_insert(0_u64) += 1,
                    Err(errors) => input.absorb(errors),
                }
            }
        }
    }
    input.finish().map_err(Problem::invalid)?;
    let accepted: u64 = counts.values().sum();
    if accepted > 0 {
        let day = platform::now_ms().div_euclid(DAY_MS);
        let events = counts
            .into_iter()
            .map(|((kind, channel), count)| (day, kind.to_owned(), channel.to_owned(), count));
        let _: usize = ask(isolate, uid, mode, 0, &Question::Events(events.collect())).await?;
    }
    Answer::json(202, &json!({ "accepted": accepted }))
}

fn read_event(at: usize, event: &Value) -> Result<(&'static str, &'static str), Vec<input::FieldError>> {
    let path = format!("events[{at}]");
    let empty = serde_json::Map::new();
    let mut input = Input::new(&path, event.as_object().unwrap_or(&empty));
    input.require("type");
    let kind = input.choice("type", &EVENT_TYPES).unwrap_or_default();
    let channel =
        input.text("channel", 0..=40).map_or(Channel::Direct, |channel| Channel::from_link(&channel));
    input.finish()?;
    Ok((kind, channel.as_str()))
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

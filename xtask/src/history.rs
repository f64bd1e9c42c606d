//! Years of a program, written into the files of a stopped edge: as many clicks, conversions and referrers as one likes,
//! in a minute instead of years. What approves rewards, chains entries and pays is the edge itself, afterwards.

mod doubts;

use crate::bench::script::{Objects, Script};
use crate::progress::{say, seconds};
use crate::workerd::Edge;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The names of the edge's own objects: a script under these names works on the same files.
const OBJECTS: [Objects; 2] =
    [("Ledger", "goodword-ledger", "LEDGER"), ("ClickShard", "goodword-click-shard", "CLICK_SHARD")];
/// Rows that one request to the script makes.
const AT_ONCE: u64 = 10_000;
/// Batches that are made and paid, one for so many conversions.
const CONVERSIONS_OF_A_PAYOUT: u64 = 10_000;

/// How much there shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Clicks of ninety days.
    pub clicks: u64,
    /// Sales, and a lead for every nine of them, in the same time.
    pub conversions: u64,
    /// Referrers who joined over four months.
    pub referrers: u64,
}

impl Counts {
    /// A program one can look through.
    pub const SMALL: Self = Self { clicks: 10_000, conversions: 1_000, referrers: 100 };
    /// A program as large as they come.
    pub const SCALE: Self = Self { clicks: 1_000_000, conversions: 100_000, referrers: 10_000 };
}

/// What to open a program with that is to be given a history: a tenth of each sale and a euro for each lead, as the history
/// has been granted.
pub fn program(slug: &str) -> Value {
    json!({
        "slug": slug,
        "name": "Years of Fern & Field",
        "kind": "referral",
        "destination": "http://localhost:9/",
        "currency": "EUR",
        "terms": {
            "attribution": "last_click",
            "window_days": 90,
            "hold_days": 30,
            "rewards": [
                {"id": "referrer_share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
                {"id": "lead_fee", "on": "lead", "to": "referrer", "pay": {"flat": 100}},
            ],
        },
    })
}

/// Fills a new program and starts the edge again.
///
/// # Errors
/// The program has conversions already, or the edge does not answer.
pub fn write(edge: &mut Edge, secret_key: &str, folder: PathBuf, counts: Counts) -> Result<()> {
    let agent = agent();
    let bearer = format!("Bearer {secret_key}");
    let uid = secret_key.get(8..24).context("the secret key is too short")?.to_owned();
    // The first questions make the objects' tables.
    read(&agent, edge, &bearer, "/v1/stats")?;
    let sales = read(&agent, edge, &bearer, "/v1/sales?limit=1")?;
    if sales["data"].as_array().is_none_or(|sales| !sales.is_empty()) {
        bail!("this program has a history already");
    }
    edge.stop()?;
    let script =
        Script { file: "history.js", texts: Vec::new(), objects: &OBJECTS, folder, storage: edge.storage() };
    let running = script.start()?;
    let now = this_hour()?;
    let told =
        json!({ "referrers": counts.referrers, "conversions": counts.conversions, "clicks": counts.clicks });
    let (ledger, shard) = (format!("live/{uid}"), format!("live/{uid}/0"));
    for (objects, name, part, count) in [
        ("LEDGER", &ledger, "referrers", counts.referrers),
        ("LEDGER", &ledger, "conversions", counts.conversions),
        ("CLICK_SHARD", &shard, "clicks", counts.clicks),
    ] {
        let started = Instant::now();
        let mut from = 1;
        while from <= count {
            let to = count.min(from + AT_ONCE - 1);
            let answer = agent
                .post(format!("{}/?objects={objects}&name={name}", running.origin()))
                .send_json(json!({ "part": part, "from": from, "to": to, "now": now, "counts": told }));
            let status =
                answer.with_context(|| format!("history.js did not answer:\n{}", running.said()))?.status();
            if status.as_u16() != 204 {
                bail!("history.js failed ({status}):\n{}", running.said());
            }
            from = to + 1;
        }
        say(&format!("  {count} {part} ({})", seconds(started.elapsed())));
    }
    running.stop()?;
    edge.restart()?;
    let started = Instant::now();
    read(&agent, edge, &bearer, "/v1/program")?;
    read(&agent, edge, &bearer, "/v1/stats")?;
    say(&format!("  chained, approved and rolled up ({})", seconds(started.elapsed())));
    pay(&agent, edge, &bearer, counts)
}

/// Adds what people have to look at to a history that was written: flags and disputes, half of each decided, and refunds.
///
/// # Errors
/// The edge does not take one of them.
pub fn doubt(edge: &Edge, secret_key: &str, counts: Counts) -> Result<()> {
    doubts::write(&agent(), edge, &format!("Bearer {secret_key}"), counts)
}

/// The beginning of this hour, in milliseconds since 1970: the same rows for a while.
#[expect(clippy::disallowed_methods, reason = "the days of a history end today")]
fn this_hour() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / 3600 * 3_600_000)
}

/// Payouts, all but the last of them paid.
fn pay(agent: &ureq::Agent, edge: &Edge, bearer: &str, counts: Counts) -> Result<()> {
    let started = Instant::now();
    let payouts = (counts.conversions / CONVERSIONS_OF_A_PAYOUT).clamp(1, 8);
    for at in 1..=payouts {
        let post = |path: &str, body: Value| post(agent, edge, bearer, path, &body);
        let mut made = post("/v1/payouts", json!({}))?;
        match made.status().as_u16() {
            201 => {}
            // Nobody is owed anything any more.
            409 => break,
            status => bail!("POST /v1/payouts answered {status}: {}", made.body_mut().read_to_string()?),
        }
        let made: Value = serde_json::from_str(&made.body_mut().read_to_string()?)?;
        let id = made["id"].as_str().context("a payout without an id")?;
        if at < payouts {
            let mut paid = post(&format!("/v1/payouts/{id}/decision"), json!({ "decision": "paid" }))?;
            if paid.status().as_u16() != 201 {
                bail!("{id} could not be paid: {}", paid.body_mut().read_to_string()?);
            }
        }
    }
    say(&format!("  {payouts} payouts ({})", seconds(started.elapsed())));
    Ok(())
}

/// `localhost` may be looked up as `::1` first; workerd listens on 127.0.0.1.
fn url(edge: &Edge, path: &str) -> String {
    format!("http://127.0.0.1:{}{path}", edge.port())
}

fn post(
    agent: &ureq::Agent,
    edge: &Edge,
    bearer: &str,
    path: &str,
    body: &Value,
) -> Result<ureq::http::Response<ureq::Body>> {
    Ok(agent.post(url(edge, path)).header("Authorization", bearer).send_json(body)?)
}

fn read(agent: &ureq::Agent, edge: &Edge, bearer: &str, path: &str) -> Result<Value> {
    let mut answer = agent.get(url(edge, path)).header("Authorization", bearer).call()?;
    let text = answer.body_mut().read_to_string()?;
    if answer.status().as_u16() != 200 {
        bail!("{path} answered {}: {text}", answer.status());
    }
    Ok(serde_json::from_str(&text)?)
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_mins(10)))
        // An edge that was started anew closes what was open before.
        .max_idle_connections(0)
        .http_status_as_error(false)
        .build()
        .into()
}

//! The edge that is measured, with one program in it, opened through the API as an operator does.

use super::Run;
use super::load::Load;
use super::script::{Objects, Script};
use crate::workerd::{Edge, EdgeOptions};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant};

/// A browser's, as the crawlers' list does not know it.
const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
/// The name of the edge's own objects: a script under these names works on the same files.
const OBJECTS: [Objects; 2] =
    [("Ledger", "goodword-ledger", "LEDGER"), ("ClickShard", "goodword-click-shard", "CLICK_SHARD")];
/// Clicks are gathered for a tenth of a second before they are counted; a busy machine takes longer.
const COUNTED_WITHIN: Duration = Duration::from_secs(15);
/// Rows that one request to the seeding script makes.
const SEEDED_AT_ONCE: u64 = 100_000;

/// The code of the referrer of that number, from 1.
pub(super) fn code(number: u64) -> String {
    format!("b-{number:07}")
}

pub(super) struct Subject {
    edge: Edge,
    agent: ureq::Agent,
    /// The program's public token, as in its keys and in links that know no slug.
    uid: String,
    secret_key: String,
    publishable_key: String,
    name: String,
    /// Rewards of a sale.
    expected: usize,
}

impl Subject {
    /// Starts an edge in the folder of that name and opens a program whose terms make two rewards of every sale.
    pub(super) fn open(run: &Run, name: &str) -> Result<Self> {
        Self::open_with(run, name, 0)
    }

    /// As [`Subject::open`], with so many more rewards of every sale.
    pub(super) fn open_with(run: &Run, name: &str, extra: u64) -> Result<Self> {
        let mut rewards = vec![
            json!({"id": "referrer_share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}}),
            json!({"id": "friend_gift", "on": "sale", "to": "friend", "pay": {"flat": 500}}),
        ];
        let one_more = |at: u64| json!({"id": format!("extra_{at}"), "on": "sale", "to": "referrer", "pay": {"flat": 100}});
        rewards.extend((0..extra).map(one_more));
        let options = EdgeOptions::new(run.scratch.at(name))?.var("CLIENT_IP_HEADER", "x-bench-address");
        let edge = Edge::start(options)?;
        let agent = agent();
        let program = json!({
            "slug": "bench",
            "name": "Bench",
            "kind": "referral",
            // Nothing listens there: redirects are not followed.
            "destination": "http://localhost:9/",
            "currency": "EUR",
            "terms": {
                "attribution": "last_click",
                "window_days": 90,
                "hold_days": 30,
                "rewards": rewards,
            },
            // One referrer brings all of them, as fast as they go.
            "fraud": {"off": ["too_fast", "velocity", "unusual_amount"]},
        });
        let opened = agent
            .post(format!("{}/v1/programs", edge.origin()))
            .header("Authorization", format!("Bearer {}", edge.options().admin_key))
            .send_json(&program);
        let opened = json_of(opened, 201).context("the program could not be opened")?;
        let key = |name: &str| {
            let key = opened["keys"][name].as_str().with_context(|| format!("the program has no {name} key"));
            key.map(str::to_owned)
        };
        let (secret_key, publishable_key) = (key("secret_live")?, key("publishable_live")?);
        let uid = secret_key.get(8..24).context("the secret key is too short")?.to_owned();
        let expected = 2 + usize::try_from(extra)?;
        Ok(Self { edge, agent, uid, secret_key, publishable_key, name: name.to_owned(), expected })
    }

    pub(super) fn pid(&self) -> u32 {
        self.edge.pid()
    }

    /// Where the edge is, as a page names it.
    pub(super) fn origin(&self) -> String {
        self.edge.origin()
    }

    /// The key that stands in pages.
    pub(super) fn publishable_key(&self) -> &str {
        &self.publishable_key
    }

    fn url(&self, path: &str) -> String {
        // `localhost` may be looked up as ::1 first; workerd listens on 127.0.0.1.
        format!("http://127.0.0.1:{}{path}", self.edge.port())
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.secret_key)
    }

    /// Has referrers number 1 to `count` join through the API.
    pub(super) fn join(&self, count: u64) -> Result<()> {
        for number in 1..=count {
            let body = json!({"code": code(number), "external_id": format!("user-{number}")});
            let answer = self
                .agent
                .post(self.url("/v1/referrers"))
                .header("Authorization", self.bearer())
                .send_json(&body);
            json_of(answer, 201).context("a referrer could not join")?;
        }
        Ok(())
    }

    /// Puts `count` referrers and clicks, and a tenth as many sales, into the edge's files while it is stopped.
    pub(super) fn seed(&mut self, run: &Run, count: u64) -> Result<()> {
        self.fill(run, count, false, &["LEDGER", "CLICK_SHARD"])
    }

    /// Puts `count` sales of a thousand referrers into the ledger's file while it is stopped, two entries each.
    pub(super) fn seed_entries(&mut self, run: &Run, count: u64) -> Result<()> {
        self.fill(run, count, true, &["LEDGER"])
    }

    fn fill(&mut self, run: &Run, count: u64, entries: bool, kinds: &[&str]) -> Result<()> {
        // The first click makes the click shard's tables, and its referrer is one that the seed does not hold.
        let first = count + 1;
        let body = json!({"code": code(first)});
        let joined = self
            .agent
            .post(self.url("/v1/referrers"))
            .header("Authorization", self.bearer())
            .send_json(&body);
        json_of(joined, 201)?;
        self.click_ids(&[first])?;
        self.wait_for_clicks(1)?;
        self.edge.stop()?;
        let script = Script {
            file: "seed.js",
            texts: Vec::new(),
            objects: &OBJECTS,
            folder: run.scratch.at(&format!("{}-seed", self.name)),
            storage: self.edge.storage(),
        };
        let seeding = script.start()?;
        let names =
            [("LEDGER", format!("live/{}", self.uid)), ("CLICK_SHARD", format!("live/{}/0", self.uid))];
        for (objects, name) in names.into_iter().filter(|(objects, _)| kinds.contains(objects)) {
            let mut from = 1;
            while from <= count {
                run.go_on()?;
                let to = count.min(from + SEEDED_AT_ONCE - 1);
                let answer = self
                    .agent
                    .post(format!("{}/?objects={objects}&name={name}", seeding.origin()))
                    .send_json(json!({"from": from, "to": to, "entries": entries}));
                let status = answer.context("seed.js did not answer")?.status();
                if status.as_u16() != 204 {
                    bail!("seed.js failed ({status}):\n{}", seeding.said());
                }
                from = to + 1;
            }
        }
        seeding.stop()?;
        self.edge.restart()
    }

    /// Follows the links of these referrers as a browser does and gives the click ids.
    pub(super) fn click_ids(&self, numbers: &[u64]) -> Result<Vec<String>> {
        numbers.iter().map(|number| self.click_id(&code(*number))).collect()
    }

    fn click_id(&self, code: &str) -> Result<String> {
        let answer = self
            .agent
            .get(self.url(&format!("/r/{}/{code}", self.uid)))
            .header("User-Agent", BROWSER)
            .header("Sec-Fetch-Mode", "navigate")
            .header("Sec-Fetch-Dest", "document")
            .call()?;
        let header =
            |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (location, cookie) = (header("location"), header("set-cookie"));
        let click_id = location.split(['?', '&']).find_map(|pair| pair.strip_prefix("gw_click="));
        match click_id {
            Some(click_id) if answer.status().as_u16() == 302 && cookie.contains(click_id) => {
                Ok(click_id.to_owned())
            }
            _ => bail!("following a link gave {} to {location:?} with cookie {cookie:?}", answer.status()),
        }
    }

    /// Reads something of the ledger.
    pub(super) fn read(&self, path: &str) -> Result<Value> {
        json_of(self.agent.get(self.url(path)).header("Authorization", self.bearer()).call(), 200)
    }

    /// Records one sale and makes sure that it is what is meant to be measured: credited, with two rewards.
    pub(super) fn try_sale(&self, click_id: &str) -> Result<()> {
        let sale = json!({
            "order_id": "try", "customer_id": "try", "amount": 4999, "currency": "EUR", "click_id": click_id,
        });
        let answer =
            self.agent.post(self.url("/v1/sales")).header("Authorization", self.bearer()).send_json(&sale);
        let answer = json_of(answer, 201).context("a sale could not be recorded")?;
        let rewards = answer["rewards"].as_array().map_or(0, Vec::len);
        if answer["attribution"]["status"] != "attributed" || rewards != self.expected {
            bail!("the sale was not credited with all its rewards: {answer}");
        }
        Ok(())
    }

    /// `GET /r/…`. One visitor and one link in all rounds, or a new visitor in every request and so many links in turn,
    /// spread evenly over all referrers.
    pub(super) fn follows(&self, new_visitors: bool, links: u64, referrers: u64) -> Load {
        Load {
            pid: self.pid(),
            url: self.url("/"),
            script: "follows.lua",
            arguments: vec![
                format!("/r/{}/", self.uid),
                if new_visitors { "{run}" } else { "0" }.to_owned(),
                links.to_string(),
                referrers.to_string(),
            ],
        }
    }

    /// `POST /v1/sales`, a new order of a new customer each, with these click ids in turn.
    pub(super) fn sales(&self, click_ids: &[String]) -> Load {
        let mut arguments = vec![self.secret_key.clone(), "{run}".to_owned()];
        arguments.extend_from_slice(click_ids);
        Load { pid: self.pid(), url: self.url("/v1/sales"), script: "sales.lua", arguments }
    }

    /// Clicks and sales that the ledger and the click shards hold, of the referrers of the first page.
    pub(super) fn counted(&self) -> Result<(u64, u64)> {
        let answer =
            self.agent.get(self.url("/v1/referrers?limit=100")).header("Authorization", self.bearer()).call();
        let page = json_of(answer, 200)?;
        let referrers = page["data"].as_array().context("no list of referrers")?;
        let sum = |field: &str| referrers.iter().filter_map(|referrer| referrer[field].as_u64()).sum();
        Ok((sum("clicks"), sum("sales")))
    }

    /// Waits until so many clicks are counted; gives the number that is counted then.
    pub(super) fn wait_for_clicks(&self, expected: u64) -> Result<u64> {
        let deadline = Instant::now() + COUNTED_WITHIN;
        loop {
            let (clicks, _) = self.counted()?;
            if clicks >= expected || Instant::now() > deadline {
                return Ok(clicks);
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// An agent that takes answers as they are and follows nothing.
pub(super) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_mins(5)))
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .into()
}

fn json_of(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>, expected: u16) -> Result<Value> {
    let mut answer = answer?;
    let text = answer.body_mut().read_to_string()?;
    if answer.status().as_u16() != expected {
        bail!("{} {text}", answer.status());
    }
    serde_json::from_str(&text).with_context(|| format!("not JSON: {text}"))
}

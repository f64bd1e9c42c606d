//! Every page of the dashboard, every page of its busiest referrer and the page everybody may read, of a program with a
//! million clicks against the same page of one with a hundred rows.

use super::Run;
use super::report::{Bound, Finding, Quantity};
use super::way_in;
use crate::history::{self, Counts};
use crate::progress::{say, seconds};
use crate::workerd::{Edge, EdgeOptions};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::time::{Duration, Instant};

/// A page of the large program may take at most so many times as long, at the 95th of a hundred.
const TARGET: f64 = 3.0;
/// What the overview of the large program may take, in milliseconds.
const OVERVIEW_MS: f64 = 50.0;
const SMALL: Counts = Counts { clicks: 100, conversions: 100, referrers: 100 };
const QUICK: Counts = Counts { clicks: 100_000, conversions: 10_000, referrers: 1_000 };
/// Requests of each page; they take turns.
const ASKED: usize = 200;
/// Requests of each page before those.
const UNCOUNTED: usize = 15;

/// The program's name in addresses.
const SLUG: &str = "bench";

/// An edge with a program in it, and a browser with two sessions: the merchant's, and the first referrer's at their own pages.
struct Side {
    edge: Edge,
    agent: ureq::Agent,
    cookies: String,
    pages: Vec<(&'static str, String)>,
}

pub(super) fn measure(run: &Run) -> Result<Vec<Finding>> {
    let large = if run.quick { QUICK } else { Counts::SCALE };
    let (small, large) = (Side::open(run, "few", SMALL)?, Side::open(run, "many", large)?);
    let mut findings = Vec::new();
    for ((name, few), (_, many)) in small.pages.iter().zip(&large.pages) {
        // The first of each are not counted: the engine makes code it has not run before fast meanwhile.
        for _ in 0..UNCOUNTED {
            small.get(few)?;
            large.get(many)?;
        }
        let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
        for _ in 0..ASKED {
            run.go_on()?;
            of_few.push(small.get(few)?);
            of_many.push(large.get(many)?);
        }
        let (few, many) = (Times::of(of_few), Times::of(of_many));
        let weighed =
            |name: String, value: f64, unit, bound| Finding::Weighed(Quantity { name, value, unit, bound });
        say(&format!(
            "  {name}: p50 {:.1} and {:.1} ms, p95 {:.1} and {:.1} ms",
            few.median, many.median, few.p95, many.p95
        ));
        let most = (*name == "overview").then_some(Bound::AtMost(OVERVIEW_MS));
        findings.push(weighed(format!("{name}, p50, few rows"), few.median, "ms", None));
        findings.push(weighed(format!("{name}, p50, many rows"), many.median, "ms", None));
        findings.push(weighed(format!("{name}, p95, few rows"), few.p95, "ms", None));
        findings.push(weighed(format!("{name}, p95, many rows"), many.p95, "ms", most));
        let ratio = many.p95 / few.p95;
        findings.push(weighed(
            format!("{name}, p95, many against few"),
            ratio,
            "times",
            Some(Bound::AtMost(TARGET)),
        ));
    }
    Ok(findings)
}

/// Milliseconds.
struct Times {
    median: f64,
    p95: f64,
}

impl Times {
    fn of(mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        let at =
            |hundredth: usize| times.get((times.len() - 1) * hundredth / 100).copied().unwrap_or_default();
        Self { median: at(50), p95: at(95) }
    }
}

impl Side {
    fn open(run: &Run, name: &str, counts: Counts) -> Result<Self> {
        let started = Instant::now();
        let options = EdgeOptions::new(run.scratch.at(&format!("dashboard-{name}")))?;
        // Nobody is told to wait.
        let mut edge = Edge::start(options.var("PAGE_CALLS_PER_MINUTE", "1000000"))?;
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_mins(5)))
            .max_idle_connections(0)
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .into();
        let mut opened = agent
            .post(format!("http://127.0.0.1:{}/v1/programs", edge.port()))
            .header("Authorization", format!("Bearer {}", edge.options().admin_key))
            .send_json(history::program(SLUG))?;
        let opened: Value = serde_json::from_str(&opened.body_mut().read_to_string()?)?;
        let key = opened["keys"]["secret_live"].as_str().context("the program has no secret key")?;
        history::write(&mut edge, key, run.scratch.at(&format!("dashboard-{name}-history")), counts)?;
        history::doubt(&edge, key, counts)?;
        say(&format!("{} conversions behind the pages ({})", counts.conversions, seconds(started.elapsed())));
        let signed_in = agent
            .post(format!("http://127.0.0.1:{}/dashboard/sign-in", edge.port()))
            .header("Origin", edge.origin())
            .header("Content-Type", "application/x-www-form-urlencoded")
            .send(format!("key={key}"))?;
        let merchant = way_in::cookie(&signed_in)?;
        // Few bring most, and the first of them more than anybody else.
        let referrer = way_in::enter(&agent, &edge, SLUG, &opened["keys"], "user-1")?;
        let mut payouts = agent
            .get(format!("http://127.0.0.1:{}/v1/payouts", edge.port()))
            .header("Authorization", format!("Bearer {key}"))
            .call()?;
        let payouts: Value = serde_json::from_str(&payouts.body_mut().read_to_string()?)?;
        let payout = payouts["data"][0]["id"].as_str().context("no payout")?.to_owned();
        let cookies = format!("{merchant}; {referrer}");
        let mut side = Self { edge, agent, cookies, pages: pages(counts, &payout) };
        let own = [side.first("conversions")?, side.first("disputes")?];
        side.pages.extend(portal(own));
        Ok(side)
    }

    /// What the first row of a list of the referrer's leads to.
    fn first(&self, list: &str) -> Result<String> {
        let (_, page) = self.page(&format!("/p/{SLUG}/{list}"))?;
        let (_, row) =
            page.split_once("<th scope=\"row\"><a href=\"").with_context(|| format!("no {list}"))?;
        Ok(row.split('"').next().unwrap_or_default().to_owned())
    }

    /// Milliseconds until the whole page is here.
    fn get(&self, path: &str) -> Result<f64> {
        Ok(self.page(path)?.0)
    }

    /// The same, and the page.
    fn page(&self, path: &str) -> Result<(f64, String)> {
        let began = Instant::now();
        let answer = self
            .agent
            .get(format!("http://127.0.0.1:{}{path}", self.edge.port()))
            .header("Cookie", &self.cookies)
            .call();
        let mut answer = answer?;
        let page = answer.body_mut().read_to_string()?;
        let took = began.elapsed().as_secs_f64() * 1e3;
        if answer.status().as_u16() != 200 {
            bail!("{path} answered {}: {page}", answer.status());
        }
        Ok((took, page))
    }
}

fn pages(counts: Counts, payout: &str) -> Vec<(&'static str, String)> {
    let middle = counts.conversions / 2;
    // Nine in ten are sales.
    let sale = middle - u64::from(middle.is_multiple_of(10));
    let own = |path: &str| path.to_owned();
    let pages = vec![
        ("overview", own("")),
        ("overview, 90 days of revenue", own("?days=90&of=revenue")),
        ("conversions", own("/conversions")),
        ("conversions, leads", own("/conversions?show=leads")),
        ("conversions, credited to nobody", own("/conversions?show=uncredited")),
        ("conversions, in the middle", format!("/conversions?before={middle}")),
        ("a conversion", format!("/conversions/sal_{sale:016}")),
        ("referrers", own("/referrers")),
        ("referrers, a search", own("/referrers?q=rossi")),
        ("referrers, not shared yet", own("/referrers?state=unshared")),
        ("a referrer with many conversions", own("/referrers/rfr_0000000000000001")),
        ("referrers, by what they brought", own("/referrers?sort=sold")),
        ("referrers, by what they got", own("/referrers?sort=granted")),
        ("referrers, from a file", own("/referrers/import")),
        ("review", own("/review")),
        ("review, decided", own("/review?show=decided")),
        ("disputes", own("/disputes")),
        ("disputes, decided", own("/disputes?show=decided")),
        ("rewards", own("/rewards")),
        ("rewards, to let pass", own("/rewards?state=to_approve")),
        ("rewards, approved", own("/rewards?state=approved")),
        ("rewards, held", own("/rewards?state=held")),
        ("payouts", own("/payouts")),
        ("a payout", format!("/payouts/{payout}")),
        ("terms", own("/terms")),
        ("links", own("/links")),
        ("look", own("/look")),
        ("readiness", own("/readiness")),
        ("settings", own("/settings")),
        ("fraud", own("/settings/fraud")),
        ("groups", own("/settings/groups")),
        ("payout calendar", own("/settings/calendar")),
        ("data", own("/settings/data")),
        ("audit log", own("/settings/audit")),
        ("whether something changed", own("/live")),
    ];
    pages.into_iter().map(|(name, path)| (name, format!("/dashboard/live{path}"))).collect()
}

/// A referrer's pages and those that led there; `own` are a conversion and a dispute of theirs.
fn portal([conversion, dispute]: [String; 2]) -> Vec<(&'static str, String)> {
    let own = |path: &str| format!("/p/{SLUG}{path}");
    vec![
        ("the page to join on", format!("/join/{SLUG}")),
        ("a referrer's own page", own("")),
        ("a referrer's own page, 90 days", own("?days=90")),
        ("own conversions", own("/conversions")),
        ("an own conversion", conversion),
        ("why is it not here", own("/why")),
        ("own rewards", own("/rewards")),
        ("own statement", own("/statement")),
        ("own questions", own("/disputes")),
        ("an own question", dispute),
        ("what there is to share", own("/assets")),
        ("own terms", own("/terms")),
        ("about them", own("/profile")),
        ("leaving", own("/leave")),
    ]
}

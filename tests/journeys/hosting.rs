//! The same pages wherever the edge runs: on plain workerd, and from `wrangler.toml` by Cloudflare's own tool.

use crate::{desk, portal};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tests::desk::Desk;
use tests::house::House;
use tests::http::{Answer, Connection, Request};
use tests::portal::entered;
use tests::program::Program;
use tests::visitor::Visitor;
use xtask::workerd::EdgeOptions;
use xtask::workspace;

/// What one edge answered to one request: a name for it, its status, its headers, its body in pieces.
#[derive(Debug)]
struct Said {
    to: String,
    status: u16,
    headers: Vec<(String, Vec<String>)>,
    body: Vec<String>,
}

/// Texts cut where one value ends and the next begins.
fn pieces(text: &str) -> Vec<String> {
    let ends = |c: char| c.is_whitespace() || "<>\"'=&?/:;,#".contains(c);
    text.split(ends).filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
}

/// What servers write between each other and not for who reads the answer.
const OF_THE_WIRE: [&str; 5] = ["date", "connection", "keep-alive", "transfer-encoding", "content-length"];

/// What depends on the second.
const OF_THE_MOMENT: [&str; 2] = ["ratelimit-remaining", "ratelimit-reset"];

/// An answer, known by a name that is the same on every edge.
fn said(to: String, answer: &Answer) -> Said {
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| !OF_THE_WIRE.contains(&name.as_str()))
        .map(|(name, value)| (name, if OF_THE_MOMENT.contains(&name.as_str()) { "" } else { value }))
        .map(|(name, value)| (name.clone(), pieces(value)))
        .collect();
    headers.sort();
    // Pictures and what is no text are compared as they are.
    let drawn = answer.header("content-type").is_some_and(|media| media.starts_with("image/"));
    let body = match std::str::from_utf8(&answer.body) {
        Ok(text) if !drawn => pieces(text),
        _ => vec![String::from_utf8_lossy(&answer.body).into_owned()],
    };
    Said { to, status: answer.status, headers, body }
}

/// Everything a person or a server can read, of a program in which something happened.
fn everything(house: &Arc<House>) -> Vec<Said> {
    let mut all = Vec::new();
    let terms = json!({"hold_days": 0, "rewards": [
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
    ]});
    let program = Program::open_with(house, &json!({"slug": "ferns", "terms": terms}));

    // The merchant's pages, before and after something happened, and what a file of theirs has.
    let mut merchant = Desk::open(house, program.key("secret_live"));
    for page in ["/dashboard", "/dashboard/live", "/dashboard/test"] {
        all.push(said(format!("{page} of nothing"), &merchant.get(page)));
    }
    let things = desk::guarding::things(&program);
    for (number, page) in desk::guarding::pages(&things).into_iter().enumerate() {
        all.push(said(format!("dashboard {number}"), &merchant.get(&format!("/dashboard/live/{page}"))));
    }

    // A referrer's.
    let mosses = Program::open_with(house, &json!({"slug": "mosses"}));
    let theirs = portal::guarding::things(&mosses);
    let mut referrer = entered(&mosses, &theirs.ada);
    for (number, page) in portal::guarding::pages(&theirs).into_iter().enumerate() {
        all.push(said(format!("portal {number}"), &referrer.get(&format!("/p/mosses{page}"))));
    }

    // A visitor's, in their language; those who may not come in, too.
    let visitor = Visitor::new(house, "192.0.2.7");
    for language in ["en", "de"] {
        let visitor = visitor.with("accept-language", language);
        for path in [
            "/ferns/ada",
            "/ferns/ada?ref=x&to=/sale",
            "/ferns/nobody",
            "/nothing/ada",
            "/join/ferns",
            "/join/nothing",
            "/p/ferns",
            "/p/ferns/profile",
            "/dashboard/sign-in",
            "/dashboard/live/rewards",
        ] {
            let to = format!("{path} in {language}");
            all.push(said(to, &visitor.request("GET", &format!("{}{path}", house.origin()))));
        }
    }

    // Files, and names that are none.
    let widget = format!("/w/{}", workspace::VERSION);
    for path in [
        "/",
        "/index.html",
        "/guide",
        "/guide/",
        "/guide/hosting",
        "/guide/hosting/",
        "/guide/hosting/index.html",
        "/guide/guide.css",
        "/guide/pictures/join.webp",
        "/dashboard.css",
        "/dashboard.js",
        "/favicon.svg",
        "/robots.txt",
        "/openapi.json",
        "/goodword.js",
        &format!("{widget}/widget.js"),
        &format!("{widget}/widget_bg.wasm"),
        "/shop/Cargo.toml",
        "/nothing",
        "/index",
        "/guide/nothing",
        "/healthz",
    ] {
        for method in ["GET", "HEAD", "POST"] {
            all.push(said(format!("{method} {path}"), &house.call(&Request::new(method, path))));
        }
    }

    // A server's and a widget's.
    let (server, page) = (program.server(), program.page());
    for path in ["/v1/program", "/v1/stats", "/v1/referrers", "/v1/conversions", "/v1/rewards", "/v1/nothing"]
    {
        all.push(said(path.to_owned(), &server.get(path)));
        all.push(said(format!("{path} of a page"), &page.get(path)));
    }
    let sale = json!({"order_id": "o-9", "customer_id": "c", "amount": 100, "currency": "EUR"});
    for _ in 0..2 {
        all.push(said("a sale".to_owned(), &server.post("/v1/sales", &sale)));
    }
    all.push(said("no sale".to_owned(), &server.post("/v1/sales", &json!({"amount": -1}))));
    all.push(said("a socket".to_owned(), &told_of_a_sale(&program, &merchant)));
    all
}

/// Listens as an open page does, while something is sold.
fn told_of_a_sale(program: &Program, merchant: &Desk<'_>) -> Answer {
    let house = &program.house;
    let mut page = Connection::open(house.port).expect("the edge listens");
    let handshake = Request::get("/dashboard/live/live")
        .header("cookie", &merchant.cookie())
        .header("sec-fetch-site", "same-origin")
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA==");
    let answer = page.call(&handshake).expect("an answer");
    assert_eq!(answer.status, 101, "{}", answer.text());
    let sale = json!({"order_id": "o-10", "customer_id": "c", "amount": 100, "currency": "EUR"});
    program.server().post("/v1/sales", &sale).expect(201);
    // Short texts in one frame each: two bytes before them (RFC 6455, 5.2).
    let (bytes, mut frames, mut at) = (page.drain(Duration::from_secs(2)), Vec::new(), 0);
    while let [0x81, length @ 0..=125, ..] = bytes[at..] {
        let end = at + 2 + usize::from(length);
        frames.push(String::from_utf8_lossy(&bytes[at + 2..end]).parse::<u64>().expect("a number"));
        at = end;
    }
    assert!(frames.len() > 1 && frames.is_sorted_by(|a, b| a < b), "{frames:?} of {bytes:?}");
    answer
}

/// How often each piece is there.
fn counts(pieces: &[String]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for piece in pieces {
        *counts.entry(piece.as_str()).or_default() += 1;
    }
    counts
}

/// Holds what was said by Cloudflare's tool against what workerd said before and after it: what is there both times is
/// neither chance nor time, and must be there a third time. In any order, since much is sorted by ids, which are chance.
fn agree(before: &[String], between: &[String], after: &[String]) -> Result<(), String> {
    if before.len() != after.len() {
        return Err(format!("workerd itself says it in {} pieces, then in {}", before.len(), after.len()));
    }
    if before.len() != between.len() {
        return Err(format!("{} pieces, not {}", between.len(), before.len()));
    }
    let (before, between, after) = (counts(before), counts(between), counts(after));
    for (piece, times) in before {
        let both = times.min(after.get(piece).copied().unwrap_or(0));
        let here = between.get(piece).copied().unwrap_or(0);
        if here < both {
            return Err(format!("{piece:?} is there {here} times, not {both}"));
        }
    }
    Ok(())
}

#[test]
fn every_page_is_the_same_on_workerd_and_by_cloudflares_tool() {
    let before = everything(&House::start(|options| options));
    let between = everything(&House::start(EdgeOptions::by_wrangler));
    let after = everything(&House::start(|options| options));
    assert!(before.len() > 150, "{}", before.len());
    let mut faults = Vec::new();
    for ((before, between), after) in before.iter().zip(&between).zip(&after) {
        assert!(
            before.to == between.to && before.to == after.to,
            "{} {} {}",
            before.to,
            between.to,
            after.to
        );
        let mut fault = |what: String| faults.push(format!("{}: {what}", before.to));
        if between.status != before.status {
            fault(format!("status {}, not {}", between.status, before.status));
            continue;
        }
        let names = |said: &Said| said.headers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        if names(between) != names(before) {
            fault(format!("headers {:?}, not {:?}", names(between), names(before)));
            continue;
        }
        for (at, (name, value)) in before.headers.iter().enumerate() {
            if let Err(error) = agree(value, &between.headers[at].1, &after.headers[at].1) {
                fault(format!("{name}: {error}"));
            }
        }
        if let Err(error) = agree(&before.body, &between.body, &after.body) {
            fault(error);
        }
    }
    assert!(faults.is_empty(), "{} differences:\n{}", faults.len(), faults.join("\n"));
}

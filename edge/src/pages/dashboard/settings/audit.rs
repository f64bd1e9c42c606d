//! The audit log: who did what, and when; found by who, by what it is about, and by day.

use crate::ledger::desk::{Logged, Rows};
use crate::pages::dashboard::file::Files;
use crate::pages::desk::Desk;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use serde::Deserialize;

/// Who can have done something, by the ledger's words.
const ACTORS: [&str; 6] = ["dashboard", "operator", "server", "page", "referrer", "program"];
/// What it can be about: the first part of an action.
const ABOUT: [&str; 25] = [
    "program",
    "terms",
    "key",
    "session",
    "referrer",
    "referrers",
    "portal",
    "group",
    "friend",
    "lead",
    "sale",
    "refund",
    "reward",
    "payout",
    "coupons",
    "flag",
    "fraud",
    "dispute",
    "claim",
    "look",
    "asset",
    "readiness",
    "person",
    "ledger",
    "clock",
];

#[derive(Deserialize)]
struct Audited {
    at: String,
    actor: String,
    key_id: Option<String>,
    session_id: Option<String>,
    person: Option<String>,
    action: String,
    subject: String,
}

struct Line {
    at: String,
    when: String,
    who: String,
    by: String,
    what: String,
    subject: String,
}

struct Choice {
    word: &'static str,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "dashboard/audit.html")]
struct Page {
    lines: Vec<Line>,
    actors: Vec<Choice>,
    about: Vec<Choice>,
    from: String,
    to: String,
    filtered: bool,
    query: String,
    older: Option<String>,
    is_first: bool,
    files: Files,
    frame: Frame,
}

/// `2026-11-14` or nothing: what is no day was not chosen.
pub(in crate::pages::dashboard) fn day(text: Option<String>) -> Option<String> {
    text.filter(|text| referral::instant::Instant::parse(&format!("{text}T00:00:00Z")).is_some())
}

/// Reads the filter of the page's address.
pub(in crate::pages::dashboard) fn filter(asked: impl Fn(&str) -> Option<String>) -> Logged {
    let known = |name: &str, words: &[&str]| asked(name).filter(|word| words.contains(&word.as_str()));
    Logged {
        actor: known("actor", &ACTORS),
        about: known("about", &ABOUT),
        from: day(asked("from")),
        to: day(asked("to")),
        before: asked("before").and_then(|text| text.parse().ok()),
    }
}

fn query(logged: &Logged) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let fields =
        [("actor", &logged.actor), ("about", &logged.about), ("from", &logged.from), ("to", &logged.to)];
    for (name, value) in fields {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    query.finish()
}

/// Who did what, newest first.
pub(in crate::pages) async fn show(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Settings).await?;
    let wanted = filter(|name| desk.visit.asked(name));
    let found: Rows = desk.inside("desk/audit", &wanted).await?;
    let rows: Vec<Audited> = found.rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
    let line = |row: Audited| Line {
        when: frame.words.time(&row.at),
        at: row.at,
        who: frame.words.of("actor", &row.actor),
        by: row.session_id.or(row.person).or(row.key_id).unwrap_or_default(),
        what: frame.words.of("action", &row.action),
        subject: row.subject,
    };
    let choices = |words: &[&'static str], group: &str, chosen: &Option<String>| -> Vec<Choice> {
        let choice = |word: &&'static str| Choice {
            word,
            label: frame.words.of(group, word),
            chosen: chosen.as_deref() == Some(*word),
        };
        words.iter().map(choice).collect()
    };
    let query = query(&wanted);
    let page = Page {
        lines: rows.into_iter().map(line).collect(),
        actors: choices(&ACTORS, "actor", &wanted.actor),
        about: choices(&ABOUT, "about", &wanted.about),
        older: found.next.map(|seq| format!("?{query}&before={seq}")),
        filtered: !query.is_empty(),
        files: Files::new(
            &frame,
            "audit",
            &if query.is_empty() { String::new() } else { format!("?{query}") },
        ),
        is_first: wanted.before.is_none(),
        from: wanted.from.unwrap_or_default(),
        to: wanted.to.unwrap_or_default(),
        query,
        frame,
    };
    Reply::page(200, &page)
}

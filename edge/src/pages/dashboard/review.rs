//! Review: what our rules doubt, with what speaks for it and what it holds; what a person decides about it, one flag or
//! many.

pub(in crate::pages) mod bulk;
mod evidence;
pub(super) mod filter;

use super::file::Files;
use crate::ledger::desk::Rows;
use crate::ledger::review::Fits;
use crate::pages::choice;
use crate::pages::desk::Desk;
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::fraud::Rule;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

#[derive(Deserialize)]
struct Flag {
    id: String,
    conversion_id: String,
    referrer_id: String,
    rule: String,
    weight: u32,
    evidence: Value,
    status: String,
    note: Option<String>,
    notes: Vec<Note>,
    created_at: String,
    decided_at: Option<String>,
}

#[derive(Deserialize)]
struct Note {
    note: String,
    created_at: String,
}

struct Doubt {
    id: String,
    rule: String,
    evidence: String,
    weight: String,
    is_open: bool,
    status: String,
    note: String,
    /// What it holds, where it holds money.
    held: String,
    /// When, and the words.
    notes: Vec<(String, String)>,
    when: String,
    at: String,
    conversion: String,
    kind: &'static str,
    referrer: String,
    name: String,
}

/// One thing to choose in a list.
struct Choice {
    word: String,
    label: String,
    chosen: bool,
}

#[expect(clippy::struct_excessive_bools, reason = "each is one question of the template")]
#[derive(Template)]
#[template(path = "dashboard/review.html")]
struct Page {
    tabs: Vec<choice::Choice>,
    /// Not only those that wait.
    decided: bool,
    /// Those that wait and those that were decided.
    both: bool,
    /// Every box is ticked to begin with.
    all: bool,
    doubts: Vec<Doubt>,
    states: Vec<Choice>,
    rules: Vec<Choice>,
    weights: Vec<Choice>,
    dues: Vec<Choice>,
    referrer: String,
    filtered: bool,
    filter: String,
    all_path: String,
    older: Option<String>,
    is_first: bool,
    files: Files,
    frame: Frame,
}

pub(in crate::pages) async fn list(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Review).await?;
    page(desk, frame, filter::read(|name| desk.visit.asked(name))).await
}

async fn page(desk: &Desk<'_>, frame: Frame, fits: Fits) -> Result<Reply, Problem> {
    let found: Rows = desk.inside("desk/flags", &fits).await?;
    let flags: Vec<Flag> = found.rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
    let doubts = doubts(desk, &frame, flags).await?;
    let older = found.next.map(|seq| format!("?{}&before={seq}", filter::query(&fits, None)));
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let words = &frame.words;
    let choice = |word: &str, label: String, chosen: bool| Choice { word: word.to_owned(), label, chosen };
    let chosen = |stored: &Option<String>, word: &str| stored.as_deref() == Some(word);
    let weights = [("50", "review.holds_referrer"), ("100", "review.holds_both")];
    let weight = fits.weight.map(|weight| weight.to_string());
    let decided = fits.status != "open";
    let both = fits.status == "all";
    let tab = |word: &'static str| choice::Choice {
        path: format!("?{}", filter::query(&fits, Some(word))),
        label: frame.t(&format!("show.{word}")),
        is_here: fits.status == word || word == "decided" && decided && !both,
    };
    let page = Page {
        all: desk.visit.asked("all").is_some(),
        states: ["decided", "released", "confirmed"]
            .map(|word| choice(word, words.of("review.state", word), fits.status == word))
            .into(),
        rules: Rule::ALL
            .map(|rule| choice(rule.word(), words.of("flag", rule.word()), chosen(&fits.rule, rule.word())))
            .into(),
        weights: weights
            .map(|(word, key)| choice(word, frame.t(key).to_owned(), chosen(&weight, word)))
            .into(),
        dues: filter::DUES
            .map(|(word, _)| choice(word, words.of("review.due", word), chosen(&fits.due, word)))
            .into(),
        files: Files::new(&frame, "flags", &format!("?{}", filter::query(&fits, None))),
        filtered: filter::query(&fits, None) != format!("show={}", fits.status),
        filter: filter::query(&fits, None),
        tabs: ["open", "decided", "all"].map(tab).into(),
        all_path: {
            let before = fits.before.map(|seq| format!("&before={seq}")).unwrap_or_default();
            format!("?{}{before}&all=1", filter::query(&fits, None))
        },
        is_first: fits.before.is_none(),
        referrer: fits.referrer.unwrap_or_default(),
        decided,
        both,
        doubts,
        older,
        frame,
    };
    Reply::page(status, &page)
}

async fn doubts(desk: &Desk<'_>, frame: &Frame, flags: Vec<Flag>) -> Result<Vec<Doubt>, Problem> {
    let others = flags.iter().filter_map(|flag| evidence::other(&flag.evidence)).map(str::to_owned);
    let names = desk.names(flags.iter().map(|flag| flag.referrer_id.clone()).chain(others)).await?;
    let conversions: Vec<&str> = flags.iter().map(|flag| flag.conversion_id.as_str()).collect();
    let sums: Vec<(String, String, i64)> = desk.inside("desk/held", &conversions).await?;
    let mut held: HashMap<String, Vec<String>> = HashMap::new();
    for (conversion, currency, sum) in sums {
        held.entry(conversion).or_default().push(frame.words.money(sum, &currency));
    }
    let doubt = |flag: Flag| Doubt {
        rule: frame.words.of("flag", &flag.rule),
        evidence: evidence::said(frame, &names, &flag.rule, &flag.evidence),
        weight: flag.weight.to_string(),
        is_open: flag.status == "open",
        status: frame.words.of("flag.status", &flag.status),
        note: flag.note.unwrap_or_default(),
        held: held.get(&flag.conversion_id).map(|sums| sums.join(", ")).unwrap_or_default(),
        notes: flag.notes.into_iter().map(|note| (frame.words.time(&note.created_at), note.note)).collect(),
        when: frame.words.time(flag.decided_at.as_deref().unwrap_or(&flag.created_at)),
        at: flag.decided_at.unwrap_or(flag.created_at),
        conversion: frame.to(&format!("conversions/{}", flag.conversion_id)),
        kind: frame.t(if flag.conversion_id.starts_with("led_") { "review.a_lead" } else { "review.a_sale" }),
        referrer: frame.to(&format!("referrers/{}", flag.referrer_id)),
        name: names.of(&flag.referrer_id),
        id: flag.id,
    };
    Ok(flags.into_iter().map(doubt).collect())
}

/// Lets go of what a flag holds, or takes it back for good.
pub(in crate::pages) async fn decide(desk: &Desk<'_>, id: &str, form: &Form) -> Result<Reply, Problem> {
    let decision = form.text("decision").unwrap_or_default();
    let body = match form.text("note") {
        Some(note) => json!({ "decision": decision, "note": note }),
        None => json!({ "decision": decision }),
    };
    let done = if decision == "confirm" { "confirmed" } else { "released" };
    told(desk, (id, "decision"), &body, form, done).await
}

/// Notes something for the next reviewer.
pub(in crate::pages) async fn note(desk: &Desk<'_>, id: &str, form: &Form) -> Result<Reply, Problem> {
    told(desk, (id, "notes"), &json!({ "note": form.text("note").unwrap_or_default() }), form, "noted").await
}

async fn told(
    desk: &Desk<'_>,
    (id, verb): (&str, &str),
    body: &Value,
    form: &Form,
    done: &str,
) -> Result<Reply, Problem> {
    let fits = filter::of(form.text("filter").unwrap_or_default());
    match desk.tell::<Value>("POST", &super::target("flags", id, verb)?, form.text("once"), body).await? {
        Ok(_) => {
            let query = form.text("filter").map(|_| filter::query(&fits, None) + "&").unwrap_or_default();
            Ok(Reply::see(&format!("/dashboard/{}/review?{query}done={done}", desk.mode.word())))
        }
        Err(refusal) => {
            let frame = desk.frame(Section::Review).await?.refused(refusal);
            page(desk, frame, fits).await
        }
    }
}

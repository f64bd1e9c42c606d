//! The readiness checklist: what a program needs before it is told to the world, checked by itself where the ledger knows,
//! ticked by the merchant where it does not.

use crate::ledger::readiness::{Known, POINTS, Said, Shown};
use crate::pages::desk::{Desk, Refusal};
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::expectation::expectation;
use referral::figures::{plain_money, read_money};
use referral::incentive;
use referral::instant::DAY_MS;
use serde_json::{Value, json};

/// The point that is no part of the list.
const EXPECTATIONS: &str = "expectations";

struct Point {
    word: &'static str,
    title: &'static str,
    detail: &'static str,
    is_done: bool,
    /// Why it is done or not: by itself, or by whom and when.
    state: String,
    facts: Vec<String>,
    note: String,
    ticked: bool,
    /// Where to go on.
    links: Vec<(String, &'static str)>,
    /// What a customer costs elsewhere, as a field holds it; of the incentive only.
    other_cost: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/readiness.html")]
struct Page {
    points: Vec<Point>,
    summary: String,
    frame: Frame,
}

/// What is known and was said of a program.
pub(super) async fn stored(desk: &Desk<'_>) -> Result<Shown, Problem> {
    desk.get("/v1/readiness").await
}

/// What to say of a program that is new, unless it was put away.
pub(super) fn expected(frame: &Frame, shown: &Shown) -> Option<&'static str> {
    if shown.said.iter().any(|said| said.point == EXPECTATIONS && said.done) {
        return None;
    }
    let age = frame.now.since_ms(frame.program.created_at) / DAY_MS;
    let word = expectation(age, shown.known.credited, shown.known.sold)?.word();
    frame.words.known("expect", word)
}

/// What the terms cost beside what a customer costs elsewhere.
fn cost(frame: &Frame, known: &Known, elsewhere: Option<i64>) -> Vec<String> {
    let mut lines = Vec::new();
    let amount = frame.money(known.cost);
    lines.push(match known.usual_sale {
        Some(sale) => frame.words.with2("ready.cost", &amount, &frame.money(sale)),
        None => frame.words.with("ready.cost.unknown", &amount),
    });
    if known.costs_more {
        lines.push(frame.t("ready.cost.more").to_owned());
    }
    let compared = elsewhere.and_then(|elsewhere| {
        Some((incentive::tenths_of(known.cost, elsewhere)?, incentive::standing(known.cost, elsewhere)?))
    });
    if let Some((tenths, standing)) = compared {
        lines.push(frame.words.with("ready.cost.part", &frame.words.locale.tenths(tenths)));
        lines.push(frame.words.of("ready.cost", standing.word()));
    }
    lines
}

/// What the ledger knows of a point, and whether that is enough.
fn facts(frame: &Frame, known: &Known, point: &str, said: Option<&Said>) -> (Vec<String>, bool) {
    let some = |is: bool, yes: &str, no: &str| frame.t(if is { yes } else { no }).to_owned();
    match point {
        "incentive" => (cost(frame, known, said.and_then(|said| said.other_cost)), false),
        "tracking" => {
            let mut lines: Vec<String> = known
                .pages
                .iter()
                .take(5)
                .map(|page| {
                    let ago = frame.words.ago(page.seen_at, frame.now.max(page.seen_at));
                    frame.words.with2("ready.page", &page.origin, &ago)
                })
                .collect();
            if lines.is_empty() {
                lines.push(frame.t("ready.page.none").to_owned());
            }
            lines.push(match known.conversions {
                0 => frame.t("ready.told.none").to_owned(),
                told => frame.words.counted("ready.told", told),
            });
            (lines, !known.pages.is_empty() && known.conversions > 0)
        }
        "materials" => {
            let assets = match known.assets {
                0 => frame.t("ready.assets.none").to_owned(),
                assets => frame.words.counted("ready.assets", assets),
            };
            (vec![assets, some(known.look, "ready.look", "ready.look.none")], known.assets > 0)
        }
        "legal" => (vec![frame.t("ready.disclosed").to_owned()], false),
        "review" => (vec![some(known.fraud, "ready.fraud", "ready.fraud.none")], false),
        _ => (Vec::new(), false),
    }
}

fn links(frame: &Frame, point: &str) -> Vec<(String, &'static str)> {
    let to = |page: &str, key: &str| (frame.to(page), frame.t(key));
    match point {
        "incentive" => vec![to("terms", "nav.terms")],
        "tracking" => vec![to("settings", "settings.snippet"), to("conversions", "nav.conversions")],
        "materials" => vec![to("links", "nav.links"), to("look", "nav.look")],
        "legal" => vec![to("terms", "nav.terms"), ("/guide/privacy/".to_owned(), frame.t("ready.privacy"))],
        "review" => vec![to("review", "nav.review"), to("disputes", "nav.disputes")],
        "partners" => vec![to("referrers", "nav.referrers")],
        _ => Vec::new(),
    }
}

pub(in crate::pages) async fn show(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Overview).await?;
    page(desk, frame, None).await
}

/// The page; `typed` is what somebody said of a point and was refused.
async fn page(desk: &Desk<'_>, frame: Frame, typed: Option<(&str, &Form)>) -> Result<Reply, Problem> {
    let Shown { said, known } = stored(desk).await?;
    let point = |word: &'static str| {
        let own = said.iter().find(|said| said.point == word);
        let typed = typed.filter(|(typed, _)| *typed == word).map(|(_, form)| form);
        let (facts, by_itself) = facts(&frame, &known, word, own);
        let ticked = own.is_some_and(|own| own.done);
        let state = match own {
            Some(own) if own.done => {
                frame.words.with("ready.ticked", &frame.words.day(&own.said_at.to_string()))
            }
            _ if by_itself => frame.t("ready.by_itself").to_owned(),
            _ => frame.t("ready.open").to_owned(),
        };
        let stored_cost = own.and_then(|own| own.other_cost);
        let stored_cost =
            stored_cost.map(|cost| plain_money(cost, frame.program.currency)).unwrap_or_default();
        let field = |name: &str, stored: String| {
            typed.map_or(stored, |form| form.text(name).unwrap_or_default().to_owned())
        };
        Point {
            word,
            title: frame.words.known("ready.title", word).unwrap_or_default(),
            detail: frame.words.known("ready.detail", word).unwrap_or_default(),
            is_done: ticked || by_itself,
            state,
            facts,
            note: field("note", own.map(|own| own.note.clone()).unwrap_or_default()),
            ticked: typed.map_or(ticked, |form| form.has("done")),
            links: links(&frame, word),
            other_cost: (word == "incentive").then(|| field("other_cost", stored_cost)),
        }
    };
    let points: Vec<Point> =
        POINTS.iter().filter(|word| **word != EXPECTATIONS).map(|word| point(word)).collect();
    let done = points.iter().filter(|point| point.is_done).count() as u64;
    let all = points.len() as u64;
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let page = Page {
        summary: frame.words.with2("ready.summary", &frame.words.count(done), &frame.words.count(all)),
        points,
        frame,
    };
    Reply::page(status, &page)
}

/// Says something of a point.
pub(in crate::pages) async fn say(desk: &Desk<'_>, point: &str, form: &Form) -> Result<Reply, Problem> {
    let Some(point) = POINTS.iter().copied().find(|known| *known == point) else {
        return Err(Problem::not_found());
    };
    let mut body = json!({ "point": point, "done": form.has("done") });
    let words: Vec<&str> = form.text("note").unwrap_or_default().split_whitespace().collect();
    let other_cost = form.text("other_cost");
    let frame = desk.frame(Section::Overview).await?;
    if let Some(fields) = body.as_object_mut() {
        fields.insert("note".to_owned(), json!(words.join(" ")));
        if let Some(text) = other_cost.filter(|_| point == "incentive") {
            let Some(amount) = read_money(text, frame.program.currency).filter(|amount| *amount > 0) else {
                let refusal = super::not_money(&frame, "other_cost");
                return page(desk, frame.refused(refusal), Some((point, form))).await;
            };
            fields.insert("other_cost".to_owned(), json!(amount));
        }
    }
    let told: Result<Value, Refusal> = desk.tell("POST", "/v1/readiness", form.text("once"), &body).await?;
    let mode = desk.mode.word();
    match told {
        Ok(_) if point == EXPECTATIONS => Ok(Reply::see(&format!("/dashboard/{mode}"))),
        Ok(_) => Ok(Reply::see(&format!("/dashboard/{mode}/readiness?done=said#{point}"))),
        Err(refusal) => page(desk, frame.refused(refusal), Some((point, form))).await,
    }
}

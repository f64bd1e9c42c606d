//! "Why not credited?": what the ledger says of an order, a customer or a code, as far as it is a referrer's to know. A form,
//! so that what is asked about stands in no address.

use super::conversions::{list_of, text, what};
use super::frame::{Frame, Section};
use super::seat::Seat;
use crate::pages::form::Form;
use crate::pages::refusal::Refusal;
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use serde_json::Value;

/// What one can ask about.
const KINDS: &[&str] = &["order_id", "customer_id", "code"];

/// What was found of one conversion.
struct Told {
    path: String,
    what: String,
    when: String,
    verdict: String,
    sentences: Vec<String>,
}

#[derive(Template)]
#[template(path = "portal/why.html")]
struct Page {
    /// Words, label, chosen.
    kinds: Vec<(&'static str, &'static str, bool)>,
    value: String,
    is_asked: bool,
    /// What is said where nothing was found.
    sentences: Vec<String>,
    clicks: Option<String>,
    told: Vec<Told>,
    frame: Frame,
}

fn page(frame: Frame, kind: &str, value: &str, answer: Option<&Value>) -> Result<Reply, Problem> {
    let sentences = |value: &Value| -> Vec<String> {
        let words = value.get("words").unwrap_or(&Value::Null);
        list_of(words, "sentences").filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let told = |story: &Value| Told {
        path: frame.to(&format!("conversions/{}", text(story, "conversion_id"))),
        what: what(&frame, text(story, "kind"), story.get("event").and_then(Value::as_str)),
        when: frame.words.time(text(story, "occurred_at")),
        verdict: frame.words.of("portal.verdict", text(story, "verdict")),
        sentences: sentences(story),
    };
    let clicks = answer.and_then(|answer| answer.get("clicks")).and_then(Value::as_u64);
    let page = Page {
        kinds: KINDS
            .iter()
            .map(|one| (*one, frame.t(&format!("portal.why_about.{one}")), *one == kind))
            .collect(),
        value: value.to_owned(),
        is_asked: answer.is_some(),
        sentences: answer.map(sentences).unwrap_or_default(),
        clicks: clicks.map(|clicks| frame.words.counted("portal.clicks", clicks)),
        told: answer.map(|answer| list_of(answer, "conversions").map(told).collect()).unwrap_or_default(),
        frame,
    };
    Reply::page(page.frame.status(), &page)
}

pub(super) async fn show(seat: &Seat<'_>) -> Result<Reply, Problem> {
    page(seat.frame(Section::Conversions).await?, "order_id", "", None)
}

pub(super) async fn ask(seat: &Seat<'_>, form: &Form) -> Result<Reply, Problem> {
    let kind = form.text("kind").unwrap_or_default();
    let kind = KINDS.iter().find(|one| **one == kind).copied().unwrap_or("order_id");
    let value = form.text("value").unwrap_or_default();
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair(kind, value);
    let answer = seat.try_get::<Value>(&format!("/v1/why?{}", query.finish())).await?;
    let frame = seat.frame(Section::Conversions).await?;
    match answer {
        Ok(answer) => page(frame, kind, value, Some(&answer)),
        Err(refusal) => {
            let frame = frame.refused(named(refusal));
            page(frame, kind, value, None)
        }
    }
}

/// The form has one field for the three.
fn named(mut refusal: Refusal) -> Refusal {
    refusal.errors.truncate(1);
    for fault in &mut refusal.errors {
        "value".clone_into(&mut fault.field);
    }
    refusal
}

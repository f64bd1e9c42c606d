//! Disputes: what referrers doubt, and the merchant's answer.

use super::file::Files;
use super::whose::{self, Whose};
use crate::ledger::desk::{Rows, Wanted};
use crate::pages::choice::Choice;
use crate::pages::desk::{Desk, Refusal};
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::pages::visit::Visit;
use crate::problem::Problem;
use askama::Template;
use referral::instant::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Dispute {
    id: String,
    referrer_id: String,
    about: String,
    message: Option<String>,
    #[serde(default)]
    messages: Vec<Message>,
    status: String,
    note: Option<String>,
    trace: Option<Value>,
    created_at: String,
    decided_at: Option<String>,
}

/// What is chosen, and whether those are decided.
const CHOICES: [(&str, Option<bool>); 3] = [("open", Some(false)), ("decided", Some(true)), ("all", None)];

/// A word of either side, after the first.
#[derive(Deserialize)]
struct Message {
    by: String,
    message: Option<String>,
}

struct Matter {
    id: String,
    referrer: String,
    referrer_id: String,
    name: String,
    about: String,
    /// The conversion it is about, where it is about one.
    conversion: Option<String>,
    message: Option<String>,
    /// Who wrote, and what.
    messages: Vec<(String, Option<String>)>,
    /// What the trace says, in one sentence.
    because: String,
    is_open: bool,
    status: String,
    note: String,
    at: String,
    since: String,
    /// An answer that was not taken.
    typed: String,
    /// The credit should have moved with it.
    ticked: bool,
}

#[derive(Template)]
#[template(path = "dashboard/disputes.html")]
struct Page {
    choices: Vec<Choice>,
    /// The choice that is shown.
    show: &'static str,
    whose: Whose,
    matters: Vec<Matter>,
    /// An answer that was not taken, to what is not open any more.
    unsent: Option<String>,
    older: Option<String>,
    is_first: bool,
    files: Files,
    frame: Frame,
}

/// The choice that is asked for, and its rows.
pub(super) fn wanted(visit: &Visit) -> (&'static str, Wanted) {
    let asked = visit.asked("show").unwrap_or_default();
    let known = CHOICES.into_iter().find(|(word, _)| *word == asked);
    let (show, is) = known.unwrap_or(("open", Some(false)));
    let referrer_id = whose::asked(|name| visit.asked(name));
    (show, Wanted { before: visit.before(), is, referrer_id, ..Wanted::default() })
}

pub(in crate::pages) async fn list(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Disputes).await?;
    page(desk, frame, None).await
}

/// The page; `typed` is an answer to one of them that was not taken.
async fn page(desk: &Desk<'_>, frame: Frame, typed: Option<(&str, &Form)>) -> Result<Reply, Problem> {
    let (show, wanted) = wanted(desk.visit);
    let is_first = wanted.before.is_none();
    let found: Rows = desk.inside("desk/disputes", &wanted).await?;
    let disputes: Vec<Dispute> =
        found.rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
    let names = desk.names(disputes.iter().map(|dispute| dispute.referrer_id.clone())).await?;
    let matter = |dispute: Dispute| {
        let is_known = dispute.about.starts_with("led_") || dispute.about.starts_with("sal_");
        let attribution = dispute.trace.as_ref().and_then(|trace| trace.get("attribution"));
        let word = |name: &str| attribution.and_then(|one| one.get(name)).and_then(Value::as_str);
        let because = match (word("rule"), word("reason")) {
            (Some(rule), _) => frame.words.of("rule", rule),
            (_, Some(reason)) => frame.words.of("reason", reason),
            _ => String::new(),
        };
        let typed = typed.filter(|(id, _)| *id == dispute.id).map(|(_, form)| form);
        let created = Instant::parse(&dispute.created_at).unwrap_or(frame.now);
        Matter {
            referrer: frame.to(&format!("referrers/{}", dispute.referrer_id)),
            name: names.of(&dispute.referrer_id),
            conversion: (is_known && dispute.trace.is_some())
                .then(|| frame.to(&format!("conversions/{}", dispute.about))),
            about: dispute.about,
            message: dispute.message,
            messages: dispute
                .messages
                .into_iter()
                .map(|one| (frame.words.of("disputes.by", &one.by), one.message))
                .collect(),
            because,
            is_open: dispute.decided_at.is_none(),
            status: frame.words.of("dispute", &dispute.status),
            note: dispute.note.unwrap_or_default(),
            since: frame.words.ago(created, frame.now),
            typed: typed.and_then(|form| form.text("note")).unwrap_or_default().to_owned(),
            ticked: typed.is_some_and(|form| form.has("credit")),
            at: dispute.created_at,
            id: dispute.id,
            referrer_id: dispute.referrer_id,
        }
    };
    let matters: Vec<Matter> = disputes.into_iter().map(matter).collect();
    let unsent = typed.filter(|(id, _)| matters.iter().all(|matter| matter.id != *id));
    let unsent = unsent.and_then(|(_, form)| form.text("note")).map(str::to_owned);
    let whose = Whose::find(desk, &frame, ("disputes", ("show", show)), wanted.referrer_id).await?;
    let query = &whose.query;
    let choice = |(word, _): (&'static str, Option<bool>)| Choice {
        path: format!("?show={word}{query}"),
        label: frame.t(&format!("show.{word}")),
        is_here: word == show,
    };
    let choices = CHOICES.map(choice).into();
    let older = found.next.map(|seq| format!("?show={show}{query}&before={seq}"));
    let files = Files::new(&frame, "disputes", &format!("?show={show}{query}"));
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    Reply::page(status, &Page { choices, show, whose, matters, unsent, older, is_first, files, frame })
}

/// Answers a referrer, with a decision or without one.
pub(in crate::pages) async fn decide(desk: &Desk<'_>, id: &str, form: &Form) -> Result<Reply, Problem> {
    let decision = form.text("decision").unwrap_or_default();
    if decision == "message" {
        return say(desk, id, form).await;
    }
    let credit = form.text("credit").filter(|_| decision == "upheld");
    let note = form.text("note").unwrap_or_default();
    let body = json!({ "decision": decision, "note": note, "referrer_id": credit });
    match desk
        .tell::<Value>("POST", &super::target("disputes", id, "decision")?, form.text("once"), &body)
        .await?
    {
        // Decided like that before, in other words: those are what the referrer reads.
        Ok(stands) if !is_same(stands.get("note"), note) => {
            again(desk, Refusal::own(409, desk.words.t("refusal.dispute_decided")), id, form).await
        }
        Ok(_) => Ok(back(desk, "answered")),
        Err(refusal) => again(desk, refusal, id, form).await,
    }
}

/// Back to the list it was answered in.
fn back(desk: &Desk<'_>, done: &str) -> Reply {
    let (show, wanted) = wanted(desk.visit);
    let query = whose::query(wanted.referrer_id.as_deref());
    Reply::see(&format!("/dashboard/{}/disputes?show={show}{query}&done={done}", desk.mode.word()))
}

/// Whether an answer stands as it was typed, however its lines end.
fn is_same(stands: Option<&Value>, typed: &str) -> bool {
    let stands = stands.and_then(Value::as_str).unwrap_or_default();
    stands.split_whitespace().eq(typed.split_whitespace())
}

/// Another word to the referrer; nothing is decided by it.
async fn say(desk: &Desk<'_>, id: &str, form: &Form) -> Result<Reply, Problem> {
    let body = json!({ "message": form.text("note").unwrap_or_default() });
    match desk
        .tell::<Value>("POST", &super::target("disputes", id, "messages")?, form.text("once"), &body)
        .await?
    {
        Ok(_) => Ok(back(desk, "dispute_message")),
        Err(refusal) => again(desk, refusal, id, form).await,
    }
}

/// The page again, with what was written and why it was not taken.
async fn again(desk: &Desk<'_>, refusal: Refusal, id: &str, form: &Form) -> Result<Reply, Problem> {
    let answer = desk.words.t("disputes.answer");
    let refusal = refusal.called(&[("note", answer), ("message", answer)]);
    let frame = desk.frame(Section::Disputes).await?.refused(refusal);
    page(desk, frame, Some((id, form))).await
}

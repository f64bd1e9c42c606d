//! What is kept for how long, the whole ledger as a file, and what is known of one person: handed out, or taken out.

use super::retention::Keeping;
use crate::ledger::client as ledger;
use crate::pages::desk::{Desk, Fault, Refusal};
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::click_token::MAX_AGE_DAYS;
use referral::session::{IDLE_MS, LONGEST_MS};
use serde_json::{Value, json};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

const HOUR_MS: i64 = 3_600_000;

/// How somebody can be named.
const BY: [&str; 4] = ["customer_id", "external_id", "referrer_id", "email"];

struct Named {
    word: &'static str,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "dashboard/data.html")]
struct Page {
    retention: Keeping,
    /// What is kept, and for how long.
    kept: Vec<(&'static str, String)>,
    by: Vec<Named>,
    who: String,
    /// What was taken out, once it was.
    erased: Option<Vec<(String, String)>>,
    frame: Frame,
}

fn kept(frame: &Frame, window_days: u64) -> Vec<(&'static str, String)> {
    let words = &frame.words;
    let hours = |ms: i64| words.counted("hours", u64::try_from(ms / HOUR_MS).unwrap_or(0));
    let days = |days: u64| words.counted("days", days);
    let person = match frame.program.retention.customers_months {
        Some(months) => words.with("kept.person.months", &words.counted("months", months.into())),
        None => frame.t("kept.until_erased").to_owned(),
    };
    vec![
        (frame.t("kept.ledger"), frame.t("kept.stays").to_owned()),
        (frame.t("kept.person"), person),
        (frame.t("kept.click"), days(u64::try_from(MAX_AGE_DAYS).unwrap_or(0))),
        (frame.t("kept.window"), days(window_days)),
        (frame.t("kept.sighting"), hours(crate::ledger::SIGHTED_MS)),
        (frame.t("kept.answer"), hours(crate::ledger::REMEMBERED_MS)),
        (frame.t("kept.session"), words.with2("kept.session.long", &hours(IDLE_MS), &hours(LONGEST_MS))),
    ]
}

async fn page(
    desk: &Desk<'_>,
    frame: Frame,
    form: Option<&Form>,
    erased: Option<Vec<(String, String)>>,
) -> Result<Reply, Problem> {
    let retention = Keeping::stored(&frame);
    with(desk, frame, form, erased, retention).await
}

/// The page with the form of how long customers are known as it was filled in.
pub(super) async fn with_retention(
    desk: &Desk<'_>,
    frame: Frame,
    retention: Keeping,
) -> Result<Reply, Problem> {
    with(desk, frame, None, None, retention).await
}

async fn with(
    desk: &Desk<'_>,
    frame: Frame,
    form: Option<&Form>,
    erased: Option<Vec<(String, String)>>,
    retention: Keeping,
) -> Result<Reply, Problem> {
    let program: Value = desk.get("/v1/program").await?;
    let window = program.pointer("/terms/window_days").and_then(Value::as_u64).unwrap_or(0);
    let asked = desk.visit.asked("referrer");
    let chosen = form.and_then(|form| form.text("by")).unwrap_or(if asked.is_some() {
        "referrer_id"
    } else {
        "customer_id"
    });
    let by = BY.map(|word| Named { word, label: frame.words.of("named", word), chosen: word == chosen });
    let typed = form.filter(|_| erased.is_none()).and_then(|form| form.text("who"));
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let page = Page {
        retention,
        kept: kept(&frame, window),
        by: by.into(),
        who: typed.map(str::to_owned).or(asked.filter(|_| form.is_none())).unwrap_or_default(),
        erased,
        frame,
    };
    Reply::page(status, &page)
}

pub(in crate::pages) async fn show(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Settings).await?;
    page(desk, frame, None, None).await
}

async fn refused(desk: &Desk<'_>, form: &Form, key: &str) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Settings).await?;
    let refusal = Refusal::of(vec![Fault::own(frame.t("data.who"), frame.t(key))]);
    page(desk, frame.refused(refusal), Some(form), None).await
}

/// The field of the API and its value; the shop's own id of a referrer is looked up first.
async fn subject(desk: &Desk<'_>, form: &Form) -> Result<Option<(&'static str, String)>, Problem> {
    let who = form.text("who").unwrap_or_default();
    let by = BY.into_iter().find(|word| form.text("by") == Some(word));
    match by {
        None => Ok(None),
        Some(_) if who.is_empty() => Ok(None),
        Some("external_id") => {
            let known: Option<String> = desk.inside_text("desk/external_id", who).await?;
            Ok(known.map(|id| ("referrer_id", id)))
        }
        Some(by) => Ok(Some((by, who.to_owned()))),
    }
}

/// Takes out what names a person.
pub(in crate::pages) async fn erase(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    if form.text("again").is_none() || form.text("again") != form.text("who") {
        return refused(desk, form, "data.not_the_same").await;
    }
    let Some((by, who)) = subject(desk, form).await? else {
        return refused(desk, form, "data.unknown").await;
    };
    let outcome = desk.tell::<Value>("POST", "/v1/erasure", form.text("once"), &json!({ by: who })).await?;
    let frame = desk.frame(Section::Settings).await?;
    match outcome {
        Ok(answer) => {
            let counts = ["people", "claims", "metadata", "messages", "observations", "notes", "sightings"];
            let count = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or(0);
            let counts = counts.iter().filter(|name| count(name) > 0);
            let erased = counts.map(|name| (frame.words.of("erased", name), frame.words.count(count(name))));
            let erased = erased.collect();
            page(desk, frame, Some(form), Some(erased)).await
        }
        Err(refusal) => page(desk, frame.refused(refusal), Some(form), None).await,
    }
}

/// Everything that is known of a person, as a file.
pub(in crate::pages) async fn subject_export(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    if form.text("by") == Some("email") {
        return refused(desk, form, "data.no_address").await;
    }
    let Some((by, who)) = subject(desk, form).await? else {
        return refused(desk, form, "data.unknown").await;
    };
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair(by, &who).finish();
    match desk.file(&format!("/v1/subject-export?{query}")).await {
        Ok(body) => Ok(Reply::download("subject.json".to_owned(), "application/json; charset=utf-8", body)),
        Err(problem) if problem.status == 404 => refused(desk, form, "data.unknown").await,
        Err(problem) => Err(problem),
    }
}

/// The whole ledger as it is at this moment, streamed.
pub(in crate::pages) async fn export(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let personal = desk.visit.asked("personal").as_deref() != Some("false");
    let target = format!("/v1/export?personal={personal}");
    let response = JsFuture::from(ledger::pages(desk.isolate, &target, &desk.meta(), "")?).await?;
    let response: web_sys::Response = response.unchecked_into();
    if response.status() != 200 {
        return Err(Problem::internal(&format!("the ledger answered {} to an export", response.status())));
    }
    let name = format!("goodword-{}.ndjson", desk.mode.word());
    Ok(Reply::streamed(name, "application/x-ndjson", response))
}

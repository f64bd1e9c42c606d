//! The way from an empty program to a live one. Steps are done when the facts say so, never because somebody said so.

use super::numbers::Report;
use super::snippets::snippets;
use crate::ledger::readiness::Shown;
use crate::pages::dashboard::readiness;
use crate::pages::desk::Desk;
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::platform;
use crate::problem::Problem;
use referral::api_key::{Mode, uid};
use referral::channel::Channel;
use referral::click_token::ClickKeys;
use referral::code::Code;
use referral::terms::Terms;
use serde_json::{Value, json};

/// One step of it.
pub(super) struct Step {
    pub(super) word: &'static str,
    pub(super) title: &'static str,
    pub(super) detail: &'static str,
    pub(super) is_done: bool,
    pub(super) path: String,
    pub(super) link: &'static str,
}

/// The way, while some of it is left.
#[derive(Default)]
pub(super) struct Start {
    pub(super) steps: Vec<Step>,
    /// What is pasted, and where.
    pub(super) snippets: Vec<(String, String)>,
    /// Where the panel was seen, and how long ago.
    pub(super) pages: Vec<String>,
    /// Where links lead, and the same page with the doctor on it.
    pub(super) destination: String,
    pub(super) doctor: String,
    /// The call that a server sends, for the twin.
    pub(super) call: String,
}

/// The test twin of a desk's ledger.
fn twin<'a>(desk: &Desk<'a>) -> Desk<'a> {
    Desk::new(desk.isolate, desk.visit, desk.signed, Mode::Test)
}

/// An address with the doctor's parameter.
fn with_doctor(address: &str) -> String {
    let separator = if address.contains('?') { '&' } else { '?' };
    format!("{address}{separator}goodword_debug=1")
}

/// A sale that any terms look at: a hundred whole units, or the least they reward.
fn usual_amount(frame: &Frame) -> i64 {
    let least = frame.program.terms.get("minimum_order").and_then(Value::as_i64).unwrap_or(0);
    let hundred = 100 * 10_i64.saturating_pow(u32::from(frame.program.currency.exponent()));
    hundred.max(least)
}

/// The way; nothing is left of it once a conversion of a seen page has come.
pub(super) async fn start(
    desk: &Desk<'_>,
    frame: &Frame,
    report: &Report,
    shown: &Shown,
) -> Result<Start, Problem> {
    let known = &shown.known;
    let happened = &report.totals;
    let seen = !known.pages.is_empty() || happened.seen > 0 || happened.clicks > 0;
    let converted = known.conversions > 0;
    let is_test = frame.is_test();
    // A trial is no sign of life: in the twin the way ends with going live, which is another ledger's.
    if converted && (seen || !is_test) {
        return Ok(Start::default());
    }
    let tried = if is_test { converted } else { readiness::stored(&twin(desk)).await?.known.conversions > 0 };
    let offers = serde_json::from_value::<Terms>(frame.program.terms.clone())
        .is_ok_and(|terms| !terms.rewards.is_empty());
    let step = |word: &'static str, is_done: bool, path: String| Step {
        word,
        title: frame.t(&format!("start.{word}")),
        detail: frame.t(&format!("start.{word}.detail")),
        is_done,
        link: frame.t(&format!("start.{word}.link")),
        path,
    };
    let last = if is_test {
        step("go_live", false, "/dashboard/live".to_owned())
    } else {
        step("conversion", converted, "/guide/server/".to_owned())
    };
    let (key, origin) = (super::super::settings::page_key(desk).await?, &desk.isolate.public_origin);
    let order = format!(
        r#"{{"order_id": "test-1", "customer_id": "somebody", "amount": {}, "currency": "{}"}}"#,
        usual_amount(frame),
        frame.program.currency.code()
    );
    Ok(Start {
        steps: vec![
            step("offer", offers, frame.to("terms")),
            step("destination", true, frame.to("settings")),
            step("snippet", seen, "/guide/page/".to_owned()),
            step("trial", tried, "/guide/server/".to_owned()),
            last,
        ],
        snippets: snippets(origin, &key, frame.program.consent == "required")
            .into_iter()
            .map(|(word, text)| (frame.words.of("start.on", word), text))
            .collect(),
        pages: known
            .pages
            .iter()
            .take(5)
            .map(|page| {
                let ago = frame.words.ago(page.seen_at, frame.now.max(page.seen_at));
                frame.words.with2("ready.page", &page.origin, &ago)
            })
            .collect(),
        doctor: with_doctor(&frame.program.destination),
        destination: frame.program.destination.clone(),
        call: format!(
            "curl {origin}/v1/sales \\\n  -H 'Authorization: Bearer sk_test_…' \\\n  -H 'Content-Type: application/json' \\\n  -d '{order}'"
        ),
    })
}

/// `POST /dashboard/test/trial`: somebody joins, their link is followed, and a friend buys, all in the twin and as it goes
/// in earnest; then the story of that sale is shown.
pub(in crate::pages) async fn trial(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    if desk.mode != Mode::Test {
        return Err(Problem::not_found());
    }
    let frame = desk.frame(Section::Overview).await?;
    let once = form.text("once").map_or(uid(platform::random()?), str::to_owned);
    let told = |path: &'static str, part: &str, body: Value| {
        let once = format!("trial-{part}-{once}");
        async move { desk.tell::<Value>("POST", path, Some(&once), &body).await }
    };
    let text =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let somebody = json!({ "external_id": "goodword-trial", "name": frame.t("start.trial.name") });
    let joined = match told("/v1/referrers", "referrer", somebody).await? {
        Ok(joined) => joined,
        Err(refusal) => return super::page(desk, frame.refused(refusal)).await,
    };
    let code = Code::parse(&text(&joined, "code")).map_err(|_| Problem::internal("a code that is none"))?;
    let keys = ClickKeys::derive(&desk.isolate.root_keys, desk.signed.uid.as_bytes());
    let click = keys.mint(&code, frame.now.seconds(), platform::random()?, Channel::Copy);
    let order = json!({
        "order_id": format!("trial-{once}"),
        "customer_id": format!("trial-{once}"),
        "amount": usual_amount(&frame),
        "currency": frame.program.currency.code(),
        "click_id": click.as_str(),
    });
    match told("/v1/sales", "sale", order).await? {
        Ok(sold) => {
            let id = text(&sold, "id");
            Ok(Reply::see(&format!("/dashboard/test/conversions/{id}?done=trial")))
        }
        Err(refusal) => super::page(desk, frame.refused(refusal)).await,
    }
}

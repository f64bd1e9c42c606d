//! Rewards: what was granted, by its state, and those a person must let pass.

use super::file::Files;
use super::whose::{self, Whose};
use crate::ledger::desk::{Rows, Wanted};
use crate::pages::choice::Choice;
use crate::pages::desk::Desk;
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::pages::visit::Visit;
use crate::problem::Problem;
use askama::Template;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Reward {
    id: String,
    conversion_id: String,
    to: String,
    person_id: String,
    amount: i64,
    currency: String,
    perk: Option<String>,
    state: String,
    reason: Option<String>,
    needs_approval: bool,
    reversed_amount: i64,
    available_at: String,
}

struct Row {
    id: String,
    name: String,
    person: Option<String>,
    conversion: String,
    kind: &'static str,
    amount: String,
    back: String,
    state: String,
    word: String,
    note: String,
    needs_approval: bool,
    is_perk_due: bool,
}

/// What is chosen, and the ledger's word for it.
const CHOICES: [(&str, Option<&str>); 6] = [
    ("all", None),
    ("to_approve", Some("to_approve")),
    ("pending", Some("pending")),
    ("held", Some("held")),
    ("approved", Some("approved")),
    ("paid", Some("paid")),
];

#[derive(Template)]
#[template(path = "dashboard/rewards.html")]
struct Page {
    choices: Vec<Choice>,
    rows: Vec<Row>,
    older: Option<String>,
    is_first: bool,
    /// The choice that is shown.
    state: &'static str,
    whose: Whose,
    files: Files,
    frame: Frame,
}

/// The choice that is asked for, and its rows.
pub(super) fn wanted(visit: &Visit) -> (&'static str, Wanted) {
    let asked = visit.asked("state").unwrap_or_default();
    let (state, kind) = CHOICES.into_iter().find(|(word, _)| *word == asked).unwrap_or(("all", None));
    let referrer_id = whose::asked(|name| visit.asked(name));
    (
        state,
        Wanted { before: visit.before(), kind: kind.map(str::to_owned), referrer_id, ..Wanted::default() },
    )
}

pub(in crate::pages) async fn list(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Rewards).await?;
    page(desk, frame).await
}

async fn page(desk: &Desk<'_>, frame: Frame) -> Result<Reply, Problem> {
    let (state, wanted) = wanted(desk.visit);
    let is_first = wanted.before.is_none();
    let found: Rows = desk.inside("desk/rewards", &wanted).await?;
    let rewards: Vec<Reward> =
        found.rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
    let names = desk.names(rewards.iter().map(|reward| reward.person_id.clone())).await?;
    let row = |reward: Reward| {
        let is_referrer = reward.to == "referrer";
        let money = |amount| frame.words.money(amount, &reward.currency);
        Row {
            name: if is_referrer { names.of(&reward.person_id) } else { frame.t("friend").to_owned() },
            person: is_referrer.then(|| frame.to(&format!("referrers/{}", reward.person_id))),
            conversion: frame.to(&format!("conversions/{}", reward.conversion_id)),
            kind: frame.t(if reward.conversion_id.starts_with("led_") {
                "rewards.for_lead"
            } else {
                "rewards.for_sale"
            }),
            amount: reward.perk.clone().unwrap_or_else(|| money(reward.amount)),
            back: if reward.reversed_amount > 0 {
                frame.words.with("reward.taken_back", &money(reward.reversed_amount))
            } else {
                String::new()
            },
            state: frame.words.of("state", &reward.state),
            note: match reward.state.as_str() {
                "pending" if reward.needs_approval => frame.t("reward.needs_you").to_owned(),
                "pending" => frame.words.with("reward.until", &frame.words.day(&reward.available_at)),
                "held" => frame.t("state.held.detail").to_owned(),
                _ => reward.reason.as_deref().map(|reason| frame.words.of("why", reason)).unwrap_or_default(),
            },
            needs_approval: reward.needs_approval,
            is_perk_due: reward.perk.is_some() && reward.state == "approved",
            word: reward.state,
            id: reward.id,
        }
    };
    let rows = rewards.into_iter().map(row).collect();
    let whose = Whose::find(desk, &frame, ("rewards", ("state", state)), wanted.referrer_id).await?;
    let query = &whose.query;
    let choice = |(word, _): (&'static str, Option<&str>)| Choice {
        path: format!("?state={word}{query}"),
        label: frame.t(&format!("rewards.{word}")),
        is_here: word == state,
    };
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let page = Page {
        choices: CHOICES.map(choice).into(),
        rows,
        older: found.next.map(|seq| format!("?state={state}{query}&before={seq}")),
        is_first,
        state,
        files: Files::new(&frame, "rewards", &format!("?state={state}{query}")),
        whose,
        frame,
    };
    Reply::page(status, &page)
}

/// Lets a reward pass, takes it back, or notes that a perk was given.
pub(in crate::pages) async fn decide(desk: &Desk<'_>, id: &str, form: &Form) -> Result<Reply, Problem> {
    let decision = form.text("decision").unwrap_or_default();
    let body = match form.text("note") {
        Some(note) => json!({ "decision": decision, "note": note }),
        None => json!({ "decision": decision }),
    };
    match desk
        .tell::<Value>("POST", &super::target("rewards", id, "decision")?, form.text("once"), &body)
        .await?
    {
        Ok(_) => {
            let done = match decision {
                "void" => "voided",
                "fulfil" => "fulfilled",
                _ => "approved",
            };
            // Back to the list it was decided in.
            let (state, wanted) = wanted(desk.visit);
            let query = whose::query(wanted.referrer_id.as_deref());
            Ok(Reply::see(&format!(
                "/dashboard/{}/rewards?state={state}{query}&done={done}",
                desk.mode.word()
            )))
        }
        Err(refusal) => {
            let frame = desk.frame(Section::Rewards).await?.refused(refusal);
            page(desk, frame).await
        }
    }
}

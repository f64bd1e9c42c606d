//! Several flags decided at once: first what that would touch, then the decision, all of them or none.

use super::filter;
use crate::ledger::review::{Chosen, Sums, Weighed};
use crate::pages::desk::{Desk, Refusal};
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[derive(Template)]
#[template(path = "dashboard/review_preview.html")]
struct Page {
    title: String,
    confirm: bool,
    ids: Vec<String>,
    note: String,
    /// What happens, with how many and how much.
    lines: Vec<(&'static str, String)>,
    /// Chosen flags that somebody decided meanwhile.
    left_out: Option<String>,
    filter: String,
    frame: Frame,
}

/// The flags a form means: the ticked ones, or all it showed but those.
fn chosen(form: &Form) -> Vec<String> {
    let ticked: BTreeSet<&str> = form.all("id").collect();
    if form.text("scope") == Some("except") {
        form.all("shown").filter(|id| !ticked.contains(id)).map(str::to_owned).collect()
    } else {
        ticked.into_iter().map(str::to_owned).collect()
    }
}

fn money(frame: &Frame, sums: &Sums) -> String {
    let sums = sums.iter().filter(|(_, sum)| **sum != 0);
    sums.map(|(currency, sum)| frame.words.money(*sum, currency)).collect::<Vec<_>>().join(", ")
}

/// `3 rewards, 12.00 EUR`.
fn amount(frame: &Frame, count: u64, sums: &Sums) -> String {
    let (count, money) = (frame.words.counted("bulk.rewards", count), money(frame, sums));
    if money.is_empty() { count } else { format!("{count}, {money}") }
}

/// Shows what a decision about the chosen flags would touch. Nothing is stored.
pub(in crate::pages) async fn preview(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let confirm = form.text("decision") == Some("confirm");
    let chosen = Chosen { ids: chosen(form), confirm };
    let fits = filter::of(form.text("filter").unwrap_or_default());
    let frame = desk.frame(Section::Review).await?;
    if chosen.ids.is_empty() {
        let refusal = Refusal::own(422, frame.t("bulk.nothing"));
        return super::page(desk, frame.refused(refusal), fits).await;
    }
    let weighed: Weighed = desk.inside("desk/weighed", &chosen).await?;
    let words = &frame.words;
    let open = u64::try_from(weighed.open.len()).unwrap_or(u64::MAX);
    if open == 0 {
        let refusal = Refusal::own(409, frame.t("bulk.decided"));
        return super::page(desk, frame.refused(refusal), fits).await;
    }
    let key =
        |confirmed: &'static str, released: &'static str| frame.t(if confirm { confirmed } else { released });
    let mut lines = vec![(frame.t("nav.conversions"), words.count(weighed.conversions))];
    let sum = amount(&frame, weighed.rewards, &weighed.sums);
    lines.push((key("bulk.taken_back", "bulk.let_go"), sum));
    if weighed.perks > 0 {
        lines.push((frame.t("bulk.perks"), words.count(weighed.perks)));
    }
    if weighed.others > 0 {
        let sum = amount(&frame, weighed.others, &weighed.other_sums);
        lines.push((key("bulk.owed_back", "bulk.stay_held"), sum));
    }
    let gone = u64::try_from(chosen.ids.len()).unwrap_or(u64::MAX).saturating_sub(open);
    let page = Page {
        title: words.counted(if confirm { "bulk.confirm" } else { "bulk.release" }, open),
        confirm,
        note: form.text("note").unwrap_or_default().to_owned(),
        lines,
        left_out: (gone > 0).then(|| words.counted("bulk.left_out", gone)),
        filter: filter::query(&fits, None),
        ids: weighed.open,
        frame,
    };
    Reply::page(200, &page)
}

/// Decides about all of them, or none.
pub(in crate::pages) async fn decide(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let ids: Vec<&str> = form.all("id").collect();
    let confirm = form.text("decision") == Some("confirm");
    let mut body = json!({ "ids": ids, "decision": form.text("decision").unwrap_or_default() });
    if let Some(fields) = body.as_object_mut() {
        if let Some(note) = form.text("note") {
            fields.insert("note".to_owned(), json!(note));
        }
        if confirm && form.has("unbind") {
            fields.insert("unbind".to_owned(), json!(true));
        }
    }
    let fits = filter::of(form.text("filter").unwrap_or_default());
    match desk.tell::<Value>("POST", "/v1/flags/decisions", form.text("once"), &body).await? {
        Ok(_) => {
            let done = if confirm { "all_confirmed" } else { "all_released" };
            let query = filter::query(&fits, None);
            Ok(Reply::see(&format!("/dashboard/{}/review?{query}&done={done}", desk.mode.word())))
        }
        Err(refusal) => {
            let frame = desk.frame(Section::Review).await?.refused(refusal);
            super::page(desk, frame, fits).await
        }
    }
}

//! Payouts: what is due, batches, their files for banks, and what became of their lines.

use super::file::{self, Files};
use crate::ledger::desk::{Owed, PayoutPart as Part, Wanted};
use crate::ledger::file::Table;
use crate::pages::desk::{Desk, Fault, Refusal};
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::figures::read_money;
use referral::table::Format;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Batch {
    id: String,
    currency: String,
    created_at: String,
    lines: u64,
    amount: i64,
    created_amount: i64,
    paid_amount: i64,
    failed_amount: i64,
    returned_amount: i64,
}

#[derive(Deserialize)]
struct List {
    data: Vec<Batch>,
    next_cursor: Option<String>,
}

struct Row {
    path: String,
    when: String,
    at: String,
    people: String,
    amount: String,
    /// What is left to be said of it.
    waits: String,
    state: &'static str,
    word: &'static str,
}

#[derive(Template)]
#[template(path = "dashboard/payouts.html")]
struct Page {
    due: Option<(String, String)>,
    minimum: String,
    rows: Vec<Row>,
    older: Option<String>,
    is_first: bool,
    files: Files,
    frame: Frame,
}

pub(in crate::pages) async fn list(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Payouts).await?;
    page(desk, frame, String::new()).await
}

async fn page(desk: &Desk<'_>, frame: Frame, minimum: String) -> Result<Reply, Problem> {
    let after = desk.visit.asked("after").filter(|id| super::target("payouts", id, "").is_ok());
    let cursor = after.as_ref().map(|id| format!("&starting_after={id}")).unwrap_or_default();
    let found: List = desk.get(&format!("/v1/payouts?limit=50{cursor}")).await?;
    let owed: Owed = desk.inside("desk/owed", &()).await?;
    let row = |batch: &Batch| {
        let (word, key) = match () {
            () if batch.created_amount > 0 => ("pending", "payout.waits"),
            () if batch.failed_amount + batch.returned_amount > 0 => ("doubt", "payout.partly"),
            () => ("paid", "payout.paid"),
        };
        Row {
            path: frame.to(&format!("payouts/{}", batch.id)),
            when: frame.words.time(&batch.created_at),
            at: batch.created_at.clone(),
            people: frame.words.counted("people", batch.lines),
            amount: frame.words.money(batch.amount, &batch.currency),
            waits: if batch.created_amount > 0 && batch.paid_amount > 0 {
                frame.words.with("payout.left", &frame.words.money(batch.created_amount, &batch.currency))
            } else {
                String::new()
            },
            state: frame.t(key),
            word,
        }
    };
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let page = Page {
        due: (owed.people > 0)
            .then(|| (frame.money(owed.amount), frame.words.counted("people", owed.people))),
        minimum,
        rows: found.data.iter().map(row).collect(),
        older: found.next_cursor.map(|id| format!("?after={id}")),
        is_first: after.is_none(),
        files: Files::new(&frame, "payouts", ""),
        frame,
    };
    Reply::page(status, &page)
}

/// Makes a batch of all that is due.
pub(in crate::pages) async fn create(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Payouts).await?;
    let typed = form.text("minimum").unwrap_or_default().to_owned();
    let body = match form.text("minimum").map(|text| read_money(text, frame.program.currency)) {
        None => json!({}),
        Some(Some(minimum)) => json!({ "minimum": minimum }),
        Some(None) => {
            let refusal = super::not_money(&frame, "minimum");
            return page(desk, frame.refused(refusal), typed).await;
        }
    };
    match desk.tell::<Value>("POST", "/v1/payouts", form.text("once"), &body).await? {
        Ok(made) => {
            let id = made.get("id").and_then(Value::as_str).unwrap_or_default();
            Ok(Reply::see(&frame.to(&format!("payouts/{id}?done=payout"))))
        }
        Err(refusal) => page(desk, frame.refused(refusal), typed).await,
    }
}

#[derive(Deserialize)]
struct Line {
    id: String,
    person_id: String,
    amount: i64,
    carried_amount: i64,
    state: String,
    note: Option<String>,
    account_name: Option<String>,
    email: Option<String>,
    iban: Option<String>,
}

struct LineShown {
    id: String,
    /// Of a referrer; friends have no page of their own.
    path: Option<String>,
    name: String,
    to: String,
    amount: String,
    carried: String,
    state: String,
    word: String,
    note: String,
    waits: bool,
    /// Money can come back after it was paid.
    is_paid: bool,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "dashboard/payout.html")]
struct One {
    id: String,
    when: String,
    amount: String,
    lines: Vec<LineShown>,
    waits: bool,
    any_paid: bool,
    /// What was to be noted and was refused.
    note: String,
    older: Option<String>,
    is_first: bool,
    files: Files,
    frame: Frame,
}

pub(in crate::pages) async fn show(desk: &Desk<'_>, id: &str) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Payouts).await?;
    one(desk, frame, id, None).await
}

/// The page; `typed` is what somebody said became of lines and was refused.
async fn one(desk: &Desk<'_>, frame: Frame, id: &str, typed: Option<&Form>) -> Result<Reply, Problem> {
    super::target("payouts", id, "")?;
    let before = desk.visit.before();
    let Part { payout: batch, lines: found }: Part = desk.inside("desk/payout", &(id, before)).await?;
    let lines: Vec<Line> = found.rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
    let batch: Batch = serde_json::from_value(batch)?;
    let names = desk.names(lines.iter().map(|line| line.person_id.clone())).await?;
    let money = |amount| frame.words.money(amount, &batch.currency);
    let shown = |line: &Line| LineShown {
        id: line.id.clone(),
        path: line.person_id.starts_with("rfr_").then(|| frame.to(&format!("referrers/{}", line.person_id))),
        name: line.account_name.clone().unwrap_or_else(|| names.of(&line.person_id)),
        to: match (&line.iban, &line.email) {
            (Some(iban), _) => iban.clone(),
            (None, Some(email)) => email.clone(),
            (None, None) => frame.t("payout.nowhere").to_owned(),
        },
        amount: money(line.amount),
        carried: if line.carried_amount == 0 {
            String::new()
        } else {
            frame.words.with("payout.carried", &money(line.carried_amount))
        },
        state: frame.words.of("line", &line.state),
        word: line.state.clone(),
        note: line.note.clone().unwrap_or_default(),
        waits: line.state == "created",
        is_paid: line.state == "paid",
        ticked: typed.is_some_and(|form| form.all("line").any(|id| id == line.id)),
    };
    let lines: Vec<LineShown> = lines.iter().map(shown).collect();
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let page = One {
        id: id.to_owned(),
        when: frame.words.time(&batch.created_at),
        amount: money(batch.amount),
        waits: batch.created_amount != 0,
        any_paid: batch.paid_amount != 0,
        note: typed.and_then(|form| form.text("note")).unwrap_or_default().to_owned(),
        older: found.next.map(|seq| format!("?before={seq}")),
        is_first: before.is_none(),
        lines,
        files: Files::new(&frame, &format!("payouts/{id}/lines"), ""),
        frame,
    };
    Reply::page(status, &page)
}

/// All lines as a table, or those that are still to be sent as a bank or a service takes them.
pub(in crate::pages) async fn file_of(desk: &Desk<'_>, id: &str, name: &str) -> Result<Reply, Problem> {
    if let Some(format) = name.strip_prefix("lines.").and_then(Format::named) {
        super::target("payouts", id, "")?;
        let wanted = Wanted { kind: Some(id.to_owned()), ..Wanted::default() };
        return file::sent(desk, Table::Lines, id, format, serde_json::to_value(wanted)?).await;
    }
    if !["paypal.csv", "wise.csv", "sepa.csv"].contains(&name) {
        return Err(Problem::not_found());
    }
    let text = desk.file(&format!("{}/{name}", super::target("payouts", id, "")?)).await?;
    Ok(Reply::file(format!("{id}-{name}"), text))
}

/// Says what became of lines: of those that are ticked, or of all that wait.
pub(in crate::pages) async fn decide(desk: &Desk<'_>, id: &str, form: &Form) -> Result<Reply, Problem> {
    let decision = form.text("decision").unwrap_or_default();
    let ids: Vec<&str> = form.all("line").collect();
    let mut body = json!({ "decision": decision });
    if let Some(fields) = body.as_object_mut() {
        if !form.has("everybody") {
            fields.insert("line_ids".to_owned(), json!(ids));
        }
        if let Some(note) = form.text("note") {
            fields.insert("note".to_owned(), json!(note));
        }
    }
    let target = super::target("payouts", id, "decision")?;
    let refusal = if ids.is_empty() && !form.has("everybody") {
        Refusal::of(vec![Fault::own(desk.words.t("payout.lines"), desk.words.t("payout.tick"))])
    } else {
        match desk.tell::<Value>("POST", &target, form.text("once"), &body).await? {
            Ok(_) => {
                return Ok(Reply::see(&format!("/dashboard/{}/payouts/{id}?done=lines", desk.mode.word())));
            }
            Err(refusal) => refusal,
        }
    };
    let frame = desk.frame(Section::Payouts).await?.refused(refusal);
    one(desk, frame, id, Some(form)).await
}

//! Payouts: approved rewards sent together. A reward is in one batch at a time, whoever asks at once.

use super::book::{Book, new_id};
use super::decision::Decision;
use super::desk;
use super::event;
use super::list::{PAYOUTS, REFERRERS};
use super::payout_schedule;
use super::request::Request;
use super::retroactive;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::chain::Row as Link;
use referral::event::Event;
use referral::input::{self, Input, Put};
use referral::instant::Instant;
use referral::money::LARGEST_AMOUNT;
use referral::payout::{self, Former, Payee, Shape};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Most rewards of one batch; what is left goes into the next one.
const MOST_REWARDS: usize = 5000;
/// Most lines of one batch: what payment services take in one file.
const MOST_LINES: usize = 1000;

/// What one person's line would pay.
#[derive(Default)]
struct Due {
    rewards: Vec<(String, i64)>,
    former: Former,
}

/// Everybody who is owed something, and whether there is more than one batch takes.
fn due(book: &Book) -> Result<(BTreeMap<String, Due>, bool), Problem> {
    let mut people: BTreeMap<String, Due> = BTreeMap::new();
    let mut rows: Vec<(String, String, i64)> =
        book.database.rows(sql!("ledger/payable"), &[MOST_REWARDS + 1])?;
    let more = rows.len() > MOST_REWARDS;
    rows.truncate(MOST_REWARDS);
    for (person_id, reward_id, amount) in rows {
        if amount > 0 {
            people.entry(person_id).or_default().rewards.push((reward_id, amount));
        }
    }
    let former: Vec<(String, i64, i64, i64)> = book.database.rows(sql!("ledger/payout_former"), &[(); 0])?;
    for (person_id, change, returned, carried) in former {
        people.entry(person_id).or_default().former = Former { change, returned, carried };
    }
    Ok((people, more))
}

/// How many people batches without a minimum would pay now, and how much.
pub(crate) fn owed(book: &Book) -> Result<(u64, i64), Problem> {
    let owed: Option<(u64, i64)> = book.database.row(sql!("ledger/owed"), &[(); 0])?;
    Ok(owed.unwrap_or_default())
}

/// `POST /v1/payouts {minimum?, due?}`: a batch of all that is approved, a line for each person who is owed the minimum.
/// With `due` only where the calendar says so, once for each time, with the calendar's minimum.
pub(crate) fn create(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let minimum = input.amount("minimum", 0);
    let due_only = input.flag("due").unwrap_or(false);
    if due_only && minimum.is_some() {
        input.refuse("minimum", "out_of_range", "is the calendar's where a batch is due");
    }
    input.finish().map_err(Problem::invalid)?;
    let demand = if due_only { Some(payout_schedule::demand(book)?) } else { None };
    let minimum = demand.map_or(minimum.unwrap_or(0), |(_, minimum)| minimum);
    let program = book.program()?;
    let (people, mut more) = due(book)?;
    let now = book.now();
    let id = new_id("pay")?;
    let (mut lines, mut items, mut below) = (Vec::new(), Vec::new(), 0_u32);
    let mut total = 0;
    for (person_id, due) in people {
        let sum: i64 = due.rewards.iter().map(|(_, amount)| amount).sum();
        let carried = due.former.carry();
        match payout::line(sum, carried, minimum) {
            Some(_) if lines.len() == MOST_LINES => more = true,
            Some(amount) => {
                let line_id = new_id("pln")?;
                items.extend(
                    due.rewards.into_iter().map(|(reward_id, amount)| (line_id.clone(), reward_id, amount)),
                );
                total += amount;
                lines.push((line_id, person_id, amount, carried));
            }
            None => below += u32::from(sum + carried > 0),
        }
    }
    if lines.is_empty() {
        let detail = "Nobody is owed the minimum: nothing is approved, or all of it is in a batch.";
        return Err(Problem::conflict("nothing_to_pay", detail));
    }
    let mut writes = Writes::default();
    writes.add(sql!("ledger/payout_insert"), &(&id, program.currency.code(), minimum, now.ms()))?;
    if let Some((due_at, _)) = demand {
        writes.add(sql!("ledger/payout_due_insert"), &(due_at.ms(), &id))?;
    }
    writes.add(sql!("ledger/payout_lines_insert"), &(&id, serde_json::to_string(&lines)?))?;
    writes.add(sql!("ledger/payout_items_insert"), &[serde_json::to_string(&items)?])?;
    for (line_id, person_id, amount, carried) in &lines {
        let fields = vec![id.as_str().into(), person_id.as_str().into(), (*amount).into(), (*carried).into()];
        writes.sealed.push(Link::new("payout_line", line_id, fields));
    }
    let made = json!({
        "id": id,
        "currency": program.currency,
        "minimum_amount": minimum,
        "created_at": now,
        "lines": lines.len(),
        "amount": total,
    });
    event::emit(&mut writes, Event::PayoutCreated, &id, now, &made)?;
    let answer = json!({
        "id": id,
        "currency": program.currency,
        "minimum_amount": minimum,
        "created_at": now,
        "lines": lines.len(),
        "amount": total,
        "due_at": demand.map(|(due_at, _)| due_at),
        "below_minimum": below,
        "has_more": more,
    });
    Ok(Decision { answer: Answer::json(201, &answer)?, writes, audit: Some(("payout.created", id)) })
}

/// A line as stored, with whom it pays.
struct Line {
    id: String,
    person_id: String,
    amount: i64,
    carried: i64,
    state: String,
    note: Option<String>,
    name: Option<String>,
    email: Option<String>,
    iban: Option<String>,
    /// A flag holds a part of it.
    held: bool,
    /// A part of it was found to be fraud after it was put together.
    fraud: bool,
}

impl Line {
    /// To be sent, and nothing speaks against it.
    fn is_ready(&self) -> bool {
        self.state == "created" && !self.held && !self.fraud
    }
}

fn lines(book: &Book, id: &str) -> Result<Vec<Line>, Problem> {
    type Text = Option<String>;
    type Row = (String, String, i64, i64, String, Text, Text, Text, Text, u8, u8);
    let rows: Vec<Row> = book.database.rows(sql!("ledger/payout_lines"), &[id])?;
    let line = |(id, person_id, amount, carried, state, note, name, email, iban, held, fraud): Row| Line {
        id,
        person_id,
        amount,
        carried,
        state,
        note,
        name,
        email,
        iban,
        held: held == 1,
        fraud: fraud == 1,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// At most so many lines of one, newest first, as lists have them.
pub(crate) fn lines_of(
    book: &Book,
    id: &str,
    before: Option<i64>,
    most: usize,
) -> Result<Vec<desk::Row>, Problem> {
    let bindings = (before.unwrap_or(LARGEST_AMOUNT), most, id);
    Ok(book.database.rows(sql!("ledger/payout_lines_newest"), &bindings)?)
}

fn stored(book: &Book, id: &str) -> Result<Value, Problem> {
    let row: Option<(i64, String)> = book.database.row(PAYOUTS.by_id, &[id])?;
    let (_, body) = row.ok_or_else(Problem::not_found)?;
    Ok(serde_json::from_str(&body)?)
}

/// `GET /v1/payouts/{id}`: the batch and its lines.
pub(crate) fn show(book: &Book, id: &str) -> Result<Answer, Problem> {
    let mut shown = stored(book, id)?;
    let lines = lines(book, id)?.into_iter().map(|line| {
        json!({
            "id": line.id,
            "person_id": line.person_id,
            "amount": line.amount,
            "carried_amount": line.carried,
            "state": line.state,
            "note": line.note,
            "name": line.name,
            "email": line.email,
            "iban": line.iban,
            "held": line.held,
        })
    });
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("lines".to_owned(), lines.collect());
    }
    Answer::json(200, &shown)
}

/// `GET /v1/payouts/{id}/{paypal,wise,sepa}.csv`: the lines that are still to be sent, without those that a flag holds.
pub(crate) fn file(book: &Book, id: &str, name: &str) -> Result<Answer, Problem> {
    let shape = match name {
        "paypal.csv" => Shape::Paypal,
        "wise.csv" => Shape::Wise,
        "sepa.csv" => Shape::Sepa,
        _ => return Err(Problem::not_found()),
    };
    stored(book, id)?;
    let program = book.program()?;
    let lines = lines(book, id)?;
    let payees = lines.iter().filter(|line| line.is_ready()).map(|line| Payee {
        reference: &line.id,
        name: line.name.as_deref(),
        email: line.email.as_deref(),
        iban: line.iban.as_deref(),
        amount: line.amount,
    });
    Ok(Answer { status: 200, body: payout::file(shape, payees, program.currency, &program.facts.name) })
}

/// `POST /v1/payouts/{id}/decision {decision: "paid" | "failed" | "returned", line_ids?, note?}`: what the bank said of
/// these lines, or of all that wait for it. No line is paid while a flag holds a part of it. One with fraud in it is paid
/// only where it is named, since the bank did so: what it paid too much is carried into the person's next line.
pub(crate) fn decide(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    input.require("decision");
    let words = [
        ("paid", ("paid", "created")),
        ("failed", ("failed", "created")),
        ("returned", ("returned", "paid")),
    ];
    let (next, before) = input.choice("decision", &words).unwrap_or(("paid", "created"));
    let note = input.text("note", 1..=1000);
    let wanted = line_ids(&mut input);
    input.finish().map_err(Problem::invalid)?;
    stored(book, id)?;
    let lines = lines(book, id)?;
    let mut chosen: Vec<&Line> = Vec::new();
    match &wanted {
        None => {
            let ready = |line: &&Line| line.state == before && (next != "paid" || line.is_ready());
            chosen.extend(lines.iter().filter(ready));
        }
        Some(ids) => {
            for (at, line_id) in ids.iter().enumerate() {
                let line = lines.iter().find(|line| line.id == *line_id).ok_or_else(|| {
                    Problem::field(
                        &format!("line_ids[{at}]"),
                        "out_of_range.line",
                        "is no line of this batch",
                    )
                })?;
                if next == "paid" && line.state == before && line.held {
                    let detail = format!("A flag holds a part of {line_id}. Decide the flag first.");
                    let held = Problem::conflict("payout_line_held", detail);
                    return Err(held.put(vec![Put::Text(line_id.clone())]));
                } else if line.state == before {
                    chosen.push(line);
                } else if line.state != next {
                    let detail = format!("{line_id} is {} and cannot become {next}.", line.state);
                    let decided = Problem::conflict("payout_line_decided", detail);
                    return Err(decided.put(vec![Put::Text(line_id.clone())]));
                }
            }
        }
    }
    let amount: i64 = chosen.iter().map(|line| line.amount).sum();
    let held = lines.iter().filter(|line| next == "paid" && line.state == before && line.held).count();
    let answer =
        json!({ "id": id, "decision": next, "changed": chosen.len(), "amount": amount, "held": held });
    if chosen.is_empty() {
        return Ok(Decision::answer(Answer::json(200, &answer)?));
    }
    let now = book.now();
    let ids = serde_json::to_string(&chosen.iter().map(|line| &line.id).collect::<Vec<_>>())?;
    let mut writes = Writes::default();
    writes.add(sql!("ledger/payout_lines_decide"), &(next, &note, now.ms(), &ids))?;
    match next {
        "paid" => pay(book, &mut writes, id, &chosen, &ids, now)?,
        "failed" => writes.add(sql!("ledger/payout_items_free"), &(now.ms(), &ids))?,
        _ => {}
    }
    let action = match next {
        "paid" => "payout.paid",
        "failed" => "payout.failed",
        _ => "payout.returned",
    };
    Ok(Decision { answer: Answer::json(201, &answer)?, writes, audit: Some((action, id.to_owned())) })
}

/// Pays the lines' rewards, all but those that were taken back or held meanwhile.
fn pay(
    book: &Book,
    writes: &mut Writes,
    id: &str,
    lines: &[&Line],
    ids: &str,
    now: Instant,
) -> Result<(), Problem> {
    type Row = (String, String, String, String, i64, String);
    let currency = book.program()?.currency;
    for line in lines {
        let paid = json!({ "id": line.id, "payout_id": id, "person_id": line.person_id, "amount": line.amount, "currency": currency });
        event::emit(writes, Event::PayoutPaid, &line.id, now, &paid)?;
    }
    let rewards: Vec<Row> = book.database.rows(sql!("ledger/payout_rewards_due"), &[ids])?;
    for (reward_id, conversion_id, line_id, person_id, amount, currency) in rewards {
        let paid = json!({ "id": reward_id, "conversion_id": conversion_id, "payout_line_id": line_id, "person_id": person_id, "amount": amount, "currency": currency });
        event::emit(writes, Event::RewardPaid, &reward_id, now, &paid)?;
    }
    Ok(writes.add(sql!("ledger/payout_rewards_pay"), &[ids])?)
}

fn line_ids(input: &mut Input<'_>) -> Option<Vec<String>> {
    let value = input.value("line_ids")?;
    let ids: Option<Vec<String>> = value
        .as_array()
        .filter(|list| (1..=MOST_LINES).contains(&list.len()))
        .and_then(|list| list.iter().map(|id| id.as_str().map(str::to_owned)).collect());
    if ids.is_none() {
        let put = vec![Put::number(MOST_LINES)];
        let detail = format!("must be a list of 1 to {MOST_LINES} ids");
        input.refuse_with("line_ids", "wrong_type.entries", put, detail);
    }
    let mut ids = ids.unwrap_or_default();
    ids.sort();
    ids.dedup();
    Some(ids)
}

/// `POST /v1/referrers/{id}/payout_target {name, iban}`: where their money is sent.
pub(crate) fn target(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let name = input.required_text("name", 1..=70);
    let written = input.required_text("iban", 1..=60);
    let iban = payout::iban(&written);
    if iban.is_none() && !written.is_empty() {
        input.refuse(
            "iban",
            "not_an_iban",
            "must be an account number by ISO 13616; its check digits do not fit",
        );
    }
    input.finish().map_err(Problem::invalid)?;
    let iban = iban.ok_or_else(|| Problem::invalid(Vec::new()))?;
    let referrer: Option<(i64, String)> = book.database.row(REFERRERS.by_id, &[id])?;
    referrer.ok_or_else(Problem::not_found)?;
    let answer = json!({ "referrer_id": id, "name": name, "iban": iban });
    let known: Option<(String, String)> = book.database.row(sql!("ledger/payout_target"), &[id])?;
    if known.is_some_and(|known| known == (name.clone(), iban.clone())) {
        return Ok(Decision::answer(Answer::json(200, &answer)?));
    }
    let mut writes = Writes::default();
    writes.add(sql!("ledger/payout_target_put"), &(id, &name, &iban))?;
    retroactive::shared_target(book, &mut writes, id, &iban, book.now())?;
    Ok(Decision {
        answer: Answer::json(201, &answer)?,
        writes,
        audit: Some(("referrer.target_changed", id.to_owned())),
    })
}

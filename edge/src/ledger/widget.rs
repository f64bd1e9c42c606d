//! What the widget asks: joining, and what it shows.

use super::book::Book;
use super::decision::Decision;
use super::person::Person;
use super::proof;
use super::referrer::{self, NewReferrer, link_base};
use super::request::Request;
use crate::answer::Answer;
use crate::click_shard;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::code::Code;
use referral::input::{self, Input};
use referral::link_secret::LinkSecret;
use referral::terms::Side;
use serde_json::{Value, json};

/// `POST /v1/widget/join`: the referrer behind a code made in the browser; joining again changes nothing.
pub(crate) fn join(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let written = input.required_text("proof", 1..=100);
    let person = Person { email: input.email("email"), name: input.text("name", 1..=200) };
    let terms_version = input.integer("terms_version", 1..=i64::from(u32::MAX));
    let secret = LinkSecret::parse(&written);
    if secret.is_none() && !written.is_empty() {
        input.refuse(
            "proof",
            "not_a_proof",
            "must be gws_ and the base64url of 32 bytes, as the widget makes it",
        );
    }
    input.finish().map_err(Problem::invalid)?;
    let Some(secret) = secret else {
        return Err(Problem::invalid(Vec::new()));
    };
    let program = book.program()?;
    if terms_version.is_some_and(|version| version > i64::from(program.terms_version)) {
        return Err(Problem::field("terms_version", "out_of_range", "is no version of this program's terms"));
    }
    let base = link_base(book.isolate()?.as_ref(), &program.facts);
    let shown = |id: &str, code: &str| json!({ "id": id, "code": code, "link": format!("{base}{code}") });
    if let Some((id, code)) = proof::by_secret(book, &secret)? {
        return Ok(Decision::answer(Answer::json(200, &shown(&id, &code))?));
    }
    let code = Code::from_secret(secret.bytes());
    if referrer::taken(book, &code)? {
        return Err(Problem::conflict(
            "code_taken",
            "Another secret has made the same code. Make a new secret and try again.",
        ));
    }
    let mut writes = Writes::default();
    let new = NewReferrer { code, external_id: None, proof_hash: Some(secret.hash()), person };
    let id = new.write(&mut writes, book.now())?;
    let answer = Answer::json(201, &shown(&id, new.code.as_str()))?;
    Ok(Decision { answer, writes, audit: Some(("referrer.joined", id)) })
}

/// `GET /v1/widget/me`: the program's public facts and, with a proof, the referrer's own numbers.
pub(crate) async fn me(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let program = book.program()?;
    let isolate = book.isolate()?;
    let base = link_base(isolate.as_ref(), &program.facts);
    let offer = |side: Side| -> Vec<Value> {
        let rules = program.terms.rewards.iter().filter(|rule| rule.to == side);
        rules.map(|rule| json!({ "rule": rule.id, "on": rule.on, "pay": rule.pay, "currency": program.currency })).collect()
    };
    let referrer = match proof::referrer(book, request)? {
        None => Value::Null,
        Some((id, code)) => {
            let mut shown = numbers(book, &id)?;
            let codes = [code.clone()];
            let mode = request.meta.mode();
            let clicks =
                click_shard::client::counts(isolate.as_ref(), &request.meta.uid, mode, &codes).await?;
            if let Some(fields) = shown.as_object_mut() {
                fields.insert("id".to_owned(), json!(id));
                fields.insert("link".to_owned(), json!(format!("{base}{code}")));
                fields.insert("clicks".to_owned(), json!(clicks.get(&code).copied().unwrap_or(0)));
                fields.insert("code".to_owned(), json!(code));
            }
            shown
        }
    };
    Answer::json(
        200,
        &json!({
            "program": {
                "name": program.facts.name,
                "slug": program.facts.slug,
                "kind": program.facts.kind,
                "currency": program.currency,
                "terms_version": program.terms_version,
                "window_days": program.terms.window_days,
                "hold_days": program.terms.hold_days,
                "minimum_order": program.terms.minimum_order,
                "offer": { "referrer": offer(Side::Referrer), "friend": offer(Side::Friend) },
                "link_base": base,
            },
            "referrer": referrer,
        }),
    )
}

fn numbers(book: &Book, id: &str) -> Result<Value, Problem> {
    let counts: Option<(u64, u64, u64)> = book.database.row(sql!("ledger/me_counts"), &[id])?;
    let (friends, leads, sales) = counts.unwrap_or_default();
    let rewards: Vec<(String, String, i64, u64)> = book.database.rows(sql!("ledger/me_rewards"), &[id])?;
    let recent: Vec<(String,)> = book.database.rows(sql!("ledger/me_recent"), &[id])?;
    let recent: Vec<Value> =
        recent.iter().map(|(body,)| serde_json::from_str(body)).collect::<Result<_, _>>()?;
    let rewards: Vec<Value> = rewards
        .into_iter()
        .map(|(state, currency, amount, count)| json!({ "state": state, "currency": currency, "amount": amount, "count": count }))
        .collect();
    Ok(json!({ "friends": friends, "leads": leads, "sales": sales, "rewards": rewards, "recent": recent }))
}

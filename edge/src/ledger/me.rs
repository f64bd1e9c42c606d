//! `GET /v1/widget/me`: the program's public facts, the caller's link, and the numbers of whoever may read them.

use super::book::{Book, Loaded};
use super::look;
use super::profile;
use super::promise;
use super::readiness;
use super::referrer::link_base;
use super::request::Request;
use super::terms::Version;
use super::who::{self, Account};
use crate::answer::Answer;
use crate::click_shard;
use crate::problem::Problem;
use crate::sql::sql;
use referral::terms::pay::When;
use referral::terms::{RewardRule, Side};
use serde_json::{Value, json};

/// Conversions shown, newest first; as in `me_recent.sql`.
const RECENT: usize = 10;

pub(crate) async fn show(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let program = book.program()?;
    let isolate = book.isolate()?;
    let base = link_base(isolate.as_ref(), &program.facts);
    readiness::note_page(book, request)?;
    let who = who::who(book, request)?;
    let version = promise::in_force(book, &program, who.account.as_ref())?;
    let referrer = match &who.account {
        None => Value::Null,
        Some(account) => {
            let codes: Vec<(String,)> = book.database.rows(sql!("ledger/me_codes"), &[&account.id])?;
            let codes: Vec<String> = codes.into_iter().map(|(code,)| code).collect();
            let mut shown = numbers(book, account, &base, who.identified)?;
            let mode = request.meta.mode();
            let clicks =
                click_shard::client::counts(isolate.as_ref(), &request.meta.uid, mode, &codes).await?;
            if let Some(fields) = shown.as_object_mut() {
                fields.insert("clicks".to_owned(), json!(clicks.values().sum::<u64>()));
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
                "terms_version": version.number,
                "window_days": version.terms.window_days,
                "hold_days": version.terms.hold_days,
                "minimum_order": version.terms.minimum_order,
                "offer": offer(&program, &version),
                "promise": promise::said(&program, &version, request)?,
                "link_base": base,
                "look": look::for_panel(&program, &version, request),
            },
            "link": who.code.map(|code| format!("{base}{code}")),
            "needs_identity": who.signed_out,
            "referrer": referrer,
        }),
    )
}

/// What a version of the terms gives to either side for each conversion, and where a rule is not for all of them, `when`.
/// Prizes for many conversions together are no part of it: whoever read one of them as given each time would be promised
/// too much.
pub(crate) fn offer(program: &Loaded, version: &Version<'_>) -> Value {
    let side = |side: Side| -> Vec<Value> {
        let rules = version.terms.rewards.iter().filter(|rule| rule.to == side);
        let rules = rules.filter(|rule| !rule.when.is_some_and(When::is_milestone));
        let shown = |rule: &RewardRule| {
            let mut shown =
                json!({ "rule": rule.id, "on": rule.on, "pay": rule.pay, "currency": program.currency });
            if let (Some(when), Some(fields)) = (rule.when, shown.as_object_mut()) {
                fields.insert("when".to_owned(), json!(when));
            }
            shown
        };
        rules.map(shown).collect()
    };
    json!({ "referrer": side(Side::Referrer), "friend": side(Side::Friend) })
}

fn numbers(book: &Book, account: &Account, base: &str, identified: bool) -> Result<Value, Problem> {
    let id = account.id.as_str();
    let counts: Option<(u64, u64, u64)> = book.database.row(sql!("ledger/me_counts"), &[id])?;
    let (friends, leads, sales) = counts.unwrap_or_default();
    let rewards: Vec<(String, String, i64, u64)> = book.database.rows(sql!("ledger/me_rewards"), &[id])?;
    let rewards: Vec<Value> = rewards
        .into_iter()
        .map(|(state, currency, amount, count)| json!({ "state": state, "currency": currency, "amount": amount, "count": count }))
        .collect();
    let stored = profile::stored(book, id)?;
    let mut shown = json!({
        "id": id,
        "code": account.code,
        "link": format!("{base}{}", account.code),
        "clicks": 0,
        "friends": friends,
        "leads": leads,
        "sales": sales,
        "show_name": stored.show_name,
        "terms_accepted": stored.terms_accepted,
        "rewards": rewards,
        "recent": recent(book, id)?,
    });
    if let (Some(fields), true) = (shown.as_object_mut(), identified) {
        fields.insert("name".to_owned(), json!(stored.name));
        fields.insert("email".to_owned(), json!(stored.email));
    }
    Ok(shown)
}

/// The newest conversions a referrer brought, or would have brought had their link won, with those of whoever was joined
/// to them.
fn recent(book: &Book, id: &str) -> Result<Vec<Value>, Problem> {
    let everyone: Vec<(String,)> = book.database.rows(sql!("ledger/me_everyone"), &[id])?;
    let mut rows: Vec<(i64, Value)> = Vec::new();
    for (one,) in everyone {
        let found: Vec<(i64, String)> = book.database.rows(sql!("ledger/me_recent"), &(&one, id))?;
        for (seq, body) in found {
            rows.push((seq, serde_json::from_str(&body)?));
        }
    }
    // Newest first; of two views of one conversion the credited one.
    let credited = |body: &Value| body["attribution"]["status"] == "attributed";
    rows.sort_by_key(|(seq, body)| (std::cmp::Reverse(*seq), !credited(body)));
    rows.dedup_by_key(|(seq, _)| *seq);
    rows.truncate(RECENT);
    Ok(rows.into_iter().map(|(_, body)| body).collect())
}

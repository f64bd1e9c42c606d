//! Erasure and subject export: what names a person can be taken out, and can be handed to them. Balances, the chain and
//! the merchant's own ids (`customer_id`, `external_id`) stay: nothing leads from them to a person once the merchant has
//! forgotten too.

pub(crate) mod retention;

use super::book::Book;
use super::decision::Decision;
use super::flag;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Statement, Writes, sql};
use referral::input::{self, Input};
use serde_json::{Value, json};

/// Who is meant.
enum Subject {
    Customer(String),
    Referrer(String),
    Email(String),
}

impl Subject {
    /// The ids under which anything is known of them.
    fn people(&self, book: &Book) -> Result<Vec<String>, Problem> {
        let (statement, name) = match self {
            Self::Customer(id) => (sql!("ledger/friend_of_customer"), id),
            Self::Referrer(id) => (sql!("ledger/referrer_exists"), id),
            Self::Email(email) => (sql!("ledger/people_by_email"), email),
        };
        let rows: Vec<(String,)> = book.database.rows(statement, &[name])?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    fn customer_id(&self) -> Option<&str> {
        match self {
            Self::Customer(id) => Some(id),
            Self::Referrer(_) | Self::Email(_) => None,
        }
    }

    fn email(&self) -> Option<&str> {
        match self {
            Self::Email(email) => Some(email),
            Self::Customer(_) | Self::Referrer(_) => None,
        }
    }
}

/// `POST /v1/erasure {customer_id | referrer_id | email}`: takes out what names a person. Again: nothing is left to take.
pub(crate) fn erase(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let customer = input.text("customer_id", 1..=200).map(Subject::Customer);
    let referrer = input.text("referrer_id", 1..=200).map(Subject::Referrer);
    let email = input.email("email").map(Subject::Email);
    if fields.values().filter(|value| !value.is_null()).count() != 1 {
        input.refuse(
            "customer_id",
            "required",
            "exactly one of customer_id, referrer_id and email must be given",
        );
    }
    input.finish().map_err(Problem::invalid)?;
    let Some(subject) = customer.or(referrer).or(email) else {
        return Err(Problem::invalid(Vec::new()));
    };
    take_out(book, &subject)
}

/// The same for a referrer, who asks themselves.
pub(crate) fn erase_referrer(book: &Book, id: &str) -> Result<Decision, Problem> {
    take_out(book, &Subject::Referrer(id.to_owned()))
}

fn take_out(book: &Book, subject: &Subject) -> Result<Decision, Problem> {
    let ids = subject.people(book)?;
    let people = serde_json::to_string(&ids)?;
    let claims: Vec<(String,)> =
        book.database.rows(sql!("ledger/claims_of"), &(subject.email(), subject.customer_id(), &people))?;
    let counts: Option<(u64, u64, u64, u64, u64, u64)> =
        book.database.row(sql!("ledger/erasure_counts"), &[&people])?;
    let (named, metadata, messages, observations, notes, sightings) = counts.unwrap_or_default();
    let answer = json!({
        "people": named,
        "claims": claims.len(),
        "metadata": metadata,
        "messages": messages,
        "observations": observations,
        "notes": notes,
        "sightings": sightings,
    });
    let answer = Answer::json(200, &answer)?;
    let found = [named, metadata, messages, observations, notes, sightings];
    let doors: Option<(u64,)> = book.database.row(sql!("ledger/portal_doors"), &[&people])?;
    let is_in = doors.is_some_and(|(doors,)| doors > 0);
    let sharings: Option<(u64,)> = book.database.row(sql!("ledger/sharings_count"), &[&people])?;
    let has_shared = sharings.is_some_and(|(sharings,)| sharings > 0);
    if found.iter().all(|count| *count == 0) && claims.is_empty() && !is_in && !has_shared {
        return Ok(Decision::answer(answer));
    }
    let claims: Vec<String> = claims.into_iter().map(|(id,)| id).collect();
    let mut writes = Writes::default();
    overwrite(&mut writes, &people, &claims)?;
    writes.add(sql!("ledger/answers_overwrite"), &[&people])?;
    writes.add(sql!("ledger/answers_delete"), &[(); 0])?;
    let erased = ids.into_iter().chain(claims).collect::<Vec<_>>().join(" ");
    Ok(Decision { answer, writes, audit: Some(("person.erased", erased)) })
}

/// Takes out what names people, JSON of their ids, and what their claims say. Overwritten in its place before it is removed:
/// a removed row leaves its bytes in the file.
fn overwrite(writes: &mut Writes, people: &str, claims: &[String]) -> Result<(), Problem> {
    let claimed = serde_json::to_string(claims)?;
    for statement in [
        sql!("ledger/person_overwrite"),
        sql!("ledger/person_delete"),
        sql!("ledger/payout_target_overwrite"),
        sql!("ledger/payout_target_delete"),
        sql!("ledger/metadata_overwrite"),
        sql!("ledger/metadata_delete"),
        sql!("ledger/message_overwrite"),
        sql!("ledger/message_delete"),
        sql!("ledger/observation_overwrite"),
        sql!("ledger/observation_delete"),
        sql!("ledger/flag_notes_overwrite"),
        sql!("ledger/flag_notes_delete"),
        sql!("ledger/suspension_notes_overwrite"),
        sql!("ledger/suspension_notes_delete"),
        sql!("ledger/sightings_forget"),
        sql!("ledger/own_clicks_forget"),
        sql!("ledger/dispute_message_overwrite"),
        sql!("ledger/dispute_message_empty"),
        sql!("ledger/dispute_decisions_overwrite"),
        sql!("ledger/dispute_decisions_empty"),
        sql!("ledger/dispute_matters_empty"),
        sql!("ledger/flag_decisions_overwrite"),
        sql!("ledger/flag_decisions_empty"),
        sql!("ledger/reward_decisions_overwrite"),
        sql!("ledger/reward_decisions_empty"),
        sql!("ledger/lead_stages_overwrite"),
        sql!("ledger/lead_stages_empty"),
        sql!("ledger/payout_notes_overwrite"),
        sql!("ledger/payout_notes_empty"),
        sql!("ledger/portal_links_delete"),
        sql!("ledger/portal_sessions_delete"),
        sql!("ledger/sharings_forget"),
    ] {
        writes.add(statement, &[people])?;
    }
    // What an export under way kept of lines of payouts: their notes, whoever they name.
    writes.add(sql!("ledger/was_notes_empty"), &[(); 0])?;
    writes.add(sql!("ledger/claims_overwrite"), &[&claimed])?;
    Ok(writes.add(sql!("ledger/claims_forget"), &[&claimed])?)
}

/// `GET /v1/subject-export?customer_id=|referrer_id=`: everything that is known of a person. No address in a URL: URLs end
/// in logs.
pub(crate) fn export(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let one = || Problem::field("query", "unknown_field", "takes exactly one of customer_id and referrer_id");
    let subject = match referral::query::fields(&request.query).as_slice() {
        [(name, value)] if name == "customer_id" => Subject::Customer(value.clone()),
        [(name, value)] if name == "referrer_id" => Subject::Referrer(value.clone()),
        _ => return Err(one()),
    };
    known_of(book, &subject)
}

/// The same for a referrer, who asks themselves.
pub(crate) fn export_referrer(book: &Book, id: &str) -> Result<Answer, Problem> {
    known_of(book, &Subject::Referrer(id.to_owned()))
}

fn known_of(book: &Book, subject: &Subject) -> Result<Answer, Problem> {
    let ids = subject.people(book)?;
    let people = serde_json::to_string(&ids)?;
    let list = |statement: Statement, binding: &str| -> Result<Vec<Value>, Problem> {
        let rows: Vec<(String,)> = book.database.rows(statement, &[binding])?;
        Ok(rows.iter().map(|(body,)| serde_json::from_str(body)).collect::<Result<_, _>>()?)
    };
    let claims = list(sql!("ledger/export_claims"), subject.customer_id().unwrap_or_default())?;
    if ids.is_empty() && claims.is_empty() {
        return Err(Problem::not_found());
    }
    let flags: Vec<(String,)> = book.database.rows(sql!("ledger/export_flags"), &[&people])?;
    let now = book.now();
    let flags = flags.iter().map(|(body,)| flag::shown(body, now));
    let answer = json!({
        "people": list(sql!("ledger/export_people"), &people)?,
        "payout_targets": list(sql!("ledger/export_payout_targets"), &people)?,
        "referrers": list(sql!("ledger/export_referrers"), &people)?,
        "friends": list(sql!("ledger/export_friends"), &people)?,
        "touches": list(sql!("ledger/export_touches"), &people)?,
        "leads": list(sql!("ledger/export_leads"), &people)?,
        "sales": list(sql!("ledger/export_sales"), &people)?,
        "rewards": list(sql!("ledger/export_rewards"), &people)?,
        "payouts": list(sql!("ledger/export_payouts"), &people)?,
        "claims": claims,
        "flags": flags.collect::<Result<Vec<Value>, Problem>>()?,
        "observations": list(sql!("ledger/export_observations"), &people)?,
        "own_clicks": list(sql!("ledger/export_own_clicks"), &people)?,
        "sightings": list(sql!("ledger/export_sightings"), &people)?,
        "suspensions": list(sql!("ledger/export_suspensions"), &people)?,
        "disputes": list(sql!("ledger/export_disputes"), &people)?,
        "portal_sessions": list(sql!("ledger/export_portal_sessions"), &people)?,
    });
    Answer::json(200, &answer)
}

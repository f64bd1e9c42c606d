//! Groups of referrers with terms of their own: partners beside customers, ambassadors beside everybody.

use super::book::{Book, new_id};
use super::decision::Decision;
use super::desk::{self, ROWS, Rows};
use super::event;
use super::expected;
use super::list::{GROUPS, REFERRERS};
use super::request::Request;
use crate::admin;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::event::Event;
use referral::input::{self, Input};
use referral::instant::Instant;
use referral::money::LARGEST_AMOUNT;
use referral::terms::Terms;
use serde_json::{Value, json};

/// The group a referrer is in now.
pub(crate) fn of(book: &Book, referrer_id: &str) -> Result<Option<String>, Problem> {
    let row: Option<(Option<String>,)> = book.database.row(sql!("ledger/membership_now"), &[referrer_id])?;
    Ok(row.and_then(|(group_id,)| group_id))
}

/// A group as it is shown.
pub(super) fn stored(book: &Book, id: &str) -> Result<Option<Value>, Problem> {
    let row: Option<(i64, String)> = book.database.row(GROUPS.by_id, &[id])?;
    Ok(row.map(|(_, body)| serde_json::from_str(&body)).transpose()?)
}

/// A page of groups, newest first.
pub(super) fn rows(book: &Book, before: Option<i64>) -> Result<Rows, Problem> {
    desk::cut(book.database.rows(GROUPS.older, &(before.unwrap_or(LARGEST_AMOUNT), ROWS + 1))?)
}

/// Every group there is, to choose from: id and name.
pub(super) fn names(book: &Book) -> Result<Vec<(String, String)>, Problem> {
    Ok(book.database.rows(sql!("ledger/group_names"), &[(); 0])?)
}

/// Whether a group's newest terms, as shown, are these.
fn same(shown: &Value, terms: &Terms) -> bool {
    shown.get("terms").and_then(|body| serde_json::from_value::<Terms>(body.clone()).ok()).as_ref()
        == Some(terms)
}

/// Writes a version of a group's terms and gives it as it will be shown.
fn write_terms(
    writes: &mut Writes,
    book: &Book,
    id: &str,
    terms: &Terms,
    now: Instant,
) -> Result<Value, Problem> {
    let version = book.program()?.last_version + 1;
    let mut shown = serde_json::to_value(terms)?;
    writes.add(sql!("ledger/terms_insert"), &(version, shown.to_string(), now.ms()))?;
    writes.add(sql!("ledger/group_terms_insert"), &(version, id))?;
    let changed = json!({ "version": version, "group_id": id, "terms": terms });
    event::emit(writes, Event::TermsChanged, &version.to_string(), now, &changed)?;
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("version".to_owned(), json!(version));
        fields.insert("created_at".to_owned(), json!(now));
    }
    Ok(shown)
}

/// `POST /v1/groups {name, terms}`: once per name.
pub(crate) fn create(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let name = input.required_text("name", 1..=100);
    input.require("terms");
    let terms = admin::read_terms(&mut input);
    input.finish().map_err(Problem::invalid)?;
    let terms = terms.ok_or_else(|| Problem::invalid(Vec::new()))?;
    let known: Option<(String,)> = book.database.row(sql!("ledger/group_by_name"), &[&name])?;
    if let Some((id,)) = known {
        let shown = stored(book, &id)?.ok_or_else(Problem::not_found)?;
        if same(&shown, &terms) {
            return Ok(Decision::answer(Answer::json(200, &shown)?));
        }
        let detail =
            "There is a group of this name with other terms. Change them with POST /v1/groups/{id}/terms.";
        return Err(Problem::conflict("group_conflict", detail));
    }
    let now = book.now();
    let id = new_id("grp")?;
    let mut writes = Writes::default();
    writes.add(sql!("ledger/group_insert"), &(&id, &name, now.ms()))?;
    let terms = write_terms(&mut writes, book, &id, &terms, now)?;
    let shown = json!({ "id": id, "name": name, "terms": terms, "created_at": now });
    Ok(Decision { answer: Answer::json(201, &shown)?, writes, audit: Some(("group.created", id)) })
}

/// `POST /v1/groups/{id}/terms {terms, version?}`: a new version, for clicks from now on. A `version` that is not the
/// group's newest is refused.
pub(crate) fn change(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let mut fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut shown = stored(book, id)?.ok_or_else(Problem::not_found)?;
    let newest = shown.pointer("/terms/version").and_then(Value::as_u64).unwrap_or_default();
    expected::take(&mut fields, "version", newest, "group")?;
    let mut input = Input::new("", &fields);
    input.require("terms");
    let terms = admin::read_terms(&mut input);
    input.finish().map_err(Problem::invalid)?;
    let terms = terms.ok_or_else(|| Problem::invalid(Vec::new()))?;
    if same(&shown, &terms) {
        return Ok(Decision::answer(Answer::json(200, &shown)?));
    }
    let mut writes = Writes::default();
    let terms = write_terms(&mut writes, book, id, &terms, book.now())?;
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("terms".to_owned(), terms);
    }
    Ok(Decision {
        answer: Answer::json(201, &shown)?,
        writes,
        audit: Some(("group.terms_changed", id.to_owned())),
    })
}

/// `POST /v1/referrers/{id}/group {group_id}`: from now on; null takes a referrer out of their group.
pub(crate) fn put(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let group_id = input.text("group_id", 1..=40);
    if !fields.contains_key("group_id") {
        input.refuse("group_id", "required", "is missing; null takes the referrer out of their group");
    }
    input.finish().map_err(Problem::invalid)?;
    let referrer: Option<(i64, String)> = book.database.row(REFERRERS.by_id, &[id])?;
    referrer.ok_or_else(Problem::not_found)?;
    if let Some(group_id) = &group_id
        && stored(book, group_id)?.is_none()
    {
        return Err(Problem::field("group_id", "out_of_range.group", "is no group of this program"));
    }
    let answer = json!({ "referrer_id": id, "group_id": group_id });
    if of(book, id)? == group_id {
        return Ok(Decision::answer(Answer::json(200, &answer)?));
    }
    let mut writes = Writes::default();
    writes.add(sql!("ledger/membership_insert"), &(id, &group_id, book.now().ms()))?;
    Ok(Decision {
        answer: Answer::json(201, &answer)?,
        writes,
        audit: Some(("referrer.grouped", id.to_owned())),
    })
}

//! Keys: shown once, kept as hashes, rotated with an overlap.

use super::book::{Book, StoredKey, new_id};
use super::decision::Decision;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::api_key::{ApiKey, KeyKind};
use referral::input::{self, Input};
use referral::instant::Instant;
use serde_json::{Value, json};

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

fn shown(key: &StoredKey) -> Value {
    json!({
        "id": key.id,
        "kind": key.kind,
        "created_at": Instant::from_ms(key.created_at),
        "expires_at": key.expires_at.map(Instant::from_ms),
    })
}

/// The whole key where it is publishable: it stands in every page, and still follows from its id unless it was made
/// before keys did, or the root keys have changed since.
fn publishable(book: &Book, request: &Request, stored: &StoredKey) -> Result<Option<String>, Problem> {
    if stored.kind != KeyKind::Publishable.word() {
        return Ok(None);
    }
    let isolate = book.isolate()?;
    let (mode, uid) = (request.meta.key_mode(), request.meta.uid.as_str());
    let of = |root| ApiKey::of_id(root, KeyKind::Publishable, mode, uid, &stored.id);
    let key = isolate.root_keys.iter().filter_map(of).find(|key| key.hash() == stored.hash);
    Ok(key.map(|key| key.text().to_owned()))
}

/// The newest key for pages that nothing ends, where it is known.
pub(crate) fn for_pages(book: &Book, request: &Request) -> Result<Option<String>, Problem> {
    let program = book.program()?;
    for stored in program.keys.iter().rev().filter(|key| key.expires_at.is_none()) {
        if let Some(key) = publishable(book, request, stored)? {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// `GET /v1/keys`: what is known of the keys; of secret ones never the keys.
pub(crate) fn list(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let mut keys: Vec<Value> = Vec::new();
    for stored in &book.program()?.keys {
        let mut shown = shown(stored);
        if let Some(fields) = shown.as_object_mut() {
            fields.insert("key".to_owned(), json!(publishable(book, request, stored)?));
        }
        keys.push(shown);
    }
    Answer::json(200, &json!({ "data": keys, "has_more": false, "next_cursor": null }))
}

/// `POST /v1/keys {kind, overlap_hours?}`: a new key; the others of its kind end after the overlap (24 h).
pub(crate) fn rotate(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    input.require("kind");
    let kinds = [KeyKind::Publishable, KeyKind::Secret, KeyKind::Identity].map(|kind| (kind.word(), kind));
    let kind = input.choice("kind", &kinds).unwrap_or(KeyKind::Secret);
    let overlap = input.integer("overlap_hours", 0..=720).unwrap_or(24);
    input.finish().map_err(Problem::invalid)?;
    let now = book.now().ms();
    let live = book
        .program()?
        .keys
        .iter()
        .filter(|key| key.kind == kind.word() && key.expires_at.is_none_or(|end| now < end))
        .count();
    if live > 1 && overlap > 0 {
        return Err(Problem::conflict(
            "two_keys_live",
            "Two keys of this kind are live already. Revoke one, or rotate with overlap_hours 0.",
        ));
    }
    let id = new_id("key")?;
    let key = derive(book, request, kind, &id)?;
    let mut writes = Writes::default();
    writes.add(sql!("ledger/key_insert"), &(&id, kind.word(), key.hash(), now))?;
    writes.add(sql!("ledger/keys_expire_others"), &(now + overlap * HOUR_MS, kind.word(), &id))?;
    let answer = json!({
        "id": id,
        "kind": kind.word(),
        "created_at": Instant::from_ms(now),
        "others_expire_at": Instant::from_ms(now + overlap * HOUR_MS),
    });
    Ok(Decision { answer: Answer::json(201, &answer)?, writes, audit: Some(("key.rotated", id)) })
}

/// The key that belongs to an id, so that the answer to a repeated call can show it again without anybody keeping it.
fn derive(book: &Book, request: &Request, kind: KeyKind, id: &str) -> Result<ApiKey, Problem> {
    let root = &book.isolate()?.root_keys;
    ApiKey::of_id(root.signing(), kind, request.meta.key_mode(), &request.meta.uid, id)
        .ok_or_else(|| Problem::internal("the program's uid is malformed"))
}

/// Adds the key to the answer of [`rotate`], which is remembered without it. Null once the root keys have changed.
pub(crate) fn reveal(book: &Book, request: &Request, answer: &Answer) -> Result<Answer, Problem> {
    let mut body: Value = serde_json::from_str(&answer.body)?;
    let Some(fields) = body.as_object_mut() else { return Ok(answer.clone()) };
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let kind = KeyKind::named(text("kind")).unwrap_or(KeyKind::Publishable);
    let key = derive(book, request, kind, text("id"))?;
    let known = book.program()?.keys.iter().any(|stored| stored.hash == key.hash());
    fields.insert("key".to_owned(), if known { json!(key.text()) } else { Value::Null });
    Answer::json(answer.status, &body)
}

/// `DELETE /v1/keys/{id}`: the key ends now. A key cannot end itself, so that nobody locks themselves out.
pub(crate) fn revoke(book: &Book, request: &Request, id: &str) -> Result<Answer, Problem> {
    let program = book.program()?;
    let key = program.keys.iter().find(|key| key.id == id).ok_or_else(Problem::not_found)?;
    if key.hash == request.meta.key_hash {
        return Err(Problem::conflict(
            "key_in_use",
            "A key cannot revoke itself. Use another secret key, or rotate with overlap_hours 0.",
        ));
    }
    let now = book.now().ms();
    let ended = StoredKey { expires_at: Some(key.expires_at.map_or(now, |end| end.min(now))), ..key.clone() };
    if ended.expires_at == key.expires_at {
        return Answer::json(200, &shown(&ended));
    }
    let mut writes = Writes::default();
    writes.add(sql!("ledger/key_expire"), &(ended.expires_at, id))?;
    book.audit(&mut writes, request, "key.revoked", id)?;
    book.commit(writes, request.failpoint())?;
    book.forget();
    Answer::json(200, &shown(&ended))
}

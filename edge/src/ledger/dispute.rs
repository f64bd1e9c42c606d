//! Disputes: a referrer's doubt about a conversion, or about one that is missing, and what both sides say about it. How
//! they end: [`super::ruling`].

use super::book::{Book, new_id};
use super::decision::Decision;
use super::event;
use super::list::{self, DISPUTES, Source};
use super::promise;
use super::reattribution;
use super::request::Request;
use super::terms;
use super::trace::{self, Reader};
use super::who;
use crate::answer::Answer;
use crate::paging::{self, Cursor, Page};
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::event::Event;
use referral::input::{self, Input};
use referral::instant::Instant;
use referral::money::LARGEST_AMOUNT;
use serde_json::{Value, json};

/// Most words after the first in one dispute.
const MOST_MESSAGES: u32 = 50;

/// Of which nobody decided, due before an instant.
const UNDECIDED: Source = Source {
    older: sql!("ledger/disputes_older_undecided"),
    newer: sql!("ledger/disputes_newer_undecided"),
    by_id: sql!("ledger/dispute_by_id"),
};

/// Of one referrer, by the ids under which they are known.
const OWN: Source = Source {
    older: sql!("ledger/own_disputes_older"),
    newer: sql!("ledger/own_disputes_newer"),
    by_id: sql!("ledger/dispute_by_id"),
};

/// `POST /v1/disputes {about, message}` with the referrer's proof or identity, or `{referrer_id, about, message}` with a
/// secret key on their behalf: once per matter.
pub(crate) fn open(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let merchant = trace::is_merchant(book, request);
    let account = if merchant { None } else { Some(who::account(book, request)?.id) };
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let about = input.required_text("about", 1..=200);
    let message = input.required_lines("message", 1..=2000);
    let named = if merchant { Some(input.required_text("referrer_id", 1..=200)) } else { None };
    input.finish().map_err(Problem::invalid)?;
    let referrer_id = match (account, named) {
        (Some(id), _) => id,
        (None, named) => known(book, named.as_deref().unwrap_or_default())?,
    };
    let known: Option<(String, String)> =
        book.database.row(sql!("ledger/dispute_by_about"), &(&referrer_id, &about))?;
    if let Some((body, _)) = known {
        let body: Value = serde_json::from_str(&body)?;
        return Ok(Decision::answer(Answer::json(200, &opened(&body))?));
    }
    let id = new_id("dsp")?;
    let mut writes = Writes::default();
    let now = book.now();
    let program = book.program()?;
    let days = terms::of_referrer(book, &program, &referrer_id, now)?.terms.dispute_days;
    let due_at = now.plus_days(days);
    let conversion = reattribution::conversion_named(book, &about)?;
    // Not in their own words: what is told to the world stays there.
    let told = json!({ "id": id, "referrer_id": referrer_id, "about": conversion });
    let snapshot = conversion.map(|id| snapshot(book, &id)).transpose()?.flatten();
    let opened_by = if merchant { "merchant" } else { "referrer" };
    let row = (&id, &referrer_id, &about, now.ms(), due_at.ms(), opened_by, snapshot);
    writes.add(sql!("ledger/dispute_insert"), &row)?;
    writes.add(sql!("ledger/message_insert"), &(&id, &message))?;
    event::emit(&mut writes, Event::DisputeOpened, &id, now, &told)?;
    let shown = opened(&json!({ "id": id, "about": about, "status": "open", "due_at": due_at }));
    Ok(Decision { answer: Answer::json(201, &shown)?, writes, audit: Some(("dispute.opened", id)) })
}

/// What whoever opened it is answered.
fn opened(dispute: &Value) -> Value {
    let fields = ["id", "about", "status", "due_at"];
    fields.into_iter().map(|name| (name.to_owned(), dispute.get(name).cloned().unwrap_or_default())).collect()
}

/// A referrer by their id, as they are known now.
fn known(book: &Book, id: &str) -> Result<String, Problem> {
    let unknown = || Problem::field("referrer_id", "out_of_range", "is no referrer of this program");
    let row: Option<(String,)> = book.database.row(sql!("ledger/referrer_now"), &[id])?;
    row.map(|(id,)| id).ok_or_else(unknown)
}

/// The trace as it stands, to be kept. Free words stay out of it: what may name somebody stands where it can be taken out.
fn snapshot(book: &Book, conversion_id: &str) -> Result<Option<String>, Problem> {
    let Some(mut story) = trace::stored(book, conversion_id)? else { return Ok(None) };
    for step in &mut story.stages {
        step.reason = None;
    }
    Ok(Some(serde_json::to_string(&story)?))
}

/// A dispute as it is stored.
pub(crate) struct Stored {
    /// Whose it is, as they are known now.
    pub(crate) referrer_id: String,
    pub(crate) about: String,
    pub(crate) decided: Option<String>,
    body: Value,
    trace: Option<String>,
}

impl Stored {
    /// The dispute of this id, for whoever may read it.
    pub(crate) fn read(book: &Book, reader: &Reader, id: &str) -> Result<Self, Problem> {
        type Row = (String, String, String, Option<String>, String, Option<String>);
        let row: Option<Row> = book.database.row(sql!("ledger/dispute_standing"), &[id])?;
        let (opened_as, referrer_id, about, decided, body, trace) = row.ok_or_else(Problem::not_found)?;
        if let Reader::Referrer(mine) = reader
            && !mine.contains(&opened_as)
        {
            return Err(Problem::not_found());
        }
        Ok(Self { referrer_id, about, decided, body: serde_json::from_str(&body)?, trace })
    }

    /// As it is answered to its reader, with the trace as it stood when it was opened.
    pub(crate) fn shown(&self, book: &Book, reader: &Reader, request: &Request) -> Result<Value, Problem> {
        let story = self.trace.as_deref().map(trace::read).transpose()?;
        let story = story.and_then(|story| reader.reads(story));
        let locale = promise::locale(request)?;
        let mut shown = with_overdue(self.body.clone(), book.now());
        if let Some(fields) = shown.as_object_mut() {
            let trace = story.map(|story| trace::shown(&story, locale)).transpose()?;
            fields.insert("trace".to_owned(), trace.unwrap_or_default());
            if let (Reader::Referrer(mine), Some(moved)) = (reader, fields.get_mut("reattribution")) {
                // Who lost the credit is theirs to know.
                if moved["lost_by"].as_str().is_some_and(|id| mine.iter().all(|known| known != id)) {
                    moved["lost_by"] = Value::Null;
                }
            }
        }
        Ok(shown)
    }

    pub(crate) fn insert(&mut self, name: &str, value: Value) {
        if let Some(fields) = self.body.as_object_mut() {
            fields.insert(name.to_owned(), value);
        }
    }
}

/// Whether it is due and nobody decided.
fn with_overdue(mut dispute: Value, now: Instant) -> Value {
    let decided = !dispute["decided_at"].is_null();
    let due = dispute["due_at"].as_str().and_then(Instant::parse);
    if let Some(fields) = dispute.as_object_mut() {
        fields.insert("overdue".to_owned(), json!(!decided && due.is_some_and(|due| due < now)));
    }
    dispute
}

/// `GET /v1/disputes/{id}?locale=`: with a secret key, or with the proof or identity of whose it is.
pub(crate) fn show(book: &Book, request: &Request, id: &str) -> Result<Answer, Problem> {
    let reader = Reader::of(book, request)?;
    Answer::json(200, &Stored::read(book, &reader, id)?.shown(book, &reader, request)?)
}

/// `GET /v1/disputes?status=open|overdue`: newest first, all of them or those nobody decided.
pub(crate) fn page(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let (of_status, rest): (Vec<&str>, Vec<&str>) =
        request.query.split('&').partition(|pair| pair.starts_with("status="));
    let page = Page::read(&rest.join("&"))?;
    let due_before = match of_status.as_slice() {
        [] => None,
        ["status=open"] => Some(LARGEST_AMOUNT),
        ["status=overdue"] => Some(book.now().ms()),
        [_] => return Err(Problem::field("status", "unknown_word", "must be one of open, overdue")),
        _ => return Err(Problem::field("status", "out_of_range", "can be given once")),
    };
    let (rows, has_more) = match due_before {
        None => list::rows(book, &DISPUTES, &page)?,
        Some(before) => list::rows_of(book, &UNDECIDED, &page, Some(&before))?,
    };
    let last_id = rows.last().map(|(_, id, _)| id.clone());
    let locale = promise::locale_named(None, request)?;
    let shown = |(_, _, body): &(i64, String, String)| -> Result<Value, Problem> {
        let mut dispute = with_overdue(serde_json::from_str(body)?, book.now());
        if let Some(kept) = dispute.get_mut("trace").filter(|kept| !kept.is_null()) {
            *kept = trace::shown(&trace::read(&kept.to_string())?, locale)?;
        }
        Ok(dispute)
    };
    let data: Vec<Value> = rows.iter().map(shown).collect::<Result<_, _>>()?;
    Answer::json(200, &paging::shown(&data, has_more, last_id))
}

/// `GET /v1/widget/disputes`: those of whoever the proof or identity names, newest first. What a referrer knows by heart and
/// what they may not know is left out; the trace of one is told by `GET /v1/disputes/{id}`.
pub(crate) fn own(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let mine = trace::everyone(book, &who::account(book, request)?.id)?;
    let page = Page::read(&request.query)?;
    let reader = Reader::Referrer(mine.clone());
    if let Some(Cursor::After(id) | Cursor::Before(id)) = &page.cursor {
        // Another's id is no place in this list.
        Stored::read(book, &reader, id)
            .map_err(|_| Problem::field("cursor", "out_of_range", "is not the id of an item of this list"))?;
    }
    let (rows, has_more) = list::rows_of(book, &OWN, &page, Some(&serde_json::to_string(&mine)?))?;
    let last_id = rows.last().map(|(_, id, _)| id.clone());
    let shown = |(_, _, body): &(i64, String, String)| -> Result<Value, Problem> {
        let mut dispute = with_overdue(serde_json::from_str(body)?, book.now());
        if let Some(fields) = dispute.as_object_mut() {
            fields.retain(|name, _| !matches!(name.as_str(), "referrer_id" | "reattribution"));
        }
        Ok(dispute)
    };
    let data: Vec<Value> = rows.iter().map(shown).collect::<Result<_, _>>()?;
    Answer::json(200, &paging::shown(&data, has_more, last_id))
}

/// `POST /v1/disputes/{id}/messages {message}`: another word of the merchant's or of the referrer's.
pub(crate) fn say(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let reader = Reader::of(book, request)?;
    let mut dispute = Stored::read(book, &reader, id)?;
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let message = input.required_lines("message", 1..=2000);
    input.finish().map_err(Problem::invalid)?;
    if dispute.decided.is_some() {
        return Err(Problem::conflict(
            "dispute_decided",
            "This dispute was decided. Nothing is added to it.",
        ));
    }
    let before: Option<(u32,)> = book.database.row(sql!("ledger/dispute_messages_count"), &[id])?;
    if before.is_some_and(|(before,)| before >= MOST_MESSAGES) {
        return Err(Problem::conflict("dispute_full", "This dispute has 50 messages. Decide it, or talk."));
    }
    let (by, waits_for) = match reader {
        Reader::Merchant => ("merchant", "waiting_for_referrer"),
        Reader::Referrer(_) => ("referrer", "waiting_for_merchant"),
    };
    let now = book.now();
    let message_id = new_id("msg")?;
    let mut writes = Writes::default();
    writes.add(sql!("ledger/dispute_message_insert"), &(&message_id, id, by, &message, now.ms()))?;
    let said = json!({ "id": message_id, "by": by, "message": message, "created_at": now });
    let mut messages = dispute.body["messages"].as_array().cloned().unwrap_or_default();
    messages.push(said);
    dispute.insert("messages", messages.into());
    dispute.insert("status", json!(waits_for));
    let shown = dispute.shown(book, &reader, request)?;
    Ok(Decision {
        answer: Answer::json(201, &shown)?,
        writes,
        audit: Some(("dispute.message", id.to_owned())),
    })
}

//! Flags: our doubt about a conversion, listed for a person, with what other people noted.

use super::book::{Book, Loaded, new_id};
use super::decision::Decision;
use super::event;
use super::list::{self, FLAGS};
use super::request::Request;
use crate::answer::Answer;
use crate::paging::{self, Cursor, Page};
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::event::Event;
use referral::fraud::review::{ESCALATION_DAYS, REMINDER_DAYS, due};
use referral::fraud::{Flag, Rule};
use referral::input::{self, Input};
use referral::instant::{DAY_MS, Instant};
use serde_json::{Value, json};

/// What a flag is about.
#[expect(clippy::struct_field_names, reason = "they are ids, and called so in rows and JSON")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'a> {
    pub(crate) conversion_id: &'a str,
    pub(crate) referrer_id: &'a str,
    pub(crate) friend_id: &'a str,
}

/// Writes a flag and tells of it.
pub(crate) fn raise(
    writes: &mut Writes,
    program: &Loaded,
    about: &About<'_>,
    flag: &Flag,
    now: Instant,
) -> Result<(), Problem> {
    let id = new_id("flg")?;
    let row = (
        &id,
        about.conversion_id,
        about.referrer_id,
        about.friend_id,
        flag.rule.word(),
        flag.weight,
        flag.evidence.to_string(),
        program.fraud.version,
        now.ms(),
    );
    writes.gather(sql!("ledger/flags_insert"), &row)?;
    let opened = json!({
        "id": id,
        "conversion_id": about.conversion_id,
        "referrer_id": about.referrer_id,
        "rule": flag.rule.word(),
        "weight": flag.weight,
    });
    event::emit(writes, Event::FlagOpened, &id, now, &opened)
}

/// A flag as stored, with what follows from it by now: the rule's sentence, and how long it has waited.
pub(crate) fn shown(body: &str, now: Instant) -> Result<Value, Problem> {
    let mut body: Value = serde_json::from_str(body)?;
    let word = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let rule = Rule::named(&word("rule"));
    let opened = Instant::parse(&word("created_at"));
    let open = word("status") == "open";
    if let Some(fields) = body.as_object_mut() {
        fields.insert("because".to_owned(), json!(rule.map(Rule::sentence)));
        let waiting = opened.filter(|_| open);
        fields.insert("due".to_owned(), json!(waiting.map(|opened| due(opened, now))));
        fields.insert("reminder_at".to_owned(), json!(waiting.map(|opened| opened.plus_days(REMINDER_DAYS))));
        let escalation = waiting.map(|opened| opened.plus_days(ESCALATION_DAYS));
        fields.insert("escalation_at".to_owned(), json!(escalation));
    }
    Ok(body)
}

/// Which flags a caller wants, beside the page.
#[derive(Default)]
struct Filter {
    status: Option<String>,
    rule: Option<&'static str>,
    referrer_id: Option<String>,
    /// Open, and not younger than so many days, but younger than so many.
    due: Option<(u16, u16)>,
}

/// Reads `status`, `rule`, `referrer_id` and `due`, and leaves the rest of the query to the page.
fn read(query: &str) -> Result<(Filter, Page), Problem> {
    let mut filter = Filter::default();
    let mut rest = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("status", word)) if matches!(word, "open" | "released" | "confirmed") => {
                filter.status = Some(word.to_owned());
            }
            Some(("status", _)) => {
                return Err(Problem::field("status", "unknown_word", "must be open, released or confirmed"));
            }
            Some(("rule", word)) => {
                let rule = Rule::named(word)
                    .ok_or_else(|| Problem::field("rule", "unknown_word", "is not the word of a rule"))?;
                filter.rule = Some(rule.word());
            }
            Some(("due", word)) => {
                filter.due = Some(match word {
                    "later" => (0, REMINDER_DAYS),
                    "reminder" => (REMINDER_DAYS, ESCALATION_DAYS),
                    "escalated" => (ESCALATION_DAYS, u16::MAX),
                    _ => {
                        let detail = "must be later, reminder or escalated";
                        return Err(Problem::field("due", "unknown_word", detail));
                    }
                });
            }
            Some(("referrer_id", id)) => filter.referrer_id = Some(id.to_owned()),
            _ => rest.push(pair),
        }
    }
    Ok((filter, Page::read(&rest.join("&"))?))
}

/// `GET /v1/flags?status=&rule=&referrer_id=&due=`.
pub(crate) fn page(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let (filter, page) = read(&request.query)?;
    let (statement, from) = match &page.cursor {
        None => (FLAGS.older, referral::money::LARGEST_AMOUNT),
        Some(Cursor::After(id)) => (FLAGS.older, list::seq_of(book, &FLAGS, id)?),
        Some(Cursor::Before(id)) => (FLAGS.newer, list::seq_of(book, &FLAGS, id)?),
    };
    let wanted = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let now = book.now();
    let days_ago = |days: u16| now.ms() - i64::from(days) * DAY_MS;
    let (until, after) = filter.due.map(|(from, to)| (days_ago(from), days_ago(to))).unzip();
    let row = (from, page.limit + 1, &filter.status, filter.rule, &filter.referrer_id, until, after);
    let mut rows: Vec<(i64, String, String)> = book.database.rows(statement, &row)?;
    let has_more = rows.len() > wanted;
    rows.truncate(wanted);
    if matches!(page.cursor, Some(Cursor::Before(_))) {
        rows.reverse();
    }
    let last_id = rows.last().map(|(_, id, _)| id.clone());
    let data: Vec<Value> = rows.iter().map(|(_, _, body)| shown(body, now)).collect::<Result<_, _>>()?;
    Answer::json(200, &paging::shown(&data, has_more, last_id))
}

/// `POST /v1/flags/{id}/notes {note}`: what one reviewer tells the next. The same words again add nothing.
pub(crate) fn note(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let note = input.required_text("note", 1..=1000);
    input.finish().map_err(Problem::invalid)?;
    let stored: Option<(i64, String)> = book.database.row(FLAGS.by_id, &[id])?;
    let (_, body) = stored.ok_or_else(Problem::not_found)?;
    let now = book.now();
    let mut flag = shown(&body, now)?;
    let known: Option<(u8,)> = book.database.row(sql!("ledger/flag_note_known"), &(id, &note))?;
    if known.is_some() {
        return Ok(Decision::answer(Answer::json(200, &flag)?));
    }
    let actor = book.caller(request).map(|key| key.id);
    let mut writes = Writes::default();
    writes.add(sql!("ledger/flag_note_insert"), &(id, &note, &actor, now.ms()))?;
    if let Some(notes) = flag.get_mut("notes").and_then(Value::as_array_mut) {
        notes.push(json!({ "note": note, "by": actor, "created_at": now }));
    }
    Ok(Decision { answer: Answer::json(201, &flag)?, writes, audit: Some(("flag.noted", id.to_owned())) })
}

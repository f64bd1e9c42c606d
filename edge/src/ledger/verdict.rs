//! Verdicts: a person decides about flags, one or many at once, all of them or none.

use super::book::Book;
use super::decision::Decision;
use super::event;
use super::flag;
use super::rebinding;
use super::refund::{self, Standing};
use super::request::Request;
use super::suspension::{self, Became};
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::chain::Row as Link;
use referral::event::Event;
use referral::fraud::Rule;
use referral::input::{self, Input};
use referral::instant::Instant;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Most flags of one call.
const MOST: usize = 100;

/// What a person decides about a flag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Released,
    Confirmed,
}

impl Verdict {
    const fn word(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::Confirmed => "confirmed",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Released => "flag.released",
            Self::Confirmed => "flag.confirmed",
        }
    }
}

/// What a call says: the verdict and why.
struct Said {
    verdict: Verdict,
    note: Option<String>,
    ids: Vec<String>,
    /// The flags' customers are taken from their referrers as well.
    unbind: bool,
}

impl Said {
    fn read(request: &Request, id: Option<&str>) -> Result<Self, Problem> {
        let fields = input::object(&request.body).map_err(Problem::invalid)?;
        let mut input = Input::new("", &fields);
        input.require("decision");
        let words = [("release", Verdict::Released), ("confirm", Verdict::Confirmed)];
        let verdict = input.choice("decision", &words).unwrap_or(Verdict::Released);
        let note = input.text("note", 1..=1000);
        let unbind = input.flag("unbind").unwrap_or(false);
        if unbind && verdict == Verdict::Released {
            input.refuse("unbind", "out_of_place", "goes with confirm only");
        }
        let ids = match id {
            Some(id) => vec![id.to_owned()],
            None => read_ids(&mut input),
        };
        input.finish().map_err(Problem::invalid)?;
        Ok(Self { verdict, note, ids, unbind })
    }
}

fn read_ids(input: &mut Input<'_>) -> Vec<String> {
    input.require("ids");
    let Some(value) = input.value("ids") else { return Vec::new() };
    let list = value.as_array().filter(|list| (1..=MOST).contains(&list.len()));
    let ids = list.and_then(|list| list.iter().map(|id| id.as_str().map(str::to_owned)).collect());
    if ids.is_none() {
        input.refuse("ids", "out_of_range.list", "must be a list of 1 to 100 ids of flags");
    }
    ids.unwrap_or_default()
}

/// `POST /v1/flags/{id}/decision {decision: "release" | "confirm", note?, unbind?}`.
pub(crate) fn one(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let said = Said::read(request, Some(id))?;
    let (mut decision, mut data) = decide(book, request, &said)?.ok_or_else(Problem::not_found)?;
    decision.answer = Answer::json(decision.answer.status, &data.pop())?;
    Ok(decision)
}

/// `POST /v1/flags/decisions {ids, decision, note?, unbind?}`: all of them or none.
pub(crate) fn many(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let said = Said::read(request, None)?;
    let unknown = || Problem::field("ids", "unknown_id", "names a flag that is not of this program");
    let (mut decision, data) = decide(book, request, &said)?.ok_or_else(unknown)?;
    decision.answer = Answer::json(decision.answer.status, &json!({ "data": data }))?;
    Ok(decision)
}

/// Decides, and gives the flags as they stand then; none where one is unknown.
fn decide(book: &Book, request: &Request, said: &Said) -> Result<Option<(Decision, Vec<Value>)>, Problem> {
    type Row = (String, String, String, String, Option<String>);
    let wanted: BTreeSet<&String> = said.ids.iter().collect();
    let ids = serde_json::to_string(&wanted)?;
    let standing: Vec<Row> = book.database.rows(sql!("ledger/flags_standing"), &[&ids])?;
    if standing.len() != wanted.len() {
        return Ok(None);
    }
    let word = said.verdict.word();
    if standing.iter().any(|(.., decided)| decided.as_deref().is_some_and(|decided| decided != word)) {
        return Err(Problem::conflict("flag_decided", "A flag was decided the other way before."));
    }
    let now = book.now();
    let open: Vec<&Row> = standing.iter().filter(|(.., decided)| decided.is_none()).collect();
    let mut writes = Writes::default();
    // Flags by the conversion they stand at: its rewards are let go or taken back once.
    let mut conversions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut referrers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (id, conversion_id, referrer_id, ..) in &open {
        writes.add(sql!("ledger/flag_decision_insert"), &(id, word, &said.note, now.ms()))?;
        writes.sealed.push(Link::new("flag_decision", id, vec![word.into(), now.ms().into()]));
        let told = json!({ "id": id, "conversion_id": conversion_id, "decision": word });
        event::emit(&mut writes, Event::FlagDecided, id, now, &told)?;
        book.audit(&mut writes, request, said.verdict.action(), id)?;
        conversions.entry(conversion_id).or_default().push(id);
        referrers.entry(referrer_id).or_default().insert(conversion_id);
    }
    for (conversion_id, ids) in &conversions {
        let mut standings = refund::standings(book, conversion_id)?;
        match said.verdict {
            Verdict::Released => release(book, &mut writes, &standings, conversion_id, ids)?,
            Verdict::Confirmed => {
                let first = ids.first().copied().unwrap_or_default();
                refund::claw_back(&mut writes, first, "fraud", &mut standings, now)?;
            }
        }
    }
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    let mut friends: BTreeSet<String> = BTreeSet::new();
    for (id, _, _, friend_id, _) in standing.iter().filter(|_| said.unbind) {
        // Of several flags at one customer the first takes them away.
        if friends.insert(friend_id.clone()) && rebinding::take_away(book, &mut writes, id, now)? {
            book.audit(&mut writes, request, "friend.unbound", friend_id)?;
            taken.insert(id);
        }
    }
    if said.verdict == Verdict::Confirmed {
        for (referrer_id, conversions) in &referrers {
            let these = (Became::Fraud, conversions);
            suspension::review(book, &mut writes, request, referrer_id, these, now)?;
        }
    }
    book.forget_due();
    let status = if open.is_empty() && taken.is_empty() { 200 } else { 201 };
    let decided: BTreeSet<&str> = open.iter().map(|(id, ..)| id.as_str()).collect();
    let data = shown(book, &ids, (&decided, &taken), said, now)?;
    let answer = Answer { status, body: String::new() };
    Ok(Some((Decision { answer, writes, audit: None }, data)))
}

/// The flags as they stand once this is stored.
fn shown(
    book: &Book,
    ids: &str,
    (decided, taken): (&BTreeSet<&str>, &BTreeSet<&str>),
    said: &Said,
    now: Instant,
) -> Result<Vec<Value>, Problem> {
    let rows: Vec<(String, String)> = book.database.rows(sql!("ledger/flags_shown"), &[ids])?;
    let shown = rows.into_iter().map(|(id, body)| {
        let mut flag = flag::shown(&body, now)?;
        if let Some(fields) = flag.as_object_mut().filter(|_| taken.contains(id.as_str())) {
            fields.insert("unbound".to_owned(), json!(true));
        }
        if let Some(fields) = flag.as_object_mut().filter(|_| decided.contains(id.as_str())) {
            fields.insert("status".to_owned(), json!(said.verdict.word()));
            fields.insert("note".to_owned(), json!(said.note));
            fields.insert("decided_at".to_owned(), json!(now));
            for waiting in ["due", "reminder_at", "escalation_at"] {
                fields.insert(waiting.to_owned(), Value::Null);
            }
        }
        Ok(flag)
    });
    shown.collect()
}

/// Lets go of what no other open flag holds: it waits for the end of its hold again, or is approved with the next call.
/// What waits for another reason goes on waiting.
fn release(
    book: &Book,
    writes: &mut Writes,
    standings: &[Standing],
    conversion_id: &str,
    ids: &[&str],
) -> Result<(), Problem> {
    let ids = serde_json::to_string(ids)?;
    let left: Vec<(Rule, u32)> = book.database.rows(sql!("ledger/flags_open"), &(conversion_id, ids))?;
    let program = book.program()?;
    for standing in standings.iter().filter(|standing| !program.fraud.settings.holds(&left, standing.to)) {
        writes.add(sql!("ledger/reward_release"), &[&standing.reward_id])?;
    }
    Ok(())
}

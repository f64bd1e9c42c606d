//! `POST /v1/referrers/import {csv, format, mapping, dry_run}`: referrers and codes from elsewhere, all of a file or
//! nothing. The file is read and judged by `referral::roster`; here stands what the program knows, and what is written.

use super::book::{Book, new_id};
use super::decision::Decision;
use super::event;
use super::referrer;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Statement, Writes, sql};
use referral::api_key::sha256_hex;
use referral::code::Code;
use referral::event::Event;
use referral::input::{self, FieldError, Input, Put};
use referral::roster::{self, Fault, Field, Known, Owner, Person, Shape, Sheet, Verdict, shape};
use serde_json::{Map, Value, json};

/// The longest body, in bytes: a file of [`roster::LONGEST`], in which JSON writes line breaks and quotes with two.
pub(crate) const LONGEST: u32 = 4_500_000;
/// How many faults and people an answer shows.
const SHOWN: usize = 100;
/// How many of a file's ids, codes or addresses are looked up at once.
const AT_A_TIME: usize = 2000;

/// What a caller sent.
struct Asked {
    shape: Shape,
    sheet: Sheet,
    fields: Vec<Option<Field>>,
    dry_run: bool,
    /// SHA-256 of the file, for the audit log.
    sum: String,
}

fn asked(request: &Request) -> Result<Asked, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let words: Vec<(&str, Shape)> = shape::SHAPES.iter().map(|shape| (shape.word(), *shape)).collect();
    let shape = input.choice("format", &words).unwrap_or(Shape::Other);
    let dry_run = input.flag("dry_run").unwrap_or(false);
    input.require("csv");
    let text = input.value("csv").map(|value| value.as_str().unwrap_or_default());
    let mapping = input.value("mapping").cloned();
    let sheet = text.and_then(|text| match Sheet::read(text) {
        Ok(sheet) => Some(sheet),
        Err(error) => {
            input.refuse("csv", error.code(), error.sentence());
            None
        }
    });
    let columns = sheet.as_ref().map(|sheet| columns(&mut input, shape, sheet, mapping));
    input.finish().map_err(Problem::invalid)?;
    let (Some(sheet), Some(fields)) = (sheet, columns) else { return Err(Problem::invalid(Vec::new())) };
    let sum = sha256_hex(text.unwrap_or_default().as_bytes());
    Ok(Asked { shape, sheet, fields, dry_run, sum })
}

/// What each column holds: as the mapping says, else as the files of that system have it.
fn columns(input: &mut Input<'_>, shape: Shape, sheet: &Sheet, mapping: Option<Value>) -> Vec<Option<Field>> {
    let told = match mapping {
        None => Map::new(),
        Some(Value::Object(told)) => told,
        Some(_) => {
            input.refuse("mapping", "wrong_type", "must be an object of column names and fields");
            Map::new()
        }
    };
    for (column, field) in &told {
        let shown: String = column.chars().filter(|c| !c.is_control()).take(60).collect();
        let name = format!("mapping.{shown}");
        if !sheet.header.contains(column) {
            input.refuse(&name, "unknown_column", "is not a column of this file");
        } else if !field.is_null() && field.as_str().and_then(Field::named).is_none() {
            let known: Vec<&str> = shape::FIELDS.iter().map(|field| field.word()).collect();
            let detail = format!("must be null, which leaves the column out, or one of {}", known.join(", "));
            input.refuse(&name, "unknown_word", detail);
        }
    }
    let field = |name: &String| match told.get(name) {
        Some(word) => word.as_str().and_then(Field::named),
        None => shape.field(name),
    };
    sheet.header.iter().map(field).collect()
}

/// Looks up what a file names, some at a time.
fn look_up<T>(
    book: &Book,
    statement: Statement,
    names: &[String],
    mut keep: impl FnMut(T),
) -> Result<(), Problem>
where
    T: serde::de::DeserializeOwned,
{
    for some in names.chunks(AT_A_TIME) {
        book.database.rows(statement, &[serde_json::to_string(some)?])?.into_iter().for_each(&mut keep);
    }
    Ok(())
}

fn known(book: &Book, people: &[Person]) -> Result<Known, Problem> {
    type Row = (String, String, Option<String>, Option<String>);
    let mut known = Known::default();
    let owner = |(id, external_id, email)| Owner { id, external_id, email };
    let ids: Vec<String> = people.iter().filter_map(|person| person.external_id.clone()).collect();
    look_up(book, sql!("ledger/roster_external_ids"), &ids, |(name, id, own, email): Row| {
        known.external_ids.insert(name, owner((id, own, email)));
    })?;
    let codes: Vec<String> =
        people.iter().flat_map(|person| &person.codes).map(|code| code.as_str().to_owned()).collect();
    look_up(book, sql!("ledger/roster_codes"), &codes, |(code, id, own, email): Row| {
        if let Ok(code) = Code::parse(&code) {
            known.codes.insert(code, owner((id, own, email)));
        }
    })?;
    // Only those who have nothing else to be known by.
    let emails: Vec<String> = people
        .iter()
        .filter(|person| person.external_id.is_none() && person.codes.is_empty())
        .filter_map(|person| person.email.as_ref().map(|email| email.to_lowercase()))
        .collect();
    look_up(book, sql!("ledger/roster_emails"), &emails, |(name, id, own, email): Row| {
        known.emails.insert(name, owner((id, own, email)));
    })?;
    let mut groups: Vec<String> = people.iter().filter_map(|person| person.group.clone()).collect();
    groups.sort();
    groups.dedup();
    look_up(book, sql!("ledger/roster_groups"), &groups, |(id, name): (String, String)| {
        known.groups.insert(name, id.clone());
        known.groups.insert(id.clone(), id);
    })?;
    Ok(known)
}

/// What a file comes to.
#[derive(Default)]
struct Outcome {
    made: usize,
    known: usize,
    codes_added: usize,
}

pub(crate) fn import(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let asked = asked(request)?;
    let (people, mut faults) = roster::people(&asked.sheet, &asked.fields, book.now());
    let known = known(book, &people)?;
    let (verdicts, in_the_way) = roster::decide(&people, &known);
    faults.extend(in_the_way);
    faults.sort_by_key(|fault| fault.row);
    if !asked.dry_run && !faults.is_empty() {
        return Err(refused(&faults));
    }
    let mut outcome = Outcome::default();
    for verdict in &verdicts {
        match verdict {
            Verdict::New => outcome.made += 1,
            Verdict::Known { codes, .. } => {
                outcome.known += 1;
                outcome.codes_added += codes.len();
            }
        }
    }
    let mut shown = shown(&asked, &people, &verdicts, &faults, &outcome);
    if let (true, Some(fields)) = (request.meta.page, shown.as_object_mut()) {
        fields.insert("faults".to_owned(), faults.iter().take(SHOWN).map(told).collect());
    }
    if asked.dry_run || outcome.made + outcome.codes_added == 0 {
        return Ok(Decision::answer(Answer::json(200, &shown)?));
    }
    let writes = write(book, request, &people, &verdicts, &known)?;
    Ok(Decision {
        answer: Answer::json(201, &shown)?,
        writes,
        audit: Some(("referrers.imported", format!("sha256:{}", asked.sum))),
    })
}

fn refused(faults: &[Fault]) -> Problem {
    let error = |fault: &Fault| FieldError {
        field: match fault.column.as_str() {
            "" => format!("csv, row {}", fault.row),
            column => format!("csv, row {}, {column}", fault.row),
        },
        code: fault.code,
        detail: fault.detail.clone(),
        put: fault.put.clone(),
    };
    let count = faults.len();
    let detail = format!(
        "Nothing was stored: {count} faults stand in the way. Mend these rows and send the file again."
    );
    Problem {
        errors: faults.iter().take(SHOWN).map(error).collect(),
        ..Problem::new(422, "rows_refused", "Rows cannot be taken over", detail).put(vec![Put::number(count)])
    }
}

/// A fault as pages of ours are told it, which have words of their own.
fn told(fault: &Fault) -> Value {
    json!({ "row": fault.row, "column": fault.column, "code": fault.code, "put": fault.put })
}

fn shown(
    asked: &Asked,
    people: &[Person],
    verdicts: &[Verdict],
    faults: &[Fault],
    outcome: &Outcome,
) -> Value {
    let first = asked.sheet.rows.iter().find(|row| !row.is_empty());
    let column = |(at, (name, field)): (usize, (&String, &Option<Field>))| {
        let example: Option<String> =
            first.and_then(|row| row.get(at)).map(|cell| cell.chars().take(60).collect());
        json!({ "name": name, "field": field.map(Field::word), "example": example })
    };
    let left_out: Vec<&String> = asked
        .sheet
        .header
        .iter()
        .zip(&asked.fields)
        .filter(|(_, field)| field.is_none())
        .map(|(name, _)| name)
        .collect();
    let person = |(person, verdict): (&Person, &Verdict)| {
        json!({
            "row": person.row,
            "verdict": if *verdict == Verdict::New { "new" } else { "known" },
            "referrer_id": match verdict { Verdict::New => None, Verdict::Known { id, .. } => Some(id) },
            "name": person.name,
            "email": person.email,
            "external_id": person.external_id,
            "codes": person.codes,
        })
    };
    json!({
        "dry_run": asked.dry_run,
        "format": asked.shape.word(),
        "rows": people.len(),
        "made": outcome.made,
        "known": outcome.known,
        "codes_added": outcome.codes_added,
        "columns": asked.sheet.header.iter().zip(&asked.fields).enumerate().map(column).collect::<Vec<_>>(),
        "left_out": left_out,
        "people": people.iter().zip(verdicts).take(SHOWN).map(person).collect::<Vec<_>>(),
        "faults": faults.iter().take(SHOWN).collect::<Vec<_>>(),
        "faults_count": faults.len(),
    })
}

/// Everything a file writes. Rows of one kind go out together.
fn write(
    book: &Book,
    request: &Request,
    people: &[Person],
    verdicts: &[Verdict],
    known: &Known,
) -> Result<Writes, Problem> {
    let now = book.now();
    let mut writes = Writes::default();
    let audit = |writes: &mut Writes, action: &str, subject: &str| -> Result<(), Problem> {
        let row = (now.ms(), book.actor(request), action, subject, &request.meta.request_id);
        Ok(writes.gather(sql!("ledger/audits_insert"), &row)?)
    };
    for (person, verdict) in people.iter().zip(verdicts) {
        let (id, further) = match verdict {
            Verdict::Known { id, codes } => (id.clone(), codes.as_slice()),
            Verdict::New => {
                let (code, further) = match person.codes.split_first() {
                    Some((code, further)) => (*code, further),
                    None => (referrer::mint(book)?, [].as_slice()),
                };
                let id = new_id("rfr")?;
                let joined_at = person.joined_at.unwrap_or(now);
                let row = (&id, code.as_str(), &person.external_id, joined_at.ms());
                writes.gather(sql!("ledger/referrers_insert"), &row)?;
                if person.email.is_some() || person.name.is_some() {
                    writes.gather(sql!("ledger/people_insert"), &(&id, &person.email, &person.name))?;
                }
                if let Some(group_id) = person.group.as_ref().and_then(|group| known.groups.get(group)) {
                    writes.gather(sql!("ledger/memberships_insert"), &(&id, group_id, now.ms()))?;
                }
                let joined = json!({
                    "id": id,
                    "code": code.as_str(),
                    "external_id": person.external_id,
                    "created_at": joined_at,
                });
                event::emit(&mut writes, Event::ReferrerJoined, &id, now, &joined)?;
                audit(&mut writes, "referrer.imported", &id)?;
                (id, further)
            }
        };
        for code in further {
            writes.gather(sql!("ledger/further_codes_insert"), &(code.as_str(), &id, now.ms()))?;
        }
        if *verdict != Verdict::New && !further.is_empty() {
            audit(&mut writes, "referrer.link_added", &id)?;
        }
    }
    Ok(writes)
}

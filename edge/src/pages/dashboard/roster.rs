//! Referrers from a file: which file, what would become of it, and then all of it or nothing.

use crate::pages::desk::{Desk, Fault, Refusal};
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::refusal::fault_words;
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::input::Put;
use referral::roster::shape::{FIELDS, SHAPES};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What `POST /v1/referrers/import` would do.
#[derive(Deserialize)]
struct Outlook {
    format: String,
    made: u64,
    known: u64,
    codes_added: u64,
    columns: Vec<Column>,
    left_out: Vec<String>,
    people: Vec<Person>,
    faults: Vec<RowFault>,
    faults_count: u64,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    field: Option<String>,
    example: Option<String>,
}

#[derive(Deserialize)]
struct Person {
    row: u64,
    verdict: String,
    name: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
    codes: Vec<String>,
}

#[derive(Deserialize)]
struct RowFault {
    row: u64,
    column: String,
    code: String,
    put: Vec<Put>,
}

/// A column of the file, and what can be said of it.
struct Choice {
    name: String,
    example: String,
    /// Word, label, whether it is this one.
    fields: Vec<(&'static str, String, bool)>,
}

struct Row {
    number: String,
    name: String,
    sub: String,
    codes: String,
    verdict: String,
    is_new: bool,
}

/// What would become of the file.
struct Look {
    format: String,
    csv: String,
    made: String,
    known: String,
    codes_added: String,
    choices: Vec<Choice>,
    left_out: String,
    people: Vec<Row>,
    /// Row, column, what is wrong.
    faults: Vec<(String, String, String)>,
    /// How many faults are not shown.
    more: String,
    /// What the button says; none where there is nothing to take over, or something in the way.
    take: Option<String>,
    is_clean: bool,
}

#[derive(Template)]
#[template(path = "dashboard/roster.html")]
struct Page {
    shapes: Vec<(&'static str, String, bool)>,
    look: Option<Look>,
    typed: String,
    frame: Frame,
}

/// Asks for a file.
pub(in crate::pages) async fn show(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Referrers).await?;
    page(frame, "", String::new(), None)
}

fn page(frame: Frame, format: &str, typed: String, look: Option<Look>) -> Result<Reply, Problem> {
    let shapes = SHAPES.iter().map(|shape| {
        let word = shape.word();
        (word, frame.words.of("roster.shape", word), word == format)
    });
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    Reply::page(status, &Page { shapes: shapes.collect(), look, typed, frame })
}

/// Looks at a file, or takes it over.
pub(in crate::pages) async fn send(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Referrers).await?;
    let format = form.text("format").unwrap_or("other");
    let refuse = |frame: Frame, detail: &str| {
        page(frame.refused(Refusal::own(422, detail)), format, String::new(), None)
    };
    if form.has("file?") {
        let detail = frame.t("roster.not_utf8");
        return refuse(frame, detail);
    }
    let Some(csv) = form.text("file").or_else(|| form.text("csv")) else {
        let detail = frame.t("roster.no_file");
        return refuse(frame, detail);
    };
    let mut mapping = Map::new();
    for (name, word) in form.below("column.") {
        let field = if word.is_empty() { Value::Null } else { json!(word) };
        mapping.entry(name).or_insert(field);
    }
    let mut body = json!({ "csv": csv, "format": format, "mapping": mapping, "dry_run": true });
    let takes = form.text("step") == Some("take");
    if takes {
        if let Some(fields) = body.as_object_mut() {
            fields.insert("dry_run".to_owned(), json!(false));
        }
        let done = desk.tell::<Value>("POST", "/v1/referrers/import", form.text("once"), &body).await?;
        let Err(mut refusal) = done else {
            return Ok(Reply::see(&frame.to("referrers?done=roster")));
        };
        for Fault { field, label, .. } in &mut refusal.errors {
            // `csv, row 3, email`
            let Some((row, column)) =
                field.strip_prefix("csv, row ").map(|at| at.split_once(", ").unwrap_or((at, "")))
            else {
                continue;
            };
            *label = format!("{} {}", frame.words.with("roster.row", row), called(&frame, column, &[]));
        }
        return page(frame.refused(refusal), format, csv.to_owned(), None);
    }
    match desk.tell::<Outlook>("POST", "/v1/referrers/import", None, &body).await? {
        Ok(outlook) => {
            let look = look(&frame, outlook, csv);
            page(frame, format, String::new(), Some(look))
        }
        Err(refusal) => {
            let typed = if form.text("file").is_some() { "" } else { csv };
            page(frame.refused(refusal), format, typed.to_owned(), None)
        }
    }
}

/// What a column is called: as the file does, else by what it holds.
fn called(frame: &Frame, column: &str, header: &[String]) -> String {
    if header.iter().any(|name| name == column) {
        return column.to_owned();
    }
    frame.words.known("roster.field", column).unwrap_or(column).to_owned()
}

fn look(frame: &Frame, outlook: Outlook, csv: &str) -> Look {
    let words = &frame.words;
    let choice = |column: Column| {
        let mut fields = vec![("", frame.t("roster.field.none").to_owned(), column.field.is_none())];
        fields.extend(FIELDS.iter().map(|field| {
            let word = field.word();
            (word, words.of("roster.field", word), column.field.as_deref() == Some(word))
        }));
        let example = column.example.filter(|example| !example.is_empty());
        Choice {
            example: example.map(|example| words.with("roster.example", &example)).unwrap_or_default(),
            name: column.name,
            fields,
        }
    };
    let row = |person: Person| {
        let known = [&person.name, &person.email, &person.external_id];
        let mut known = known.into_iter().flatten().cloned();
        let number = words.with("roster.row", &words.count(person.row));
        Row {
            // Somebody of whom nothing could be read is called by their row.
            name: known.next().unwrap_or_else(|| number.clone()),
            number,
            sub: known.next().unwrap_or_default(),
            codes: if person.codes.is_empty() && person.verdict == "new" {
                frame.t("roster.fresh_code").to_owned()
            } else {
                person.codes.join(", ")
            },
            is_new: person.verdict == "new",
            verdict: words.of("roster.verdict", &person.verdict),
        }
    };
    let header: Vec<String> = outlook.columns.iter().map(|column| column.name.clone()).collect();
    let shown = u64::try_from(outlook.faults.len()).unwrap_or(0);
    let more = outlook.faults_count.saturating_sub(shown);
    let is_clean = outlook.faults_count == 0;
    let rows = outlook.made + outlook.codes_added;
    Look {
        format: outlook.format,
        csv: csv.to_owned(),
        made: words.count(outlook.made),
        known: words.count(outlook.known),
        codes_added: words.count(outlook.codes_added),
        choices: outlook.columns.into_iter().map(choice).collect(),
        left_out: if outlook.left_out.is_empty() {
            String::new()
        } else {
            words.with("roster.left_out", &outlook.left_out.join(", "))
        },
        people: outlook.people.into_iter().take(20).map(row).collect(),
        faults: outlook
            .faults
            .into_iter()
            .map(|fault| {
                let said = fault_words(words, &fault.code, &fault.put, frame.program.currency);
                let column = called(frame, &fault.column, &header);
                (words.with("roster.row", &words.count(fault.row)), column, said)
            })
            .collect(),
        more: if more > 0 { words.with("roster.faults.more", &words.count(more)) } else { String::new() },
        take: (is_clean && rows > 0).then(|| frame.t("roster.take").to_owned()),
        is_clean,
    }
}

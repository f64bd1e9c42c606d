//! Referrers: who shares.

use super::book::{Book, Loaded, new_id};
use super::decision::Decision;
use super::event;
use super::group;
use super::list::{self, REFERRERS, REFERRERS_BY_SHARING};
use super::person::Person;
use super::request::Request;
use super::sighting::{self, Told};
use crate::answer::Answer;
use crate::click_shard;
use crate::isolate::Isolate;
use crate::paging::{self, Page};
use crate::platform;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::code::Code;
use referral::event::Event;
use referral::facts::ProgramFacts;
use referral::input::{Input, LONGEST_NAME};
use referral::instant::Instant;
use serde_json::{Value, json};

/// How often a fresh code is drawn before giving up; a clash of 50 random bits is not seen in practice.
const DRAWS: usize = 4;

/// Everything of a link before its code: the program's own host where it has one, else the shared host and the slug.
/// The shared host is nobody's own: there a link must name its program, also where it is the only one.
pub(crate) fn link_base(isolate: &Isolate, facts: &ProgramFacts) -> String {
    let shared = isolate.public_origin.split_once("://").map_or("", |(_, host)| host);
    match facts.hosts.iter().find(|host| *host != shared) {
        Some(host) => {
            let scheme = if isolate.public_origin.starts_with("http://") { "http" } else { "https" };
            format!("{scheme}://{host}/r/")
        }
        None => format!("{}/r/{}/", isolate.public_origin, facts.slug),
    }
}

/// A new referrer, ready to be written.
pub(crate) struct NewReferrer {
    pub(crate) code: Code,
    pub(crate) external_id: Option<String>,
    pub(crate) proof_hash: Option<String>,
    pub(crate) person: Person,
}

impl NewReferrer {
    /// Writes it and gives its id.
    pub(crate) fn write(&self, writes: &mut Writes, now: Instant) -> Result<String, Problem> {
        let id = new_id("rfr")?;
        let row = (&id, self.code.as_str(), &self.external_id, &self.proof_hash, now.ms());
        writes.add(sql!("ledger/referrer_insert"), &row)?;
        self.person.write(writes, &id)?;
        let joined = json!({
            "id": id,
            "code": self.code.as_str(),
            "external_id": self.external_id,
            "created_at": now,
        });
        event::emit(writes, Event::ReferrerJoined, &id, now, &joined)?;
        Ok(id)
    }
}

pub(crate) fn taken(book: &Book, code: &Code) -> Result<bool, Problem> {
    let owner: Option<(String,)> = book.database.row(sql!("ledger/referrer_by_code"), &[code.as_str()])?;
    Ok(owner.is_some())
}

/// The id of whom a merchant names by id or code; an id that nobody has is given back as it is.
pub(crate) fn named(book: &Book, name: &str) -> Result<Option<String>, Problem> {
    if name.starts_with("rfr_") {
        return Ok(Some(name.to_owned()));
    }
    let owner: Option<(String,)> =
        book.database.row(sql!("ledger/referrer_by_code"), &[name.to_lowercase()])?;
    Ok(owner.map(|(id,)| id))
}

/// A fresh code that nobody has.
pub(crate) fn mint(book: &Book) -> Result<Code, Problem> {
    for _ in 0..DRAWS {
        let code = Code::mint(&platform::random()?);
        if !taken(book, &code)? {
            return Ok(code);
        }
    }
    Err(Problem::internal("no free code was drawn"))
}

/// `POST /v1/referrers`: once per `external_id`.
pub(crate) fn create(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = referral::input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let external_id = input.text("external_id", 1..=200);
    let person = Person {
        email: input.email("email"),
        name: input.text("name", 1..=LONGEST_NAME),
        ..Person::default()
    };
    let told = Told::read(&mut input);
    let wanted = input.text("code", 1..=64);
    let vanity = wanted.as_deref().map(Code::vanity);
    if let Some(Err(error)) = &vanity {
        input.refuse("code", error.code(), error.to_string());
    }
    input.finish().map_err(Problem::invalid)?;
    let program = book.program()?;
    if let Some(external_id) = &external_id {
        let known: Option<(String, String)> =
            book.database.row(sql!("ledger/referrer_by_external_id"), &[external_id])?;
        if let Some((id, _)) = known {
            let mut body = stored(book, &id)?.ok_or_else(Problem::not_found)?;
            add_link(book, &program, &mut body)?;
            let mut writes = Writes::default();
            sighting::write(book, &mut writes, &told, &id)?;
            return Ok(Decision { answer: Answer::json(200, &body)?, writes, audit: None });
        }
    }
    let code = match vanity {
        Some(Ok(code)) if taken(book, &code)? => {
            return Err(Problem::conflict("code_taken", "Somebody has this code already. Choose another."));
        }
        Some(Ok(code)) => code,
        _ => mint(book)?,
    };
    let now = book.now();
    let mut writes = Writes::default();
    let new = NewReferrer { code, external_id, proof_hash: None, person };
    let id = new.write(&mut writes, now)?;
    sighting::write(book, &mut writes, &told, &id)?;
    let mut body = json!({
        "id": id,
        "code": new.code.as_str(),
        "further_codes": [],
        "external_id": new.external_id,
        "joined_to": null,
        "email": new.person.email,
        "name": new.person.name,
        "created_at": now,
        "shared_at": null,
        "friends": 0,
        "leads": 0,
        "sales": 0,
        "balances": [],
    });
    add_link(book, &program, &mut body)?;
    Ok(Decision { answer: Answer::json(201, &body)?, writes, audit: Some(("referrer.created", id)) })
}

fn stored(book: &Book, id: &str) -> Result<Option<Value>, Problem> {
    let row: Option<(i64, String)> = book.database.row(REFERRERS.by_id, &[id])?;
    Ok(row.map(|(_, body)| serde_json::from_str(&body)).transpose()?)
}

fn code_of(body: &Value) -> String {
    body.get("code").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Every code whose clicks count for a referrer: none for those who are joined to another.
pub(crate) fn codes_of(body: &Value) -> Vec<String> {
    if body.get("joined_to").is_some_and(|other| !other.is_null()) {
        return Vec::new();
    }
    let further = body.get("further_codes").and_then(Value::as_array).into_iter().flatten();
    let further = further.filter_map(Value::as_str).map(str::to_owned);
    std::iter::once(code_of(body)).chain(further).collect()
}

fn add_link(book: &Book, program: &Loaded, body: &mut Value) -> Result<(), Problem> {
    let link = format!("{}{}", link_base(book.isolate()?.as_ref(), &program.facts), code_of(body));
    if let Some(fields) = body.as_object_mut() {
        fields.insert("link".to_owned(), json!(link));
        let id = fields.get("id").and_then(Value::as_str).unwrap_or_default();
        let group_id = if program.has_groups { group::of(book, id)? } else { None };
        fields.insert("group_id".to_owned(), json!(group_id));
    }
    Ok(())
}

/// Adds link and clicks, which are not the ledger's, to referrers it shows.
async fn add_clicks(book: &Book, request: &Request, bodies: &mut [Value]) -> Result<(), Problem> {
    let program = book.program()?;
    let codes: Vec<String> = bodies.iter().flat_map(codes_of).collect();
    let isolate = book.isolate()?;
    let clicks =
        click_shard::client::counts(isolate.as_ref(), &request.meta.uid, request.meta.mode(), &codes).await?;
    for body in bodies {
        let count: u64 = codes_of(body).iter().filter_map(|code| clicks.get(code)).sum();
        add_link(book, &program, body)?;
        if let Some(fields) = body.as_object_mut() {
            fields.insert("clicks".to_owned(), json!(count));
        }
    }
    Ok(())
}

/// `GET /v1/referrers`, all of them or, with `q`, those whose id, code, name, e-mail or id at the shop it is, or whose
/// name or e-mail it is a part of, whoever it is exactly before the others; or, with `shared`, those of whom a link is known to have left their browser, or none.
pub(crate) async fn list(book: &Book, request: &Request) -> Result<Answer, Problem> {
    if let Some(wanted) = request.query.split('&').find_map(|pair| pair.strip_prefix("q=")) {
        return search(book, request, wanted).await;
    }
    let shared = request.query.split('&').find_map(|pair| pair.strip_prefix("shared="));
    let (rows, has_more) = match shared {
        None => list::rows(book, &REFERRERS, &Page::read(&request.query)?)?,
        Some(word) => {
            let wanted = match word {
                "true" => Some(1),
                "false" => None,
                _ => return Err(Problem::field("shared", "unknown_word", "must be true or false")),
            };
            let rest: Vec<&str> =
                request.query.split('&').filter(|pair| !pair.starts_with("shared=")).collect();
            list::rows_of(book, &REFERRERS_BY_SHARING, &Page::read(&rest.join("&"))?, Some(&wanted))?
        }
    };
    let last = rows.last().map(|(_, id, _)| id.clone());
    let mut data: Vec<Value> =
        rows.iter().map(|(_, _, body)| serde_json::from_str(body)).collect::<Result<_, _>>()?;
    add_clicks(book, request, &mut data).await?;
    Answer::json(200, &paging::shown(&data, has_more, last))
}

async fn search(book: &Book, request: &Request, wanted: &str) -> Result<Answer, Problem> {
    let decoded =
        form_urlencoded::parse(format!("q={wanted}").as_bytes()).next().map(|(_, text)| text.into_owned());
    let wanted = decoded.map(|text| text.trim().to_owned()).unwrap_or_default();
    if wanted.is_empty() || wanted.chars().count() > 100 {
        return Err(Problem::field("q", "out_of_range.search", "must have 1 to 100 characters"));
    }
    // The page's length is the caller's, its place is not: a search is one page.
    let rest: Vec<&str> = request.query.split('&').filter(|pair| !pair.starts_with("q=")).collect();
    let page = Page::read(&rest.join("&"))?;
    if page.cursor.is_some() {
        return Err(Problem::field("q", "out_of_range", "cannot stand beside a cursor"));
    }
    let rows: Vec<(i64, String, String)> =
        book.database.rows(sql!("ledger/referrers_found"), &(&wanted, page.limit))?;
    let mut data: Vec<Value> =
        rows.iter().map(|(_, _, body)| serde_json::from_str(body)).collect::<Result<_, _>>()?;
    add_clicks(book, request, &mut data).await?;
    Answer::json(200, &paging::shown(&data, false, None))
}

/// `GET /v1/referrers/{id}`.
pub(crate) async fn show(book: &Book, request: &Request, id: &str) -> Result<Answer, Problem> {
    let mut data = [stored(book, id)?.ok_or_else(Problem::not_found)?];
    add_clicks(book, request, &mut data).await?;
    let [body] = data;
    Answer::json(200, &body)
}

/// Internal: which of these codes somebody has joined with.
pub(crate) fn known_codes(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let rows: Vec<(String,)> = book.database.rows(sql!("ledger/codes_known"), &[&request.body])?;
    let codes: Vec<String> = rows.into_iter().map(|(code,)| code).collect();
    Answer::json(200, &codes)
}

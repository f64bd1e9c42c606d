//! The program itself: created by the operator, shown and changed by the merchant.

use super::book::{Book, Loaded};
use super::erasure::retention;
use super::event;
use super::expected;
use super::request::Request;
use crate::admin;
use crate::answer::Answer;
use crate::directory;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::event::Event;
use referral::facts::ProgramFacts;
use referral::fraud::Settings;
use referral::input::{self, Input};
use referral::terms::Terms;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What [`crate::admin`] sends to open a ledger.
#[derive(Serialize, Deserialize)]
pub(crate) struct Opening {
    pub(crate) facts: ProgramFacts,
    pub(crate) currency: String,
    pub(crate) terms: Terms,
    /// What it doubts from the start, where that is not the usual.
    #[serde(default)]
    pub(crate) fraud: Option<Settings>,
    pub(crate) created_at: i64,
    /// SHA-256 of what the operator sent.
    pub(crate) body_hash: String,
    /// Id, kind and hash of each key.
    pub(crate) keys: Vec<(String, String, String)>,
}

/// Opens the ledger. Opening it again with the same body changes nothing; with another one it is refused.
pub(crate) fn create(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let opening: Opening = serde_json::from_str(&request.body)?;
    let opened: Option<(String,)> = book.database.row(sql!("ledger/program_body_hash"), &[(); 0])?;
    match opened {
        Some((body_hash,)) if body_hash != opening.body_hash => return Err(Problem::idempotency_key_reused()),
        Some(_) => {}
        None => {
            let at = opening.created_at;
            let mut writes = Writes::default();
            let facts = serde_json::to_string(&opening.facts)?;
            let row = (&opening.facts.id, facts, &opening.currency, &opening.body_hash, at);
            writes.add(sql!("ledger/program_insert"), &row)?;
            writes.add(sql!("ledger/terms_insert"), &(1, serde_json::to_string(&opening.terms)?, at))?;
            if let Some(settings) = &opening.fraud {
                let row = (1, serde_json::to_string(settings)?, at);
                writes.add(sql!("ledger/fraud_settings_insert"), &row)?;
            }
            for (id, kind, hash) in &opening.keys {
                writes.add(sql!("ledger/key_insert"), &(id, kind, hash, at))?;
            }
            book.audit(&mut writes, request, "program.created", &opening.facts.id)?;
            book.commit(writes, request.failpoint())?;
        }
    }
    let program = book.stored()?.ok_or_else(|| Problem::internal("the ledger did not open"))?;
    // Also where the first try broke off before it asked.
    retention::expect(book)?;
    Answer::json(201, &shown(&program)?)
}

pub(crate) fn show(book: &Book) -> Result<Answer, Problem> {
    Answer::json(200, &shown(book.program()?.as_ref())?)
}

/// A program as the API shows it.
pub(crate) fn shown(program: &Loaded) -> Result<Value, Problem> {
    let mut terms = serde_json::to_value(&program.terms)?;
    if let Some(fields) = terms.as_object_mut() {
        fields.insert("version".to_owned(), json!(program.terms_version));
        fields.insert("created_at".to_owned(), json!(program.terms_created_at));
    }
    let facts = &program.facts;
    Ok(json!({
        "id": facts.id,
        "slug": facts.slug,
        "name": facts.name,
        "kind": facts.kind,
        "destination": facts.destination,
        "currency": program.currency,
        "hosts": facts.hosts,
        "cookie_domain": facts.cookie_domain,
        "consent": facts.consent,
        "share": facts.share,
        "retention": facts.retention,
        "terms": terms,
        "version": facts.version,
        "created_at": program.created_at,
    }))
}

/// `PATCH /v1/program`: what is named changes, the rest stays; changed terms make a new version. A `version` of the program
/// or a `terms_version` that is not the newest is refused.
///
/// The directory learns of it first, since it alone knows whether a host is free; a try that broke off in between can
/// be made again. Where another call was quicker meanwhile, the directory hears again what that one made of it.
pub(crate) async fn change(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let program = book.program()?;
    let (facts, terms) = read_change(&program, &request.body)?;
    if facts != program.facts && !request.meta.test {
        directory::client::publish(book.isolate()?.as_ref(), &facts).await?;
    }
    let current = book.program()?;
    if (current.facts.version, current.terms_version) != (program.facts.version, program.terms_version) {
        if facts != program.facts && !request.meta.test {
            directory::client::publish(book.isolate()?.as_ref(), &current.facts).await?;
        }
        return Err(expected::meanwhile("program"));
    }
    let now = book.now();
    let mut writes = Writes::default();
    if let Some(terms) = &terms {
        // Counted now: a group may have got its terms while the directory was asked.
        let version = current.last_version + 1;
        writes.add(sql!("ledger/terms_insert"), &(version, serde_json::to_string(terms)?, now.ms()))?;
        let changed = json!({ "version": version, "terms": terms });
        event::emit(&mut writes, Event::TermsChanged, &version.to_string(), now, &changed)?;
    }
    if facts != program.facts {
        writes.add(sql!("ledger/program_update"), &[serde_json::to_string(&facts)?])?;
    }
    if terms.is_some() || facts != program.facts {
        // One call, one row: new terms are the greater change.
        let action = if terms.is_some() { "terms.changed" } else { "program.changed" };
        // At the moment of the version: that is how its history finds who made it.
        book.audit_at(now, &mut writes, request, action, &facts.id)?;
    }
    book.commit(writes, request.failpoint())?;
    book.forget();
    if facts.retention != program.facts.retention {
        retention::expect(book)?;
    }
    show(book)
}

/// The facts as they will be, and the terms if they change.
fn read_change(program: &Loaded, body: &str) -> Result<(ProgramFacts, Option<Terms>), Problem> {
    let mut fields = input::object(body).map_err(Problem::invalid)?;
    expected::take(&mut fields, "version", program.facts.version, "program")?;
    expected::take(&mut fields, "terms_version", program.terms_version, "program")?;
    let mut input = Input::new("", &fields);
    let mut facts = program.facts.clone();
    admin::read_changes(&mut input, &mut facts);
    let terms = admin::read_terms(&mut input).filter(|terms| *terms != program.terms);
    input.finish().map_err(Problem::invalid)?;
    if let Some(terms) = &terms {
        facts.follow(terms);
    }
    if facts != program.facts {
        facts.version += 1;
    }
    Ok((facts, terms))
}

//! `/join/{program}`: one page for everybody that says what a program offers and how it works, with the panel to join by.
//!
//! Programs are looked up in the isolate's memory as links are, so that asking for names nobody has costs no storage.

use super::frame::Assets;
use super::reply::{self, Reply};
use super::visit::Visit;
use super::words::Words;
use crate::facts::{self, Known, Name, Program};
use crate::isolate::Isolate;
use crate::ledger;
use crate::ledger::desk::Offer;
use crate::limit;
use crate::platform;
use crate::problem::Problem;
use askama::Template;
use referral::money::Currency;
use referral::promise::{self, Promise};
use referral::terms::Terms;
use std::rc::Rc;

#[derive(Template)]
#[template(path = "join.html")]
struct Page<'a> {
    words: &'a Words,
    assets: Assets,
    name: &'a str,
    is_partner: bool,
    promise: Promise,
    /// Where friends land, and its host.
    destination: &'a str,
    host: String,
    /// The key for pages, where it is known: with it the panel stands on this page.
    key: Option<String>,
    /// How links to this page in another language begin.
    asked: String,
}

/// The page of the program with this name.
pub(super) async fn show(isolate: &Isolate, visit: &Visit, name: &str) -> Result<Reply, Problem> {
    if !matches!(visit.method.as_str(), "GET" | "HEAD") {
        return Err(Problem::method_not_allowed());
    }
    if let Some(left) = limit::spend_join(isolate, &visit.address).filter(|left| left.exceeded) {
        return Err(limit::exceeded(left));
    }
    let program = known(isolate, name).await?;
    let program_facts = &program.facts;
    let (status, body) = ledger::client::call(isolate, &program_facts.uid, "live", "offer", "").await?;
    if status != 200 {
        return Err(Problem::internal(&format!("the ledger answered {status} to its offer")));
    }
    let offer: Offer = serde_json::from_str(&body)?;
    let terms: Terms = serde_json::from_value(offer.terms)?;
    let currency = Currency::parse(&offer.currency).ok_or_else(Problem::not_found)?;
    let words = Words::preferred(&visit.language);
    let host = program_facts.destination.split_once("://").map_or("", |(_, rest)| rest);
    let page = Page {
        words: &words,
        assets: Assets,
        name: &program_facts.name,
        is_partner: program_facts.kind == referral::facts::Kind::Partner,
        promise: promise::say(&terms, currency, words.locale),
        destination: &program_facts.destination,
        host: host.split('/').next().unwrap_or_default().to_owned(),
        key: offer.key,
        asked: visit.asked_besides(),
    };
    Ok(Reply::page(200, &page)?.under(reply::WITH_PANEL))
}

/// The program of this name.
pub(super) async fn known(isolate: &Isolate, name: &str) -> Result<Rc<Program>, Problem> {
    let now = platform::now_ms();
    let name = Name::Link(name);
    // Old facts would do for a redirect; a page that people read waits for the new ones.
    if !matches!(facts::recall(name, now), Some(Known::Nobody | Known::Program(_, false))) {
        facts::ask(isolate, name, now).await?;
    }
    match facts::recall(name, now) {
        Some(Known::Program(program, _)) => Ok(program),
        Some(Known::Nobody) | None => Err(Problem::not_found()),
    }
}

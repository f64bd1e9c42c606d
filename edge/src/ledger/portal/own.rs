//! What a referrer says of themselves and takes back.

use crate::answer::Answer;
use crate::ledger::book::Book;
use crate::ledger::decision::Decision;
use crate::ledger::request::Request;
use crate::ledger::{erasure, payout, profile, promise, referrer, sharing, terms};
use crate::problem::Problem;
use crate::sql::sql;
use referral::instant::Instant;
use referral::payout::masked;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What every page shows around what it is about.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Around {
    /// The program's name and address, as the ledger has it.
    pub(crate) program: String,
    pub(crate) destination: String,
    pub(crate) currency: String,
    /// How the referrer is called, where they said so.
    pub(crate) name: Option<String>,
    pub(crate) code: String,
    /// Everything of a link before its code.
    pub(crate) link_base: String,
    /// No link of theirs is known to have left yet.
    pub(crate) is_unshared: bool,
    /// Disputes in which the merchant waits for a word of theirs.
    pub(crate) waiting: u64,
    /// The time in this ledger.
    pub(crate) now: Instant,
}

/// What a referrer told of themselves.
#[derive(Serialize, Deserialize)]
pub(crate) struct Profile {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) show_name: bool,
    pub(crate) terms_accepted: Option<i64>,
    /// Where their money is sent: whose account, and as much of its number as tells it from another.
    pub(crate) target: Option<(String, String)>,
}

/// What is in force for a referrer.
#[derive(Serialize, Deserialize)]
pub(crate) struct Agreed {
    pub(crate) version: u32,
    /// A [`referral::promise::Promise`] in their language.
    pub(crate) promise: Value,
    /// The newest version that they accepted.
    pub(crate) accepted: Option<i64>,
}

fn code(book: &Book, id: &str) -> Result<String, Problem> {
    let code: Option<(String,)> = book.database.row(sql!("ledger/portal_code"), &[id])?;
    code.map(|(code,)| code).ok_or_else(Problem::not_found)
}

pub(super) fn around(book: &Book, id: &str) -> Result<Around, Problem> {
    let program = book.program()?;
    let waiting: Option<(u64,)> = book.database.row(sql!("ledger/portal_waiting"), &[id])?;
    Ok(Around {
        program: program.facts.name.clone(),
        destination: program.facts.destination.clone(),
        currency: program.currency.code().to_owned(),
        name: profile::stored(book, id)?.name,
        code: code(book, id)?,
        link_base: referrer::link_base(book.isolate()?.as_ref(), &program.facts),
        is_unshared: sharing::is_yet_to_come(book, id)?,
        waiting: waiting.map_or(0, |(waiting,)| waiting),
        now: book.now(),
    })
}

pub(super) fn profile(book: &Book, id: &str) -> Result<Profile, Problem> {
    let stored = profile::stored(book, id)?;
    let target: Option<(String, String)> = book.database.row(sql!("ledger/payout_target"), &[id])?;
    Ok(Profile {
        name: stored.name,
        email: stored.email,
        show_name: stored.show_name,
        terms_accepted: stored.terms_accepted,
        target: target.map(|(name, iban)| (name, masked(&iban))),
    })
}

pub(super) fn terms(book: &Book, request: &Request, id: &str) -> Result<Agreed, Problem> {
    let program = book.program()?;
    let version = terms::of_referrer(book, &program, id, book.now())?;
    Ok(Agreed {
        promise: serde_json::to_value(promise::said(&program, &version, request)?)?,
        version: version.number,
        accepted: profile::stored(book, id)?.terms_accepted,
    })
}

/// Stores what was decided, in one transaction with its line in the audit log.
fn carry_out(book: &Book, request: &Request, mut decision: Decision) -> Result<(), Problem> {
    if let Some((action, subject)) = &decision.audit {
        book.audit(&mut decision.writes, request, action, subject)?;
    }
    book.commit(decision.writes, request.failpoint())
}

/// `{name, iban}`: where their money is sent, by the rules of the API. The answer does not repeat the number.
pub(super) fn change_target(book: &Book, request: &Request, id: &str) -> Result<Answer, Problem> {
    let decision = payout::target(book, request, id)?;
    carry_out(book, request, decision)?;
    Answer::json(200, &true)
}

/// They copied their link, or kept it as a picture.
pub(super) fn share(book: &Book, request: &Request, id: &str) -> Result<Answer, Problem> {
    sharing::note_once(book, request, id)?;
    Answer::json(200, &true)
}

/// Takes out what names them, and ends every session and way in of theirs.
pub(super) fn erase(book: &Book, request: &Request, id: &str) -> Result<Answer, Problem> {
    let decision = erasure::erase_referrer(book, id)?;
    carry_out(book, request, decision)?;
    Answer::json(200, &true)
}

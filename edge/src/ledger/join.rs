//! `POST /v1/widget/join`: the referrer behind a secret made in the browser, or behind an identity token, or behind both.
//! Joining again changes nothing but what is said anew.

use super::book::Book;
use super::decision::Decision;
use super::profile::{self, Profile, Stored};
use super::proof::{self, Link};
use super::referrer::{self, NewReferrer, link_base};
use super::request::Request;
use super::sighting::{self, Told};
use super::who;
use crate::answer::Answer;
use crate::platform;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::code::Code;
use referral::identity::Identity;
use referral::identity::joining::{self, Account, Step};
use referral::input::{self, Input};
use referral::instant::Instant;
use referral::link_secret::LinkSecret;
use serde_json::json;

/// Who joined: id, the code of their link, and what was done for it.
struct Joined {
    id: String,
    code: String,
    /// What was written, and of whom; none where nothing was.
    done: Option<(&'static str, String)>,
    /// A referrer was made.
    new: bool,
}

pub(crate) fn join(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let program = book.program()?;
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let secret = read_secret(&mut input, request);
    let profile = Profile::read(&mut input, &program);
    input.finish().map_err(Problem::invalid)?;
    let mut writes = Writes::default();
    let joined = match (&request.identity, &secret) {
        (Some(identity), secret) => {
            identified(book, &mut writes, identity, secret.as_ref(), profile.signed_by(identity))?
        }
        (None, Some(secret)) => anonymous(book, &mut writes, secret, profile)?,
        (None, None) => return Err(Problem::invalid(Vec::new())),
    };
    if let Some((address, browser)) = request.meta.joins_from.clone() {
        let told = Told { client_ip: Some(address), user_agent: Some(browser) };
        sighting::write(book, &mut writes, &told, &joined.id)?;
    }
    let base = link_base(book.isolate()?.as_ref(), &program.facts);
    let link = format!("{base}{}", joined.code);
    let answer = json!({ "id": joined.id, "code": joined.code, "link": link });
    let status = if joined.new { 201 } else { 200 };
    Ok(Decision { answer: Answer::json(status, &answer)?, writes, audit: joined.done })
}

/// The secret in the body or, where a token came along, in `Goodword-Proof`.
fn read_secret(input: &mut Input<'_>, request: &Request) -> Option<LinkSecret> {
    let signed = request.identity.is_some();
    let written = input.text("proof", 1..=100);
    if !signed {
        input.require("proof");
    }
    let Some(written) = written else { return proof::secret(request).filter(|_| signed) };
    let secret = LinkSecret::parse(&written);
    if secret.is_none() {
        input.refuse(
            "proof",
            "not_a_proof",
            "must be gws_ and the base64url of 32 bytes, as the widget makes it",
        );
    }
    secret
}

fn anonymous(
    book: &Book,
    writes: &mut Writes,
    secret: &LinkSecret,
    profile: Profile,
) -> Result<Joined, Problem> {
    if let Some(link) = proof::link(book, secret)? {
        // A secret alone says nothing about somebody who signs in.
        let new = !link.identified && {
            let stored = profile::stored(book, &link.referrer_id)?;
            profile.write(writes, &link.referrer_id, stored)?.1
        };
        let done = new.then(|| ("referrer.changed", link.referrer_id.clone()));
        return Ok(Joined { id: link.referrer_id, code: link.code, done, new: false });
    }
    let code = Code::from_secret(secret.bytes());
    if referrer::taken(book, &code)? {
        return Err(Problem::conflict(
            "code_taken",
            "Another secret has made the same code. Make a new secret and try again.",
        ));
    }
    create(writes, code, None, Some(secret), profile)
}

fn create(
    writes: &mut Writes,
    code: Code,
    external_id: Option<&str>,
    secret: Option<&LinkSecret>,
    mut profile: Profile,
) -> Result<Joined, Problem> {
    let (proof_hash, external_id) = (secret.map(LinkSecret::hash), external_id.map(str::to_owned));
    let person = std::mem::take(&mut profile.person);
    let new = NewReferrer { code, external_id, proof_hash, person };
    let id = new.write(writes, Instant::from_ms(platform::now_ms()))?;
    profile.write(writes, &id, Stored::default())?;
    let done = Some(("referrer.joined", id.clone()));
    Ok(Joined { id, code: code.as_str().to_owned(), done, new: true })
}

fn identified(
    book: &Book,
    writes: &mut Writes,
    identity: &Identity,
    secret: Option<&LinkSecret>,
    profile: Profile,
) -> Result<Joined, Problem> {
    let known = who::by_external_id(book, &identity.sub)?;
    let account = match &known {
        None => Account::New,
        Some(known) => {
            let count: Option<(usize,)> = book.database.row(sql!("ledger/further_links"), &[&known.id])?;
            Account::Known { further_links: count.map_or(0, |(count,)| count) }
        }
    };
    let (link, state) = link_of(book, secret)?;
    let step = joining::join(account, state);
    let now = platform::now_ms();
    let (id, code, mut done) = match (step, known, link, secret) {
        (Step::Create, ..) => {
            return create(writes, referrer::mint(book)?, Some(&identity.sub), None, profile);
        }
        (Step::CreateWithLink, _, _, Some(secret)) => {
            let code = Code::from_secret(secret.bytes());
            return create(writes, code, Some(&identity.sub), Some(secret), profile);
        }
        (Step::Identify, _, Some(link), _) => {
            writes.add(sql!("ledger/referrer_identify"), &(&identity.sub, &link.joined_by))?;
            let done = Some(("referrer.identified", link.joined_by.clone()));
            (link.joined_by, link.first_code, done)
        }
        (Step::AddLink, Some(known), _, Some(secret)) => {
            let code = Code::from_secret(secret.bytes());
            let row = (code.as_str(), &known.id, secret.hash(), now);
            writes.add(sql!("ledger/further_code_insert"), &row)?;
            let done = Some(("referrer.link_added", known.id.clone()));
            (known.id, known.code, done)
        }
        (Step::Merge, Some(known), Some(link), _) => {
            writes.add(sql!("ledger/joined_to_insert"), &(&link.joined_by, &known.id, now))?;
            (known.id, known.code, Some(("referrer.joined_to", link.joined_by)))
        }
        (_, Some(known), ..) => (known.id, known.code, None),
        _ => return Err(Problem::internal("joining came to nothing")),
    };
    let stored = profile::stored(book, &id)?;
    if profile.write(writes, &id, stored)?.1 && done.is_none() {
        done = Some(("referrer.changed", id.clone()));
    }
    Ok(Joined { id, code, done, new: false })
}

/// The link of a secret, and what that means for joining.
fn link_of(book: &Book, secret: Option<&LinkSecret>) -> Result<(Option<Link>, joining::Link), Problem> {
    let Some(secret) = secret else { return Ok((None, joining::Link::None)) };
    let link = proof::link(book, secret)?;
    let state = match &link {
        Some(link) if link.identified => joining::Link::Settled,
        Some(_) => joining::Link::Anonymous,
        // Two secrets of one code: as good as none.
        None if referrer::taken(book, &Code::from_secret(secret.bytes()))? => joining::Link::None,
        None => joining::Link::Unknown,
    };
    Ok((link, state))
}

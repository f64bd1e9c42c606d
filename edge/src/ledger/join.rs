//! `POST /v1/widget/join`: the referrer behind a secret made in the browser, or behind an identity token, or behind both.
//! Joining again changes nothing but what is said anew.

use super::book::Book;
use super::conversion::evidence;
use super::decision::Decision;
use super::profile::{self, Profile, Stored};
use super::proof::{self, Link};
use super::referrer::{self, NewReferrer, link_base};
use super::request::Request;
use super::retroactive;
use super::sharing;
use super::sighting::{self, Told};
use super::who;
use crate::answer::Answer;
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
    /// Whether the link of the secret that came along is theirs; none where none came.
    with_link: Option<bool>,
}

pub(crate) fn join(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let program = book.program()?;
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let secret = read_secret(&mut input, request);
    let profile = Profile::read(&mut input, &program);
    let click_id = evidence(&mut input, "click_id", 2000);
    input.finish().map_err(Problem::invalid)?;
    let mut writes = Writes::default();
    let now = book.now();
    let mut joined = match (&request.identity, secret) {
        (Some(identity), secret) => {
            identified(book, &mut writes, identity, secret, profile.signed_by(identity), now)?
        }
        (None, Some(secret)) => anonymous(book, &mut writes, &secret, profile, now)?,
        (None, None) => return Err(Problem::invalid(Vec::new())),
    };
    // The panel joins when its link leaves the browser. A secret alone says nothing about somebody who signs in.
    if request.identity.is_some() || joined.with_link == Some(true) {
        sharing::note(&mut writes, &joined.id, now)?;
    }
    if let Some(click_id) = &click_id {
        let own = (joined.id.as_str(), joined.code.as_str());
        let news = retroactive::own_browser(book, &mut writes, own, click_id, now)?;
        if news && joined.done.is_none() {
            joined.done = Some(("referrer.browser_told", joined.id.clone()));
        }
    }
    if let Some((address, browser)) = request.meta.joins_from.clone() {
        let told = Told { client_ip: Some(address), user_agent: Some(browser) };
        sighting::write(book, &mut writes, &told, &joined.id)?;
    }
    let base = link_base(book.isolate()?.as_ref(), &program.facts);
    let link = format!("{base}{}", joined.code);
    let answer = json!({
        "id": joined.id,
        "code": joined.code,
        "link": link,
        "link_joined": joined.with_link,
    });
    let status = if joined.new { 201 } else { 200 };
    Ok(Decision { answer: Answer::json(status, &answer)?, writes, audit: joined.done })
}

/// The secret in the body, which nobody needs who signs in.
fn read_secret(input: &mut Input<'_>, request: &Request) -> Option<LinkSecret> {
    let written = input.text("proof", 1..=100);
    if request.identity.is_none() {
        input.require("proof");
    }
    let secret = LinkSecret::parse(&written?);
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
    now: Instant,
) -> Result<Joined, Problem> {
    if let Some(link) = proof::link(book, secret)? {
        // A secret alone says nothing about somebody who signs in.
        let new = !link.identified && {
            let stored = profile::stored(book, &link.referrer_id)?;
            profile.write(writes, &link.referrer_id, stored, now)?.1
        };
        let done = new.then(|| ("referrer.changed", link.referrer_id.clone()));
        let with_link = Some(!link.identified);
        return Ok(Joined { id: link.referrer_id, code: link.code, done, new: false, with_link });
    }
    let code = Code::from_secret(secret.bytes());
    if referrer::taken(book, &code)? {
        return Err(Problem::conflict(
            "code_taken",
            "Another secret has made the same code. Make a new secret and try again.",
        ));
    }
    create(writes, code, None, Some(secret), profile, now)
}

fn create(
    writes: &mut Writes,
    code: Code,
    external_id: Option<&str>,
    secret: Option<&LinkSecret>,
    mut profile: Profile,
    now: Instant,
) -> Result<Joined, Problem> {
    let (proof_hash, external_id) = (secret.map(LinkSecret::hash), external_id.map(str::to_owned));
    let person = std::mem::take(&mut profile.person);
    let new = NewReferrer { code, external_id, proof_hash, person };
    let id = new.write(writes, now)?;
    profile.write(writes, &id, Stored::default(), now)?;
    let done = Some(("referrer.joined", id.clone()));
    let with_link = secret.map(|_| true);
    Ok(Joined { id, code: code.as_str().to_owned(), done, new: true, with_link })
}

fn identified(
    book: &Book,
    writes: &mut Writes,
    identity: &Identity,
    secret: Option<LinkSecret>,
    profile: Profile,
    now: Instant,
) -> Result<Joined, Problem> {
    let account = match who::by_external_id(book, &identity.sub)? {
        None => Account::New,
        Some(account) => {
            let count: Option<(usize,)> = book.database.row(sql!("ledger/further_links"), &[&account.id])?;
            Account::Known { account, further_links: count.map_or(0, |(count,)| count) }
        }
    };
    let (came, known) = match &secret {
        None => (false, None),
        Some(secret) => (true, proof::link(book, secret)?),
    };
    let owner = known.as_ref().filter(|link| link.identified).map(|link| link.referrer_id.clone());
    let step = joining::join(account, link_of(book, secret, known)?);
    let takes_over = !matches!(step, Step::Create | Step::Nothing(_));
    let with_link = |id: &str| came.then(|| takes_over || owner.as_deref() == Some(id));
    let (id, code, mut done) = match step {
        Step::Create => {
            let joined = create(writes, referrer::mint(book)?, Some(&identity.sub), None, profile, now)?;
            return Ok(Joined { with_link: with_link(&joined.id), ..joined });
        }
        Step::CreateWithLink(secret) => {
            let code = Code::from_secret(secret.bytes());
            return create(writes, code, Some(&identity.sub), Some(&secret), profile, now);
        }
        Step::Identify(link) => {
            writes.add(sql!("ledger/referrer_identify"), &(&identity.sub, &link.joined_by))?;
            retroactive::own(book, writes, &link.joined_by, &identity.sub, now)?;
            let done = Some(("referrer.identified", link.joined_by.clone()));
            (link.joined_by, link.first_code, done)
        }
        Step::AddLink { account, secret } => {
            let code = Code::from_secret(secret.bytes());
            let row = (code.as_str(), &account.id, secret.hash(), now.ms());
            writes.add(sql!("ledger/further_code_insert"), &row)?;
            let done = Some(("referrer.link_added", account.id.clone()));
            (account.id, account.code, done)
        }
        Step::Merge { account, link } => {
            writes.add(sql!("ledger/joined_to_insert"), &(&link.joined_by, &account.id, now.ms()))?;
            retroactive::own(book, writes, &link.joined_by, &identity.sub, now)?;
            (account.id, account.code, Some(("referrer.joined_to", link.joined_by)))
        }
        Step::Nothing(account) => (account.id, account.code, None),
    };
    let stored = profile::stored(book, &id)?;
    if profile.write(writes, &id, stored, now)?.1 && done.is_none() {
        done = Some(("referrer.changed", id.clone()));
    }
    let with_link = with_link(&id);
    Ok(Joined { id, code, done, new: false, with_link })
}

/// What the secret that came along means for joining.
fn link_of(
    book: &Book,
    secret: Option<LinkSecret>,
    known: Option<Link>,
) -> Result<joining::Link<LinkSecret, Link>, Problem> {
    let Some(secret) = secret else { return Ok(joining::Link::None) };
    Ok(match known {
        Some(link) if link.identified => joining::Link::Settled,
        Some(link) => joining::Link::Anonymous(link),
        // Two secrets of one code: as good as none.
        None if referrer::taken(book, &Code::from_secret(secret.bytes()))? => joining::Link::None,
        None => joining::Link::Unknown(secret),
    })
}

//! What referrers say of themselves: how they are called, whether friends may know, which terms they accept; and the
//! merchant's word for who they are.

use super::book::{Book, Loaded};
use super::decision::Decision;
use super::list::REFERRERS;
use super::person::Person;
use super::request::Request;
use super::who;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::identity::Identity;
use referral::input::{self, Input, LONGEST_NAME};
use referral::instant::Instant;
use serde_json::json;

/// What a call says.
pub(crate) struct Profile {
    pub(crate) person: Person,
    terms_version: Option<i64>,
    /// Somebody who signs in tells the e-mail themselves: it fills a gap and replaces nothing, so that nobody leaves the
    /// address behind that the merchant knows them by.
    self_told_email: bool,
}

/// What is stored.
#[derive(Default)]
pub(crate) struct Stored {
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) show_name: bool,
    /// The newest version of the terms that was accepted.
    pub(crate) terms_accepted: Option<i64>,
}

pub(crate) fn stored(book: &Book, id: &str) -> Result<Stored, Problem> {
    type Row = (Option<String>, Option<String>, u8, Option<i64>);
    let row: Option<Row> = book.database.row(sql!("ledger/standing"), &[id])?;
    Ok(row
        .map(|(email, name, show_name, terms_accepted)| Stored {
            email,
            name,
            show_name: show_name == 1,
            terms_accepted,
        })
        .unwrap_or_default())
}

impl Profile {
    pub(crate) fn read(input: &mut Input<'_>, program: &Loaded) -> Self {
        let person = Person {
            email: input.email("email"),
            name: input.text("name", 1..=LONGEST_NAME),
            show_name: input.flag("show_name"),
        };
        let terms_version = input.integer("terms_version", 1..=i64::from(u32::MAX));
        if terms_version.is_some_and(|version| version > i64::from(program.last_version)) {
            input.refuse("terms_version", "out_of_range.version", "is no version of this program's terms");
        }
        Self { person, terms_version, self_told_email: false }
    }

    /// The merchant's word for who somebody is goes before their own.
    pub(crate) fn signed_by(mut self, identity: &Identity) -> Self {
        self.self_told_email = identity.email.is_none();
        self.person.email = identity.email.clone().or(self.person.email);
        self.person.name = identity.name.clone().or(self.person.name);
        self
    }

    /// Writes what is new in it; gives what is stored then, and whether anything was new.
    pub(crate) fn write(
        self,
        writes: &mut Writes,
        id: &str,
        mut stored: Stored,
        now: Instant,
    ) -> Result<(Stored, bool), Problem> {
        let Person { email, name, show_name } = self.person;
        let person = Person {
            email: email.filter(|email| match &stored.email {
                Some(known) => known != email && !self.self_told_email,
                None => true,
            }),
            name: name.filter(|name| stored.name.as_ref() != Some(name)),
            show_name: show_name.filter(|show| stored.show_name != *show),
        };
        person.write(writes, id)?;
        let accepted =
            self.terms_version.filter(|version| stored.terms_accepted.is_none_or(|old| old < *version));
        if let Some(version) = accepted {
            writes.add(sql!("ledger/terms_accepted_insert"), &(id, version, now.ms()))?;
        }
        let new = person.email.is_some()
            || person.name.is_some()
            || person.show_name.is_some()
            || accepted.is_some();
        stored.email = person.email.or(stored.email);
        stored.name = person.name.or(stored.name);
        stored.show_name = person.show_name.unwrap_or(stored.show_name);
        stored.terms_accepted = accepted.or(stored.terms_accepted);
        Ok((stored, new))
    }
}

/// `PATCH /v1/widget/me {name?, email?, show_name?, terms_version?}`: what is named changes, the rest stays. A token's
/// e-mail and name go before those in the body.
pub(crate) fn change(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let profile = Profile::read(&mut input, book.program()?.as_ref());
    input.finish().map_err(Problem::invalid)?;
    let profile = match &request.identity {
        Some(identity) => profile.signed_by(identity),
        None => Profile {
            self_told_email: request.meta.portal.as_ref().is_some_and(|one| one.identified),
            ..profile
        },
    };
    let id = who::account(book, request)?.id;
    let mut writes = Writes::default();
    let (stored, new) = profile.write(&mut writes, &id, stored(book, &id)?, book.now())?;
    let answer = json!({ "id": id, "show_name": stored.show_name, "terms_accepted": stored.terms_accepted });
    Ok(Decision {
        answer: Answer::json(200, &answer)?,
        writes,
        audit: new.then_some(("referrer.changed", id)),
    })
}

/// `PATCH /v1/referrers/{id} {name?, email?}`: the merchant's word for who somebody is, also where they are known by another.
/// What is named changes, the rest stays.
pub(crate) fn correct(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let person = Person {
        email: input.email("email"),
        name: input.text("name", 1..=LONGEST_NAME),
        ..Person::default()
    };
    input.finish().map_err(Problem::invalid)?;
    let known: Option<(i64, String)> = book.database.row(REFERRERS.by_id, &[id])?;
    known.ok_or_else(Problem::not_found)?;
    let told = Profile { person, terms_version: None, self_told_email: false };
    let mut writes = Writes::default();
    let (stored, new) = told.write(&mut writes, id, stored(book, id)?, book.now())?;
    let answer = json!({ "id": id, "name": stored.name, "email": stored.email });
    let audit = new.then(|| ("referrer.changed", id.to_owned()));
    Ok(Decision { answer: Answer::json(200, &answer)?, writes, audit })
}

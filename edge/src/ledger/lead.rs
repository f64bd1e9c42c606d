//! `POST /v1/leads`: a friend identified themselves.

use super::book::Book;
use super::conversion::{self, Conversion, Kind, Presented};
use super::convert;
use super::decision::Decision;
use super::person::Person;
use super::request::Request;
use crate::problem::Problem;
use referral::input::{self, Input, LONGEST_NAME};

pub(crate) fn record(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let customer_id = input.required_text("customer_id", 1..=200);
    let event = input.text("event", 1..=40).unwrap_or_else(|| "signup".to_owned());
    if !event.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')) {
        input.refuse("event", "unknown_character", "takes letters, digits, _, - and .");
    }
    let presented = Presented::read(&mut input);
    let person = Person {
        email: input.email("email"),
        name: input.text("name", 1..=LONGEST_NAME),
        ..Person::default()
    };
    let email_verified = input.flag("email_verified").unwrap_or(false);
    if email_verified && person.email.is_none() {
        input.refuse("email_verified", "out_of_place", "needs the email it is about");
    }
    let occurred_at = conversion::occurred_at(&mut input, book.now());
    let metadata = input.metadata("metadata");
    input.finish().map_err(Problem::invalid)?;
    let kind = Kind::Lead { event };
    let conversion =
        Conversion { kind, customer_id, presented, person, email_verified, occurred_at, metadata };
    convert::record(book, &conversion)
}

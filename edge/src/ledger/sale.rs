//! `POST /v1/sales`: a friend paid.

use super::book::Book;
use super::conversion::{self, Conversion, Kind, Presented};
use super::convert;
use super::decision::Decision;
use super::person::Person;
use super::rate;
use super::request::Request;
use crate::problem::Problem;
use referral::input::{self, Input};
use referral::money::Money;

pub(crate) fn record(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let order_id = input.required_text("order_id", 1..=200);
    let customer_id = input.required_text("customer_id", 1..=200);
    let amount = input.amount("amount", 0);
    input.require("amount");
    let currency = input.currency("currency");
    input.require("currency");
    let presented = Presented::read(&mut input);
    let occurred_at = conversion::occurred_at(&mut input, book.now());
    let metadata = input.metadata("metadata");
    let rate = rate::read(&mut input, "exchange_rate", currency, book.program()?.currency);
    input.finish().map_err(Problem::invalid)?;
    let (Some(amount), Some(currency)) = (amount, currency) else {
        return Err(Problem::invalid(Vec::new()));
    };
    let kind = Kind::Sale { order_id, paid: Money { amount, currency }, rate };
    let person = Person::default();
    let conversion =
        Conversion { kind, customer_id, presented, person, email_verified: false, occurred_at, metadata };
    convert::record(book, &conversion)
}

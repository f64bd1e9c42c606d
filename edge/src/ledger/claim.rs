//! `POST /v1/claims`: a browser says it brought a friend. Nothing is payable until a secret key confirms it: a claim is
//! a touch that waits for the merchant's own lead or sale of that customer.

use super::book::{Book, new_id};
use super::decision::Decision;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::input::{self, Input};
use serde_json::json;

pub(crate) fn record(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let click_id = input.required_text("click_id", 1..=2000);
    let customer_id = input.text("customer_id", 1..=200);
    let email = input.email("email");
    input.finish().map_err(Problem::invalid)?;
    let program = book.program()?;
    // Only a click id that proves itself may cost us a row, and only one.
    let Some((code, at)) = program.verify(&click_id, book.now()) else {
        return Err(Problem::field(
            "click_id",
            "invalid_click",
            "does not prove a click on a link of this program",
        ));
    };
    let shown = |id: &str| json!({ "id": id, "status": "unverified" });
    let known: Option<(String, Option<String>)> =
        book.database.row(sql!("ledger/claim_by_click"), &[&click_id])?;
    if let Some((id, customer)) = known {
        return if customer == customer_id {
            Ok(Decision::answer(Answer::json(200, &shown(&id))?))
        } else {
            Err(Problem::conflict("claim_conflict", "This click was claimed for another customer."))
        };
    }
    let id = new_id("clm")?;
    let mut writes = Writes::default();
    let row = (&id, &click_id, code, at.ms(), &customer_id, &email, book.now().ms());
    writes.add(sql!("ledger/claim_insert"), &row)?;
    Ok(Decision { answer: Answer::json(201, &shown(&id))?, writes, audit: Some(("claim.recorded", id)) })
}

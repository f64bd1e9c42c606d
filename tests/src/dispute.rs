//! Disputes of referrers who joined in a widget, and what is left to people.

use crate::book::Book;
use crate::http::{Answer, Request};
use crate::program::Program;
use crate::token::secret;
use serde_json::{Value, json};

/// Who joined in a widget: proof, code and id.
#[derive(Clone, Debug)]
pub struct Sharer {
    /// The secret of their link.
    pub proof: String,
    /// The code of it.
    pub code: String,
    /// Their id.
    pub id: String,
}

/// Joins in a widget with a secret that is this byte over and over.
#[track_caller]
pub fn sharer(program: &Program, byte: u8) -> Sharer {
    let (proof, code) = secret(byte);
    let joined = program.page().post("/v1/widget/join", &json!({ "proof": proof })).expect(201);
    Sharer { proof, code, id: joined["id"].as_str().expect("an id").to_owned() }
}

/// Sends a page's request with their proof.
#[track_caller]
pub fn as_sharer(program: &Program, sharer: &Sharer, request: Request) -> Answer {
    program.page().send(request.header("goodword-proof", &sharer.proof))
}

/// The id of whatever it is.
#[track_caller]
pub fn id(body: &Value) -> &str {
    body["id"].as_str().expect("an id")
}

/// Opens a dispute of theirs.
#[track_caller]
pub fn open(program: &Program, sharer: &Sharer, about: &str) -> Value {
    let body = json!({"about": about, "message": "I sent this friend."});
    as_sharer(program, sharer, Request::post("/v1/disputes", &body)).expect(201)
}

/// Decides a dispute as the merchant.
#[track_caller]
pub fn decide(program: &Program, dispute: &Value, body: &Value) -> Answer {
    program.server().post(&format!("/v1/disputes/{}/decision", id(dispute)), body)
}

/// Upholds a dispute so that the credit goes to whoever asked.
#[track_caller]
pub fn give(program: &Program, dispute: &Value, to: &Sharer) -> Answer {
    decide(program, dispute, &json!({"decision": "upheld", "note": "You did.", "referrer_id": to.id}))
}

/// Records a sale in euros; the fields of `more` are added.
#[track_caller]
pub fn sell(program: &Program, order: &str, customer: &str, amount: i64, more: &Value) -> Value {
    let mut body = json!({"order_id": order, "customer_id": customer, "amount": amount, "currency": "EUR"});
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    program.server().post("/v1/sales", &body).expect(201)
}

/// Records a refund.
#[track_caller]
pub fn refund(program: &Program, refund: &str, order: &str, amount: i64) {
    let body = json!({"refund_id": refund, "order_id": order, "amount": amount});
    program.server().post("/v1/refunds", &body).expect(201);
}

/// What is left to somebody, over all states.
#[track_caller]
pub fn balance(program: &Program, id: &str) -> i64 {
    let query = "SELECT coalesce(sum(amount), 0) FROM entry WHERE account = ?";
    Book::live(program).texts(query, &[id]).first().and_then(|sum| sum.parse().ok()).unwrap_or_default()
}

/// What is left to the friend with this id of the merchant's.
#[track_caller]
pub fn friend_balance(program: &Program, customer: &str) -> i64 {
    let query = "SELECT coalesce(sum(e.amount), 0) FROM entry e JOIN friend f ON f.id = e.account WHERE f.customer_id = ?";
    Book::live(program).texts(query, &[customer]).first().and_then(|sum| sum.parse().ok()).unwrap_or_default()
}

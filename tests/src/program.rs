//! A program opened on an edge, with its keys, and callers that hold them.

use crate::house::House;
use crate::http::{Answer, Request};
use serde_json::{Value, json};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A program and who may call it.
#[derive(Clone, Debug)]
pub struct Program {
    /// Where it runs.
    pub house: Arc<House>,
    /// `prg_…`
    pub id: String,
    /// Its name in links.
    pub slug: String,
    /// Everything that was answered when it was opened.
    pub opened: Value,
}

/// What a program of a test is unless it says otherwise: 10 % to the referrer and 5.00 to the friend of a sale, 1.00 to
/// the referrer of a lead.
pub fn usual(slug: &str) -> Value {
    json!({
        "slug": slug,
        "name": "Fern & Field",
        "kind": "referral",
        "destination": "https://shop.example/welcome",
        "currency": "EUR",
        "terms": {"rewards": [
            {"id": "referrer_share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
            {"id": "friend_gift", "on": "sale", "to": "friend", "pay": {"flat": 500}},
            {"id": "lead_fee", "on": "lead", "to": "referrer", "pay": {"flat": 100}},
        ]},
        // Tests are faster than people, and their customers come in crowds.
        "fraud": {"off": ["too_fast", "velocity", "unusual_amount"]},
    })
}

/// A slug nobody has yet.
pub fn fresh_slug() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("t{}-{}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

impl Program {
    /// Opens a program with [`usual`] terms.
    pub fn open(house: &Arc<House>) -> Self {
        Self::open_with(house, &json!({}))
    }

    /// Opens a program; the fields of `changes` replace the usual ones.
    #[track_caller]
    pub fn open_with(house: &Arc<House>, changes: &Value) -> Self {
        let slug = fresh_slug();
        let mut body = usual(&slug);
        for (name, value) in changes.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let opened = house.call(&Request::post("/v1/programs", &body).key(&house.admin_key)).expect(201);
        let text = |name: &str| opened[name].as_str().unwrap_or_default().to_owned();
        Self { house: Arc::clone(house), id: text("id"), slug: text("slug"), opened }
    }

    /// The 16 characters that stand for the program in keys and in links made without the network.
    pub fn uid(&self) -> &str {
        self.id.trim_start_matches("prg_")
    }

    /// One of `publishable_live`, `secret_live`, `publishable_test`, `secret_test`.
    #[track_caller]
    pub fn key(&self, name: &str) -> &str {
        self.opened["keys"][name].as_str().expect("a key of this name")
    }

    /// The merchant's server.
    pub fn server(&self) -> Caller<'_> {
        self.with(self.key("secret_live"))
    }

    /// The merchant's server, trying things.
    pub fn test_server(&self) -> Caller<'_> {
        self.with(self.key("secret_test"))
    }

    /// A page of the merchant.
    pub fn page(&self) -> Caller<'_> {
        self.with(self.key("publishable_live"))
    }

    /// A caller with any key.
    pub fn with<'a>(&'a self, key: &'a str) -> Caller<'a> {
        Caller { house: &self.house, key }
    }

    /// The link of a code.
    pub fn link(&self, code: &str) -> String {
        format!("{}/r/{}/{code}", self.house.origin(), self.slug)
    }

    /// Makes a referrer and gives what was answered.
    #[track_caller]
    pub fn referrer(&self, code: &str) -> Value {
        self.server()
            .post("/v1/referrers", &json!({ "code": code, "external_id": format!("ext-{code}") }))
            .expect(201)
    }
}

/// Somebody with a key.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    house: &'a House,
    key: &'a str,
}

impl Caller<'_> {
    /// Posts JSON.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Request::post(path, body))
    }

    /// Posts JSON under an `Idempotency-Key`.
    #[track_caller]
    pub fn post_once(&self, path: &str, idempotency_key: &str, body: &Value) -> Answer {
        self.send(Request::post(path, body).header("idempotency-key", idempotency_key))
    }

    /// Changes something.
    #[track_caller]
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        let mut request = Request::post(path, body);
        "PATCH".clone_into(&mut request.method);
        self.send(request)
    }

    /// Takes something away.
    #[track_caller]
    pub fn delete(&self, path: &str) -> Answer {
        self.send(Request::new("DELETE", path))
    }

    /// Reads.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path))
    }

    /// Sends any request with this caller's key.
    #[track_caller]
    pub fn send(&self, request: Request) -> Answer {
        self.house.call(&request.key(self.key))
    }
}

//! A merchant's person who gives the credit for sales to whoever asks, while the edge dies again and again.

use serde_json::{Value, json};
use tests::book::Book;
use tests::chance::Chance;
use tests::http::{Connection, Request};
use tests::program::Program;

/// Opens disputes for referrers and upholds them, remembers what was acknowledged.
pub(crate) struct Arbiter {
    chance: Chance,
    /// Dispute, conversion and who got the credit.
    moved: Vec<(String, String, String)>,
}

impl Arbiter {
    pub(crate) fn new(chance: Chance) -> Self {
        Self { chance, moved: Vec::new() }
    }

    /// How many moves were acknowledged.
    pub(crate) fn done(&self) -> usize {
        self.moved.len()
    }

    /// Moves credit until the connection breaks.
    pub(crate) fn work(&mut self, program: &Program) {
        let Ok(mut connection) = Connection::open(program.house.port) else { return };
        let key = program.key("secret_live");
        let list = |connection: &mut Connection, path: &str| -> Option<Vec<Value>> {
            let listed = connection.call(&Request::get(path).key(key)).ok()?.expect(200);
            Some(listed["data"].as_array().cloned().unwrap_or_default())
        };
        loop {
            let kind = if self.chance.below(3) == 0 { "leads" } else { "sales" };
            let Some(conversions) = list(&mut connection, &format!("/v1/{kind}?limit=20")) else { return };
            let Some(referrers) = list(&mut connection, "/v1/referrers?limit=20") else { return };
            let (Some(one), Some(to)) = (self.chance.pick(&conversions), self.chance.pick(&referrers)) else {
                continue;
            };
            let (conversion, to) = (text(one, "id"), text(to, "id"));
            let body = json!({"about": conversion, "message": "Mine.", "referrer_id": to});
            let Ok(opened) = connection.call(&Request::post("/v1/disputes", &body).key(key)) else { return };
            assert!(matches!(opened.status, 200 | 201), "{}", opened.text());
            let dispute = text(&opened.json(), "id");
            let body = json!({"decision": "upheld", "note": "Theirs.", "referrer_id": to});
            let request = Request::post(&format!("/v1/disputes/{dispute}/decision"), &body).key(key);
            let Ok(answer) = connection.call(&request) else { return };
            match answer.status {
                // 200: the answer to a former try was lost.
                200 | 201 => self.moved.push((dispute, conversion, to)),
                409 => {
                    let code = text(&answer.json(), "code");
                    assert!(["flag_open", "already_credited"].contains(&code.as_str()), "{}", answer.text());
                }
                status => panic!("{status} {}", answer.text()),
            }
        }
    }

    /// What was acknowledged is decided and moved.
    #[track_caller]
    pub(crate) fn check(&self, book: &Book) {
        for (dispute, conversion, to) in &self.moved {
            let query = "SELECT e.decision || ' ' || x.referrer_id FROM dispute_decision e JOIN reattribution x ON x.dispute_id = e.dispute_id
                WHERE e.dispute_id = ? AND x.conversion_id = ?";
            let stored = book.texts(query, &[dispute, conversion]);
            assert_eq!(stored, [format!("upheld {to}")], "acknowledged, and not there: {dispute}");
        }
    }
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}

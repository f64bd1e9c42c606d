//! A merchant's person who decides about flags and erases people while the edge dies again and again.

use serde_json::{Value, json};
use tests::book::Book;
use tests::chance::Chance;
use tests::http::{Connection, Request};
use tests::program::Program;

/// The mailbox that a referrer and some of their friends share, so that there are flags.
pub(crate) const SHARED: &str = "shared@mail.example";

/// Decides, remembers what was acknowledged.
pub(crate) struct Reviewer {
    chance: Chance,
    decided: Vec<(String, &'static str)>,
    erased: usize,
}

impl Reviewer {
    pub(crate) fn new(chance: Chance) -> Self {
        Self { chance, decided: Vec::new(), erased: 0 }
    }

    /// How many flags were decided and how many people erased, as far as was acknowledged.
    pub(crate) fn done(&self) -> (usize, usize) {
        (self.decided.len(), self.erased)
    }

    /// Decides what is open and erases its customers until the connection breaks.
    pub(crate) fn work(&mut self, program: &Program) {
        let Ok(mut connection) = Connection::open(program.house.port) else { return };
        let key = program.key("secret_live");
        while let Ok(listed) = connection.call(&Request::get("/v1/flags?limit=50").key(key)) {
            let flags = listed.expect(200);
            let open = flags["data"].as_array().into_iter().flatten().filter(|flag| flag["status"] == "open");
            for flag in open {
                let id = flag["id"].as_str().unwrap_or_default();
                let (word, decision) = [("release", "released"), ("confirm", "confirmed")]
                    [usize::from(self.chance.below(2) == 0)];
                let path = format!("/v1/flags/{id}/decision");
                let Ok(answer) = connection.call(&Request::post(&path, &json!({"decision": word})).key(key))
                else {
                    return;
                };
                answer.expect(201);
                self.decided.push((id.to_owned(), decision));
            }
            if self.chance.below(4) == 0 {
                let Ok(leads) = connection.call(&Request::get("/v1/leads?limit=10").key(key)) else { return };
                let leads = leads.expect(200);
                let leads: Vec<Value> = leads["data"].as_array().cloned().unwrap_or_default();
                let Some(lead) = self.chance.pick(&leads) else { continue };
                let body = json!({"customer_id": lead["customer_id"]});
                let Ok(answer) = connection.call(&Request::post("/v1/erasure", &body).key(key)) else {
                    return;
                };
                answer.expect(200);
                self.erased += 1;
            }
        }
    }

    /// What was acknowledged is decided that way.
    #[track_caller]
    pub(crate) fn check(&self, book: &Book) {
        for (id, decision) in &self.decided {
            let stored = book.texts("SELECT decision FROM flag_decision WHERE flag_id = ?", &[id]);
            assert_eq!(stored, [*decision], "acknowledged, and not there: {id}");
        }
    }
}

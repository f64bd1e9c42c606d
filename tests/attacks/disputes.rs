//! A merchant's person who gives the credit for sales to whoever asks, while the edge dies again and again.

use serde_json::{Value, json};
use tests::book::Book;
use tests::chance::Chance;
use tests::http::{Connection, Request};
use tests::program::Program;

/// Opens disputes for referrers and upholds them, remembers what was acknowledged.
pub(crate) struct Arbiter {
    chance: Chance,
    /// Conversions and referrers, as far as they were listed.
    conversions: Vec<String>,
    referrers: Vec<String>,
    /// A dispute that is opened: its id, the conversion, who asks.
    open: Option<(String, String, String)>,
    /// Dispute, conversion and who got the credit.
    moved: Vec<(String, String, String)>,
}

impl Arbiter {
    pub(crate) fn new(chance: Chance) -> Self {
        Self { chance, conversions: Vec::new(), referrers: Vec::new(), open: None, moved: Vec::new() }
    }

    /// How many moves were acknowledged.
    pub(crate) fn done(&self) -> usize {
        self.moved.len()
    }

    /// Moves credit until the connection breaks.
    pub(crate) fn work(&mut self, program: &Program) {
        let Ok(mut connection) = Connection::open(program.house.port) else { return };
        let key = program.key("secret_live");
        while self.step(&mut connection, key).is_some() {}
    }

    /// One call; none once the connection is broken.
    fn step(&mut self, connection: &mut Connection, key: &str) -> Option<()> {
        if let Some((dispute, conversion, to)) = self.open.clone() {
            let body = json!({"decision": "upheld", "note": "Theirs.", "referrer_id": to});
            let request = Request::post(&format!("/v1/disputes/{dispute}/decision"), &body).key(key);
            let answer = connection.call(&request).ok()?;
            self.open = None;
            match answer.status {
                // 200: the answer to a former try was lost.
                200 | 201 => self.moved.push((dispute, conversion, to)),
                409 => {
                    let code = text(&answer.json(), "code");
                    assert!(["flag_open", "already_credited"].contains(&code.as_str()), "{}", answer.text());
                }
                status => panic!("{status} {}", answer.text()),
            }
            return Some(());
        }
        if self.referrers.is_empty() {
            self.referrers = ids(connection, key, "/v1/referrers?limit=100")?;
        }
        if self.conversions.is_empty() || self.chance.below(8) == 0 {
            let kind = if self.chance.below(3) == 0 { "leads" } else { "sales" };
            self.conversions = ids(connection, key, &format!("/v1/{kind}?limit=20"))?;
        }
        let (Some(conversion), Some(to)) =
            (self.chance.pick(&self.conversions).cloned(), self.chance.pick(&self.referrers).cloned())
        else {
            return Some(());
        };
        let body = json!({"about": conversion, "message": "Mine.", "referrer_id": to});
        let opened = connection.call(&Request::post("/v1/disputes", &body).key(key)).ok()?;
        assert!(matches!(opened.status, 200 | 201), "{}", opened.text());
        self.open = Some((text(&opened.json(), "id"), conversion, to));
        Some(())
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

fn ids(connection: &mut Connection, key: &str, path: &str) -> Option<Vec<String>> {
    let listed = connection.call(&Request::get(path).key(key)).ok()?.expect(200);
    Some(listed["data"].as_array().into_iter().flatten().map(|one| text(one, "id")).collect())
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}

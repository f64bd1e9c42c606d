//! A merchant's person who decides about flags, changes what is doubted, suspends, reinstates and erases people while the
//! edge dies again and again.

use serde_json::{Value, json};
use tests::book::Book;
use tests::chance::Chance;
use tests::http::{Connection, Request};
use tests::program::Program;

/// The mailbox that a referrer and some of their friends share, so that there are flags.
pub(crate) const SHARED: &str = "shared@mail.example";

/// The edge has died.
struct Dead;

/// Decides, remembers what was acknowledged.
pub(crate) struct Reviewer {
    chance: Chance,
    decided: Vec<(String, &'static str)>,
    erased: usize,
    /// The newest version of the settings.
    version: i64,
    /// How often somebody was suspended or reinstated by hand.
    suspensions: usize,
    /// Where that is done.
    suspension: String,
}

impl Reviewer {
    /// Who decides about flags, and suspends and reinstates this referrer.
    pub(crate) fn new(chance: Chance, referrer_id: &str) -> Self {
        let suspension = format!("/v1/referrers/{referrer_id}/suspension");
        Self { chance, decided: Vec::new(), erased: 0, version: 1, suspensions: 0, suspension }
    }

    /// How many flags were decided, people erased, settings changed, suspensions begun and ended, as far as was
    /// acknowledged.
    pub(crate) fn done(&self) -> [usize; 4] {
        let changed = usize::try_from(self.version - 1).unwrap_or_default();
        [self.decided.len(), self.erased, changed, self.suspensions]
    }

    /// Goes on until the connection breaks.
    pub(crate) fn work(&mut self, program: &Program) {
        let Ok(mut connection) = Connection::open(program.house.port) else { return };
        let key = program.key("secret_live");
        let mut call = |method: &str, path: &str, body: &Value| {
            let mut request = Request::post(path, body).key(key);
            method.clone_into(&mut request.method);
            if method == "GET" {
                request = Request::get(path).key(key);
            }
            let answer = connection.call(&request).map_err(|_| Dead)?;
            assert!(matches!(answer.status, 200 | 201), "{path}: {} {}", answer.status, answer.text());
            Ok((answer.status, answer.json()))
        };
        loop {
            let went_on = match self.chance.below(4) {
                0 => self.decide(&mut call),
                1 => self.erase(&mut call),
                2 => self.doubt(&mut call),
                _ => self.suspend(&mut call),
            };
            if went_on.is_err() {
                return;
            }
        }
    }

    /// Decides what is open, one by one or all at once.
    fn decide(
        &mut self,
        call: &mut impl FnMut(&str, &str, &Value) -> Result<(u16, Value), Dead>,
    ) -> Result<(), Dead> {
        let (_, flags) = call("GET", "/v1/flags?limit=5&status=open", &Value::Null)?;
        let open: Vec<String> = (flags["data"].as_array().into_iter().flatten())
            .filter_map(|flag| flag["id"].as_str().map(str::to_owned))
            .collect();
        let mut verdict =
            || [("release", "released"), ("confirm", "confirmed")][usize::from(self.chance.below(2) == 0)];
        if open.len() > 1 && self.version % 2 == 0 {
            let (word, decision) = verdict();
            call("POST", "/v1/flags/decisions", &json!({"ids": open, "decision": word}))?;
            self.decided.extend(open.into_iter().map(|id| (id, decision)));
            return Ok(());
        }
        for id in open {
            let (word, decision) = verdict();
            call("POST", &format!("/v1/flags/{id}/decision"), &json!({"decision": word}))?;
            self.decided.push((id, decision));
        }
        Ok(())
    }

    fn erase(
        &mut self,
        call: &mut impl FnMut(&str, &str, &Value) -> Result<(u16, Value), Dead>,
    ) -> Result<(), Dead> {
        let (_, leads) = call("GET", "/v1/leads?limit=10", &Value::Null)?;
        let leads: Vec<Value> = leads["data"].as_array().cloned().unwrap_or_default();
        let Some(lead) = self.chance.pick(&leads) else { return Ok(()) };
        call("POST", "/v1/erasure", &json!({"customer_id": lead["customer_id"]}))?;
        self.erased += 1;
        Ok(())
    }

    /// Changes the settings.
    fn doubt(
        &mut self,
        call: &mut impl FnMut(&str, &str, &Value) -> Result<(u16, Value), Dead>,
    ) -> Result<(), Dead> {
        let weight = self.chance.below(1000);
        let (_, settings) = call("PATCH", "/v1/fraud", &json!({"weights": {"paid_ad": weight}}))?;
        self.version = settings["version"].as_i64().unwrap_or_default();
        Ok(())
    }

    /// Suspends or reinstates one referrer, as chance has it.
    fn suspend(
        &mut self,
        call: &mut impl FnMut(&str, &str, &Value) -> Result<(u16, Value), Dead>,
    ) -> Result<(), Dead> {
        let decision = ["suspend", "reinstate"][usize::from(self.chance.below(2) == 0)];
        let (status, _) =
            call("POST", &self.suspension, &json!({"decision": decision, "note": "We spoke."}))?;
        self.suspensions += usize::from(status == 201);
        Ok(())
    }

    /// What was acknowledged is decided that way.
    #[track_caller]
    pub(crate) fn check(&self, book: &Book) {
        for (id, decision) in &self.decided {
            let stored = book.texts("SELECT decision FROM flag_decision WHERE flag_id = ?", &[id]);
            assert_eq!(stored, [*decision], "acknowledged, and not there: {id}");
        }
        let version = book.number("SELECT coalesce(max(version), 1) FROM fraud_settings");
        assert!(version >= self.version, "acknowledged, and not there: version {}", self.version);
        let by_hand = book.number("SELECT count(*) FROM suspension WHERE cause = 'by_hand'");
        assert!(by_hand >= i64::try_from(self.suspensions).unwrap_or(i64::MAX), "a suspension is lost");
    }
}

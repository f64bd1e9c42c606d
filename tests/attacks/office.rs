//! kill -9 while a merchant's people work: decisions, payouts, codes, groups, rates, disputes, the
//! calendar of payouts, what is doubted, terms, erasures, the test clock, what a program is set up with, files taken in. What was acknowledged is there, once; of the rest all or nothing.

use crate::alone;
use crate::mover::Mover;
use crate::setup::{self, Setup};
use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant};
use tests::book::Book;
use tests::chance::Chance;
use tests::house::House;
use tests::http::{Connection, Request};
use tests::program::{Program, usual};

/// What must be so, because it was acknowledged: a query with one binding, and the one text it gives.
#[derive(Debug)]
struct Fact {
    query: &'static str,
    binding: String,
    expected: String,
}

/// What somebody does all day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Rewards,
    Payouts,
    Coupons,
    Groups,
    Rates,
    Leads,
    Disputes,
    Calendar,
    Doubts,
    Terms,
    Erasures,
    Clock,
    /// What a program is set up with.
    Setup(Setup),
}

const ALL: &[Work] = &[
    Work::Rewards,
    Work::Payouts,
    Work::Coupons,
    Work::Groups,
    Work::Rates,
    Work::Leads,
    Work::Disputes,
    Work::Calendar,
    Work::Doubts,
    Work::Terms,
    Work::Erasures,
    Work::Clock,
    Work::Setup(Setup::People),
    Work::Setup(Setup::Look),
    Work::Setup(Setup::Library),
    Work::Setup(Setup::Thoughts),
    Work::Setup(Setup::Page),
];

pub(crate) struct Clerk {
    work: Work,
    pub(crate) chance: Chance,
    pub(crate) made: u64,
    facts: Vec<Fact>,
}

/// The connection broke.
pub(crate) struct Gone;

/// One clerk's line to the edge.
pub(crate) struct Line<'a> {
    pub(crate) connection: Connection,
    key: &'a str,
    pub(crate) program: &'a Program,
}

impl Line<'_> {
    /// Calls; `Null` for what the ledger had reason to refuse.
    pub(crate) fn call(&mut self, method: &str, path: &str, body: &Value) -> Result<Value, Gone> {
        let mut request = Request::post(path, body).key(self.key);
        method.clone_into(&mut request.method);
        let answer = self.connection.call(&request).map_err(|_| Gone)?;
        match answer.status {
            200 | 201 => Ok(answer.json()),
            409 => Ok(Value::Null),
            status => panic!("{method} {path} {body}: {status} {}", answer.text()),
        }
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Result<Value, Gone> {
        self.call("POST", path, body)
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Clerk {
    fn new(work: Work, chance: Chance) -> Self {
        Self { work, chance, made: 0, facts: Vec::new() }
    }

    /// Works until the edge dies.
    fn work(&mut self, program: &Program) {
        let key = if self.work == Work::Clock { "secret_test" } else { "secret_live" };
        let Ok(connection) = Connection::open(program.house.port) else { return };
        let mut line = Line { connection, key: program.key(key), program };
        while self.step(&mut line).is_ok() {}
    }

    pub(crate) fn learn(&mut self, query: &'static str, binding: &Value, expected: impl Into<String>) {
        self.facts.push(Fact { query, binding: text(binding), expected: expected.into() });
    }

    #[expect(clippy::too_many_lines, reason = "a paragraph for each kind of work")]
    fn step(&mut self, line: &mut Line<'_>) -> Result<(), Gone> {
        self.made += 1;
        let name = format!("{:?}-{}", self.work, self.made).to_lowercase();
        let first = self.chance.below(2) == 0;
        let lead = json!({"customer_id": name, "code": "ada", "event": name, "email": format!("{name}@mail.example")});
        match self.work {
            Work::Rewards => {
                let sold = line.post("/v1/sales", &sale(&name, "EUR"))?;
                let id = &sold["rewards"][0]["id"];
                let decision = if first { "approve" } else { "void" };
                let body = json!({"decision": decision, "note": "So it is."});
                if !line.post(&format!("/v1/rewards/{}/decision", text(id)), &body)?.is_null() {
                    self.learn("SELECT decision FROM reward_decision WHERE reward_id = ?", id, decision);
                }
            }
            Work::Payouts => {
                let batch = line.post("/v1/payouts", &json!({}))?;
                if batch.is_null() {
                    thread::sleep(Duration::from_millis(5));
                    return Ok(());
                }
                let id = &batch["id"];
                let lines = "SELECT count(*) FROM payout_line WHERE payout_id = ?";
                self.learn(lines, id, batch["lines"].to_string());
                let decision = if first { "paid" } else { "failed" };
                line.post(&format!("/v1/payouts/{}/decision", text(id)), &json!({ "decision": decision }))?;
                self.learn("SELECT DISTINCT state FROM payout_line WHERE payout_id = ?", id, decision);
            }
            Work::Coupons => {
                let codes: Vec<String> = (0..3).map(|at| format!("{name}-{at}")).collect();
                line.post("/v1/coupons", &json!({"pool": "few", "codes": codes}))?;
                self.learn("SELECT count(*) FROM coupon WHERE code = ?", &json!(codes[2]), "1");
                let told = line.post("/v1/leads", &lead)?;
                let rewards = told["rewards"].as_array().cloned().unwrap_or_default();
                for reward in rewards.iter().filter(|reward| reward["coupon"].is_string()) {
                    let given = "SELECT reward_id FROM coupon WHERE code = ?";
                    self.learn(given, &reward["coupon"], text(&reward["id"]));
                }
            }
            Work::Groups => {
                let group = line.post("/v1/groups", &json!({"name": name, "terms": {"rewards": []}}))?;
                let id = text(&group["id"]);
                self.learn("SELECT name FROM referrer_group WHERE id = ?", &group["id"], name.clone());
                line.post(
                    &format!("/v1/groups/{id}/terms"),
                    &json!({"terms": {"rewards": [], "window_days": 31}}),
                )?;
                self.learn("SELECT count(*) FROM group_terms WHERE group_id = ?", &group["id"], "2");
                let member = line.post("/v1/referrers", &json!({ "external_id": name }))?;
                line.post(
                    &format!("/v1/referrers/{}/group", text(&member["id"])),
                    &json!({ "group_id": id }),
                )?;
                self.learn("SELECT group_id FROM membership WHERE referrer_id = ?", &member["id"], id);
            }
            Work::Rates => {
                let sold = line.post("/v1/sales", &sale(&name, "USD"))?;
                let path = format!("/v1/sales/{}/exchange_rate", text(&sold["id"]));
                line.post(&path, &json!({"exchange_rate": "0.9"}))?;
                self.learn("SELECT rate FROM exchange WHERE conversion_id = ?", &sold["id"], "0.9");
            }
            Work::Leads => {
                let told = line.post("/v1/leads", &lead)?;
                let (decision, stage) = if first { ("qualify", "qualified") } else { ("reject", "rejected") };
                let body = json!({"decision": decision, "reason": "So it is."});
                line.post(&format!("/v1/leads/{}/decision", text(&told["id"])), &body)?;
                self.learn("SELECT stage FROM lead_stage WHERE lead_id = ?", &told["id"], stage);
            }
            Work::Disputes => {
                let sold = line.post("/v1/sales", &sale(&name, "EUR"))?;
                let asked = json!({"referrer_id": sold["attribution"]["referrer_id"], "about": sold["id"], "message": "Mine?"});
                let dispute = line.post("/v1/disputes", &asked)?;
                let path = format!("/v1/disputes/{}", text(&dispute["id"]));
                self.learn("SELECT about FROM dispute WHERE id = ?", &dispute["id"], text(&sold["id"]));
                line.post(&format!("{path}/messages"), &json!({"message": "We look."}))?;
                let words = "SELECT count(*) FROM dispute_message WHERE dispute_id = ?";
                self.learn(words, &dispute["id"], "1");
                let decision = if first { "upheld" } else { "rejected" };
                line.post(&format!("{path}/decision"), &json!({"decision": decision, "note": "So it is."}))?;
                let decided = "SELECT decision FROM dispute_decision WHERE dispute_id = ?";
                self.learn(decided, &dispute["id"], decision);
            }
            Work::Calendar => {
                let minimum = 10_000 + self.made;
                let every = json!({"every": "month", "day": 1 + self.made % 28, "minimum": minimum});
                line.post("/v1/payouts/schedule", &every)?;
                let kept = "SELECT count(*) FROM payout_schedule WHERE minimum_amount = ?";
                self.learn(kept, &json!(minimum), "1");
            }
            Work::Doubts => {
                let pace = 1 + self.made % 150;
                let changed = line.call("PATCH", "/v1/fraud", &json!({"velocity": {"in_24_hours": pace}}))?;
                let settings = "SELECT json_extract(body, '$.velocity.in_24_hours') FROM fraud_settings WHERE version = ?";
                self.learn(settings, &changed["version"], pace.to_string());
            }
            Work::Terms => {
                let mut terms = terms();
                terms["window_days"] = (30 + self.made % 300).into();
                let changed = line.call("PATCH", "/v1/program", &json!({ "terms": terms }))?;
                if !changed.is_null() {
                    let window = "SELECT json_extract(body, '$.window_days') FROM terms WHERE version = ?";
                    self.learn(window, &changed["terms"]["version"], terms["window_days"].to_string());
                }
            }
            Work::Erasures => {
                let told = line.post("/v1/leads", &lead)?;
                line.post("/v1/erasure", &json!({ "customer_id": name }))?;
                let named =
                    "SELECT count(*) FROM person p JOIN conversion c ON c.friend_id = p.id WHERE c.id = ?";
                self.learn(named, &told["id"], "0");
            }
            Work::Clock => {
                let clock = line.post("/v1/test/clock", &json!({"advance_days": 1}))?;
                assert!(clock.is_object(), "{clock}");
                let ahead = "SELECT ahead_ms >= CAST(? AS INTEGER) FROM clock";
                let days = i64::try_from(self.facts.len()).unwrap_or(0) + 1;
                self.learn(ahead, &json!(days * 86_400_000), "1");
            }
            Work::Setup(work) => setup::step(work, self, line)?,
        }
        Ok(())
    }

    fn check(&self, live: &Book, test: &Book) {
        let book = if self.work == Work::Clock { test } else { live };
        for Fact { query, binding, expected } in &self.facts {
            assert_eq!(
                book.texts(query, &[binding]),
                [expected.as_str()],
                "acknowledged, and not so: {query} {binding}"
            );
        }
    }
}

fn sale(order: &str, currency: &str) -> Value {
    json!({"order_id": order, "customer_id": order, "amount": 9_000, "currency": currency, "code": "ada"})
}

fn terms() -> Value {
    let mut terms = usual("")["terms"].clone();
    terms["hold_days"] = 0.into();
    terms["approval"] = json!({"automatic_up_to": 600});
    let coupon = json!({"id": "code", "on": "lead", "to": "friend", "pay": {"coupon": "few"}});
    terms["rewards"].as_array_mut().expect("rules").push(coupon);
    terms
}

#[test]
fn what_a_merchants_people_did_survives_kill_9_at_any_moment_once() {
    let _alone = alone();
    let rounds: u64 =
        std::env::var("GOODWORD_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(60);
    let mut chance = Chance::new("kill -9 of an office");
    let house = House::start(|options| options);
    let program = Program::open_with(&house, &json!({ "terms": terms() }));
    program.referrer("ada");
    for at in 0..40 {
        program.server().post("/v1/sales", &sale(&format!("before-{at}"), "EUR")).expect(201);
    }
    let mut mover = Mover::new(&program);
    mover.check(&house);
    let mut clerks: Vec<Clerk> =
        ALL.iter().map(|work| Clerk::new(*work, Chance::from_seed(chance.bits()))).collect();
    let started = Instant::now();
    for round in 0..rounds {
        let quiet = round % 3 == 0;
        // In quiet rounds a file is taken in.
        let longest = if quiet { mover.takes.as_micros() * 3 / 2 } else { 1_000_000 };
        let moment = Duration::from_micros(5_000 + chance.below(u64::try_from(longest).unwrap_or(1_000_000)));
        thread::scope(|scope| {
            for clerk in clerks.iter_mut().skip(if quiet { ALL.len() } else { 0 }) {
                scope.spawn(|| clerk.work(&program));
            }
            if quiet {
                scope.spawn(|| mover.work());
            }
            thread::sleep(moment);
            house.crash();
        });
        let (live, test) = (Book::live(&program), Book::of(&program, "secret_test"));
        live.check();
        test.check();
        for clerk in &clerks {
            clerk.check(&live, &test);
        }
        house.restart();
        if quiet {
            mover.check(&house);
        }
        program.server().get("/v1/program").expect(200);
        program.test_server().get("/v1/program").expect(200);
    }
    let found = program.server().get("/v1/ledger/verify").expect(200);
    assert_eq!(
        (&found["ok"], &found["root"]),
        (&json!(true), &json!(Book::live(&program).chain().root().to_string()))
    );
    let done: Vec<String> =
        clerks.iter().map(|clerk| format!("{:?} {}", clerk.work, clerk.facts.len())).collect();
    println!(
        "kill -9 of an office: {rounds} rounds in {:.1} s, acknowledged: {}; files taken in: {} acknowledged, {} found whole and {} found empty afterwards",
        started.elapsed().as_secs_f32(),
        done.join(", "),
        mover.acknowledged,
        mover.broken_off[1],
        mover.broken_off[0],
    );
    for clerk in clerks {
        assert!(!clerk.facts.is_empty(), "{:?} did nothing", clerk.work);
    }
    assert!(mover.acknowledged + mover.broken_off.iter().sum::<usize>() > 0, "no file was on its way");
}

//! kill -9 of workerd at random moments under load. What was acknowledged is there, once, and the sums hold.
//!
//! This proves the death of the process, not of the machine: the page cache survives it.

use crate::alone;
use crate::disputes::Arbiter;
use crate::review::{Reviewer, SHARED};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tests::book::Book;
use tests::chance::Chance;
use tests::forge;
use tests::house::House;
use tests::http::{Connection, Request};
use tests::program::{Program, fresh_slug, usual};

const WRITERS: u64 = 16;
const CODES: [&str; 4] = ["ada", "grace", "edith", "radia"];

/// One call and what names it in the ledger.
#[derive(Clone, Debug)]
struct Command {
    route: &'static str,
    name: String,
    body: Value,
    idempotent: bool,
}

/// A merchant's server: posts, remembers what was acknowledged, repeats what was not.
struct Writer {
    number: u64,
    chance: Chance,
    made: u64,
    /// Orders and what is left of their amounts.
    sales: Vec<(String, i64)>,
    waiting: Option<(String, i64)>,
    in_doubt: Option<Command>,
    acknowledged: Vec<(Command, String, Value)>,
    sent: HashSet<(&'static str, String)>,
}

impl Writer {
    fn new(number: u64, chance: Chance) -> Self {
        Self {
            number,
            chance,
            made: 0,
            sales: Vec::new(),
            waiting: None,
            in_doubt: None,
            acknowledged: Vec::new(),
            sent: HashSet::new(),
        }
    }

    /// Posts until the connection breaks.
    fn work(&mut self, program: &Program) {
        let Ok(mut connection) = Connection::open(program.house.port) else { return };
        loop {
            let command = self.in_doubt.take().unwrap_or_else(|| self.invent(program));
            self.sent.insert((command.route, command.name.clone()));
            let mut request = Request::post(&format!("/v1/{}", command.route), &command.body)
                .key(program.key("secret_live"));
            if command.idempotent {
                request = request.header("idempotency-key", &command.name);
            }
            let Ok(answer) = connection.call(&request) else {
                self.in_doubt = Some(command);
                return;
            };
            assert!(matches!(answer.status, 200 | 201), "{command:?}: {} {}", answer.status, answer.text());
            let body = answer.json();
            self.learn(&command, &body);
            let id = body["id"].as_str().unwrap_or_default().to_owned();
            self.acknowledged.push((command, id, body));
        }
    }

    fn invent(&mut self, program: &Program) -> Command {
        self.made += 1;
        let (number, made) = (self.number, self.made);
        let idempotent = self.chance.below(2) == 0;
        let command = |route, name: String, body| Command { route, name, body, idempotent };
        if let Some((order, amount)) = self.waiting.take() {
            return command("sales", order.clone(), sale(&order, &format!("c-{number}-{made}"), amount));
        }
        let code = self.chance.pick(&CODES).copied().unwrap_or_default();
        match self.chance.below(10) {
            0..3 => {
                let customer = format!("c-{number}-{made}");
                let mut body = json!({"customer_id": customer, "email": format!("{customer}@mail.example")});
                if self.chance.below(4) == 0 {
                    // Somebody will have to look at this one.
                    body["code"] = "eve".into();
                    body["email"] = SHARED.replace('@', &format!("+{number}-{made}@")).into();
                } else if self.chance.below(2) == 0 {
                    body["click_id"] = forge::click(program, code, 60).into();
                } else {
                    body["code"] = code.into();
                }
                command("leads", customer, body)
            }
            3..6 => {
                let (order, customer) =
                    (format!("o-{number}-{made}"), format!("c-{number}-{}", made.saturating_sub(1)));
                let mut body = sale(&order, &customer, 1 + self.amount());
                body["code"] = code.into();
                command("sales", order, body)
            }
            6..8 => match self.sales.pop() {
                Some((order, left)) if left > 0 => {
                    let amount = 1 + i64::try_from(self.chance.below(left.unsigned_abs())).unwrap_or(0);
                    let refund = format!("r-{number}-{made}");
                    let body = json!({"refund_id": refund, "order_id": order, "amount": amount});
                    self.sales.push((order, left));
                    command("refunds", refund, body)
                }
                _ => command(
                    "referrers",
                    format!("e-{number}-{made}"),
                    json!({"external_id": format!("e-{number}-{made}")}),
                ),
            },
            8 => {
                // A refund that comes before its sale.
                let (order, refund) = (format!("o-{number}-{made}"), format!("r-{number}-{made}"));
                self.waiting = Some((order.clone(), 1 + self.amount()));
                command(
                    "refunds",
                    refund.clone(),
                    json!({"refund_id": refund, "order_id": order, "amount": 1 + self.amount()}),
                )
            }
            _ => command(
                "referrers",
                format!("e-{number}-{made}"),
                json!({"external_id": format!("e-{number}-{made}")}),
            ),
        }
    }

    fn amount(&mut self) -> i64 {
        i64::try_from(self.chance.below(20_000)).unwrap_or(0)
    }

    /// What is left of a sale, from the answers.
    fn learn(&mut self, command: &Command, body: &Value) {
        match command.route {
            "sales" => {
                let left =
                    body["amount"].as_i64().unwrap_or(0) - body["refunded_amount"].as_i64().unwrap_or(0);
                self.sales.push((command.name.clone(), left));
            }
            "refunds" => {
                let order = body["order_id"].as_str().unwrap_or_default();
                if let Some(sale) = self.sales.iter_mut().find(|(known, _)| known == order) {
                    sale.1 -= body["amount"].as_i64().unwrap_or(0);
                }
            }
            _ => {}
        }
    }
}

fn sale(order: &str, customer: &str, amount: i64) -> Value {
    json!({"order_id": order, "customer_id": customer, "amount": amount, "currency": "EUR"})
}

/// Rows of the ledger by what names them.
fn recorded(book: &Book) -> HashMap<(&'static str, String), String> {
    let query = "SELECT 'leads', customer_id, id FROM conversion WHERE kind = 'lead'
        UNION ALL SELECT 'sales', natural_key, id FROM conversion WHERE kind = 'sale'
        UNION ALL SELECT 'refunds', refund_id, id FROM refund
        UNION ALL SELECT 'referrers', external_id, id FROM referrer";
    let rows = book.rows(query, &[]);
    let count = rows.len();
    let word = |route: &str| {
        ["leads", "sales", "refunds", "referrers"].into_iter().find(|word| *word == route).unwrap_or("")
    };
    let known: HashMap<_, _> = rows
        .into_iter()
        .filter_map(|row| <[String; 3]>::try_from(row).ok())
        .map(|[route, name, id]| ((word(&route), name), id))
        .collect();
    assert_eq!(known.len(), count, "nothing is recorded twice");
    known
}

fn check(program: &Program, writers: &[Writer]) -> usize {
    let book = Book::live(program);
    book.check();
    let mut known = recorded(&book);
    let rows = known.len();
    for (command, id, _) in writers.iter().flat_map(|writer| &writer.acknowledged) {
        let found = known.get(&(command.route, command.name.clone()));
        assert_eq!(found, Some(id), "acknowledged, and not there: {command:?}");
    }
    for writer in writers {
        for sent in &writer.sent {
            known.remove(sent);
        }
    }
    known.retain(|(route, name), _| *route != "referrers" || !name.starts_with("ext-"));
    assert!(known.is_empty(), "recorded, and nobody sent it: {known:?}");
    rows
}

/// Posts some acknowledged commands again: the first answer comes back, byte for byte.
fn repeat(program: &Program, writer: &mut Writer) {
    for _ in 0..2 {
        let Some((command, _, body)) = writer.chance.pick(&writer.acknowledged).cloned() else { return };
        let again = program.server().post(&format!("/v1/{}", command.route), &command.body);
        assert_eq!(again.expect(200)["id"], body["id"], "{command:?}");
        if command.route != "referrers" {
            assert_eq!(again.json(), body, "{command:?}");
        }
    }
}

/// Opens programs until the edge dies; gives the slug that was not acknowledged.
fn open_programs(house: &Arc<House>, slug: Option<String>, opened: &mut Vec<String>) -> Option<String> {
    let mut connection = Connection::open(house.port).ok()?;
    let mut slug = slug.unwrap_or_else(fresh_slug);
    for _ in 0..3 {
        let request = Request::post("/v1/programs", &usual(&slug)).key(&house.admin_key);
        let Ok(answer) = connection.call(&request) else { return Some(slug) };
        match answer.status {
            201 => opened.push(answer.json()["keys"]["secret_live"].as_str().unwrap_or_default().to_owned()),
            // It had been opened; only the answer was lost.
            409 => {}
            status => panic!("{status} {}", answer.text()),
        }
        slug = fresh_slug();
    }
    None
}

#[test]
fn what_was_acknowledged_survives_kill_9_at_any_moment_once() {
    let _alone = alone();
    let rounds: u64 =
        std::env::var("GOODWORD_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(125);
    let mut chance = Chance::new("kill -9");
    let house = House::start(|options| options);
    let program = Program::open(&house);
    for code in CODES {
        program.referrer(code);
    }
    let mut writers: Vec<Writer> =
        (0..WRITERS).map(|number| Writer::new(number, Chance::from_seed(chance.bits()))).collect();
    let shared = json!({"external_id": "ext-eve", "code": "eve", "email": SHARED});
    let eve = program.server().post("/v1/referrers", &shared).expect(201);
    let eve = eve["id"].as_str().unwrap_or_default();
    let mut reviewer = Reviewer::new(Chance::from_seed(chance.bits()), eve);
    let mut arbiter = Arbiter::new(Chance::from_seed(chance.bits()));
    let (mut unopened, mut opened) = (None, Vec::new());
    let (started, mut rows, mut work) = (Instant::now(), 0, Duration::ZERO);
    for round in 0..rounds {
        let moment = Duration::from_millis(5 + chance.below(495));
        // Every fourth round is a quiet one, in which programs are opened while the edge dies.
        let quiet = round % 4 == 0;
        let at_work = if quiet { 1 } else { writers.len() };
        thread::scope(|scope| {
            for writer in writers.iter_mut().take(at_work) {
                scope.spawn(|| writer.work(&program));
            }
            if quiet {
                scope.spawn(|| unopened = open_programs(&house, unopened.take(), &mut opened));
            }
            scope.spawn(|| reviewer.work(&program));
            scope.spawn(|| arbiter.work(&program));
            thread::sleep(moment);
            house.crash();
        });
        work += moment;
        rows = check(&program, &writers);
        reviewer.check(&Book::live(&program));
        arbiter.check(&Book::live(&program));
        house.restart();
        // Wakes the objects, so that the next round is load from its beginning.
        program.server().get("/v1/program").expect(200);
        for writer in &mut writers {
            repeat(&program, writer);
        }
        for key in opened.iter().rev().take(3) {
            assert_eq!(
                program.with(key).get("/v1/program").status,
                200,
                "an opened program is there in round {round}"
            );
        }
    }
    // The edge comes to the same root as the rules do, after so many deaths.
    let found = program.server().get("/v1/ledger/verify").expect(200);
    let chain = Book::live(&program).chain();
    assert_eq!((&found["ok"], &found["root"]), (&json!(true), &json!(chain.root().to_string())), "{found}");
    let acknowledged: usize = writers.iter().map(|writer| writer.acknowledged.len()).sum();
    for key in &opened {
        assert_eq!(program.with(key).get("/v1/program").status, 200);
    }
    println!(
        "kill -9: {rounds} rounds, {acknowledged} commands acknowledged, {rows} rows, {:?} flags decided, people erased, settings changed, suspensions decided, {} conversions given to somebody else, {} programs opened, {:.1} s of load in {:.1} s",
        reviewer.done(),
        arbiter.done(),
        opened.len(),
        work.as_secs_f32(),
        started.elapsed().as_secs_f32()
    );
    assert!(acknowledged as u64 > rounds, "there was something to lose");
    assert!(reviewer.done().iter().all(|count| *count > 0), "and something to decide");
    assert!(arbiter.done() > 0, "and somebody else to credit");
}

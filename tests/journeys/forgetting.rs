//! A customer is forgotten in time whatever they are known by, be it one thing only, and everything that is new keeps them.

use crate::keeping::{advance, keep, known, logged};
use serde_json::{Value, json};
use std::sync::Arc;
use tests::book::Book;
use tests::forge;
use tests::house::House;
use tests::program::{Caller, Program};

/// A program that pays at once, and two referrers.
struct World {
    program: Program,
    ada: Value,
    ben: Value,
}

/// Words that only one customer's data hold.
fn words(who: &str) -> String {
    format!("{who}@words.example")
}

/// The path of what was answered.
fn path(list: &str, body: &Value) -> String {
    format!("/v1/{list}/{}", body["id"].as_str().expect("an id"))
}

impl World {
    fn open(house: &Arc<House>) -> Self {
        let terms = json!({"hold_days": 0, "qualification": {"events": ["demo"]}, "rewards": [
            {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
            {"id": "gift", "on": "qualified_lead", "to": "friend", "pay": {"flat": 500}},
        ]});
        let program = Program::open_with(house, &json!({ "terms": terms }));
        let join = |body: Value| program.test_server().post("/v1/referrers", &body).expect(201);
        let ada = join(json!({"code": "ada", "email": "ada@kontor-nord.de"}));
        let ben = join(json!({"code": "ben"}));
        Self { program, ada, ben }
    }

    fn server(&self) -> Caller<'_> {
        self.program.test_server()
    }

    fn tell(&self, path: &str, body: &Value) -> Value {
        self.server().post(path, body).expect(201)
    }

    /// A lead with more fields.
    fn lead(&self, who: &str, more: &Value) -> Value {
        let mut body = json!({ "customer_id": who });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        self.tell("/v1/leads", &body)
    }

    /// A sale that Ada brought.
    fn sale(&self, who: &str, currency: &str) -> Value {
        let order = format!("o-{who}");
        let sale = json!({"order_id": order, "customer_id": who, "amount": 10_000, "currency": currency, "code": "ada"});
        self.tell("/v1/sales", &sale)
    }

    /// The path of the one open flag on a lead whose address is Ada's; what else is doubted is released.
    fn flag(&self, who: &str) -> String {
        let lead = self.lead(who, &json!({"code": "ada", "email": format!("Ada+{who}@kontor-nord.de")}));
        let flags = self.server().get("/v1/flags?status=open&limit=100").expect(200);
        let all = flags["data"].as_array().into_iter().flatten();
        let theirs: Vec<String> =
            all.filter(|flag| flag["conversion_id"] == lead["id"]).map(|flag| path("flags", flag)).collect();
        let (first, others) = theirs.split_first().expect("a flag");
        for other in others {
            self.release(other);
        }
        first.clone()
    }

    /// The path of what Ada is given for a sale.
    fn reward(&self, who: &str) -> String {
        let sale = self.server().get(&path("sales", &self.sale(who, "EUR"))).expect(200);
        path("rewards", &sale["rewards"][0])
    }

    /// The path of a dispute that the merchant opens for a referrer.
    fn dispute(&self, by: &Value, about: &Value, message: &str) -> String {
        let dispute = json!({"referrer_id": by["id"], "about": about, "message": message});
        path("disputes", &self.tell("/v1/disputes", &dispute))
    }

    fn withdraw(&self, dispute: &str) {
        self.tell(&format!("{dispute}/decision"), &json!({"decision": "withdrawn"}));
    }

    fn release(&self, flag: &str) {
        self.tell(&format!("{flag}/decision"), &json!({"decision": "release"}));
    }

    /// A dispute that gives Ben the credit of a sale, about a text that is no sale's name.
    fn move_credit(&self, dispute: &str, sale: &Value, note: &str) {
        let body = json!({"decision": "upheld", "note": note, "referrer_id": self.ben["id"], "conversion_id": sale["id"]});
        self.tell(&format!("{dispute}/decision"), &body);
    }

    /// Pays everybody what they are owed.
    fn pay(&self, note: &str) {
        let payout = path("payouts", &self.tell("/v1/payouts", &json!({})));
        self.tell(&format!("{payout}/decision"), &json!({"decision": "paid", "note": note}));
    }

    /// A browser's word, of a click as many days ahead of the real clock.
    fn claim(&self, who: &str, days: i64) {
        let click = forge::click(&self.program, "ada", 60 - days * 86_400);
        let claim = json!({"click_id": click, "customer_id": who, "email": words(who)});
        self.program.with(self.program.key("publishable_test")).post("/v1/claims", &claim).expect(201);
    }

    /// Takes out by hand what is known until then, so that only what comes later is.
    fn erase(&self, who: &str) {
        self.server().post("/v1/erasure", &json!({ "customer_id": who })).expect(200);
    }

    fn dump(&self) -> String {
        format!("{:?}", Book::of(&self.program, "secret_test").dump())
    }
}

/// By what a customer may be known alone, and how that comes to be.
type Reason = (&'static str, fn(&World, &str));

const REASONS: &[Reason] = &[
    ("name", |world, who| {
        world.lead(who, &json!({"name": words(who)}));
    }),
    ("metadata", |world, who| {
        world.lead(who, &json!({"metadata": {"note": words(who)}}));
    }),
    // What a conversion was judged by, in which no word stands.
    ("observation", |world, who| {
        world.lead(who, &json!({"code": "ada"}));
    }),
    ("claim", |world, who| {
        world.lead(who, &json!({}));
        world.claim(who, 0);
    }),
    ("stage", |world, who| {
        let lead = path("leads", &world.lead(who, &json!({})));
        world.tell(&format!("{lead}/decision"), &json!({"decision": "reject", "reason": words(who)}));
    }),
    ("flag_note", |world, who| {
        let flag = world.flag(who);
        world.erase(who);
        world.tell(&format!("{flag}/notes"), &json!({"note": words(who)}));
        world.release(&flag);
    }),
    // Under a key, so that the answer is remembered.
    ("flag_decision", |world, who| {
        let flag = world.flag(who);
        world.erase(who);
        let decision = json!({"decision": "release", "note": words(who)});
        world.server().post_once(&format!("{flag}/decision"), who, &decision).expect(201);
    }),
    ("reward_decision", |world, who| {
        let reward = world.reward(who);
        world.erase(who);
        world.tell(&format!("{reward}/decision"), &json!({"decision": "void", "note": words(who)}));
    }),
    ("dispute", |world, who| {
        let sale = world.sale(who, "EUR");
        world.erase(who);
        world.withdraw(&world.dispute(&world.ada, &sale["id"], &words(who)));
    }),
    ("dispute_of_order", |world, who| {
        world.sale(who, "EUR");
        world.erase(who);
        world.withdraw(&world.dispute(&world.ada, &json!(format!("o-{who}")), &words(who)));
    }),
    ("dispute_message", |world, who| {
        let sale = world.sale(who, "EUR");
        let dispute = world.dispute(&world.ada, &sale["id"], "Is it right?");
        world.erase(who);
        world.tell(&format!("{dispute}/messages"), &json!({"message": words(who)}));
        world.withdraw(&dispute);
    }),
    ("dispute_decision", |world, who| {
        let sale = world.sale(who, "EUR");
        let dispute = world.dispute(&world.ada, &sale["id"], "Is it right?");
        world.erase(who);
        world.tell(&format!("{dispute}/decision"), &json!({"decision": "rejected", "note": words(who)}));
    }),
    // Nothing but the move says that the dispute is about them.
    ("moved_credit", |world, who| {
        let sale = world.sale(who, "EUR");
        world.erase(who);
        let dispute = world.dispute(&world.ben, &json!(words(who)), &words(who));
        world.move_credit(&dispute, &sale, &words(who));
    }),
    ("payout", |world, who| {
        world.lead(who, &json!({"code": "ada", "event": "demo"}));
        world.erase(who);
        world.pay(&words(who));
    }),
];

#[test]
fn whoever_is_known_by_one_thing_only_is_forgotten() {
    let house = House::shared();
    let world = World::open(&house);
    for (who, happens) in REASONS {
        happens(&world, who);
    }
    let holds = |who: &str| world.dump().contains(&words(who));
    let observed = || {
        Book::of(&world.program, "secret_test").number(
            "SELECT count(*) FROM observation o JOIN conversion c ON c.seq = o.conversion_seq WHERE c.customer_id = 'observation'",
        )
    };
    for (who, _) in REASONS.iter().filter(|(who, _)| *who != "observation") {
        assert!(holds(who), "{who}: the words are nowhere");
    }
    assert_eq!(observed(), 1);
    keep(world.server(), &json!(6));
    advance(world.server(), 190);
    let left: Vec<&str> = REASONS.iter().map(|(who, _)| *who).filter(|who| holds(who)).collect();
    assert_eq!((left, observed()), (Vec::new(), 0));
    assert_eq!(logged(world.server()), [REASONS.len().to_string()]);
    // And nobody is found a second time.
    advance(world.server(), 1);
    assert_eq!(logged(world.server()), [REASONS.len().to_string()]);
    Book::of(&world.program, "secret_test").check();
}

/// What there was before, and what is new after that.
type News = (&'static str, fn(&World, &str) -> Value, fn(&World, &str, &Value));

/// Known by their address, brought by Ada.
fn brought(world: &World, who: &str) -> Value {
    world.lead(who, &json!({"code": "ada", "email": words(who)}))
}

/// The same, with a sale.
fn bought(world: &World, who: &str) -> Value {
    brought(world, who);
    world.sale(who, "EUR")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a path")
}

const NEWS: &[News] = &[
    ("nothing", brought, |_, _, _| {}),
    ("lead", brought, |world, who, _| {
        world.lead(who, &json!({"event": "again"}));
    }),
    ("sale", brought, |world, who, _| {
        world.sale(who, "EUR");
    }),
    ("refund", bought, |world, who, _| {
        let refund = json!({"refund_id": who, "order_id": format!("o-{who}"), "amount": 10_000});
        world.tell("/v1/refunds", &refund);
    }),
    (
        "rate",
        |world, who| {
            brought(world, who);
            world.sale(who, "USD")
        },
        |world, _, sale| {
            world.tell(&format!("{}/exchange_rate", path("sales", sale)), &json!({"exchange_rate": "0.9"}));
        },
    ),
    (
        "stage",
        |world, who| world.lead(who, &json!({"email": words(who)})),
        |world, _, lead| {
            let no = json!({"decision": "reject", "reason": "No."});
            world.tell(&format!("{}/decision", path("leads", lead)), &no);
        },
    ),
    ("claim", brought, |world, who, _| world.claim(who, 100)),
    ("flag", |world, who| json!(world.flag(who)), |world, _, flag| world.release(text(flag))),
    (
        "flag_note",
        |world, who| {
            let flag = world.flag(who);
            world.release(&flag);
            json!(flag)
        },
        |world, _, flag| {
            world.tell(&format!("{}/notes", text(flag)), &json!({"note": "They called."}));
        },
    ),
    (
        "reward",
        |world, who| {
            brought(world, who);
            json!(world.reward(who))
        },
        |world, _, reward| {
            let void = json!({"decision": "void", "note": "No."});
            world.tell(&format!("{}/decision", text(reward)), &void);
        },
    ),
    (
        "dispute",
        |world, who| json!(world.dispute(&world.ada, &bought(world, who)["id"], "Is it right?")),
        |world, _, dispute| world.withdraw(text(dispute)),
    ),
    (
        "dispute_of_customer",
        |world, who| {
            brought(world, who);
            json!(world.dispute(&world.ada, &json!(who), "Is it right?"))
        },
        |world, _, dispute| world.withdraw(text(dispute)),
    ),
    ("moved_credit", bought, |world, _, sale| {
        let dispute = world.dispute(&world.ben, &json!("the order of my friend"), "Is it mine?");
        world.move_credit(&dispute, sale, "Yes.");
    }),
    (
        "payout",
        |world, who| world.lead(who, &json!({"code": "ada", "event": "demo", "email": words(who)})),
        |world, _, _| world.pay("Sent."),
    ),
];

#[test]
fn everything_that_is_new_keeps_its_customer_for_as_long_again() {
    let house = House::shared();
    let world = World::open(&house);
    keep(world.server(), &json!(6));
    let before: Vec<Value> = NEWS.iter().map(|(who, before, _)| before(&world, who)).collect();
    advance(world.server(), 100);
    for ((who, _, then), before) in NEWS.iter().zip(&before) {
        then(&world, who, before);
    }
    advance(world.server(), 95);
    let mut stay: Vec<&str> = NEWS.iter().map(|(who, ..)| *who).filter(|who| *who != "nothing").collect();
    stay.sort_unstable();
    assert_eq!(known(&world.program), stay);
    advance(world.server(), 105);
    assert_eq!((known(&world.program), logged(world.server()).len()), (Vec::new(), 2));
    assert!(!world.dump().contains("@words.example"));
    Book::of(&world.program, "secret_test").check();
}

//! The same orders over and over, all at once, with a crash in the middle.

use crate::alone;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tests::book::Book;
use tests::chance::Chance;
use tests::house::House;
use tests::http::{Answer, Connection, Request};
use tests::program::Program;

const ORDERS: u64 = 2_000;
const TIMES: u64 = 10;
const AT_ONCE: usize = 32;

fn order(number: u64) -> Value {
    json!({
        "order_id": format!("order-{number}"),
        "customer_id": format!("customer-{}", number / 3),
        "amount": 1_000 + number,
        "currency": "EUR",
        "code": "ada",
    })
}

/// Posts until an answer comes, over crashes and restarts.
fn post(connection: &mut Option<Connection>, port: u16, request: &Request) -> Answer {
    let patience = Instant::now();
    loop {
        let open = connection.take().map_or_else(|| Connection::open(port), Ok);
        if let Ok(mut open) = open
            && let Ok(answer) = open.call(request)
        {
            *connection = Some(open);
            return answer;
        }
        assert!(patience.elapsed() < Duration::from_secs(30), "the edge does not come back");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn two_thousand_orders_ten_times_each_with_a_crash_in_between_are_two_thousand_sales() {
    let _alone = alone();
    let mut chance = Chance::new("orders");
    let house = House::start(|options| options);
    let program = Program::open(&house);
    program.referrer("ada");
    let mut posts: Vec<u64> = (0..ORDERS * TIMES).map(|at| at % ORDERS).collect();
    chance.shuffle(&mut posts);
    let (next, started) = (AtomicUsize::new(0), Instant::now());
    let answers: Mutex<HashMap<u64, Vec<Answer>>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let mut connection = None;
                while let Some(&number) = posts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let request = Request::post("/v1/sales", &order(number)).key(program.key("secret_live"));
                    let answer = post(&mut connection, house.port, &request);
                    answers.lock().expect("nobody panics with it").entry(number).or_default().push(answer);
                }
            });
        }
        while next.load(Ordering::Relaxed) < posts.len() / 2 {
            thread::sleep(Duration::from_millis(1));
        }
        house.crash();
        house.restart();
    });
    let answers = answers.into_inner().expect("nobody panicked with it");
    assert_eq!(answers.len() as u64, ORDERS);
    let mut statuses: BTreeMap<u16, u32> = BTreeMap::new();
    for (number, answers) in &answers {
        assert_eq!(answers.len() as u64, TIMES);
        for answer in answers {
            *statuses.entry(answer.status).or_default() += 1;
            assert_eq!(answer.body, answers[0].body, "order {number} was answered in two ways");
        }
        let first = answers.iter().filter(|answer| answer.status == 201).count();
        assert!(first <= 1, "order {number} was new {first} times");
    }
    let known: Vec<u16> = statuses.keys().copied().collect();
    assert_eq!(known, [200, 201], "{statuses:?}");
    let book = Book::live(&program);
    book.check();
    assert_eq!(book.number("SELECT count(*) FROM conversion WHERE kind = 'sale'"), ORDERS.cast_signed());
    assert_eq!(
        book.number("SELECT sum(amount) FROM conversion"),
        (0..ORDERS).map(|number| 1_000 + number).sum::<u64>().cast_signed()
    );
    println!(
        "orders: {} posts, answered {statuses:?}, {:.1} s",
        posts.len(),
        started.elapsed().as_secs_f32()
    );
}

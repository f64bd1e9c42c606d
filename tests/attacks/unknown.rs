//! Made-up programs, codes and keys cost no storage.

use crate::alone;
use referral::code::Code;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};
use tests::book::Book;
use tests::chance::Chance;
use tests::house::{self, CLIENT_IP, House};
use tests::http::{Connection, Request};
use tests::program::Program;
use tests::visitor::{FIREFOX, Visitor};

const CONNECTIONS: u64 = 8;
const BATCHES: u64 = 250;
const BATCH: u64 = 50;

/// One made-up request and the status it must get.
fn invent(chance: &mut Chance, program: &Program) -> (Request, u16) {
    let word = referral::api_key::uid(chance.bytes());
    let address = format!("198.51.{}.{}", chance.below(256), chance.below(256));
    let person =
        |target: &str| Request::get(target).header("user-agent", FIREFOX).header(CLIENT_IP, &address);
    match chance.below(20) {
        // An unknown name, an unknown uid, an unknown host.
        0..6 => (person(&format!("/r/{}/ada", &word[..12])), 404),
        6..9 => (person(&format!("/r/{word}/ada/deep?x=1")), 404),
        9..11 => (person("/r/ada").header("host", &format!("{}.example", &word[..10])), 404),
        // A code nobody has, of either kind, and one that is none.
        11..14 => (person(&format!("/r/{}/{}", program.slug, Code::mint(&chance.bytes()).as_str())), 302),
        14..16 => (person(&format!("/r/{}/{}", program.slug, &word[..9])), 302),
        16..17 => (person(&format!("/r/{}/{word}0", program.slug)), 302),
        // A key that looks like one.
        17..19 => {
            (Request::get("/v1/program").key(&format!("sk_live_{word}{word}{word}{}", &word[..2])), 401)
        }
        _ => {
            let body = json!({"proof": "x"});
            (
                Request::post("/v1/widget/join", &body)
                    .key(&format!("pk_test_{word}{word}{word}{}", &word[..2])),
                401,
            )
        }
    }
}

fn flood(house: &House, program: &Program, mut chance: Chance, statuses: &Mutex<BTreeMap<(u16, u16), u64>>) {
    let mut connection = Connection::open(house.port).expect("the edge listens");
    for _ in 0..BATCHES {
        let requests: Vec<(Request, u16)> = (0..BATCH).map(|_| invent(&mut chance, program)).collect();
        let bytes: Vec<u8> = requests.iter().flat_map(|(request, _)| request.bytes(house.port)).collect();
        connection.send(&bytes).expect("the edge reads");
        for (request, expected) in &requests {
            let answer = connection.receive(&request.method).expect("the edge answers");
            *statuses
                .lock()
                .expect("nobody panics with it")
                .entry((*expected, answer.status))
                .or_default() += 1;
        }
    }
}

#[test]
fn a_hundred_thousand_unknown_programs_codes_and_keys_leave_the_data_folder_as_it_was() {
    let _alone = alone();
    let mut chance = Chance::new("unknown");
    let house = House::start(|options| options.var("CLICK_SHARDS", "2"));
    let program = Program::open(&house);
    program.referrer("ada");
    let counted = |least: u64| {
        let patience = Instant::now();
        while program.server().get("/v1/clicks").expect(200)["data"].as_array().map_or(0, Vec::len)
            < usize::try_from(least).unwrap_or(0)
        {
            assert!(patience.elapsed() < Duration::from_secs(10), "the click is counted");
            thread::sleep(Duration::from_millis(20));
        }
    };
    // A click that counts makes what clicks make: the shards and their salt.
    Visitor::new(&house, "192.0.2.1").follow(&program.link("ada"));
    counted(1);
    let (before, rows) = (house::extent(&house.storage()), Book::dump_all(&house));
    assert!(rows.len() >= 5, "ledgers, shards and directory");
    let started = Instant::now();
    let statuses = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            let chance = Chance::from_seed(chance.bits());
            scope.spawn(|| flood(&house, &program, chance, &statuses));
        }
    });
    let taken = started.elapsed();
    // What a flush could still write, it writes within a batch's time.
    let patience = Instant::now();
    let mut after = before;
    while patience.elapsed() < Duration::from_secs(1) {
        after = house::extent(&house.storage());
        // It may shrink: an object that falls asleep tidies up its log.
        assert!(
            after.0 <= before.0 && after.1 <= before.1,
            "files and bytes of the data folder: {before:?}, {after:?}"
        );
        thread::sleep(Duration::from_millis(100));
    }
    assert!(Book::dump_all(&house) == rows, "not a row of any object is another");
    let statuses = statuses.into_inner().expect("nobody panicked with it");
    let count: u64 = statuses.values().sum();
    assert!(statuses.keys().all(|(expected, given)| expected == given), "{statuses:?}");
    assert_eq!(count, CONNECTIONS * BATCHES * BATCH);
    // The honest are still counted, so the calm above is not that of the grave.
    Visitor::new(&house, "192.0.2.2").follow(&program.link("ada"));
    counted(2);
    assert!(Book::dump_all(&house) != rows, "and a row that is written would have been noticed");
    println!(
        "unknown: {count} requests, {statuses:?}, {:.1} s; (files, bytes) {before:?} before, {after:?} after",
        taken.as_secs_f32(),
    );
    assert!(house.is_alive());
}

//! Files are written while they are read: no faster, and never whole where they are not.

use super::filing::{column, json, sale};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use tests::book::Book;
use tests::desk::Desk;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;

/// Puts rows into a ledger's file while its edge is down.
pub(super) fn seed(house: &House, program: &Program, statements: &str) {
    house.crash();
    let path = Book::file(program, "secret_live");
    Connection::open(path).expect("the ledger's file").execute_batch(statements).expect("rows");
    house.restart();
}

/// Begins to read a file and gives what came first; the rest comes with [`rest`].
fn begun(house: &House, desk: &Desk<'_>, path: &str) -> (TcpStream, Vec<u8>) {
    let mut stream = TcpStream::connect(("127.0.0.1", house.port)).expect("the edge listens");
    stream.set_read_timeout(Some(std::time::Duration::from_mins(1))).expect("a patience");
    let request = Request::get(path).header("cookie", &desk.cookie()).header("connection", "close");
    stream.write_all(&request.bytes(house.port)).expect("sent");
    let mut first = vec![0; 2000];
    stream.read_exact(&mut first).expect("the beginning");
    (stream, first)
}

/// The body of an answer that was read to its end, and whether the end was announced.
fn rest(mut stream: TcpStream, mut all: Vec<u8>) -> (Vec<u8>, bool) {
    let _ = stream.read_to_end(&mut all);
    let at = all.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    assert!(String::from_utf8_lossy(&all[..at]).to_ascii_lowercase().contains("transfer-encoding: chunked"));
    let (mut body, mut at) = (Vec::new(), at);
    loop {
        let Some(line) = all[at..].windows(2).position(|two| two == b"\r\n") else { return (body, false) };
        let size = usize::from_str_radix(&String::from_utf8_lossy(&all[at..at + line]), 16).expect("a size");
        let start = at + line + 2;
        if size == 0 {
            return (body, true);
        }
        if start + size + 2 > all.len() {
            return (body, false);
        }
        body.extend(&all[start..start + size]);
        at = start + size + 2;
    }
}

/// A hundred thousand sales of nobody's, after those that are there.
const MANY: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
    INSERT INTO conversion (id, kind, natural_key, friend_id, customer_id, amount, currency, occurred_at, recorded_at, reason,
      attribution, terms_version, answer)
    SELECT 'sal_many' || i, 'sale', 'many-' || i, 'frd_many', 'customer number ' || i || ' of a hundred thousand', 100 + i, 'EUR', 1760000000000 + i,
      1760000000000 + i, 'no_touch', '{}', 1, '{}' FROM n";

#[test]
fn a_hundred_thousand_rows_are_read_no_faster_than_they_are_taken() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    program.referrer("ada");
    sale(&program, "oldest", &json!({"code": "ada"}));
    seed(&house, &program, MANY);
    let desk = Desk::open(&house, program.key("secret_live"));
    for format in ["csv", "json"] {
        let path = format!("/dashboard/live/conversions.{format}");
        let (stream, first) = begun(&house, &desk, &path);
        // The file has begun and waits for its reader: what happens now to the oldest row, which comes last, is in it.
        let refund = json!({"refund_id": format!("r-{format}"), "order_id": "oldest", "amount": 1234});
        program.server().post("/v1/refunds", &refund).expect(201);
        let (body, whole) = rest(stream, first);
        assert!(whole, "the end is announced");
        let text = String::from_utf8(body).expect("UTF-8");
        let refunded = if format == "csv" { 1234 } else { 2468 };
        if format == "csv" {
            let orders = column(&text, "order_id");
            assert_eq!(
                (orders.len(), orders[0].as_str(), orders[100_000].as_str()),
                (100_001, "many-100000", "oldest")
            );
            let mut ids = column(&text, "id");
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), 100_001, "every row once");
            assert_eq!(
                column(&text, "refunded_amount")[100_000],
                refunded.to_string(),
                "the last rows were read last"
            );
        } else {
            let rows = json(&text);
            assert_eq!(rows.len(), 100_001);
            assert_eq!(rows[100_000]["refunded_amount"], refunded, "the last rows were read last");
        }
        println!("{format}: {} bytes", text.len());
    }
    // Readers who go away: the reading ends, and everybody else is served.
    for _ in 0..20 {
        drop(begun(&house, &desk, "/dashboard/live/conversions.csv"));
    }
    assert!(house.is_alive());
    assert_eq!(program.server().get("/v1/sales?limit=1").expect(200)["data"][0]["id"], "sal_many100000");
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_does_not_look_whole() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    // The oldest of 1,500 flags, in the second piece, holds no JSON.
    let flags = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
        INSERT INTO flag (id, conversion_id, referrer_id, friend_id, rule, weight, created_at, evidence, settings_version)
        SELECT 'flg_' || i, 'sal_' || i, 'rfr_x', 'frd_x', 'same_email', 100, 1, iif(i = 1, '{', '{}'), 1 FROM n";
    seed(&house, &program, flags);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    for format in ["csv", "json"] {
        let (stream, first) = begun(&house, &desk, &format!("/dashboard/live/flags.{format}"));
        // Plain workerd announces the end of an answer that broke, so the text itself must show it.
        let (body, _) = rest(stream, first);
        let text = String::from_utf8_lossy(&body).into_owned();
        assert!(text.contains("flg_1500") && !text.contains("\"flg_1\""), "the first piece came");
        assert!(text.ends_with("Download it again.") && text.contains("\"THIS FILE IS NOT WHOLE"), "{text}");
        assert_eq!(text.matches('"').count() % 2, 1, "the last quote stays open");
        assert!(serde_json::from_str::<Value>(&text).is_err());
    }
    // Nothing was sent yet of a file whose first piece cannot be made: that is an answer of its own.
    seed(&house, &program, "DELETE FROM unsealed; INSERT INTO flag (id, conversion_id, referrer_id, friend_id, rule, weight, created_at, evidence, settings_version)
        VALUES ('flg_x', 'sal_x', 'rfr_x', 'frd_x', 'same_email', 100, 1, '{', 1)");
    assert_eq!(desk.get("/dashboard/live/flags.csv").status, 500);
    assert_eq!(desk.get("/dashboard/live/conversions.csv").status, 200);
}

//! Bytes that are not, or hardly, HTTP. Whatever comes, it is refused or closed, and everybody else is served.

use crate::alone;
use serde_json::json;
use std::time::{Duration, Instant};
use tests::house::House;
use tests::http::{Connection, Request};
use tests::program::Program;

/// Sends bytes, ends the sending side, and gives what came back.
fn say(house: &House, bytes: &[u8]) -> String {
    let mut connection = Connection::open(house.port).expect("the edge listens");
    // The edge may close before it has read everything; that is an answer too.
    let _ = connection.send(bytes);
    connection.finish();
    String::from_utf8_lossy(&connection.drain(Duration::from_secs(5))).into_owned()
}

fn statuses(said: &str) -> Vec<u16> {
    said.split("HTTP/1.1 ").skip(1).filter_map(|rest| rest.get(..3)?.parse().ok()).collect()
}

fn rude(host: &str, key: &str) -> Vec<(&'static str, Vec<u8>)> {
    let post = |headers: &str, body: &str| {
        format!("POST /v1/sales HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n{headers}\r\n{body}")
            .into_bytes()
    };
    let get = |line: &str, headers: &str| format!("{line}\r\nHost: {host}\r\n{headers}\r\n").into_bytes();
    vec![
        ("nothing at all", Vec::new()),
        ("line ends", b"\r\n\r\n\r\n\r\n".to_vec()),
        ("zeros", vec![0; 4096]),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
        ("HTTP/0.9", b"GET /healthz\r\n\r\n".to_vec()),
        ("HTTP/9.9", get("GET /healthz HTTP/9.9", "")),
        ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        ("no host", b"GET /healthz HTTP/1.1\r\n\r\n".to_vec()),
        ("two hosts", get("GET /r/x/y HTTP/1.1", "Host: evil.example\r\n")),
        ("two lengths", post("Content-Length: 2\r\nContent-Length: 20\r\n", "{}")),
        ("a negative length", post("Content-Length: -1\r\n", "{}")),
        ("a huge length", post("Content-Length: 99999999999999999999\r\n", "{}")),
        ("a length that is none", post("Content-Length: two\r\n", "{}")),
        ("a body shorter than its length", post("Content-Length: 200\r\n", "{}")),
        ("length and chunks", post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n{}")),
        ("a chunk without size", post("Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n")),
        (
            "a chunk of everything",
            post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        ),
        ("a chunk that ends early", post("Transfer-Encoding: chunked\r\n", "ff\r\n{}")),
        ("an unknown coding", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")),
        ("one long header", get("GET /healthz HTTP/1.1", &format!("X: {}\r\n", "a".repeat(200_000)))),
        ("ten thousand headers", get("GET /healthz HTTP/1.1", &"X: y\r\n".repeat(10_000))),
        ("a zero in a header", get("GET /healthz HTTP/1.1", "X: a\0b\r\n")),
        ("a bare carriage return in a header", get("GET /healthz HTTP/1.1", "X: a\rY: b\r\n")),
        ("a folded header", get("GET /healthz HTTP/1.1", "X: a\r\n b\r\n")),
        ("a header without a colon", get("GET /healthz HTTP/1.1", "X\r\n")),
        ("a blank before the colon", get("GET /healthz HTTP/1.1", "X : y\r\n")),
        (
            "bytes that are no text in a header",
            [get("GET /healthz HTTP/1.1", ""), b"\xff\xfe".to_vec()].concat(),
        ),
        ("a megabyte of address", get(&format!("GET /r/{} HTTP/1.1", "a".repeat(1 << 20)), "")),
        ("a star", get("OPTIONS * HTTP/1.1", "")),
        ("CONNECT", get("CONNECT evil.example:443 HTTP/1.1", "")),
        ("TRACE", get("TRACE /r/x/y HTTP/1.1", "X-Secret: 1\r\n")),
        ("a method in lower case", get("get /healthz HTTP/1.1", "")),
        ("a method of its own", get("BREW /v1/sales HTTP/1.1", "")),
        ("a very long method", get(&format!("{} / HTTP/1.1", "A".repeat(10_000)), "")),
        (
            "an upgrade to a socket",
            get(
                "GET /r/x/y HTTP/1.1",
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
            ),
        ),
        (
            "an upgrade of HTTP",
            get(
                "GET /healthz HTTP/1.1",
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
            ),
        ),
        (
            "a path that is no text",
            [b"GET /r/\xff\xfe/\xc0\xaf HTTP/1.1\r\nHost: ".as_slice(), host.as_bytes(), b"\r\n\r\n"]
                .concat(),
        ),
        ("a percent and nothing", get("GET /r/%/% HTTP/1.1", "")),
        ("a percent and letters", get("GET /v1/%zz HTTP/1.1", "")),
        ("a zero in the path", get("GET /v1/%00 HTTP/1.1", "")),
        ("up and out", get("GET /../../../../etc/passwd HTTP/1.1", "")),
        ("up and out, encoded", get("GET /w/%2e%2e/%2e%2e/%2e%2e/etc/passwd HTTP/1.1", "")),
        ("slashes", get("GET ////// HTTP/1.1", "")),
        ("an expectation", post("Expect: 200-maybe\r\nContent-Length: 2\r\n", "{}")),
        ("a packed body", post("Content-Encoding: gzip\r\nContent-Length: 4\r\n", "\x1f\u{8b}")),
    ]
}

#[test]
fn rude_bytes_are_refused_or_closed_and_no_5xx_is_ours_and_everybody_else_is_served() {
    let _alone = alone();
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let host = format!("localhost:{}", house.port);
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (name, bytes) in rude(&host, program.key("secret_live")) {
        let said = say(&house, &bytes);
        count += 1;
        // The runtime answers some of these by itself, with a bare 500 or 501, before there is a request for us.
        if statuses(&said).iter().any(|status| *status >= 500) && said.contains("urn:goodword") {
            wrong.push(format!("{name}: {}", said.lines().last().unwrap_or_default()));
        }
        assert!(!said.contains("root:"), "{name} reads files");
        assert!(!said.contains("X-Secret: 1"), "{name} is repeated");
        assert!(house.is_alive(), "{name} killed the edge");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(program.server().get("/v1/sales").expect(200)["data"], json!([]), "nothing of it was a sale");
    println!("wire: {count} rude requests");
}

#[test]
fn a_thousand_requests_in_a_row_on_one_connection_are_answered_in_order() {
    let _alone = alone();
    let house = House::start(|options| options);
    let program = Program::open(&house);
    program.referrer("ada");
    let mut connection = Connection::open(house.port).expect("the edge listens");
    let requests: Vec<Request> = (0..1_000)
        .map(|number| match number % 3 {
            0 => Request::get("/healthz"),
            1 => Request::get(&format!("/r/{}/ada?n={number}", program.slug)),
            _ => Request::get("/v1/program"),
        })
        .collect();
    let bytes: Vec<u8> = requests.iter().flat_map(|request| request.bytes(house.port)).collect();
    let mut rest = bytes.as_slice();
    for (number, request) in requests.iter().enumerate() {
        // Keeps the pipe filled without filling both sides' buffers with nobody reading.
        if number % 100 == 0 {
            let end = requests
                .iter()
                .skip(number)
                .take(100)
                .map(|request| request.bytes(house.port).len())
                .sum::<usize>()
                .min(rest.len());
            connection.send(&rest[..end]).expect("the edge reads");
            rest = &rest[end..];
        }
        let answer = connection.receive(&request.method).expect("the edge answers");
        assert_eq!(answer.status, [200, 302, 401][number % 3]);
        if number % 3 == 1 {
            assert!(
                answer.header("location").is_some_and(|location| location.contains(&format!("n={number}&")))
            );
        }
    }
}

#[test]
fn two_hundred_connections_that_never_finish_do_not_keep_others_waiting() {
    let _alone = alone();
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let mut slow: Vec<Connection> = (0..200).filter_map(|_| Connection::open(house.port).ok()).collect();
    assert_eq!(slow.len(), 200);
    for (number, connection) in slow.iter_mut().enumerate() {
        let beginning = if number % 2 == 0 {
            "GET /healthz HTTP/1.1\r\nHost: x\r\nX: "
        } else {
            "POST /v1/sales HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
        };
        connection.send(beginning.as_bytes()).expect("the edge reads");
    }
    let mut times = Vec::new();
    for _ in 0..100 {
        let started = Instant::now();
        program.server().get("/v1/program").expect(200);
        times.push(started.elapsed());
    }
    times.sort();
    assert!(times[98] < Duration::from_secs(1), "{:?}", times[98]);
    for connection in &mut slow {
        let _ = connection.send(b"a");
    }
    assert!(house.is_alive());
}

#[test]
fn a_client_that_leaves_before_its_answer_leaves_no_trouble_behind() {
    let _alone = alone();
    let house = House::start(|options| options);
    let program = Program::open(&house);
    program.referrer("ada");
    for number in 0..200 {
        let body = json!({"order_id": format!("gone-{number}"), "customer_id": "c", "amount": 100, "currency": "EUR", "code": "ada"});
        let mut connection = Connection::open(house.port).expect("the edge listens");
        connection
            .send(&Request::post("/v1/sales", &body).key(program.key("secret_live")).bytes(house.port))
            .expect("the edge reads");
        drop(connection);
    }
    assert!(house.is_alive());
    for number in 0..200 {
        let body = json!({"order_id": format!("gone-{number}"), "customer_id": "c", "amount": 100, "currency": "EUR", "code": "ada"});
        let answer = program.server().post("/v1/sales", &body);
        assert!(matches!(answer.status, 200 | 201), "{}", answer.text());
    }
    let book = tests::book::Book::live(&program);
    book.check();
    assert_eq!(book.number("SELECT count(*) FROM conversion"), 200);
}

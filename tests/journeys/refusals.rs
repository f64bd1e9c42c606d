//! Every kind of bad input: told in one form, with the field that is at fault, and never our fault.

use serde_json::{Value, json};
use tests::house::House;
use tests::http::{Answer, Request};
use tests::program::Program;

/// Route, field, the code of its fault, and the value that has it. LONG stands for ten thousand characters.
const FAULTS: &str = r#"
leads customer_id required null
leads customer_id too_short ""
leads customer_id too_long "LONG"
leads customer_id wrong_type 7
leads customer_id wrong_type ["c"]
leads customer_id control_character "a\u0000b"
leads customer_id control_character "a\u0085b"
leads event unknown_character "sign up"
leads event too_short ""
leads event wrong_type true
leads email not_an_email "nobody"
leads email not_an_email "a@b"
leads email not_an_email "a@b@c.d"
leads email not_an_email "a b@c.d"
leads occurred_at not_an_instant "yesterday"
leads occurred_at not_an_instant "1969-12-31T00:00:00Z"
leads occurred_at out_of_range "2999-01-01T00:00:00Z"
leads occurred_at wrong_type 1700000000
leads metadata wrong_type []
leads metadata out_of_range {"a": {"b": 1}}
leads metadata out_of_range {"a": "LONG"}
leads customerid unknown_field "c"
sales order_id required null
sales order_id too_long "LONG"
sales order_id control_character "\u001b[0m"
sales amount required null
sales amount wrong_type "1"
sales amount wrong_type 1.5
sales amount wrong_type 1e300
sales amount wrong_type [1]
sales amount out_of_range -1
sales amount out_of_range 9223372036854775807
sales currency required null
sales currency unknown_currency "eur"
sales currency unknown_currency "EURO"
sales currency unknown_currency "\u20ac"
sales currency wrong_type 978
sales clickid unknown_field "x"
refunds amount required null
refunds amount out_of_range 0
refunds amount out_of_range -1
refunds refund_id too_short ""
refunds refund_id too_long "LONG"
refunds currency unknown_field "EUR"
referrers code not_a_code "ab"
referrers code not_a_code "a b"
referrers code not_a_code "admin"
referrers code not_a_code "p\u0430ypal"
referrers code not_a_code "a--b"
referrers code not_a_code "../etc"
referrers code not_a_code "0123456789a"
referrers external_id too_short ""
referrers external_id too_long "LONG"
referrers external_id wrong_type {}
referrers name too_long "LONG"
referrers name control_character "a\rb"
"#;

/// A body that nothing is wrong with.
fn good(route: &str) -> Value {
    match route {
        "leads" => json!({"customer_id": "c"}),
        "sales" => json!({"order_id": "o", "customer_id": "c", "amount": 1, "currency": "EUR"}),
        "refunds" => json!({"refund_id": "r", "order_id": "o", "amount": 1}),
        _ => json!({"external_id": "e"}),
    }
}

#[track_caller]
fn is_problem(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.problem(status), code, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["status"], status);
    assert_eq!(body["type"], format!("urn:goodword:problem:{code}"));
    for field in ["title", "detail"] {
        assert!(body[field].as_str().is_some_and(|text| text.len() > 5), "{field} in {body}");
    }
    assert_eq!(
        body["request_id"].as_str(),
        answer.header("x-request-id"),
        "the id is in the body and in the header"
    );
    for error in body["errors"].as_array().expect("errors") {
        assert!(
            error["field"].is_string() && error["code"].is_string() && error["detail"].is_string(),
            "{error}"
        );
    }
    body
}

#[test]
fn every_fault_of_a_field_is_told_with_its_name_and_a_code() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let long = "x".repeat(10_000);
    let mut count = 0;
    for line in FAULTS.lines().filter(|line| !line.is_empty()) {
        let [route, field, code, value] =
            <[&str; 4]>::try_from(line.splitn(4, ' ').collect::<Vec<_>>()).expect("four words");
        let mut body = good(route);
        body[field] = serde_json::from_str(&value.replace("LONG", &long)).expect("a value");
        let answer = server.post(&format!("/v1/{route}"), &body);
        let problem = is_problem(&answer, 422, "validation_failed");
        let mut errors = problem["errors"].as_array().into_iter().flatten();
        assert!(errors.any(|error| error["field"] == field && error["code"] == code), "{line}: {problem}");
        assert!(answer.body.len() < 3_000, "what was sent is not sent back");
        count += 1;
    }
    assert_eq!(server.get("/v1/sales").expect(200)["data"], json!([]));
    println!("refusals: {count} faults of fields");
}

#[test]
fn several_faults_are_told_at_once() {
    let house = House::shared();
    let program = Program::open(&house);
    let body = json!({"order_id": "", "customer_idx": "c", "amount": -1, "currency": "EURO"});
    let problem = is_problem(&program.server().post("/v1/sales", &body), 422, "validation_failed");
    let fields: Vec<&str> = problem["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|error| error["field"].as_str())
        .collect();
    for field in ["order_id", "customer_id", "amount", "currency", "customer_idx"] {
        assert!(fields.contains(&field), "{field} in {fields:?}");
    }
}

#[test]
fn wrong_paths_methods_and_media_are_told_as_such() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    for path in [
        "/v1/",
        "/v1",
        "/v1/nothing",
        "/v1/sales/",
        "/v1/sales/a/b",
        "/v1/sales/a/trace/x",
        "/v2/sales",
        "/v1/sales//trace",
        "/v1/widget",
        "/v1/SALES",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    for id in
        ["sal_0000000000000000", "x", "%00", "a%2fb", "%F0%9F%98%80", &"9".repeat(4_000), "led_' OR 1=1 --"]
    {
        let id = id.replace(' ', "%20");
        for path in ["sales", "leads", "referrers"] {
            is_problem(&server.get(&format!("/v1/{path}/{id}")), 404, "not_found");
        }
        is_problem(&server.get(&format!("/v1/sales/{id}/trace")), 404, "not_found");
        is_problem(&server.delete(&format!("/v1/keys/{id}")), 404, "not_found");
    }
    for (method, path) in [
        ("DELETE", "/v1/sales"),
        ("PUT", "/v1/program"),
        ("POST", "/v1/program"),
        ("PATCH", "/v1/sales"),
        ("DELETE", "/v1/program"),
        ("GET", "/v1/widget/join"),
        ("POST", "/v1/widget/me"),
        ("POST", "/v1/rewards"),
        ("GET", "/v1/programs"),
        ("HEAD", "/v1/sales"),
    ] {
        let request = Request::new(method, path).header("content-type", "application/json");
        let answer = server.send(if method == "HEAD" { request } else { request.body("{}") });
        assert_eq!(answer.status, 405, "{method} {path}");
        if method != "HEAD" {
            is_problem(&answer, 405, "method_not_allowed");
        }
    }
    for media in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "",
        "json",
    ] {
        let request =
            Request::new("POST", "/v1/leads").header("content-type", media).body(r#"{"customer_id":"c"}"#);
        is_problem(&server.send(request), 415, "media_type_not_supported");
    }
    let request = |media: &str, id: &str| {
        Request::new("POST", "/v1/leads")
            .header("content-type", media)
            .body(format!(r#"{{"customer_id":"{id}"}}"#))
    };
    for (number, media) in
        ["application/json", "Application/JSON", "application/json; charset=utf-8"].into_iter().enumerate()
    {
        server.send(request(media, &number.to_string())).expect(201);
    }
    let packed = request("application/json", "p").header("content-encoding", "gzip");
    is_problem(&server.send(packed), 415, "encoding_not_supported");
}

#[test]
fn a_body_that_is_too_long_is_refused_and_one_that_just_fits_is_read() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let padded = |length: usize| {
        let body = r#"{"customer_id":"c"}"#;
        Request::new("POST", "/v1/leads")
            .header("content-type", "application/json")
            .body(format!("{body}{}", " ".repeat(length - body.len())))
    };
    server.send(padded(65_536)).expect(201);
    is_problem(&server.send(padded(65_537)), 413, "body_too_long");
    // A very long one may be cut off before the answer is read; nobody is kept waiting, and nothing is stored.
    assert!(
        house
            .client
            .try_call(&padded(3_000_000).key(program.key("secret_live")))
            .map_or(true, |answer| answer.status == 413)
    );
    assert!(house.is_alive());
    // Without a length in front, chunk by chunk.
    let mut connection = tests::http::Connection::open(house.port).expect("the edge listens");
    let head = format!(
        "POST /v1/leads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        program.key("secret_live")
    );
    connection.send(head.as_bytes()).expect("the edge reads");
    for _ in 0..9 {
        // It may stop listening before it has everything.
        let _ = connection.send(format!("2000\r\n{}\r\n", " ".repeat(0x2000)).as_bytes());
    }
    let _ = connection.send(b"0\r\n\r\n");
    is_problem(&connection.receive("POST").expect("the edge answers"), 413, "body_too_long");
}

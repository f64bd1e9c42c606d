//! Bodies nobody should send: whatever they are, the answer is a problem document and never our fault.

use serde_json::{Value, json};
use tests::book::Book;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;

/// Bytes that are no JSON, or hardly.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let text = |text: &str| text.as_bytes().to_vec();
    let utf16 = |big: bool| {
        let units = "\u{feff}{\"customer_id\":\"c\"}".encode_utf16();
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect::<Vec<u8>>()
    };
    let deep = |open: &str, depth: usize| open.repeat(depth).into_bytes();
    vec![
        ("nothing", Vec::new()),
        ("a blank", text(" ")),
        ("null", text("null")),
        ("a number", text("7")),
        ("a text", text("\"{}\"")),
        ("a list", text("[{\"customer_id\":\"c\"}]")),
        ("an open brace", text("{")),
        ("a list thirty thousand deep", deep("[", 30_000)),
        ("an object ten thousand deep", deep("{\"a\":", 10_000)),
        (
            "lists in a field",
            [text("{\"customer_id\":"), deep("[", 30_000), deep("]", 30_000), text("}")].concat(),
        ),
        (
            "lists in metadata",
            [text("{\"customer_id\":\"c\",\"metadata\":"), deep("[", 30_000), deep("]", 30_000), text("}")]
                .concat(),
        ),
        ("a number of sixty thousand digits", format!("{{\"amount\":{}}}", "9".repeat(60_000)).into_bytes()),
        (
            "a fraction of sixty thousand digits",
            format!("{{\"amount\":0.{}}}", "9".repeat(60_000)).into_bytes(),
        ),
        ("a huge exponent", text("{\"amount\":1e999999999}")),
        ("a tiny exponent", text("{\"amount\":1e-999999999}")),
        ("minus zero", text("{\"amount\":-0.0}")),
        ("not a number", text("{\"amount\":NaN}")),
        ("infinity", text("{\"amount\":Infinity}")),
        ("a hexadecimal number", text("{\"amount\":0x10}")),
        ("a leading zero", text("{\"amount\":01}")),
        ("a byte order mark", text("\u{feff}{\"customer_id\":\"bom\"}")),
        ("UTF-16, little end first", utf16(false)),
        ("UTF-16, big end first", utf16(true)),
        ("bytes that are no UTF-8", b"{\"customer_id\":\"\xff\xfe\"}".to_vec()),
        ("half a character", b"{\"customer_id\":\"\xe2\x82\"}".to_vec()),
        ("an overlong slash", b"{\"customer_id\":\"\xc0\xaf\"}".to_vec()),
        ("a lone surrogate", text("{\"customer_id\":\"\\ud800\"}")),
        ("an escaped zero", text("{\"customer_id\":\"\\u0000\"}")),
        ("a raw line end in a text", text("{\"customer_id\":\"a\nb\"}")),
        ("single quotes", text("{'customer_id':'c'}")),
        ("names without quotes", text("{customer_id:\"c\"}")),
        ("a comma too many", text("{\"customer_id\":\"c\",}")),
        ("a comment", text("{\"customer_id\":\"c\"/*x*/}")),
        ("two objects", text("{\"customer_id\":\"c\"}{\"customer_id\":\"d\"}")),
        ("something behind", text("{\"customer_id\":\"c\"}x")),
        ("a prototype", text("{\"__proto__\":{\"customer_id\":\"c\"},\"constructor\":1}")),
        (
            "ten thousand fields",
            format!("{{{}}}", (0..4_000).map(|n| format!("\"f{n}\":1")).collect::<Vec<_>>().join(","))
                .into_bytes(),
        ),
        ("a name of sixty thousand characters", format!("{{\"{}\":1}}", "n".repeat(60_000)).into_bytes()),
        ("a form", text("customer_id=c&amount=1")),
        (
            "XML",
            text("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"),
        ),
        ("zeros", vec![0; 1_000]),
        ("noise", (0..1_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect()),
    ]
}

#[test]
fn no_body_is_our_fault_and_none_of_them_leaves_a_row() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    let routes = [
        ("POST", "/v1/programs", house.admin_key.clone()),
        ("POST", "/v1/referrers", program.key("secret_live").to_owned()),
        ("POST", "/v1/leads", program.key("secret_live").to_owned()),
        ("POST", "/v1/sales", program.key("secret_live").to_owned()),
        ("POST", "/v1/refunds", program.key("secret_live").to_owned()),
        ("POST", "/v1/keys", program.key("secret_live").to_owned()),
        ("PATCH", "/v1/program", program.key("secret_live").to_owned()),
        ("POST", "/v1/widget/join", program.key("publishable_live").to_owned()),
        ("POST", "/v1/widget/events", program.key("publishable_live").to_owned()),
        ("POST", "/v1/claims", program.key("publishable_live").to_owned()),
    ];
    let before = Book::live(&program).dump();
    let mut count = 0;
    for (method, path, key) in &routes {
        for (name, body) in bodies() {
            let request =
                Request::new(method, path).header("content-type", "application/json").key(key).body(body);
            let answer = house.call(&request);
            assert!(
                matches!(answer.status, 400 | 422),
                "{method} {path} with {name}: {} {}",
                answer.status,
                answer.text()
            );
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path} with {name}");
            assert!(answer.body.len() < 3_000, "{path} with {name} sends it all back");
            count += 1;
        }
    }
    assert_eq!(Book::live(&program).dump(), before);
    assert!(house.is_alive());
    println!("bodies: {count} refused");
}

#[test]
fn of_two_fields_with_one_name_one_is_read_and_the_same_every_time() {
    let house = House::shared();
    let program = Program::open(&house);
    let twice = r#"{"order_id":"o","customer_id":"c","amount":1,"amount":2,"currency":"EUR"}"#;
    let post = || {
        program
            .server()
            .send(Request::new("POST", "/v1/sales").header("content-type", "application/json").body(twice))
    };
    let first = post();
    if first.status == 201 {
        assert_eq!(first.json()["amount"], 2);
        assert_eq!(post().expect(200), first.json());
    } else {
        assert_eq!(first.problem(422), "validation_failed");
    }
}

#[test]
fn hostile_texts_come_back_as_they_were_sent_and_only_as_json() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let texts = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'; DROP TABLE conversion; --",
        "${jndi:ldap://x}",
        "{{7*7}}",
        "=1+1",
        "\u{202e}cod.exe",
        "\u{feff}x",
        "a\u{2028}b",
        "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        "%00%0d%0a",
        "../../etc/passwd",
        "\\u0000",
        "null",
        "undefined",
        "__proto__",
        "constructor",
        "0",
        "-1",
        "1e5",
        "true",
    ];
    for (number, text) in texts.into_iter().enumerate() {
        let metadata = json!({"note": text, text: 1});
        let body = json!({"order_id": text, "customer_id": text, "amount": number, "currency": "EUR", "metadata": metadata});
        let answer = server.post("/v1/sales", &body);
        let sold = answer.expect(201);
        assert_eq!((&sold["order_id"], &sold["customer_id"]), (&json!(text), &json!(text)));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let id = sold["id"].as_str().expect("an id");
        assert_eq!(server.get(&format!("/v1/sales/{id}")).expect(200)["metadata"], metadata, "{text}");
        server.post("/v1/referrers", &json!({"external_id": text, "name": text})).expect(201);
    }
    let listed = server.get("/v1/referrers?limit=100").expect(200);
    let names: Vec<&Value> =
        listed["data"].as_array().into_iter().flatten().map(|referrer| &referrer["name"]).collect();
    assert!(texts.iter().all(|text| names.contains(&&json!(text))));
    Book::live(&program).check();
}

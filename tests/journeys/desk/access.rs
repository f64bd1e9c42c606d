//! Cloudflare Access before the dashboard: whoever it lets in acts as the operator, and nobody gets in by anything else.

use super::filing::column;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tests::chance::now_ms;
use tests::desk::Desk;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::program::Program;
use xtask::{children, workspace};

const HEADER: &str = "cf-access-jwt-assertion";
const TAG: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// The team's place of keys, and how often it was asked.
struct Team {
    origin: String,
    keys: Arc<Mutex<String>>,
    asked: Arc<AtomicUsize>,
}

impl Team {
    fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let origin = format!("http://127.0.0.1:{}", listener.local_addr().expect("its number").port());
        let keys = Arc::new(Mutex::new(String::new()));
        let asked = Arc::new(AtomicUsize::new(0));
        let (shown, count) = (keys.clone(), asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { break };
                let mut head = [0; 4096];
                let length = stream.read(&mut head).unwrap_or(0);
                let known = head[..length].starts_with(b"GET /cdn-cgi/access/certs ");
                count.fetch_add(usize::from(known), Ordering::SeqCst);
                let body = shown.lock().expect("the keys").clone();
                let status = if known { "200 OK" } else { "404 Not Found" };
                let answer = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { origin, keys, asked }
    }

    fn show(&self, keys: &[&Value]) {
        *self.keys.lock().expect("the keys") = json!({ "keys": keys }).to_string();
    }

    fn claims(&self) -> Value {
        let now = now_ms() / 1000;
        json!({
            "iss": self.origin, "aud": [TAG], "type": "app", "sub": "7335d417", "email": "Ops@Fern.example",
            "iat": now - 10, "nbf": now - 10, "exp": now + 3600,
        })
    }

    fn house(&self) -> Arc<House> {
        let team = self.origin.clone();
        House::start(|options| {
            options.reaching_this_machine().var("ACCESS_TEAM_DOMAIN", &team).var("ACCESS_AUD", TAG)
        })
    }
}

/// What an independent provider signs.
fn signed(asked: &Value) -> (Value, Value, Vec<String>) {
    let mut node = children::bound("node");
    node.arg(workspace::at("tests/journeys/rsa.mjs"))
        .current_dir(workspace::root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut node = children::spawn(node).expect("node starts");
    node.stdin.take().expect("its input").write_all(asked.to_string().as_bytes()).expect("it reads");
    let output = node.wait_with_output().expect("it ends");
    assert!(output.status.success(), "nothing was signed");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let tokens = answer["tokens"].as_array().into_iter().flatten();
    let tokens = tokens.map(|token| token.as_str().unwrap_or_default().to_owned()).collect();
    (answer["keys"][0].clone(), answer["second"].clone(), tokens)
}

fn usual_header() -> Value {
    json!({"alg": "RS256", "kid": "k1", "typ": "JWT"})
}

fn programs(desk: &mut Desk<'_>, assertion: &str) -> Answer {
    desk.send(Request::get("/dashboard/programs").header(HEADER, assertion))
}

#[test]
fn whom_access_lets_in_acts_as_the_operator_and_is_named_in_the_audit_log() {
    let team = Team::open();
    let mut colleague = team.claims();
    colleague["email"] = json!("another@fern.example");
    let (key, second, tokens) = signed(&json!([
        {"header": usual_header(), "claims": team.claims(), "with": "ours"},
        {"header": {"alg": "RS256", "kid": "k2"}, "claims": team.claims(), "with": "second"},
        {"header": usual_header(), "claims": colleague, "with": "ours"},
    ]));
    team.show(&[&key]);
    let house = team.house();
    let program = Program::open_with(&house, &json!({"name": "Operated"}));
    let mut desk = Desk::new(&house);
    let with = |request: Request| request.header(HEADER, &tokens[0]);
    assert_eq!(desk.get("/dashboard/programs").header("location"), Some("/dashboard/sign-in"));
    assert_eq!(desk.send(with(Request::get("/dashboard"))).header("location"), Some("/dashboard/programs"));
    let answer = desk.send(with(Request::get("/dashboard/sign-in")));
    assert_eq!(answer.header("location"), Some("/dashboard/programs"));
    assert!(answer.header("set-cookie").is_none(), "looking opens no session");
    assert_eq!(desk.send(with(Request::get("/dashboard/sign-in?done=signed_out"))).status, 200);
    assert!(programs(&mut desk, &tokens[0]).text().contains("Operated"));
    assert_eq!(team.asked.load(Ordering::SeqCst), 1, "keys are kept");

    let form = Desk::form("/dashboard/programs", &[("uid", program.uid())]);
    assert_eq!(desk.send(with(form.clone())).status, 403, "only a page of ours opens a program");
    let answer = desk.send(with(form.header("sec-fetch-site", "same-origin")));
    assert_eq!(answer.header("location"), Some("/dashboard/live"), "{}", answer.text());
    let page = |desk: &mut Desk<'_>, path: &str| desk.send(with(Request::get(path))).text();
    assert!(page(&mut desk, "/dashboard/live").contains("Operated"));
    // The cookie alone opens nothing, and neither does somebody else's assertion beside it.
    for request in [
        Request::get("/dashboard/live"),
        Request::get("/dashboard/live").header(HEADER, &tokens[2]),
        Desk::form("/dashboard/live/settings/program", &[("name", "Taken")])
            .header("sec-fetch-site", "same-origin"),
    ] {
        let answer = desk.clone().send(request);
        assert!(
            answer.header("location").is_some_and(|to| to.starts_with("/dashboard/sign-in")),
            "{}",
            answer.status
        );
    }
    let changed = [("name", "Renamed"), ("destination", "https://shop.example/")];
    let form =
        Desk::form("/dashboard/live/settings/program", &changed).header("sec-fetch-site", "same-origin");
    assert_eq!(desk.send(with(form)).header("location").map(|to| to.contains("sign-in")), Some(false));
    let audit = program.server().get("/v1/audit").expect(200);
    let row = |action: &str| {
        let mut rows = audit["data"].as_array().into_iter().flatten();
        rows.find(|row| row["action"] == action).cloned().unwrap_or_default()
    };
    let opened = row("session.opened");
    let person = opened["person"].as_str().expect("a person").to_owned();
    assert!(person.starts_with("acc_") && !audit.to_string().contains("ern.example"), "{audit}");
    assert_eq!(opened["actor"], "operator");
    assert_eq!(
        (&row("program.changed")["actor"], &row("program.changed")["session_id"]),
        (&json!("operator"), &opened["subject"])
    );
    assert!(page(&mut desk, "/dashboard/live/settings").contains(&person), "and in the list of sessions");
    for file in ["audit.csv", "sessions.csv"] {
        let file = page(&mut desk, &format!("/dashboard/live/{file}"));
        assert!(column(&file, "person").contains(&person), "and in the file");
    }

    // A key nobody knows yet is asked for once a minute at most.
    team.show(&[&key, &second]);
    for _ in 0..5 {
        assert_eq!(programs(&mut Desk::new(&house), &tokens[1]).status, 303);
    }
    assert_eq!(team.asked.load(Ordering::SeqCst), 1);
    house.restart();
    assert_eq!(programs(&mut Desk::new(&house), &tokens[1]).status, 200);
    assert_eq!(team.asked.load(Ordering::SeqCst), 2);
}

#[test]
fn nobody_gets_in_by_an_assertion_that_access_did_not_make_for_us_or_that_is_not_good_now() {
    let team = Team::open();
    let now = now_ms() / 1000;
    let with = |name: &str, value: Value| {
        let mut claims = team.claims();
        claims[name] = value;
        claims
    };
    let (header, claims) = (usual_header(), team.claims());
    let bad = json!([
        {"header": {"alg": "none", "kid": "k1"}, "claims": claims, "with": "ours"},
        {"header": {"alg": "HS256", "kid": "k1"}, "claims": claims, "with": "public"},
        {"header": {"alg": "RS256", "kid": "k1"}, "claims": claims, "with": "public"},
        {"header": {"alg": "RS256", "kid": "k1"}, "claims": claims, "with": "theirs"},
        {"header": {"alg": "RS256", "kid": "k9"}, "claims": claims, "with": "ours"},
        {"header": {"alg": "RS256", "kid": "k1", "jku": team.origin}, "claims": claims, "with": "ours"},
        {"header": header, "claims": with("aud", json!(["f".repeat(64)])), "with": "ours"},
        {"header": header, "claims": with("iss", json!("https://evil.cloudflareaccess.com")), "with": "ours"},
        {"header": header, "claims": with("exp", json!(now - 120)), "with": "ours"},
        {"header": header, "claims": with("nbf", json!(now + 600)), "with": "ours"},
        {"header": header, "claims": with("iat", json!(now + 600)), "with": "ours"},
        {"header": header, "claims": with("type", json!("org")), "with": "ours"},
        {"header": header, "claims": with("email", Value::Null), "with": "ours"},
        {"header": header, "claims": "[]", "with": "ours"},
    ]);
    let mut asked = bad.clone();
    if let Some(list) = asked.as_array_mut() {
        list.push(json!({"header": header, "claims": claims, "with": "ours"}));
    }
    let (key, _, mut tokens) = signed(&asked);
    let good = tokens.pop().expect("the good one");
    team.show(&[&key]);
    let house = team.house();
    let program = Program::open(&house);
    let mut desk = Desk::new(&house);
    assert_eq!(programs(&mut desk, &good).status, 200, "the good one is good");
    let unsigned = good.rsplit_once('.').expect("three parts").0;
    tokens.extend([
        unsigned.to_owned(),
        format!("{unsigned}."),
        format!("{good}, {good}"),
        format!("{good}A"),
        good.to_uppercase(),
        "x".repeat(20_000),
    ]);
    let mut refused = 0;
    let mut refuse = |token: &str| {
        for path in ["/dashboard/programs", "/dashboard/live"] {
            let answer = desk.send(Request::get(path).header(HEADER, token));
            assert_eq!(
                (answer.status, answer.header("location")),
                (303, Some("/dashboard/sign-in")),
                "{token}"
            );
        }
        let form = Desk::form("/dashboard/programs", &[("uid", program.uid())]);
        let answer = desk.send(form.header("sec-fetch-site", "same-origin").header(HEADER, token));
        assert_eq!(answer.header("location"), Some("/dashboard/sign-in"), "{token}");
        assert!(answer.header("set-cookie").is_none(), "{token}");
        refused += 1;
    };
    for token in &tokens {
        refuse(token);
    }
    // A bit of every byte of the signature, and of what is signed.
    for at in (0..good.len()).step_by(7) {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).expect("ASCII");
        if changed != good {
            refuse(&changed);
        }
    }
    println!("{refused} assertions refused");
    let twice = Request::get("/dashboard/programs").header(HEADER, &good).header(HEADER, &good);
    assert_eq!(desk.send(twice).status, 303, "one header, one assertion");
    assert_eq!(programs(&mut desk, &good).status, 200);
    // A key of the API is none, and Access none of the API.
    let api = house.call(&Request::get("/v1/program").header(HEADER, &good));
    assert_eq!(api.problem(401), "key_missing");
}

#[test]
fn without_its_variables_access_lets_nobody_in_and_half_of_them_are_refused() {
    let team = Team::open();
    let (key, _, tokens) =
        signed(&json!([{"header": usual_header(), "claims": team.claims(), "with": "ours"}]));
    team.show(&[&key]);
    let house = House::shared();
    assert_eq!(programs(&mut Desk::new(&house), &tokens[0]).header("location"), Some("/dashboard/sign-in"));
    assert_eq!(team.asked.load(Ordering::SeqCst), 0);
    for (name, value) in [("ACCESS_AUD", TAG), ("ACCESS_TEAM_DOMAIN", "fern.cloudflareaccess.com")] {
        let house = House::start(|options| options.var(name, value));
        assert_eq!(house.call(&Request::get("/dashboard/sign-in")).status, 500, "{name} alone");
    }
    // Keys that cannot be reached let nobody in either, and the key of the operator still does.
    let gone = "http://127.0.0.1:9";
    let house = House::start(|options| {
        options.reaching_this_machine().var("ACCESS_TEAM_DOMAIN", gone).var("ACCESS_AUD", TAG)
    });
    assert_eq!(programs(&mut Desk::new(&house), &tokens[0]).header("location"), Some("/dashboard/sign-in"));
    assert_eq!(Desk::new(&house).sign_in(&house.admin_key).header("location"), Some("/dashboard/programs"));
}

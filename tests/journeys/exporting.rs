//! A whole ledger out into a file and in again: the same root, the same balances, all of it or nothing.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tests::book::Book;
use tests::chance::Chance;
use tests::forge;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::program::{Program, usual};

/// A program in which everything has happened that a ledger keeps.
pub(crate) fn lived(house: &Arc<House>) -> Program {
    let mut terms = usual("")["terms"].clone();
    terms["hold_days"] = 0.into();
    terms["qualification"] = json!({"events": ["demo"]});
    terms["rewards"].as_array_mut().expect("rules").extend([
        json!({"id": "code", "on": "lead", "to": "friend", "pay": {"coupon": "few"}}),
        json!({"id": "early", "on": "qualified_lead", "to": "referrer", "pay": {"perk": "Early \u{2028}access \"é\""}}),
    ]);
    let program = Program::open_with(house, &json!({ "terms": terms }));
    let server = program.server();
    let sale = |order: &str, amount: i64, currency: &str| {
        json!({"order_id": order, "customer_id": format!("c-{order}"), "amount": amount, "currency": currency, "code": "ada",
            "metadata": {"note": "=1+1, \"quoted\"\n"}})
    };
    for (path, body) in [
        ("coupons", json!({"pool": "few", "codes": ["FEW-1", "FEW-2", "FEW-3"]})),
        ("groups", json!({"name": "Friends, \"and\" family", "terms": {"rewards": []}})),
        (
            "referrers",
            json!({"external_id": "a", "code": "ada", "email": "ada@mail.example", "name": "Ada 🦊 Byron"}),
        ),
        ("leads", json!({"customer_id": "l", "code": "ada", "event": "demo", "email": "l@mail.example"})),
        ("leads", json!({"customer_id": "doubted", "code": "ada", "email": "Ada+x@mail.example"})),
        ("sales", sale("o-1", 10_000, "EUR")),
        ("sales", sale("o-2", 777, "EUR")),
        ("sales", sale("o-3", 9_000, "USD")),
        ("refunds", json!({"refund_id": "r-1", "order_id": "o-1", "amount": 2_500})),
        ("refunds", json!({"refund_id": "r-2", "order_id": "later", "amount": 5})),
        ("payouts", json!({})),
    ] {
        server.post(&format!("/v1/{path}"), &body).expect(201);
    }
    let first = |list: &str| {
        let listed = server.get(&format!("/v1/{list}")).expect(200);
        listed["data"][0]["id"].as_str().unwrap_or_default().to_owned()
    };
    let page = program.page();
    let proof = format!("gws_{}A", "E".repeat(42));
    page.post("/v1/widget/join", &json!({ "proof": proof, "terms_version": 1 })).expect(201);
    page.post(
        "/v1/claims",
        &json!({"click_id": forge::click(&program, "ada", 60), "email": "claim@mail.example"}),
    )
    .expect(201);
    let dispute = json!({"about": "sal_1", "message": "Where is mine?"});
    page.send(Request::post("/v1/disputes", &dispute).header("goodword-proof", &proof)).expect(201);
    let target = json!({"name": "Ada", "iban": "DE89370400440532013000"});
    let referrers = server.get("/v1/referrers").expect(200);
    let ada = referrers["data"].as_array().into_iter().flatten().find(|one| one["external_id"] == "a");
    let ada = ada.expect("Ada")["id"].as_str().unwrap_or_default().to_owned();
    server.post(&format!("/v1/referrers/{ada}/payout_target"), &target).expect(201);
    server.post(&format!("/v1/referrers/{ada}/group"), &json!({"group_id": first("groups")})).expect(201);
    server
        .post(&format!("/v1/sales/{}/exchange_rate", first("sales")), &json!({"exchange_rate": "0.9"}))
        .expect(201);
    server
        .post(&format!("/v1/flags/{}/decision", first("flags")), &json!({"decision": "confirm"}))
        .expect(201);
    server
        .post(
            &format!("/v1/disputes/{}/decision", first("disputes")),
            &json!({"decision": "rejected", "note": "No."}),
        )
        .expect(201);
    server
        .post(&format!("/v1/payouts/{}/decision", first("payouts")), &json!({"decision": "paid"}))
        .expect(201);
    server.patch("/v1/program", &json!({"terms": {"rewards": [], "window_days": 45}})).expect(200);
    server.post("/v1/keys", &json!({"kind": "publishable"})).expect(201);
    program
}

/// A program with nothing in it.
fn empty(house: &Arc<House>) -> Program {
    Program::open(house)
}

pub(crate) fn export(program: &Program, query: &str) -> String {
    let answer = program.server().get(&format!("/v1/export{query}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    String::from_utf8(answer.body).expect("text")
}

pub(crate) fn import(program: &Program, query: &str, file: &[u8]) -> Answer {
    let request =
        Request::new("POST", &format!("/v1/import{query}")).header("content-type", "application/x-ndjson");
    program.server().send(request.body(file))
}

type Tables = BTreeMap<String, Vec<Vec<String>>>;

/// Everything that a file brings along, as it stands in the ledger; of keys what is kept of them.
fn kept(program: &Program) -> Tables {
    let mut dump: Tables = Book::live(program).dump().into_iter().collect();
    for own in
        ["program", "api_key", "audit", "idempotency", "import", "imported", "staged", "reading", "was"]
    {
        dump.remove(own);
    }
    // Of a state that nothing is in any more, a row without anything stays where it was.
    if let Some(balances) = dump.get_mut("balance") {
        balances.retain(|row| row.get(3).is_some_and(|rewards| rewards != "0"));
    }
    dump
}

#[test]
fn a_ledger_goes_into_an_empty_program_with_the_same_root_and_the_same_rows() {
    let house = House::shared();
    let program = lived(&house);
    let root = |program: &Program| program.server().get("/v1/ledger/verify").expect(200);
    let file = export(&program, "");
    assert!(
        file.starts_with(r#"{"goodword_export":1,"schema":18,"mode":"live","program_id":"prg_"#),
        "{file}"
    );
    for key in ["secret_live", "publishable_live"] {
        let hash = referral::api_key::sha256_hex(program.key(key).as_bytes());
        assert!(!file.contains(&hash) && !file.contains(program.key(key)), "no key is in the file");
    }
    let other = empty(&house);
    let taken = import(&other, "", file.as_bytes());
    let first = taken.expect(201);
    assert_eq!((&first["complete"], &first["lines"]), (&json!(true), &json!(file.lines().count())));
    let (ours, theirs) = (root(&program), root(&other));
    assert_eq!(ours, theirs);
    assert_eq!(first["root"], theirs["root"]);
    assert_eq!(kept(&program), kept(&other));
    Book::live(&other).check();
    // The same file again: nothing changes, and the answer is the same.
    let before = Book::live(&other).dump();
    assert_eq!(import(&other, "", file.as_bytes()).expect(200), first);
    assert_eq!(Book::live(&other).dump(), before);
    // And what comes out again is what went in, but for who took it and when.
    let rows = |file: &str| -> Vec<String> {
        let lines = file
            .lines()
            .filter(|line| !line.contains(r#""table":"audit""#) && !line.contains(r#""table":"api_key""#));
        lines
            .filter_map(|line| line.rsplit_once(r#","sum""#).map(|(row, _)| row.to_owned()))
            .skip(1)
            .collect()
    };
    let (out, again) = (rows(&file), rows(&export(&other, "")));
    assert_eq!(out[..out.len() - 1], again[..again.len() - 1]);
    // The log keeps who did what, the opening of the new program and its import.
    let audit = other.server().get("/v1/audit?limit=100").expect(200);
    let actions: Vec<&str> =
        audit["data"].as_array().into_iter().flatten().filter_map(|row| row["action"].as_str()).collect();
    assert_eq!(actions[..2], ["ledger.imported", "program.created"]);
    let old =
        audit["data"].as_array().and_then(|rows| rows.iter().find(|row| row["action"] == "refund.recorded"));
    assert_eq!(old.expect("of before")["actor"], "server");
    // Work goes on: links lead to the same people, customers stay theirs, orders are known.
    let server = other.server();
    assert!(house.call(&Request::get(&format!("/r/{}/ada", other.slug))).header("location").is_some());
    let known = json!({"order_id": "o-1", "customer_id": "c-o-1", "amount": 10_000, "currency": "EUR", "code": "ada",
        "metadata": {"note": "=1+1, \"quoted\"\n"}});
    let same = program.server().post("/v1/sales", &known).expect(200);
    assert_eq!(server.post("/v1/sales", &known).expect(200), same);
    let more = json!({"order_id": "o-9", "customer_id": "c-o-1", "amount": 5_000, "currency": "EUR"});
    assert_eq!(server.post("/v1/sales", &more).expect(201)["attribution"]["status"], "attributed");
    assert_eq!(server.get("/v1/program").expect(200)["terms"]["window_days"], 45);
    Book::live(&other).check();
    assert_eq!(
        import(&other, "", export(&program, "?personal=false").as_bytes()).problem(409),
        "program_not_empty"
    );
    assert_eq!(import(&program, "", file.as_bytes()).problem(409), "program_not_empty");
}

#[test]
fn without_personal_data_a_file_names_nobody_and_the_root_is_the_same() {
    let house = House::shared();
    let program = lived(&house);
    let file = export(&program, "?personal=false");
    for word in ["mail.example", "Byron", "DE8937", "Where is mine", "quoted"] {
        assert!(!file.contains(word), "{word} is in the file");
        assert!(export(&program, "?personal=true").contains(word));
    }
    let other = empty(&house);
    import(&other, "", file.as_bytes()).expect(201);
    let root = |program: &Program| program.server().get("/v1/ledger/verify").expect(200)["root"].clone();
    assert_eq!(root(&program), root(&other));
    Book::live(&other).check();
    assert_eq!(program.server().get("/v1/export?personal=no").problem(422), "validation_failed");
    assert_eq!(import(&other, "?part=1", b"").problem(422), "validation_failed");
}

/// Puts right sums under lines that were changed.
fn summed(lines: &[String]) -> String {
    let mut sum = referral::archive::Sum::default();
    let mut out = String::new();
    for line in lines {
        let body = line.rsplit_once(r#","sum":""#).map_or(line.as_str(), |(body, _)| body);
        sum = sum.after(body);
        out.push_str(body);
        out.push_str(",\"sum\":\"");
        out.push_str(&sum.to_string());
        out.push_str("\"}\n");
    }
    out
}

#[test]
fn a_file_that_is_not_what_was_exported_is_refused_whole_with_the_line() {
    let house = House::shared();
    let file = export(&lived(&house), "");
    let lines: Vec<String> = file.lines().map(str::to_owned).collect();
    let program = empty(&house);
    let before = Book::live(&program).dump();
    let refused = |file: &[u8], place: &str| {
        let answer = import(&program, "", file);
        assert_eq!(answer.problem(422), "import_refused", "{place}");
        let said = answer.json();
        assert!(
            said["errors"][0]["field"].as_str().is_some_and(|field| field.starts_with(place)),
            "{place}: {said}"
        );
        assert_eq!(Book::live(&program).dump(), before, "{place} left something");
    };
    // Cut off at every line, and in a line.
    let mut at = 0;
    for (number, line) in lines.iter().enumerate().take(lines.len() - 1).step_by(7) {
        refused(&file.as_bytes()[..at], &format!("line {}", number + 1));
        refused(&file.as_bytes()[..at + line.len() / 2], &format!("line {}", number + 1));
        at = lines[..(number + 7).min(lines.len())].iter().map(|line| line.len() + 1).sum();
    }
    refused(b"", "line 1");
    refused(b"\n", "line 1");
    refused(b"{}", "line 1");
    // One bit, anywhere.
    let mut chance = Chance::new("a changed bit");
    for _ in 0..60 {
        let mut bytes = file.clone().into_bytes();
        let at = usize::try_from(chance.below(bytes.len() as u64 - 1)).expect("small");
        bytes[at] ^= 1 << chance.below(8);
        let line = file.get(..at).map_or_else(
            || String::from_utf8_lossy(&file.as_bytes()[..at]).matches('\n').count(),
            |before| before.matches('\n').count(),
        ) + 1;
        refused(&bytes, &format!("line {line}"));
    }
    // Two lines change places; one comes twice; something follows the end.
    let mut moved = lines.clone();
    moved.swap(4, 5);
    refused(moved.join("\n").as_bytes(), "line 5");
    let mut twice = lines.clone();
    twice.insert(4, lines[4].clone());
    refused(twice.join("\n").as_bytes(), "line 6");
    refused(format!("{file}{file}").as_bytes(), &format!("line {}", lines.len() + 1));
    // Of another ledger, with sums that are right.
    let changed = |from: &str, to: &str, line: usize| {
        let mut lines = lines.clone();
        assert!(lines[line].contains(from), "{}", lines[line]);
        lines[line] = lines[line].replacen(from, to, 1);
        summed(&lines)
    };
    for (from, to) in [
        ("\"schema\":18", "\"schema\":17"),
        ("\"live\"", "\"test\""),
        ("\"EUR\"", "\"USD\""),
        ("_export\":1", "_export\":2"),
    ] {
        refused(changed(from, to, 0).as_bytes(), "line 1");
    }
    let entry = lines.iter().position(|line| line.contains(r#""table":"entry""#)).expect("an entry");
    let reward = lines.iter().position(|line| line.contains(r#""table":"reward""#)).expect("a reward");
    refused(changed("\"created_at\":", "\"created_at\":1", entry).as_bytes(), "line 1");
    refused(changed("\"amount\":", "\"sum\":", entry).as_bytes(), &format!("line {}", entry + 1));
    refused(
        changed("\"table\":\"entry\"", "\"table\":\"secret\"", entry).as_bytes(),
        &format!("line {}", entry + 1),
    );
    // Two rewards with one id: the lines of the table are named.
    let id = |line: &str| {
        line.split("\"id\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id").to_owned()
    };
    let (one, next) = (id(&lines[reward]), id(&lines[reward + 1]));
    refused(changed(&next, &one, reward + 1).as_bytes(), &format!("lines {}", reward + 1));
    // The chain is believed by nobody but who walks it.
    let root = serde_json::from_str::<Value>(&lines[0]).expect("JSON")["head"]["root"]
        .as_str()
        .expect("a root")
        .to_owned();
    refused(changed(&root, &"0".repeat(64), 0).as_bytes(), "line 1");
    // And the whole file still goes in.
    import(&program, "", file.as_bytes()).expect(201);
}

#[test]
fn a_file_may_come_in_several_calls_cut_between_its_lines() {
    let house = House::shared();
    let file = export(&lived(&house), "");
    let program = empty(&house);
    let before = Book::live(&program).dump();
    let lines: Vec<&str> = file.split_inclusive('\n').collect();
    let (first, second) = (lines[..20].concat(), lines[20..].concat());
    assert_eq!(
        import(&program, "?more=true", first.as_bytes()).expect(202),
        json!({"complete": false, "lines": 20})
    );
    // Who begins anew begins at the beginning.
    import(&program, "?more=true", first.as_bytes()).expect(202);
    // A part that is missing is found, and all is forgotten.
    let answer = import(&program, "?more=true", lines[21..].concat().as_bytes());
    assert_eq!(answer.json()["errors"][0]["field"], "line 21", "{}", answer.text());
    assert_eq!(Book::live(&program).dump(), before);
    import(&program, "?more=true", first.as_bytes()).expect(202);
    // While a file is on its way the program can still be used; then it is not empty any more.
    assert_eq!(import(&program, "", second.as_bytes()).expect(201)["complete"], true);
    let used = empty(&house);
    import(&used, "?more=true", first.as_bytes()).expect(202);
    used.referrer("eve");
    assert_eq!(import(&used, "", second.as_bytes()).problem(409), "program_not_empty");
    assert_eq!(used.server().get("/v1/referrers").expect(200)["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(Book::live(&used).number("SELECT count(*) FROM staged"), 0);
}

#[test]
fn a_file_of_several_pages_is_one_file() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    // A page is 4 MB.
    let filling: BTreeMap<String, String> = (0..50).map(|at| (at.to_string(), "x".repeat(500))).collect();
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let (program, filling) = (&program, &filling);
            scope.spawn(move || {
                for at in 0..60 {
                    let body = json!({"order_id": format!("{worker}-{at}"), "customer_id": format!("{worker}-{at}"), "amount": 1_000,
                        "currency": "EUR", "code": "ada", "metadata": filling});
                    program.server().post("/v1/sales", &body).expect(201);
                }
            });
        }
    });
    let file = export(&program, "");
    assert!(file.len() > 6_000_000, "{}", file.len());
    let other = empty(&house);
    import(&other, "", file.as_bytes()).expect(201);
    Book::live(&other).check();
    assert_eq!(kept(&program), kept(&other));
    let book = Book::live(&program);
    assert_eq!(book.number("SELECT (SELECT count(*) FROM reading) + (SELECT count(*) FROM was)"), 0);
}

//! Referrers and codes from elsewhere: looked at first, then all of a file or nothing, and nothing when it comes again.

use serde_json::{Value, json};
use tests::book::Book;
use tests::desk::Desk;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::program::{Caller, Program};
use tests::source::file;

fn sample(name: &str) -> String {
    file(&format!("tests/corpora/imports/{name}.csv")).expect("a sample").text
}

fn sent(server: Caller<'_>, csv: &str, format: &str, dry_run: bool) -> Answer {
    server.post("/v1/referrers/import", &json!({"csv": csv, "format": format, "dry_run": dry_run}))
}

/// Every referrer: code, further codes, name.
fn referrers(program: &Program) -> Vec<(String, Vec<String>, Option<String>)> {
    let listed = program.server().get("/v1/referrers?limit=100").expect(200);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut all: Vec<_> = listed["data"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| {
            let further = one["further_codes"].as_array().into_iter().flatten().filter_map(text).collect();
            (text(&one["code"]).unwrap_or_default(), further, text(&one["name"]))
        })
        .collect();
    all.reverse();
    all
}

#[test]
fn each_systems_file_is_taken_over_as_it_is_and_a_second_time_changes_nothing() {
    let house = House::shared();
    for (format, rows, codes, left_out) in [
        ("rewardful", 3, &["ada", "nour-h", "oneil25"][..], "Unpaid commissions"),
        ("firstpromoter", 2, &["ada25", "bob-b"], "current_balance"),
        ("growsurf", 2, &["1cca8d", "9fz0k2"], "referralCount"),
        ("dub", 3, &["ada-byron", "bob"], "Revenue"),
        ("goodword", 2, &["ada", "bob"], "paid_amount"),
    ] {
        let program = Program::open(&house);
        let server = program.server();
        let csv = sample(format);
        let looked = sent(server, &csv, format, true).expect(200);
        assert_eq!(looked["faults"], json!([]), "{format}");
        assert_eq!(
            (&looked["rows"], &looked["made"], &looked["known"]),
            (&json!(rows), &json!(rows), &json!(0))
        );
        let out = looked["left_out"].as_array().expect("a list");
        assert!(out.contains(&json!(left_out)), "{format}: {out:?}");
        assert_eq!(referrers(&program), [], "looking changes nothing");

        let done = sent(server, &csv, format, false).expect(201);
        assert_eq!(done["made"], rows, "{format}");
        let there = referrers(&program);
        assert_eq!(there.len(), rows, "{format}");
        for (code, (there, ..)) in codes.iter().zip(&there) {
            assert_eq!(code, there, "{format}");
        }
        let before = server.get("/v1/events?limit=100").expect(200);
        let joined = before["data"].as_array().into_iter().flatten();
        assert_eq!(joined.filter(|event| event["type"] == "referrer.joined").count(), rows, "{format}");

        let again = sent(server, &csv, format, false).expect(200);
        assert_eq!((&again["made"], &again["known"]), (&json!(0), &json!(rows)), "{format}");
        assert_eq!(referrers(&program), there, "{format}");
        assert_eq!(server.get("/v1/events?limit=100").expect(200), before, "{format}");
        let logged = server.get("/v1/audit?limit=100").expect(200);
        let count = |action: &str| {
            logged["data"].as_array().into_iter().flatten().filter(|row| row["action"] == action).count()
        };
        assert_eq!((count("referrer.imported"), count("referrers.imported")), (rows, 1), "{format}");
        Book::live(&program).check();
    }
}

#[test]
fn what_a_file_says_of_somebody_is_kept_and_their_old_links_work() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let group = json!({"name": "Partners", "terms": {"rewards": []}});
    let group = server.post("/v1/groups", &group).expect(201)["id"].clone();
    let csv = "code,external_id,email,name,joined_at,group\nAda ada-2,cus_17,ada@mail.example,\"'=Ada\",2025-03-04,Partners\n,,eve@mail.example,,,\n";
    // A file of somebody else's may have a column of this name that means something else.
    assert_eq!(sent(server, csv, "other", true).expect(200)["left_out"], json!(["group"]));
    let body = json!({"csv": csv, "mapping": {"group": "group"}});
    server.post("/v1/referrers/import", &body).expect(201);
    let found = server.get("/v1/referrers?q=cus_17").expect(200)["data"][0].clone();
    assert_eq!(found["code"], "ada");
    assert_eq!(found["further_codes"], json!(["ada-2"]));
    assert_eq!(found["email"], "ada@mail.example");
    assert_eq!(found["name"], "=Ada", "the apostrophe of our own files is not of the name");
    assert_eq!(found["created_at"], "2025-03-04T00:00:00.000Z");
    assert_eq!(found["group_id"], group);
    let eve = server.get("/v1/referrers?q=eve@mail.example").expect(200)["data"][0].clone();
    assert_eq!(eve["code"].as_str().map(str::len), Some(11), "who brought no code got one");
    // As the old system wrote it, and as a further code.
    for (order, code) in [("o-1", "ADA"), ("o-2", "ada-2")] {
        let sale =
            json!({"order_id": order, "customer_id": order, "amount": 900, "currency": "EUR", "code": code});
        let sold = server.post("/v1/sales", &sale).expect(201);
        assert_eq!(sold["attribution"]["referrer_id"], found["id"], "{code}");
    }
    assert_eq!(house.call(&Request::get(&format!("/r/{}/ada-2", program.slug))).status, 302);
    // A further code that comes later is added to whoever is known.
    let more = "code,external_id\nada ada-2 ada-3,cus_17\n";
    let added = sent(server, more, "other", false).expect(201);
    assert_eq!((&added["made"], &added["known"], &added["codes_added"]), (&json!(0), &json!(1), &json!(1)));
    assert_eq!(sent(server, more, "other", false).expect(200)["codes_added"], 0);
    Book::live(&program).check();
}

#[test]
fn one_row_that_cannot_be_taken_keeps_the_whole_file_out() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    server.post("/v1/referrers", &json!({"code": "taken", "email": "t@mail.example"})).expect(201);
    let rows = [
        ("code,email\ngood,g@mail.example\ntaken,x@mail.example", 3, "code_taken"),
        ("code,email\ngood,g@mail.example\ngood-2,nobody", 3, "not_an_email"),
        ("code\ngood\nGOOD", 3, "not_unique"),
        ("code\ngood\nadmin", 3, "not_a_code"),
        ("code\ngood\nunder_score", 3, "not_a_code"),
        ("code,name\ngood,Good\n,Nobody", 3, "required"),
        ("code,joined_at\ngood,2025-01-01\nbad,03/04/25", 3, "not_an_instant"),
    ];
    let before = (referrers(&program), server.get("/v1/audit").expect(200));
    for (csv, row, code) in rows {
        let looked = sent(server, csv, "other", true).expect(200);
        let fault = &looked["faults"][0];
        assert_eq!((&fault["row"], &fault["code"]), (&json!(row), &json!(code)), "{csv}");
        let refused = sent(server, csv, "other", false).expect(422);
        assert_eq!(
            (&refused["code"], &refused["errors"][0]["code"]),
            (&json!("rows_refused"), &json!(code)),
            "{csv}"
        );
        assert!(refused["errors"][0]["field"].as_str().is_some_and(|field| field.starts_with("csv, row 3")));
    }
    assert_eq!((referrers(&program), server.get("/v1/audit").expect(200)), before);
    for (body, field) in [
        (json!({}), "csv"),
        (json!({"csv": "code"}), "csv"),
        (json!({"csv": 7}), "csv"),
        (json!({"csv": "code\nada", "format": "tapfiliate"}), "format"),
        (json!({"csv": "code\nada", "mapping": {"kode": "code"}}), "mapping.kode"),
        (json!({"csv": "code\nada", "mapping": {"code": "kode"}}), "mapping.code"),
        (json!({"csv": format!("code\n{}", "ada\n".repeat(10_001))}), "csv"),
        (json!({"csv": "x".repeat(2_000_001)}), "csv"),
        (json!({"csv": "code\nada", "dryrun": true}), "dryrun"),
    ] {
        let refused = server.post("/v1/referrers/import", &body).expect(422);
        assert_eq!(refused["errors"][0]["field"], field);
    }
    assert_eq!(
        server.post("/v1/referrers/import", &json!({"csv": "x".repeat(4_600_000)})).problem(413),
        "body_too_long"
    );
    assert_eq!(sent(program.page(), "code\nada", "other", false).problem(403), "key_wrong_kind");
}

/// A file of as many people, each with a further code.
fn many(rows: usize) -> Value {
    let name = "n".repeat(90);
    let row = |at: usize| format!("code-{at} more-{at},cus_{at},p{at}@mail.example,{name} {at}\n");
    let csv: String =
        std::iter::once("code,external_id,email,name\n".to_owned()).chain((0..rows).map(row)).collect();
    json!({"csv": csv, "format": "other"})
}

#[test]
fn ten_thousand_rows_are_taken_over_at_once() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let body = many(10_000);
    let done = server.post_once("/v1/referrers/import", "roster", &body).expect(201);
    assert_eq!((&done["made"], &done["people"][99]["row"]), (&json!(10_000), &json!(101)));
    assert_eq!(server.post_once("/v1/referrers/import", "roster", &body).expect(201), done);
    let again = server.post("/v1/referrers/import", &body).expect(200);
    assert_eq!((&again["made"], &again["known"]), (&json!(0), &json!(10_000)));
    let book = Book::live(&program);
    book.check();
    assert_eq!(book.texts("SELECT count(*) || '' FROM further_code", &[]), ["10000"]);
    assert_eq!(
        book.texts("SELECT count(*) || '' FROM outbox WHERE type = 'referrer.joined'", &[]),
        ["10000"]
    );
}

#[test]
fn a_file_that_breaks_on_its_way_into_the_ledger_leaves_nothing() {
    let house = House::start(xtask::workerd::EdgeOptions::failpoints);
    let program = Program::open(&house);
    let body = many(20);
    let logged = program.server().get("/v1/audit").expect(200);
    let broken = |after: i32| {
        let request =
            Request::post("/v1/referrers/import", &body).header("goodword-fail-after", &after.to_string());
        assert_eq!(program.server().send(request).status, 500, "after {after}");
    };
    // The row of the file in the audit log, referrers, people, events, audit rows and further codes: a statement each.
    for after in 0..=5 {
        broken(after);
        assert_eq!(referrers(&program), [], "after {after}");
        assert_eq!(program.server().get("/v1/audit").expect(200)["data"], logged["data"], "after {after}");
    }
    // The transaction is what keeps it whole: without it, what went out before stays.
    broken(-3);
    assert_ne!(referrers(&program), [], "half a file");
}

/// A form with a file, as a browser sends it.
fn upload(path: &str, fields: &[(&str, &str)], file: Option<&[u8]>) -> Request {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    if let Some(file) = file {
        body.extend(b"--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\ncontent-type: text/csv\r\n\r\n");
        body.extend(file);
        body.extend(b"\r\n");
    }
    body.extend(b"--b--\r\n");
    Request::new("POST", path)
        .header("content-type", "multipart/form-data; boundary=b")
        .header("sec-fetch-site", "same-origin")
        .body(body)
}

const PAGE: &str = "/dashboard/live/referrers/import";

#[test]
fn a_merchant_uploads_a_file_says_what_its_columns_are_and_takes_it_over() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    assert!(desk.page(PAGE).contains("multipart/form-data"));
    let csv = sample("other");
    let looked =
        desk.send(upload(PAGE, &[("format", "other"), ("csv", ""), ("step", "look")], Some(csv.as_bytes())));
    assert_eq!(looked.status, 200, "{}", looked.text());
    let text = looked.text();
    // Nothing of it is known by these names.
    assert!(text.contains("Rows to mend") && text.contains("column.Empfehlungscode"), "{text}");
    let mapped = [
        ("format", "other"),
        ("csv", csv.as_str()),
        ("column.Wer", "name"),
        ("column.E-Mail-Adresse", "email"),
        ("column.Empfehlungscode", "code"),
        ("column.Seit", "joined_at"),
        ("column.Guthaben", ""),
    ];
    let with = |step: &'static str| {
        let mut fields = mapped.to_vec();
        fields.extend([("step", step), ("once", "once-1")]);
        upload(PAGE, &fields, None)
    };
    let looked = desk.send(with("look")).text();
    assert!(
        looked.contains("Take over this file") && looked.contains("Not taken over: Guthaben"),
        "{looked}"
    );
    assert_eq!(referrers(&program), [], "looking changes nothing");
    for _ in 0..2 {
        let done = desk.send(with("take"));
        assert_eq!(
            (done.status, done.header("location")),
            (303, Some("/dashboard/live/referrers?done=roster"))
        );
    }
    assert_eq!(
        referrers(&program),
        [
            ("ada".to_owned(), vec![], Some("Ada Byron".to_owned())),
            ("bob".to_owned(), vec!["bob-2".to_owned()], Some("Bob".to_owned())),
        ]
    );
    let audit = program.server().get("/v1/audit").expect(200);
    assert_eq!(audit["data"][0]["actor"], "dashboard");
    assert!(desk.page("/dashboard/live/referrers?done=roster").contains("The file is taken over."));
    assert!(desk.send(with("look")).text().contains("There is nothing to take over"));
}

#[test]
fn a_file_that_is_none_is_answered_with_what_to_do() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let fields = [("format", "rewardful"), ("step", "look")];
    for (file, said) in [
        (&b"name\nJ\xf6rg"[..], "CSV UTF-8"),
        (b"", "Choose a file"),
        (b"code", "a row after it"),
        (b"\x00\x01\x02", "a row after it"),
    ] {
        let answer = desk.send(upload(PAGE, &fields, Some(file)));
        assert_eq!(answer.status, 422, "{}", answer.text());
        assert!(answer.text().contains(said), "{said}: {}", answer.text());
    }
    let long = "x".repeat(4_600_000);
    assert_eq!(desk.send(upload(PAGE, &fields, Some(long.as_bytes()))).status, 413);
    // A form that broke off, and one whose boundary is another.
    let mut broken = upload(PAGE, &fields, Some(b"code\nada"));
    broken.body = broken.body.map(|body| body[..body.len() / 2].to_vec());
    assert_eq!(desk.send(broken).status, 415);
    let hostile = "name,code\n<script>alert(1)</script>,a-1\n\"</textarea><script>alert(1)</script>\",a-2\n";
    let shown = desk.send(upload(PAGE, &[("format", "other"), ("step", "look")], Some(hostile.as_bytes())));
    assert_eq!(shown.status, 200);
    assert!(!shown.text().contains("<script>alert"), "{}", shown.text());
    assert_eq!(referrers(&program), []);
}

//! Who joined and who has shared: known by proof alone, once, and forgotten with the person.

use crate::exporting::{export, import};
use serde_json::{Value, json};
use tests::book::Book;
use tests::desk::Desk;
use tests::forge;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::portal::{address, enter};
use tests::program::{Program, usual};
use tests::token::{HEADER, claims, identity, of, secret, sign};

/// The codes of those of whom a link is known to have left, or none, the newest first.
fn listed(program: &Program, shared: bool) -> Vec<String> {
    let page = program.server().get(&format!("/v1/referrers?shared={shared}")).expect(200);
    codes(&page)
}

fn codes(page: &Value) -> Vec<String> {
    let rows = page["data"].as_array().into_iter().flatten();
    rows.filter_map(|row| row["code"].as_str()).map(str::to_owned).collect()
}

fn found(program: &Program, code: &str) -> Value {
    program.server().get(&format!("/v1/referrers?q={code}")).expect(200)["data"][0].clone()
}

fn shared_at(program: &Program, code: &str) -> Value {
    found(program, code)["shared_at"].clone()
}

/// Reports a step as the panel does, with these headers.
fn report(program: &Program, step: &str, headers: &[(&str, &str)]) -> Answer {
    let body = json!({"events": [{"type": step, "channel": "whatsapp"}]});
    let request = Request::post("/v1/widget/events", &body);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    program.page().send(request)
}

fn as_whom(token: &str) -> [(&str, &str); 1] {
    [("goodword-identity", token)]
}

#[test]
fn whoever_joins_in_a_panel_has_shared_and_who_was_made_elsewhere_has_not_until_they_do() {
    let house = House::shared();
    let program = Program::open(&house);
    let made = program.referrer("ada");
    assert_eq!(made["shared_at"], Value::Null);
    let file = json!({"csv": "code,external_id,email\nbob,ext-bob,bob@mail.example\n"});
    program.server().post("/v1/referrers/import", &file).expect(201);
    let (proof, code) = secret(7);
    program.page().post("/v1/widget/join", &json!({ "proof": proof })).expect(201);
    assert_eq!(
        (listed(&program, true), listed(&program, false)),
        (vec![code.clone()], vec!["bob".to_owned(), "ada".to_owned()])
    );
    let joined = found(&program, &code);
    assert_eq!(joined["shared_at"], joined["created_at"], "the panel joins when its link is shared");

    let token = identity(&program, "ext-ada");
    for step in ["seen", "opened", "joined"] {
        report(&program, step, &as_whom(&token)).expect(202);
        assert_eq!(shared_at(&program, "ada"), Value::Null, "{step} is no sharing");
    }
    let told = report(&program, "shared", &as_whom(&token)).expect(202);
    assert_eq!(told, json!({"accepted": 1}));
    assert!(shared_at(&program, "ada").is_string());
    assert_eq!(listed(&program, false), ["bob"]);
    // A copy is one as well, and told again it changes nothing, not even the day.
    report(&program, "copied", &as_whom(&identity(&program, "ext-bob"))).expect(202);
    assert_eq!(listed(&program, false), [""; 0]);
    let before = Book::live(&program).dump();
    for step in ["shared", "copied"] {
        report(&program, step, &as_whom(&token)).expect(202);
        report(&program, step, &[("goodword-proof", &proof)]).expect(202);
    }
    assert_eq!(Book::live(&program).dump(), before);
    Book::live(&program).check();
}

#[test]
fn joining_with_a_token_alone_is_sharing_too_and_so_is_a_link_that_turned_out_to_be_theirs() {
    let house = House::shared();
    let program = Program::open(&house);
    let join = |proof: Option<&str>, token: &str| {
        let body = proof.map_or(json!({}), |proof| json!({ "proof": proof }));
        program.page().send(Request::post("/v1/widget/join", &body).header("goodword-identity", token))
    };
    program.referrer("ada");
    join(None, &identity(&program, "ext-ada")).expect(200);
    assert!(shared_at(&program, "ada").is_string());
    // Shared by nobody in particular, who then signs in as somebody who has not.
    program.referrer("bob");
    let (proof, code) = secret(8);
    program.page().post("/v1/widget/join", &json!({ "proof": proof })).expect(201);
    let before = shared_at(&program, &code);
    join(Some(&proof), &identity(&program, "ext-bob")).expect(200);
    assert_eq!(shared_at(&program, "bob"), before, "they shared when they did");
    // The secret of a link that is somebody's who signs in says nothing of them.
    program.server().post("/v1/referrers", &json!({"code": "chi", "external_id": "ext-chi"})).expect(201);
    let before = Book::live(&program).dump();
    program.page().post("/v1/widget/join", &json!({ "proof": proof })).expect(200);
    assert_eq!(Book::live(&program).dump(), before);
    assert_eq!(listed(&program, false), ["chi"]);
}

#[test]
fn nobody_says_it_for_somebody_else_and_a_step_is_counted_all_the_same() {
    let house = House::shared();
    let (program, elsewhere) = (Program::open(&house), Program::open(&house));
    for program in [&program, &elsewhere] {
        program.referrer("ada");
    }
    let (proof, _) = secret(9);
    let good = claims(&program, "ext-ada");
    let changed = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        of(&program, &claims)
    };
    let before = Book::live(&program).dump();
    let forged = [
        identity(&elsewhere, "ext-ada"),
        sign(elsewhere.key("identity_live"), HEADER, &good.to_string()),
        sign(program.key("identity_test"), HEADER, &good.to_string()),
        sign(program.key("publishable_live"), HEADER, &good.to_string()),
        sign(program.key("identity_live"), r#"{"alg":"none","typ":"JWT"}"#, &good.to_string()),
        changed("exp", json!(1)),
        changed("aud", json!("other")),
        identity(&program, "ext-nobody"),
        "x".repeat(5000),
    ];
    for token in &forged {
        let told = report(&program, "shared", &as_whom(token)).expect(202);
        assert_eq!(told, json!({"accepted": 1}), "it looks like any other");
    }
    // By the code alone, by a secret nobody has joined with, by nobody.
    for headers in [vec![], vec![("goodword-proof", proof.as_str())], vec![("goodword-proof", "ada")]] {
        report(&program, "copied", &headers).expect(202);
    }
    let body = json!({"events": [{"type": "shared", "code": "ada"}]});
    program.page().post("/v1/widget/events", &body).problem(422);
    assert_eq!(Book::live(&program).dump(), before, "nothing was written");
    let stats = program.server().get("/v1/stats").expect(200);
    assert_eq!(stats["totals"]["shared"], forged.len(), "{}", stats["totals"]);

    // The same person and the same code in another program, and in the twin, are somebody else.
    report(&program, "shared", &as_whom(&identity(&program, "ext-ada"))).expect(202);
    assert_eq!((listed(&program, false), listed(&elsewhere, false)), (vec![], vec!["ada".to_owned()]));
    let twin = json!({"code": "ada", "external_id": "ext-ada"});
    let made = program.test_server().post("/v1/referrers", &twin).expect(201);
    assert_eq!(made["shared_at"], Value::Null);
}

#[test]
fn a_customer_who_comes_by_a_link_shows_that_it_was_shared_wherever_that_was() {
    let house = House::shared();
    let mut terms = usual("")["terms"].clone();
    terms["first_customer_only"] = false.into();
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    for code in ["ada", "bob", "chi"] {
        program.referrer(code);
    }
    let click = forge::click(&program, "ada", 3600);
    let sale =
        json!({"order_id": "1", "customer_id": "c", "amount": 900, "currency": "EUR", "click_id": click});
    program.server().post("/v1/sales", &sale).expect(201);
    let shared = shared_at(&program, "ada");
    assert!(
        shared.as_str() < found(&program, "ada")["created_at"].as_str(),
        "when it was followed: {shared}"
    );
    // Known before, and brought by a link later.
    program.server().post("/v1/leads", &json!({"customer_id": "d"})).expect(201);
    assert_eq!(listed(&program, false), ["chi", "bob"]);
    let click = forge::click(&program, "bob", 3600);
    let lead = json!({"customer_id": "d", "event": "demo", "click_id": click});
    let lead = program.server().post("/v1/leads", &lead).expect(201);
    assert_eq!(lead["attribution"]["status"], "attributed", "{lead}");
    assert_eq!(listed(&program, false), ["chi"]);
    Book::live(&program).check();
}

#[test]
fn it_is_handed_out_taken_along_and_forgotten_with_the_person() {
    let house = House::shared();
    let program = Program::open(&house);
    for code in ["ada", "bob"] {
        program.referrer(code);
    }
    let token = identity(&program, "ext-ada");
    report(&program, "shared", &as_whom(&token)).expect(202);
    let server = program.server();
    let ada = found(&program, "ada");
    let id = ada["id"].as_str().expect("an id");
    let known = server.get(&format!("/v1/subject-export?referrer_id={id}")).expect(200);
    assert_eq!(known["referrers"][0]["shared_at"], ada["shared_at"], "{known}");

    let other = Program::open(&house);
    import(&other, "", export(&program, "").as_bytes()).expect(201);
    assert_eq!(found(&other, "ada")["shared_at"], ada["shared_at"]);
    assert_eq!(
        (listed(&other, true), listed(&other, false)),
        (vec!["ada".to_owned()], vec!["bob".to_owned()])
    );

    server.post("/v1/erasure", &json!({ "referrer_id": id })).expect(200);
    assert_eq!(shared_at(&program, "ada"), Value::Null);
    assert_eq!(listed(&program, true), [""; 0]);
    assert_eq!(listed(&program, false), ["bob"], "nobody is to remind who asked to be forgotten");
    let rows = Book::live(&program).texts("SELECT coalesce(shared_at, '') FROM referrer ORDER BY seq", &[]);
    assert_eq!(rows, ["0", ""]);
    let before = Book::live(&program).dump();
    server.post("/v1/erasure", &json!({ "referrer_id": id })).expect(200);
    report(&program, "shared", &as_whom(&token)).expect(202);
    assert_eq!(Book::live(&program).dump(), before, "and what is forgotten stays so");
    // So it is in a file.
    let other = Program::open(&house);
    import(&other, "", export(&program, "").as_bytes()).expect(201);
    assert_eq!((listed(&other, true), listed(&other, false)), (vec![], vec!["bob".to_owned()]));
}

#[test]
fn both_lists_are_read_page_by_page_in_both_directions() {
    let house = House::shared();
    let program = Program::open(&house);
    for at in 0..9 {
        program.referrer(&format!("one-{at}"));
        if at % 3 == 0 {
            let token = identity(&program, &format!("ext-one-{at}"));
            report(&program, "shared", &as_whom(&token)).expect(202);
        }
    }
    let server = program.server();
    for (shared, there) in [(true, vec![6, 3, 0]), (false, vec![8, 7, 5, 4, 2, 1])] {
        let there: Vec<String> = there.into_iter().map(|at| format!("one-{at}")).collect();
        assert_eq!(listed(&program, shared), there);
        let list = format!("/v1/referrers?shared={shared}&limit=2");
        let (mut walked, mut page) = (Vec::new(), server.get(&list).expect(200));
        walked.extend(codes(&page));
        while let Some(cursor) = page["next_cursor"].as_str() {
            page = server.get(&format!("{list}&starting_after={cursor}")).expect(200);
            walked.extend(codes(&page));
        }
        assert_eq!(walked, there);
        let end = page["data"].as_array().and_then(|rows| rows.last()).and_then(|row| row["id"].as_str());
        let back = server.get(&format!("{list}&ending_before={}", end.expect("an id"))).expect(200);
        let from = there.len() - 3;
        assert_eq!(codes(&back), there[from..from + 2]);
    }
    for wrong in ["shared=yes", "shared=", "shared=true&q=one", "shared=true&x=1"] {
        assert_eq!(
            server.get(&format!("/v1/referrers?{wrong}")).problem(422),
            "validation_failed",
            "{wrong}"
        );
    }
}

#[test]
fn a_referrers_own_page_says_once_that_they_took_their_link_along() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    let token = identity(&program, "ext-ada");
    let way = Request::post("/v1/widget/portal", &json!({})).header("goodword-identity", &token);
    let (_, key) = address(&house, &program.page().send(way).expect(201));
    let mut browser = Desk::new(&house);
    assert_eq!(enter(&mut browser, &program, &key).status, 303);
    let home = format!("/p/{}", program.slug);
    let asks = format!("data-shared=\"{home}/shared\"");
    assert!(browser.page(&home).contains(&asks));
    assert_eq!(listed(&program, false), ["ada"], "looking at it is no sharing");
    let told = browser.post(&format!("{home}/shared"), &[]);
    assert_eq!((told.status, told.header("location")), (303, Some(home.as_str())));
    assert_eq!(listed(&program, true), ["ada"]);
    assert!(!browser.page(&home).contains("data-shared"), "and is not asked for any more");
    let before = Book::live(&program).rows("SELECT id, shared_at FROM referrer", &[]);
    browser.post(&format!("{home}/shared"), &[]);
    assert_eq!(Book::live(&program).rows("SELECT id, shared_at FROM referrer", &[]), before);
}

#[test]
fn a_merchant_finds_those_who_have_yet_to_share() {
    let house = House::shared();
    let program = Program::open(&house);
    let at = "/dashboard/live/referrers?state=unshared";
    let mut desk = Desk::open(&house, program.key("secret_live"));
    assert!(desk.page(at).contains("Nobody here has yet to share"));
    let server = program.server();
    let friends =
        server.post("/v1/groups", &json!({"name": "Friends", "terms": {"rewards": []}})).expect(201);
    let friends = friends["id"].as_str().expect("an id");
    let mut ids = Vec::new();
    for name in ["ada", "bob", "chi"] {
        let made =
            json!({"code": name, "external_id": format!("ext-{name}"), "name": format!("{name} of many")});
        let made = server.post("/v1/referrers", &made).expect(201);
        ids.push(made["id"].as_str().expect("an id").to_owned());
    }
    server.post(&format!("/v1/referrers/{}/group", ids[1]), &json!({"group_id": friends})).expect(201);
    report(&program, "shared", &as_whom(&identity(&program, "ext-ada"))).expect(202);
    let page = desk.page(at);
    assert!(!page.contains("ada of many") && page.contains("bob of many") && page.contains("chi of many"));
    assert!(page.contains("no customer came by it"));
    let page = desk.page(&format!("{at}&group={friends}"));
    assert!(page.contains("bob of many") && !page.contains("chi of many"));
    let page = desk.page(&format!("{at}&q=chi"));
    assert!(page.contains("chi of many") && !page.contains("bob of many"));
    assert!(desk.page(&format!("{at}&q=ada")).contains("Nothing here fits."));
    // The file has the same rows, and says when in all of them.
    let file = desk.page("/dashboard/live/referrers.csv?state=unshared");
    assert_eq!((file.lines().count(), file.contains("bob of many")), (3, true), "{file}");
    let all: Value = serde_json::from_str(&desk.page("/dashboard/live/referrers.json")).expect("JSON");
    let rows = all.as_array().expect("a list");
    let days: Vec<bool> = rows.iter().map(|row| row["shared_at"].is_string()).collect();
    assert_eq!(days, [false, false, true], "{all}");
    // One of them.
    assert!(desk.page(&format!("/dashboard/live/referrers/{}", ids[1])).contains("Not that we know"));
    assert!(!desk.page(&format!("/dashboard/live/referrers/{}", ids[0])).contains("Not that we know"));
    // And where most are lost between the two, the overview leads there.
    let link = "/dashboard/live/referrers?state=unshared";
    assert!(!desk.page("/dashboard/live").contains(link));
    let joined = json!({"events": vec![json!({"type": "joined"}); 12]});
    program.page().post("/v1/widget/events", &joined).expect(202);
    assert!(desk.page("/dashboard/live").contains(link));
}

//! Lists of one referrer and whoever was joined to them: the newest on their page, all of them behind its links, the same
//! rows in files.

use super::filing::{column, json};
use serde_json::{Value, json};
use tests::desk::Desk;
use tests::dispute::{Sharer, decide, id, open, sell, sharer};
use tests::house::House;
use tests::http::{Answer, Request};
use tests::program::Program;
use tests::token::identity;

/// Sends a request as the account `ada`.
fn as_ada(program: &Program, path: &str, body: &Value) -> Answer {
    let token = identity(program, "ada");
    program.page().send(Request::post(path, body).header("goodword-identity", &token))
}

/// The account `ada`, and a link that was not joined to it yet.
fn two_browsers(program: &Program, byte: u8) -> (Value, Sharer) {
    (as_ada(program, "/v1/widget/join", &json!({})).expect(201), sharer(program, byte))
}

fn join_both(program: &Program, link: &Sharer) {
    as_ada(program, "/v1/widget/join", &json!({ "proof": link.proof })).expect(200);
}

/// The conversions that the rows of a list are about, page after page, and how many each page has.
fn walked(desk: &mut Desk<'_>, list: &str, query: &str) -> (Vec<String>, Vec<usize>) {
    let (mut found, mut counts) = (Vec::new(), Vec::new());
    let mut query = query.to_owned();
    loop {
        let page = desk.page(&format!("/dashboard/live/{list}?{query}"));
        let body = page.split("<tbody>").nth(1).unwrap_or_default();
        let links = body.split("href=\"/dashboard/live/conversions/").skip(1);
        let ids: Vec<String> =
            links.map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect();
        counts.push(ids.len());
        found.extend(ids);
        let leads_on = |rest: &&str| rest.split("</a>").next().is_some_and(|link| link.ends_with(">Older"));
        let Some(older) = page.split("<a href=\"?").find(leads_on) else { return (found, counts) };
        query = older.split('"').next().unwrap_or_default().replace("&#38;", "&");
    }
}

/// Where the first form of a page goes whose address begins so.
fn action(page: &str, begins: &str) -> String {
    let rest = page.split("action=\"").find(|rest| rest.starts_with(begins)).expect("a form");
    rest.split('"').next().unwrap_or_default().replace("&#38;", "&")
}

#[test]
fn rewards_of_one_referrer_are_a_list_of_every_state_and_its_files() {
    let house = House::shared();
    let terms = json!({"approval": {"automatic_up_to": 100}, "hold_days": 0, "rewards": [
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
        {"id": "gift", "on": "sale", "to": "friend", "pay": {"flat": 50}},
    ]});
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    let (account, link) = two_browsers(&program, 91);
    let (account_id, code) = (id(&account), account["code"].as_str().expect("a code"));
    let bob = program.referrer("bob");
    // What each brought, and whether it waits for a person.
    let mut sold: Vec<(&str, bool, String)> = Vec::new();
    for at in 0..63 {
        let by = if at % 9 == 8 { "bob" } else { ["account", "link"][at % 2] };
        let with = match by {
            "account" => code,
            "link" => link.code.as_str(),
            other => other,
        };
        let waits = at % 3 == 0;
        let amount = if waits { 9_900 } else { 1_000 };
        let order = format!("o{at}");
        let sale = sell(&program, &order, &order, amount, &json!({ "code": with }));
        sold.push((by, waits, id(&sale).to_owned()));
    }
    join_both(&program, &link);
    sold.reverse();
    let of = |whose: &[&str], waits: Option<bool>| -> Vec<String> {
        let fits =
            sold.iter().filter(|(by, does, _)| whose.contains(by) && waits.is_none_or(|is| is == *does));
        fits.map(|(.., conversion)| conversion.clone()).collect()
    };
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let loud = code.to_uppercase();
    let both: &[&str] = &["account", "link"];
    for (named, whose) in [
        (account_id, both),
        (code, both),
        (loud.as_str(), both),
        (link.id.as_str(), &["link"]),
        (link.code.as_str(), &["link"]),
        (id(&bob), &["bob"]),
        ("nobody-here", &[]),
        ("rfr_0000000000000000", &[]),
        ("%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E", &[]),
    ] {
        for (state, waits) in
            [("all", None), ("to_approve", Some(true)), ("pending", Some(true)), ("approved", Some(false))]
        {
            let query = format!("state={state}&referrer={named}");
            let wanted = of(whose, waits);
            let (rows, counts) = walked(&mut desk, "rewards", &query);
            assert_eq!(rows, wanted, "{query}");
            assert_eq!(counts[0], wanted.len().min(50), "{query}");
            let csv = desk.page(&format!("/dashboard/live/rewards.csv?{query}"));
            assert_eq!(column(&csv, "conversion_id"), wanted, "{query}");
            let listed = json(&desk.page(&format!("/dashboard/live/rewards.json?{query}&before=1")));
            let listed: Vec<&str> = listed.iter().filter_map(|row| row["conversion_id"].as_str()).collect();
            assert_eq!(listed, wanted, "{query}");
        }
        // The conversions that they are for, too.
        let (rows, _) = walked(&mut desk, "conversions", &format!("referrer={named}"));
        assert_eq!(rows, of(whose, None), "{named}");
        let csv = desk.page(&format!("/dashboard/live/conversions.csv?referrer={named}"));
        assert_eq!(column(&csv, "id"), rows, "{named}");
        let page = desk.page(&format!("/dashboard/live/rewards?referrer={named}"));
        assert_eq!(page.contains("Nothing here fits."), whose.is_empty(), "{named}");
        assert_eq!(page.contains("Only those of"), !whose.is_empty(), "{named}");
        assert_eq!(page.contains("Nobody has this code or id."), whose.is_empty(), "{named}");
        assert!(
            page.contains("<a href=\"/dashboard/live/rewards?state=all\">Show everybody’s</a>"),
            "{page}"
        );
        assert!(!page.contains("<script>alert"), "{page}");
    }
    assert!(of(both, None).len() > 50, "there is a second page");
    assert_eq!(walked(&mut desk, "rewards", "state=paid&referrer=bob").0, [""; 0]);
    let page = desk.page(&format!("/dashboard/live/rewards?state=approved&referrer={code}"));
    let page = page.replace("&#38;", "&");
    for part in [
        format!("href=\"?state=to_approve&referrer={code}\""),
        format!("/dashboard/live/rewards.csv?state=approved&referrer={code}\""),
        format!("name=\"referrer\" value=\"{code}\""),
        "type=\"hidden\" name=\"state\" value=\"approved\"".to_owned(),
        format!("Only those of <a href=\"/dashboard/live/referrers/{account_id}\""),
    ] {
        assert!(page.contains(&part), "{part}: {page}");
    }
    // Whoever decides there stays there.
    let here = format!("/dashboard/live/rewards?state=to_approve&referrer={code}");
    let action = action(&desk.page(&here), "/dashboard/live/rewards/rwd_");
    let answer = desk.post(&action, &[("decision", "approve")]);
    assert_eq!(answer.header("location"), Some(format!("{here}&done=approved").as_str()));
    let answer = desk.post(&action, &[("decision", "burn")]);
    assert!(answer.status == 422 && answer.text().contains("Only those of"), "{}", answer.text());
    let everybody = desk.page("/dashboard/live/rewards");
    assert!(!everybody.contains("everybody’s") && !everybody.contains("&#38;referrer="), "{everybody}");
}

#[test]
fn disputes_and_flags_of_one_referrer_are_found_from_their_page_with_all_that_was_decided() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let (account, link) = two_browsers(&program, 92);
    let bob = sharer(&program, 93);
    let account_id = id(&account);
    let hers = as_ada(&program, "/v1/disputes", &json!({"about": "order A", "message": "Mine."})).expect(201);
    let linked = open(&program, &link, "order B");
    open(&program, &bob, "order C");
    decide(&program, &hers, &json!({"decision": "rejected", "note": "No."})).expect(201);
    join_both(&program, &link);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let both = [id(&linked), id(&hers)];
    for (show, named, wanted) in [
        ("open", account_id, &both[..1]),
        ("decided", account_id, &both[1..]),
        ("all", account_id, &both),
        ("all", account["code"].as_str().expect("a code"), &both),
        ("all", link.id.as_str(), &both[..1]),
        ("decided", link.code.as_str(), &[]),
        ("all", "nobody-here", &[]),
        ("all", "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E", &[]),
    ] {
        let query = format!("show={show}&referrer={named}");
        let page = desk.page(&format!("/dashboard/live/disputes?{query}"));
        assert_eq!(page.matches("<li class=\"slip\">").count(), wanted.len(), "{query}: {page}");
        for (order, dispute) in [("order A", &hers), ("order B", &linked)] {
            assert_eq!(page.contains(order), wanted.contains(&id(dispute)), "{query} {order}");
        }
        assert!(!page.contains("order C") && !page.contains("<script>alert"), "{query}");
        let csv = desk.page(&format!("/dashboard/live/disputes.csv?{query}"));
        assert_eq!(column(&csv, "id"), wanted, "{query}");
        assert_eq!(json(&desk.page(&format!("/dashboard/live/disputes.json?{query}"))).len(), wanted.len());
    }
    let shown = format!("/dashboard/live/disputes?show=all&referrer={account_id}");
    let action = action(&desk.page(&shown), "/dashboard/live/disputes/dsp_");
    let refused = desk.post(&action, &[("decision", "rejected"), ("note", "")]);
    assert!(refused.status == 422 && refused.text().contains("Only those of"), "{}", refused.text());
    let said = desk.post(&action, &[("decision", "message"), ("note", "When was it?")]);
    assert_eq!(said.header("location"), Some(format!("{shown}&done=dispute_message").as_str()));
    let page = desk.page("/dashboard/live/disputes?show=all");
    assert_eq!(page.matches("<li class=\"slip\">").count(), 3);
    let form = |dispute: &Value| {
        page.contains(&format!("action=\"/dashboard/live/disputes/{}?show=all\"", id(dispute)))
    };
    assert!(form(&linked) && !form(&hers), "only what waits can be answered: {page}");

    // Whoever is doubted, too; before and after.
    let mail = "fay@mail.example";
    let fay = server.post("/v1/referrers", &json!({"code": "fay", "email": mail})).expect(201);
    let lead = json!({"customer_id": "x", "code": "fay", "email": "Fay@mail.example"});
    server.post("/v1/leads", &lead).expect(201);
    let flag = server.get("/v1/flags").expect(200)["data"][0]["id"].as_str().expect("an id").to_owned();
    let all = format!("/dashboard/live/review?show=all&referrer={}", id(&fay));
    let case = format!("id=\"t-{flag}\"");
    let action = format!("action=\"/dashboard/live/review/{flag}\"");
    let page = desk.page(&all);
    assert!(page.contains(&case) && page.contains(&action) && !page.contains("form=\"bulk\""), "{page}");
    server.post(&format!("/v1/flags/{flag}/decision"), &json!({"decision": "release"})).expect(201);
    let page = desk.page(&all);
    assert!(page.contains(&case) && !page.contains(&action), "{page}");
    assert!(!desk.page(&all.replace("all", "open")).contains(&case));
    let of_bob = format!("/dashboard/live/review?show=all&referrer={}", bob.code);
    assert!(!desk.page(&of_bob).contains(&case));

    // Each short list of their page leads to all of it, as a page and as files.
    let hers = desk.page(&format!("/dashboard/live/referrers/{account_id}")).replace("&#38;", "&");
    let fays = desk.page(&format!("/dashboard/live/referrers/{}", id(&fay))).replace("&#38;", "&");
    assert!(hers.contains("order A") && hers.contains("order B") && !hers.contains("order C"), "{hers}");
    for (page, who, list, table, query) in [
        (&hers, account_id, "disputes", "disputes", "show"),
        (&fays, id(&fay), "review", "flags", "show"),
        (&fays, id(&fay), "rewards", "rewards", "state"),
    ] {
        let query = format!("?{query}=all&referrer={who}");
        for (path, ending) in [(list, ""), (table, ".csv"), (table, ".json")] {
            let link = format!("/dashboard/live/{path}{ending}{query}");
            assert!(page.contains(&format!("href=\"{link}\"")), "{link}: {page}");
            desk.page(&link);
        }
    }
    assert!(fays.contains("aria-label=\"Rewards, CSV\"") && fays.contains("aria-label=\"Flags, JSON\""));
}

#[test]
fn the_payouts_of_a_referrer_are_files_whatever_became_of_them() {
    let house = House::shared();
    let terms = json!({"hold_days": 0, "rewards": [
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
    ]});
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    let ada = program.referrer("ada");
    let target = json!({"name": "Ada Byron", "iban": "DE89370400440532013000"});
    let server = program.server();
    server.post(&format!("/v1/referrers/{}/payout_target", id(&ada)), &target).expect(201);
    sell(&program, "o", "c", 99_000, &json!({"code": "ada"}));
    let path = format!("/dashboard/live/referrers/{}", id(&ada));
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let files = |page: &str| {
        page.contains(&format!("href=\"{path}/payouts.csv\" download aria-label=\"Payouts, CSV\""))
    };
    assert!(!files(&desk.page(&path)));
    let payout = server.post("/v1/payouts", &json!({})).expect(201);
    assert!(files(&desk.page(&path)), "{}", desk.page(&path));
    let lines = json(&desk.page(&format!("{path}/payouts.json")));
    assert_eq!(
        json!([
            lines.len(),
            lines[0]["payout_id"],
            lines[0]["amount"],
            lines[0]["currency"],
            lines[0]["state"]
        ]),
        json!([1, payout["id"], 9_900, "EUR", "created"]),
        "{lines:?}"
    );
    server.post(&format!("/v1/payouts/{}/decision", id(&payout)), &json!({"decision": "paid"})).expect(201);
    let csv = desk.page(&format!("{path}/payouts.csv"));
    assert_eq!(
        (column(&csv, "state"), column(&csv, "amount_decimal")),
        (vec!["paid".into()], vec!["99.00".into()])
    );
    assert_eq!(desk.get("/dashboard/live/referrers/rfr_0000000000000000/payouts.csv").status, 404);
}

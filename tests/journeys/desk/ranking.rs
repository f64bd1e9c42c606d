//! Who brought most, of late and in a part of it: the same as adding up everybody's days.

use super::filing::column;
use referral::instant::{DAY_MS, Instant};
use serde_json::json;
use tests::book::Book;
use tests::desk::Desk;
use tests::dispute::{give, id, open, sell, sharer};
use tests::house::House;
use tests::program::{Caller, Program};

/// A sale of so many days ago.
fn sale(server: &Caller<'_>, now: Instant, order: &str, (code, amount, ago): (&str, i64, i64)) {
    let body = json!({
        "order_id": order, "customer_id": format!("of {order}"), "amount": amount, "currency": "EUR", "code": code,
        "occurred_at": now.plus_ms(-ago * DAY_MS).to_string(),
    });
    server.post("/v1/sales", &body).expect(201);
}

fn leaders(desk: &mut Desk<'_>, days: u8) -> String {
    column(&desk.page(&format!("/dashboard/test/leaders.csv?days={days}")), "referrer_code").join(" ")
}

/// The first three of the list of who sold most.
fn first(desk: &mut Desk<'_>, sort: &str) -> String {
    let file = desk.page(&format!("/dashboard/test/referrers.csv?sort={sort}"));
    column(&file, "code").into_iter().take(3).collect::<Vec<_>>().join(" ")
}

#[test]
fn whoever_leads_a_week_is_found_behind_a_hundred_who_lead_the_season_and_days_pass() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.test_server();
    let old: Vec<String> = (100..205).map(|at| format!("old-{at}")).collect();
    let new: Vec<String> = (0..7).map(|at| format!("new-{at}")).collect();
    let csv = format!("code\n{}\n{}\n", old.join("\n"), new.join("\n"));
    let sent = json!({"csv": csv, "format": "goodword", "dry_run": false});
    assert_eq!(server.post("/v1/referrers/import", &sent).expect(201)["made"], 112);
    let now = server.post("/v1/test/clock", &json!({"advance_days": 1})).expect(200)["now"].clone();
    let now = Instant::parse(now.as_str().unwrap_or_default()).expect("an instant");
    let mut desk = Desk::open(&house, program.key("secret_test"));
    assert_eq!(leaders(&mut desk, 90), "");
    for (at, code) in (0..).zip(&old) {
        sale(&server, now, code, (code, 100_000 + at, 60));
    }
    for (at, code) in (0..).zip(&new) {
        sale(&server, now, code, (code, 100 + at, 2));
    }
    // A list was asked for before all of this: what came since is in it.
    assert_eq!(leaders(&mut desk, 90), "old-204 old-203 old-202 old-201 old-200");
    assert_eq!(
        leaders(&mut desk, 7),
        "new-6 new-5 new-4 new-3 new-2",
        "none of them is near the top of ninety days"
    );
    assert_eq!(first(&mut desk, "sold"), "old-204 old-203 old-202");
    sale(&server, now, "much", ("new-0", 900_000, 1));
    assert_eq!(leaders(&mut desk, 7), "new-0 new-6 new-5 new-4 new-3");
    assert_eq!(first(&mut desk, "granted"), "new-0 old-204 old-203");
    // Of who sold the same, more sales are more.
    for (order, amount) in [("tie 1", 300_000), ("tie 2", 300_000), ("tie 3", 300_100)] {
        sale(&server, now, order, ("old-100", amount, 3));
    }
    assert_eq!(
        leaders(&mut desk, 30),
        "old-100 new-0 new-6 new-5 new-4",
        "old-100 has the same in more sales"
    );
    server.post("/v1/test/clock", &json!({"advance_days": 31})).expect(200);
    assert_eq!(first(&mut desk, "sold"), "new-0 old-100 new-6", "sixty days and thirty-one are too long ago");
    assert_eq!(leaders(&mut desk, 90), "old-100 new-0 new-6 new-5 new-4");
    assert_eq!(leaders(&mut desk, 30), "");
    Book::of(&program, "secret_test").check();
}

#[test]
fn what_a_ranking_counts_moves_with_the_credit() {
    let house = House::shared();
    let program = Program::open(&house);
    let (ada, eve) = (sharer(&program, 1), sharer(&program, 2));
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let order = |desk: &mut Desk<'_>| {
        let file = desk.page("/dashboard/live/referrers.csv?sort=sold");
        column(&file, "id").into_iter().take(1).collect::<String>()
    };
    let sold = sell(&program, "o1", "c1", 9_000, &json!({ "code": eve.code }));
    sell(&program, "o2", "c2", 5_000, &json!({ "code": ada.code }));
    assert_eq!(order(&mut desk), eve.id);
    let dispute = open(&program, &ada, id(&sold));
    give(&program, &dispute, &ada).expect(201);
    assert_eq!(order(&mut desk), ada.id);
    let shown = program.server().get(&format!("/v1/referrers/{}", ada.id)).expect(200);
    assert_eq!(json!([shown["sales"], shown["friends"]]), json!([2, 2]), "{shown:?}");
    Book::live(&program).check();
}

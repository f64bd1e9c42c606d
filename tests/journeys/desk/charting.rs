//! What a chart says: as much as its tile, of as many days before as now, whatever day it is.

use referral::instant::{DAY_MS, Instant};
use serde_json::json;
use tests::chance::in_one_hour;
use tests::desk::Desk;
use tests::house::House;
use tests::program::Program;

/// The numbers of a chart's table, one row each: now and before.
fn table(page: &str) -> Vec<(i64, i64)> {
    let number = |cell: &str| cell.split('<').next().and_then(|text| text.parse().ok());
    page.split("</details>")
        .find(|part| part.contains("<table>"))
        .into_iter()
        .flat_map(|chart| chart.split("<tr><th scope=\"row\">").skip(1))
        .filter_map(|row| {
            let mut cells = row.split("<td class=\"n\">").skip(1).filter_map(number);
            cells.next().zip(cells.next())
        })
        .collect()
}

#[test]
fn ninety_days_stand_beside_ninety_in_thirteen_columns_each_day_of_a_week() {
    in_one_hour(60);
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.test_server();
    server.post("/v1/referrers", &json!({"external_id": "a", "code": "ada"})).expect(201);
    let mut desk = Desk::open(&house, program.key("secret_test"));
    for day in 1..=7 {
        let moved = server.post("/v1/test/clock", &json!({"advance_days": 1})).expect(200);
        let now = Instant::parse(moved["now"].as_str().unwrap_or_default()).expect("an instant");
        // The first day of this period, today, and the last day of the one before: where pieces are cut.
        for ago in [0, 89, 90] {
            let sale = json!({
                "order_id": format!("{day} {ago}"), "customer_id": format!("of {day} {ago}"), "amount": 1000,
                "currency": "EUR", "code": "ada", "occurred_at": now.plus_ms(-ago * DAY_MS).to_string(),
            });
            server.post("/v1/sales", &sale).expect(201);
        }
        let page = desk.page("/dashboard/test?days=90&of=sales");
        let rows = table(&page);
        assert_eq!(rows.len(), 13, "{day}: {page}");
        // What was 89 days ago is of the period before a day later.
        let (now, before) = (day + 1, 2 * day - 1);
        let sums = rows.iter().fold((0, 0), |sums, row| (sums.0 + row.0, sums.1 + row.1));
        assert_eq!(sums, (now, before), "{day}: {rows:?}");
        assert!(page.contains(&format!("<strong>{now}</strong>")), "{day}: the tile says so too");
        assert!(page.contains(&format!(" from {before}<")), "{day}: and what it is compared to");
        assert_eq!(page.matches("<g data-days=\"").count(), 13, "{day}");
    }
}

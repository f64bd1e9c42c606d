//! Who is credited now is asked of the view `credit`; a conversion's own column says who was when it was recorded.

use crate::none;
use crate::statements::{ROOMS, database, statements};
use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, Authorization};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// Statements that read `conversion.referrer_id` themselves, each for a reason.
const RECORDED: &[(&str, &str)] = &[
    ("desk_conversions", "whether anybody was ever credited, which a move takes from nobody"),
    ("lead_standing", "one lead: its newest move stands before it"),
    ("sale_standing", "one sale: its newest move stands before it"),
    ("reattributable", "one conversion, whose newest move stands before it"),
    ("payments", "whether anybody was ever credited, which a move takes from nobody"),
    ("simulated", "the newest move stands before it"),
    ("simulated_granted", "whether anybody was ever credited"),
];

/// What a statement of the ledger reads itself, not by a view or a trigger, as `table.column`.
fn reads(database: &mut Connection, text: &str) -> BTreeSet<String> {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let told = Arc::clone(&seen);
    database
        .authorizer(Some(move |context: rusqlite::hooks::AuthContext<'_>| {
            if let (AuthAction::Read { table_name, column_name }, None) = (context.action, context.accessor) {
                told.lock().expect("one thread").insert(format!("{table_name}.{column_name}"));
            }
            Authorization::Allow
        }))
        .expect("an authorizer");
    database.prepare(text).expect("valid, as another test says");
    let seen = seen.lock().expect("one thread");
    seen.clone()
}

#[test]
fn who_is_credited_now_is_asked_of_the_view() {
    assert_eq!(ROOMS[0], "ledger");
    let mut database = database("ledger");
    let mut wrong = Vec::new();
    let mut met = BTreeSet::new();
    for file in statements("ledger") {
        let name = file.name().trim_end_matches(".sql").to_owned();
        if !reads(&mut database, &file.text).contains("conversion.referrer_id") {
            continue;
        }
        if !RECORDED.iter().any(|(known, _)| *known == name) {
            wrong.push(format!("{}: ask the view credit", file.path));
        }
        met.insert(name);
    }
    none("reads who was credited when it was recorded", &wrong);
    let gone: Vec<&str> =
        RECORDED.iter().map(|(name, _)| *name).filter(|name| !met.contains(*name)).collect();
    assert_eq!(gone, [""; 0], "these read it no more");
}

#[test]
fn a_column_that_a_view_reads_is_not_the_statements() {
    let mut database = database("ledger");
    let column = "conversion.referrer_id";
    assert!(reads(&mut database, "SELECT 1 FROM conversion WHERE referrer_id = 'r'").contains(column));
    assert!(reads(&mut database, "SELECT count(*) FROM (SELECT c.* FROM conversion c)").contains(column));
    assert!(!reads(&mut database, "SELECT 1 FROM credit WHERE referrer_id = 'r'").contains(column));
}

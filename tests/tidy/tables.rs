//! What the schemas promise: strict tables, whole money, rows that stay.

use crate::exports::LOSE_WORDS;
use crate::statements::{ROOMS, database};
use rusqlite::Connection;

pub(crate) fn texts(database: &Connection, query: &str) -> Vec<String> {
    let mut statement = database.prepare(query).expect("a query of the tests");
    let rows = statement.query_map([], |row| row.get(0)).expect("it runs");
    rows.collect::<Result<_, _>>().expect("texts")
}

#[test]
fn every_table_is_strict() {
    for room in ROOMS {
        let lax = "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'";
        assert_eq!(texts(&database(room), lax), [""; 0], "{room}");
    }
}

#[test]
fn money_and_instants_are_whole_numbers() {
    for room in ROOMS {
        let columns = "SELECT t.name || '.' || c.name || ' ' || c.type FROM pragma_table_list t, pragma_table_info(t.name) c
            WHERE t.type = 'table' AND t.schema = 'main' AND c.type <> 'INTEGER'
            AND (c.name LIKE '%amount%' OR c.name LIKE '%_at' OR c.name LIKE '%balance%' OR c.name LIKE '%price%' OR c.name = 'at')";
        assert_eq!(texts(&database(room), columns), [""; 0], "{room}");
    }
    let amounts = "SELECT t.name FROM pragma_table_list t, pragma_table_info(t.name) c WHERE t.schema = 'main' AND c.name = 'amount' AND t.type = 'table'";
    assert!(texts(&database("ledger"), amounts).len() >= 4, "and there is money");
}

#[test]
fn a_reward_without_a_positive_amount_is_refused() {
    let database = ledger();
    for amount in [0, -1] {
        let row = format!(
            "INSERT INTO reward (id, conversion_id, rule, side, person_id, amount, currency, state, available_at, created_at)
             VALUES ('z', 'c', 'z', 'friend', 'p', {amount}, 'EUR', 'pending', 1, 1)"
        );
        assert!(database.execute_batch(&row).is_err());
    }
}

/// A ledger with one row in each table that only grows.
pub(crate) fn ledger() -> Connection {
    let database = database("ledger");
    database
        .execute_batch(
            "INSERT INTO terms VALUES (1, '{}', 1);
             INSERT INTO conversion VALUES (1, 'c', 'sale', 'o', 'f', 'k', 100, 'EUR', 1, 1, 'r', NULL, '{}', 1, NULL, '{}');
             INSERT INTO trace VALUES ('c', '{}');
             INSERT INTO reward (id, conversion_id, rule, side, person_id, amount, currency, state, available_at, created_at)
               VALUES ('w', 'c', 'share', 'referrer', 'r', 10, 'EUR', 'pending', 1, 1);
             INSERT INTO refund VALUES (1, 'f', 'f1', 'o', 10, 1, '{}');
             INSERT INTO refund_applied VALUES ('f1', 'c', 10, 1);
             INSERT INTO entry VALUES (1, 'w', 'r', 'EUR', 10, 'w', NULL, 1);
             INSERT INTO flag VALUES (1, 'g', 'c', 'r', 'f', 'same_email', 100, 1, '{}', 1);
             INSERT INTO fraud_settings VALUES (1, '{}', 1);
             INSERT INTO suspension VALUES (1, 'u', 'r', 'suspended', 'by_hand', 1);
             INSERT INTO flag_decision VALUES ('g', 'released', NULL, 1);
             INSERT INTO dispute VALUES (1, 'd', 's', 'c', 'Where is it?', 1, 2, 'referrer', NULL);
             INSERT INTO dispute_message VALUES (1, 'm', 'd', 'merchant', 'We look.', 1);
             INSERT INTO dispute_decision VALUES ('d', 'upheld', 'Here.', 1);
             INSERT INTO audit VALUES (1, 1, 'k', 'a', 's', 'q');
             INSERT INTO referrer (id, code, external_id, created_at) VALUES ('r', 'ada', 'e', 1), ('s', 'eve', NULL, 1);
             INSERT INTO further_code VALUES ('ida', 'r', 'h', 1);
             INSERT INTO joined_to VALUES ('s', 'r', 1);
             INSERT INTO terms_accepted VALUES ('r', 1, 1);
             INSERT INTO runner_up VALUES ('s', 1, 'later_click_won');
             INSERT INTO referrer_group VALUES (1, 'p', 'Partners', 1);
             INSERT INTO group_terms VALUES (1, 'p');
             INSERT INTO membership VALUES (1, 'r', 'p', 1);
             INSERT INTO coupon (code, pool, uploaded_at) VALUES ('A', 'welcome', 1);
             INSERT INTO payout VALUES (1, 'b', 'EUR', 0, 1);
             INSERT INTO payout_line VALUES (1, 'l', 'b', 'r', 10, 0, 'created', NULL, NULL);
             INSERT INTO payout_item VALUES ('l', 'w', 10, NULL);
             INSERT INTO payout_schedule VALUES (1, 'week', 1, 0, 1);
             INSERT INTO payout_due VALUES (1, 'b');
             INSERT INTO exchange VALUES ('c', '1.5', 150, 1);
             INSERT INTO lead_stage VALUES (1, 'l', 'f', 'r', 'qualified', 'So it is.', 'person', 1);
             INSERT INTO reward_decision VALUES (1, 'e', 'w', 'approve', NULL, 1);
             INSERT INTO link VALUES (1, 'entry', '1', hex(zeroblob(32)));
             INSERT INTO outbox VALUES (1, 'e', 'sale.recorded', 'c', 1, '{}');
             INSERT INTO friend (id, customer_id, referrer_id, code, clicked_at, created_at) VALUES ('f', 'k', 'r', 'ada', 1, 1);
             INSERT INTO rebinding VALUES (1, 'x', 'f', NULL, NULL, 'q', NULL, 'g', 1);
             INSERT INTO reattribution VALUES (1, 'x', 'd', 'c', 'sale', 'f', 1, 'r', 's', 'eve', NULL, 1, 1, '{}', 1, '{}');",
        )
        .expect("rows as the edge writes them");
    database
}

#[test]
fn rows_of_the_ledger_can_be_neither_changed_nor_removed() {
    let database = ledger();
    let tables = [
        "terms",
        "conversion",
        "trace",
        "refund",
        "refund_applied",
        "entry",
        "flag",
        "flag_decision",
        "fraud_settings",
        "suspension",
        "rebinding",
        "dispute",
        "dispute_decision",
        "reattribution",
        "audit",
        "further_code",
        "joined_to",
        "terms_accepted",
        "runner_up",
        "exchange",
        "payout",
        "payout_schedule",
        "payout_due",
        "referrer_group",
        "group_terms",
        "membership",
        "lead_stage",
        "reward_decision",
        "link",
        "outbox",
    ];
    for table in tables {
        let columns = texts(&database, &format!("SELECT name FROM pragma_table_info('{table}')"));
        assert!(columns.len() >= 2);
        for column in columns {
            // Words with a decision can be taken out, as `typed.rs` says.
            if LOSE_WORDS.contains(&(table, &column)) {
                continue;
            }
            let change = format!("UPDATE {table} SET {column} = {column}");
            let error = database.execute_batch(&change).expect_err(&change).to_string();
            assert!(error.contains("append-only"), "{change}: {error}");
        }
        let remove = format!("DELETE FROM {table}");
        let error = database.execute_batch(&remove).expect_err(&remove).to_string();
        assert!(error.contains("append-only"), "{remove}: {error}");
        // Without the trigger for it, a row would be removed under the cover of another.
        let again = format!("REPLACE INTO {table} SELECT * FROM {table}");
        assert!(database.execute_batch(&again).is_err() || recursive_triggers_are_off(&database), "{again}");
        assert_eq!(texts(&database, &format!("SELECT count(*) || '' FROM {table}")), ["1"]);
    }
}

/// `REPLACE` removes rows without their triggers unless this is on; no statement of ours replaces, see below.
fn recursive_triggers_are_off(database: &Connection) -> bool {
    texts(database, "SELECT recursive_triggers || '' FROM pragma_recursive_triggers") == ["0"]
}

#[test]
fn no_statement_replaces_rows_of_the_ledger() {
    for file in tests::source::files("edge/sql/ledger", &[".sql"]) {
        let text = file.text.to_ascii_uppercase();
        assert!(!text.contains("REPLACE INTO") && !text.contains("OR REPLACE"), "{}", file.path);
    }
}

#[test]
fn a_reward_changes_only_its_state_and_only_forward() {
    let database = ledger();
    assert!(database.execute_batch("DELETE FROM reward").is_err());
    for column in texts(&database, "SELECT name FROM pragma_table_info('reward')") {
        let change = format!("UPDATE reward SET {column} = {column}");
        let free = matches!(column.as_str(), "state" | "reason" | "seq");
        if !free {
            assert!(database.execute_batch(&change).is_err(), "{change}");
        }
    }
    let states = ["pending", "approved", "paid", "held", "voided"];
    let forward = [
        ("pending", "approved"),
        ("pending", "held"),
        ("pending", "voided"),
        ("held", "pending"),
        ("held", "approved"),
        ("held", "voided"),
        ("approved", "paid"),
        ("approved", "held"),
        ("approved", "voided"),
    ];
    for from in states {
        for to in states {
            let database = ledger();
            let way = match from {
                "paid" => vec!["approved", "paid"],
                "pending" => vec![],
                other => vec![other],
            };
            for step in way {
                database
                    .execute_batch(&format!("UPDATE reward SET state = '{step}'"))
                    .expect("a step forward");
            }
            let moved = database.execute_batch(&format!("UPDATE reward SET state = '{to}'")).is_ok();
            assert_eq!(moved, forward.contains(&(from, to)), "{from} to {to}");
        }
    }
}

#[test]
fn the_credit_goes_on_from_whoever_has_it_and_a_message_can_only_lose_its_words() {
    let database = ledger();
    let run = |statement: &str| database.execute_batch(statement).is_ok();
    let again = |number: u8, lost_by: &str, to: &str| {
        run(&format!(
            "INSERT INTO reattribution VALUES (NULL, 'x{number}{to}', 'd{number}{to}', 'c', 'sale', 'f', {number}, {lost_by}, '{to}', 'ada', NULL, 1, 1, '{{}}', 1, '{{}}')"
        ))
    };
    assert!(!again(1, "'r'", "t"), "the first move was made");
    assert!(!again(3, "'s'", "t"), "none is left out");
    assert!(!again(2, "'r'", "t") && !again(2, "NULL", "t"), "it is not theirs any more");
    assert!(!again(2, "'s'", "s"), "it is theirs already");
    assert!(again(2, "'s'", "r"));
    assert!(!again(3, "'s'", "t") && again(3, "'r'", "t"));
    for column in ["seq", "id", "dispute_id", "author", "created_at"] {
        assert!(!run(&format!("UPDATE dispute_message SET {column} = {column}")), "{column}");
    }
    assert!(!run("DELETE FROM dispute_message"));
    assert!(run("UPDATE dispute_message SET body = ''"));
}

#[test]
fn a_payout_changes_only_its_state_and_only_forward_and_frees_its_rewards_once() {
    let database = ledger();
    let run = |statement: &str| database.execute_batch(statement).is_ok();
    for column in ["id", "payout_id", "person_id", "amount", "carried_amount"] {
        assert!(!run(&format!("UPDATE payout_line SET {column} = {column}")), "{column}");
    }
    assert!(!run("UPDATE payout_line SET state = 'returned'"), "not sent yet");
    assert!(run("UPDATE payout_line SET state = 'paid'"));
    assert!(
        !run("UPDATE payout_line SET state = 'failed'") && !run("UPDATE payout_line SET state = 'created'")
    );
    assert!(run("UPDATE payout_line SET state = 'returned'"));
    assert!(!run("UPDATE payout_line SET state = 'paid'"));
    assert!(
        !run("UPDATE payout_item SET amount = 11")
            && !run("DELETE FROM payout_item")
            && !run("DELETE FROM payout_line")
    );
    assert!(run("UPDATE payout_item SET freed_at = 1"));
    assert!(!run("UPDATE payout_item SET freed_at = NULL") && !run("UPDATE payout_item SET freed_at = 2"));
    assert!(run("INSERT INTO payout_item VALUES ('m', 'w', 10, NULL)"), "what failed can be sent again");
}

#[test]
fn a_coupon_is_given_once_and_one_of_a_pool_to_a_friend() {
    let database = ledger();
    database
        .execute_batch("INSERT INTO coupon (code, pool, uploaded_at) VALUES ('B', 'welcome', 1)")
        .expect("another");
    let give = |code: &str, friend: &str, reward: &str| {
        database.execute_batch(&format!(
            "UPDATE coupon SET friend_id = '{friend}', reward_id = '{reward}', given_at = 1 WHERE code = '{code}'"
        ))
    };
    give("A", "f", "w").expect("a code for a friend");
    assert!(give("A", "g", "x").is_err(), "never twice");
    assert!(give("B", "f", "x").is_err(), "one of a pool");
    assert!(give("B", "g", "w").is_err(), "one for a reward");
    assert!(database.execute_batch("UPDATE coupon SET code = 'C' WHERE code = 'B'").is_err());
    assert!(database.execute_batch("DELETE FROM coupon").is_err());
    give("B", "g", "x").expect("another code for another friend");
}

#[test]
fn a_person_lets_a_reward_pass_once() {
    for from in ["automatic", "manual", "given"] {
        for to in ["automatic", "manual", "given"] {
            let database = ledger();
            database
                .execute_batch(&format!(
                    "INSERT INTO reward (id, conversion_id, rule, side, person_id, amount, currency, state, approval, available_at, created_at)
                     VALUES ('x', 'c', 'other', 'referrer', 'r', 10, 'EUR', 'pending', '{from}', 1, 1)"
                ))
                .expect("a reward");
            let moved = database
                .execute_batch(&format!("UPDATE reward SET approval = '{to}' WHERE id = 'x'"))
                .is_ok();
            assert_eq!(moved, (from, to) == ("manual", "given"), "{from} to {to}");
        }
    }
}

#[test]
fn a_ledger_of_the_first_schema_keeps_its_rewards_and_counts_them() {
    let database = Connection::open_in_memory().expect("a database in memory");
    let step = |number: u8| {
        tests::source::file(&format!("edge/sql/ledger/schema_{number}.sql")).expect("a step").text
    };
    database.execute_batch(&step(1)).expect("the first step");
    database
        .execute_batch(
            "INSERT INTO program VALUES ('p', '{}', 'EUR', 'h', 1);
             INSERT INTO conversion VALUES (1, 'c', 'sale', 'o', 'f', 'k', 100, 'EUR', 1, 1, 'r', NULL, '{}', 1, NULL, '{}');
             INSERT INTO reward (id, conversion_id, rule, side, person_id, amount, currency, state, available_at, created_at)
               VALUES ('w', 'c', 'share', 'referrer', 'r', 10, 'EUR', 'held', 1, 1);
             INSERT INTO entry VALUES (1, 'w', 'program', 'EUR', -10, 'w', NULL, 1), (2, 'w', 'r', 'EUR', 10, 'w', NULL, 1);",
        )
        .expect("rows as an older edge wrote them");
    for number in 2..=8 {
        database.execute_batch(&step(number)).expect("a later step");
    }
    assert_eq!(
        texts(&database, "SELECT seq || id || state || approval || amount FROM reward"),
        ["1wheldautomatic10"]
    );
    let counted = "SELECT account || ' ' || day || ' ' || sales || ' ' || sold_amount || ' ' || granted_amount FROM tally ORDER BY account";
    assert_eq!(texts(&database, counted), ["program 1970-01-01 0 0 10", "r 1970-01-01 1 100 10"]);
    let totals = "SELECT day || ' ' || currency || ' ' || leads || sales || sales_attributed || sales_rewarded || rewards || ' ' || amount || ' ' || granted_amount FROM day_total";
    assert_eq!(texts(&database, totals), ["1970-01-01 EUR 01111 100 10"]);
}

#[test]
fn a_customer_is_bound_to_one_referrer_for_good() {
    let database = ledger();
    assert!(database.execute_batch("UPDATE friend SET referrer_id = 'other'").is_err());
    assert!(database.execute_batch("UPDATE friend SET referrer_id = NULL").is_err());
}

#[test]
fn the_test_clock_runs_forward_only() {
    let database = ledger();
    database
        .execute_batch("INSERT INTO clock VALUES (1, 5); UPDATE clock SET ahead_ms = 6")
        .expect("forward");
    for wrong in [
        "UPDATE clock SET ahead_ms = 5",
        "DELETE FROM clock",
        "INSERT INTO clock VALUES (2, 9)",
        "UPDATE clock SET ahead_ms = -1",
    ] {
        assert!(database.execute_batch(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_must_be_there_once_cannot_be_there_twice() {
    let database = ledger();
    for again in [
        "INSERT INTO conversion SELECT 2, 'c2', kind, natural_key, friend_id, customer_id, amount, currency, occurred_at, recorded_at, referrer_id, reason, attribution, terms_version, metadata, answer FROM conversion",
        "INSERT INTO reward (id, conversion_id, rule, side, person_id, amount, currency, state, available_at, created_at)
           SELECT 'w2', conversion_id, rule, side, person_id, amount, currency, state, available_at, created_at FROM reward",
        "INSERT INTO refund SELECT 2, 'g', refund_id, order_id, amount, recorded_at, answer FROM refund",
        "INSERT INTO refund_applied SELECT refund_id, 'd', amount, applied_at FROM refund_applied",
        "INSERT INTO friend (id, customer_id, created_at) VALUES ('f2', 'k', 1)",
        "INSERT INTO referrer_group SELECT 2, 'q', name, 2 FROM referrer_group",
        "INSERT INTO coupon (code, pool, uploaded_at) SELECT code, 'other', 2 FROM coupon",
        "INSERT INTO payout_line SELECT 2, 'm', payout_id, person_id, amount, 0, state, NULL, NULL FROM payout_line",
        "INSERT INTO payout_item SELECT 'm', reward_id, amount, NULL FROM payout_item",
        "INSERT INTO exchange SELECT conversion_id, '2', 200, 2 FROM exchange",
        "INSERT INTO lead_stage SELECT 2, lead_id, friend_id, referrer_id, stage, 'Again.', 'rule', 2 FROM lead_stage",
        "INSERT INTO reward_decision SELECT 2, 'e2', reward_id, decision, note, decided_at FROM reward_decision",
        "INSERT INTO outbox SELECT 2, id, type, subject, at, data FROM outbox",
    ] {
        let error = database.execute_batch(again).expect_err(again).to_string();
        assert!(error.contains("UNIQUE"), "{again}: {error}");
    }
}

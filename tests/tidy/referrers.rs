//! What can become of a referrer, whoever writes it.

use crate::tables::{ledger, texts};
use rusqlite::Connection;

#[test]
fn a_referrer_is_identified_once_and_the_anonymous_are_joined_to_the_identified_only() {
    let database = ledger();
    for refused in [
        "UPDATE referrer SET external_id = 'other' WHERE id = 'r'",
        "UPDATE referrer SET external_id = 'other' WHERE id = 's'",
        "UPDATE referrer SET code = 'other'",
        "UPDATE referrer SET id = 'other'",
        "DELETE FROM referrer",
        "INSERT INTO joined_to VALUES ('r', 's', 1)",
        "INSERT INTO joined_to VALUES ('s', 'r', 2)",
        "INSERT INTO referrer (id, code, created_at) VALUES ('t', 'tim', 1); INSERT INTO joined_to VALUES ('t', 's', 1)",
        "INSERT INTO joined_to VALUES ('t', 'nobody', 1)",
    ] {
        assert!(database.execute_batch(refused).is_err(), "{refused}");
    }
    database
        .execute_batch(
            "INSERT INTO joined_to VALUES ('t', 'r', 1); INSERT INTO referrer (id, code, created_at) VALUES ('u', 'ulf', 1);
             UPDATE referrer SET external_id = 'u' WHERE id = 'u'; UPDATE referrer SET external_id = NULL WHERE id = 'u';",
        )
        .expect("what is allowed");
}

#[test]
fn a_referrer_shares_for_the_first_time_once_and_what_is_forgotten_stays_so() {
    let database = ledger();
    let shared = |database: &Connection| {
        texts(database, "SELECT coalesce(shared_at, '') || '' FROM referrer ORDER BY id")
    };
    assert_eq!(shared(&database), ["1", ""], "whoever brought a friend");
    for refused in [
        "UPDATE referrer SET shared_at = 2 WHERE id = 'r'",
        "UPDATE referrer SET shared_at = NULL WHERE id = 'r'",
        "UPDATE referrer SET shared_at = -1 WHERE id = 's'",
    ] {
        assert!(database.execute_batch(refused).is_err(), "{refused}");
    }
    database.execute_batch("UPDATE referrer SET shared_at = 0").expect("an erasure");
    assert!(database.execute_batch("UPDATE referrer SET shared_at = 3").is_err());
    database
        .execute_batch(
            "INSERT INTO friend (id, customer_id, referrer_id, code, created_at) VALUES ('f2', 'k2', 'r', 'ada', 9);
             INSERT INTO referrer (id, code, created_at) VALUES ('t', 'tim', 1);
             INSERT INTO friend (id, customer_id, created_at) VALUES ('f3', 'k3', 5);
             UPDATE friend SET referrer_id = 't', code = 'tim', clicked_at = 7 WHERE id = 'f3';",
        )
        .expect("friends");
    assert_eq!(shared(&database), ["0", "0", "7"]);
}

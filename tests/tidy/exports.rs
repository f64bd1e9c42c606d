//! What an export must hold: every table, as it was at one moment.

use crate::statements::{database, makes_the_schema};
use crate::tables::{ledger, texts};
use rusqlite::Connection;
use tests::source::{File, files};

/// Tables that no export has, each for a reason.
const NOT_EXPORTED: &[(&str, &str)] = &[
    ("program", "the first line says what matters of it"),
    ("tally", "its triggers write it anew"),
    ("day_total", "the same"),
    ("payable", "the same"),
    ("owed", "the same"),
    ("balance", "the same"),
    ("earning", "the same"),
    ("ranking", "the same"),
    ("ranking_since", "the same"),
    ("session", "a browser is signed in here, not where the ledger goes"),
    ("session_secret", "the same"),
    ("portal_link", "a way in, good for minutes"),
    ("portal_session", "as sessions of the dashboard"),
    ("idempotency", "answers of 48 hours; orders and refunds are known by themselves"),
    ("sighting", "hashes of 48 hours, which leave no ledger"),
    ("sighting_salt", "the same"),
    ("unsealed", "empty once the ledger was opened"),
    ("schema_version", "the first line says it"),
    ("views_version", "views are made where it arrives"),
    ("reading", "exports themselves"),
    ("was", "the same"),
    ("import", "imports themselves"),
    ("staged", "the same"),
    ("imported", "the same"),
    ("picture", "files, which are fetched from their addresses and uploaded where the ledger goes"),
    ("page_seen", "where the panel was lately; it is seen again where the ledger goes"),
];

/// Tables whose rows can only lose words of a person about a person; what was taken out is kept for no export either.
pub(crate) const LOSE_WORDS: &[(&str, &str)] = &[
    ("flag_decision", "note"),
    ("dispute_decision", "note"),
    ("reward_decision", "note"),
    ("lead_stage", "reason"),
    ("dispute", "about"),
];

/// The tables of an export as `archive/mod.rs` lists them, and whether their rows are numbered.
fn exported() -> Vec<(String, bool)> {
    let source = tests::source::file("edge/src/ledger/archive/mod.rs").expect("the tables").text;
    let name = |rest: &str| match rest.split([',', ')']).next().unwrap_or_default().trim() {
        "CLAIM" => "claim".to_owned(),
        "DISPUTE" => "dispute".to_owned(),
        "API_KEY" => "api_key".to_owned(),
        name => name.trim_matches('"').to_owned(),
    };
    source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Whole::"))
        .filter_map(|call| call.split_once('('))
        .map(|(kind, rest)| (name(rest), kind == "numbered"))
        .collect()
}

#[test]
fn every_table_is_exported_or_left_out_for_a_reason() {
    let all = texts(
        &database("ledger"),
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%'",
    );
    let exported = exported();
    assert!(exported.len() > 30);
    let listed = |name: &str| {
        exported.iter().filter(|(known, _)| known == name).count()
            + NOT_EXPORTED.iter().filter(|(known, _)| *known == name).count()
    };
    for name in &all {
        assert_eq!(listed(name), 1, "{name}: see edge/src/ledger/archive/mod.rs and NOT_EXPORTED");
    }
    assert!(exported.iter().all(|(name, _)| all.contains(name)));
}

#[test]
fn an_export_shows_one_moment_because_what_changes_is_kept_as_it_was() {
    // Tables that name people, and keys, are as they are when they are read.
    let as_read = [
        "person",
        "metadata",
        "message",
        "dispute_message",
        "payout_target",
        "flag_note",
        "suspension_note",
        "observation",
        "own_click",
        "claim",
        "api_key",
    ];
    let statements: Vec<File> =
        files("edge/sql/ledger", &[".sql"]).into_iter().filter(|file| !makes_the_schema(file)).collect();
    let mut checked = 0;
    for (table, numbered) in exported().into_iter().filter(|(table, _)| !as_read.contains(&table.as_str())) {
        let database = ledger();
        database.execute_batch("INSERT INTO reading VALUES ('x', 0, '{}', 1, 1)").expect("an export");
        let kept = |database: &Connection| {
            texts(database, &format!("SELECT count(*) || '' FROM was WHERE source = '{table}'"))
        };
        let columns = texts(&database, &format!("SELECT name FROM pragma_table_info('{table}')"));
        if table == "clock" {
            database.execute_batch("INSERT INTO clock VALUES (1, 5)").expect("a clock");
        }
        let words = LOSE_WORDS.iter().find(|(name, _)| *name == table).map(|(_, column)| *column);
        let mut changes = 0;
        for column in &columns {
            let updates = database.execute_batch(&format!("UPDATE {table} SET {column} = {column}")).is_ok();
            assert!(words.is_none() || !updates || words == Some(column), "{table}.{column} changes");
            changes += i32::from(updates && words.is_none());
        }
        // Where no trigger forbids it, only what a statement does counts.
        let updated = statements.iter().any(|statement| {
            statement.text.contains(&format!("UPDATE {table} "))
                || (statement.text.contains(&format!("INTO {table} "))
                    && statement.text.contains("DO UPDATE"))
        });
        if changes > 0 && updated {
            checked += 1;
            assert_ne!(kept(&database), ["0"], "{table} changes, and what it was is not kept");
            let body = texts(
                &database,
                &format!("SELECT body FROM was WHERE source = '{table}' AND body IS NOT NULL"),
            )
            .remove(0);
            for column in &columns {
                assert!(body.contains(&format!("\"{column}\":")), "{column} of {table} is not kept: {body}");
            }
        }
        if !numbered {
            let name = format!("{table}_was_not");
            let trigger = format!(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '{table}' AND name = '{name}'"
            );
            assert_eq!(texts(&database, &trigger), [name], "new rows of {table} are not told from old ones");
        }
        // And nothing is kept while nobody reads.
        let idle = ledger();
        let _ =
            idle.execute_batch(&format!("UPDATE {table} SET {0} = {0}", columns.last().expect("a column")));
        assert_eq!(kept(&idle), ["0"], "{table}");
    }
    assert!(checked >= 6, "{checked} tables change in place");
}

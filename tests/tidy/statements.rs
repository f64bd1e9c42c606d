//! SQL lives in files, and every file is valid, used and quick.

use crate::none;
use crate::tables::texts;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use tests::source::{File, file, files};

/// The rooms of the database, one schema each.
pub(crate) const ROOMS: [&str; 3] = ["ledger", "click_shard", "directory"];

/// A fresh database with the newest schema of a room.
pub(crate) fn database(room: &str) -> Connection {
    let database = Connection::open_in_memory().expect("a database in memory");
    let mut steps = 0;
    while let Some(step) = file(&format!("edge/sql/{room}/schema_{}.sql", steps + 1)) {
        database.execute_batch(&step.text).unwrap_or_else(|error| panic!("{}: {error}", step.path));
        steps += 1;
    }
    assert!(steps > 0, "{room} has no schema");
    if let Some(views) = file(&format!("edge/sql/{room}/views.sql")) {
        database.execute_batch(&views.text).unwrap_or_else(|error| panic!("{}: {error}", views.path));
    }
    database
}

/// A step of a schema, or its views.
pub(crate) fn makes_the_schema(file: &File) -> bool {
    file.name().starts_with("schema_") || file.name() == "views.sql"
}

/// The statements of a room, without its schema.
pub(crate) fn statements(room: &str) -> Vec<File> {
    files(&format!("edge/sql/{room}"), &[".sql"]).into_iter().filter(|file| !makes_the_schema(file)).collect()
}

/// What stands in `sql!("…")`, and where.
fn used() -> BTreeMap<String, String> {
    let mut used = BTreeMap::new();
    for file in files("edge/src", &[".rs"]) {
        for (at, line) in file.code() {
            for part in line.split("sql!(\"").skip(1) {
                let name = part.split('"').next().unwrap_or_default();
                used.insert(name.to_owned(), format!("{}:{at}", file.path));
            }
        }
    }
    used
}

#[test]
fn every_statement_is_valid_in_the_schema_of_its_room() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for room in ROOMS {
        let database = database(room);
        for file in statements(room) {
            count += 1;
            if let Err(error) = database.prepare(&format!("EXPLAIN {}", file.text)) {
                wrong.push(format!("{}: {error}", file.path));
            }
        }
    }
    none("not valid", &wrong);
    println!("{count} statements are valid");
    assert!(count > 50);
}

#[test]
fn every_file_of_sql_belongs_to_a_room_and_holds_one_statement() {
    for file in files("edge/sql", &[".sql"]) {
        let room = file.path.split('/').nth(2).unwrap_or_default();
        assert!(ROOMS.contains(&room), "{} belongs to no room", file.path);
        if !makes_the_schema(&file) {
            assert!(
                file.text.trim_end().trim_end_matches(';').matches(';').count() == 0,
                "{} holds several statements",
                file.path
            );
        }
    }
}

#[test]
fn every_statement_is_used_and_every_use_names_a_statement() {
    let used = used();
    let there: BTreeSet<String> = ROOMS
        .iter()
        .flat_map(|room| {
            statements(room)
                .into_iter()
                .map(move |file| format!("{room}/{}", file.name().trim_end_matches(".sql")))
        })
        .collect();
    let unused: Vec<String> = there.iter().filter(|name| !used.contains_key(*name)).cloned().collect();
    none("nobody uses this statement", &unused);
    let missing: Vec<String> = used
        .iter()
        .filter(|(name, _)| !there.contains(*name))
        .map(|(name, at)| format!("{at}: {name}"))
        .collect();
    none("no file has this statement", &missing);
}

#[test]
fn no_sql_is_written_among_the_code() {
    let mut places = Vec::new();
    for file in files("edge/src", &[".rs"]).into_iter().filter(|file| file.path != "edge/src/sql.rs") {
        for (at, line) in file.code() {
            let starts = ["\"SELECT ", "\"INSERT ", "\"UPDATE ", "\"DELETE ", "\"CREATE "];
            if starts.iter().any(|start| line.contains(start)) {
                places.push(format!("{}:{at}", file.path));
            }
        }
    }
    none("SQL outside of edge/sql", &places);
}

/// The table that a statement, or a view it reads, gives this other name; the name itself where none does.
fn named(database: &Connection, statement: &str, alias: &str) -> String {
    let views = texts(database, "SELECT sql FROM sqlite_schema WHERE type = 'view'");
    for text in std::iter::once(statement).chain(views.iter().map(String::as_str)) {
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
        for three in words.windows(3) {
            if let [before, table, name] = three
                && ["FROM", "JOIN"].contains(before)
                && *name == alias
            {
                return (*table).to_owned();
            }
        }
    }
    alias.to_owned()
}

/// Reads that look at a whole table, each for a reason. All others find their rows by an index, so that they take as
/// long with a million referrers as with one.
const WHOLE_TABLES: &[(&str, &str)] = &[
    ("ledger/payable", "all that is approved and in no batch, by an index that holds nothing else"),
    ("ledger/payout_former", "once for each batch: what every former line left to be settled"),
    (
        "ledger/assets",
        "the library of a program: what is in it now is 300 rows at most, and the merchant's own",
    ),
    ("ledger/asset_counts", "the same"),
    ("ledger/answers_overwrite", "an erasure: answers of 48 hours are all there are"),
    ("ledger/answers_delete", "the same"),
    ("ledger/stats_disputes", "a report for the merchant; disputes are few"),
    ("ledger/stats_resolutions", "the same"),
    (
        "ledger/conversions_of_customer",
        "a merchant asks why, by hand; an index on the friend would cost every sale a written row",
    ),
    (
        "ledger/ranking_leaders",
        "a row for each referrer of late; an index would cost every sale more rows than it saves",
    ),
    ("ledger/ranking_fill", "where a clock was set back"),
    ("ledger/ranking_move", "once a day"),
    ("ledger/ranking_drop", "the same"),
    ("ledger/ranking_empty", "where a clock was set back"),
    (
        "ledger/desk_referrers",
        "a page of referrers; with a search, for a part of a name: an index would keep names in more places",
    ),
    (
        "ledger/desk_referrers_unshared",
        "by an index of its own; with a search, for a part of a name, as above",
    ),
    (
        "ledger/desk_referrers_ranked",
        "a report: a row of the ranking for each referrer, by its key; the same search",
    ),
    ("ledger/desk_waiting", "flags and disputes: what is doubted is the smallest part of a ledger"),
    ("ledger/group_names", "what a merchant chooses a group from holds every one they made"),
    ("ledger/referrers_found", "a search for a part of a name; an index would keep names in more places"),
    ("ledger/file_referrers_found", "the same search, for a file"),
    ("ledger/roster_emails", "once for a file of referrers; an index would keep addresses in more places"),
    (
        "ledger/chained_rows",
        "counts the decisions of persons, at the end of a walk that has read all of them",
    ),
    ("ledger/people_by_email", "an erasure, asked for by hand; an index would keep addresses in more places"),
    ("ledger/claims_of", "the same erasure"),
    ("ledger/erasure_counts", "the same; an index on the friend would cost every sale a written row"),
    ("ledger/message_overwrite", "the same"),
    ("ledger/message_delete", "the same"),
    ("ledger/dispute_message_overwrite", "the same"),
    ("ledger/dispute_message_empty", "the same"),
    ("ledger/dispute_decisions_overwrite", "the same"),
    ("ledger/dispute_decisions_empty", "the same"),
    ("ledger/dispute_matters_empty", "the same"),
    ("ledger/flag_decisions_overwrite", "the same"),
    ("ledger/flag_decisions_empty", "the same"),
    ("ledger/reward_decisions_overwrite", "the same"),
    ("ledger/reward_decisions_empty", "the same"),
    ("ledger/lead_stages_overwrite", "the same"),
    ("ledger/lead_stages_empty", "the same"),
    ("ledger/payout_notes_overwrite", "the same"),
    ("ledger/payout_notes_empty", "the same"),
    ("ledger/was_notes_empty", "the same"),
    (
        "ledger/retention_due",
        "once a day, where a merchant set how long customers are known, and once when they set it; the same",
    ),
    ("ledger/metadata_overwrite", "the same"),
    ("ledger/metadata_delete", "the same"),
    ("ledger/observation_overwrite", "the same"),
    ("ledger/observation_delete", "the same"),
    ("ledger/own_clicks_forget", "the same; of few referrers there is one"),
    ("ledger/export_own_clicks", "the same"),
    ("ledger/export_observations", "a person's own export, asked for by hand"),
    (
        "ledger/referrer_record",
        "what is confirmed or rejected of one referrer, by indexes; of flags decided, all that are",
    ),
    ("ledger/reading_old", "exports under way are few"),
    ("ledger/reading_forget", "the same"),
    ("ledger/was_delete", "what was kept for exports, once none is under way"),
    ("ledger/staged_delete", "a file that was taken in or refused"),
    ("ledger/import_old", "one row"),
    ("ledger/import_delete", "the same"),
    ("ledger/imported", "the same"),
    ("ledger/audit_all", "of a program that was never used"),
    ("ledger/audit_delete", "the same"),
    ("ledger/fraud_settings_delete", "the same"),
    ("ledger/export_leads", "a person's own export, asked for by hand"),
    ("ledger/export_sales", "the same"),
    ("ledger/export_flags", "the same"),
    ("click_shard/perishable", "stops at the first row"),
    ("click_shard/seen", "once when a shard wakes: a row is a whole batch, and there are those of two hours"),
    ("click_shard/seen_delete", "once an hour, the same few rows"),
];

#[test]
fn statements_find_their_rows_by_an_index() {
    let small = [
        "program",
        "terms",
        "group_terms",
        "fraud_settings",
        "look",
        "api_key",
        "schema_version",
        "views_version",
        "sqlite_master",
        "rolled_up",
        "salt",
        "json_each",
        "generate_series",
    ];
    let mut slow = Vec::new();
    for room in ROOMS {
        let database = database(room);
        for file in statements(room) {
            let name = format!("{room}/{}", file.name().trim_end_matches(".sql"));
            let mut plan = database
                .prepare(&format!("EXPLAIN QUERY PLAN {}", file.text))
                .expect("valid, as another test says");
            let count = plan.parameter_count();
            let nothing = vec![rusqlite::types::Null; count];
            let details = plan
                .query_map(rusqlite::params_from_iter(nothing), |row| row.get::<_, String>(3))
                .expect("a plan");
            let details: Vec<String> = details.flatten().collect();
            let allowed = WHOLE_TABLES.iter().any(|(known, _)| *known == name);
            // What a statement made for itself is as long as what it asked for.
            let made: BTreeSet<&str> = details
                .iter()
                .filter_map(|detail| {
                    detail.strip_prefix("CO-ROUTINE ").or(detail.strip_prefix("MATERIALIZE "))
                })
                .collect();
            for detail in details.iter().filter(|detail| !detail.contains(" VIRTUAL TABLE ")) {
                // Half of a table has the same kind: to look for it alone is to read the table.
                if detail.starts_with("SEARCH ") && detail.ends_with("(kind=?)") && !allowed {
                    slow.push(format!("{name}: {detail}"));
                }
                let table =
                    detail.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
                if made.contains(table) {
                    continue;
                }
                let table = named(&database, &file.text, table);
                let real = database.table_exists(None, table.as_str()).unwrap_or(false);
                if real
                    && !small.contains(&table.as_str())
                    && !WHOLE_TABLES.iter().any(|(known, _)| *known == name)
                {
                    slow.push(format!("{name}: {detail}"));
                }
            }
        }
    }
    none("reads a whole table", &slow);
}

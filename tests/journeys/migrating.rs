//! A ledger written by an older version opens in this one, with all that was in it.

use rusqlite::{Connection, params_from_iter, types::Value as Cell};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tests::book::Book;
use tests::forge;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;
use tests::source::{file, files};
use tests::token::{HEADER, claims, secret, sign};

/// The columns of a table.
fn columns(database: &Connection, table: &str) -> Vec<String> {
    let mut statement = database.prepare("SELECT name FROM pragma_table_info(?)").expect("a pragma");
    let names = statement.query_map([table], |row| row.get(0)).expect("it runs");
    names.collect::<Result<_, _>>().expect("names")
}

fn tables(database: &Connection) -> Vec<String> {
    let query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut statement = database.prepare(query).expect("the schema");
    let names = statement.query_map([], |row| row.get(0)).expect("it runs");
    names.collect::<Result<_, _>>().expect("names")
}

/// Writes a ledger as the first version would have: its schema, and of every row what it knew.
fn age(path: &Path) {
    let (old, aside) = (path.with_extension("old"), Connection::open(path).expect("a ledger"));
    let schema = file("edge/sql/ledger/schema_1.sql").expect("the first step").text;
    let young = Connection::open(&old).expect("a new file");
    young.pragma_update(None, "journal_mode", "wal").expect("as the runtime has it");
    young.execute_batch(&schema).expect("the first schema");
    young
        .execute_batch("CREATE TABLE schema_version (version INTEGER PRIMARY KEY) STRICT; INSERT INTO schema_version VALUES (1)")
        .expect("its mark");
    for table in tables(&young).into_iter().filter(|table| table != "schema_version") {
        let names = columns(&young, &table).join(", ");
        let only = if table == "api_key" { " WHERE kind <> 'identity'" } else { "" };
        let mut read = aside.prepare(&format!("SELECT {names} FROM {table}{only}")).expect("known columns");
        let count = read.column_count();
        let cells =
            |row: &rusqlite::Row<'_>| (0..count).map(|at| row.get(at)).collect::<Result<Vec<Cell>, _>>();
        let rows: Vec<Vec<Cell>> =
            read.query_map([], cells).expect("rows").collect::<Result<_, _>>().expect("cells");
        let marks = vec!["?"; count].join(", ");
        for row in rows {
            let insert = format!("INSERT INTO {table} ({names}) VALUES ({marks})");
            young.execute(&insert, params_from_iter(row)).expect("it fits the first schema");
        }
    }
    young.pragma_update(None, "wal_checkpoint", "TRUNCATE").ok();
    drop((young, aside));
    let beside = |path: &Path, what: &str| PathBuf::from(format!("{}-{what}", path.display()));
    for what in ["wal", "shm"] {
        let _ = std::fs::remove_file(beside(path, what));
        let _ = std::fs::remove_file(beside(&old, what));
    }
    std::fs::rename(&old, path).expect("in its place");
}

#[test]
fn a_ledger_of_the_first_schema_opens_in_the_newest_with_all_that_was_in_it() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let (ada, eve) = (secret(91), secret(92));
    for (proof, _) in [&ada, &eve] {
        program.page().post("/v1/widget/join", &json!({"proof": proof, "name": "Ada"})).expect(201);
    }
    let server = program.server();
    let lead = |event: &str, code: &str, ago: i64| json!({"customer_id": "c", "event": event, "click_id": forge::click(&program, code, ago)});
    server.post("/v1/leads", &lead("one", &ada.1, 90)).expect(201);
    server.post("/v1/leads", &lead("two", &eve.1, 60)).expect(201);
    let me = |proof: &str| {
        program.page().send(Request::get("/v1/widget/me").header("goodword-proof", proof)).expect(200)
    };
    let before = (
        me(&ada.0),
        me(&eve.0),
        server.get("/v1/leads").expect(200),
        server.get("/v1/referrers").expect(200),
    );
    assert_eq!(before.1["referrer"]["recent"][0]["attribution"]["reason"], "customer_bound");
    house.crash();
    let ledgers = std::fs::read_dir(house.storage().join("goodword-ledger")).expect("the ledgers");
    let mut aged = 0;
    for path in ledgers
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "sqlite"))
    {
        if tables(&Connection::open(&path).expect("a ledger")).contains(&"program".to_owned()) {
            age(&path);
            aged += 1;
        }
    }
    assert_eq!(aged, 2, "the live ledger and its twin");
    assert_eq!(Book::live(&program).number("SELECT max(version) FROM schema_version"), 1);
    house.restart();
    let after = (
        me(&ada.0),
        me(&eve.0),
        server.get("/v1/leads").expect(200),
        server.get("/v1/referrers").expect(200),
    );
    assert_eq!(after, before, "also what only its traces knew: whose link did not win");
    // A program from before signs with the key it makes now.
    let token = |key: &str| sign(key, HEADER, &claims(&program, "ada").to_string());
    let join = |token: &str| {
        let request = Request::post("/v1/widget/join", &json!({"proof": ada.0}));
        program.page().send(request.header("goodword-identity", token))
    };
    assert_eq!(join(&token(program.key("identity_live"))).problem(401), "identity_invalid");
    let made = server.post("/v1/keys", &json!({"kind": "identity"})).expect(201);
    let joined: Value = join(&token(made["key"].as_str().expect("the key"))).expect(200);
    assert_eq!(joined["id"], before.0["referrer"]["id"]);
    let book = Book::live(&program);
    let steps = files("edge/sql/ledger", &[".sql"]).into_iter().filter(|file| file.path.contains("/schema_"));
    assert_eq!(
        book.number("SELECT max(version) FROM schema_version"),
        i64::try_from(steps.count()).expect("steps")
    );
    // What happened before there were events was never told.
    let broken: Vec<&str> = book.broken().into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(broken, ["every cause has its one event"]);
}

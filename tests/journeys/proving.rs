//! The chain: walked to its root, broken by one byte, laid over what was there before it.

use rusqlite::Connection;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tests::book::Book;
use tests::chance::Chance;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;
use tests::source::file;

/// A program with rewards, a refund, a decided flag.
fn program(house: &Arc<House>) -> Program {
    let program = Program::open(house);
    let server = program.server();
    server
        .post("/v1/referrers", &json!({"external_id": "a", "code": "ada", "email": "ada@mail.example"}))
        .expect(201);
    for (path, body) in [
        ("sales", sale("o-1", 10_000)),
        ("sales", sale("o-2", 777)),
        ("refunds", json!({"refund_id": "r-1", "order_id": "o-1", "amount": 2_500})),
        ("leads", json!({"customer_id": "x", "code": "ada", "email": "Ada+shop@mail.example"})),
    ] {
        server.post(&format!("/v1/{path}"), &body).expect(201);
    }
    let flags = server.get("/v1/flags").expect(200);
    let flag = flags["data"][0]["id"].as_str().expect("a flag");
    server.post(&format!("/v1/flags/{flag}/decision"), &json!({"decision": "confirm"})).expect(201);
    program
}

fn sale(order: &str, amount: i64) -> Value {
    json!({"order_id": order, "customer_id": format!("c-{order}"), "amount": amount, "currency": "EUR", "code": "ada"})
}

#[track_caller]
fn verify(program: &Program, query: &str) -> Value {
    program.server().get(&format!("/v1/ledger/verify{query}")).expect(200)
}

#[test]
fn the_chain_is_walked_to_its_root_and_both_sides_of_the_book_agree() {
    let house = House::shared();
    let program = program(&house);
    let found = verify(&program, "");
    let book = Book::live(&program);
    book.check();
    let chain = book.chain();
    assert_eq!(found["root"], chain.root().to_string(), "the edge and the rules come to the same root");
    assert_eq!(
        (&found["ok"], &found["entries"], &found["decisions"], &found["has_more"]),
        (&json!(true), &json!(book.number("SELECT count(*) FROM entry")), &json!(1), &json!(false)),
        "{found}"
    );
    // 1,000 and 500 of the first sale less a quarter, 77 and 500 of the second; the lead's 100 came and went.
    let people = 1_000 + 500 - 250 - 125 + 77 + 500;
    assert_eq!(found["sums"], json!({"EUR": {"people": people, "program": -people}}));
    // Whoever keeps a root can go on from there, and sees when the past is another.
    program.server().post("/v1/sales", &sale("o-3", 100)).expect(201);
    let seq = found["seq"].as_i64().expect("a number");
    let rest = verify(&program, &format!("?after={seq}"));
    let whole = verify(&program, "");
    assert_eq!((&rest["ok"], &rest["root"]), (&json!(true), &whole["root"]));
    assert_ne!(whole["root"], found["root"]);
    assert!(rest["entries"].as_i64() < whole["entries"].as_i64());
    for query in ["?after=-1", "?after=x", "?after=999999", "?from=1", "?after=9223372036854775807", "?after"]
    {
        let answer = program.server().get(&format!("/v1/ledger/verify{query}"));
        assert_eq!(answer.problem(422), "validation_failed", "{query}");
    }
}

#[test]
fn an_empty_ledger_has_the_root_of_nothing() {
    let house = House::shared();
    let program = Program::open(&house);
    let found = verify(&program, "");
    assert_eq!(
        (&found["ok"], &found["seq"], &found["root"], &found["sums"]),
        (&json!(true), &json!(0), &json!("0".repeat(64)), &json!({}))
    );
}

/// Folds the log into the file, so that the file is all there is.
fn settle(path: &Path) {
    let database = Connection::open(path).expect("the ledger's file");
    database
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .expect("the log is folded into the file");
}

/// Changes one byte where these bytes stand, which must be in one place only.
fn flip(path: &Path, bytes: &[u8]) {
    let mut content = fs::read(path).expect("the ledger's file");
    let places: Vec<usize> = content
        .windows(bytes.len())
        .enumerate()
        .filter(|(_, window)| *window == bytes)
        .map(|(at, _)| at)
        .collect();
    let [at] = places.as_slice() else { panic!("{} places", places.len()) };
    content[at + bytes.len() - 1] ^= 1;
    fs::write(path, content).expect("the file is written");
}

#[test]
fn one_byte_changed_in_the_file_is_found_at_its_link() {
    let house = House::start(|options| options);
    let program = program(&house);
    let whole = verify(&program, "");
    house.crash();
    let path = Book::file(&program, "secret_live");
    settle(&path);
    // Pages that were split keep old copies of their rows; one byte in those changes nothing.
    Connection::open(&path).expect("the ledger's file").execute_batch("VACUUM").expect("a tidy file");
    settle(&path);
    let book = Book::live(&program);
    let mut cases = Vec::new();
    for row in
        book.rows("SELECT seq, movement || account || currency FROM entry WHERE taken_back_by IS NULL ORDER BY seq DESC LIMIT 4", &[])
    {
        let seq = book.texts("SELECT seq FROM link WHERE kind = 'entry' AND key = ?", &[&row[0]]).remove(0);
        cases.push((seq, row[1].clone()));
    }
    for row in book.rows("SELECT seq, hash FROM link WHERE seq IN (1, 7)", &[]) {
        cases.push((row[0].clone(), row[1].clone()));
    }
    cases.extend(
        book.rows("SELECT l.seq, l.key || 'confirmed' FROM link l WHERE l.kind = 'flag_decision'", &[])
            .into_iter()
            .map(|row| (row[0].clone(), row[1].clone())),
    );
    drop(book);
    let sound = fs::read(&path).expect("the ledger's file");
    assert_eq!(cases.len(), 7);
    for (seq, bytes) in cases {
        flip(&path, bytes.as_bytes());
        house.restart();
        let found = verify(&program, "");
        assert_eq!(
            (&found["ok"], found["first_bad_seq"].to_string()),
            (&json!(false), seq),
            "{bytes}: {found}"
        );
        house.crash();
        fs::write(&path, &sound).expect("the file as it was");
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{ending}", path.display()));
        }
    }
    house.restart();
    assert_eq!(verify(&program, ""), whole);
}

#[test]
fn entries_that_no_link_speaks_for_are_found() {
    let house = House::start(|options| options);
    let program = program(&house);
    let whole = verify(&program, "");
    house.crash();
    let path = Book::file(&program, "secret_live");
    let smuggled = "INSERT INTO entry (movement, account, currency, amount, reward_id, created_at)
        SELECT movement, account, currency, amount, reward_id, created_at FROM entry WHERE seq <= 2";
    Connection::open(&path).expect("the ledger's file").execute_batch(smuggled).expect("nothing forbids it");
    house.restart();
    let found = verify(&program, "");
    assert_eq!(found["ok"], false, "{found}");
    assert_eq!(found["first_bad_seq"].as_i64(), whole["seq"].as_i64().map(|seq| seq + 1));
}

/// Makes of a ledger's file one that the first release wrote: its tables, their rows, nothing newer.
fn age(path: &Path, more: &str) {
    settle(path);
    let old = path.with_extension("old");
    let database = Connection::open(path).expect("the ledger's file");
    let texts = |query: &str| -> Vec<String> {
        let mut statement = database.prepare(query).expect("a query of the tests");
        let rows = statement.query_map([], |row| row.get(0)).expect("it runs");
        rows.collect::<Result<_, _>>().expect("texts")
    };
    let schema = file("edge/sql/ledger/schema_1.sql").expect("the first schema").text;
    {
        let fresh = Connection::open(&old).expect("a new file");
        fresh.execute_batch("PRAGMA journal_mode = WAL").ok();
        fresh.execute_batch(&schema).expect("the first schema");
        fresh
            .execute_batch(
                "CREATE TABLE schema_version (version INTEGER PRIMARY KEY) STRICT; INSERT INTO schema_version VALUES (1);",
            )
            .expect("its mark");
    }
    database.execute("ATTACH ? AS old", [old.display().to_string()]).expect("both files");
    let tables = "SELECT name FROM old.sqlite_schema WHERE type = 'table' AND name <> 'schema_version' AND name NOT LIKE 'sqlite_%'";
    for table in texts(tables) {
        let columns = texts(&format!("SELECT name FROM pragma_table_info('{table}', 'old')")).join(", ");
        // There was no such kind of key.
        let only = if table == "api_key" { "WHERE kind <> 'identity'" } else { "" };
        database
            .execute_batch(&format!(
                "INSERT INTO old.{table} ({columns}) SELECT {columns} FROM main.{table} {only}"
            ))
            .expect("rows of the first release");
    }
    // What stands apart now stood in the rows then.
    database
        .execute_batch(
            "DROP TRIGGER old.conversion_stay; DROP TRIGGER old.dispute_stay;
             UPDATE old.conversion SET metadata = (SELECT body FROM main.metadata m WHERE m.conversion_id = id);
             UPDATE old.dispute SET message = (SELECT body FROM main.message m WHERE m.dispute_id = id);",
        )
        .expect("the words where they were");
    for trigger in ["conversion_stay", "dispute_stay"] {
        let line =
            schema.lines().find(|line| line.contains(&format!("TRIGGER {trigger} "))).expect("the trigger");
        database
            .execute_batch(&line.replace("TRIGGER ", "TRIGGER old."))
            .expect("the old rows are guarded again");
    }
    database.execute_batch(more).expect("more rows");
    database.execute_batch("DETACH old").expect("done");
    drop(database);
    settle(&old);
    fs::rename(&old, path).expect("the old file in the new one's place");
}

#[test]
fn a_ledger_from_before_the_chain_is_chained_when_it_is_opened_whatever_cuts_that_off() {
    let house = House::start(|options| options);
    let program = program(&house);
    let mut noted = sale("noted", 100);
    noted["metadata"] = json!({"note": "kept"});
    program.server().post("/v1/sales", &noted).expect(201);
    let proof = format!("gws_{}A", "L".repeat(42));
    program.page().post("/v1/widget/join", &json!({"proof": proof})).expect(201);
    let dispute = Request::post("/v1/disputes", &json!({"about": "x", "message": "said before"}));
    program.page().send(dispute.header("goodword-proof", &proof)).expect(201);
    house.crash();
    let path = Book::file(&program, "secret_live");
    // Enough for several steps.
    let more = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3000)
        INSERT INTO old.entry (movement, account, currency, amount, reward_id, created_at)
        SELECT 'm' || n, column1, 'EUR', column2 * n, 'rwd_' || n, n FROM n, (VALUES ('program', -1), ('rfr_x', 1))";
    age(&path, more);
    let mut chance = Chance::new("chaining");
    let mut cut_off = 0;
    for _ in 0..12 {
        house.restart();
        thread::scope(|scope| {
            let asking = scope.spawn(|| {
                let request = Request::get("/v1/program").key(program.key("secret_live"));
                house.client.try_call(&request).is_ok()
            });
            thread::sleep(Duration::from_millis(chance.below(60)));
            house.crash();
            cut_off += usize::from(!asking.join().expect("somebody asks"));
        });
    }
    house.restart();
    let found = verify(&program, "");
    let book = Book::live(&program);
    assert_eq!(found["ok"], true, "{found}");
    assert_eq!(found["entries"].as_i64(), Some(book.number("SELECT count(*) FROM entry")));
    assert_eq!(found["decisions"], 1);
    assert_eq!(book.chain().bad(), None);
    assert_eq!(book.number("SELECT count(*) FROM unsealed"), 0);
    let shown = |list: &str| program.server().get(&format!("/v1/{list}")).expect(200)["data"][0].clone();
    assert_eq!(
        (&shown("sales")["metadata"]["note"], &shown("disputes")["message"]),
        (&json!("kept"), &json!("said before"))
    );
    let apart = "SELECT (SELECT count(*) FROM conversion WHERE metadata IS NOT NULL) + (SELECT count(*) FROM dispute WHERE message <> '')";
    assert_eq!(book.number(apart), 0, "words stand apart, so that they can be erased");
    // And goes on from there.
    program.server().post("/v1/sales", &sale("o-9", 100)).expect(201);
    assert_eq!(verify(&program, "")["ok"], true);
    println!("chaining: 12 openings, {cut_off} cut off, {} entries", found["entries"]);
}

//! A merchant who moves a ledger, while the edge is killed: all of the file is there, or nothing of it.

use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::book::Book;
use tests::house::House;
use tests::http::{Connection, Request};
use tests::program::Program;

/// Takes a file in, into a program after the other.
pub(crate) struct Mover {
    file: Vec<u8>,
    entries: String,
    /// The program the file is on its way into.
    current: Option<Program>,
    pub(crate) acknowledged: usize,
    pub(crate) broken_off: [usize; 2],
    /// How long it takes on this machine, so that it can be cut off in the middle.
    pub(crate) takes: Duration,
}

impl Mover {
    pub(crate) fn new(program: &Program) -> Self {
        let file = program.server().get("/v1/export");
        assert_eq!(file.status, 200);
        let entries = Book::live(program).number("SELECT count(*) FROM entry").to_string();
        let mut mover = Self {
            file: file.body,
            entries,
            current: Some(Program::open(&program.house)),
            acknowledged: 0,
            broken_off: [0; 2],
            takes: Duration::ZERO,
        };
        let started = Instant::now();
        mover.work();
        mover.takes = started.elapsed();
        mover
    }

    pub(crate) fn work(&mut self) {
        let Some(program) = &self.current else { return };
        let request = Request::new("POST", "/v1/import").header("content-type", "application/x-ndjson");
        let request = request.body(self.file.clone()).key(program.key("secret_live"));
        let Ok(mut connection) = Connection::open(program.house.port) else { return };
        if let Ok(answer) = connection.call(&request) {
            answer.expect(201);
            self.acknowledged += 1;
            assert_eq!(Self::stored(program), self.entries, "acknowledged, and not there");
            self.current = None;
        }
    }

    fn stored(program: &Program) -> String {
        Book::live(program).number("SELECT count(*) FROM entry").to_string()
    }

    /// All or nothing, and the same file goes in afterwards.
    pub(crate) fn check(&mut self, house: &Arc<House>) {
        if let Some(program) = self.current.take() {
            let book = Book::live(&program);
            book.check();
            let stored = Self::stored(&program);
            let whole = stored == self.entries;
            assert!(whole || stored == "0", "{stored} of {} entries", self.entries);
            if !whole {
                let rows = "SELECT (SELECT count(*) FROM referrer) + (SELECT count(*) FROM conversion) + (SELECT count(*) FROM link)
                    + (SELECT count(*) FROM outbox) + (SELECT count(*) FROM person) + (SELECT count(*) FROM tally)";
                assert_eq!(book.number(rows), 0, "the program is as empty as before");
            }
            self.broken_off[usize::from(whole)] += 1;
            let request = Request::new("POST", "/v1/import").header("content-type", "application/x-ndjson");
            let again = program.server().send(request.body(self.file.clone()));
            again.expect(if whole { 200 } else { 201 });
            Book::live(&program).check();
        }
        self.current = Some(Program::open(house));
    }
}

//! Which program a name belongs to: slug, uid and hosts of every program, in eight objects by the hash of the name.
//!
//! Read only when an isolate meets a name for the first time, or refreshes it; the rest is memory, see [`crate::facts`].
//! All eight are opened when a program is created, so that asking for names nobody has never leaves a trace.

pub(crate) mod client;
pub(crate) mod session;

use crate::js;
use crate::problem::Problem;
use crate::sql::{Database, SqlError, Writes, sql};
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use worker::worker_sys::DurableObjectState;

/// Longest body another part of the Worker sends.
const LONGEST_BODY: u32 = 1 << 20;

/// What is asked of one object.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Question {
    /// The facts of the program with this name.
    Find(String),
    /// Put these names aside for a program that is being created; whoever holds one unconfirmed loses it.
    Reserve(Entry),
    /// The program exists now.
    Confirm(Entry),
    /// The program has changed: these are its names, and its others are given up.
    Publish(Entry),
    /// The facts of programs whose uid comes after this one, in order.
    Programs(String),
    /// Open a session of the operator's.
    OpenSession(session::Opening),
    /// Whether such a session is good.
    UseSession(session::Using),
    /// Those that are good, by the hash of the operator's key.
    Sessions(String),
    /// End such a session, by the hash of its secret.
    LeaveSession(String),
    /// End such a session, by its id.
    EndSession(String),
    /// End all but the one with this id.
    EndOtherSessions(String),
}

/// A program and those of its names that live in one object.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    uid: String,
    version: u64,
    names: Vec<String>,
    /// The program's facts, as JSON.
    facts: String,
}

/// The Durable Object.
#[wasm_bindgen]
pub struct Directory {
    shelf: Rc<Shelf>,
}

#[wasm_bindgen]
impl Directory {
    /// Called by the runtime when the object wakes.
    #[wasm_bindgen(constructor)]
    pub fn new(state: &DurableObjectState, _env: worker::Env) -> Result<Directory, JsValue> {
        let database = Database::new(state.storage()?);
        Ok(Self { shelf: Rc::new(Shelf { database, opened: Cell::new(false) }) })
    }

    /// Answers a question of [`client`]: 200 with facts or the name that is taken, 204 for nothing.
    pub fn fetch(&self, request: web_sys::Request) -> js_sys::Promise {
        let own = Rc::clone(&self.shelf);
        future_to_promise(async move {
            let text = js::text_up_to(&request, LONGEST_BODY, false).await.as_string().unwrap_or_default();
            Ok(match own.answer(&text) {
                Ok(Some(found)) => js::respond(200, "[]", Some(&found)),
                Ok(None) => js::respond(204, "[]", None),
                Err(_) => js::respond(500, "[]", None),
            }
            .into())
        })
    }
}

struct Shelf {
    database: Database,
    opened: Cell<bool>,
}

impl Shelf {
    fn answer(&self, question: &str) -> Result<Option<String>, Problem> {
        match serde_json::from_str(question)? {
            Question::Find(name) => self.find(&name),
            Question::Reserve(entry) => self.reserve(&entry),
            Question::Confirm(entry) => {
                self.write(&entry, |writes, name| writes.add(sql!("directory/confirm"), &(name, &entry.uid)))
            }
            Question::Publish(entry) => self.publish(&entry),
            Question::Programs(after) => self.programs(&after),
            Question::OpenSession(opening) => self.open_session(&opening),
            Question::UseSession(using) => self.use_session(&using),
            Question::Sessions(key_hash) => self.sessions(&key_hash),
            Question::LeaveSession(hash) => self.leave_session(&hash),
            Question::EndSession(id) => self.end_session(&id),
            Question::EndOtherSessions(id) => self.end_other_sessions(&id),
        }
    }

    fn open(&self) -> Result<(), Problem> {
        if !self.opened.get() {
            self.database.migrate(
                &[
                    include_str!("../../sql/directory/schema_1.sql"),
                    include_str!("../../sql/directory/schema_2.sql"),
                    include_str!("../../sql/directory/schema_3.sql"),
                ],
                "",
            )?;
            self.opened.set(true);
        }
        Ok(())
    }

    /// Never writes, not even a schema: anybody can ask for any name.
    fn find(&self, name: &str) -> Result<Option<String>, Problem> {
        if !self.opened.get() {
            let tables: Option<(u32,)> = self.database.row(sql!("directory/is_open"), &[(); 0])?;
            if tables.is_none_or(|(count,)| count == 0) {
                return Ok(None);
            }
            self.open()?;
        }
        let row: Option<(String,)> = self.database.row(sql!("directory/find"), &[name])?;
        Ok(row.map(|(facts,)| facts))
    }

    fn programs(&self, after: &str) -> Result<Option<String>, Problem> {
        self.open()?;
        let rows: Vec<(String, String)> =
            self.database.rows(sql!("directory/programs"), &(format!("uid:{after}"), client::PROGRAMS))?;
        let facts: Vec<&str> = rows.iter().map(|(_, facts)| facts.as_str()).collect();
        Ok(Some(serde_json::to_string(&facts)?))
    }

    fn reserve(&self, entry: &Entry) -> Result<Option<String>, Problem> {
        self.write(entry, |writes, name| {
            writes.add(sql!("directory/reserve"), &(name, &entry.uid, entry.version, &entry.facts))
        })
    }

    fn publish(&self, entry: &Entry) -> Result<Option<String>, Problem> {
        let taken = self.write(entry, |writes, name| {
            writes.add(sql!("directory/publish"), &(name, &entry.uid, entry.version, &entry.facts))
        })?;
        let mut writes = Writes::default();
        let names = serde_json::to_string(&entry.names)?;
        writes.add(sql!("directory/give_up"), &(&entry.uid, entry.version, names))?;
        self.database.commit(writes, None)?;
        Ok(taken)
    }

    /// One write for each name, in one transaction; then the first name that is another program's, if any.
    fn write(
        &self,
        entry: &Entry,
        write: impl Fn(&mut Writes, &str) -> Result<(), SqlError>,
    ) -> Result<Option<String>, Problem> {
        self.open()?;
        let mut writes = Writes::default();
        for name in &entry.names {
            write(&mut writes, name)?;
        }
        self.database.commit(writes, None)?;
        for name in &entry.names {
            let owner: Option<(String,)> = self.database.row(sql!("directory/owner"), &[name])?;
            if owner.is_none_or(|(uid,)| uid != entry.uid) {
                return Ok(Some(name.clone()));
            }
        }
        Ok(None)
    }
}

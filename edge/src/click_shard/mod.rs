//! Clicks, away from the ledger: deduplicated, rolled up, listed. One object per program, mode and shard; visitors are
//! spread over shards by their hash. What is lost here is statistics, never an attribution: that travels in the click id.

pub(crate) mod client;
mod record;
mod report;
mod salt;
pub(crate) mod steps;

use crate::answer::{self, Answer, Readers};
use crate::js;
use crate::problem::Problem;
use crate::sql::Database;
use record::Seen;
pub(crate) use record::{Counted, Group};
pub(crate) use report::By;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use worker::worker_sys::DurableObjectState;

/// Longest batch: some 100,000 clicks.
const LONGEST_BODY: u32 = 16 << 20;

/// What is asked of a shard.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Question<'a> {
    /// The salt of a day (days since 1970); made when it is asked for the first time.
    Salt(i64),
    /// Count these clicks.
    #[serde(borrow)]
    Record(Vec<Group<'a>>),
    /// Clicks of each of these codes since the beginning.
    Totals(Vec<String>),
    /// Clicks before or after an id, so many at most.
    List { cursor: Option<client::Place>, limit: u32 },
    /// Numbers per day, from and to.
    Days { from: i64, to: i64 },
    /// Clicks of these codes on each of these days.
    DaysOf { codes: Vec<String>, days: Vec<i64> },
    /// Numbers of all these days by these things.
    Breakdown { from: i64, to: i64, by: Vec<By> },
    /// How many clicks were counted since the beginning.
    Number,
    /// Add to the widget's counters: day, type, channel, how often.
    Events(Vec<(i64, String, String, u64)>),
}

/// The Durable Object.
#[wasm_bindgen]
pub struct ClickShard {
    shard: Rc<Shard>,
}

struct Shard {
    database: Database,
    opened: Cell<bool>,
    /// The hour in which what has perished was last looked for.
    swept_in: Cell<i64>,
    seen: RefCell<Seen>,
    /// Whether the numbers include the last click.
    rolled_up: Cell<bool>,
    /// Clicks since then, as far as this object remembers.
    waiting: Cell<usize>,
}

#[wasm_bindgen]
impl ClickShard {
    /// Called by the runtime when the object wakes.
    #[wasm_bindgen(constructor)]
    pub fn new(state: &DurableObjectState, _env: worker::Env) -> Result<ClickShard, JsValue> {
        let shard = Shard {
            database: Database::new(state.storage()?),
            opened: Cell::new(false),
            swept_in: Cell::new(0),
            seen: RefCell::default(),
            rolled_up: Cell::new(false),
            waiting: Cell::new(0),
        };
        Ok(Self { shard: Rc::new(shard) })
    }

    /// Answers a question of [`client`].
    pub fn fetch(&self, request: web_sys::Request) -> js_sys::Promise {
        let shard = Rc::clone(&self.shard);
        future_to_promise(async move {
            let text = js::text_up_to(&request, LONGEST_BODY, false).await.as_string().unwrap_or_default();
            Ok(answer::respond(&shard.answer(&text), "", Readers::Servers, None).into())
        })
    }

    /// Salts and traces of visitors end on time, also where nobody clicks any more.
    pub fn alarm(&self) -> js_sys::Promise {
        let shard = Rc::clone(&self.shard);
        future_to_promise(async move {
            // An alarm that throws is retried six times and then given up: never throw, ask for the next one instead.
            if shard.open().and_then(|()| shard.sweep()).is_err() {
                shard.wake_in_an_hour();
            }
            Ok(JsValue::UNDEFINED)
        })
    }
}

impl Shard {
    fn open(&self) -> Result<(), Problem> {
        if !self.opened.get() {
            self.database.migrate(
                &[
                    include_str!("../../sql/click_shard/schema_1.sql"),
                    include_str!("../../sql/click_shard/schema_2.sql"),
                ],
                "",
            )?;
            self.opened.set(true);
        }
        Ok(())
    }

    fn answer(&self, question: &str) -> Result<Answer, Problem> {
        let question = serde_json::from_str(question)?;
        self.open()?;
        match question {
            Question::Salt(day) => Answer::json(200, &self.salt(day)?),
            Question::Record(groups) => Answer::json(200, &self.record(groups)?),
            Question::Totals(codes) => Answer::json(200, &self.totals(&codes)?),
            Question::List { cursor, limit } => Answer::json(200, &self.list(cursor.as_ref(), limit)?),
            Question::Days { from, to } => Answer::json(200, &self.days(from, to)?),
            Question::DaysOf { codes, days } => Answer::json(200, &self.days_of(&codes, &days)?),
            Question::Breakdown { from, to, by } => Answer::json(200, &self.breakdown(from, to, &by)?),
            Question::Number => Answer::json(200, &self.number()?),
            Question::Events(events) => Answer::json(200, &self.add_events(&events)?),
        }
    }
}

//! Handing a batch to the click shards: only codes that somebody has joined with are counted, so that made-up links
//! leave no trace.

use super::batch::{self, Click};
use crate::click_shard::client as shards;
use crate::click_shard::{Batch, Counted};
use crate::isolate::{self, Isolate};
use crate::js;
use crate::ledger::client as ledger;
use crate::platform;
use crate::problem::Problem;
use referral::click_token::ClickName;
use referral::code::Code;
use referral::visitor::VisitorSalt;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// How long clicks gather. Milliseconds.
const GATHER_MS: u32 = 100;

/// A code nobody had is asked for again after this: the widget shows a link before its owner has joined. Milliseconds.
const UNKNOWN_MS: i64 = 3_000;

/// Most codes and salts remembered.
const MOST_CODES: usize = 50_000;
const MOST_SALTS: usize = 1_000;

/// Codes asked for in one call: a ledger reads bodies of 64 KiB.
const MOST_ASKED: usize = 1_000;

#[derive(Clone, Copy)]
enum Owner {
    /// Somebody has joined with it; `live` or `test`.
    In(&'static str),
    /// Nobody, as of then.
    Nobody(i64),
}

#[derive(Default)]
struct Memory {
    /// By the program's uid and the code.
    codes: HashMap<(String, Code), Owner>,
    /// By the program's uid, mode and day.
    salts: HashMap<(String, &'static str, i64), VisitorSalt>,
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// Waits until clicks have gathered, then counts them. Never fails: what cannot be counted is not.
pub(super) async fn soon() -> Result<JsValue, JsValue> {
    let waited = JsFuture::from(js::sleep(GATHER_MS)).await;
    let clicks = batch::take();
    if let (Ok(_), Some(isolate)) = (waited, isolate::current()) {
        let mut programs: HashMap<String, Vec<Click>> = HashMap::new();
        for click in clicks {
            if let Some(same) = programs.get_mut(&click.program.facts.uid) {
                same.push(click);
            } else {
                programs.insert(click.program.facts.uid.clone(), vec![click]);
            }
        }
        for (uid, clicks) in programs {
            let count = clicks.len();
            if let Err(problem) = flush(&isolate, &uid, clicks).await {
                worker::console_error!("{count} clicks of {uid} were not counted: {}", problem.detail);
            }
        }
    }
    Ok(JsValue::UNDEFINED)
}

async fn flush(isolate: &Isolate, uid: &str, clicks: Vec<Click>) -> Result<(), Problem> {
    learn_codes(isolate, uid, &clicks).await?;
    let mut modes: [(&'static str, Vec<Click>); 2] = [("live", Vec::new()), ("test", Vec::new())];
    MEMORY.with(|memory| {
        let memory = memory.borrow();
        for click in clicks {
            let owner = memory.codes.get(&(uid.to_owned(), click.code));
            if let Some(Owner::In(mode)) = owner
                && let Some((_, list)) = modes.iter_mut().find(|(known, _)| known == mode)
            {
                list.push(click);
            }
        }
    });
    for (mode, clicks) in modes {
        count(isolate, uid, mode, &clicks).await?;
    }
    Ok(())
}

/// Asks the ledgers for codes that are not known yet: the live one first, then its test twin.
async fn learn_codes(isolate: &Isolate, uid: &str, clicks: &[Click]) -> Result<(), Problem> {
    let now = platform::now_ms();
    let codes: HashSet<Code> = clicks.iter().map(|click| click.code).collect();
    let mut unknown: Vec<String> = MEMORY.with(|memory| {
        let memory = memory.borrow();
        codes
            .into_iter()
            .filter(|code| match memory.codes.get(&(uid.to_owned(), *code)) {
                None => true,
                Some(Owner::In(_)) => false,
                Some(Owner::Nobody(since)) => now - since > UNKNOWN_MS,
            })
            .map(|code| code.as_str().to_owned())
            .collect()
    });
    for mode in ["live", "test"] {
        if unknown.is_empty() {
            break;
        }
        let mut known: HashSet<String> = HashSet::new();
        for some in unknown.chunks(MOST_ASKED) {
            known.extend(ledger::known_codes(isolate, uid, mode, some).await?);
        }
        unknown.retain(|code| !known.contains(code));
        remember(uid, &known, Owner::In(mode));
    }
    remember(uid, &unknown.into_iter().collect(), Owner::Nobody(now));
    Ok(())
}

fn remember(uid: &str, codes: &HashSet<String>, owner: Owner) {
    MEMORY.with(|memory| {
        let codes_known = &mut memory.borrow_mut().codes;
        if codes_known.len() + codes.len() > MOST_CODES {
            codes_known.clear();
        }
        codes_known
            .extend(codes.iter().filter_map(|code| Some(((uid.to_owned(), Code::parse(code).ok()?), owner))));
    });
}

/// Hashes the visitors and sends each click to its visitor's shard.
async fn count(isolate: &Isolate, uid: &str, mode: &'static str, clicks: &[Click]) -> Result<(), Problem> {
    let days: HashSet<i64> = clicks.iter().map(|click| click.clicked_at.div_euclid(86_400)).collect();
    for day in days {
        let salt = salt(isolate, uid, mode, day).await?;
        let of_day = clicks.iter().filter(|click| click.clicked_at.div_euclid(86_400) == day);
        let mut batches: HashMap<u32, Batch> = HashMap::new();
        for click in of_day {
            let visitor = click.visitor.as_deref().map(|visitor| salt.hash(visitor, uid));
            let spread = visitor.map_or(u64::from(click.nonce[0]), i64::cast_unsigned);
            let shard = u32::try_from(spread % u64::from(isolate.click_shards)).unwrap_or(0);
            batches.entry(shard).or_default().push(counted(click, visitor));
        }
        for (shard, batch) in batches {
            shards::record(isolate, uid, mode, shard, batch).await?;
        }
    }
    Ok(())
}

fn counted(click: &Click, visitor: Option<i64>) -> Counted {
    Counted(
        ClickName::new(click.clicked_at, click.nonce).as_str().to_owned(),
        click.clicked_at,
        click.code.as_str().to_owned(),
        click.channel.as_str().to_owned(),
        click.device.as_str().to_owned(),
        click.country().to_owned(),
        click.referring_host.to_string(),
        visitor,
    )
}

/// The day's salt, asked for once a day.
async fn salt(isolate: &Isolate, uid: &str, mode: &'static str, day: i64) -> Result<VisitorSalt, Problem> {
    let key = (uid.to_owned(), mode, day);
    let known = MEMORY.with(|memory| memory.borrow().salts.get(&key).cloned());
    if let Some(known) = known {
        return Ok(known);
    }
    let salt = VisitorSalt::new(&shards::salt(isolate, uid, mode, day).await?);
    MEMORY.with(|memory| {
        let salts = &mut memory.borrow_mut().salts;
        // Yesterday's salts end in memory as well.
        salts.retain(|(_, _, known), _| (day - known).abs() <= 1);
        if salts.len() >= MOST_SALTS {
            salts.clear();
        }
        salts.insert(key, salt.clone());
    });
    Ok(salt)
}

//! Handing a batch to the click shards: only codes that somebody has joined with are counted, so that made-up links
//! leave no trace.

use super::batch::{self, Click, Minted};
use super::request::{Request, head, referring_host};
use crate::click_shard::client as shards;
use crate::click_shard::{Counted, Group};
use crate::isolate::{self, Isolate};
use crate::js;
use crate::ledger::client as ledger;
use crate::platform;
use crate::problem::Problem;
use referral::click_token::ClickName;
use referral::code::Code;
use referral::visitor::{Visitor, VisitorSalt};
use std::cell::{Cell, RefCell};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// How long clicks gather. Milliseconds.
const GATHER_MS: u32 = 100;

/// A code nobody had is asked for again after this: the widget shows a link before its owner has joined. Milliseconds.
const UNKNOWN_MS: i64 = 3_000;

/// Most programs remembered, and codes of all of them: some 20 MB.
const MOST_PROGRAMS: usize = 10_000;
const MOST_CODES: usize = 200_000;

/// Codes asked for in one call: a ledger reads bodies of 64 KiB.
const MOST_ASKED: usize = 1_000;

#[derive(Clone, Copy)]
enum Owner {
    /// Somebody has joined with it; `live` or `test`.
    In(&'static str),
    /// Nobody, as of then.
    Nobody(i64),
}

/// What is remembered of a program.
#[derive(Default)]
struct Memory {
    codes: HashMap<Code, Owner>,
    /// By mode and day.
    salts: HashMap<(&'static str, i64), VisitorSalt>,
}

thread_local! {
    static MEMORY: RefCell<HashMap<String, Memory>> = RefCell::default();
    /// Codes in memory, of all programs.
    static CODES: Cell<usize> = const { Cell::new(0) };
}

/// The program's memory, for as long as nothing is awaited.
fn with_memory<T>(uid: &str, with: impl FnOnce(&mut Memory) -> T) -> T {
    MEMORY.with(|programs| {
        let mut programs = programs.borrow_mut();
        if programs.len() >= MOST_PROGRAMS || CODES.get() >= MOST_CODES {
            programs.clear();
            CODES.set(0);
        }
        match programs.get_mut(uid) {
            Some(memory) => with(memory),
            None => with(programs.entry(uid.to_owned()).or_default()),
        }
    })
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
            if let Err(problem) = flush(&isolate, &uid, &clicks).await {
                worker::console_error!(
                    "{} clicks of {uid} were not counted: {}",
                    clicks.len(),
                    problem.detail
                );
            }
        }
    }
    Ok(JsValue::UNDEFINED)
}

async fn flush(isolate: &Isolate, uid: &str, clicks: &[Click]) -> Result<(), Problem> {
    let now = platform::now_ms();
    let mut owners: Vec<Option<Owner>> = with_memory(uid, |memory| {
        let known = |click: &Click| memory.codes.get(&click.minted.code).copied();
        clicks.iter().map(|click| known(click).filter(|owner| !owner.is_stale(now))).collect()
    });
    let unknown: HashSet<Code> = clicks
        .iter()
        .zip(&owners)
        .filter(|(_, owner)| owner.is_none())
        .map(|(click, _)| click.minted.code)
        .collect();
    if !unknown.is_empty() {
        let learnt = learn(isolate, uid, unknown, now).await?;
        for (click, owner) in clicks.iter().zip(&mut owners).filter(|(_, owner)| owner.is_none()) {
            *owner = learnt.get(&click.minted.code).copied();
        }
    }
    for mode in ["live", "test"] {
        let of_mode = |owner: &Option<Owner>| matches!(owner, Some(Owner::In(known)) if *known == mode);
        let clicks: Vec<&Click> =
            clicks.iter().zip(&owners).filter(|(_, owner)| of_mode(owner)).map(|(click, _)| click).collect();
        count(isolate, uid, mode, &clicks).await?;
    }
    Ok(())
}

impl Owner {
    /// Whether the code should be asked for again.
    fn is_stale(self, now: i64) -> bool {
        matches!(self, Self::Nobody(since) if now - since > UNKNOWN_MS)
    }
}

/// Asks the ledgers whose these codes are, the live one first and then its test twin, and remembers it.
async fn learn(
    isolate: &Isolate,
    uid: &str,
    mut unknown: HashSet<Code>,
    now: i64,
) -> Result<HashMap<Code, Owner>, Problem> {
    let mut learnt: HashMap<Code, Owner> = unknown.iter().map(|code| (*code, Owner::Nobody(now))).collect();
    for mode in ["live", "test"] {
        let asked: Vec<String> = unknown.iter().map(|code| code.as_str().to_owned()).collect();
        for some in asked.chunks(MOST_ASKED) {
            for code in ledger::known_codes(isolate, uid, mode, some).await? {
                if let Ok(code) = Code::parse(&code) {
                    unknown.remove(&code);
                    learnt.insert(code, Owner::In(mode));
                }
            }
        }
    }
    with_memory(uid, |memory| {
        let before = memory.codes.len();
        memory.codes.extend(learnt.iter().map(|(code, owner)| (*code, *owner)));
        CODES.set(CODES.get() + memory.codes.len() - before);
    });
    Ok(learnt)
}

/// How clicks came that are counted together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Kind<'a> {
    day: i64,
    channel: &'static str,
    device: &'static str,
    country: &'a str,
    referring_host: &'a str,
}

impl<'a> Kind<'a> {
    fn of(minted: &Minted, request: &Request<'a>) -> Self {
        let country = Some(request.country)
            .filter(|country| country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()));
        Self {
            day: minted.clicked_at.div_euclid(86_400),
            channel: minted.channel.as_str(),
            device: minted.agent.device.as_str(),
            country: country.unwrap_or_default(),
            referring_host: referring_host(request.referer),
        }
    }

    fn group(self, clicks: Vec<Counted<'a>>) -> Group<'a> {
        Group {
            day: self.day,
            channel: self.channel,
            device: self.device,
            country: self.country,
            referring_host: self.referring_host,
            clicks,
        }
    }
}

/// Hashes the visitors and sends each click to its visitor's shard.
async fn count(isolate: &Isolate, uid: &str, mode: &'static str, clicks: &[&Click]) -> Result<(), Problem> {
    let mut salts = HashMap::new();
    for click in clicks {
        let day = click.minted.clicked_at.div_euclid(86_400);
        if let Entry::Vacant(entry) = salts.entry(day) {
            entry.insert(salt(isolate, uid, mode, day).await?);
        }
    }
    let mut shards: HashMap<u64, HashMap<Kind<'_>, Vec<Counted<'_>>>> = HashMap::new();
    for click in clicks {
        let minted = &click.minted;
        let request = Request::read(&click.text);
        let kind = Kind::of(minted, &request);
        let salt = salts.get(&kind.day).filter(|_| !request.privacy_control);
        let hour = minted.clicked_at.div_euclid(3_600);
        let visitor = salt.map(|salt| salt.hash(visitor(minted, &request), &minted.code, hour));
        let spread = visitor.map_or(u64::from(minted.nonce[0]), i64::cast_unsigned);
        let id = ClickName::new(minted.clicked_at, minted.nonce);
        let kinds = shards.entry(spread % u64::from(isolate.click_shards)).or_default();
        kinds.entry(kind).or_default().push(Counted(id, minted.code.as_str(), visitor));
    }
    for (shard, kinds) in shards {
        let groups = kinds.into_iter().map(|(kind, clicks)| kind.group(clicks)).collect();
        shards::record(isolate, uid, mode, u32::try_from(shard).unwrap_or(0), groups).await?;
    }
    Ok(())
}

fn visitor<'a>(minted: &Minted, request: &Request<'a>) -> Visitor<'a> {
    Visitor {
        address: head(request.client_ip, 64),
        browser: minted.agent.browser,
        languages: head(request.language, 128),
    }
}

/// The day's salt, asked for once a day.
async fn salt(isolate: &Isolate, uid: &str, mode: &'static str, day: i64) -> Result<VisitorSalt, Problem> {
    if let Some(known) = with_memory(uid, |memory| memory.salts.get(&(mode, day)).cloned()) {
        return Ok(known);
    }
    let salt = VisitorSalt::new(&shards::salt(isolate, uid, mode, day).await?);
    with_memory(uid, |memory| {
        // Yesterday's salts end in memory as well.
        memory.salts.retain(|(_, known), _| (day - known).abs() <= 1);
        memory.salts.insert((mode, day), salt.clone());
    });
    Ok(salt)
}

//! Who calls how often, in the memory of this isolate. On Cloudflare each isolate counts for itself, so a limit is a
//! brake and not a meter; nothing is stored, and a link is never refused.

use crate::isolate::Isolate;
use crate::platform;
use crate::problem::Problem;
use referral::allowance::{Left, Window, household};
use referral::api_key::{ApiKey, KeyKind};
use std::cell::RefCell;
use std::collections::HashMap;

/// Callers remembered at most. Beyond them those of earlier minutes are forgotten, and if need be all: rather a call too
/// many than an isolate without memory.
const MOST: usize = 10_000;

thread_local! {
    static CALLERS: RefCell<HashMap<String, Window>> = RefCell::default();
}

/// Counts a call. A secret key has one allowance, wherever it calls from; a publishable key stands in every page, so each
/// address has its own. Where nobody says the address, pages share what a server has.
pub(crate) fn spend(isolate: &Isolate, key: &ApiKey, address: &str) -> Left {
    let hash = key.hash();
    let (caller, limit) = match key.kind {
        KeyKind::Secret | KeyKind::Identity => (hash, isolate.calls_per_minute.server),
        KeyKind::Publishable => match household(address) {
            Some(household) => (format!("{hash} {household}"), isolate.calls_per_minute.page),
            None => (hash, isolate.calls_per_minute.server),
        },
    };
    let now = platform::now_ms();
    CALLERS.with_borrow_mut(|callers| {
        if callers.len() >= MOST && !callers.contains_key(&caller) {
            callers.retain(|_, window| window.is_current(now));
            if callers.len() >= MOST {
                callers.clear();
            }
        }
        callers.entry(caller).or_default().spend(limit, now)
    })
}

/// The refusal of a call that is one too many.
pub(crate) fn exceeded(left: Left) -> Problem {
    Problem::new(
        429,
        "rate_limited",
        "Too many calls",
        format!(
            "This key may make {} calls a minute. Try again in {} s; Retry-After says so, too.",
            left.limit, left.reset
        ),
    )
}

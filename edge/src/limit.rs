//! Who calls how often, in the memory of this isolate. On Cloudflare each isolate counts for itself, so a limit is a
//! brake and not a meter; nothing is stored, and a link is never refused.

use crate::isolate::Isolate;
use crate::platform;
use crate::problem::Problem;
use referral::allowance::{Left, Window, household};
use referral::api_key::{ApiKey, KeyKind};
use std::cell::RefCell;
use std::collections::HashMap;

/// Addresses remembered at most. In a minute with more of them, those that come later pass uncounted: rather a call too
/// many than an isolate without memory, or honest callers let go with the others.
const MOST: usize = 10_000;

#[derive(Default)]
struct Callers {
    /// By secret key. Only keys whose tag proves that this deployment made them come here, so there are few.
    servers: HashMap<String, Window>,
    /// By what is asked for and from which address.
    pages: HashMap<String, Window>,
}

thread_local! {
    static CALLERS: RefCell<Callers> = RefCell::default();
}

/// Counts a call with a key. A secret key has one allowance, wherever it calls from; a publishable key stands in every
/// page, so each address has its own. Where nobody says the address, pages share what a server has.
pub(crate) fn spend(isolate: &Isolate, key: &ApiKey, address: &str) -> Left {
    match key.kind {
        KeyKind::Secret | KeyKind::Identity => spend_server(isolate, key.hash()),
        KeyKind::Publishable => match household(address) {
            Some(household) => spend_page(isolate, &key.hash(), &household),
            None => spend_server(isolate, key.hash()),
        },
    }
}

/// Counts a picture that is drawn for a page without a key; none where nobody says the address.
pub(crate) fn spend_picture(isolate: &Isolate, address: &str) -> Option<Left> {
    household(address).map(|household| spend_page(isolate, "picture", &household))
}

/// Tries to sign in that an address has in a minute. A key cannot be guessed; this keeps those who try from costing more
/// than they must.
const SIGN_INS_PER_MINUTE: u32 = 10;
/// The same for everybody whose address nobody says, together.
const SIGN_INS_OF_UNKNOWN_PER_MINUTE: u32 = 120;

/// Counts a try to sign in.
pub(crate) fn spend_sign_in(address: &str) -> Left {
    match household(address) {
        Some(household) => spend_from("sign-in", &household, SIGN_INS_PER_MINUTE),
        None => spend_from("sign-in", "", SIGN_INS_OF_UNKNOWN_PER_MINUTE),
    }
}

/// Tries to enter a referrer's page that an address has in a minute: an office may stand behind one.
const ENTRIES_PER_MINUTE: u32 = 60;
/// The same for everybody whose address nobody says, together.
const ENTRIES_OF_UNKNOWN_PER_MINUTE: u32 = 600;

/// Counts a try to enter a referrer's page.
pub(crate) fn spend_entry(address: &str) -> Left {
    match household(address) {
        Some(household) => spend_from("entry", &household, ENTRIES_PER_MINUTE),
        None => spend_from("entry", "", ENTRIES_OF_UNKNOWN_PER_MINUTE),
    }
}

/// Counts a referrer's page that is asked for by nobody who is in; none where nobody says the address.
pub(crate) fn spend_portal(isolate: &Isolate, address: &str) -> Option<Left> {
    household(address).map(|household| spend_page(isolate, "portal", &household))
}

/// Counts a program's public page; none where nobody says the address.
pub(crate) fn spend_join(isolate: &Isolate, address: &str) -> Option<Left> {
    household(address).map(|household| spend_page(isolate, "join", &household))
}

/// Counts a page of somebody who is signed in: as much as a page's key from one address.
pub(crate) fn spend_session(isolate: &Isolate, session_id: &str) -> Left {
    spend_from("session", session_id, isolate.calls_per_minute.page)
}

fn spend_server(isolate: &Isolate, hash: String) -> Left {
    let (limit, now) = (isolate.calls_per_minute.server, platform::now_ms());
    CALLERS.with_borrow_mut(|callers| callers.servers.entry(hash).or_default().spend(limit, now))
}

fn spend_page(isolate: &Isolate, what: &str, household: &str) -> Left {
    spend_from(what, household, isolate.calls_per_minute.page)
}

fn spend_from(what: &str, household: &str, limit: u32) -> Left {
    let now = platform::now_ms();
    let caller = format!("{what} {household}");
    CALLERS.with_borrow_mut(|Callers { pages, .. }| {
        if pages.len() >= MOST && !pages.contains_key(&caller) {
            pages.retain(|_, window| window.is_current(now));
            if pages.len() >= MOST {
                return Window::default().spend(limit, now);
            }
        }
        pages.entry(caller).or_default().spend(limit, now)
    })
}

/// The refusal of a call that is one too many.
pub(crate) fn exceeded(left: Left) -> Problem {
    Problem::new(
        429,
        "rate_limited",
        "Too many calls",
        format!(
            "{} calls a minute are answered: of a secret key, or of a page's key from one address. Try again in {} s; \
             Retry-After says so, too.",
            left.limit, left.reset
        ),
    )
}

//! Cloudflare Access before the dashboard: whoever is let in there acts as the operator. What is judged, and how, is
//! [`referral::access`]; here are the team's keys, the platform's check of a signature, and nothing that is stored.
//!
//! Whatever does not prove itself, and whatever cannot be checked, lets nobody in; a key still does.

use crate::isolate::Isolate;
use crate::js;
use crate::platform;
use crate::problem::Problem;
use referral::access::{LONGEST_KEYS, Policy, PublicKey, Signed, Token, read_keys};
use referral::api_key::sha256_hex;
use std::cell::RefCell;
use wasm_bindgen_futures::JsFuture;

/// How long keys are used before they are read anew.
const FRESH_MS: i64 = 3_600_000;
/// How long they are used at most, where they cannot be read anew: nobody is put out because a team's host is away a moment.
const STALE_MS: i64 = 3 * FRESH_MS;
/// How often they are read because of a key nobody knows.
const ASKED_EVERY_MS: i64 = 60_000;

/// The team's keys as they were last read.
#[derive(Default)]
struct Known {
    keys: Vec<PublicKey>,
    read_at: Option<i64>,
    asked_at: Option<i64>,
}

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// Somebody whom Access let in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    email: String,
}

impl Person {
    /// What a program's audit log knows them by: a hash of address and program, so that whoever knows the address can tell
    /// who it was, and nobody can tell the address, nor that one person was at two programs.
    pub(crate) fn name_at(&self, uid: &str) -> String {
        let hash = sha256_hex(format!("access {uid} {}", self.email).as_bytes());
        format!("acc_{}", hash.get(..20).unwrap_or_default())
    }
}

/// Who sends this assertion; none where Access is not in use, or where it proves nothing.
///
/// # Errors
/// The host cannot check signatures at all.
pub(crate) async fn person(isolate: &Isolate, assertion: &str) -> Result<Option<Person>, Problem> {
    let Some(policy) = isolate.access.as_ref().filter(|_| !assertion.is_empty()) else { return Ok(None) };
    let Ok(token) = Token::parse(assertion) else { return Ok(None) };
    let Some(key) = key(policy, &token.kid).await? else { return Ok(None) };
    let verified = js::verified(&key.jwk, token.signed, &token.signature);
    if JsFuture::from(verified).await?.as_bool() != Some(true) {
        return Ok(None);
    }
    let now = platform::now_ms().div_euclid(1000);
    Ok(token.claims(Signed, policy, now).ok().map(|email| Person { email }))
}

/// The key of this name: one that is known and fresh, else one that is read now, unless it was tried within a minute.
async fn key(policy: &Policy, kid: &str) -> Result<Option<PublicKey>, Problem> {
    let now = platform::now_ms();
    let within = |at: Option<i64>, span: i64| at.is_some_and(|at| (0..span).contains(&(now - at)));
    let find = |known: &Known| {
        known.keys.iter().find(|key| key.kid == kid && within(known.read_at, STALE_MS)).cloned()
    };
    let (found, is_fresh, asked) = KNOWN.with_borrow(|known| {
        (find(known), within(known.read_at, FRESH_MS), within(known.asked_at, ASKED_EVERY_MS))
    });
    if found.is_some() && is_fresh || asked {
        return Ok(found);
    }
    let most = u32::try_from(LONGEST_KEYS).unwrap_or(u32::MAX);
    let text = JsFuture::from(js::text_of(&policy.keys_url(), most)).await?.as_string();
    let keys = text.and_then(|text| read_keys(&text).ok());
    Ok(KNOWN.with_borrow_mut(|known| {
        // Once it is answered: who comes while a first answer is under way asks as well, and is not turned away.
        known.asked_at = Some(now);
        if let Some(keys) = keys {
            known.keys = keys;
            known.read_at = Some(now);
        } else {
            worker::console_error!("the keys of Access could not be read");
        }
        find(known)
    }))
}

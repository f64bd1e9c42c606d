//! Clicks in memory, until the batch is handed to the click shards.
//!
//! The first click of a batch asks the runtime to keep its request alive a moment longer; what the others add rides
//! along. Plain data, so that one request may carry another's.

use super::agents::Agent;
use super::flush;
use crate::facts::Program;
use referral::channel::Channel;
use referral::code::Code;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::future_to_promise;
use worker::worker_sys::Context;

/// What a batch may weigh, in bytes of requests; what is heavier is not counted. Memory is worth more than a count.
const HEAVIEST: usize = 24 << 20;

/// The heaviest request that is counted, in bytes: URL and headers.
const HEAVIEST_REQUEST: usize = 32 << 10;

/// A flush that has not happened by then never will; its request was cut off. Milliseconds.
const LOST_AFTER_MS: i64 = 5_000;

thread_local! {
    static WAITING: RefCell<Vec<Click>> = const { RefCell::new(Vec::new()) };
    static WEIGHT: Cell<usize> = const { Cell::new(0) };
    /// When the flush of the batch in memory was asked for; 0 for not yet.
    static ASKED_AT: Cell<i64> = const { Cell::new(0) };
}

/// What went into a click id.
#[derive(Clone, Copy, Debug)]
pub(super) struct Minted {
    pub(super) code: Code,
    /// Seconds since 1970.
    pub(super) clicked_at: i64,
    pub(super) nonce: [u8; 6],
    pub(super) channel: Channel,
    pub(super) agent: Agent,
}

/// One click, with what is needed to count it.
pub(super) struct Click {
    pub(super) program: Rc<Program>,
    pub(super) minted: Minted,
    /// The request as it was read; only ever in memory.
    pub(super) text: String,
}

/// Adds a click to the batch, and has the batch flushed if nobody has yet.
pub(super) fn add(click: Click, context: &Context, now: i64) {
    let weight = WEIGHT.get() + click.text.len();
    if click.text.len() > HEAVIEST_REQUEST || weight > HEAVIEST {
        return;
    }
    WEIGHT.set(weight);
    WAITING.with(|waiting| waiting.borrow_mut().push(click));
    let asked = ASKED_AT.get();
    if asked != 0 && now.saturating_sub(asked) < LOST_AFTER_MS {
        return;
    }
    let promise = future_to_promise(flush::soon());
    if context.wait_until(&promise).is_ok() {
        ASKED_AT.set(now);
    }
}

/// Everything that waits; the next click starts a new batch.
pub(super) fn take() -> Vec<Click> {
    ASKED_AT.set(0);
    WEIGHT.set(0);
    WAITING.with(|waiting| std::mem::take(&mut *waiting.borrow_mut()))
}

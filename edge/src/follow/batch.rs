//! Clicks in memory, until the batch is handed to the click shards.
//!
//! The first click of a batch asks the runtime to keep its request alive a moment longer; what the others add rides
//! along. Plain data, so that one request may carry another's.

use super::flush;
use super::request::{Request, head, referring_host};
use crate::facts::Program;
use referral::channel::Channel;
use referral::code::Code;
use referral::visit::Device;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::future_to_promise;
use worker::worker_sys::Context;

/// More than this in one batch is not counted: an isolate's memory is worth more than a count.
const MOST: usize = 50_000;

/// A flush that has not happened by then never will; its request was cut off. Milliseconds.
const LOST_AFTER_MS: i64 = 5_000;

thread_local! {
    static WAITING: RefCell<Vec<Click>> = const { RefCell::new(Vec::new()) };
    /// When the flush of the batch in memory was asked for; 0 for not yet.
    static ASKED_AT: Cell<i64> = const { Cell::new(0) };
}

/// One click, with what is needed to count it.
pub(super) struct Click {
    pub(super) program: Rc<Program>,
    pub(super) code: Code,
    /// Seconds since 1970.
    pub(super) clicked_at: i64,
    pub(super) nonce: [u8; 6],
    pub(super) channel: Channel,
    pub(super) device: Device,
    /// What tells visitors apart; none with Global Privacy Control. Only ever in memory.
    pub(super) visitor: Option<String>,
    /// Two capital letters, or zeros.
    country: [u8; 2],
    pub(super) referring_host: Box<str>,
}

impl Click {
    pub(super) fn new(
        program: &Rc<Program>,
        code: Code,
        clicked_at: i64,
        nonce: [u8; 6],
        channel: Channel,
        request: &Request<'_>,
    ) -> Self {
        let agent = request.visit.user_agent;
        let country = match request.country.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => [*a, *b],
            _ => [0; 2],
        };
        Self {
            program: Rc::clone(program),
            code,
            clicked_at,
            nonce,
            channel,
            device: Device::of(agent),
            visitor: (!request.privacy_control).then(|| {
                [head(request.client_ip, 64), head(agent, 512), head(request.language, 128)].join("\n")
            }),
            country,
            referring_host: referring_host(request.referer).into(),
        }
    }

    pub(super) fn country(&self) -> &str {
        if self.country == [0; 2] { "" } else { core::str::from_utf8(&self.country).unwrap_or_default() }
    }
}

/// Adds a click to the batch, and has the batch flushed if nobody has yet.
pub(super) fn add(click: Click, context: &Context, now: i64) {
    WAITING.with(|waiting| {
        let mut waiting = waiting.borrow_mut();
        if waiting.len() < MOST {
            waiting.push(click);
        }
    });
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
    WAITING.with(|waiting| std::mem::take(&mut *waiting.borrow_mut()))
}

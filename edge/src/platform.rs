//! The clock and the entropy of the platform. No other file of this crate reads either.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::cell::RefCell;

/// Milliseconds since 1970-01-01T00:00:00Z. On Cloudflare the clock stands still between I/O.
#[expect(
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    reason = "the one place that reads the clock; whole milliseconds fit an i64"
)]
pub(crate) fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

thread_local! {
    static GENERATOR: RefCell<Option<ChaCha12Rng>> = const { RefCell::new(None) };
}

/// `N` random bytes from a generator seeded once per isolate from the host's entropy.
///
/// # Errors
/// The host refuses entropy (it does at start-up, never in a request).
pub(crate) fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    GENERATOR.with(|slot| {
        let mut slot = slot.borrow_mut();
        let generator = if let Some(generator) = slot.as_mut() {
            generator
        } else {
            let mut seed = [0; 32];
            #[expect(clippy::disallowed_methods, reason = "the one place that draws entropy")]
            getrandom::fill(&mut seed)?;
            slot.insert(ChaCha12Rng::from_seed(seed))
        };
        let mut bytes = [0; N];
        generator.fill_bytes(&mut bytes);
        Ok(bytes)
    })
}

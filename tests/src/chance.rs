//! Seeded randomness. The seed is printed; `GOODWORD_SEED` plays a run again.

use std::time::{SystemTime, UNIX_EPOCH};

/// `SplitMix64` (Steele, Lea, Flood 2014): enough to choose moments and orders, nothing secret.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// From `GOODWORD_SEED`, else from the clock. Prints what it took, under the name of the suite.
    pub fn new(suite: &str) -> Self {
        let given = std::env::var("GOODWORD_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| now_ms().cast_unsigned());
        println!("{suite}: GOODWORD_SEED={seed}");
        Self(seed)
    }

    /// From a number; another of the same suite has another.
    pub const fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.bits() % end.max(1)
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let at = self.below(u64::try_from(items.len()).ok()?);
        items.get(usize::try_from(at).ok()?)
    }

    /// Shuffles (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = usize::try_from(self.below(at as u64 + 1)).unwrap_or(0);
            items.swap(at, other);
        }
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.bits().to_le_bytes()[0])
    }
}

/// Milliseconds since 1970, by this machine's clock, which is the edge's as well.
#[expect(clippy::disallowed_methods, reason = "tests compare what the edge wrote with the clock it read")]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Waits over the end of an hour (UTC) that is nearer than this: what a test does next lies in one hour, and so in one day.
pub fn in_one_hour(seconds: i64) {
    const HOUR_MS: i64 = 3_600_000;
    let left = HOUR_MS - now_ms().rem_euclid(HOUR_MS);
    if left < seconds * 1000 {
        std::thread::sleep(std::time::Duration::from_millis(left.cast_unsigned() + 50));
    }
}

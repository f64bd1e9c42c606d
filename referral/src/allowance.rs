//! How often a caller may call: so many calls in each minute of the clock.
//!
//! A window is a whole minute, the same for everybody, so that `RateLimit-Reset` is a number of seconds anybody can
//! check. Around the turn of a minute a caller may therefore make twice as many calls in a row as in one minute.

use alloc::string::{String, ToString};
use core::net::{IpAddr, Ipv6Addr};
use serde::{Deserialize, Serialize};

/// Milliseconds of a window.
const WINDOW_MS: i64 = 60_000;

/// The calls of one caller in the minute at hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Minutes since 1970.
    minute: i64,
    spent: u32,
}

/// What a caller is told about their allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Calls a minute.
    pub limit: u32,
    /// Calls left in this minute.
    pub remaining: u32,
    /// Seconds until the next minute, 1 to 60.
    pub reset: u32,
    /// This call was one too many.
    pub exceeded: bool,
}

impl Window {
    /// Counts one call at `now_ms`, milliseconds since 1970, against a limit of so many a minute. A clock that jumps back
    /// starts a new window, as one that goes on does.
    pub fn spend(&mut self, limit: u32, now_ms: i64) -> Left {
        let minute = now_ms.div_euclid(WINDOW_MS);
        if minute != self.minute {
            *self = Self { minute, spent: 0 };
        }
        let exceeded = self.spent >= limit;
        self.spent = self.spent.saturating_add(1);
        let rest = WINDOW_MS - now_ms.rem_euclid(WINDOW_MS);
        Left {
            limit,
            remaining: limit.saturating_sub(self.spent),
            reset: u32::try_from((rest + 999) / 1000).unwrap_or(60),
            exceeded,
        }
    }

    /// Whether anything was counted in the minute of `now_ms`.
    pub fn is_current(&self, now_ms: i64) -> bool {
        self.minute == now_ms.div_euclid(WINDOW_MS)
    }
}

/// Whom an address stands for: an IPv4 address for itself, an IPv6 address for its /64, which is what one household or
/// server is given (RFC 6177). What is no address stands for nobody.
pub fn household(address: &str) -> Option<String> {
    match address.trim().parse().ok()? {
        IpAddr::V4(address) => Some(address.to_string()),
        IpAddr::V6(address) => {
            if let Some(inside) = address.to_ipv4_mapped() {
                return Some(inside.to_string());
            }
            let [a, b, c, d, ..] = address.segments();
            Some(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_call_of_an_allowance_passes_and_the_next_does_not() {
        let mut window = Window::default();
        let left = |spent: u32, exceeded| Left { limit: 2, remaining: 2 - spent, reset: 30, exceeded };
        assert_eq!(window.spend(2, 90_000), left(1, false));
        assert_eq!(window.spend(2, 90_000), left(2, false));
        assert_eq!(window.spend(2, 90_000), left(2, true));
    }

    #[test]
    fn a_new_minute_is_a_new_allowance() {
        let mut window = Window::default();
        assert!(!window.spend(1, 119_999).exceeded);
        assert!(window.spend(1, 119_999).exceeded);
        assert!(!window.spend(1, 120_000).exceeded);
        assert!(!window.spend(1, 60_000).exceeded, "a clock that jumps back locks nobody out");
    }

    #[test]
    fn the_wait_is_told_in_whole_seconds_and_never_as_none() {
        for (now, reset) in [(0, 60), (1, 60), (59_000, 1), (59_001, 1), (59_999, 1), (-1, 1)] {
            assert_eq!(Window::default().spend(1, now).reset, reset, "{now}");
        }
    }

    #[test]
    fn one_household_has_one_allowance_however_its_address_turns() {
        let check = |address, who: Option<&str>| assert_eq!(household(address).as_deref(), who, "{address}");
        check("203.0.113.7", Some("203.0.113.7"));
        check(" 203.0.113.7 ", Some("203.0.113.7"));
        check("::ffff:203.0.113.7", Some("203.0.113.7"));
        check("2001:db8:1:2:3:4:5:6", Some("2001:db8:1:2::"));
        check("2001:db8:1:2:ffff::1", Some("2001:db8:1:2::"));
        for nobody in ["", "unknown", "203.0.113.7, 10.0.0.1", "203.0.113.7:80", "<script>"] {
            check(nobody, None);
        }
    }

    proptest! {
        #[test]
        fn in_one_minute_exactly_the_allowance_passes(limit in 0_u32..200, calls in 0_u32..400, now in any::<i32>()) {
            let mut window = Window::default();
            let passed = (0..calls).filter(|_| !window.spend(limit, i64::from(now)).exceeded).count();
            prop_assert_eq!(u32::try_from(passed).ok(), Some(calls.min(limit)));
        }
    }
}

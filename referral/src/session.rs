//! Sessions of the dashboard and of the referrer's page: what a browser holds instead of a key or a proof, and for how long.
//!
//! A session is never better than what it was given for: when a key ends, so does its session.

use crate::api_key::{Mode, sha256_hex};
use crate::instant::Instant;
use crate::root_keys::RootKeys;
use crate::tagged::{Live, NAME, RANDOM};
use alloc::string::{String, ToString};
use core::fmt;

/// A session that nobody uses ends after an hour.
///
/// Source: NIST SP 800-63B-4, section 2.2.3: at AAL2 the inactivity timeout should be no more than an hour.
pub const IDLE_MS: i64 = 3_600_000;

/// A session ends a day after it began, used or not.
///
/// Source: the same section: at AAL2 the overall timeout should be no more than 24 hours.
pub const LONGEST_MS: i64 = 24 * 3_600_000;

/// A way into the referrer's page is good for five minutes, and once.
///
/// Source: our own choice: it is followed at once, by the click that asked for it.
pub const WAY_IN_MS: i64 = 5 * 60_000;

/// How often the ledger notes that a session is used, in milliseconds; not with every page.
pub const NOTED_EVERY_MS: i64 = 60_000;

/// A session of the dashboard that is used is given a new secret every quarter of an hour.
///
/// Source: our own choice, after OWASP's Session Management Cheat Sheet, "Renewal Timeout".
pub const RENEWED_EVERY_MS: i64 = 15 * 60_000;

/// How long a secret is still good once the next one was used, for what was on its way.
///
/// Source: our own choice: pages answer within seconds.
pub const GRACE_MS: i64 = 60_000;

/// Where a session is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// In a program's ledger, live or test: with a secret key of that ledger.
    Program(Mode, String),
    /// In the directory: with the operator's key.
    Operator,
    /// In a program's ledger: a referrer at their page.
    Referrer(Mode, String),
    /// In a program's ledger: what is exchanged for such a session, once.
    WayIn(Mode, String),
}

impl Home {
    const fn prefix(&self) -> &'static str {
        match self {
            Self::Program(Mode::Live, _) => "ses_live_",
            Self::Program(Mode::Test, _) => "ses_test_",
            Self::Operator => "ses_operator_",
            Self::Referrer(Mode::Live, _) => "prs_live_",
            Self::Referrer(Mode::Test, _) => "prs_test_",
            Self::WayIn(Mode::Live, _) => "pin_live_",
            Self::WayIn(Mode::Test, _) => "pin_test_",
        }
    }
}

/// A session's secret: it stands in the browser's cookie and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// Where it is kept.
    pub home: Home,
    text: String,
}

impl Token {
    /// The whole secret.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is kept of it.
    pub fn hash(&self) -> String {
        sha256_hex(self.text.as_bytes())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.home.prefix())
    }
}

/// The deployment's keys for the tags of sessions, prepared once.
#[derive(Clone)]
pub struct Tokens(Live);

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

impl Tokens {
    /// From the deployment's root keys.
    pub fn derive(root: &RootKeys) -> Self {
        Self(Live::derive(root, "session"))
    }

    /// Makes a session's secret. `None` where the program's uid is not one.
    pub fn mint(&self, home: Home, random: [u8; RANDOM]) -> Option<Token> {
        let nobody = crate::api_key::uid([0; NAME]);
        let name = match &home {
            Home::Program(_, uid) | Home::Referrer(_, uid) | Home::WayIn(_, uid) => uid,
            Home::Operator => &nobody,
        };
        let text = self.0.signing.seal(home.prefix(), name, random)?;
        Some(Token { home, text })
    }

    /// Reads a secret as a browser sent it. `None` where this deployment did not make it; whether it is still good, only
    /// its home knows.
    pub fn parse(&self, text: &str) -> Option<Token> {
        let homes = [
            Home::Program(Mode::Live, String::new()),
            Home::Program(Mode::Test, String::new()),
            Home::Operator,
            Home::Referrer(Mode::Live, String::new()),
            Home::Referrer(Mode::Test, String::new()),
            Home::WayIn(Mode::Live, String::new()),
            Home::WayIn(Mode::Test, String::new()),
        ];
        let home = homes.into_iter().find(|home| text.starts_with(home.prefix()))?;
        let name = self.0.open(home.prefix(), text)?;
        let home = match home {
            Home::Program(mode, _) => Home::Program(mode, name),
            Home::Referrer(mode, _) => Home::Referrer(mode, name),
            Home::WayIn(mode, _) => Home::WayIn(mode, name),
            Home::Operator => Home::Operator,
        };
        Some(Token { home, text: text.to_string() })
    }
}

/// Whether a session is still one, that began and was last used at these times.
pub fn is_live(created_at: Instant, seen_at: Instant, now: Instant) -> bool {
    now.since_ms(created_at) < LONGEST_MS && now.since_ms(seen_at) < IDLE_MS
}

/// What a secret of a session is worth that is good by its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// It is the one in use, or was until a moment ago.
    Good,
    /// The same, and a next one may be given out.
    Due,
    /// It was given out and is used for the first time: from now on it is the one in use.
    New,
    /// Another has taken its place: whoever uses it still, or whoever used the other, has taken it from somebody.
    Replayed,
}

/// Judges a secret by when it was first used, when one that was given out after it was, and when the newest of its session
/// was given out. It is replaced by the use of the next one and not before, so that an answer that was lost signs nobody out.
pub fn worth(
    taken_at: Option<Instant>,
    replaced_at: Option<Instant>,
    newest_at: Instant,
    now: Instant,
) -> Worth {
    match (replaced_at, taken_at) {
        (Some(at), _) if now.since_ms(at) >= GRACE_MS => Worth::Replayed,
        (None, None) => Worth::New,
        (None, Some(_)) if now.since_ms(newest_at) >= RENEWED_EVERY_MS => Worth::Due,
        _ => Worth::Good,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api_key::{ApiKeys, uid};
    use alloc::format;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn root(id: u8) -> RootKeys {
        RootKeys::parse(&format!("{id}:{}", format!("{id:02x}").repeat(32))).expect("well formed")
    }

    fn homes() -> Vec<Home> {
        let of =
            |home: fn(Mode, String) -> Home| [Mode::Live, Mode::Test].map(|mode| home(mode, uid([7; 10])));
        let mut homes = vec![Home::Operator];
        homes.extend([Home::Program, Home::Referrer, Home::WayIn].into_iter().flat_map(of));
        homes
    }

    #[test]
    fn a_session_is_read_as_it_was_made_and_shows_nothing_of_itself() {
        for home in homes() {
            let token = Tokens::derive(&root(1)).mint(home.clone(), [9; 16]).expect("a uid");
            assert_eq!(token.home, home);
            assert_eq!(Tokens::derive(&root(1)).parse(token.text()), Some(token.clone()));
            assert!(!format!("{token:?}").contains(&token.text()[20..]), "debug output holds no secret");
        }
    }

    #[test]
    fn a_session_of_another_deployment_or_home_is_refused() {
        let tokens = Tokens::derive(&root(1));
        for home in homes() {
            let token = tokens.mint(home, [9; 16]).expect("a uid");
            assert_eq!(Tokens::derive(&root(2)).parse(token.text()), None);
            let body = &token.text()[token.home.prefix().len()..];
            for other in homes().iter().filter(|other| **other != token.home) {
                assert_eq!(tokens.parse(&format!("{}{body}", other.prefix())), None);
            }
            assert!(
                ApiKeys::derive(&root(1)).parse(&format!("sk_live_{body}")).is_err(),
                "no key of the API"
            );
        }
    }

    #[test]
    fn a_session_ends_an_hour_after_its_last_use_and_a_day_after_its_beginning() {
        let at = Instant::from_ms;
        let check = |created, seen, now, live| {
            assert_eq!(is_live(at(created), at(seen), at(now)), live, "{created} {seen} {now}");
        };
        check(0, 0, 0, true);
        check(0, 0, IDLE_MS - 1, true);
        check(0, 0, IDLE_MS, false);
        check(0, LONGEST_MS - 1, LONGEST_MS - 1, true);
        check(0, LONGEST_MS - 1, LONGEST_MS, false);
    }

    #[test]
    fn a_secret_is_replaced_by_the_use_of_the_next_one_and_worth_nothing_a_minute_after() {
        let at = Instant::from_ms;
        let check = |taken: Option<i64>, replaced: Option<i64>, newest, now, worth_of| {
            let found = worth(taken.map(at), replaced.map(at), at(newest), at(now));
            assert_eq!(found, worth_of, "{taken:?} {replaced:?} {newest} {now}");
        };
        check(Some(0), None, 0, RENEWED_EVERY_MS - 1, Worth::Good);
        check(Some(0), None, 0, RENEWED_EVERY_MS, Worth::Due);
        let given = RENEWED_EVERY_MS;
        check(Some(0), None, given, given + 1, Worth::Good);
        check(Some(0), None, given, LONGEST_MS, Worth::Due);
        check(None, None, given, given + 1, Worth::New);
        check(None, None, given, LONGEST_MS, Worth::New);
        let used = given + 5;
        check(Some(0), Some(used), given, used + GRACE_MS - 1, Worth::Good);
        check(Some(0), Some(used), given, used + GRACE_MS, Worth::Replayed);
        check(None, Some(used), given, used + GRACE_MS, Worth::Replayed);
        check(Some(used), None, given, used, Worth::Good);
    }

    proptest! {
        #[test]
        fn nothing_makes_reading_panic(text in ".{0,120}", tail in "[0-9a-z]{50}") {
            prop_assert!(Tokens::derive(&root(1)).parse(&text).is_none());
            let _ = Tokens::derive(&root(1)).parse(&format!("ses_live_{tail}"));
        }
    }
}

//! Click ids that we sign ourselves with the root keys of an edge we started: of any time, any code, any program.

use crate::chance::now_ms;
use crate::house::House;
use crate::program::Program;
use referral::channel::Channel;
use referral::click_token::ClickKeys;
use referral::code::Code;
use referral::root_keys::RootKeys;
use std::sync::atomic::{AtomicU32, Ordering};

/// The click keys of a program.
pub fn keys(house: &House, uid: &str) -> ClickKeys {
    let root = RootKeys::parse(&house.root_keys).expect("the root keys of a house");
    ClickKeys::derive(&root, uid.as_bytes())
}

/// A valid click on a code of this program, so many seconds ago. No two are the same.
pub fn click(program: &Program, code: &str, seconds_ago: i64) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let code = Code::parse(code).expect("a code of the tests");
    let [a, b, c, d] = NUMBER.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let at = now_ms().div_euclid(1000) - seconds_ago;
    keys(&program.house, program.uid()).mint(&code, at, [7, 7, a, b, c, d], Channel::Direct).to_string()
}

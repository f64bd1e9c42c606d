//! Click ids, API keys, identity tokens and link secrets as a stranger writes them: none is accepted that we did not make.
#![no_main]

use libfuzzer_sys::fuzz_target;
use referral::api_key::{ApiKeys, KeyKind, Mode};
use referral::channel::Channel;
use referral::click_token::ClickKeys;
use referral::code::Code;
use referral::link_secret::LinkSecret;
use referral::root_keys::RootKeys;
use std::sync::LazyLock;

const UID: &str = "0123456789abcdef";
const NOW: i64 = 1_795_000_000;

struct Deployment {
    clicks: ClickKeys,
    keys: ApiKeys,
    click: String,
    key: String,
}

static OURS: LazyLock<Deployment> = LazyLock::new(|| {
    let root = RootKeys::parse(&format!("1:{}", "a5".repeat(32))).expect("a root key");
    let clicks = ClickKeys::derive(&root, UID.as_bytes());
    let keys = ApiKeys::derive(&root);
    let code = Code::parse("ada").expect("a code");
    let click = clicks.mint(&code, NOW - 60, [7; 6], Channel::ALL[0]).as_str().to_owned();
    let key = keys.mint(KeyKind::Secret, Mode::Live, UID, [9; 16]).expect("a key").text().to_owned();
    Deployment { clicks, keys, click, key }
});

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some(offset) = data.first() else { return };
    let ours = &*OURS;
    // What the fuzzer writes, and ours with what it writes laid over it.
    for (real, from) in [(&ours.click, 0), (&ours.key, 1)] {
        let mut mixed = real.clone().into_bytes();
        for (at, byte) in data.iter().enumerate().skip(1) {
            let place = (usize::from(*offset) + at) % mixed.len();
            if byte.is_ascii_graphic() {
                mixed[place] = *byte;
            }
        }
        let mixed = String::from_utf8(mixed).expect("ASCII");
        for candidate in [text, mixed.as_str()] {
            if from == 0 && ours.clicks.verify(candidate, NOW).is_ok() {
                assert_eq!(candidate, real, "a forged click id");
            }
            if from == 1 && ours.keys.parse(candidate).is_ok() {
                assert_eq!(candidate, real, "a forged key");
            }
        }
    }
    if let Some(secret) = LinkSecret::parse(text) {
        assert_eq!(secret.hash(), LinkSecret::parse(text).expect("again").hash());
    }
});

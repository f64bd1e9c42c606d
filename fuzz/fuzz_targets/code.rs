//! Codes as people type them: what is accepted is one spelling, and reads back as itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use referral::code::Code;
use referral::instant::Instant;
use referral::payout;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(code) = Code::parse(text) {
        let spelt = code.as_str();
        assert!((3..=32).contains(&spelt.len()), "{spelt}");
        assert!(spelt.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{spelt}");
        assert_eq!(Code::parse(spelt), Ok(code.clone()), "{text:?}");
        assert_eq!(code.is_minted(), code.minted_bytes().is_some());
        if let Some(bytes) = code.minted_bytes() {
            assert_eq!(Code::mint(&bytes), code);
        }
    }
    if let Ok(code) = Code::vanity(text) {
        assert_eq!(Code::parse(code.as_str()), Ok(code));
    }
    if let Some(iban) = payout::iban(text) {
        assert_eq!(payout::iban(&iban).as_ref(), Some(&iban));
    }
    if let Some(instant) = Instant::parse(text) {
        assert_eq!(Instant::parse(&instant.to_string()), Some(instant), "{text:?}");
    }
});

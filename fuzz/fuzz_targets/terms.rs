//! Terms as a merchant writes them: every fault is named, and what is accepted reads back as itself and can be said in
//! words in every language.
#![no_main]

use libfuzzer_sys::fuzz_target;
use referral::input;
use referral::money::Currency;
use referral::promise::{self, Locale};
use referral::terms::Terms;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(fields) = input::object(text) else { return };
    match Terms::read("terms", &fields) {
        Err(errors) => {
            assert!(!errors.is_empty());
            for error in errors {
                assert!(!error.field.is_empty() && !error.code.is_empty() && !error.detail.is_empty(), "{error:?}");
            }
        }
        Ok(terms) => {
            let stored = serde_json::to_string(&terms).expect("terms are stored as JSON");
            let again: Terms = serde_json::from_str(&stored).expect("and read again");
            assert_eq!(again, terms, "{stored}");
            let currency = Currency::parse("EUR").expect("a currency");
            for tag in ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja", "ar"] {
                let locale = Locale::of_tag(tag).expect("a language of ours");
                let _ = promise::say(&terms, currency, locale);
            }
        }
    }
});

//! What only a browser can show: its randomness, the code it computes, and that both sides of
//! [`super`] mean the same. Run in Chromium by `cargo xtask test --only browser`; the known codes
//! also natively.

use crate::keepsake::Secret;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

/// Proofs and the codes that belong to them, by a second implementation of the rule in
/// `referral::code` (Python's `hashlib`).
const KNOWN: [(&str, &str); 4] = [
    ("gws_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "8ety4n7fwzw"),
    ("gws___________________________________________8", "4vscbxgdpdr"),
    ("gws_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "dtc3te3yy9r"),
    ("gws_nZfIpIjxhXyFkUjdNqXqczygNEKzm74b9iVpln-cSic", "4kb7jjr8nfc"),
];

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn known_secrets_have_the_same_codes_on_every_machine() {
    for (proof, code) in KNOWN {
        let secret = Secret::from_proof(proof).unwrap();
        assert_eq!(secret.code().as_str(), code, "{proof}");
        assert_eq!(secret.proof(), proof);
    }
}

#[cfg(target_arch = "wasm32")]
mod in_chromium {
    use super::*;
    use crate::browser::{BrowserPage, Panel};
    use alloc::string::{String, ToString};
    use referral::code::{Code, MINTED_LEN};
    use std::collections::HashSet;
    use wasm_bindgen::prelude::*;

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen(module = "/src/browser/page.js")]
    extern "C" {
        fn page(kept: &str) -> BrowserPage;
        fn called(page: &BrowserPage) -> String;
        fn link(page: &BrowserPage) -> String;
        fn kept(page: &BrowserPage) -> String;
        #[wasm_bindgen(js_name = withoutRandomness)]
        fn without_randomness(work: &mut dyn FnMut() -> bool) -> bool;
    }

    /// A second hold on the same page: the panel takes one.
    fn twin(page: &BrowserPage) -> BrowserPage {
        AsRef::<JsValue>::as_ref(page).clone().unchecked_into()
    }

    const BASE: &str = "https://go.example/r/0123456789abcdef/";

    #[wasm_bindgen_test]
    fn secrets_are_drawn_anew_each_time_and_their_codes_are_well_formed() {
        let (mut proofs, mut codes) = (HashSet::new(), HashSet::new());
        for _ in 0..256 {
            let secret = Secret::draw().unwrap();
            let code = secret.code();
            assert_eq!(code.as_str().len(), MINTED_LEN);
            assert!(Code::parse(code.as_str()) == Ok(code), "the check character is right");
            assert!(Secret::from_proof(&secret.proof()) == Some(secret.clone()), "the proof reads back");
            proofs.insert(secret.proof());
            codes.insert(code.as_str().to_string());
        }
        assert_eq!((proofs.len(), codes.len()), (256, 256));
        // Every byte of a secret is drawn: at each place more than one character was seen.
        for place in 4..47 {
            let seen: HashSet<u8> = proofs.iter().map(|proof| proof.as_bytes()[place]).collect();
            assert!(seen.len() > 8, "place {place} of a proof hardly changes");
        }
    }

    #[wasm_bindgen_test]
    fn a_browser_without_randomness_gets_no_panel_and_no_guessable_link() {
        assert!(without_randomness(&mut || Secret::draw().is_none() && Panel::open(page("")).is_none()));
        assert!(Secret::draw().is_some(), "and as soon as there is some, a secret is drawn");
    }

    #[wasm_bindgen_test]
    fn the_link_stands_in_the_page_at_once_and_is_the_kept_secrets_own() {
        let page = page("");
        let _panel = Panel::open(twin(&page)).unwrap();
        let secret = Secret::from_proof(&kept(&page)[..47]).unwrap();
        assert_eq!(link(&page), [BASE, secret.code().as_str()].concat());
    }

    #[wasm_bindgen_test]
    fn a_later_visit_shows_the_link_of_the_first() {
        let first = page("");
        drop(Panel::open(twin(&first)).unwrap());
        let later = page(&kept(&first));
        drop(Panel::open(twin(&later)).unwrap());
        assert_eq!(link(&later), link(&first));
        // What is damaged is not guessed at: a new secret is drawn.
        let damaged = page(&kept(&first).replacen("gws_", "gws-", 1));
        drop(Panel::open(twin(&damaged)).unwrap());
        assert_ne!(link(&damaged), link(&first));
    }

    #[wasm_bindgen_test]
    fn copying_hands_the_page_the_link_that_is_shown() {
        let page = page("");
        let mut panel = Panel::open(twin(&page)).unwrap();
        called(&page);
        panel.act("copy");
        let calls = called(&page);
        let copied = calls.lines().find_map(|call| call.strip_prefix("copy "));
        assert_eq!(copied, Some(link(&page).as_str()), "{calls}");
    }
}

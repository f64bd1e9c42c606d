//! Attacks on click ids.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_800_000_000;
const PROGRAM: &[u8] = b"0123456789abcdef";
const DAY: i64 = 86_400;

fn root(keys: &[(u8, u8)]) -> RootKeys {
    let list: Vec<String> =
        keys.iter().map(|(id, fill)| format!("{id}:{}", format!("{fill:02x}").repeat(32))).collect();
    RootKeys::parse(&list.join(",")).unwrap()
}

fn keys() -> ClickKeys {
    ClickKeys::derive(&root(&[(1, 0xA1)]), PROGRAM)
}

fn codes() -> [Code; 4] {
    [
        Code::mint(&[0x5A; 7]),
        Code::parse("ada").unwrap(),
        Code::parse("seven-7").unwrap(),
        Code::parse(&"z".repeat(32)).unwrap(),
    ]
}

/// A token with any content, correctly signed by a key of any purpose.
fn forge(purpose: &str, fill: u8, content: &[u8]) -> String {
    let key = root(&[(1, fill)]).signing().derive(purpose, PROGRAM);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(content);
    let mut bytes = content.to_vec();
    bytes.extend_from_slice(&mac.finalize().into_bytes()[..TAG_LEN]);
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// What `mint` signs, laid out by hand.
fn content(head: u8, at: i64, channel: u8, code: &[u8]) -> Vec<u8> {
    let mut bytes = vec![head];
    bytes.extend_from_slice(&at.to_be_bytes()[3..]);
    bytes.extend_from_slice(&[4; 6]);
    bytes.push(channel);
    bytes.extend_from_slice(code);
    bytes
}

fn rejected(keys: &ClickKeys, text: &str) {
    assert_eq!(keys.verify(text, NOW), Err(Rejected), "{text:?}");
}

#[test]
fn what_was_minted_reads_back() {
    for code in codes() {
        for channel in Channel::ALL {
            let id = keys().mint(&code, NOW - 5, [1, 2, 3, 4, 5, 6], *channel);
            let click = Click { code, clicked_at: NOW - 5, nonce: [1, 2, 3, 4, 5, 6], channel: *channel };
            assert_eq!(keys().verify(id.as_str(), NOW), Ok(click));
            assert!(id.as_str().len() <= MAX_CLICK_ID_LEN);
            assert!(id.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)));
        }
    }
    assert_eq!(keys().mint(&codes()[0], NOW, [0; 6], Channel::Direct).as_str().len(), 52);
    assert_eq!(keys().mint(&codes()[3], NOW, [0; 6], Channel::Direct).as_str().len(), 86);
    const { assert!(MAX_CLICK_ID_LEN <= 120) };
}

#[test]
fn every_flipped_bit_is_rejected() {
    let keys = keys();
    for code in codes() {
        let id = keys.mint(&code, NOW, [9; 6], Channel::Whatsapp);
        let mut bytes = URL_SAFE_NO_PAD.decode(&id.as_str()[4..]).unwrap();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                bytes[at] ^= 1 << bit;
                rejected(&keys, &format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(&bytes)));
                bytes[at] ^= 1 << bit;
            }
        }
        // And in the text itself, where a flip may leave the alphabet or UTF-8.
        let mut text = id.as_str().as_bytes().to_vec();
        for at in 0..text.len() {
            for bit in 0..8 {
                text[at] ^= 1 << bit;
                if let Ok(text) = core::str::from_utf8(&text) {
                    rejected(&keys, text);
                }
                text[at] ^= 1 << bit;
            }
        }
    }
}

#[test]
fn every_truncation_and_extension_is_rejected() {
    let keys = keys();
    for code in codes() {
        let id = keys.mint(&code, NOW, [9; 6], Channel::Direct).to_string();
        for len in 0..id.len() {
            rejected(&keys, &id[..len]);
            rejected(&keys, &id[len + 1..]);
        }
        for tail in ["A", "=", "==", "AA", "AAAA", "\0", " ", "\n", "_", "%3D", "\u{e9}", "&gw_click=x", ";"]
        {
            rejected(&keys, &format!("{id}{tail}"));
            rejected(&keys, &format!("{tail}{id}"));
        }
        rejected(&keys, &format!("{id}{id}"));
        rejected(&keys, &format!("{id}{}", "A".repeat(10_000)));
        let bytes = URL_SAFE_NO_PAD.decode(&id[4..]).unwrap();
        for extra in 1..20 {
            let mut longer = bytes.clone();
            longer.extend(vec![0; extra]);
            rejected(&keys, &format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(&longer)));
            longer.rotate_right(extra);
            rejected(&keys, &format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(&longer)));
        }
    }
}

#[test]
fn there_is_only_one_way_to_write_a_click_id() {
    let keys = keys();
    // 44 and 46 bytes: the last character has two bits to spare, and four.
    for text in ["abc-defg-hij-kl", "abc-defg-hij-klmn"] {
        let code = Code::parse(text).unwrap();
        let id = keys.mint(&code, NOW, [0xFB; 6], Channel::Direct).to_string();
        assert_ne!(URL_SAFE_NO_PAD.decode(&id[4..]).unwrap().len() % 3, 0);
        let (head, last) = id.split_at(id.len() - 1);
        for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars() {
            assert_eq!(keys.verify(&format!("{head}{other}"), NOW).is_ok(), last == other.to_string());
        }
        rejected(&keys, &format!("{id}="));
        rejected(&keys, &format!("{id}=="));
        rejected(&keys, &id.to_uppercase());
        rejected(&keys, &id.to_lowercase());
        rejected(&keys, &id.replacen("gwc_", "GWC_", 1));
        rejected(&keys, &id.replacen("gwc_", "", 1));
        rejected(&keys, &id.replacen("gwc_", "gwc-", 1));
        assert!(id[4..].contains(['-', '_']), "the nonce makes sure of it");
        rejected(&keys, &format!("gwc_{}", id[4..].replace('-', "+").replace('_', "/")));
        for at in 0..=id.len() {
            for intruder in [" ", "\t", "\r\n", "\0", "=", "%", "\u{200b}", "\u{ff11}"] {
                rejected(&keys, &format!("{}{intruder}{}", &id[..at], &id[at..]));
            }
        }
        // Digits that only look like digits.
        let full_width: String =
            id.chars().map(|c| if c.is_ascii_digit() { '\u{ff10}' } else { c }).collect();
        if full_width != id {
            rejected(&keys, &full_width);
        }
    }
}

#[test]
fn another_program_purpose_or_secret_is_rejected() {
    let id = keys().mint(&codes()[0], NOW, [1; 6], Channel::Direct);
    rejected(&ClickKeys::derive(&root(&[(1, 0xA1)]), b"0123456789abcdeg"), id.as_str());
    rejected(&ClickKeys::derive(&root(&[(1, 0xA1)]), b"0123456789abcde"), id.as_str());
    rejected(&ClickKeys::derive(&root(&[(1, 0xA2)]), PROGRAM), id.as_str());
    let good = content(VERSION << 4 | 1, NOW, 0, &[3; 7]);
    let good = &good[..];
    let mut minted = good.to_vec();
    minted[19] &= 0b1100_0000;
    assert!(keys().verify(&forge(PURPOSE, 0xA1, &minted), NOW).is_ok());
    for purpose in ["", "clicks", "key", "identity", "Click"] {
        rejected(&keys(), &forge(purpose, 0xA1, &minted));
    }
}

/// Even with the right key, only what `mint` would have written is read.
#[test]
fn signed_nonsense_is_rejected() {
    let minted = [0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 0x40];
    let check = |head: u8, at: i64, channel: u8, code: &[u8], good: bool| {
        let text = forge(PURPOSE, 0xA1, &content(head, at, channel, code));
        assert_eq!(keys().verify(&text, NOW).is_ok(), good, "{head:#x} {at} {channel} {code:?}");
    };
    check(0x11, NOW, 0, &minted, true);
    check(0x19, NOW, 0, b"ada", true);
    for version in [0, 2, 3, 15] {
        check(version << 4 | 1, NOW, 0, &minted, false);
    }
    for unknown in [0, 2, 3, 4, 5, 6, 7] {
        check(VERSION << 4 | unknown, NOW, 0, &minted, false);
    }
    check(0x11, NOW, 14, &minted, false);
    check(0x11, NOW, 255, &minted, false);
    check(0x11, NOW, 0, &minted[..6], false);
    check(0x11, NOW, 0, &[0; 8], false);
    check(0x11, NOW, 0, &[], false);
    // The six bits after the code's fifty must be zero, or one click could be written 64 ways.
    check(0x11, NOW, 0, &[0x5A; 7], false);
    check(0x19, NOW, 0, b"ad", false);
    check(0x19, NOW, 0, b"Ada", false);
    check(0x19, NOW, 0, b"-da", false);
    check(0x19, NOW, 0, b"\xFF\xFE\xFD", false);
    check(0x19, NOW, 0, &[b'z'; 33], false);
    check(0x19, NOW, 0, &[], false);
    // A minted code written as if it were a vanity code.
    check(0x19, NOW, 0, Code::mint(&[1; 7]).as_str().as_bytes(), false);
}

#[test]
fn a_click_id_lives_400_days_and_may_be_5_minutes_ahead() {
    let keys = keys();
    let check = |at: i64, good: bool| {
        let id = keys.mint(&codes()[1], at, [1; 6], Channel::Direct);
        assert_eq!(keys.verify(id.as_str(), NOW).is_ok(), good, "{at}");
    };
    check(NOW, true);
    check(NOW - 400 * DAY, true);
    check(NOW - 400 * DAY - 1, false);
    check(NOW + 300, true);
    check(NOW + 301, false);
    check(0, false);
    check(i64::MIN, false);
    check(i64::MAX, false);
    let id = keys.mint(&codes()[1], NOW, [1; 6], Channel::Direct);
    for now in [i64::MIN, 0, i64::MAX] {
        assert_eq!(keys.verify(id.as_str(), now), Err(Rejected));
    }
    // Five bytes of seconds: nothing wraps in 2038 or 2106.
    for at in [1 << 31, (1 << 32) - 1, 1 << 32, (1 << 40) - 1] {
        let id = keys.mint(&codes()[1], at, [1; 6], Channel::Direct);
        assert_eq!(keys.verify(id.as_str(), at).map(|click| click.clicked_at), Ok(at));
    }
}

#[test]
fn rotation_overlaps_and_ends() {
    let derive = |live: &[(u8, u8)]| ClickKeys::derive(&root(live), PROGRAM);
    let before = derive(&[(1, 0xA1)]);
    let during = derive(&[(2, 0xB2), (1, 0xA1)]);
    let after = derive(&[(2, 0xB2)]);
    let old = before.mint(&codes()[0], NOW, [1; 6], Channel::Direct);
    let new = during.mint(&codes()[0], NOW, [1; 6], Channel::Direct);
    assert!(during.verify(old.as_str(), NOW).is_ok());
    assert!(during.verify(new.as_str(), NOW).is_ok());
    assert!(after.verify(new.as_str(), NOW).is_ok());
    rejected(&after, old.as_str());
    rejected(&before, new.as_str());
    // An id that is used again with another secret does not bring old click ids back.
    rejected(&derive(&[(1, 0xC3)]), old.as_str());
}

/// Computed independently with Python's hmac, hashlib and base64.
#[test]
fn the_format_is_what_the_table_says() {
    let id = keys().mint(&Code::mint(&[0x5A; 7]), NOW, [4; 6], Channel::Whatsapp);
    assert_eq!(id.as_str(), "gwc_EQBrSdIABAQEBAQEB1paWlpaWkB-wHXR08UbJElYZuIkxfvY");
    let id = keys().mint(&Code::parse("ada").unwrap(), NOW, [4; 6], Channel::Direct);
    assert_eq!(id.as_str(), "gwc_GQBrSdIABAQEBAQEAGFkYQzlQ3Ej6GekUdcj8pGE1t4");
}

#[test]
fn nothing_secret_is_in_debug_output() {
    assert_eq!(format!("{:?}", keys()), "ClickKeys { signing: 1, .. }");
}

#[test]
fn names_of_clicks_sort_by_time() {
    let name = |at, last| ClickName::new(at, [0, 0, 0, 0, 0, last]);
    assert_eq!(name(0, 1).as_str(), "clk_000000000000000001");
    assert!(name(NOW, 255) < name(NOW + 1, 0));
    assert!(name(NOW, 1) < name(NOW, 2));
    for at in [0, NOW, MAX_SECONDS] {
        let name = name(at, 9);
        assert_eq!(name.clicked_at(), at);
        assert_eq!(ClickName::parse(name.as_str()), Some(name));
    }
    for wrong in [
        "",
        "clk_",
        "clk_00000000000000000",
        "clk_0000000000000000000",
        "clk_00000000000000000l",
        "led_000000000000000001",
        "clk_00000000000000000A",
    ] {
        assert_eq!(ClickName::parse(wrong), None, "{wrong}");
    }
}

fn any_code() -> impl Strategy<Value = Code> {
    prop_oneof![
        any::<[u8; 7]>().prop_map(|random| Code::mint(&random)),
        "[a-z0-9]{1,6}(-[a-z0-9]{1,12}){1,2}".prop_filter_map("a code", |text| Code::parse(&text).ok()),
    ]
}

proptest! {
    #[test]
    fn a_click_id_reads_as_it_was_minted(code in any_code(), at in 0..MAX_SECONDS, nonce: [u8; 6], channel in 0_u8..14, program in "[0-9a-z]{16}") {
        let channel = Channel::from_number(channel).unwrap();
        let keys = ClickKeys::derive(&root(&[(5, 1), (0, 2)]), program.as_bytes());
        let id = keys.mint(&code, at, nonce, channel);
        prop_assert_eq!(keys.verify(id.as_str(), at), Ok(Click { code, clicked_at: at, nonce, channel }));
        prop_assert!(id.as_str().len() <= 120);
    }

    #[test]
    fn no_string_makes_reading_panic_or_succeed(text in "\\PC{0,140}|gwc_[A-Za-z0-9_-]{0,130}|[\\x00-\\x7f]{0,140}") {
        prop_assert_eq!(keys().verify(&text, NOW), Err(Rejected));
    }

    #[test]
    fn any_change_of_the_text_is_rejected(code in any_code(), at: prop::sample::Index, with in "\\PC") {
        let id = keys().mint(&code, NOW, [3; 6], Channel::Direct).to_string();
        let at = at.index(id.len());
        let changed = format!("{}{with}{}", &id[..at], &id[at + 1..]);
        prop_assume!(changed != id);
        prop_assert_eq!(keys().verify(&changed, NOW), Err(Rejected));
    }
}

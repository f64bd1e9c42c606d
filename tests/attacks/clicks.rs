//! Forged, altered, expired and foreign click ids: all are told the same, earn nothing, and land anyway.

use crate::alone;
use referral::channel::Channel;
use referral::code::Code;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::chance::now_ms;
use tests::forge;
use tests::house::House;
use tests::program::Program;
use tests::visitor::Visitor;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn decode(text: &str) -> Vec<u8> {
    let digits = text.bytes().filter_map(|byte| ALPHABET.iter().position(|known| *known == byte));
    let bits: Vec<bool> =
        digits.flat_map(|digit| (0..6).rev().map(move |bit| digit >> bit & 1 == 1)).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect()
}

fn encode(bytes: &[u8]) -> String {
    let bits: Vec<bool> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
    let digit = |bits: &[bool]| {
        (0..6).fold(0, |digit, at| digit << 1 | usize::from(bits.get(at).copied().unwrap_or(false)))
    };
    bits.chunks(6).map(|bits| char::from(ALPHABET[digit(bits)])).collect()
}

/// Everything that can be done to a good click id and must not work.
fn altered(good: &str) -> BTreeSet<String> {
    let body = good.trim_start_matches("gwc_");
    let bytes = decode(body);
    assert_eq!(encode(&bytes), body, "the tests read click ids as they are written");
    let mut bad = BTreeSet::new();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut other = bytes.clone();
            other[at] ^= 1 << bit;
            bad.insert(format!("gwc_{}", encode(&other)));
        }
    }
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut other = good.as_bytes().to_vec();
            other[at] ^= 1 << bit;
            bad.insert(other.into_iter().map(char::from).collect());
        }
        bad.insert(good[..at].to_owned());
        bad.insert(good[at..].to_owned());
        bad.insert(format!("{}{}", &good[..at], &good[at + 1..]));
        bad.insert(format!("{}A{}", &good[..at], &good[at..]));
    }
    for end in [
        "A",
        "AA",
        "AAAA",
        "=",
        "==",
        "%3D",
        " ",
        "\n",
        "\0",
        ".",
        "/",
        "+",
        ";",
        ",",
        "\u{2028}",
        "\u{ff21}",
        "\u{1f600}",
    ] {
        bad.insert(format!("{good}{end}"));
        bad.insert(format!("{end}{good}"));
        bad.insert(format!("{good}{end}{good}"));
    }
    bad.extend([
        good.to_ascii_uppercase(),
        good.to_ascii_lowercase(),
        good.replace('_', "-"),
        format!("gwc_{}", body.replace('-', "+").replace('_', "/") + "="),
        format!("gwc_{}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()),
        format!("gwc_{}", encode(&bytes.repeat(2))),
        format!("gwc_{}", encode(&vec![0; bytes.len()])),
        format!("gwc_{}", encode(&vec![255; bytes.len()])),
        format!("gwc_{}", "A".repeat(1_900)),
        format!("gwc_{}", "A".repeat(10_000)),
        String::from("gwc_"),
        String::from("null"),
        String::from("undefined"),
        String::from("[object Object]"),
        String::from("' OR 1=1 --"),
        String::from("\u{202e}gwc_"),
    ]);
    bad.remove("");
    // Letter case and the look of the last character may leave a click id as it was; what is equal is not altered.
    bad.retain(|text| text != good);
    bad
}

/// Click ids signed with the right keys, and still of no use.
fn untimely(program: &Program, other: &Program) -> Vec<String> {
    let now = now_ms().div_euclid(1000);
    let code = Code::parse("ada").expect("a code");
    let signed = |keys: &referral::click_token::ClickKeys, at: i64| {
        keys.mint(&code, at, *b"untime", Channel::Direct).to_string()
    };
    let keys = forge::keys(&program.house, program.uid());
    let foreign_root =
        referral::root_keys::RootKeys::parse(&format!("1:{}", "ab".repeat(32))).expect("a root key");
    let foreign = referral::click_token::ClickKeys::derive(&foreign_root, program.uid().as_bytes());
    vec![
        signed(&keys, now - 400 * 86_400 - 60),
        signed(&keys, 0),
        signed(&keys, now + 400),
        signed(&keys, now + 86_400 * 365 * 100),
        signed(&forge::keys(&program.house, other.uid()), now - 60),
        signed(&forge::keys(&program.house, &program.slug), now - 60),
        signed(&forge::keys(&program.house, &program.id), now - 60),
        signed(&foreign, now - 60),
    ]
}

/// What is left of an answer when everything that is the call's own is taken out.
fn shape(mut body: Value) -> Value {
    for own in ["id", "order_id", "customer_id", "occurred_at", "request_id"] {
        if let Some(value) = body.get_mut(own) {
            *value = Value::Null;
        }
    }
    body
}

#[test]
fn a_click_id_altered_in_any_bit_earns_nothing_and_is_told_like_any_other() {
    let _alone = alone();
    let house = House::start(|options| options);
    let (program, other) = (Program::open(&house), Program::open(&house));
    let minted = program.server().post("/v1/referrers", &json!({"external_id": "m"})).expect(201);
    program.referrer("ada");
    other.referrer("ada");
    let visitor = Visitor::new(&house, "192.0.2.1");
    let link = program.link(minted["code"].as_str().unwrap_or_default());
    let good = visitor.follow(&link).click();
    let vanity = visitor.follow(&program.link("ada")).click();
    let mut bad: Vec<String> = altered(&good).into_iter().chain(altered(&vanity)).collect();
    bad.extend(untimely(&program, &other));
    let server = program.server();
    let sale = |number: usize, click: &str| json!({"order_id": format!("o-{number}"), "customer_id": format!("c-{number}"), "amount": 5_000, "currency": "EUR", "click_id": click});
    let mut shapes: BTreeSet<String> = BTreeSet::new();
    for (number, click) in bad.iter().enumerate() {
        let answer = server.post("/v1/sales", &sale(number, click));
        assert_eq!(answer.status, 201, "{click:?}: {}", answer.text());
        let body = answer.json();
        assert_eq!(
            body["attribution"],
            json!({"status": "unattributed", "reason": "invalid_click"}),
            "{click:?}"
        );
        assert_eq!(body["rewards"], json!([]));
        shapes.insert(shape(body).to_string());
    }
    assert_eq!(shapes.len(), 1, "every answer looks alike: {shapes:?}");
    // Nothing at all is no forgery: there was no cookie to send.
    let nothing = server.post("/v1/sales", &sale(200_000, "")).expect(201);
    assert_eq!(nothing["attribution"]["reason"], "no_click");
    let leads = |number: usize, click: &str| json!({"customer_id": format!("l-{number}"), "click_id": click});
    for (number, click) in bad.iter().enumerate().step_by(7) {
        let body = server.post("/v1/leads", &leads(number, click)).expect(201);
        assert_eq!(body["attribution"]["reason"], "invalid_click", "{click:?}");
    }
    // The very same calls with a click id as it was given are credited: the test above can fail.
    for (number, click) in [&good, &vanity].into_iter().enumerate() {
        let body = server.post("/v1/sales", &sale(100_000 + number, click)).expect(201);
        assert_eq!(body["attribution"]["status"], "attributed", "{body}");
        assert_eq!(body["rewards"].as_array().map(Vec::len), Some(2));
    }
    assert_eq!(server.get("/v1/rewards").expect(200)["data"].as_array().map(Vec::len), Some(4));
    println!("click ids: {} forms refused alike", bad.len());
}

#[test]
fn a_claim_with_an_altered_click_id_costs_no_row_and_is_told_like_any_other() {
    let _alone = alone();
    let house = House::start(|options| options);
    let (program, other) = (Program::open(&house), Program::open(&house));
    program.referrer("ada");
    let good = Visitor::new(&house, "192.0.2.1").follow(&program.link("ada")).click();
    let mut bad: Vec<String> = altered(&good)
        .into_iter()
        .step_by(5)
        .filter(|text| !text.is_empty() && !text.chars().any(char::is_control))
        .collect();
    bad.retain(|text| text.chars().count() <= 2_000);
    bad.extend(untimely(&program, &other));
    let mut shapes = BTreeSet::new();
    for click in &bad {
        let answer = program.page().post("/v1/claims", &json!({"click_id": click, "customer_id": "c"}));
        assert_eq!(answer.problem(422), "validation_failed", "{click:?}");
        shapes.insert(shape(answer.json()).to_string());
    }
    assert_eq!(shapes.len(), 1, "{shapes:?}");
    assert_eq!(program.server().get("/v1/claims").expect(200)["data"], json!([]));
    program.page().post("/v1/claims", &json!({"click_id": good, "customer_id": "c"})).expect(201);
}

#[test]
fn whoever_follows_with_a_forged_click_id_lands_anyway_with_a_fresh_one() {
    let _alone = alone();
    let house = House::start(|options| options);
    let first_click = json!({"terms": {"attribution": "first_click", "rewards": []}});
    let (program, other) = (Program::open_with(&house, &first_click), Program::open(&house));
    program.referrer("ada");
    let visitor = Visitor::new(&house, "192.0.2.1");
    let good = visitor.follow(&program.link("ada")).click();
    let mut bad: Vec<String> = altered(&good)
        .into_iter()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';'))
        .step_by(11)
        .collect();
    bad.extend(untimely(&program, &other));
    for forged in &bad {
        let encoded = forged.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        for visitor in [visitor.clone(), visitor.with("cookie", &format!("a=b; gw_click={forged}; c=d"))] {
            let landing = visitor.follow(&format!("{}?gw_click={encoded}", program.link("ada")));
            let click = landing.click();
            assert_ne!(&click, forged);
            assert!(
                forge::keys(&house, program.uid()).verify(&click, now_ms() / 1000).is_ok(),
                "ours, and fresh"
            );
            let cookie = landing.cookie().expect("a forged cookie does not keep the place of a first click");
            assert!(cookie.starts_with(&format!("gw_click={click};")), "{cookie}");
        }
    }
    // A first click that is good keeps its place.
    let landing = visitor.with("cookie", &format!("gw_click={good}")).follow(&program.link("ada"));
    assert_eq!(landing.cookie(), None);
}

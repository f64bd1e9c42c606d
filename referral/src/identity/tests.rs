use super::*;
use alloc::format;
use alloc::vec::Vec;
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: i64 = 1_795_262_400;
const KEY: &[u8] = b"ik_live_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefgh";
const ISSUERS: [&str; 2] = ["demo", "prg_0123456789abcdef"];

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token of these two texts, signed with a key, whatever they are.
fn sign_raw(key: &[u8], header: &str, claims: &str) -> String {
    let signed = format!("{}.{}", encode(header), encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", encode(mac.finalize().into_bytes()))
}

fn usual() -> Value {
    json!({"iss": "demo", "aud": "goodword", "sub": "cus_17", "email": "ada@mail.example", "name": "Ada", "iat": NOW, "exp": NOW + 600})
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

fn sign(claims: &Value) -> String {
    sign_raw(KEY, HEADER, &claims.to_string())
}

fn read(token: &str) -> Result<Identity, InvalidIdentity> {
    verify(KEY, token, NOW, &ISSUERS)
}

/// The usual claims with one of them changed, or taken away where it is null.
fn with(claim: &str, value: Value) -> String {
    let mut claims = usual();
    let fields = claims.as_object_mut().expect("an object");
    if value.is_null() {
        fields.remove(claim);
    } else {
        fields.insert(claim.to_string(), value);
    }
    sign(&claims)
}

fn check(token: &str, accepted: bool) {
    assert_eq!(read(token).is_ok(), accepted, "{token}");
}

#[test]
fn a_token_says_who_is_signed_in() {
    let identity = read(&sign(&usual())).expect("valid");
    assert_eq!(identity.sub, "cus_17");
    assert_eq!(identity.email.as_deref(), Some("ada@mail.example"));
    assert_eq!(identity.name.as_deref(), Some("Ada"));
    check(&with("iss", json!("prg_0123456789abcdef")), true);
    check(&with("jti", json!("anything")), true);
}

#[test]
fn the_example_of_rfc_7515_is_signed_as_there() {
    // Appendix A.1: an independent witness that the bytes under the signature are the right ones.
    let key = URL_SAFE_NO_PAD
        .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
        .expect("the key of the RFC");
    let signed = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length");
    mac.update(signed.as_bytes());
    assert_eq!(encode(mac.finalize().into_bytes()), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
}

#[test]
fn every_flipped_bit_is_refused() {
    let token = sign(&usual());
    for at in 0..token.len() {
        for bit in 0..8 {
            let mut bytes = token.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            // What is no text never gets as far as us.
            if let Ok(changed) = String::from_utf8(bytes) {
                check(&changed, false);
            }
        }
    }
    for end in 0..token.len() {
        check(&token[..end], false);
    }
    for more in ["=", ".", "A", " ", "\n", "\0"] {
        check(&format!("{token}{more}"), false);
        check(&format!("{more}{token}"), false);
    }
}

#[test]
fn only_one_algorithm_is_known_whatever_the_token_says() {
    let claims = usual().to_string();
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"None"}"#,
        r#"{"alg":"hs256"}"#,
        r#"{"alg":"HS256 "}"#,
        r#"{"alg":"HS384"}"#,
        r#"{"alg":"HS512"}"#,
        r#"{"alg":"RS256"}"#,
        r#"{"alg":""}"#,
        r#"{"alg":null}"#,
        r#"{"alg":["HS256"]}"#,
        r#"{"typ":"JWT"}"#,
        r#"["HS256"]"#,
        r#"["HS256","JWT","key_1"]"#,
        r#""HS256""#,
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"HS256","typ":"JWE"}"#,
        r#"{"alg":"HS256","crit":["exp"]}"#,
        r#"{"alg":"HS256","jku":"https://evil.example/"}"#,
        r#"{"alg":"HS256","b64":false}"#,
        r#"{"alg":"HS256"} x"#,
        "",
    ] {
        check(&sign_raw(KEY, header, &claims), false);
    }
    for header in [r#"{"alg":"HS256"}"#, r#"{"typ":"jwt","kid":"key_1","alg":"HS256"}"#] {
        check(&sign_raw(KEY, header, &claims), true);
    }
    // Unsigned, as `alg: none` would have it.
    check(&format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(&claims)), false);
    check(&format!("{}.{}", encode(r#"{"alg":"none"}"#), encode(&claims)), false);
}

#[test]
fn a_token_of_another_key_or_program_is_refused() {
    let claims = usual().to_string();
    for key in [&KEY[1..], b"", b"ik_live_", b"sk_live_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefgh"] {
        check(&sign_raw(key, HEADER, &claims), false);
    }
    for iss in ["", "other", "DEMO", "demo ", "prg_", "prg_fedcba9876543210"] {
        check(&with("iss", json!(iss)), false);
    }
    for aud in [
        json!(""),
        json!("Goodword"),
        json!("other"),
        json!(["goodword"]),
        json!(["goodword", "x"]),
        json!(1),
    ] {
        check(&with("aud", aud), false);
    }
    assert_eq!(verify(KEY, &sign(&usual()), NOW, &[]), Err(InvalidIdentity));
}

#[test]
fn a_token_lives_an_hour_at_most_and_clocks_may_differ_by_a_minute() {
    let lives = |iat: i64, exp: i64, accepted| {
        let mut claims = usual();
        claims["iat"] = iat.into();
        claims["exp"] = exp.into();
        check(&sign(&claims), accepted);
    };
    lives(NOW, NOW + 3600, true);
    lives(NOW, NOW + 3601, false);
    lives(NOW - 600, NOW - 59, true);
    lives(NOW - 600, NOW - 60, false);
    lives(NOW + 60, NOW + 600, true);
    lives(NOW + 61, NOW + 600, false);
    lives(NOW, NOW, false);
    lives(NOW + 10, NOW, false);
    for (iat, exp) in
        [(i64::MIN, i64::MAX), (i64::MAX, i64::MIN), (i64::MIN, i64::MIN), (i64::MAX, i64::MAX), (0, 0)]
    {
        lives(iat, exp, false);
    }
    for claim in ["iat", "exp"] {
        for value in [json!(NOW.to_string()), json!(1.5), json!("now"), json!(true), Value::Null] {
            check(&with(claim, value), false);
        }
    }
    // A number no 64 bits hold, and one written as a fraction.
    check(
        &sign_raw(
            KEY,
            HEADER,
            &usual().to_string().replace(&(NOW + 600).to_string(), "99999999999999999999"),
        ),
        false,
    );
    check(&sign_raw(KEY, HEADER, &usual().to_string().replace(&NOW.to_string(), &format!("{NOW}.0"))), false);
}

#[test]
fn a_person_needs_an_id_that_can_be_kept() {
    for sub in [
        json!(""),
        json!("x".repeat(201)),
        json!("a\u{0}b"),
        json!("a\nb"),
        json!(17),
        json!(["x"]),
        Value::Null,
    ] {
        check(&with("sub", sub), false);
    }
    for sub in ["x".to_string(), "é".repeat(200), "<img src=x onerror=alert(1)>".to_string()] {
        check(&with("sub", json!(sub)), true);
    }
}

#[test]
fn a_name_or_address_that_cannot_be_kept_is_left_out() {
    for email in ["", "nobody", "a@b", "a b@mail.example", "a@b@c.example"] {
        assert_eq!(read(&with("email", json!(email))).expect("valid").email, None, "{email}");
    }
    let longest = "é".repeat(LONGEST_NAME);
    assert_eq!(read(&with("name", json!(longest))).expect("valid").name, Some(longest));
    for name in [String::new(), "é".repeat(LONGEST_NAME + 1), "a\tb".to_string()] {
        assert_eq!(read(&with("name", json!(name))).expect("valid").name, None, "{name}");
    }
    let nobody = sign(&json!({"iss": "demo", "aud": "goodword", "sub": "s", "iat": NOW, "exp": NOW + 1}));
    assert_eq!(read(&nobody), Ok(Identity { sub: "s".to_string(), email: None, name: None }));
}

#[test]
fn what_is_not_one_json_object_is_refused() {
    // serde reads a list into a struct, field after field, where nobody stops it.
    let list = format!(r#"["demo","goodword","s",{NOW},{},null,null]"#, NOW + 600);
    check(&sign_raw(KEY, HEADER, &list), false);
    let twice = usual().to_string().replacen('{', r#"{"sub":"eve","#, 1);
    let twice_iss = usual().to_string().replacen('{', r#"{"iss":"demo","#, 1);
    for claims in [
        twice.as_str(),
        &twice_iss,
        "",
        "null",
        "[]",
        r#"["demo","goodword","s",1,2]"#,
        "{",
        "{} {}",
        "\u{feff}{}",
    ] {
        check(&sign_raw(KEY, HEADER, claims), false);
    }
    let padded = {
        let token = sign_raw(KEY, HEADER, &format!("{}  ", usual()));
        let (head, signature) = token.rsplit_once('.').expect("three parts");
        format!("{head}=.{signature}")
    };
    check(&padded, false);
}

#[test]
fn a_token_is_bounded_before_it_is_looked_at() {
    let mut claims = usual();
    claims["more"] = json!("x".repeat(10_000));
    check(&sign(&claims), false);
    claims["more"] = json!("x".repeat(2_000));
    check(&sign(&claims), true);
    check(&".".repeat(LONGEST), false);
    check(&"a.".repeat(5_000), false);
}

proptest! {
    #[test]
    fn no_text_is_a_token_by_chance(text in ".{0,300}", parts in prop::collection::vec("[A-Za-z0-9_-]{0,60}", 0..5)) {
        prop_assert_eq!(read(&text), Err(InvalidIdentity));
        prop_assert_eq!(read(&parts.join(".")), Err(InvalidIdentity));
    }

    #[test]
    fn signed_garbage_is_refused_without_a_panic(header in prop::collection::vec(any::<u8>(), 0..80), claims in prop::collection::vec(any::<u8>(), 0..200)) {
        let signed = format!("{}.{}", encode(header), encode(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY).expect("any length");
        mac.update(signed.as_bytes());
        let token = format!("{signed}.{}", encode(mac.finalize().into_bytes()));
        prop_assert_eq!(read(&token), Err(InvalidIdentity));
    }

    #[test]
    fn one_key_never_opens_anothers_token(key in prop::collection::vec(any::<u8>(), 1..80)) {
        prop_assume!(key != KEY);
        prop_assert_eq!(read(&sign_raw(&key, HEADER, &usual().to_string())), Err(InvalidIdentity));
    }

    #[test]
    fn what_was_signed_is_what_is_read(sub in "[^\\p{Cc}]{1,200}", life in 1..=LONGEST_LIFE, ago in 0..3600_i64) {
        let mut claims = usual();
        claims["sub"] = json!(sub);
        claims["iat"] = json!(NOW - ago);
        claims["exp"] = json!(NOW - ago + life);
        let read = read(&sign(&claims));
        prop_assert_eq!(read.map(|identity| identity.sub), if ago < life + SKEW { Ok(sub) } else { Err(InvalidIdentity) });
    }
}

#[test]
fn signatures_of_any_length_but_the_right_one_are_refused() {
    let token = sign(&usual());
    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let bytes = URL_SAFE_NO_PAD.decode(signature).expect("ours");
    let lengths: Vec<usize> = (0..bytes.len()).collect();
    for length in lengths {
        check(&format!("{signed}.{}", encode(&bytes[..length])), false);
    }
    check(&format!("{signed}.{}", encode([&bytes[..], &[0]].concat())), false);
}

use super::*;
use alloc::format;
use proptest::prelude::*;

const NOW: i64 = 1_795_262_400;
const TAG: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn policy() -> Policy {
    Policy::new("fern.cloudflareaccess.com", TAG).expect("a policy")
}

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn usual() -> Value {
    json!({
        "iss": "https://fern.cloudflareaccess.com", "aud": [TAG], "type": "app", "sub": "7335d417-61da-459d-899c-0a01c76a2f94",
        "email": "Ada@Shop.example", "iat": NOW - 300, "nbf": NOW - 5, "exp": NOW + 3600, "country": "DE",
    })
}

fn token(header: &Value, claims: &Value) -> String {
    format!("{}.{}.{}", encode(&header.to_string()), encode(&claims.to_string()), encode("signature"))
}

fn header() -> Value {
    json!({"alg": "RS256", "kid": "k1", "typ": "JWT"})
}

/// As if the signature had been right.
fn read(header: &Value, claims: &Value) -> Result<String, InvalidAssertion> {
    let text = token(header, claims);
    Token::parse(&text)?.claims(Signed, &policy(), NOW)
}

#[test]
fn an_assertion_names_the_person_in_lower_case() {
    assert_eq!(read(&header(), &usual()), Ok("ada@shop.example".to_owned()));
    let text = token(&header(), &usual());
    let parsed = Token::parse(&text).expect("well formed");
    assert_eq!((parsed.kid.as_str(), parsed.signature.as_slice()), ("k1", b"signature".as_slice()));
    assert_eq!(parsed.signed, text.rsplit_once('.').expect("three parts").0);
}

#[test]
fn claims_are_judged_one_by_one() {
    for (name, value, accepted) in [
        ("aud", json!(TAG), true),
        ("aud", json!(["other", TAG]), true),
        ("aud", json!(["other"]), false),
        ("aud", json!([]), false),
        ("aud", json!({ TAG: TAG }), false),
        ("aud", Value::Null, false),
        ("iss", json!("https://evil.cloudflareaccess.com"), false),
        ("iss", json!("https://fern.cloudflareaccess.com/"), false),
        ("iss", json!("http://fern.cloudflareaccess.com"), false),
        ("exp", json!(NOW - SKEW), false),
        ("exp", json!(NOW - SKEW + 1), true),
        ("exp", json!(i64::MAX), true),
        ("exp", json!("soon"), false),
        ("exp", json!(1.5e12), false),
        ("exp", Value::Null, false),
        ("nbf", json!(NOW + SKEW), true),
        ("nbf", json!(NOW + SKEW + 1), false),
        ("nbf", Value::Null, true),
        ("iat", json!(NOW + SKEW + 1), false),
        ("iat", json!(NOW + 7200), false),
        ("iat", Value::Null, false),
        ("type", json!("org"), false),
        ("type", Value::Null, true),
        ("email", Value::Null, false),
        ("email", json!(""), false),
        ("email", json!("no address"), false),
        ("email", json!(["ada@shop.example"]), false),
        ("email", json!(format!("{}@shop.example", "a".repeat(250))), false),
        ("custom", json!({"anything": true}), true),
    ] {
        let mut claims = usual();
        if let Some(fields) = claims.as_object_mut() {
            if value.is_null() {
                fields.remove(name);
            } else {
                fields.insert(name.to_owned(), value.clone());
            }
        }
        assert_eq!(read(&header(), &claims).is_ok(), accepted, "{name} {value}");
    }
}

#[test]
fn the_header_cannot_choose_how_it_is_checked() {
    for (header, accepted) in [
        (json!({"alg": "RS256", "kid": "k1"}), true),
        (json!({"alg": "RS256", "kid": "k1", "typ": "jwt"}), true),
        (json!({"alg": "none", "kid": "k1"}), false),
        (json!({"alg": "None", "kid": "k1"}), false),
        (json!({"alg": "HS256", "kid": "k1"}), false),
        (json!({"alg": "RS512", "kid": "k1"}), false),
        (json!({"alg": "PS256", "kid": "k1"}), false),
        (json!({"alg": "rs256", "kid": "k1"}), false),
        (json!({"alg": "RS256"}), false),
        (json!({"alg": "RS256", "kid": ""}), false),
        (json!({"alg": "RS256", "kid": 1}), false),
        (json!({"alg": "RS256", "kid": "k1", "typ": "at+jwt"}), false),
        (json!({"alg": "RS256", "kid": "k1", "jku": "https://evil.example/"}), false),
        (json!({"alg": "RS256", "kid": "k1", "jwk": {"kty": "RSA"}}), false),
        (json!({"alg": "RS256", "kid": "k1", "crit": ["exp"]}), false),
        (json!(["RS256", "k1", "JWT"]), false),
    ] {
        assert_eq!(read(&header, &usual()).is_ok(), accepted, "{header}");
    }
}

#[test]
fn a_text_in_another_form_is_no_assertion() {
    let good = token(&header(), &usual());
    for text in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        format!("{good}."),
        format!("{good}, {good}"),
        format!(" {good}"),
        format!("{good}="),
        good.replace('.', ","),
        "a".repeat(LONGEST + 1),
    ] {
        assert!(Token::parse(&text).is_err(), "{text}");
    }
}

#[test]
fn a_policy_is_a_team_and_a_tag() {
    let url = "https://fern.cloudflareaccess.com/cdn-cgi/access/certs";
    for team in
        ["fern.cloudflareaccess.com", "https://fern.cloudflareaccess.com/", " fern.cloudflareaccess.com "]
    {
        assert_eq!(Policy::new(team, TAG).map(|policy| policy.keys_url()).as_deref(), Some(url), "{team}");
    }
    assert!(Policy::new("http://127.0.0.1:9350", TAG).is_some());
    for (team, tag) in [
        ("", TAG),
        ("http://fern.cloudflareaccess.com", TAG),
        ("http://127.0.0.1.evil.example", TAG),
        ("ftp://fern.cloudflareaccess.com", TAG),
        ("fern.cloudflareaccess.com/path", TAG),
        ("fern.cloudflareaccess.com@evil.example", TAG),
        ("fern.cloudflareaccess.com", ""),
        ("fern.cloudflareaccess.com", "short"),
        ("fern.cloudflareaccess.com", &TAG.replace('0', "g")),
    ] {
        assert_eq!(Policy::new(team, tag), None, "{team} {tag}");
    }
}

#[test]
fn keys_of_another_kind_are_left_out() {
    let keys = json!({"public_cert": {}, "keys": [
        {"kid": "a", "kty": "RSA", "alg": "RS256", "use": "sig", "n": "AQAB", "e": "AQAB", "d": "secret", "key_ops": ["sign"]},
        {"kid": "b", "kty": "EC", "crv": "P-256", "x": "x", "y": "y"},
        {"kid": "c", "kty": "oct", "k": "AQAB", "n": "AQAB", "e": "AQAB"},
        {"kid": "d", "kty": "RSA", "use": "enc", "n": "AQAB", "e": "AQAB"},
        {"kid": "e", "kty": "RSA", "alg": "RS512", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kid": "f", "kty": "RSA", "n": "AQAB", "e": "AQAB"},
    ]});
    let read = read_keys(&keys.to_string()).expect("keys");
    assert_eq!(read.iter().map(|key| key.kid.as_str()).collect::<Vec<_>>(), ["a", "f"]);
    let jwk: Value = serde_json::from_str(&read[0].jwk).expect("JSON");
    assert_eq!(jwk, json!({"kty": "RSA", "alg": "RS256", "n": "AQAB", "e": "AQAB"}));
    let many = json!({"keys": alloc::vec![json!({}); MOST_KEYS + 1]});
    for text in ["", "[]", "{}", r#"{"keys":{}}"#, many.to_string().as_str()] {
        assert!(read_keys(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in "\\PC{0,200}", parts in proptest::collection::vec("[A-Za-z0-9_-]{0,40}", 0..5)) {
        let _ = Token::parse(&text).map(|token| token.claims(Signed, &policy(), NOW));
        let joined = parts.join(".");
        let _ = Token::parse(&joined).map(|token| token.claims(Signed, &policy(), NOW));
        let _ = read_keys(&text);
    }

    #[test]
    fn no_other_moment_than_its_own_is_good(offset in -10_000_i64..10_000, life in 1_i64..5_000) {
        let mut claims = usual();
        if let Some(fields) = claims.as_object_mut() {
            for (name, at) in [("iat", NOW + offset), ("nbf", NOW + offset), ("exp", NOW + offset + life)] {
                fields.insert(name.to_owned(), json!(at));
            }
        }
        let good = offset <= SKEW && offset + life > -SKEW;
        prop_assert_eq!(read(&header(), &claims).is_ok(), good);
    }
}

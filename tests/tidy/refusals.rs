//! What a caller may be refused with is written down: each code, and the call that is one too many.

use serde_json::Value;
use std::collections::BTreeSet;
use tests::source::{file, files};

fn document() -> Value {
    let text = file("www/openapi.json").expect("www/openapi.json describes the API").text;
    serde_json::from_str(&text).expect("the description is JSON")
}

/// Paths with a key: not the operator's, who opens programs.
fn limited(path: &str) -> bool {
    path.starts_with("/v1/") && path != "/v1/programs"
}

#[test]
fn every_call_with_a_key_says_how_many_are_left_and_that_it_may_be_one_too_many() {
    let document = document();
    let mut silent = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten().filter(|(path, _)| limited(path))
    {
        for (method, call) in item.as_object().into_iter().flatten() {
            let Some(responses) = call["responses"].as_object() else { continue };
            let told = responses
                .iter()
                .filter(|(status, _)| status.starts_with('2'))
                .all(|(_, response)| !response["headers"]["RateLimit-Remaining"].is_null());
            if !told || !responses.contains_key("429") {
                silent.push(format!("{method} {path}"));
            }
        }
    }
    assert!(silent.is_empty(), "{silent:?}");
}

/// The codes that the edge's source gives to problems: the first text after the call that makes one.
fn codes() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    // What a click shard refuses, another object is told; what a page refuses, people read in words.
    let inside = |path: &str| path == "edge/src/click_shard/salt.rs" || path.starts_with("edge/src/pages/");
    for source in files("edge/src", &[".rs"]).into_iter().filter(|source| !inside(&source.path)) {
        for maker in ["Problem::new(", "Self::new(", "Problem::conflict("] {
            for rest in source.text.split(maker).skip(1) {
                let Some(text) = rest.split('"').nth(1) else { continue };
                // Behind the dot stands what only pages are told.
                let text = text.split('.').next().unwrap_or_default();
                let word =
                    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
                // The status stands before the code of `new`, nothing before that of `conflict`.
                let before = rest.split('"').next().unwrap_or_default();
                if word
                    && before
                        .bytes()
                        .all(|byte| byte.is_ascii_digit() || byte.is_ascii_whitespace() || byte == b',')
                {
                    codes.insert(text.to_owned());
                }
            }
        }
    }
    assert!(codes.len() > 20, "{codes:?}");
    codes
}

#[test]
fn every_code_of_a_refusal_is_described() {
    let document = document();
    let described: BTreeSet<String> =
        document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|code| code.as_str().map(ToOwned::to_owned))
            .collect();
    let missing: Vec<String> = codes().difference(&described).cloned().collect();
    assert!(missing.is_empty(), "not in www/openapi.json: {missing:?}");
}

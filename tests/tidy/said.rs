//! Every refusal that somebody can meet on a page is said there in each of its languages: the ledger tells pages codes, and
//! each code has its words, all of one meaning.

use crate::none;
use std::collections::{BTreeMap, BTreeSet};
use tests::refused::{Made, arguments, made};
use tests::source::file;

const LOCALES: [&str; 4] = ["en", "de", "fr", "es"];

/// Where calls are answered that no page makes: servers, panels and the operator make them.
const NO_PAGE: [&str; 16] = [
    "edge/src/api.rs",
    "edge/src/click_shard/",
    "edge/src/ledger/archive/",
    "edge/src/ledger/chain.rs",
    "edge/src/ledger/claim.rs",
    "edge/src/ledger/client.rs",
    "edge/src/ledger/clock.rs",
    "edge/src/ledger/convert.rs",
    "edge/src/ledger/coupon.rs",
    "edge/src/ledger/identity.rs",
    "edge/src/ledger/join.rs",
    "edge/src/ledger/lead",
    "edge/src/ledger/rate.rs",
    "edge/src/ledger/refund.rs",
    "edge/src/ledger/welcome.rs",
    "edge/src/ledger/who.rs",
];

/// What a page says by the status alone (`edge/src/pages/reply.rs`).
const BY_STATUS: [&str; 6] =
    ["not_found", "method_not_allowed", "rate_limited", "internal", "unavailable", "not_listening"];

/// What only the operator's call gives, or a field no form has.
const NO_FORM: [&str; 2] = ["reserved", "not_a_domain"];

/// Codes whose words hold for all that they are given for.
const GENERAL: [&str; 10] = [
    "wrong_type",
    "out_of_range",
    "out_of_place",
    "unknown_field",
    "unknown_word",
    "unknown_character",
    "required",
    "not_unique",
    "out_of_range.list",
    "changed_meanwhile",
];

fn is_met(made: &Made) -> bool {
    !NO_PAGE.iter().any(|path| made.path.starts_with(path))
        && !BY_STATUS.contains(&made.code.as_str())
        && !NO_FORM.contains(&made.code.as_str())
}

/// The words of a locale by their keys.
fn words(locale: &str) -> BTreeMap<String, String> {
    let text = file(&format!("edge/words/{locale}.txt")).expect("the words of a locale").text;
    let lines = text.lines().filter_map(|line| line.split_once(" = "));
    lines.map(|(key, words)| (key.to_owned(), words.to_owned())).collect()
}

#[test]
fn every_refusal_that_a_page_can_meet_has_words_in_every_language() {
    let made = made();
    let mut silent = BTreeSet::new();
    for locale in LOCALES {
        let words = words(locale);
        for one in made.iter().filter(|one| is_met(one)) {
            let key = format!("{}.{}", one.group, one.code);
            let counted = ["one", "many"].iter().all(|number| words.contains_key(&format!("{key}.{number}")));
            if !counted && !words.contains_key(&key) {
                silent.insert(format!("{locale}: {key}, of {}", one.path));
            }
        }
    }
    none("no words for a refusal", &silent.into_iter().collect::<Vec<_>>());
}

#[test]
fn a_code_means_one_thing_or_is_told_apart_behind_a_dot() {
    let mut sentences: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in made().into_iter().filter(|one| is_met(one) && !one.call.is_empty()) {
        if one.arguments.len() < 2 || GENERAL.contains(&one.code.as_str()) {
            continue;
        }
        // One that is made elsewhere is told by its name, which is the same in many places.
        let Some(sentence) = one.arguments.last().filter(|sentence| sentence.contains('"')) else { continue };
        // A row of a file says what to do about it, too.
        let said = sentence.split(';').next().unwrap_or_default().trim_end_matches(['"', ')', '.']);
        let gap = |text: &str| text.split('{').next().unwrap_or_default().to_owned();
        sentences.entry(format!("{}.{}", one.group, one.code)).or_default().insert(gap(said));
    }
    let several = sentences.iter().filter(|(_, sentences)| sentences.len() > 1);
    none("says several things", &several.map(|(code, said)| format!("{code}: {said:?}")).collect::<Vec<_>>());
}

#[test]
fn what_is_filled_in_is_given_with_the_refusal() {
    let words = words("en");
    let mut wrong = Vec::new();
    for one in made().iter().filter(|one| is_met(one) && one.group == "fault" && !one.call.is_empty()) {
        let key = format!("fault.{}", one.code);
        let Some(said) = words.get(&format!("{key}.many")).or_else(|| words.get(&key)) else { continue };
        let given =
            one.arguments.iter().find_map(|argument| argument.split_once("vec![")).map(|(_, list)| list);
        let given = given.map_or(0, |list| arguments(list).len());
        let by_name = one.call == ".refuse_with(" && given == 0;
        let takes = if one.call == "self.within(" { 2 } else { given };
        if !by_name && said.matches('{').count() != takes {
            wrong.push(format!("{key} = {said}, of {}", one.path));
        }
    }
    none("fills in what is not given", &wrong);
}

#[test]
fn no_words_are_left_of_refusals_that_nobody_makes() {
    let mut known: BTreeSet<String> =
        made().iter().map(|one| format!("{}.{}", one.group, one.code)).collect();
    // What pages find themselves, and what is said where there is nothing better.
    for own in ["money", "percent", "days", "whole", "other", "step", "perk"] {
        known.insert(format!("fault.{own}"));
    }
    for own in ["number", "amount", "gives", "order"] {
        known.insert(format!("fault.step.{own}"));
    }
    for own in ["unused.steps", "unused.value", "unused.number", "unused.per"] {
        known.insert(format!("fault.{own}"));
    }
    for own in ["anew.money", "anew.share", "anew.words"] {
        known.insert(format!("fault.{own}"));
    }
    known.insert("refusal.other".to_owned());
    let base = |key: &str| key.trim_end_matches(".one").trim_end_matches(".many").to_owned();
    let keys = words("en").into_keys();
    let keys = keys.filter(|key| key.starts_with("fault.") || key.starts_with("refusal."));
    none("nobody is refused so", &keys.filter(|key| !known.contains(&base(key))).collect::<Vec<_>>());
}

//! The audit log can be searched for everything that stands in it, and has words for it.

use crate::none;
use std::collections::BTreeSet;
use tests::source::{File, file, files};

/// Texts of the ledger that look like an action and are none.
const NO_ACTIONS: [&str; 1] = ["required.conversion"];
/// Actions that are written by the word of their event.
const OF_EVENTS: [&str; 3] = ["lead.recorded", "sale.recorded", "referrer.joined"];

/// Whether a text is `about.done`, as the audit log calls what was done: what it is about is one word, unlike most codes of
/// refusals.
fn is_action(text: &str) -> bool {
    let is_word = |word: &str, also: u8| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == also)
    };
    let ending = |text: &str| ["csv", "json", "version"].contains(&text);
    text.split_once('.')
        .is_some_and(|(about, done)| is_word(about, b'a') && is_word(done, b'_') && !ending(done))
}

/// Every action that the ledger writes.
fn actions() -> BTreeSet<String> {
    let texts = |file: &File| -> Vec<String> {
        let code = file.code().map(|(_, line)| line.to_owned());
        code.flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
            .collect()
    };
    let written = files("edge/src/ledger", &[".rs"]).iter().flat_map(texts).collect::<BTreeSet<String>>();
    let known = |text: &String| is_action(text) && !NO_ACTIONS.contains(&text.as_str());
    written.into_iter().filter(known).chain(OF_EVENTS.map(str::to_owned)).collect()
}

/// The words of a list of the page.
fn listed(name: &str) -> BTreeSet<String> {
    let page = file("edge/src/pages/dashboard/settings/audit.rs").expect("the page").text;
    let list = page.split(&format!("const {name}: ")).nth(1).and_then(|rest| rest.split("];").next());
    list.expect("the list").split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_audit_log_is_searched_for_everything_that_is_written_and_nothing_else() {
    let actions = actions();
    assert!(actions.len() > 50, "{actions:?}");
    let about: BTreeSet<String> = actions
        .iter()
        .filter_map(|action| action.split_once('.'))
        .map(|(about, _)| about.to_owned())
        .collect();
    assert_eq!(listed("ABOUT"), about, "what an action can be about");
    let views = file("edge/sql/ledger/views.sql").expect("the views").text;
    let view = views.split("CREATE VIEW audit_shown").nth(1).and_then(|rest| rest.split(';').next());
    let actors = view.and_then(|view| view.split("END AS actor").next()).expect("who did it");
    let after = |word: &str| -> Vec<String> {
        let rest = actors.split(word).skip(1);
        rest.filter_map(|rest| rest.split('\'').next()).map(str::to_owned).collect()
    };
    let actors: BTreeSet<String> = after("THEN \'").into_iter().chain(after("ELSE \'")).collect();
    assert_eq!(listed("ACTORS"), actors, "who can have done it");
    let words = file("edge/words/en.txt").expect("the words").text;
    let keys: BTreeSet<&str> =
        words.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect();
    let wanted = about.iter().map(|word| format!("about.{word}"));
    let wanted = wanted.chain(actors.iter().map(|word| format!("actor.{word}")));
    let wanted = wanted.chain(actions.iter().map(|action| format!("action.{action}")));
    none("no words", &wanted.filter(|key| !keys.contains(key.as_str())).collect::<Vec<_>>());
}

//! Every word of the dashboard stands in one place, and every place that names words finds some.

use crate::none;
use std::collections::BTreeSet;
use tests::source::{File, file, files};

fn pages() -> Vec<File> {
    let mut pages = files("edge/src/pages", &[".rs"]);
    pages.extend(files("edge/templates/dashboard", &[".html"]));
    pages.extend(file("edge/templates/join.html"));
    pages
}

fn lines(locale: &str) -> Vec<(String, String)> {
    let text = file(&format!("edge/words/{locale}.txt")).expect("the words of a locale").text;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            line.split_once(" = ").unwrap_or_else(|| panic!("{locale}: not a key and its words: {line}"))
        })
        .map(|(key, words)| (key.to_owned(), words.to_owned()))
        .collect()
}

/// The texts that follow a call of one of these names, with the file they stand in.
fn named(calls: &[&str]) -> Vec<(String, String)> {
    let mut named = Vec::new();
    for page in pages() {
        for call in calls {
            for rest in page.text.split(&format!("{call}(\"")).skip(1) {
                let key = rest.split('"').next().unwrap_or_default();
                named.push((page.path.clone(), key.to_owned()));
            }
        }
    }
    named
}

#[test]
fn every_key_a_page_names_has_words() {
    let keys: BTreeSet<String> = lines("en").into_iter().map(|(key, _)| key).collect();
    let mut missing = Vec::new();
    let found = named(&[".t", ".with", ".with2"]);
    assert!(found.len() > 200, "{}", found.len());
    missing.extend(found.into_iter().filter(|(_, key)| !keys.contains(key)));
    let counted = named(&[".counted"]);
    missing.extend(
        counted.into_iter().filter(|(_, key)| {
            !keys.contains(&format!("{key}.one")) || !keys.contains(&format!("{key}.many"))
        }),
    );
    let groups = named(&[".of", ".known"]);
    missing.extend(
        groups.into_iter().filter(|(_, group)| !keys.iter().any(|key| key.starts_with(&format!("{group}.")))),
    );
    none("no words", &missing.iter().map(|(path, key)| format!("{path}: {key}")).collect::<Vec<_>>());
}

#[test]
fn every_line_of_words_is_said_somewhere_and_only_once_written() {
    let literals: BTreeSet<String> = pages()
        .iter()
        .flat_map(|page| page.text.split('"').map(str::to_owned).collect::<Vec<_>>())
        .filter(|text| !text.is_empty() && text.len() < 60)
        .collect();
    let groups: Vec<String> = literals
        .iter()
        .map(|text| format!("{}.", text.trim_end_matches("{}").trim_end_matches('.')))
        .collect();
    let mut unsaid = Vec::new();
    let mut seen = BTreeSet::new();
    for (key, _) in lines("en") {
        let of_group = || groups.iter().any(|group| key.starts_with(group.as_str()));
        if !literals.contains(&key) && !of_group() {
            unsaid.push(key.clone());
        }
        assert!(seen.insert(key.clone()), "{key} stands twice");
    }
    none("nobody says", &unsaid);
}

#[test]
fn no_page_has_words_of_its_own() {
    // What is left of a template without its tags and expressions is punctuation, names of things and the path /join/.
    let allowed = ["Goodword", "SEPA", "Wise", "PayPal", "join"];
    let mut places = Vec::new();
    for page in pages().into_iter().filter(|page| page.path.starts_with("edge/templates/")) {
        let mut rest = page.text.as_str();
        let mut plain = String::new();
        while let Some(start) = rest.find(['<', '{']) {
            plain.push_str(&rest[..start]);
            let tail = &rest[start..];
            let end = match tail.as_bytes() {
                [b'<', ..] => skip_tag(tail),
                [b'{', b'{', ..] => tail.find("}}").map(|at| at + 2),
                [b'{', b'%', ..] => tail.find("%}").map(|at| at + 2),
                _ => Some(1),
            };
            plain.push(' ');
            rest = &tail[end.unwrap_or(tail.len())..];
        }
        plain.push_str(rest);
        let words = plain
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| word.chars().count() > 1 && !allowed.contains(word));
        places.extend(words.map(|word| format!("{}: {word}", page.path)));
    }
    none("words in a template", &places);
}

/// The end of a tag, whose attributes may hold expressions with `>` in them.
fn skip_tag(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let next = rest.find(['>', '{'])?;
        let place = &rest[next..];
        if place.starts_with('>') {
            return Some(at + next + 1);
        }
        let end = if place.starts_with("{{") {
            place.find("}}")? + 2
        } else if place.starts_with("{%") {
            place.find("%}")? + 2
        } else {
            1
        };
        at += next + end;
    }
}
